//! Why a call failed.

use std::fmt;

use api_client::Call;
use http::StatusCode;
use serde::Deserialize;

use crate::message::LocalizableMessage;

api_client::wire_enum! {
    /// What kind of failure it is. Callers branch on this, never on a status: most have status 400.
    pub enum ErrorType {
        /// None of the others.
        Error = "ERROR",
        /// There is one of that name already.
        AlreadyExists = "ALREADY_EXISTS",
        /// Nothing is to be done.
        AlreadyInDesiredState = "ALREADY_IN_DESIRED_STATE",
        /// Somebody cancelled it.
        Canceled = "CANCELED",
        /// Somebody else changed it meanwhile.
        ConcurrentChange = "CONCURRENT_CHANGE",
        /// A feature that is to be turned off is in use.
        FeatureInUse = "FEATURE_IN_USE",
        /// The server is at fault.
        InternalServerError = "INTERNAL_SERVER_ERROR",
        /// A value is wrong.
        InvalidArgument = "INVALID_ARGUMENT",
        /// Something that is part of it is configured wrongly.
        InvalidElementConfiguration = "INVALID_ELEMENT_CONFIGURATION",
        /// Something that is part of it is of a wrong kind.
        InvalidElementType = "INVALID_ELEMENT_TYPE",
        /// The body is not what the API expects.
        InvalidRequest = "INVALID_REQUEST",
        /// It is in a state in which this cannot be done.
        NotAllowedInCurrentState = "NOT_ALLOWED_IN_CURRENT_STATE",
        /// There is no such thing.
        NotFound = "NOT_FOUND",
        /// There is no such call.
        OperationNotFound = "OPERATION_NOT_FOUND",
        /// Something else is at work on it.
        ResourceBusy = "RESOURCE_BUSY",
        /// Something else needs it.
        ResourceInUse = "RESOURCE_IN_USE",
        /// What it needs cannot be reached.
        ResourceInaccessible = "RESOURCE_INACCESSIBLE",
        /// The service is not running.
        ServiceUnavailable = "SERVICE_UNAVAILABLE",
        /// It took too long.
        TimedOut = "TIMED_OUT",
        /// There is not enough of something: a licence, memory.
        UnableToAllocateResource = "UNABLE_TO_ALLOCATE_RESOURCE",
        /// There is no session.
        Unauthenticated = "UNAUTHENTICATED",
        /// The user may not do that.
        Unauthorized = "UNAUTHORIZED",
        /// A field is not one of the API's.
        UnexpectedInput = "UNEXPECTED_INPUT",
        /// The server cannot do that.
        Unsupported = "UNSUPPORTED",
        /// Another server is not the one it should be.
        UnverifiedPeer = "UNVERIFIED_PEER",
    }
}

/// A failure in vCenter's own words.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What was called: verb, path and action.
    pub call: Call,
    /// Status of the answer; for logs.
    pub status: StatusCode,
    /// What kind of failure it is.
    pub error_type: ErrorType,
    /// What vCenter says, most specific first.
    pub messages: Vec<LocalizableMessage>,
    /// What vCenter calls the request in its own logs.
    pub request_id: Option<String>,
    /// Whether the call had been sent before, so that what was refused may be our own effect.
    pub is_resent: bool,
}

/// Why a call failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// vCenter refused, in its own words.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// A refusal that is not in the API's words: of a gateway, a proxy, a server that starts. It
    /// says nothing about the object, whatever its status.
    #[error("{call}: status {} from something that is not vCenter's API{}", status.as_u16(), media(content_type))]
    Bare {
        /// What was called.
        call: Call,
        /// Status of the answer.
        status: StatusCode,
        /// Media type of the answer; empty if it has none.
        content_type: String,
    },
    /// No session could be opened.
    #[error("logging in to `{server}` failed")]
    LogIn {
        /// Host.
        server: String,
        /// Why not.
        #[source]
        source: Box<Error>,
    },
    /// There is no answer, or none that can be read.
    #[error(transparent)]
    Unanswered(Box<api_client::Error>),
}

fn media(content_type: &str) -> String {
    if content_type.is_empty() { String::new() } else { format!(" (`{content_type}`)") }
}

// === impl Refusal ===

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: vCenter answers `{}`", self.call, self.error_type)?;
        for (index, message) in self.messages.iter().enumerate() {
            write!(f, "{}{message}", if index == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

impl Refusal {
    /// Reads vCenter's words out of an answer that is in them.
    fn read(refusal: &api_client::Refusal) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error_type: ErrorType,
            messages: Vec<LocalizableMessage>,
        }
        let body = refusal.body.as_ref().filter(|_| refusal.is_own)?;
        let Body { error_type, messages } = Body::deserialize(body).ok()?;
        Some(Self {
            call: refusal.call.clone(),
            status: refusal.status,
            error_type,
            messages,
            request_id: refusal.request_id.clone(),
            is_resent: refusal.is_resent,
        })
    }

    /// Whether one of the messages has that id.
    #[must_use]
    pub fn says(&self, id: &str) -> bool {
        self.messages.iter().any(|message| message.id == id)
    }
}

// === impl Error ===

/// What vCenter's endpoint says to a URL that it does not route: of a later version, or of a
/// service that has not started. With it, a 404 says nothing about the object.
const NO_ROUTE: &str = "com.vmware.vapi.rest.httpNotFound";

impl Error {
    /// The refusal, if vCenter refused in its own words.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What kind of failure vCenter says it is; none if it is not vCenter that says so.
    #[must_use]
    pub fn error_type(&self) -> Option<&ErrorType> {
        self.refusal().map(|refusal| &refusal.error_type)
    }

    /// Whether vCenter itself says that the object is not there. A bare 404 does not, and neither
    /// does vCenter's word for a URL that it does not know.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.refusal().is_some_and(|refusal| {
            refusal.status == StatusCode::NOT_FOUND
                && refusal.error_type == ErrorType::NotFound
                && !refusal.says(NO_ROUTE)
        })
    }

    /// Whether this vCenter does not know the URL: its version lacks the call, or the service
    /// behind it is not running.
    #[must_use]
    pub fn is_unknown_call(&self) -> bool {
        self.refusal().is_some_and(|refusal| {
            refusal.error_type == ErrorType::OperationNotFound || refusal.says(NO_ROUTE)
        })
    }

    /// Whether the call may have taken effect although it failed: read before it is repeated.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Unanswered(error) if error.is_outcome_unknown())
    }

    /// Whether somebody interrupted us.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Unanswered(error) => error.is_cancelled(),
            Self::LogIn { source, .. } => source.is_cancelled(),
            Self::Refused(_) | Self::Bare { .. } => false,
        }
    }

    /// Whether the deadline passed.
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        match self {
            Self::Unanswered(error) => error.is_out_of_time(),
            Self::LogIn { source, .. } => source.is_out_of_time(),
            Self::Refused(_) | Self::Bare { .. } => false,
        }
    }

    /// Whether the server did not prove that it is the right one. Nothing was sent to it.
    #[must_use]
    pub fn is_untrusted(&self) -> bool {
        match self {
            Self::Unanswered(error) => matches!(**error, api_client::Error::Untrusted { .. }),
            Self::LogIn { source, .. } => source.is_untrusted(),
            Self::Refused(_) | Self::Bare { .. } => false,
        }
    }

    /// The status with which a log-in was refused, for a server that says no more than that.
    #[must_use]
    pub fn log_in_status(&self) -> Option<u16> {
        match self {
            Self::LogIn { source, .. } => match &**source {
                Self::Bare { status, .. } => Some(status.as_u16()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether vCenter does not accept the user or the password.
    #[must_use]
    pub fn is_bad_credentials(&self) -> bool {
        let Self::LogIn { source, .. } = self else { return false };
        matches!(source.error_type(), Some(ErrorType::Unauthenticated | ErrorType::Unauthorized))
            || matches!(**source, Self::Bare { status: StatusCode::UNAUTHORIZED, .. })
    }
}

/// Nothing where vCenter itself says that there is nothing; see [`Error::is_not_found`].
pub fn found<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

impl From<api_client::Error> for Error {
    fn from(error: api_client::Error) -> Self {
        match error {
            api_client::Error::Refused(refusal) => match Refusal::read(&refusal) {
                Some(own) => Self::Refused(Box::new(own)),
                None => Self::Bare {
                    call: refusal.call,
                    status: refusal.status,
                    content_type: refusal.content_type,
                },
            },
            api_client::Error::LogIn { server, source } => {
                Self::LogIn { server, source: Box::new(Self::from(*source)) }
            }
            other => Self::Unanswered(Box::new(other)),
        }
    }
}
