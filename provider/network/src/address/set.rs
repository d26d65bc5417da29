//! Sets of addresses of both families.

use std::{fmt, net::IpAddr};

use super::{AddressRange, Cidr, Family, bits, from_bits};

/// A set of addresses: ranges that neither overlap nor touch, lowest first.
///
/// Two equal sets compare equal, however they were put together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressSet(Vec<AddressRange>);

impl AddressSet {
    /// Its ranges, lowest first, IPv4 before IPv6.
    #[must_use]
    pub fn ranges(&self) -> &[AddressRange] {
        &self.0
    }

    /// Whether it holds no address.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many addresses it holds; stays at `u128::MAX` beyond that.
    #[must_use]
    pub fn size(&self) -> u128 {
        self.0.iter().fold(0, |sum, range| range.size().saturating_add(sum))
    }

    /// Whether the address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let after = self.0.partition_point(|range| range.first() <= address);
        after > 0 && self.0[after - 1].contains(address)
    }

    /// Its addresses of one family.
    #[must_use]
    pub fn only(&self, family: Family) -> Self {
        Self(self.0.iter().filter(|it| family.is_of(it.first())).copied().collect())
    }

    /// What is in this set and not in the other.
    ///
    /// # Panics
    ///
    /// Never: the holes of a set are in order.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        for range in &self.0 {
            let mut start = Some(range.first());
            let reached = other.0.partition_point(|hole| hole.last() < range.first());
            for hole in other.0[reached..].iter().take_while(|it| it.first() <= range.last()) {
                let from = start.expect("a hole follows only one that ends in the range");
                if hole.first() > from {
                    rest.push(AddressRange::between(from, before(hole.first())));
                }
                start = after(hole.last()).filter(|&next| next <= range.last());
            }
            rest.extend(start.map(|start| AddressRange::between(start, range.last())));
        }
        Self(rest)
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut mine, mut its) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (mine.peek(), its.peek()) {
            if a.overlaps(b) {
                let (first, last) = (a.first().max(b.first()), a.last().min(b.last()));
                both.push(AddressRange::between(first, last));
            }
            if a.last() < b.last() {
                mine.next()
            } else {
                its.next()
            };
        }
        Self(both)
    }

    /// Whether an address is in both. Quick where one of them has few ranges.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        few.0.iter().any(|range| {
            let at = many.0.partition_point(|it| it.last() < range.first());
            many.0.get(at).is_some_and(|it| it.overlaps(range))
        })
    }

    /// Whether all of it is in the other.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|range| {
            let at = other.0.partition_point(|it| it.last() < range.first());
            other.0.get(at).is_some_and(|it| it.covers(range))
        })
    }

    /// What is in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.0.iter().chain(&other.0).copied().collect()
    }

    /// Every address of both families.
    #[must_use]
    pub fn everything() -> Self {
        let all = [Cidr::around([0, 0, 0, 0].into(), 0), Cidr::around([0u16; 8].into(), 0)];
        all.into_iter().flatten().collect()
    }

    /// The fewest networks that are this set, lowest first.
    #[must_use]
    pub fn cidrs(&self) -> Vec<Cidr> {
        self.0.iter().flat_map(AddressRange::cidrs).collect()
    }
}

impl<R: Into<AddressRange>> FromIterator<R> for AddressSet {
    fn from_iter<I: IntoIterator<Item = R>>(ranges: I) -> Self {
        let mut ranges: Vec<AddressRange> = ranges.into_iter().map(Into::into).collect();
        ranges.sort_unstable();
        let mut set: Vec<AddressRange> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match set.last_mut() {
                Some(last) if touches(last, &range) => {
                    *last = AddressRange::between(last.first(), last.last().max(range.last()));
                }
                _ => set.push(range),
            }
        }
        Self(set)
    }
}

/// Whether a range that starts no earlier overlaps another or follows it without a gap.
fn touches(low: &AddressRange, high: &AddressRange) -> bool {
    low.contains(high.first()) || after(low.last()) == Some(high.first())
}

/// The next address of the family, if there is one.
fn after(address: IpAddr) -> Option<IpAddr> {
    let last = match address {
        IpAddr::V4(_) => u32::MAX.into(),
        IpAddr::V6(_) => u128::MAX,
    };
    (bits(address) < last).then(|| from_bits(bits(address) + 1, address))
}

/// The address before one that is not the family's first.
fn before(address: IpAddr) -> IpAddr {
    from_bits(bits(address) - 1, address)
}

impl fmt::Display for AddressSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", range.shortest())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn set(text: &str) -> AddressSet {
        text.split(", ").map(|range| range.parse::<AddressRange>().unwrap()).collect()
    }

    #[test]
    fn ranges_that_touch_are_one() {
        let all = set("10.0.0.4-10.0.0.7, 10.0.0.0-10.0.0.3, 10.0.0.9, 2001:db8::1");
        assert_eq!(all.to_string(), "10.0.0.0/29, 10.0.0.9, 2001:db8::1");
    }

    #[test]
    fn a_hole_over_two_ranges_cuts_both() {
        let rest = set("10.0.0.0-10.0.0.9, 10.0.0.20-10.0.0.29")
            .minus(&set("10.0.0.5-10.0.0.24, 10.0.0.27"));
        assert_eq!(rest.to_string(), "10.0.0.0-10.0.0.4, 10.0.0.25-10.0.0.26, 10.0.0.28/31");
    }

    #[test]
    fn the_last_address_of_ipv4_is_not_beside_the_first_of_ipv6() {
        assert_eq!(set("255.255.255.255, ::").ranges().len(), 2);
    }

    /// Sets within a few addresses, so that they meet, with the same as a bit mask.
    fn small() -> impl Strategy<Value = (AddressSet, u64)> {
        vec((0u32..64, 0u32..64), 0..8).prop_map(|ends| {
            let ends = ends.into_iter().map(|(a, b)| (a.min(b), a.max(b)));
            let mask = ends.clone().flat_map(|(a, b)| a..=b).fold(0, |mask, i| mask | 1u64 << i);
            let address = |i: u32| IpAddr::V4((0x0a00_0000 + i).into());
            let set = ends.map(|(a, b)| AddressRange::between(address(a), address(b))).collect();
            (set, mask)
        })
    }

    fn mask(set: &AddressSet) -> u64 {
        let bit = |i: u32| u64::from(set.contains(IpAddr::V4((0x0a00_0000 + i).into()))) << i;
        (0..64).map(bit).sum()
    }

    proptest! {
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn arithmetic_is_that_of_sets(a in small(), b in small()) {
            prop_assert_eq!(mask(&a.0), a.1);
            prop_assert_eq!(mask(&a.0.minus(&b.0)), a.1 & !b.1);
            prop_assert_eq!(mask(&a.0.and(&b.0)), a.1 & b.1);
            prop_assert_eq!(a.0.meets(&b.0), a.1 & b.1 != 0);
            prop_assert_eq!(a.0.is_within(&b.0), a.1 & !b.1 == 0);
            prop_assert_eq!(mask(&a.0.or(&b.0)), a.1 | b.1);
            prop_assert_eq!(a.0.size(), u128::from(a.1.count_ones()));
            prop_assert_eq!(a.0.cidrs().into_iter().collect::<AddressSet>(), a.0);
        }
    }
}
