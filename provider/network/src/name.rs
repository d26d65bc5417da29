//! DNS names.

use std::{fmt, str::FromStr};

use crate::text::text_type;

/// A DNS label (RFC 1123): 1-63 lower-case letters, digits and hyphens, with a letter or digit at
/// both ends. What Kubernetes and vCenter demand of a namespace's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsLabel(String);

/// A DNS name: labels with dots between them, 253 characters at most (RFC 1035 2.3.4), no dot at
/// the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName(String);

/// Why a text is no DNS label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLabel {
    /// Nothing.
    #[error("an empty name: 1-63 characters are needed")]
    Empty,
    /// More characters than DNS can carry (RFC 1035 2.3.4), and how many.
    #[error("63 characters at most, got {0}")]
    TooLong(usize),
    /// A character that is no lower-case ASCII letter, digit or hyphen.
    #[error("`{text}`: character {character:?} is not allowed, only a-z, 0-9 and -")]
    Character {
        /// What was given, shortened.
        text: String,
        /// The first that is not allowed.
        character: char,
    },
    /// A hyphen in front.
    #[error("`{0}` must start with a letter or digit")]
    Start(String),
    /// A hyphen behind.
    #[error("`{0}` must end with a letter or digit")]
    End(String),
}

/// Why a text is no DNS name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// More characters than DNS can carry (RFC 1035 2.3.4), and how many.
    #[error("253 characters at most, got {0}")]
    TooLong(usize),
    /// One of its labels.
    #[error("`{text}` is not a DNS name: {reason}")]
    Label {
        /// What was given, shortened.
        text: String,
        /// What is wrong with the first label that is not one.
        reason: InvalidLabel,
    },
}

/// As much of a text as fits a message.
fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

// === impl DnsLabel ===

impl DnsLabel {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DnsLabel {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, InvalidLabel> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match text.chars().count() {
            0 => return Err(InvalidLabel::Empty),
            length @ 64.. => return Err(InvalidLabel::TooLong(length)),
            1..64 => {}
        }
        if let Some(character) = text.chars().find(|c| !allowed(*c)) {
            Err(InvalidLabel::Character { text: short(text), character })
        } else if text.starts_with('-') {
            Err(InvalidLabel::Start(short(text)))
        } else if text.ends_with('-') {
            Err(InvalidLabel::End(short(text)))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl fmt::Display for DnsLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(DnsLabel, "DnsLabel", "dns-label");

// === impl DnsName ===

impl DnsName {
    /// The text, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DnsName {
    type Err = InvalidName;

    /// Upper case is read as lower case: DNS does not tell them apart.
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let length = text.chars().count();
        if length > 253 {
            return Err(InvalidName::TooLong(length));
        }
        let lower = text.to_ascii_lowercase();
        match lower.split('.').find_map(|label| label.parse::<DnsLabel>().err()) {
            Some(reason) => Err(InvalidName::Label { text: short(text), reason }),
            None => Ok(Self(lower)),
        }
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(DnsName, "DnsName", "dns-name");

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn refused(text: &str, expect: &Expect) {
        expect.assert_eq(&text.parse::<DnsLabel>().unwrap_err().to_string());
    }

    #[test]
    fn a_label_is_refused_for_the_first_thing_wrong_with_it() {
        refused("", &expect!["an empty name: 1-63 characters are needed"]);
        refused(&"a".repeat(64), &expect!["63 characters at most, got 64"]);
        refused("team-", &expect!["`team-` must end with a letter or digit"]);
        refused("-team", &expect!["`-team` must start with a letter or digit"]);
        refused("Team", &expect!["`Team`: character 'T' is not allowed, only a-z, 0-9 and -"]);
        refused("té", &expect!["`té`: character 'é' is not allowed, only a-z, 0-9 and -"]);
        refused(
            "team-a\n",
            &expect![[r"
                `team-a
                `: character '\n' is not allowed, only a-z, 0-9 and -"]],
        );
    }

    #[test]
    fn what_dns_allows_passes() {
        for text in ["a", "0", "team-a", &"a".repeat(63)] {
            assert_eq!(text.parse::<DnsLabel>().unwrap().as_str(), text);
        }
        assert_eq!("Example.Test".parse::<DnsName>().unwrap().as_str(), "example.test");
        let longest = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
        assert_eq!(longest.parse::<DnsName>().unwrap().as_str().len(), 253);
    }

    #[test]
    fn a_name_is_refused_for_its_first_bad_label() {
        let refused = |text: &str| text.parse::<DnsName>().unwrap_err().to_string();
        expect!["`exa mple.test` is not a DNS name: `exa mple`: character ' ' is not allowed, only a-z, 0-9 and -"]
            .assert_eq(&refused("exa mple.test"));
        expect!["`a..b` is not a DNS name: an empty name: 1-63 characters are needed"]
            .assert_eq(&refused("a..b"));
        expect!["253 characters at most, got 255"].assert_eq(&refused(&["a"; 128].join(".")));
    }
}
