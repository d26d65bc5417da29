//! Whether ranges that must not meet do: pods, services, ingress, egress, management, others'.

use std::fmt;

use crate::address::AddressRange;

/// A range and what it is called where it was written, such as `pod_cidrs[0]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedRange {
    /// The attribute, with the index of the element if it is a list.
    pub name: String,
    /// Its addresses.
    pub range: AddressRange,
}

/// Two ranges that share an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Overlap {
    /// The range that was given later: the one to complain about.
    pub later: NamedRange,
    /// The range that was there before.
    pub earlier: NamedRange,
}

impl NamedRange {
    /// A range by its name.
    pub fn new(name: impl Into<String>, range: impl Into<AddressRange>) -> Self {
        Self { name: name.into(), range: range.into() }
    }

    /// The elements of a list by their positions: `pod_cidrs[0]`, `pod_cidrs[1]`, …
    pub fn list<R: Into<AddressRange>>(
        name: &str,
        ranges: impl IntoIterator<Item = R>,
    ) -> impl Iterator<Item = Self> {
        let numbered = ranges.into_iter().enumerate();
        numbered.map(move |(index, range)| Self::new(format!("{name}[{index}]"), range))
    }

    /// The name without a position.
    fn attribute(&self) -> &str {
        self.name.split('[').next().unwrap_or(&self.name)
    }
}

/// Every pair that shares an address, in the order of the later one, then of the earlier one.
/// vCenter refuses such networks of a namespace (`InvalidArgument`).
pub fn overlaps(ranges: impl IntoIterator<Item = NamedRange>) -> Vec<Overlap> {
    let ranges: Vec<NamedRange> = ranges.into_iter().collect();
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by_key(|&i| ranges[i].range);
    let mut pairs = Vec::new();
    // Those that begin below the range at hand and may reach into it.
    let mut open: Vec<usize> = Vec::new();
    for at in order {
        open.retain(|&it| ranges[it].range.overlaps(&ranges[at].range));
        pairs.extend(open.iter().map(|&it| (it.max(at), it.min(at))));
        open.push(at);
    }
    pairs.sort_unstable();
    let named = |i: usize| ranges[i].clone();
    pairs.into_iter().map(|(a, b)| Overlap { later: named(a), earlier: named(b) }).collect()
}

impl fmt::Display for NamedRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.range.shortest())
    }
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { later, earlier } = self;
        if later.attribute() != earlier.attribute() {
            let (name, range) = (&later.name, later.range.shortest());
            return write!(f, "{name} overlaps {earlier}; {name} is {range}");
        }
        let (one, verb, other) = if later.range == earlier.range {
            (later, "repeats", earlier)
        } else if earlier.range.covers(&later.range) {
            (later, "is inside", earlier)
        } else if later.range.covers(&earlier.range) {
            (earlier, "is inside", later)
        } else {
            (later, "overlaps", earlier)
        };
        let (a, b) = (one.range.shortest(), other.range.shortest());
        write!(f, "{} {verb} {}: {a} and {b}", one.name, other.name)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::address::Cidr;

    fn named(name: &str, range: &str) -> NamedRange {
        let range = range.parse::<Cidr>().map(AddressRange::from);
        NamedRange::new(name, range.unwrap_or_else(|_| panic!("{name}")))
    }

    #[track_caller]
    fn check(ranges: &[(&str, &str)], expect: &Expect) {
        let ranges = ranges.iter().map(|(name, range)| named(name, range));
        let all: Vec<String> = overlaps(ranges).iter().map(Overlap::to_string).collect();
        expect.assert_eq(&all.join("\n"));
    }

    #[test]
    fn both_ranges_are_named() {
        check(
            &[
                ("management_network", "10.0.0.0/24"),
                ("pod_cidrs[0]", "10.244.0.0/20"),
                ("pod_cidrs[1]", "10.244.8.0/21"),
                ("service_cidr", "10.0.0.0/23"),
                ("ingress_cidrs[0]", "10.244.9.0/24"),
            ],
            &expect![[r"
                pod_cidrs[1] is inside pod_cidrs[0]: 10.244.8.0/21 and 10.244.0.0/20
                service_cidr overlaps management_network 10.0.0.0/24; service_cidr is 10.0.0.0/23
                ingress_cidrs[0] overlaps pod_cidrs[0] 10.244.0.0/20; ingress_cidrs[0] is 10.244.9.0/24
                ingress_cidrs[0] overlaps pod_cidrs[1] 10.244.8.0/21; ingress_cidrs[0] is 10.244.9.0/24"]],
        );
    }

    #[test]
    fn within_a_list_the_relation_is_named() {
        check(
            &[("c[0]", "10.0.0.0/24"), ("c[1]", "10.0.0.0/24"), ("c[2]", "10.0.0.0/23")],
            &expect![[r"
                c[1] repeats c[0]: 10.0.0.0/24 and 10.0.0.0/24
                c[0] is inside c[2]: 10.0.0.0/24 and 10.0.0.0/23
                c[1] is inside c[2]: 10.0.0.0/24 and 10.0.0.0/23"]],
        );
        let ranges = ["10.1.0.10-10.1.0.20", "10.1.0.20-10.1.0.30"];
        let ranges = ranges.map(|range| range.parse::<AddressRange>().unwrap());
        let overlap = overlaps(NamedRange::list("dhcp_ranges", ranges)).remove(0).to_string();
        assert!(overlap.starts_with("dhcp_ranges[1] overlaps dhcp_ranges[0]"), "{overlap}");
    }

    #[test]
    fn neighbours_and_families_do_not_overlap() {
        check(&[("a", "10.0.0.0/24"), ("b", "10.0.1.0/24"), ("c", "::/0")], &expect![""]);
    }

    proptest! {
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn every_pair_is_found_once(ends in vec((0u32..40, 0u32..10), 0..12)) {
            let address = |i: u32| std::net::IpAddr::V4((0x0a00_0000 + i).into());
            let range = |&(at, more): &(u32, u32)| {
                AddressRange::new(address(at), address(at + more)).unwrap()
            };
            let ranges: Vec<_> = NamedRange::list("r", ends.iter().map(range)).collect();
            let mut expected = Vec::new();
            for (i, later) in ranges.iter().enumerate() {
                for earlier in ranges[..i].iter().filter(|it| it.range.overlaps(&later.range)) {
                    expected.push(Overlap { later: later.clone(), earlier: earlier.clone() });
                }
            }
            prop_assert_eq!(overlaps(ranges), expected);
        }
    }
}
