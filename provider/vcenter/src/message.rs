//! What vCenter says to people.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

api_client::wire_enum! {
    /// How bad it is.
    pub enum Severity {
        /// It is no trouble.
        Info = "INFO",
        /// It may become trouble.
        Warning = "WARNING",
        /// It is trouble.
        Error = "ERROR",
    }
}

/// A text in English. Its `Display` has the arguments in their places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LocalizableMessage {
    /// Which text it is, such as `vcenter.wcp.masterdns.empty`.
    pub id: String,
    /// The text; some servers leave places such as `{0}` or `%s` in it.
    pub default_message: String,
    /// What belongs into the places, in their order.
    pub args: Vec<String>,
}

/// A message about the state of something.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Message {
    /// How bad it is.
    pub severity: Severity,
    /// What it says.
    pub details: Option<LocalizableMessage>,
}

// === impl LocalizableMessage ===

impl LocalizableMessage {
    /// The argument for the place at the start of `rest`, and how long the place is.
    fn place(&self, rest: &str, next: &mut usize) -> Option<(&str, usize)> {
        if rest.starts_with("%s") {
            let argument = self.args.get(*next)?;
            *next += 1;
            return Some((argument, 2));
        }
        let (number, _) = rest.strip_prefix('{')?.split_once('}')?;
        let argument = self.args.get(number.parse::<usize>().ok()?)?;
        Some((argument, number.len() + 2))
    }
}

impl fmt::Display for LocalizableMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.default_message.is_empty() {
            return f.write_str(&self.id);
        }
        let (mut rest, mut next) = (self.default_message.as_str(), 0);
        while let Some(at) = rest.find(['{', '%']) {
            f.write_str(&rest[..at])?;
            rest = &rest[at..];
            // One character that stands for itself, or a whole place.
            let (text, length) = self.place(rest, &mut next).unwrap_or((&rest[..1], 1));
            f.write_str(text)?;
            rest = &rest[length..];
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(template: &str, args: &[&str]) -> String {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        LocalizableMessage { id: "some.id".to_owned(), default_message: template.to_owned(), args }
            .to_string()
    }

    #[test]
    fn arguments_stand_in_their_places() {
        assert_eq!(text("{1} before {0}", &["a", "b"]), "b before a");
        assert_eq!(text("Networks %s and %s overlap", &["a", "b"]), "Networks a and b overlap");
    }

    #[test]
    fn a_text_that_has_them_already_stays_as_it_is() {
        assert_eq!(text("100% of {x} used by é", &["a"]), "100% of {x} used by é");
        assert_eq!(text("{7} %", &[]), "{7} %");
    }

    #[test]
    fn arguments_are_no_templates() {
        assert_eq!(text("%s and %s", &["{1}", "%s"]), "{1} and %s");
    }

    #[test]
    fn without_a_text_the_id_is_better_than_nothing() {
        assert_eq!(text("", &[]), "some.id");
    }
}
