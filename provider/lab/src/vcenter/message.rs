//! Messages as vCenter writes them: an id, a text, and the arguments that were put into it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// `com.vmware.vapi.std.LocalizableMessage`.
///
/// Ids that begin with `vcenter.wcp.lab.` are the lab's own: the real ones are not public (behaviour.md 8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Localizable {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) args: Vec<String>,
}

/// How bad a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Severity {
    Info,
    Warning,
    Error,
}

/// One entry of `messages` or `kubernetes_status_messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) severity: Severity,
    pub(crate) details: Localizable,
}

// === impl Localizable ===

impl Localizable {
    /// A text without arguments.
    pub(crate) fn new(id: &str, text: &str) -> Self {
        Self { id: id.to_owned(), text: text.to_owned(), args: Vec::new() }
    }

    /// A text whose `{0}`, `{1}`… are replaced by `args`.
    pub(crate) fn with<'a>(
        id: &str,
        template: &str,
        args: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let args: Vec<String> = args.into_iter().map(str::to_owned).collect();
        let text = args.iter().enumerate().fold(template.to_owned(), |text, (index, arg)| {
            text.replace(&format!("{{{index}}}"), arg)
        });
        Self { id: id.to_owned(), text, args }
    }

    /// As it goes over the wire.
    pub(crate) fn json(&self) -> Value {
        json!({ "id": self.id, "default_message": self.text, "args": self.args })
    }
}

// === impl Message ===

impl Message {
    pub(crate) fn error(details: Localizable) -> Self {
        Self { severity: Severity::Error, details }
    }

    pub(crate) fn warning(details: Localizable) -> Self {
        Self { severity: Severity::Warning, details }
    }

    pub(crate) fn info(details: Localizable) -> Self {
        Self { severity: Severity::Info, details }
    }

    /// As it goes over the wire; `id` repeats the id of the details, as vCenter does from 8.0.2 on.
    pub(crate) fn json(&self) -> Value {
        json!({ "severity": self.severity, "id": self.details.id, "details": self.details.json() })
    }
}
