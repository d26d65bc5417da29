//! The networks that namespace subnets are cut from.

use super::{
    Room,
    space::{Holder, Space},
};
use crate::{
    address::Cidr,
    disjoint::{self, NamedRange, Overlap},
};

/// Networks to cut into subnets, and the ranges to keep clear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    name: String,
    cidrs: Vec<Cidr>,
    avoided: Vec<NamedRange>,
}

/// Why networks make no pool.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPool {
    /// There is nothing to cut.
    #[error("{0} is empty: at least 1 CIDR is needed")]
    Empty(String),
    /// Two of them share addresses.
    #[error("{0}")]
    Overlap(Box<Overlap>),
    /// A subnet prefix means another size in each family.
    #[error("{0} mixes IPv4 and IPv6: one pool is of one family")]
    Mixed(String),
}

impl Pool {
    /// The pool of these networks, which fill up in this order. The name is that of the
    /// attribute, such as `pod_cidrs`; messages use it.
    ///
    /// # Errors
    ///
    /// If there is no network, if they are of two families, or if two of them overlap.
    pub fn new(name: &str, cidrs: Vec<Cidr>) -> Result<Self, InvalidPool> {
        let Some(first) = cidrs.first() else {
            return Err(InvalidPool::Empty(name.to_owned()));
        };
        if cidrs.iter().any(|cidr| cidr.is_ipv4() != first.is_ipv4()) {
            return Err(InvalidPool::Mixed(name.to_owned()));
        }
        let named = NamedRange::list(name, cidrs.iter().copied());
        match disjoint::overlaps(named).into_iter().next() {
            Some(overlap) => Err(InvalidPool::Overlap(Box::new(overlap))),
            None => Ok(Self { name: name.to_owned(), cidrs, avoided: Vec::new() }),
        }
    }

    /// The pool without these ranges: services, ingress, egress, management, others' subnets.
    #[must_use]
    pub fn avoiding(mut self, ranges: impl IntoIterator<Item = NamedRange>) -> Self {
        self.avoided.extend(ranges);
        self
    }

    /// What the pool is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its networks, in the order in which they fill up.
    #[must_use]
    pub fn cidrs(&self) -> &[Cidr] {
        &self.cidrs
    }

    /// Whether a subnet lies in one of its networks, avoided or not.
    #[must_use]
    pub fn covers(&self, subnet: Cidr) -> bool {
        self.cidrs.iter().any(|cidr| cidr.covers(subnet))
    }

    /// How much room there is where nothing is allocated but the avoided ranges, counted in
    /// subnets of a prefix, in bits.
    #[must_use]
    pub fn room(&self, prefix: u8) -> Room {
        Room::of(&self.spaces(), prefix)
    }

    /// The lowest free subnet of that prefix, in bits, of the first network that has one: what NCP
    /// hands out. None if no network has.
    pub fn next_free(&self, prefix: u8, taken: impl IntoIterator<Item = Cidr>) -> Option<Cidr> {
        let mut spaces = self.spaces();
        for subnet in taken {
            for space in &mut spaces {
                space.take(subnet, Holder(u32::MAX));
            }
        }
        spaces.iter().find_map(|space| space.first(prefix))
    }

    /// The ranges that it keeps clear of.
    pub(super) fn avoided(&self) -> &[NamedRange] {
        &self.avoided
    }

    /// The free space of its networks, the avoided ranges taken out, each of which holds its place
    /// under its own number.
    pub(super) fn spaces(&self) -> Vec<Space> {
        let mut spaces: Vec<Space> = self.cidrs.iter().map(|cidr| Space::of(*cidr)).collect();
        for (number, avoided) in (0..).zip(&self.avoided) {
            for cidr in avoided.range.cidrs() {
                for space in &mut spaces {
                    space.take(cidr, Holder(number));
                }
            }
        }
        spaces
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn cidrs(text: &str) -> Vec<Cidr> {
        text.split_whitespace().map(|cidr| cidr.parse().unwrap()).collect()
    }

    fn pool(text: &str) -> Pool {
        Pool::new("pod_cidrs", cidrs(text)).unwrap()
    }

    #[test]
    fn subnets_are_handed_out_from_the_lowest_on() {
        let pool = pool("10.244.0.0/27 10.100.0.0/27");
        let mut taken = Vec::new();
        while let Some(subnet) = pool.next_free(28, taken.iter().copied()) {
            taken.push(subnet);
        }
        assert_eq!(taken, cidrs("10.244.0.0/28 10.244.0.16/28 10.100.0.0/28 10.100.0.16/28"));
    }

    #[test]
    fn a_gap_is_filled_and_what_is_avoided_is_not() {
        let pool = pool("10.244.0.0/24")
            .avoiding([NamedRange::new("service_cidr", cidrs("10.244.0.16/28")[0])]);
        assert_eq!(pool.next_free(28, cidrs("10.244.0.0/28")), Some(cidrs("10.244.0.32/28")[0]));
        assert_eq!(pool.next_free(28, cidrs("10.244.0.32/28")), Some(cidrs("10.244.0.0/28")[0]));
        assert_eq!(pool.next_free(23, []), None);
    }

    #[test]
    fn room_is_counted_without_what_is_avoided() {
        let pool = pool("10.244.0.0/23 10.100.0.0/29")
            .avoiding([NamedRange::new("service_cidr", cidrs("10.244.0.0/26")[0])]);
        expect![
            "room for 28 more /28; 456 addresses are free, the largest free block is 10.244.1.0/24"
        ]
        .assert_eq(&pool.room(28).to_string());
    }

    #[test]
    fn networks_that_make_no_pool_are_refused() {
        let refused = |text| Pool::new("pod_cidrs", cidrs(text)).unwrap_err().to_string();
        expect!["pod_cidrs is empty: at least 1 CIDR is needed"].assert_eq(&refused(""));
        expect!["pod_cidrs mixes IPv4 and IPv6: one pool is of one family"]
            .assert_eq(&refused("10.0.0.0/8 fd00::/48"));
        expect!["pod_cidrs[1] is inside pod_cidrs[0]: 10.244.8.0/21 and 10.244.0.0/20"]
            .assert_eq(&refused("10.244.0.0/20 10.244.8.0/21"));
    }
}
