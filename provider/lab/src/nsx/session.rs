//! Who asks: Basic on every call, or a session with its cookie and its XSRF token.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde_json::json;

use super::fault::Fault;
use super::object::{Caller, Overwrite};
use crate::inventory::{NSX_USER, VCENTER_USER};
use crate::{Body, Request, Response, Tx};

/// NSX's `session_timeout`: after so long without a request a session ends.
const IDLE_MILLIS: u64 = 1_800_000;
/// How exactly a session's last request is kept.
const NOTE_EVERY_MILLIS: u64 = 60_000;
const COOKIE: &str = "JSESSIONID";

fn key(token: &str) -> String {
    format!("nsx-session:/{token}")
}

/// `POST /api/session/create` with a form.
pub(super) fn create(tx: &mut Tx<'_>, request: &Request) -> Response {
    let form = match &request.body {
        Body::Text(form) => form.as_str(),
        _ => "",
    };
    let fields: Vec<(String, String)> =
        url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let given = field("j_username").zip(field("j_password"));
    let Some((user, _)) = given.filter(|(user, password)| matches(tx, user, password)) else {
        return Fault::wrong_credentials().response();
    };
    let (token, xsrf) = (tx.token("nsx session"), tx.token("nsx session"));
    let used = tx.session_time();
    tx.put(&key(&token), &json!({ "xsrf": xsrf, "used": used, "user": user }));
    Response::empty(200)
        .with_header("set-cookie", &format!("{COOKIE}={token}; Path=/; Secure; HttpOnly"))
        .with_header("x-xsrf-token", &xsrf)
}

/// `POST /api/session/destroy`.
pub(super) fn destroy(tx: &mut Tx<'_>, request: &Request) -> Response {
    if let Some(token) = cookie(request) {
        tx.delete(&key(&token));
    }
    Response::empty(200)
}

/// Who asks, or why they may not.
pub(super) fn caller(tx: &mut Tx<'_>, request: &Request) -> Result<Caller, Fault> {
    let user = if let Some(authorization) = request.header("authorization") {
        let given = basic(authorization).ok_or_else(Fault::wrong_credentials)?;
        if !matches(tx, &given.0, &given.1) {
            return Err(Fault::wrong_credentials());
        }
        given.0
    } else {
        in_session(tx, request)?
    };
    let allowed = request.header("x-allow-overwrite").is_some_and(|value| value == "true");
    Ok(Caller { user, overwrite: if allowed { Overwrite::Allowed } else { Overwrite::Refused } })
}

/// Who logged in to the session of a request.
fn in_session(tx: &mut Tx<'_>, request: &Request) -> Result<String, Fault> {
    let place = key(&cookie(request).ok_or_else(Fault::no_session)?);
    let mut session = tx.get(&place).ok_or_else(Fault::no_session)?;
    let (now, used) = (tx.session_time(), session["used"].as_u64().unwrap_or(0));
    let idle = now.saturating_sub(used);
    if idle >= IDLE_MILLIS {
        return Err(Fault::no_session());
    }
    let reads = [Method::GET, Method::HEAD].contains(&request.method);
    if !reads && request.header("x-xsrf-token") != session["xsrf"].as_str() {
        return Err(Fault::wrong_xsrf_token());
    }
    if idle >= NOTE_EVERY_MILLIS {
        session["used"] = json!(now);
        tx.put(&place, &session);
    }
    Ok(session["user"].as_str().unwrap_or(NSX_USER).to_owned())
}

/// NSX's own user, or vCenter's, whom NSX knows from the directory that both are joined to: one
/// pair of credentials opens the whole lab.
fn matches(tx: &Tx<'_>, user: &str, password: &str) -> bool {
    [NSX_USER, VCENTER_USER].contains(&user)
        && tx.secrets().is_some_and(|secrets| secrets.password == password)
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let decoded =
        String::from_utf8(decoded).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn cookie(request: &Request) -> Option<String> {
    let cookies = request.header("cookie")?.split(';');
    cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && !value.is_empty()).then(|| value.to_owned()))
}

/// Whom a request's limits are counted for: a user, else nobody in particular.
pub(crate) fn client_of(request: &Request) -> String {
    let named = request.header("authorization").and_then(basic).map(|(user, _)| user);
    let in_session = || cookie(request).map(|_| NSX_USER.to_owned());
    named.or_else(in_session).unwrap_or_else(|| "127.0.0.1".to_owned())
}
