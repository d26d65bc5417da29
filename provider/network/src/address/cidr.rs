//! Networks in CIDR notation.

use std::{cmp::Ordering, fmt, net::IpAddr, str::FromStr};

use super::{AddressRange, InvalidAddress, bits, from_bits, parse, width};
use crate::text::text_type;

/// A network: an address and a prefix length, with no bit set outside the prefix (RFC 4632 for
/// IPv4, RFC 4291 2.3 for IPv6).
///
/// Ordered by family (IPv4 first), then address, then size (larger first), so that sorting puts
/// a network before those inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cidr(ipnet::IpNet);

/// Why a text is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCidr {
    /// The part before the slash.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// There is no slash.
    #[error("`{0}` has no prefix length: expected address/prefix, such as 10.244.0.0/20")]
    NoPrefix(String),
    /// The part after the slash.
    #[error("`{text}`: prefix must be 0-{max}")]
    Prefix {
        /// What was given.
        text: String,
        /// Length of an address of this family, in bits.
        max: u8,
    },
    /// An address inside the network where the network was meant.
    #[error("`{text}` has host bits set; did you mean {suggestion}?")]
    HostBits {
        /// What was given.
        text: String,
        /// The network around it.
        suggestion: Cidr,
    },
}

/// A network with fewer addresses than something needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{cidr}` is too small: /{prefix} or larger is needed")]
pub struct TooSmall {
    /// The network.
    pub cidr: Cidr,
    /// The longest prefix that would do, in bits.
    pub prefix: u8,
}

/// An IPv6 network where only IPv4 will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}`: IPv4 CIDR required, IPv6 is not supported here")]
pub struct NotIpv4(pub Cidr);

impl Cidr {
    /// The network of this address and prefix length, in bits.
    ///
    /// # Errors
    ///
    /// If bits behind the prefix are set, or the prefix is longer than 32 or 128.
    pub fn new(address: IpAddr, prefix: u8) -> Result<Self, InvalidCidr> {
        let text = || format!("{address}/{prefix}");
        let around = Self::around(address, prefix)
            .ok_or_else(|| InvalidCidr::Prefix { text: text(), max: width(address) })?;
        if around.network() == address {
            Ok(around)
        } else {
            Err(InvalidCidr::HostBits { text: text(), suggestion: around })
        }
    }

    /// The network of that prefix, in bits, in which an address lies; none if the prefix is longer
    /// than 32 or 128.
    #[must_use]
    pub fn around(address: IpAddr, prefix: u8) -> Option<Self> {
        Some(Self(ipnet::IpNet::new(address, prefix).ok()?.trunc()))
    }

    /// The network of one address alone.
    #[must_use]
    pub fn host(address: IpAddr) -> Self {
        Self(address.into())
    }

    /// Its first address.
    #[must_use]
    pub fn network(self) -> IpAddr {
        self.0.network()
    }

    /// Its last address, which for IPv4 is the broadcast address.
    #[must_use]
    pub fn last(self) -> IpAddr {
        self.0.broadcast()
    }

    /// Its prefix length, in bits.
    #[must_use]
    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// All its addresses, network and broadcast address included.
    #[must_use]
    pub fn range(self) -> AddressRange {
        AddressRange::between(self.network(), self.last())
    }

    /// How many addresses it has; `u128::MAX` for `::/0`, which has one more.
    #[must_use]
    pub fn size(self) -> u128 {
        self.range().size()
    }

    /// Refuses a network that is smaller than one of that prefix, in bits.
    ///
    /// # Errors
    ///
    /// If its own prefix is longer.
    pub fn at_least(self, prefix: u8) -> Result<(), TooSmall> {
        if self.0.prefix_len() <= prefix { Ok(()) } else { Err(TooSmall { cidr: self, prefix }) }
    }

    /// Refuses IPv6, which the networks of a Supervisor cannot have: vCenter's `Ipv4Cidr`.
    ///
    /// # Errors
    ///
    /// If it is of IPv6.
    pub fn ipv4_only(self) -> Result<(), NotIpv4> {
        if self.is_ipv4() { Ok(()) } else { Err(NotIpv4(self)) }
    }

    /// Whether it is IPv4.
    #[must_use]
    pub fn is_ipv4(self) -> bool {
        self.network().is_ipv4()
    }

    /// Whether the address is one of its own.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// Whether all of the other network lies in this one; a network covers itself.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.0.contains(&other.0)
    }

    /// Whether they share an address. Networks never overlap by halves: one covers the other.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// The addresses machines may have: all but network and broadcast address (RFC 919), or all
    /// of a /31 (RFC 3021), a /32, and, but for the all-zero anycast address (RFC 4291 2.6.1),
    /// an IPv6 network.
    #[must_use]
    pub fn hosts(self) -> AddressRange {
        let (first, last) = (bits(self.network()), bits(self.last()));
        let (first, last) = match (self.is_ipv4(), last - first) {
            (_, 0 | 1) => (first, last),
            (true, _) => (first + 1, last - 1),
            (false, _) => (first + 1, last),
        };
        let address = |bits| from_bits(bits, self.network());
        AddressRange::between(address(first), address(last))
    }

    /// The networks of that prefix, in bits, inside, lowest first; none if it is shorter than its
    /// own or longer than an address.
    pub fn subnets(self, prefix: u8) -> impl Iterator<Item = Self> {
        self.0.subnets(prefix).into_iter().flatten().map(Self)
    }

    /// Its half below and its half above; none for a single address.
    #[must_use]
    pub fn halves(self) -> Option<(Self, Self)> {
        let prefix = self.prefix().checked_add(1)?;
        let low = Self::around(self.network(), prefix)?;
        let high = bits(self.network()) | 1 << (width(self.network()) - prefix);
        Some((low, Self::around(from_bits(high, self.network()), prefix)?))
    }
}

impl Ord for Cidr {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.network(), self.prefix()).cmp(&(other.network(), other.prefix()))
    }
}

impl PartialOrd for Cidr {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, InvalidCidr> {
        let (address, prefix) = split(text)?;
        let named = |error| match error {
            InvalidCidr::HostBits { suggestion, .. } => {
                InvalidCidr::HostBits { text: text.to_owned(), suggestion }
            }
            other => other,
        };
        Self::new(address, prefix).map_err(named)
    }
}

/// Reads `address/prefix`, host bits or not.
pub(crate) fn split(text: &str) -> Result<(IpAddr, u8), InvalidCidr> {
    let Some((address, prefix)) = text.split_once('/') else {
        parse::address(text)?;
        return Err(InvalidCidr::NoPrefix(text.to_owned()));
    };
    let address = parse::address(address)?;
    let max = width(address);
    let padded = prefix.len() > 1 && prefix.starts_with('0');
    match parse::digits(prefix).and_then(|prefix| u8::try_from(prefix).ok()) {
        Some(prefix) if prefix <= max && !padded => Ok((address, prefix)),
        _ => Err(InvalidCidr::Prefix { text: text.to_owned(), max }),
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type!(Cidr, "Cidr", "cidr");

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[track_caller]
    fn refused(text: &str, expect: &Expect) {
        expect.assert_eq(&text.parse::<Cidr>().unwrap_err().to_string());
    }

    #[test]
    fn a_refusal_says_what_would_be_right() {
        refused(
            "10.244.1.5/20",
            &expect!["`10.244.1.5/20` has host bits set; did you mean 10.244.0.0/20?"],
        );
        refused("10.244.0.0/33", &expect!["`10.244.0.0/33`: prefix must be 0-32"]);
        refused("2001:db8::/129", &expect!["`2001:db8::/129`: prefix must be 0-128"]);
        refused(
            "10.244.0.0",
            &expect![
                "`10.244.0.0` has no prefix length: expected address/prefix, such as 10.244.0.0/20"
            ],
        );
        refused("010.0.0.0/8", &expect!["`010.0.0.0` has a leading zero; did you mean 10.0.0.0?"]);
    }

    #[test]
    fn only_digits_are_a_prefix() {
        for prefix in ["", "+8", "-1", "08", "8 ", "8/8", "٨"] {
            let text = format!("10.0.0.0/{prefix}");
            assert_eq!(text.parse::<Cidr>(), Err(InvalidCidr::Prefix { text, max: 32 }));
        }
    }

    #[test]
    fn machines_have_neither_network_nor_broadcast_address() {
        assert_eq!(cidr("10.1.0.0/28").hosts().to_string(), "10.1.0.1-10.1.0.14");
        assert_eq!(cidr("10.1.0.0/31").hosts().to_string(), "10.1.0.0-10.1.0.1");
        assert_eq!(cidr("10.1.0.9/32").hosts().to_string(), "10.1.0.9");
        assert_eq!(cidr("2001:db8::/126").hosts().to_string(), "2001:db8::1-2001:db8::3");
    }

    #[test]
    fn a_network_that_is_too_small_is_told_what_would_do() {
        assert_eq!(cidr("192.0.2.64/30").at_least(30), Ok(()));
        let error = cidr("192.0.2.0/32").at_least(30).unwrap_err().to_string();
        assert_eq!(error, "`192.0.2.0/32` is too small: /30 or larger is needed");
    }

    #[test]
    fn ipv6_is_refused_only_where_it_must_be() {
        assert_eq!(cidr("10.244.0.0/20").ipv4_only(), Ok(()));
        let error = cidr("fd00::/48").ipv4_only().unwrap_err().to_string();
        assert_eq!(error, "`fd00::/48`: IPv4 CIDR required, IPv6 is not supported here");
    }

    #[test]
    fn the_whole_of_ipv6_is_counted_without_overflow() {
        assert_eq!(cidr("::/0").size(), u128::MAX);
        assert_eq!(cidr("0.0.0.0/0").size(), 1 << 32);
    }

    #[test]
    fn the_schema_is_a_string_that_names_its_format() {
        let schema = serde_json::to_string(&schemars::schema_for!(Cidr)).unwrap();
        assert!(schema.contains(r#""type":"string","format":"cidr""#), "{schema}");
    }

    fn any_cidr() -> impl Strategy<Value = Cidr> {
        let v4 = (any::<u32>(), 0u8..=32).prop_map(|(a, p)| (IpAddr::V4(a.into()), p));
        let v6 = (any::<u128>(), 0u8..=128).prop_map(|(a, p)| (IpAddr::V6(a.into()), p));
        prop_oneof![v4, v6].prop_map(|(address, prefix)| Cidr::around(address, prefix).unwrap())
    }

    proptest! {
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn text_and_network_are_the_same(it in any_cidr()) {
            let mapped = matches!(it.network(), IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
            prop_assume!(!mapped);
            prop_assert_eq!(it.to_string().parse::<Cidr>().unwrap(), it);
        }

        #[test]
        fn halves_are_disjoint_and_make_the_whole(it in any_cidr()) {
            if let Some((low, high)) = it.halves() {
                prop_assert!(!low.overlaps(high));
                prop_assert!(it.covers(low) && it.covers(high) && !low.covers(it));
                prop_assert_eq!((low.network(), high.last()), (it.network(), it.last()));
            } else {
                prop_assert_eq!(it.size(), 1);
            }
        }

        #[test]
        fn overlap_is_a_shared_address(a in any_cidr(), b in any_cidr()) {
            let shared = a.contains(b.network()) || b.contains(a.network());
            prop_assert_eq!(a.overlaps(b), shared);
        }
    }
}
