//! What Terraform tells its user: errors and warnings, each at its attribute.

use tfplugin::v6;

use crate::{Path, attr::Unknown};

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub summary: String,
    /// The whole story: what was tried, what would be right.
    pub detail: String,
    /// The attribute it is about, if it is about one.
    pub path: Option<Path>,
}

/// Whether a diagnostic stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// Longer texts are cut: a value may be megabytes.
const MAX_TEXT: usize = 8 * 1024;

impl Diagnostic {
    /// An error about no attribute in particular.
    #[must_use]
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        let (summary, detail) = (summary.into(), detail.into());
        Self { severity: Severity::Error, summary, detail, path: None }
    }

    /// A warning about no attribute in particular.
    #[must_use]
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// The same, about the attribute at `path`.
    #[must_use]
    pub fn at(self, path: Path) -> Self {
        Self { path: Some(path), ..self }
    }

    /// As the protocol has it.
    #[must_use]
    pub fn to_wire(&self) -> v6::Diagnostic {
        use v6::diagnostic::Severity as Wire;
        let severity = match self.severity {
            Severity::Error => Wire::Error,
            Severity::Warning => Wire::Warning,
        };
        v6::Diagnostic {
            severity: severity.into(),
            summary: printable(&self.summary),
            detail: printable(&self.detail),
            attribute: self.path.as_ref().map(Path::to_wire_in_sight),
        }
    }
}

/// Text that can do nothing to a terminal, and is no longer than useful.
pub(crate) fn printable(text: &str) -> String {
    let cut = text.char_indices().nth(MAX_TEXT).map_or(text.len(), |(end, _)| end);
    let shown = text[..cut].chars().map(|char| match char {
        '\n' | '\t' => char,
        char if char.is_control() => '\u{fffd}',
        char => char,
    });
    let mut shown: String = shown.collect();
    if cut < text.len() {
        shown.push('…');
    }
    shown
}

/// Errors and warnings, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Nothing to say.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one, unless the very same is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Adds an error at the attribute `path`.
    pub fn error_at(&mut self, path: Path, summary: impl Into<String>, detail: impl Into<String>) {
        self.push(Diagnostic::error(summary, detail).at(path));
    }

    /// Adds a warning at the attribute `path`.
    pub fn warning_at(
        &mut self,
        path: Path,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.push(Diagnostic::warning(summary, detail).at(path));
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|it| it.severity == Severity::Error)
    }

    /// Whether there is none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// As the protocol has them.
    #[must_use]
    pub fn to_wire(&self) -> Vec<v6::Diagnostic> {
        self.0.iter().map(Diagnostic::to_wire).collect()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        iter.into_iter().for_each(|it| self.push(it));
    }
}

/// Why a call of a resource failed: at least one error, for the user to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    told: Vec<Diagnostic>,
    deferral: Option<Deferral>,
}

/// What a call waits for that Terraform may put off, where it was told `-allow-deferral`.
///
/// A resource is planned by its schema alone then, and what it hangs on is applied first. Without that
/// option the user reads the error, which says what to apply first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferral {
    /// For a part of the `provider` block to be known.
    ProviderConfigUnknown,
    /// For a part of its own configuration to be known.
    ResourceConfigUnknown,
    /// For something to be there that it hangs on.
    AbsentPrerequisite,
}

impl Deferral {
    /// As the protocol has it.
    #[must_use]
    pub fn to_wire(self) -> v6::Deferred {
        use v6::deferred::Reason;
        let reason = match self {
            Self::ProviderConfigUnknown => Reason::ProviderConfigUnknown,
            Self::ResourceConfigUnknown => Reason::ResourceConfigUnknown,
            Self::AbsentPrerequisite => Reason::AbsentPrereq,
        };
        v6::Deferred { reason: reason.into() }
    }
}

impl Error {
    /// An error about no attribute in particular.
    #[must_use]
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::from(Diagnostic::error(summary, detail))
    }

    /// The same, all of it about the attribute at `path`.
    #[must_use]
    pub fn at(self, path: &Path) -> Self {
        self.map(|it| it.at(path.clone()))
    }

    /// The same, which may be put off where Terraform lets it be.
    #[must_use]
    pub fn deferred(self, deferral: Deferral) -> Self {
        Self { deferral: Some(deferral), ..self }
    }

    /// What it waits for, if it may be put off.
    #[must_use]
    pub const fn deferral(&self) -> Option<Deferral> {
        self.deferral
    }

    pub(crate) fn map(self, change: impl Fn(Diagnostic) -> Diagnostic) -> Self {
        Self { told: self.told.into_iter().map(change).collect(), ..self }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { told: vec![diagnostic], deferral: None }
    }
}

/// Several at once; without an error in it there is no reason to fail.
impl TryFrom<Diagnostics> for Error {
    type Error = Diagnostics;

    fn try_from(found: Diagnostics) -> Result<Self, Diagnostics> {
        if found.has_errors() { Ok(Self { told: found.0, deferral: None }) } else { Err(found) }
    }
}

impl From<Error> for Diagnostics {
    fn from(error: Error) -> Self {
        Self(error.told)
    }
}

/// Terraform never applies an unknown that a resource needs: this is a plan that needs to know more, or
/// a resource that did not say in its plan what it needs.
impl From<Unknown> for Error {
    fn from(_: Unknown) -> Self {
        Self::new(
            "a value is still unknown",
            "a value that is needed here is only known after apply; apply what it hangs on first, with \
             `-target`; where that is done, this is a bug of the provider",
        )
        .deferred(Deferral::ResourceConfigUnknown)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, it) in self.told.iter().enumerate() {
            let gap = if position == 0 { "" } else { "; " };
            write!(f, "{gap}{}: {}", it.summary, it.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_cannot_move_the_cursor() {
        let wire = Diagnostic::error("bad", "\u{1b}[2Jgone\r\nnext").to_wire();
        assert_eq!(wire.detail, "\u{fffd}[2Jgone\u{fffd}\nnext");
    }

    #[test]
    fn a_value_of_megabytes_is_cut() {
        let wire = Diagnostic::error("bad", "é".repeat(10 << 20)).to_wire();
        assert_eq!(wire.detail.chars().count(), MAX_TEXT + 1);
    }

    #[test]
    fn the_same_error_is_told_once() {
        let mut found = Diagnostics::new();
        found.error_at(Path::of("name"), "bad", "worse");
        found.error_at(Path::of("name"), "bad", "worse");
        assert_eq!(found.iter().count(), 1);
    }
}
