//! Ranges in which no machine of a user's can be.

use std::{fmt, net::IpAddr, str::FromStr};

use super::{Cidr, InvalidCidr};
use crate::text::text_type;

/// A network in which machines can have addresses: not loopback, link-local, multicast or
/// otherwise set aside (RFC 6890). Documentation ranges are let pass: labs use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkCidr(Cidr);

/// Why a text is no network for machines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReservedRange {
    /// It is no network at all.
    #[error(transparent)]
    Invalid(#[from] InvalidCidr),
    /// It shares addresses with a range set aside.
    #[error("`{cidr}` is in reserved range {}", .reserved)]
    Reserved {
        /// What was given.
        cidr: Cidr,
        /// What it meets.
        reserved: Reserved,
    },
}

/// A range set aside for something else than machines (RFC 6890, and the RFC that its text names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved {
    range: &'static str,
    purpose: &'static str,
}

/// RFC 6890 and the RFCs it cites.
const RESERVED: [Reserved; 10] = [
    reserved("0.0.0.0/8", "this network, RFC 791"),
    reserved("127.0.0.0/8", "loopback, RFC 1122"),
    reserved("169.254.0.0/16", "link-local, RFC 3927"),
    reserved("224.0.0.0/4", "multicast, RFC 5771"),
    reserved("240.0.0.0/4", "future use and broadcast, RFC 1112"),
    reserved("::/127", "unspecified and loopback, RFC 4291"),
    reserved("::ffff:0:0/96", "IPv4-mapped, RFC 4291"),
    reserved("fe80::/10", "link-local, RFC 4291"),
    reserved("fec0::/10", "site-local, RFC 3879"),
    reserved("ff00::/8", "multicast, RFC 4291"),
];

const fn reserved(range: &'static str, purpose: &'static str) -> Reserved {
    Reserved { range, purpose }
}

impl Reserved {
    /// The reserved range that shares addresses with a network, if one does.
    #[must_use]
    pub fn of(cidr: Cidr) -> Option<Self> {
        RESERVED.into_iter().find(|it| it.cidr().overlaps(cidr))
    }

    /// The range.
    ///
    /// # Panics
    ///
    /// Never: the table holds networks.
    #[must_use]
    pub fn cidr(self) -> Cidr {
        let (address, prefix) = self.range.split_once('/').expect("the table holds networks");
        let address: IpAddr = address.parse().expect("the table holds networks");
        let prefix = prefix.parse().expect("the table holds networks");
        Cidr::around(address, prefix).expect("the table holds networks")
    }
}

impl fmt::Display for Reserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.range, self.purpose)
    }
}

// === impl NetworkCidr ===

impl NetworkCidr {
    /// The network.
    #[must_use]
    pub const fn cidr(self) -> Cidr {
        self.0
    }
}

impl TryFrom<Cidr> for NetworkCidr {
    type Error = ReservedRange;

    fn try_from(cidr: Cidr) -> Result<Self, ReservedRange> {
        match Reserved::of(cidr) {
            Some(reserved) => Err(ReservedRange::Reserved { cidr, reserved }),
            None => Ok(Self(cidr)),
        }
    }
}

impl From<NetworkCidr> for Cidr {
    fn from(network: NetworkCidr) -> Self {
        network.0
    }
}

impl FromStr for NetworkCidr {
    type Err = ReservedRange;

    fn from_str(text: &str) -> Result<Self, ReservedRange> {
        text.parse::<Cidr>()?.try_into()
    }
}

impl fmt::Display for NetworkCidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type!(NetworkCidr, "NetworkCidr", "network-cidr");

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn the_reserved_range_is_named() {
        let error = "127.0.0.0/16".parse::<NetworkCidr>().unwrap_err().to_string();
        expect!["`127.0.0.0/16` is in reserved range 127.0.0.0/8 (loopback, RFC 1122)"]
            .assert_eq(&error);
    }

    #[test]
    fn a_network_around_a_reserved_range_is_refused_too() {
        for text in ["0.0.0.0/0", "128.0.0.0/1", "169.254.0.0/20", "::/0", "ff02::1/128"] {
            assert!(text.parse::<NetworkCidr>().is_err(), "{text}");
        }
    }

    #[test]
    fn private_public_and_documentation_ranges_pass() {
        for text in ["10.0.0.0/8", "192.0.2.64/30", "100.64.0.0/10", "8.8.8.0/24", "fd00::/8"] {
            assert_eq!(text.parse::<NetworkCidr>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn every_entry_of_the_table_is_a_network() {
        for entry in RESERVED {
            assert_eq!(entry.cidr().range().first(), entry.cidr().network(), "{entry}");
        }
    }
}
