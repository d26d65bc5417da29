//! Ranges of addresses, first to last.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use super::{Cidr, InvalidAddress, parse};
use crate::text::text_type;

/// Addresses of one family from a first to a last, both included; never empty.
///
/// Written `10.1.0.10-10.1.0.20`, or as one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    first: IpAddr,
    last: IpAddr,
}

/// Why something is no range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRange {
    /// One of its ends.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// Last before first.
    #[error("start is above end: `{first}-{last}`; did you mean {last}-{first}?")]
    Reversed {
        /// The larger address, given first.
        first: IpAddr,
        /// The smaller address, given last.
        last: IpAddr,
    },
    /// IPv4 and IPv6 in one range.
    #[error("`{first}-{last}` mixes IPv4 and IPv6")]
    Mixed {
        /// As given.
        first: IpAddr,
        /// As given.
        last: IpAddr,
    },
    /// A count of zero.
    #[error("a range from `{0}` needs a count of 1 or more")]
    Empty(IpAddr),
    /// More addresses than there are from there on.
    #[error("{count} addresses from `{first}` on go past the end of the address space")]
    TooLong {
        /// Where it would start.
        first: IpAddr,
        /// How many it would have.
        count: u64,
    },
}

impl AddressRange {
    /// From first to last, both included.
    ///
    /// # Errors
    ///
    /// If they are of two families, or the last one comes first.
    pub fn new(first: IpAddr, last: IpAddr) -> Result<Self, InvalidRange> {
        if first.is_ipv4() != last.is_ipv4() {
            Err(InvalidRange::Mixed { first, last })
        } else if first > last {
            Err(InvalidRange::Reversed { first, last })
        } else {
            Ok(Self { first, last })
        }
    }

    /// So many addresses from the first on, as the vCenter API counts them
    /// (`starting_address` and `address_count`).
    ///
    /// # Errors
    ///
    /// If it is none, or more than there are from there on.
    pub fn counted(first: IpAddr, count: u64) -> Result<Self, InvalidRange> {
        let Some(steps) = count.checked_sub(1) else {
            return Err(InvalidRange::Empty(first));
        };
        let last = bits(first).checked_add(steps.into()).filter(|&last| last <= ceiling(first));
        let last = last.ok_or(InvalidRange::TooLong { first, count })?;
        Ok(Self { first, last: from_bits(last, first) })
    }

    /// For ends that are known to be of one family and in order.
    pub(crate) fn between(first: IpAddr, last: IpAddr) -> Self {
        Self::new(first, last).expect("both ends are of one family and in order")
    }

    /// The lowest address.
    #[must_use]
    pub const fn first(&self) -> IpAddr {
        self.first
    }

    /// The highest address.
    #[must_use]
    pub const fn last(&self) -> IpAddr {
        self.last
    }

    /// How many addresses; `u128::MAX` for all of IPv6, which has one more.
    #[must_use]
    pub fn size(&self) -> u128 {
        (bits(self.last) - bits(self.first)).saturating_add(1)
    }

    /// Whether the address is in the range.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && self.first <= address && address <= self.last
    }

    /// Whether all of the other range is in this one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.contains(other.first) && self.contains(other.last)
    }

    /// Whether they share an address.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other.first) || other.contains(self.first)
    }

    /// The addresses one by one, lowest first.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + use<> {
        let Self { first, last } = *self;
        (bits(first)..=bits(last)).map(move |bits| from_bits(bits, first))
    }

    /// The lowest address that is not taken, as a pool hands them out; none if all are.
    #[must_use]
    pub fn next_free(&self, taken: &std::collections::BTreeSet<IpAddr>) -> Option<IpAddr> {
        self.addresses().find(|address| !taken.contains(address))
    }

    /// The range as short as it can be written: a network where it is one.
    #[must_use]
    pub fn shortest(&self) -> String {
        match self.cidrs().as_slice() {
            [one] if one.size() > 1 => one.to_string(),
            _ => self.to_string(),
        }
    }

    /// The fewest networks that are this range, lowest first.
    ///
    /// # Panics
    ///
    /// Never: each network lies in the range.
    #[must_use]
    pub fn cidrs(&self) -> Vec<Cidr> {
        let mut cidrs = Vec::new();
        let (mut at, last) = (bits(self.first), bits(self.last));
        let width = width(self.first);
        loop {
            let aligned = at.trailing_zeros().min(width.into());
            let fits = (last - at).checked_add(1).map_or(128, |left| left.ilog2());
            let order = aligned.min(fits);
            let prefix = width - u8::try_from(order).expect("an order is at most 128");
            let cidr = Cidr::around(from_bits(at, self.first), prefix)
                .expect("a prefix is at most the width of the address");
            cidrs.push(cidr);
            if bits(cidr.last()) == last {
                return cidrs;
            }
            at = bits(cidr.last()) + 1;
        }
    }
}

impl From<Cidr> for AddressRange {
    fn from(cidr: Cidr) -> Self {
        cidr.range()
    }
}

impl From<IpAddr> for AddressRange {
    fn from(address: IpAddr) -> Self {
        Self { first: address, last: address }
    }
}

impl FromStr for AddressRange {
    type Err = InvalidRange;

    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        match text.split_once('-') {
            Some((first, last)) => Self::new(parse::address(first)?, parse::address(last)?),
            None => Ok(parse::address(text)?.into()),
        }
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            self.first.fmt(f)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

text_type!(AddressRange, "AddressRange", "address-range");

/// Length of an address of this family, in bits.
pub(crate) const fn width(family: IpAddr) -> u8 {
    if family.is_ipv4() { 32 } else { 128 }
}

/// The address as a number.
pub(crate) fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The number as an address of the same family as another.
pub(crate) fn from_bits(bits: u128, family: IpAddr) -> IpAddr {
    match family {
        IpAddr::V4(_) => {
            let bits = u32::try_from(bits).expect("an IPv4 address has 32 bits");
            Ipv4Addr::from_bits(bits).into()
        }
        IpAddr::V6(_) => Ipv6Addr::from_bits(bits).into(),
    }
}

/// The highest address of this family, as a number.
const fn ceiling(family: IpAddr) -> u128 {
    if family.is_ipv4() { u32::MAX as u128 } else { u128::MAX }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap()
    }

    #[track_caller]
    fn refused(text: &str, expect: &Expect) {
        expect.assert_eq(&text.parse::<AddressRange>().unwrap_err().to_string());
    }

    #[test]
    fn reversed_and_mixed_ranges_are_refused() {
        refused(
            "10.0.0.9-10.0.0.1",
            &expect!["start is above end: `10.0.0.9-10.0.0.1`; did you mean 10.0.0.1-10.0.0.9?"],
        );
        refused("10.0.0.9-2001:db8::1", &expect!["`10.0.0.9-2001:db8::1` mixes IPv4 and IPv6"]);
    }

    #[test]
    fn a_count_includes_the_first_address() {
        let first = "192.168.10.175".parse().unwrap();
        let five = AddressRange::counted(first, 5).unwrap();
        assert_eq!(five.to_string(), "192.168.10.175-192.168.10.179");
        assert_eq!(AddressRange::counted(first, 1).unwrap().to_string(), "192.168.10.175");
        assert_eq!(AddressRange::counted(first, 0), Err(InvalidRange::Empty(first)));
        let last = "255.255.255.255".parse().unwrap();
        assert!(AddressRange::counted(last, 1).is_ok());
        assert!(AddressRange::counted(last, 2).is_err());
    }

    #[test]
    fn the_next_free_address_is_the_lowest() {
        let taken = ["10.0.0.1", "10.0.0.2"].map(|a| a.parse().unwrap()).into();
        let next = range("10.0.0.1-10.0.0.3").next_free(&taken);
        assert_eq!(next, Some("10.0.0.3".parse().unwrap()));
        assert_eq!(range("10.0.0.1-10.0.0.2").next_free(&taken), None);
    }

    #[test]
    fn the_whole_of_a_family_is_one_network() {
        assert_eq!(range("0.0.0.0-255.255.255.255").cidrs(), ["0.0.0.0/0".parse().unwrap()]);
        let all = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        assert_eq!(range(all).cidrs(), ["::/0".parse().unwrap()]);
    }

    proptest! {
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn networks_of_a_range_are_exactly_the_range(a in any::<u32>(), b in any::<u32>()) {
            let (first, last) = (a.min(b), a.max(b));
            let range = AddressRange::between(IpAddr::V4(first.into()), IpAddr::V4(last.into()));
            let cidrs = range.cidrs();
            prop_assert_eq!(cidrs[0].network(), range.first());
            prop_assert_eq!(cidrs[cidrs.len() - 1].last(), range.last());
            for pair in cidrs.windows(2) {
                prop_assert_eq!(bits(pair[0].last()) + 1, bits(pair[1].network()));
                let merged = Cidr::around(pair[0].network(), pair[0].prefix() - 1).unwrap();
                prop_assert!(!(merged.covers(pair[1]) && merged.size() == 2 * pair[1].size()
                    && pair[0].size() == pair[1].size()));
            }
        }
    }
}
