//! Who groups and peers are, as sets: surely, and perhaps.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    address::AddressSet,
    firewall::{
        Condition, Expression, Firewall, Member, Peer, Peers, Role, Scope, Sense, TagPattern, Text,
    },
    traffic::{Atom, Atoms, Literal, Place, Value},
};

/// How many places a set may be a union of; what is more is read as not known.
const PLACES: usize = 256;

/// Why something is read as not known that could be worked out.
pub(super) const TOO_MANY: &str = "more combinations than are reckoned with";

/// A set of ends: unions of places.
#[derive(Clone, Debug, Default)]
pub(super) struct Region {
    /// Who may be meant.
    pub(super) may: Vec<Place>,
    /// Who surely is; the same where there is no doubt.
    must: Option<Vec<Place>>,
    /// Why the two differ.
    pub(super) doubts: Vec<String>,
}

/// Works out groups, each once, and names what they ask for.
pub(super) struct Regions<'a> {
    firewall: &'a Firewall,
    pub(super) atoms: Atoms,
    /// By role and path; none while it is being worked out.
    known: BTreeMap<(Role, &'a str), Option<Arc<Region>>>,
}

impl Region {
    pub(super) fn everybody() -> Self {
        Self::exact(vec![Place::default()])
    }

    fn nobody() -> Self {
        Self::default()
    }

    pub(super) fn exact(may: Vec<Place>) -> Self {
        Self { may, must: None, doubts: Vec::new() }
    }

    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self { may: vec![Place::default()], must: Some(Vec::new()), doubts: vec![why.into()] }
    }

    pub(super) fn must(&self) -> &[Place] {
        self.must.as_deref().unwrap_or(&self.may)
    }

    pub(super) fn is_exact(&self) -> bool {
        self.must.is_none()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.may.is_empty()
    }

    /// The same unless it is too large to be reckoned with.
    fn bounded(self) -> Self {
        let is_small = self.may.len() <= PLACES && self.must().len() <= PLACES;
        if is_small { self } else { Self::unknown(TOO_MANY) }
    }

    fn or(mut self, other: &Self) -> Self {
        if !(self.is_exact() && other.is_exact()) {
            self.must = Some([self.must(), other.must()].concat());
        }
        self.may.extend_from_slice(&other.may);
        self.doubts.extend_from_slice(&other.doubts);
        Self { may: merged(self.may), must: self.must.map(merged), ..self }.bounded()
    }

    pub(super) fn and(&self, atoms: &Atoms, other: &Self) -> Self {
        if self.may.len() * other.may.len() > 4 * PLACES {
            return Self::unknown(TOO_MANY);
        }
        let both = |some: &[Place], others: &[Place]| -> Vec<Place> {
            let with = |one: &Place| others.iter().filter_map(|it| one.and(atoms, it)).collect();
            some.iter().flat_map::<Vec<_>, _>(with).collect()
        };
        let is_exact = self.is_exact() && other.is_exact();
        let must = (!is_exact).then(|| both(self.must(), other.must()));
        let may = both(&self.may, &other.may);
        let doubts = [self.doubts.as_slice(), &other.doubts].concat();
        Self { may, must, doubts }.bounded()
    }

    /// Everybody else.
    fn not(&self, atoms: &Atoms) -> Self {
        let (Some(rest), Some(surely)) = (others(atoms, self.must()), others(atoms, &self.may))
        else {
            return Self::unknown(TOO_MANY);
        };
        let must = (!self.is_exact()).then_some(surely);
        Self { may: rest, must, doubts: self.doubts.clone() }
    }
}

/// One place for all that are told by addresses alone.
fn merged(places: Vec<Place>) -> Vec<Place> {
    if places.iter().any(Place::is_any) {
        return vec![Place::default()];
    }
    let (plain, mut rest): (Vec<Place>, Vec<Place>) =
        places.into_iter().partition(|it| it.literals.is_empty());
    if plain.len() > 1 {
        let sets = plain.iter().filter_map(|it| it.addresses.as_deref());
        rest.push(Place::at(sets.flat_map(|it| it.ranges().iter().copied()).collect()));
    } else {
        rest.extend(plain);
    }
    rest
}

/// Who is in none of the places, as disjoint places; none if that is more than is reckoned with.
pub(super) fn others(atoms: &Atoms, places: &[Place]) -> Option<Vec<Place>> {
    let mut counts: BTreeMap<Literal, usize> = BTreeMap::new();
    for literal in places.iter().flat_map(|it| it.literals.iter()) {
        *counts.entry(literal).or_default() += 1;
    }
    let mut left = vec![Place::default()];
    for place in places {
        // What many have in common first: it is cut once for all of them.
        let mut literals: Vec<Literal> = place.literals.iter().collect();
        literals.sort_by_key(|it| std::cmp::Reverse(counts[it]));
        let mut next = Vec::new();
        for it in left {
            let order = literals.iter().copied();
            it.cut_by(atoms, place, order, &mut |rest| next.push(rest));
        }
        if next.len() > PLACES {
            return None;
        }
        left = next;
    }
    Some(left)
}

impl<'a> Regions<'a> {
    /// Of a firewall, with atoms that have names already.
    pub(super) fn new(firewall: &'a Firewall, atoms: Atoms) -> Self {
        Self { firewall, atoms, known: BTreeMap::new() }
    }

    /// Where a rule is applied.
    pub(super) fn scope(&mut self, scope: &'a Scope) -> Region {
        match scope {
            Scope::Everywhere => Region::everybody(),
            Scope::Groups(paths) => self.union(paths.iter().map(String::as_str), Role::Scope),
        }
    }

    /// Whoever is behind one of these paths.
    pub(super) fn union(&mut self, paths: impl Iterator<Item = &'a str>, role: Role) -> Region {
        paths.fold(Region::nobody(), |sum, path| sum.or(&self.path(path, role)))
    }

    pub(super) fn peers(&mut self, peers: &'a Peers) -> Region {
        match peers {
            Peers::Any => Region::everybody(),
            Peers::Only(some) => self.listed(some),
            Peers::Except(some) => self.listed(some).not(&self.atoms),
        }
    }

    fn listed(&mut self, peers: &'a [Peer]) -> Region {
        let addresses = peers.iter().filter_map(|it| match it {
            Peer::Addresses(range) => Some(*range),
            Peer::Group(_) => None,
        });
        let addresses: AddressSet = addresses.collect();
        let groups = peers.iter().filter_map(Peer::group);
        self.union(groups, Role::Peer).or(&at(addresses))
    }

    fn path(&mut self, path: &'a str, role: Role) -> Arc<Region> {
        let Some(expression) = self.firewall.groups.get(path) else {
            let is_group = path.contains("/groups/");
            return Arc::new(if is_group {
                Region::unknown(format!("group `{path}` was not read"))
            } else {
                Region::exact(self.place(&[(Atom::On(path.to_owned()), true)]))
            });
        };
        if let Some(why) = self.firewall.alarms.get(path) {
            let name = self.firewall.group_names.of(path);
            let why = format!("NSX could not put group `{name}` into force: {why}");
            return Arc::new(Region::unknown(why));
        }
        match self.known.get(&(role, path)) {
            Some(Some(known)) => Arc::clone(known),
            // NSX refuses that.
            Some(None) => {
                let name = self.firewall.group_names.of(path);
                Arc::new(Region::unknown(format!("group `{name}` is within itself")))
            }
            None => {
                self.known.insert((role, path), None);
                let found = Arc::new(self.members(expression, role));
                self.known.insert((role, path), Some(Arc::clone(&found)));
                found
            }
        }
    }

    /// Whoever belongs.
    pub(super) fn members(&mut self, expression: &'a Expression, role: Role) -> Region {
        match expression {
            Expression::Any(parts) => {
                let start = Region::nobody();
                parts.iter().fold(start, |sum, it| sum.or(&self.members(it, role)))
            }
            Expression::All(parts) if parts.is_empty() => Region::nobody(),
            Expression::All(parts) => {
                let mut all = Region::everybody();
                for part in parts {
                    let part = self.members(part, role);
                    all = all.and(&self.atoms, &part);
                }
                all
            }
            Expression::Condition(condition) => self.condition(condition),
            Expression::Addresses(_) if role == Role::Scope => Region::nobody(),
            Expression::Addresses(addresses) => at(addresses.clone()),
            Expression::Paths(paths) => self.union(paths.iter().map(String::as_str), role),
            Expression::Opaque(text) => Region::unknown(format!("`{text}` is not understood")),
        }
    }

    fn condition(&mut self, Condition { member, tag, sense }: &Condition) -> Region {
        let TagPattern { scope, tag } = tag;
        let has = |value: Value| Atom::Tag(*member, scope.clone(), value);
        if *sense == Sense::Has {
            return Region::exact(self.place(&[(has(Value::of(tag)), true)]));
        }
        let there = match member {
            Member::Segment | Member::SegmentPort => Atom::Attached,
            Member::VirtualMachine => Atom::Machine,
        };
        let lacks = [(there, true), (has(Value::of(tag)), false)];
        let Text::Is(text) = tag else { return Region::exact(self.place(&lacks)) };
        // That it has no such tag, or that it has another one: it is not public which.
        let other = (has(Value::Other(text.clone())), true);
        let both: Vec<(Atom, bool)> = lacks.iter().cloned().chain([other.clone()]).collect();
        let must = self.place(&both);
        let may = [self.place(&lacks), self.place(&[other])].concat();
        let doubts = vec!["NOTEQUALS can mean no such tag, or another tag".to_owned()];
        Region { may, must: Some(must), doubts }
    }

    /// Whoever is all of that; nobody can be what contradicts itself.
    fn place(&mut self, asked: &[(Atom, bool)]) -> Vec<Place> {
        let literals: Vec<Literal> = asked
            .iter()
            .map(|(atom, holds)| Literal { atom: self.atoms.id(atom.clone()), holds: *holds })
            .collect();
        let start = Some(crate::traffic::Literals::default());
        let all = literals.into_iter().fold(start, |all, it| all?.with(&self.atoms, it));
        all.map(|literals| Place { literals, addresses: None }).into_iter().collect()
    }
}

/// Whoever has one of these addresses.
fn at(addresses: AddressSet) -> Region {
    if addresses.is_empty() {
        return Region::nobody();
    }
    let addresses = Some(Arc::new(addresses));
    Region::exact(vec![Place { addresses, ..Place::default() }])
}
