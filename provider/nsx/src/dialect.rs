//! How NSX opens sessions and tells its errors.

use api_client::{Answer, Dialect, Refusal, Request, Secret, Temper};
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::Value;

use crate::error::code;

const XSRF: HeaderName = HeaderName::from_static("x-xsrf-token");

/// A session cookie and the token that goes with it.
pub(crate) struct Sessions {
    pub(crate) user: String,
    pub(crate) password: Secret,
}

impl Dialect for Sessions {
    fn log_in(&self) -> Request {
        let user = ("j_username", self.user.as_str());
        Request::post("/api/session/create").form(user, ("j_password", &self.password))
    }

    fn session(&self, answer: &Answer) -> Option<HeaderMap> {
        let cookie = answer.headers.get_all(SET_COOKIE).iter().find_map(|value| {
            let pair = value.to_str().ok()?.split(';').next()?.trim();
            pair.starts_with("JSESSIONID=").then(|| Secret::from(pair).header())?
        })?;
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookie);
        if let Some(token) = answer.headers.get(XSRF) {
            headers.insert(XSRF, Secret::from(token.to_str().ok()?).header()?);
        }
        Some(headers)
    }

    fn log_out(&self) -> Option<Request> {
        Some(Request::post("/api/session/destroy"))
    }

    fn is_own_error(&self, body: &Value) -> bool {
        body.get("error_code").is_some_and(Value::is_number)
    }

    fn is_lapsed(&self, refusal: &Refusal) -> bool {
        // 98 is a token that does not fit, 403 are credentials that do not; both by a 403.
        let is_session = |code| code == 98 || code == 403;
        refusal.status == StatusCode::UNAUTHORIZED
            || (refusal.status == StatusCode::FORBIDDEN && code(refusal).is_some_and(is_session))
    }

    fn temper(&self, refusal: &Refusal) -> Temper {
        match code(refusal) {
            // Search: indexing in progress, timed out, out of sync. Manager: reconfiguring, a
            // provider that is not ready.
            Some(60508 | 60514 | 60515 | 607 | 500_042) => Temper::Passes,
            // Search: the page is too large, and stays so.
            Some(60576) => Temper::Stays,
            _ => Temper::AsStatus,
        }
    }
}
