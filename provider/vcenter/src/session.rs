//! How vCenter opens sessions and tells its errors.

use std::fmt;

use api_client::{Answer, Dialect, Refusal, Request, Secret, Temper, Wants};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::error::ErrorType;

pub(crate) const SESSION: &str = "/api/session";
pub(crate) const SESSION_ID: HeaderName = HeaderName::from_static("vmware-api-session-id");

/// Who logs in. Its `Debug` does not show the password.
#[derive(Clone)]
pub struct Credentials {
    user: String,
    password: Secret,
}

// === impl Credentials ===

impl Credentials {
    /// A user, with its domain as in `administrator@vsphere.local`, and the password.
    pub fn new(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    pub(crate) fn basic(&self) -> HeaderValue {
        self.password.basic(&self.user)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The dialect of `/api`.
#[derive(Debug)]
pub(crate) struct Api(pub(crate) Credentials);

// === impl Api ===

impl Dialect for Api {
    fn log_in(&self) -> Request {
        Request::post(SESSION).header(AUTHORIZATION, self.0.basic()).wants(Wants::Json)
    }

    fn session(&self, answer: &Answer) -> Option<HeaderMap> {
        let token: String = answer.json().ok()?;
        carrying(&Secret::from(token))
    }

    fn log_out(&self) -> Option<Request> {
        Some(Request::delete(SESSION))
    }

    fn is_own_error(&self, body: &Value) -> bool {
        body["error_type"].is_string() && body["messages"].is_array()
    }

    fn temper(&self, refusal: &Refusal) -> Temper {
        let body = refusal.body.as_ref();
        let told = body.and_then(|body| body["error_type"].as_str()).map(ErrorType::from);
        match told {
            // It comes with status 400, and means that something else is at work on the object.
            Some(ErrorType::ResourceBusy) => Temper::Passes,
            _ => Temper::AsStatus,
        }
    }
}

/// The headers of the session with that token, if it can be one.
pub(crate) fn carrying(token: &Secret) -> Option<HeaderMap> {
    let value = token.header().filter(|token| !token.is_empty())?;
    Some(HeaderMap::from_iter([(SESSION_ID, value)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_show_their_password() {
        let user = Credentials::new("administrator@vsphere.local", "hunter2");
        assert_eq!(
            format!("{user:?}"),
            r#"Credentials { user: "administrator@vsphere.local", .. }"#
        );
        assert_eq!(format!("{:?}", user.basic()), "Sensitive");
    }

    #[test]
    fn only_bodies_of_the_api_are_its_own() {
        let api = Api(Credentials::new("u", "p"));
        let own = |text: &str| api.is_own_error(&serde_json::from_str(text).unwrap());
        assert!(own(r#"{"error_type": "NOT_FOUND", "messages": []}"#));
        assert!(!own(r#"{"messages": []}"#));
        assert!(!own(r#"{"error_type": "NOT_FOUND"}"#));
        assert!(!own(r#"{"error": "no healthy upstream"}"#));
        assert!(!own(r#""NOT_FOUND""#));
    }
}
