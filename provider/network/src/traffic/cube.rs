//! Sets of traffic that are a product of sets.

use std::sync::Arc;

use super::{Atoms, Header, Literal, Literals};
use crate::address::AddressSet;

/// An end of the traffic: what is true of it, and its addresses; any address if absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) literals: Literals,
    pub(crate) addresses: Option<Arc<AddressSet>>,
}

/// All traffic between such ends, of such kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cube {
    /// The end that is judged.
    pub(crate) here: Place,
    /// The other one.
    pub(crate) there: Place,
    pub(crate) header: Header,
}

impl Place {
    pub(crate) fn at(addresses: AddressSet) -> Self {
        Self { addresses: Some(Arc::new(addresses)), ..Self::default() }
    }

    /// Whether it is everybody.
    pub(crate) fn is_any(&self) -> bool {
        self.literals.is_empty() && self.addresses.is_none()
    }

    /// Both; none if nobody is.
    pub(crate) fn and(&self, atoms: &Atoms, other: &Self) -> Option<Self> {
        let addresses = match (&self.addresses, &other.addresses) {
            (None, it) | (it, None) => it.clone(),
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => Some(Arc::clone(a)),
            (Some(a), Some(b)) => {
                let both = a.and(b);
                if both.is_empty() {
                    return None;
                }
                // What changes nothing is shared.
                Some(if both == **a { Arc::clone(a) } else { Arc::new(both) })
            }
        };
        Some(Self { literals: self.literals.and(atoms, &other.literals)?, addresses })
    }

    /// Whether some address can be both.
    fn meets(&self, other: &Self) -> bool {
        match (&self.addresses, &other.addresses) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a.meets(b),
            _ => true,
        }
    }

    /// Cuts off what is not in the other: each part that is cut off goes to `rest`, and what is left is
    /// in both; none if nothing is.
    pub(crate) fn cut(
        self,
        atoms: &Atoms,
        other: &Self,
        rest: &mut impl FnMut(Self),
    ) -> Option<Self> {
        self.cut_by(atoms, other, other.literals.iter(), rest)
    }

    /// The same, with what is true of the other in that order.
    pub(crate) fn cut_by(
        self,
        atoms: &Atoms,
        other: &Self,
        literals: impl Iterator<Item = Literal>,
        rest: &mut impl FnMut(Self),
    ) -> Option<Self> {
        if !self.meets(other) {
            rest(self);
            return None;
        }
        let mut left = self;
        for literal in literals {
            let without = left.literals.with(atoms, literal.not());
            let with = left.literals.with(atoms, literal);
            if let Some(literals) = without {
                rest(Self { literals, addresses: left.addresses.clone() });
            }
            left.literals = with?;
        }
        let Some(holes) = &other.addresses else { return Some(left) };
        let outside = match &left.addresses {
            Some(addresses) if Arc::ptr_eq(addresses, holes) => AddressSet::default(),
            Some(addresses) => addresses.minus(holes),
            None => AddressSet::everything().minus(holes),
        };
        if outside.is_empty() {
            return Some(left);
        }
        let inside = match &left.addresses {
            Some(addresses) => Arc::new(addresses.minus(&outside)),
            None => Arc::clone(holes),
        };
        rest(Self { literals: left.literals.clone(), addresses: Some(Arc::new(outside)) });
        if inside.is_empty() {
            return None;
        }
        Some(Self { addresses: Some(inside), ..left })
    }
}

impl Header {
    /// The same for what is sent.
    fn cut(self, other: &Self, rest: &mut impl FnMut(Self)) -> Option<Self> {
        if !self.meets(other) {
            rest(self);
            return None;
        }
        let mut left = self;
        let outside = left.protocols.minus(other.protocols);
        if !outside.is_empty() {
            rest(Self { protocols: outside, ..left.clone() });
            left.protocols = left.protocols.and(other.protocols);
        }
        let outside = left.to.minus(&other.to);
        if !outside.is_empty() {
            rest(Self { to: outside, ..left.clone() });
            left.to = left.to.and(&other.to);
        }
        let outside = left.from.minus(&other.from);
        if !outside.is_empty() {
            rest(Self { from: outside, ..left.clone() });
            left.from = left.from.and(&other.from);
        }
        Some(left)
    }
}

impl Cube {
    /// Everything, from and to everybody.
    pub(crate) fn any() -> Self {
        Self { here: Place::default(), there: Place::default(), header: Header::any() }
    }

    /// What is in both; none if nothing is.
    pub(crate) fn and(&self, atoms: &Atoms, other: &Self) -> Option<Self> {
        if !self.may_meet(other) {
            return None;
        }
        Some(Self {
            header: self.header.and(&other.header)?,
            here: self.here.and(atoms, &other.here)?,
            there: self.there.and(atoms, &other.there)?,
        })
    }

    /// False if nothing is in both, by what is quick to tell.
    pub(crate) fn may_meet(&self, other: &Self) -> bool {
        self.header.meets(&other.header)
            && self.there.meets(&other.there)
            && self.here.meets(&other.here)
    }

    /// Cuts off what is not in the other: the parts, which are disjoint, go to `rest`, and what is left
    /// is in both; none if nothing is.
    pub(crate) fn cut(self, atoms: &Atoms, other: &Self, rest: &mut Vec<Self>) -> Option<Self> {
        if self.and(atoms, other).is_none() {
            rest.push(self);
            return None;
        }
        let Self { here, there, header } = self;
        let header = header.cut(&other.header, &mut |header| {
            rest.push(Self { here: here.clone(), there: there.clone(), header });
        })?;
        let there = there.cut(atoms, &other.there, &mut |there| {
            rest.push(Self { here: here.clone(), there, header: header.clone() });
        })?;
        let here = here.cut(atoms, &other.here, &mut |here| {
            rest.push(Self { here, there: there.clone(), header: header.clone() });
        })?;
        Some(Self { here, there, header })
    }
}

/// Splits a cube by a union of cubes: what is in none of them, and what is in one.
pub(crate) fn subtract(atoms: &Atoms, cube: Cube, union: &[Cube]) -> (Vec<Cube>, Vec<Cube>) {
    let (mut outside, mut inside) = (vec![cube], Vec::new());
    for part in union {
        let mut next = Vec::with_capacity(outside.len());
        for piece in outside {
            inside.extend(piece.cut(atoms, part, &mut next));
        }
        outside = next;
    }
    (outside, inside)
}
