//! How long a resource may take, in Terraform's usual `timeouts` attribute.

use std::{fmt, str::FromStr, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::Optional;

/// How long each operation may take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeouts {
    /// Time to create, such as `90m` or `1h30m`.
    pub create: Optional<Span>,
    /// Time to read.
    pub read: Optional<Span>,
    /// Time to update.
    pub update: Optional<Span>,
    /// Time to delete.
    pub delete: Optional<Span>,
}

/// How long each operation may take where the configuration does not say.
#[derive(Clone, Copy, Debug)]
pub struct DefaultTimeouts {
    /// Time to create.
    pub create: Duration,
    /// Time to read.
    pub read: Duration,
    /// Time to update.
    pub update: Duration,
    /// Time to delete.
    pub delete: Duration,
}

impl DefaultTimeouts {
    /// The same time for whatever changes something, and five minutes to read.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        let time = Duration::from_mins(minutes);
        Self { create: time, read: Duration::from_mins(5), update: time, delete: time }
    }
}

/// One of the operations of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are Terraform's operations")]
pub enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];

    /// Its name in a `timeouts` attribute.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// Its time in `defaults`.
    #[must_use]
    pub fn default_of(self, defaults: &DefaultTimeouts) -> Duration {
        match self {
            Self::Create => defaults.create,
            Self::Read => defaults.read,
            Self::Update => defaults.update,
            Self::Delete => defaults.delete,
        }
    }
}

/// A length of time, as Go and Terraform write it: `1h30m`, `45s`, `500ms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    text: String,
    time: Duration,
}

impl Span {
    /// The time.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.time
    }
}

/// The text is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("duration: {0}; write it like `90m` or `1h30m`, with the units h, m, s or ms")]
pub struct InvalidSpan(String);

impl FromStr for Span {
    type Err = InvalidSpan;

    fn from_str(text: &str) -> Result<Self, InvalidSpan> {
        let mut rest = text;
        let mut time = Duration::ZERO;
        while !rest.is_empty() {
            let (part, after) = component(rest)?;
            time = time.checked_add(part).ok_or_else(|| InvalidSpan("too long".to_owned()))?;
            rest = after;
        }
        if time.is_zero() {
            return Err(InvalidSpan(format!("`{text}` is no time at all")));
        }
        Ok(Self { text: text.to_owned(), time })
    }
}

fn component(text: &str) -> Result<(Duration, &str), InvalidSpan> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    let count: u64 = number.parse().map_err(|_| InvalidSpan(format!("no number in `{text}`")))?;
    let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(letters);
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        unit => return Err(InvalidSpan(format!("unknown unit `{}`", unit.trim()))),
    };
    let millis = count.checked_mul(millis).ok_or_else(|| InvalidSpan("too long".to_owned()))?;
    Ok((Duration::from_millis(millis), rest))
}

impl TryFrom<String> for Span {
    type Error = InvalidSpan;

    fn try_from(text: String) -> Result<Self, InvalidSpan> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.text
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "duration" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> u64 {
        text.parse::<Span>().unwrap().time().as_secs()
    }

    #[test]
    fn times_read_as_in_go() {
        assert_eq!(seconds("90m"), 5400);
        assert_eq!(seconds("1h30m"), 5400);
        assert_eq!(seconds("1500ms"), 1);
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_reason() {
        let why = |text: &str| text.parse::<Span>().unwrap_err().to_string();
        assert!(why("5 parsecs").contains("unknown unit `parsecs`"));
        assert!(why("fast").contains("no number"));
        assert!(why("").contains("no time at all"));
        assert!(why("99999999999999999999h").contains("no number"));
        assert!(why("9999999999999999999h").contains("too long"));
    }
}
