//! Reading addresses strictly, so that no two programs can read one text differently.

use std::net::{IpAddr, Ipv4Addr};

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// Some programs read such a number as octal (RFC 6943 3.1.1).
    #[error("`{text}` has a leading zero; did you mean {suggestion}?")]
    LeadingZero {
        /// What was given.
        text: String,
        /// The same, read as decimal.
        suggestion: Ipv4Addr,
    },
    /// A scope such as `%eth0` (RFC 4007 11), which means nothing on another machine.
    #[error("`{0}`: zone identifier not allowed")]
    Zone(String),
    /// Blanks before, after or within.
    #[error("`{0}` contains white space")]
    WhiteSpace(String),
    /// An IPv4 address in IPv6 notation (RFC 4291 2.5.5.2).
    #[error(
        "`{text}` is an IPv4-mapped address: IPv4 address required; did you mean {suggestion}?"
    )]
    Mapped {
        /// What was given.
        text: String,
        /// The IPv4 address in it.
        suggestion: Ipv4Addr,
    },
    /// IPv6, or a name, where only IPv4 will do.
    #[error("`{0}`: IPv4 address required")]
    NotIpv4(String),
    /// Anything else.
    #[error("`{0}` is not an IPv4 or IPv6 address")]
    Unreadable(String),
}

/// Reads an address of either family. IPv4-mapped IPv6 addresses are refused: they would be a
/// second spelling of an IPv4 address, which no overlap check would notice.
pub(crate) fn address(text: &str) -> Result<IpAddr, InvalidAddress> {
    if text.chars().any(char::is_whitespace) {
        return Err(InvalidAddress::WhiteSpace(text.to_owned()));
    }
    if text.contains('%') {
        return Err(InvalidAddress::Zone(text.to_owned()));
    }
    match text.parse() {
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(suggestion) => Err(InvalidAddress::Mapped { text: text.to_owned(), suggestion }),
            None => Ok(IpAddr::V6(v6)),
        },
        Ok(v4) => Ok(v4),
        Err(_) => Err(match decimal(text) {
            Some(suggestion) => InvalidAddress::LeadingZero { text: text.to_owned(), suggestion },
            None => InvalidAddress::Unreadable(text.to_owned()),
        }),
    }
}

/// Reads an IPv4 address; says so when it got something else.
pub(crate) fn ipv4(text: &str) -> Result<Ipv4Addr, InvalidAddress> {
    match address(text) {
        Ok(IpAddr::V4(v4)) => Ok(v4),
        Ok(IpAddr::V6(_)) | Err(InvalidAddress::Unreadable(_)) => {
            Err(InvalidAddress::NotIpv4(text.to_owned()))
        }
        Err(other) => Err(other),
    }
}

/// Four decimal numbers, leading zeros and all.
fn decimal(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        *octet = digits(parts.next()?)?.try_into().ok()?;
    }
    parts.next().is_none().then(|| octets.into())
}

/// A number of ASCII digits alone: no sign, as `str::parse` would take.
pub(crate) fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn refused(text: &str, expect: &Expect) {
        expect.assert_eq(&address(text).unwrap_err().to_string());
    }

    #[test]
    fn both_families_are_read() {
        assert_eq!(address("10.0.0.1").unwrap(), IpAddr::from([10, 0, 0, 1]));
        assert!(address("2001:db8::1").unwrap().is_ipv6());
    }

    #[test]
    fn what_is_ambiguous_is_refused_with_the_likely_meaning() {
        refused("010.0.0.1", &expect!["`010.0.0.1` has a leading zero; did you mean 10.0.0.1?"]);
        refused("fe80::1%eth0", &expect!["`fe80::1%eth0`: zone identifier not allowed"]);
        refused(" 10.0.0.1", &expect!["` 10.0.0.1` contains white space"]);
        refused(
            "::ffff:10.0.0.1",
            &expect![
                "`::ffff:10.0.0.1` is an IPv4-mapped address: IPv4 address required; did you mean 10.0.0.1?"
            ],
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "10.0.0", "10.0.0.0.1", "10.0.0.256", "+1.0.0.0", "dns.example.test"] {
            assert_eq!(address(text), Err(InvalidAddress::Unreadable(text.to_owned())));
        }
    }

    #[test]
    fn a_name_or_ipv6_where_ipv4_is_needed_is_named_so() {
        for text in ["dns.example.test", "2001:db8::1"] {
            assert_eq!(ipv4(text), Err(InvalidAddress::NotIpv4(text.to_owned())));
        }
    }
}
