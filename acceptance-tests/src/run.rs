//! What a run of Terraform said, read from its stream of JSON lines.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::Error;

/// Terraform's own remark on a provider that is taken where it lies.
const TAKEN_IN_PLACE: &str = "Provider development overrides are in effect";

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Run {
    /// As a person would have typed it.
    pub command: String,
    /// The exit status; none if a signal ended it.
    pub code: Option<i32>,
    /// The JSON lines of standard output, in order.
    pub messages: Vec<Value>,
    /// Standard error, as it is.
    pub stderr: String,
    /// How long it took.
    pub elapsed: Duration,
}

/// An error or a warning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Diagnostic {
    /// Which of the two.
    pub severity: Severity,
    /// One line.
    pub summary: String,
    /// What else there is to say.
    #[serde(default)]
    pub detail: String,
    /// The resource it is about, as an address.
    #[serde(default)]
    pub address: String,
    /// The piece of configuration it is about.
    #[serde(default)]
    snippet: Option<Snippet>,
    #[serde(default)]
    range: Option<Range>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Range {
    filename: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Snippet {
    code: String,
    context: Option<String>,
    highlight_start_offset: usize,
    highlight_end_offset: usize,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run failed.
    Error,
    /// It went on.
    Warning,
}

impl Run {
    /// Errors and warnings, in order, without Terraform's remark on where the provider lies.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let stream = self.messages.iter().filter(|message| message["type"] == "diagnostic");
        let stream = stream.map(|message| &message["diagnostic"]);
        // `validate -json` is one object instead.
        let whole = self.messages.iter().filter_map(|message| message["diagnostics"].as_array());
        stream
            .chain(whole.flatten())
            .filter_map(|diagnostic| Diagnostic::deserialize(diagnostic).ok())
            .filter(|diagnostic| diagnostic.summary != TAKEN_IN_PLACE)
            .collect()
    }

    /// The errors among [`Run::diagnostics`].
    #[must_use]
    pub fn errors(&self) -> Vec<Diagnostic> {
        self.of(Severity::Error)
    }

    /// The warnings among [`Run::diagnostics`].
    #[must_use]
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.of(Severity::Warning)
    }

    fn of(&self, severity: Severity) -> Vec<Diagnostic> {
        let mut found = self.diagnostics();
        found.retain(|diagnostic| diagnostic.severity == severity);
        found
    }

    /// The run, if it ended with 0 or, where the command says so with it, with 2.
    pub fn success(self) -> Result<Self, Error> {
        match self.code {
            Some(0 | 2) => Ok(self),
            _ => Err(Error::Failed { output: self.what_it_said(), command: self.command }),
        }
    }

    /// The errors, else whatever there is that tells why it ended.
    #[must_use]
    pub fn what_it_said(&self) -> String {
        let errors: Vec<_> = self.errors().iter().map(ToString::to_string).collect();
        match (errors.is_empty(), self.code) {
            (false, _) => errors.join("\n"),
            (true, None) => format!("a signal ended it\n{}", self.stderr.trim()),
            (true, Some(_)) => self.stderr.trim().to_owned(),
        }
    }

    /// Addresses with what was planned or done to each: `create`, `update`, `replace`, `delete`,
    /// `read`, `noop`.
    #[must_use]
    pub fn changes(&self, kind: &str) -> Vec<(String, String)> {
        let changes = self.messages.iter().filter(|message| message["type"] == kind);
        changes
            .filter_map(|message| {
                let change = message.get("change").or_else(|| message.get("hook"))?;
                let address = change["resource"]["addr"].as_str()?;
                Some((address.to_owned(), change["action"].as_str()?.to_owned()))
            })
            .collect()
    }
}

impl Diagnostic {
    /// Whether this says `text`, in whichever part.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.summary.contains(text) || self.detail.contains(text)
    }

    /// Whether it is about this attribute: it names it, or points at it in the configuration.
    #[must_use]
    pub fn names(&self, attribute: &str) -> bool {
        self.says(attribute)
            || self.snippet.as_ref().is_some_and(|snippet| {
                snippet.code.contains(attribute)
                    || snippet.context.as_ref().is_some_and(|within| within.contains(attribute))
            })
    }

    /// The file that it points into.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.range.as_ref().map(|range| range.filename.as_str())
    }

    /// The piece of configuration that it points at.
    #[must_use]
    pub fn highlighted(&self) -> Option<&str> {
        let Snippet { code, highlight_start_offset, highlight_end_offset, context: _ } =
            self.snippet.as_ref()?;
        code.get(*highlight_start_offset..*highlight_end_offset)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, summary, detail, address, snippet, range: _ } = self;
        let severity = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {summary}")?;
        if !address.is_empty() {
            write!(f, " ({address})")?;
        }
        if let Some(snippet) = snippet {
            write!(f, "\n  {}", snippet.code.trim())?;
        }
        detail.lines().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(messages: Vec<Value>, code: i32) -> Run {
        let (command, stderr) = ("terraform apply".to_owned(), "unreadable".to_owned());
        Run { command, code: Some(code), messages, stderr, elapsed: Duration::ZERO }
    }

    fn diagnostic(severity: &str, summary: &str) -> Value {
        json!({ "severity": severity, "summary": summary, "detail": "because", "snippet": {
            "code": "  name = \"A\"", "context": "resource \"x\" \"y\"",
            "highlight_start_offset": 9, "highlight_end_offset": 12,
        } })
    }

    #[test]
    fn a_failure_shows_the_diagnostics_or_else_standard_error() {
        let message =
            json!({ "type": "diagnostic", "diagnostic": diagnostic("error", "bad name") });
        let error = run(vec![message], 1).success().unwrap_err().to_string();
        assert!(error.contains("error: bad name") && error.contains("because"), "{error}");
        let error = run(Vec::new(), 1).success().unwrap_err().to_string();
        assert!(error.contains("unreadable"), "{error}");
    }

    #[test]
    fn terraforms_remark_on_the_providers_place_is_no_warning_of_ours() {
        let all = json!({ "diagnostics": [
            diagnostic("warning", TAKEN_IN_PLACE), diagnostic("warning", "experimental"),
        ] });
        let warnings = run(vec![all], 0).warnings();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].names("name") && !warnings[0].names("cluster"));
        assert_eq!(warnings[0].highlighted(), Some("\"A\""));
    }

    #[test]
    fn changes_are_addresses_with_actions() {
        let planned = json!({ "type": "planned_change", "change": {
            "resource": { "addr": "a.b" }, "action": "create",
        } });
        let changes = run(vec![planned], 0).changes("planned_change");
        assert_eq!(changes, [("a.b".to_owned(), "create".to_owned())]);
    }
}
