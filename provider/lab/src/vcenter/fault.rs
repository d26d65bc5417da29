//! What vCenter refuses, and how it says so.

use serde_json::{Value, json};

use super::message::Localizable;

/// A refusal: the error's type and a stack of messages, the most specific first (behaviour.md 5).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) messages: Vec<Localizable>,
}

/// The errors of `com.vmware.vapi.std.errors` that the lab answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AlreadyExists,
    InvalidArgument,
    NotAllowedInCurrentState,
    NotFound,
    ResourceInUse,
    ServiceUnavailable,
    Unauthenticated,
    Unauthorized,
    Unsupported,
}

// === impl Kind ===

impl Kind {
    /// The runtime's own table: what exists already is 400, not 409 (behaviour.md 3.3).
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::AlreadyExists
            | Self::InvalidArgument
            | Self::NotAllowedInCurrentState
            | Self::ResourceInUse
            | Self::Unsupported => 400,
            Self::Unauthenticated => 401,
            Self::Unauthorized => 403,
            Self::NotFound => 404,
            Self::ServiceUnavailable => 503,
        }
    }

    const fn error_type(self) -> &'static str {
        match self {
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::NotAllowedInCurrentState => "NOT_ALLOWED_IN_CURRENT_STATE",
            Self::NotFound => "NOT_FOUND",
            Self::ResourceInUse => "RESOURCE_IN_USE",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Unsupported => "UNSUPPORTED",
        }
    }
}

// === impl Fault ===

impl Fault {
    /// A refusal with one message.
    pub(crate) fn new(kind: Kind, message: Localizable) -> Self {
        Self { kind, messages: vec![message] }
    }

    /// No session, or a dead one.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            Kind::Unauthenticated,
            Localizable::new(
                "com.vmware.vapi.endpoint.method.authentication.required",
                "Authentication required.",
            ),
        )
    }

    /// A path that this version of vCenter does not have.
    pub(crate) fn unknown_path() -> Self {
        Self::new(
            Kind::NotFound,
            Localizable::new("com.vmware.vapi.rest.httpNotFound", "Not found."),
        )
    }

    /// An object of the inventory that does not exist. The id of the message is the lab's.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(
            Kind::NotFound,
            Localizable::with(
                "vcenter.wcp.lab.not_found",
                "{0} {1} could not be found.",
                [what, id],
            ),
        )
    }

    /// An input that breaks a rule.
    pub(crate) fn invalid(message: Localizable) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    /// The body of the `/api` generation.
    pub(crate) fn body(&self) -> Value {
        let messages: Vec<Value> = self.messages.iter().map(Localizable::json).collect();
        let mut body = json!({ "error_type": self.kind.error_type(), "messages": messages });
        if matches!(self.kind, Kind::Unauthenticated | Kind::Unauthorized) {
            body["challenge"] = json!(CHALLENGE);
        }
        body
    }
}

/// How vCenter asks for credentials; also the `WWW-Authenticate` header of a 401.
pub(crate) const CHALLENGE: &str = "Basic realm=\"VAPI endpoint\"";
