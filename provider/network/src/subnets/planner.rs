//! Placing subnets.

use std::collections::BTreeMap;

use super::{
    Layout, Plan, Pool, Refusal, Refused, Released, Room, Yielded, hash::preferred,
    holders::Holders, refusal::Exhausted, space::Space,
};
use crate::{
    address::{Cidr, width},
    disjoint::NamedRange,
};

/// The prefix of a namespace subnet unless told otherwise, in bits: vCenter's default for
/// `namespace_subnet_prefix`, 16 addresses.
pub const DEFAULT_PREFIX: u8 = 28;

/// Decides which name has which subnet of a pool.
#[derive(Clone, Debug)]
pub struct Planner {
    pool: Pool,
    prefix: u8,
}

/// What a name asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The prefix of its new subnets, in bits; the planner's if absent. What is allocated keeps
    /// its size.
    pub prefix: Option<u8>,
    /// How many subnets; no fewer than its pins.
    pub count: usize,
    /// Subnets it must have.
    pub pins: Vec<Cidr>,
}

impl Default for Wanted {
    /// One subnet, anywhere.
    fn default() -> Self {
        Self { prefix: None, count: 1, pins: Vec::new() }
    }
}

/// A subnet that has no place yet; sorted, largest first, then by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    prefix: u8,
    name: String,
    index: usize,
}

/// A plan in the making.
struct Draft<'a> {
    planner: &'a Planner,
    spaces: Vec<Space>,
    holders: Holders,
    placements: BTreeMap<String, Vec<Cidr>>,
    yielded: Vec<Yielded>,
    released: Vec<Released>,
    refusals: Vec<Refusal>,
}

impl Planner {
    /// A planner of /28 subnets (/64 in an IPv6 pool).
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        let prefix = if pool.cidrs()[0].is_ipv4() { DEFAULT_PREFIX } else { 64 };
        Self { pool, prefix }
    }

    /// The same, with another prefix for names that have none of their own.
    #[must_use]
    pub fn with_prefix(self, prefix: u8) -> Self {
        Self { prefix, ..self }
    }

    /// The pool it places in.
    #[must_use]
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The places of all that is wanted, given what is allocated; or everything that stands
    /// against it.
    ///
    /// Of a name that is allocated more than it wants, the first so many stay. What is allocated
    /// to names that are not wanted is free again; what others have is to be avoided by the pool.
    pub fn plan(
        &self,
        wanted: &BTreeMap<String, Wanted>,
        allocated: &BTreeMap<String, Vec<Cidr>>,
    ) -> Result<Plan, Refused> {
        let mut draft = Draft {
            planner: self,
            spaces: self.pool.spaces(),
            holders: self.pool.holders(),
            placements: BTreeMap::new(),
            yielded: Vec::new(),
            released: Vec::new(),
            refusals: Vec::new(),
        };
        draft.keep(wanted, allocated);
        draft.pin(wanted);
        let requests = draft.requests(wanted);
        draft.place(&requests, wanted);
        draft.finish()
    }

    fn prefix_of(&self, wanted: &Wanted) -> u8 {
        wanted.prefix.unwrap_or(self.prefix)
    }

    /// The shortest and the longest prefix of a subnet in this pool.
    fn prefixes(&self) -> (u8, u8) {
        let cidrs = self.pool.cidrs();
        let widest = cidrs.iter().map(|cidr| cidr.prefix()).min().unwrap_or(0);
        // The longest prefix with a gateway and a machine.
        let longest = (0..=width(cidrs[0].network())).rev().find(|&prefix| {
            Cidr::around(cidrs[0].network(), prefix).is_some_and(|it| Layout::of(it).is_some())
        });
        (widest, longest.unwrap_or(0))
    }
}

impl Wanted {
    /// How many subnets it comes to.
    fn total(&self) -> usize {
        self.count.max(self.pins.len())
    }
}

impl Draft<'_> {
    /// What is allocated stays; where that is more than is wanted, what is pinned stays first.
    fn keep(&mut self, wanted: &BTreeMap<String, Wanted>, allocated: &BTreeMap<String, Vec<Cidr>>) {
        for (name, subnets) in allocated {
            let (total, pins) = wanted.get(name).map_or((0, &[][..]), |it| (it.total(), &it.pins));
            let pinned = subnets.iter().filter(|it| pins.contains(it)).count();
            let mut spare = total.saturating_sub(pinned);
            for &subnet in subnets {
                if pins.contains(&subnet) {
                    self.claim(name, subnet);
                } else if spare > 0 {
                    spare -= 1;
                    self.claim(name, subnet);
                } else {
                    self.released.push(Released { name: name.clone(), subnet });
                }
            }
        }
    }

    /// What is pinned goes where it is pinned.
    fn pin(&mut self, wanted: &BTreeMap<String, Wanted>) {
        for (name, wanted) in wanted {
            for &pin in &wanted.pins {
                let held = self.placements.entry(name.clone()).or_default();
                if held.contains(&pin) {
                    continue;
                }
                if held.len() == wanted.total() {
                    let (name, allocated) = (name.clone(), held.clone());
                    self.refusals.push(Refusal::PinMoves { name, pin, allocated });
                } else {
                    self.claim(name, pin);
                }
            }
        }
    }

    /// Takes a given subnet for a name, if nothing is in its way.
    fn claim(&mut self, name: &str, subnet: Cidr) {
        let fitting = || self.spaces.iter().find_map(|space| space.first(subnet.prefix()));
        if !self.planner.pool.covers(subnet) {
            self.refusals.push(Refusal::Outside {
                name: name.to_owned(),
                subnet,
                pool: self.planner.pool.name().to_owned(),
                cidrs: self.planner.pool.cidrs().to_vec(),
                fitting: fitting(),
            });
        } else if let Some(other) = self.holders.of(subnet) {
            let (name, other, fitting) = (name.to_owned(), other.clone(), fitting());
            self.refusals.push(Refusal::Overlap { name, subnet, other, fitting });
        } else {
            self.take(name, subnet);
        }
    }

    fn take(&mut self, name: &str, subnet: Cidr) {
        for space in &mut self.spaces {
            space.take(subnet);
        }
        self.holders.note(&NamedRange::new(format!("namespace {name}"), subnet));
        self.placements.entry(name.to_owned()).or_default().push(subnet);
    }

    /// What has no place yet.
    fn requests(&mut self, wanted: &BTreeMap<String, Wanted>) -> Vec<Request> {
        let (min, max) = self.planner.prefixes();
        let mut requests = Vec::new();
        for (name, wanted) in wanted {
            let prefix = self.planner.prefix_of(wanted);
            let placed = self.placements.entry(name.clone()).or_default().len();
            if placed < wanted.total() && !(min..=max).contains(&prefix) {
                let name = name.clone();
                self.refusals.push(Refusal::Prefix { name, prefix, min, max });
                continue;
            }
            let request = |index| Request { prefix, name: name.clone(), index };
            requests.extend((placed..wanted.total()).map(request));
        }
        requests.sort_unstable();
        requests
    }

    /// Places all requests, the largest first: then a smaller one can never be in the way of a
    /// larger one, and whatever fits at all fits in.
    fn place(&mut self, requests: &[Request], wanted: &BTreeMap<String, Wanted>) {
        let mut left = Vec::new();
        for same in requests.chunk_by(|a, b| a.prefix == b.prefix) {
            let mut open = same.to_vec();
            for space in 0..self.spaces.len() {
                open = self.place_where_chosen(space, open);
                open = self.place_where_free(space, open);
            }
            left.extend(open.into_iter().map(|it| (it.name, it.prefix)));
        }
        if !left.is_empty() && self.refusals.is_empty() {
            self.refusals.push(Refusal::Exhausted(Box::new(self.exhausted(left, wanted))));
        }
    }

    /// Gives each its own choice, where that is free; returns the others.
    fn place_where_chosen(&mut self, space: usize, requests: Vec<Request>) -> Vec<Request> {
        let mut open = Vec::new();
        for request in requests {
            match self.choice(space, &request) {
                Some(choice) if self.spaces[space].is_free(choice) => {
                    self.take(&request.name, choice);
                }
                _ => open.push(request),
            }
        }
        open
    }

    /// Gives each the next free place above its choice, from the top on to the bottom; returns
    /// those for which there is none.
    fn place_where_free(&mut self, space: usize, requests: Vec<Request>) -> Vec<Request> {
        let mut open = Vec::new();
        for request in requests {
            let choice = self.choice(space, &request);
            let free = choice.and_then(|choice| self.next_free(space, choice));
            let (Some(preferred), Some(subnet)) = (choice, free) else {
                open.push(request);
                continue;
            };
            let holder = self.holders.of(preferred).map_or_else(String::new, |it| it.name.clone());
            self.take(&request.name, subnet);
            self.yielded.push(Yielded { name: request.name, preferred, subnet, holder });
        }
        open
    }

    fn choice(&self, space: usize, request: &Request) -> Option<Cidr> {
        preferred(self.spaces[space].cidr(), request.prefix, &request.name, request.index)
    }

    fn next_free(&self, space: usize, choice: Cidr) -> Option<Cidr> {
        let space = &self.spaces[space];
        space.first_from(choice).or_else(|| space.first(choice.prefix()))
    }

    fn exhausted(&self, left: Vec<(String, u8)>, wanted: &BTreeMap<String, Wanted>) -> Exhausted {
        let pool = &self.planner.pool;
        let width = width(pool.cidrs()[0].network());
        let size = |prefix: u8| 1u128.checked_shl((width - prefix).into()).unwrap_or(u128::MAX);
        let lacking = left.iter().map(|it| size(it.1)).fold(0, u128::saturating_add);
        let order = lacking.checked_next_power_of_two().map_or(128, u128::ilog2);
        let total: usize = wanted.values().map(Wanted::total).sum();
        Exhausted {
            pool: pool.name().to_owned(),
            holds: total - left.len(),
            names: wanted.len(),
            wanted: total,
            missing: width.saturating_sub(u8::try_from(order).unwrap_or(u8::MAX)),
            room: Room::of(&self.spaces, self.planner.prefix),
            left,
        }
    }

    fn finish(self) -> Result<Plan, Refused> {
        let Self { planner, spaces, placements, mut yielded, released, refusals, holders: _ } =
            self;
        if !refusals.is_empty() {
            return Err(Refused(refusals));
        }
        yielded.sort_unstable_by(|a, b| (&a.name, a.subnet).cmp(&(&b.name, b.subnet)));
        let room = Room::of(&spaces, planner.prefix);
        Ok(Plan { placements, yielded, released, room })
    }
}

#[cfg(test)]
mod tests;
