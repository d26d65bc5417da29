//! What a planner decided, and how much room is left.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::space::Space;
use crate::address::Cidr;

/// Which name has which subnets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The subnets of each wanted name, in the order in which it got them.
    pub placements: BTreeMap<String, Vec<Cidr>>,
    /// New subnets that are not where their names chose, by name.
    pub yielded: Vec<Yielded>,
    /// Subnets that were allocated and are wanted no more, by name.
    pub released: Vec<Released>,
    /// What is left once all of this is in place.
    pub room: Room,
}

/// A subnet that had to go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Yielded {
    /// The namespace.
    pub name: String,
    /// Where its name chose.
    pub preferred: Cidr,
    /// Where it is.
    pub subnet: Cidr,
    /// Who holds the preferred place: `namespace banking`, or the name of an avoided range.
    pub holder: String,
}

/// A subnet that is free again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Released {
    /// The namespace that had it.
    pub name: String,
    /// The subnet.
    pub subnet: Cidr,
}

/// Free space of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Room {
    /// The prefix that subnets are counted by, in bits.
    pub prefix: u8,
    /// How many more subnets of that prefix there is room for; stays at `u128::MAX` beyond that.
    pub subnets: u128,
    /// How many addresses are free, whether in one piece or not; stays at `u128::MAX` beyond that.
    pub addresses: u128,
    /// The largest free network; the lowest of several.
    pub largest: Option<Cidr>,
}

impl Room {
    pub(super) fn of(spaces: &[Space], prefix: u8) -> Self {
        let free: Vec<Cidr> = spaces.iter().flat_map(Space::free).collect();
        let subnets = |it: &Cidr| 1u128.checked_shl(u32::from(prefix.checked_sub(it.prefix())?));
        Self {
            prefix,
            subnets: free.iter().filter_map(subnets).fold(0, u128::saturating_add),
            addresses: free.iter().map(|it| it.size()).fold(0, u128::saturating_add),
            largest: free.iter().copied().min_by_key(|it| (it.prefix(), it.network())),
        }
    }
}

impl fmt::Display for Yielded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, preferred, subnet, holder } = self;
        write!(f, "`{name}` gets {subnet}: its own choice {preferred} is held by {holder}")
    }
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of `{}` is free again", self.subnet, self.name)
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, subnets, addresses, largest } = self;
        match largest {
            None => f.write_str("no address is left"),
            Some(largest) => write!(
                f,
                "room for {subnets} more /{prefix}; {addresses} addresses are free, the largest \
                 free block is {largest}"
            ),
        }
    }
}
