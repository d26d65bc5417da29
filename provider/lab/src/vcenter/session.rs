//! Logging in and out.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::documents;
use super::fault::{CHALLENGE, Fault};
use crate::inventory::VCENTER_USER;
use crate::{LabTime, Request, Response, Tx};

/// How long a session lives without a request: 30 minutes of real time (behaviour.md 5).
const IDLE: u64 = 30 * 60 * 1000;

/// The header that carries a session's token.
const HEADER: &str = "vmware-api-session-id";

/// The log-in of the older generation, which some clients try first.
pub(crate) const LEGACY: &str = "/rest/com/vmware/cis/session";

/// The document at `vcenter:/sessions/{token}`.
#[derive(Debug, Serialize, Deserialize)]
struct Session {
    user: String,
    created: LabTime,
    accessed: LabTime,
    /// In the time that sessions' idle time counts in.
    last: u64,
}

/// Logs in by Basic authentication; the token.
pub(crate) fn create(tx: &mut Tx<'_>, request: &Request) -> Result<Value, Fault> {
    let user = credentials(tx, request).ok_or_else(Fault::unauthenticated)?;
    let token = tx.token("vcenter-session");
    let (now, last) = (tx.now(), tx.session_time());
    let session = Session { user, created: now, accessed: now, last };
    documents::write(tx, &path(&token), &session);
    Ok(json!(token))
}

/// Lets a request with a live session pass, and keeps the session alive.
pub(crate) fn check(tx: &mut Tx<'_>, request: &Request) -> Result<(), Fault> {
    let (token, mut session) = live(tx, request).ok_or_else(Fault::unauthenticated)?;
    (session.accessed, session.last) = (tx.now(), tx.session_time());
    documents::write(tx, &path(&token), &session);
    Ok(())
}

/// Whose session the request is of.
pub(crate) fn info(tx: &Tx<'_>, request: &Request) -> Result<Value, Fault> {
    let (_, session) = live(tx, request).ok_or_else(Fault::unauthenticated)?;
    Ok(json!({
        "user": session.user,
        "created_time": session.created.rfc3339(),
        "last_accessed_time": session.accessed.rfc3339(),
    }))
}

/// Who that is, as vCenter names whoever made something.
pub(crate) fn principal(tx: &Tx<'_>, request: &Request) -> Option<Value> {
    let (_, session) = live(tx, request)?;
    let (subject, domain) = session.user.split_once('@')?;
    Some(json!({ "subject": subject, "domain": domain }))
}

/// Logs out.
pub(crate) fn delete(tx: &mut Tx<'_>, request: &Request) -> Result<(), Fault> {
    let (token, _) = live(tx, request).ok_or_else(Fault::unauthenticated)?;
    tx.delete(&path(&token));
    Ok(())
}

/// The older log-in: the same with results and errors wrapped in `value`.
pub(crate) fn legacy(tx: &mut Tx<'_>, request: &Request) -> Response {
    let answer = match request.method.as_str() {
        "POST" => create(tx, request),
        "DELETE" => delete(tx, request).map(|()| Value::Null),
        "GET" => info(tx, request),
        _ => Err(Fault::unknown_path()),
    };
    match answer {
        Ok(Value::Null) => Response::empty(200),
        Ok(value) => Response::json(200, json!({ "value": value })),
        Err(fault) => {
            let name = fault.body()["error_type"].as_str().unwrap_or_default().to_lowercase();
            let body = json!({
                "type": format!("com.vmware.vapi.std.errors.{name}"),
                "value": { "messages": fault.body()["messages"] },
            });
            challenged(Response::json(fault.kind.status(), body))
        }
    }
}

/// A 401 says how to log in.
pub(crate) fn challenged(response: Response) -> Response {
    match response.status {
        401 => response.with_header("www-authenticate", CHALLENGE),
        _ => response,
    }
}

fn live(tx: &Tx<'_>, request: &Request) -> Option<(String, Session)> {
    let token = request.header(HEADER)?;
    // A token is one segment of a path.
    let well_formed = token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let session: Session = documents::read(tx, &path(token)).filter(|_| well_formed)?;
    let idle = tx.session_time().saturating_sub(session.last);
    (idle < IDLE).then(|| (token.to_owned(), session))
}

/// Who the Basic authentication is of, if the password is right.
pub(crate) fn credentials(tx: &Tx<'_>, request: &Request) -> Option<String> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    let known = scheme.eq_ignore_ascii_case("basic")
        && user.eq_ignore_ascii_case(VCENTER_USER)
        && password == tx.secrets()?.password;
    known.then(|| VCENTER_USER.to_owned())
}

fn path(token: &str) -> String {
    format!("vcenter:/sessions/{token}")
}
