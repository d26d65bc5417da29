//! Who belongs to a group, as far as can be told.

use std::{collections::BTreeMap, net::IpAddr};

use super::{Attachment, Condition, Endpoint, Expression, Firewall, Member};
use crate::address::AddressRange;

/// An answer that may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tri {
    No,
    Maybe,
    Yes,
}

/// How what cannot be known is read.
///
/// A group that this model cannot evaluate, a rule with a context profile or a schedule: such
/// things may or may not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubtful {
    /// As if it opened: an allow matches, a drop does not. To prove that something is closed.
    Opens,
    /// As if it closed: a drop matches, an allow does not. To prove that something is open.
    Closes,
}

/// In what role a group is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// As source or destination: members are known by their addresses, too.
    Peer,
    /// As applied-to: only what is attached counts, and addresses do not.
    Scope,
}

impl From<bool> for Tri {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

impl Tri {
    pub(crate) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    pub(crate) const fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

/// Answers who belongs where; remembers what it found out about each group.
pub(crate) struct Membership<'a> {
    firewall: &'a Firewall,
    role: Role,
    /// Per group, each endpoint's answer; absent while it is being found out.
    known: BTreeMap<&'a str, Option<Vec<Tri>>>,
    endpoints: &'a [Endpoint],
}

impl<'a> Membership<'a> {
    pub(crate) fn new(firewall: &'a Firewall, endpoints: &'a [Endpoint], role: Role) -> Self {
        Self { firewall, role, known: BTreeMap::new(), endpoints }
    }

    /// The answer for each endpoint: is it behind that path, be it a group, a segment or a port?
    pub(crate) fn of_path(&mut self, path: &str) -> Vec<Tri> {
        let Some((path, expression)) = self.firewall.groups.get_key_value(path) else {
            // A group that was not read may hold anyone; another object, only what is on it.
            let unread = if path.contains("/groups/") { Tri::Maybe } else { Tri::No };
            return self.each(|it| Tri::from(is_on(it, path)).or(unread));
        };
        if self.firewall.alarms.contains_key(path) {
            return self.each(|_| Tri::Maybe);
        }
        match self.known.get(path.as_str()) {
            Some(Some(known)) => known.clone(),
            // A group within itself, which NSX refuses: who is in it cannot be told.
            Some(None) => self.each(|_| Tri::Maybe),
            None => {
                self.known.insert(path, None);
                let found = self.of(expression);
                self.known.insert(path, Some(found.clone()));
                found
            }
        }
    }

    /// The answer for each endpoint: has it an address in that range?
    pub(crate) fn in_range(&self, range: &AddressRange) -> Vec<Tri> {
        self.each(|it| has_address(it, |address| range.contains(address)))
    }

    /// The answer for each endpoint: does it belong?
    pub(crate) fn of(&mut self, expression: &Expression) -> Vec<Tri> {
        match expression {
            Expression::Any(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.of(part)).collect();
                self.fold(&parts, Tri::No, Tri::or)
            }
            Expression::All(parts) if parts.is_empty() => self.each(|_| Tri::No),
            Expression::All(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.of(part)).collect();
                self.fold(&parts, Tri::Yes, Tri::and)
            }
            Expression::Condition(condition) => self.each(|it| holds(condition, it)),
            Expression::Addresses(all) if self.role == Role::Scope || all.is_empty() => {
                self.each(|_| Tri::No)
            }
            Expression::Addresses(addresses) => {
                self.each(|it| has_address(it, |address| addresses.contains(address)))
            }
            Expression::Paths(paths) => {
                let parts: Vec<_> = paths.iter().map(|path| self.of_path(path)).collect();
                self.fold(&parts, Tri::No, Tri::or)
            }
            Expression::Opaque(_) => self.each(|_| Tri::Maybe),
        }
    }

    fn each(&self, answer: impl Fn(&Endpoint) -> Tri) -> Vec<Tri> {
        self.endpoints.iter().map(answer).collect()
    }

    fn fold(&self, parts: &[Vec<Tri>], start: Tri, with: fn(Tri, Tri) -> Tri) -> Vec<Tri> {
        let one = |i: usize| parts.iter().fold(start, |answer, part| with(answer, part[i]));
        (0..self.endpoints.len()).map(one).collect()
    }
}

/// Whether one of its addresses is meant; of an endpoint without, that cannot be told.
fn has_address(endpoint: &Endpoint, is_meant: impl Fn(IpAddr) -> bool) -> Tri {
    match endpoint.addresses.as_slice() {
        [] => Tri::Maybe,
        addresses => addresses.iter().any(|address| is_meant(*address)).into(),
    }
}

/// Whether the condition holds; of a machine that is not known, that cannot be told.
fn holds(condition: &Condition, endpoint: &Endpoint) -> Tri {
    let Some(Attachment { port, segment, machine }) = &endpoint.attachment else {
        return Tri::No;
    };
    let object = match condition.member {
        Member::Segment => Some(segment),
        Member::SegmentPort => Some(port),
        Member::VirtualMachine => machine.as_ref(),
    };
    object.map_or(Tri::Maybe, |it| condition.holds(it).into())
}

fn is_on(endpoint: &Endpoint, path: &str) -> bool {
    endpoint.attachment.as_ref().is_some_and(|Attachment { port, segment, machine }| {
        port.path == path
            || segment.path == path
            || machine.as_ref().is_some_and(|it| it.path == path)
    })
}

#[cfg(test)]
mod tests;
