//! Ports, ranges of ports, and the protocols that have them.

use std::{fmt, num::NonZeroU16, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{address::digits, text::text_type};

/// A port, 1-65535: 0 is reserved (RFC 6335 6), and no API here takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(NonZeroU16);

/// Ports from a first to a last, both included; never empty. Written `80` or `80-90`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    first: Port,
    last: Port,
}

/// A protocol with ports, as Kubernetes knows them.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub enum Protocol {
    /// RFC 9293.
    #[default]
    Tcp,
    /// RFC 768.
    Udp,
    /// RFC 9260.
    Sctp,
}

/// Why a text is no port, or no range of ports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPort {
    /// A number, but not of a port.
    #[error("`{0}`: a port is 1-65535")]
    OutOfRange(String),
    /// No number, or one in other than ASCII digits.
    #[error("`{0}` is not a port: ASCII digits, 1-65535, are expected")]
    Unreadable(String),
    /// Digits and hyphens, but not two numbers.
    #[error("`{0}`: port or port-port is expected")]
    Open(String),
    /// A range where one port is wanted.
    #[error("`{0}` is a range: a single port is expected")]
    Single(String),
    /// Last before first.
    #[error("`{first}-{last}`: start is above end; did you mean {last}-{first}?")]
    Reversed {
        /// The larger port, given first.
        first: Port,
        /// The smaller port, given last.
        last: Port,
    },
}

// === impl Port ===

impl Port {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// The port of a number, 1-65535; none for 0.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        match NonZeroU16::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

impl FromStr for Port {
    type Err = InvalidPort;

    fn from_str(text: &str) -> Result<Self, InvalidPort> {
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        if !plain(unsigned) {
            let range = unsigned.split_once('-').is_some_and(|(a, b)| plain(a) && plain(b));
            let text = text.to_owned();
            return Err(if range {
                InvalidPort::Single(text)
            } else {
                InvalidPort::Unreadable(text)
            });
        }
        let number = digits(text).and_then(|number| u16::try_from(number).ok());
        let port = number.and_then(Self::new);
        port.ok_or_else(|| InvalidPort::OutOfRange(text.to_owned()))
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type!(Port, "Port", "port");

// === impl PortRange ===

impl PortRange {
    /// Every port.
    pub const ALL: Self = Self { first: Port(NonZeroU16::MIN), last: Port(NonZeroU16::MAX) };

    /// From first to last, both included.
    ///
    /// # Errors
    ///
    /// If the last one comes first.
    pub fn new(first: Port, last: Port) -> Result<Self, InvalidPort> {
        if first <= last {
            Ok(Self { first, last })
        } else {
            Err(InvalidPort::Reversed { first, last })
        }
    }

    /// The lowest port.
    #[must_use]
    pub const fn first(self) -> Port {
        self.first
    }

    /// The highest port.
    #[must_use]
    pub const fn last(self) -> Port {
        self.last
    }

    /// Whether the port is in the range.
    #[must_use]
    pub fn contains(self, port: Port) -> bool {
        (self.first..=self.last).contains(&port)
    }

    /// Whether they share a port.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other.first) || other.contains(self.first)
    }
}

impl From<Port> for PortRange {
    fn from(port: Port) -> Self {
        Self { first: port, last: port }
    }
}

impl FromStr for PortRange {
    type Err = InvalidPort;

    fn from_str(text: &str) -> Result<Self, InvalidPort> {
        // A leading hyphen is a sign, and the number's own error the better one.
        let hyphen = text.get(1..).and_then(|rest| rest.find('-')).map(|at| at + 1);
        let Some((first, last)) = hyphen.map(|at| (&text[..at], &text[at + 1..])) else {
            return text.parse::<Port>().map(Self::from);
        };
        if first.is_empty() || last.is_empty() || last.contains('-') {
            return Err(InvalidPort::Open(text.to_owned()));
        }
        Self::new(first.parse()?, last.parse()?)
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            self.first.fmt(f)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

text_type!(PortRange, "PortRange", "port-range");

// === impl Protocol ===

impl Protocol {
    /// Its number, as IANA assigned it.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Tcp => 6,
            Self::Udp => 17,
            Self::Sctp => 132,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        })
    }
}

/// A protocol that NetworkPolicy does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a protocol: one of TCP, UDP, SCTP")]
pub struct InvalidProtocol(String);

impl FromStr for Protocol {
    type Err = InvalidProtocol;

    fn from_str(text: &str) -> Result<Self, InvalidProtocol> {
        match text {
            "TCP" => Ok(Self::Tcp),
            "UDP" => Ok(Self::Udp),
            "SCTP" => Ok(Self::Sctp),
            _ => Err(InvalidProtocol(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn refused(text: &str, expect: &Expect) {
        expect.assert_eq(&text.parse::<PortRange>().unwrap_err().to_string());
    }

    #[test]
    fn a_refusal_says_what_is_expected() {
        refused("0", &expect!["`0`: a port is 1-65535"]);
        refused("65536", &expect!["`65536`: a port is 1-65535"]);
        refused("99999999999", &expect!["`99999999999`: a port is 1-65535"]);
        refused("-80", &expect!["`-80`: a port is 1-65535"]);
        refused("80-", &expect!["`80-`: port or port-port is expected"]);
        refused("1-2-3", &expect!["`1-2-3`: port or port-port is expected"]);
        refused("90-80", &expect!["`90-80`: start is above end; did you mean 80-90?"]);
        refused("٨٠", &expect!["`٨٠` is not a port: ASCII digits, 1-65535, are expected"]);
        refused("+80", &expect!["`+80` is not a port: ASCII digits, 1-65535, are expected"]);
        refused("", &expect!["`` is not a port: ASCII digits, 1-65535, are expected"]);
    }

    #[test]
    fn a_range_is_no_single_port() {
        let error = "80-90".parse::<Port>().unwrap_err().to_string();
        assert_eq!(error, "`80-90` is a range: a single port is expected");
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        for text in ["1", "80", "80-90", "65535"] {
            assert_eq!(text.parse::<PortRange>().unwrap().to_string(), text);
        }
        for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Sctp] {
            assert_eq!(protocol.to_string().parse::<Protocol>(), Ok(protocol));
        }
    }

    #[test]
    fn ranges_overlap_where_they_share_a_port() {
        let range = |text: &str| text.parse::<PortRange>().unwrap();
        assert!(range("80-90").overlaps(range("90-100")));
        assert!(range("80-90").overlaps(range("85")));
        assert!(!range("80-90").overlaps(range("91")));
        assert!(range("85").overlaps(PortRange::ALL));
    }
}
