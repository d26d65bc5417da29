//! Why a call failed.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::tls::Fingerprint;
use crate::transport::Largest;

/// Which call: verb, path and action. Never the rest of the query, never a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// HTTP verb.
    pub method: Method,
    /// Path, and `?action=…` if there is one.
    pub path: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The error below one of ours. Shared, so that callers who waited for one answer all get it.
#[derive(Clone, Debug)]
pub struct Cause(Arc<dyn StdError + Send + Sync>);

// === impl Cause ===

impl Cause {
    /// Keeps any error as a cause.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }

    /// Its text and those of its own causes.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut next = self.source();
        while let Some(error) = next {
            text = format!("{text}: {error}");
            next = error.source();
        }
        text
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// Why a call was given up from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It was cancelled.
    Cancelled,
    /// Its deadline passed.
    Deadline,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "cancelled",
            Self::Deadline => "out of time",
        })
    }
}

/// An answer that is no success. What was sent as a credential is masked in it; its `Debug` shows
/// neither body nor headers.
#[derive(Clone)]
pub struct Refusal {
    /// What was called.
    pub call: Call,
    /// Its status.
    pub status: StatusCode,
    /// Its body, if that is JSON.
    pub body: Option<Value>,
    /// Whether the body is the API's own error and not that of a gateway.
    pub is_own: bool,
    /// Its media type; empty if it has none.
    pub content_type: String,
    /// What the server calls the request in its own logs.
    pub request_id: Option<String>,
    /// Whether the call had been sent before, so that what was refused may be our own effect: a
    /// 404 to a DELETE, a stale revision to a PUT.
    pub is_resent: bool,
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.as_ref().map(|_| "JSON");
        f.debug_struct("Refusal")
            .field("call", &self.call.to_string())
            .field("status", &self.status.as_u16())
            .field("body", &body)
            .field("is_own", &self.is_own)
            .field("is_resent", &self.is_resent)
            .finish_non_exhaustive()
    }
}

/// Why a call failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The server answered, and refused.
    #[error("{}: status {}", .0.call, .0.status.as_u16())]
    Refused(Box<Refusal>),
    /// The request never left.
    #[error("{call}: the server cannot be reached")]
    Unreachable {
        /// What was called.
        call: Call,
        /// Why not.
        #[source]
        source: Cause,
    },
    /// The server did not prove that it is the right one. Nothing was sent to it.
    #[error("{call}: the server's certificate is not trusted{}", seen_text(seen.as_ref()))]
    Untrusted {
        /// What was called.
        call: Call,
        /// SHA-256 of the certificate that it showed.
        seen: Option<Fingerprint>,
        /// What is wrong with it.
        #[source]
        source: Cause,
    },
    /// The request left, and nobody knows whether it took effect.
    #[error("{call}: the outcome is unknown, it was sent and not answered properly")]
    Lost {
        /// What was called.
        call: Call,
        /// What came instead of an answer.
        #[source]
        source: Cause,
    },
    /// The answer is larger than what is read of one. A write has taken effect or not, as if it
    /// were lost.
    #[error("{call}: the answer is larger than {} bytes", .largest.0)]
    TooLarge {
        /// What was called.
        call: Call,
        /// What would have been read.
        largest: Largest,
    },
    /// The answer is a success but not what the API promises.
    #[error("{call}: expected {expected}, got {found}")]
    Unreadable {
        /// What was called.
        call: Call,
        /// What was promised.
        expected: &'static str,
        /// What came: a media type, or what is wrong with the JSON.
        found: String,
    },
    /// The server sent us where credentials must not go.
    #[error("{call}: redirected to `{to}`, which is not the configured server")]
    Redirected {
        /// What was called.
        call: Call,
        /// Origin it was sent to.
        to: String,
    },
    /// We gave up.
    #[error("{call}: {why}{}", if *is_sent { ", with the outcome of a request unknown" } else { "" })]
    Stopped {
        /// What was called.
        call: Call,
        /// Who gave up.
        why: Stop,
        /// Whether a write was on its way.
        is_sent: bool,
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
    /// A part of the path is one that no URL can carry, such as `..`.
    #[error("{call}: no path, an identifier in it is not usable")]
    Path {
        /// What was called.
        call: Call,
    },
}

fn seen_text(seen: Option<&Fingerprint>) -> String {
    seen.map(|seen| format!(" (its SHA-256 is `{seen}`)")).unwrap_or_default()
}

// === impl Error ===

impl Error {
    /// The refusal, if that is what happened.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the call may have taken effect although it failed: read before it is repeated.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        match self {
            Self::Lost { .. } => true,
            Self::Stopped { is_sent, .. } => *is_sent,
            Self::Unreadable { call, .. } | Self::TooLarge { call, .. } => {
                call.method != Method::GET
            }
            _ => false,
        }
    }

    /// Whether somebody interrupted us.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Stopped { why, .. } => *why == Stop::Cancelled,
            Self::LogIn { source, .. } => source.is_cancelled(),
            _ => false,
        }
    }

    /// Whether the deadline passed.
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        match self {
            Self::Stopped { why, .. } => *why == Stop::Deadline,
            Self::LogIn { source, .. } => source.is_out_of_time(),
            _ => false,
        }
    }

    /// Whether the server does not accept the user or the password.
    #[must_use]
    pub fn is_bad_credentials(&self) -> bool {
        matches!(self, Self::LogIn { source, .. } if source.refusal().is_some_and(|refusal| {
            matches!(refusal.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        }))
    }
}
