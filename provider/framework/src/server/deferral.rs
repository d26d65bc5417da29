//! What is put off until more is known.

use tfplugin::v6;

use crate::{Deferral, Error};

/// Whether Terraform lets a provider put things off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deferrals {
    Allowed,
    Refused,
}

impl Deferrals {
    pub(super) fn of(capabilities: Option<&v6::ClientCapabilities>) -> Self {
        match capabilities {
            Some(it) if it.deferral_allowed => Self::Allowed,
            _ => Self::Refused,
        }
    }

    /// Why what ended in this error is put off, if it may be.
    pub(super) fn reason(self, error: &Error) -> Option<v6::Deferred> {
        match self {
            Self::Allowed => error.deferral().map(Deferral::to_wire),
            Self::Refused => None,
        }
    }
}

#[cfg(test)]
mod tests;
