//! What Terraform would refuse.

use std::fmt;

use crate::Path;

/// One thing that Terraform would refuse of a provider, whatever its user does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What Terraform calls it.
    pub summary: &'static str,
    /// What of, and why.
    pub detail: String,
}

/// Why a call is none that Terraform would go on from: a bug of the provider.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refused(Vec<Refusal>);

impl Refused {
    /// Each of them.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, it) in self.0.iter().enumerate() {
            let gap = if position == 0 { "" } else { "\n" };
            write!(f, "{gap}{}: {}", it.summary, it.detail)?;
        }
        Ok(())
    }
}

/// As it is shown: a test that unwraps it tells the refusal.
impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A value that breaks a rule, before it is known whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) path: Path,
    pub(super) message: String,
}

/// What is found while one answer is looked at.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, path: &Path, message: impl Into<String>) {
        self.0.push(Finding { path: path.clone(), message: message.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same, of which nothing may be told but that it is there.
    pub(super) fn hidden(self, path: &Path, message: &str) -> Self {
        if self.is_empty() {
            return self;
        }
        Self(vec![Finding { path: path.clone(), message: message.to_owned() }])
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Refuses them all, of what has this address.
    pub(super) fn refuse(self, summary: &'static str, address: &str) -> Result<(), Refused> {
        if self.0.is_empty() {
            return Ok(());
        }
        let refusal = |it: Finding| {
            let path = it.path.to_string();
            let detail = match path.as_str() {
                "" => format!("`{address}`: {}", it.message),
                path => format!("`{address}.{path}`: {}", it.message),
            };
            Refusal { summary, detail }
        };
        Err(Refused(self.0.into_iter().map(refusal).collect()))
    }
}

/// Refuses one thing.
pub(super) fn refused<T>(summary: &'static str, detail: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(vec![Refusal { summary, detail: detail.into() }]))
}

/// Refuses it, unless it holds.
pub(super) fn demand(
    holds: bool,
    summary: &'static str,
    detail: impl FnOnce() -> String,
) -> Result<(), Refused> {
    if holds { Ok(()) } else { refused(summary, detail()) }
}
