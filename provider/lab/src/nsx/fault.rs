//! Why NSX refuses, in its own words where they are public.

use http::StatusCode;
use serde_json::json;

use crate::Response;

/// Stands for an error code that nobody public knows. A client must not branch on it.
const UNKNOWN_CODE: u32 = 0;

/// A refusal: an HTTP status with NSX's error body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({status}/{code})")]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) code: u32,
    module: &'static str,
    pub(crate) message: String,
}

impl Fault {
    fn new(status: u16, code: u32, module: &'static str, message: String) -> Self {
        Self { status, code, module, message }
    }

    fn policy(code: u32, message: String) -> Self {
        Self::new(400, code, "policy", message)
    }

    fn common(code: u32, message: String) -> Self {
        Self::new(400, code, "common-services", message)
    }

    /// A refusal whose code is not public.
    pub(super) fn refused(message: String) -> Self {
        Self::policy(UNKNOWN_CODE, message)
    }

    pub(super) fn unknown_property(name: &str) -> Self {
        Self::common(287, format!("Json de-serialization error: property {name} is unrecognized."))
    }

    pub(super) fn malformed(why: &str) -> Self {
        Self::common(287, format!("Json de-serialization error: {why}"))
    }

    pub(super) fn invalid(field: &str, why: &str) -> Self {
        Self::common(255, format!("Field level validation errors: {{{field} {why}}}"))
    }

    pub(super) fn dangling(path: &str) -> Self {
        Self::policy(500_012, format!("The path=[{path}] is invalid"))
    }

    pub(super) fn in_use(path: &str, holders: &[String]) -> Self {
        Self::policy(
            500_030,
            format!(
                "The object path=[{path}] cannot be deleted as either it has children or it is \
                 being referenced by other objects path=[{}].",
                holders.join(",")
            ),
        )
    }

    pub(super) fn has_ports(path: &str, ports: &[String]) -> Self {
        Self::policy(
            503_040,
            format!("Segment path=[{path}] has {} VMs or VIFs attached.", ports.len()),
        )
    }

    pub(super) fn being_purged(path: &str) -> Self {
        Self::policy(
            500_045,
            format!(
                "The object path=[{path}] cannot be created as an object with the same name is \
                 marked for deletion. Wait for the purge cycle."
            ),
        )
    }

    pub(super) fn exists(path: &str) -> Self {
        Self::policy(
            500_127,
            format!("Cannot create an object with path=[{path}] as it already exists."),
        )
    }

    pub(super) fn stale(path: &str) -> Self {
        let message = format!("The object {path} was modified by somebody else. Please retry.");
        Self::new(412, 604, "common-services", message)
    }

    /// A revision was given for an object that is not there.
    pub(super) fn stale_and_gone(path: &str) -> Self {
        let message = format!("The object path=[{path}] was removed by somebody else.");
        Self::new(404, 500_090, "policy", message)
    }

    pub(super) fn overlap(what: &str, other: &str) -> Self {
        Self::policy(500_105, format!("The addresses {what} overlap with {other}."))
    }

    pub(super) fn exhausted(path: &str) -> Self {
        Self::policy(5109, format!("The requested addresses exceed what is left in {path}."))
    }

    pub(super) fn not_found(path: &str) -> Self {
        let message = format!(
            "The requested object : {path} could not be found. Object identifiers are case \
             sensitive."
        );
        Self::new(404, 600, "common-services", message)
    }

    pub(super) fn no_such_uri(path: &str) -> Self {
        let message = format!("The requested URI: {path} could not be found.");
        Self::new(404, UNKNOWN_CODE, "common-services", message)
    }

    /// The real NSX has it, the lab has not.
    pub(super) fn not_simulated(method: &str, path: &str) -> Self {
        let message = format!("the lab does not simulate {method} {path}");
        Self::new(501, UNKNOWN_CODE, "lab", message)
    }

    pub(super) fn not_owner(user: &str, kind: &str, creator: &str) -> Self {
        Self::common(
            289,
            format!(
                "Principal '{user}' with role '[enterprise_admin]' attempts to delete or modify \
                 an object of type {kind} it doesn't own. (createUser={creator}, \
                 allowOverwrite=null)"
            ),
        )
    }

    pub(super) fn wrong_credentials() -> Self {
        let message =
            "The credentials were incorrect or the account specified has been locked.".to_owned();
        Self::new(403, 403, "common-services", message)
    }

    pub(super) fn wrong_xsrf_token() -> Self {
        Self::new(403, 98, "common-services", "The XSRF token is missing or wrong.".to_owned())
    }

    pub(super) fn no_session() -> Self {
        let message = "The session is not there or has expired.".to_owned();
        Self::new(401, 401, "common-services", message)
    }

    pub(super) fn too_fast(client: &str) -> Self {
        let message = format!("Client '{client}' exceeded request rate of 100 per second.");
        Self::new(429, 102, "common-services", message)
    }

    pub(super) fn too_many(client: &str) -> Self {
        let message = format!("Client '{client}' exceeded request concurrency of 40.");
        Self::new(503, UNKNOWN_CODE, "common-services", message)
    }

    /// The answer that carries it.
    pub(crate) fn response(&self) -> Response {
        let reason = StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("unknown");
        let name = reason.to_uppercase().replace([' ', '-'], "_");
        Response::json(
            self.status,
            json!({
                "httpStatus": name,
                "error_code": self.code,
                "module_name": self.module,
                "error_message": self.message,
            }),
        )
    }
}
