//! Placing subnets.

use std::collections::BTreeMap;

use super::{
    Layout, Plan, Pool, Refusal, Refused, Released, Room, Yielded,
    hash::preferred,
    refusal::Exhausted,
    space::{Holder, Space},
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    prefix: u8,
    /// Number of the name.
    name: usize,
    index: usize,
}

/// A plan in the making. Names are told by their numbers, for there may be a million of them.
struct Draft<'a> {
    planner: &'a Planner,
    /// What is wanted, by name, in the order of the names.
    wanted: Vec<(&'a str, &'a Wanted)>,
    spaces: Vec<Space>,
    /// What was taken so far, and by which name. It holds its place under its number, which those
    /// of the avoided ranges come before.
    taken: Vec<(usize, Cidr)>,
    /// The subnets of each name.
    placements: Vec<Vec<Cidr>>,
    yielded: Vec<Yielded>,
    released: Vec<Released>,
    refusals: Vec<Refusal>,
}

impl Planner {
    /// A planner of /28 subnets ([`DEFAULT_PREFIX`]), or of /64 in an IPv6 pool (RFC 4291 2.5.1).
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        let prefix = if pool.cidrs()[0].is_ipv4() { DEFAULT_PREFIX } else { 64 };
        Self { pool, prefix }
    }

    /// The same, with another prefix, in bits, for names that have none of their own.
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
    ///
    /// # Errors
    ///
    /// If a subnet that is allocated or pinned lies outside of the pool or meets another one or a
    /// range to avoid; if a pin would move what is allocated; if a prefix makes no subnet of the
    /// pool with room for a gateway and a machine; if the pool is too small. All of it at once.
    pub fn plan(
        &self,
        wanted: &BTreeMap<String, Wanted>,
        allocated: &BTreeMap<String, Vec<Cidr>>,
    ) -> Result<Plan, Refused> {
        let mut draft = Draft {
            planner: self,
            wanted: wanted.iter().map(|(name, wanted)| (name.as_str(), wanted)).collect(),
            spaces: self.pool.spaces(),
            taken: Vec::new(),
            placements: vec![Vec::new(); wanted.len()],
            yielded: Vec::new(),
            released: Vec::new(),
            refusals: Vec::new(),
        };
        draft.keep(allocated);
        draft.pin();
        let requests = draft.requests();
        draft.place(&requests);
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
    fn keep(&mut self, allocated: &BTreeMap<String, Vec<Cidr>>) {
        for (name, subnets) in allocated {
            let number = self.wanted.binary_search_by(|(other, _)| (*other).cmp(name)).ok();
            let wanted = number.map(|it| self.wanted[it].1);
            let (total, pins) = wanted.map_or((0, &[][..]), |it| (it.total(), &it.pins));
            let pinned = subnets.iter().filter(|it| pins.contains(it)).count();
            let mut spare = total.saturating_sub(pinned);
            for &subnet in subnets {
                match number {
                    Some(number) if pins.contains(&subnet) => self.claim(number, subnet),
                    Some(number) if spare > 0 => {
                        spare -= 1;
                        self.claim(number, subnet);
                    }
                    _ => self.released.push(Released { name: name.clone(), subnet }),
                }
            }
        }
    }

    /// What is pinned goes where it is pinned.
    fn pin(&mut self) {
        for number in 0..self.wanted.len() {
            let (name, wanted) = self.wanted[number];
            for &pin in &wanted.pins {
                let held = &self.placements[number];
                if held.contains(&pin) {
                    continue;
                }
                if held.len() == wanted.total() {
                    let (name, allocated) = (name.to_owned(), held.clone());
                    self.refusals.push(Refusal::PinMoves { name, pin, allocated });
                } else {
                    self.claim(number, pin);
                }
            }
        }
    }

    /// Takes a given subnet for a name, if nothing is in its way.
    fn claim(&mut self, number: usize, subnet: Cidr) {
        let fitting = || self.spaces.iter().find_map(|space| space.first(subnet.prefix()));
        let name = || self.wanted[number].0.to_owned();
        let pool = &self.planner.pool;
        let Some(space) = self.spaces.iter().position(|it| it.cidr().covers(subnet)) else {
            let (cidrs, pool) = (pool.cidrs().to_vec(), pool.name().to_owned());
            let (name, fitting) = (name(), fitting());
            return self.refusals.push(Refusal::Outside { name, subnet, pool, cidrs, fitting });
        };
        if let Some(holder) = self.spaces[space].holder(subnet) {
            let (name, other, fitting) = (name(), self.named(holder), fitting());
            self.refusals.push(Refusal::Overlap { name, subnet, other, fitting });
        } else {
            self.take(number, space, subnet);
        }
    }

    fn take(&mut self, number: usize, space: usize, subnet: Cidr) {
        let holder = self.planner.pool.avoided().len() + self.taken.len();
        let holder = Holder(u32::try_from(holder).expect("a plan has fewer than 2^32 subnets"));
        self.spaces[space].take(subnet, holder);
        self.taken.push((number, subnet));
        self.placements[number].push(subnet);
    }

    /// Who holds a place, and which range that is.
    fn named(&self, Holder(holder): Holder) -> NamedRange {
        let avoided = self.planner.pool.avoided();
        avoided.get(holder as usize).cloned().unwrap_or_else(|| {
            let (number, subnet) = self.taken[holder as usize - avoided.len()];
            NamedRange::new(format!("namespace {}", self.wanted[number].0), subnet)
        })
    }

    /// What has no place yet.
    fn requests(&mut self) -> Vec<Request> {
        let (min, max) = self.planner.prefixes();
        let mut requests = Vec::new();
        for (number, (name, wanted)) in self.wanted.iter().enumerate() {
            let prefix = self.planner.prefix_of(wanted);
            let placed = self.placements[number].len();
            if placed < wanted.total() && !(min..=max).contains(&prefix) {
                let name = (*name).to_owned();
                self.refusals.push(Refusal::Prefix { name, prefix, min, max });
                continue;
            }
            let request = |index| Request { prefix, name: number, index };
            requests.extend((placed..wanted.total()).map(request));
        }
        requests.sort_unstable();
        requests
    }

    /// Places all requests, the largest first: then a smaller one can never be in the way of a
    /// larger one, and whatever fits at all fits in.
    fn place(&mut self, requests: &[Request]) {
        let mut left = Vec::new();
        for same in requests.chunk_by(|a, b| a.prefix == b.prefix) {
            let mut open = same.to_vec();
            for space in 0..self.spaces.len() {
                open.retain(|request| !self.place_where_chosen(space, *request));
                open.retain(|request| !self.place_where_free(space, *request));
            }
            left.extend(open);
        }
        if !left.is_empty() && self.refusals.is_empty() {
            self.refusals.push(Refusal::Exhausted(Box::new(self.exhausted(&left))));
        }
    }

    /// Gives it its own choice, if that is free; whether it is.
    fn place_where_chosen(&mut self, space: usize, request: Request) -> bool {
        let choice = self.choice(space, request).filter(|it| self.spaces[space].is_free(*it));
        choice.inspect(|choice| self.take(request.name, space, *choice)).is_some()
    }

    /// Gives it the next free place above its choice, from the top on to the bottom; whether there
    /// is one.
    fn place_where_free(&mut self, space: usize, request: Request) -> bool {
        let choice = self.choice(space, request);
        let free = choice.and_then(|choice| self.next_free(space, choice));
        let (Some(preferred), Some(subnet)) = (choice, free) else { return false };
        let holder = self.spaces[space].holder(preferred);
        let holder = holder.map_or_else(String::new, |it| self.named(it).name);
        self.take(request.name, space, subnet);
        let name = self.wanted[request.name].0.to_owned();
        self.yielded.push(Yielded { name, preferred, subnet, holder });
        true
    }

    fn choice(&self, space: usize, Request { prefix, name, index }: Request) -> Option<Cidr> {
        preferred(self.spaces[space].cidr(), prefix, self.wanted[name].0, index)
    }

    fn next_free(&self, space: usize, choice: Cidr) -> Option<Cidr> {
        let space = &self.spaces[space];
        space.first_from(choice).or_else(|| space.first(choice.prefix()))
    }

    fn exhausted(&self, left: &[Request]) -> Exhausted {
        let pool = &self.planner.pool;
        let width = width(pool.cidrs()[0].network());
        let size = |prefix: u8| 1u128.checked_shl((width - prefix).into()).unwrap_or(u128::MAX);
        let lacking = left.iter().map(|it| size(it.prefix)).fold(0, u128::saturating_add);
        let order = lacking.checked_next_power_of_two().map_or(128, u128::ilog2);
        let total: usize = self.wanted.iter().map(|(_, it)| it.total()).sum();
        let named = |it: &Request| (self.wanted[it.name].0.to_owned(), it.prefix);
        Exhausted {
            pool: pool.name().to_owned(),
            holds: total - left.len(),
            names: self.wanted.len(),
            wanted: total,
            missing: width.saturating_sub(u8::try_from(order).unwrap_or(u8::MAX)),
            room: Room::of(&self.spaces, self.planner.prefix),
            left: left.iter().map(named).collect(),
        }
    }

    fn finish(self) -> Result<Plan, Refused> {
        let Self { planner, wanted, spaces, placements, mut yielded, released, refusals, .. } =
            self;
        if !refusals.is_empty() {
            return Err(Refused(refusals));
        }
        yielded.sort_unstable_by(|a, b| (&a.name, a.subnet).cmp(&(&b.name, b.subnet)));
        let room = Room::of(&spaces, planner.prefix);
        let names = wanted.into_iter().map(|(name, _)| name.to_owned());
        let placements = names.zip(placements).collect();
        Ok(Plan { placements, yielded, released, room })
    }
}

#[cfg(test)]
mod tests;
