//! What may be true of one end of the traffic.
//!
//! Objects carry any number of tags with any text, so conditions on tags are independent but for what
//! follows from one another: a tag `app|web` begins with `we`. What is asked for is witnessed tag by tag,
//! each padded with text that no rule names; so a conjunction can hold unless one of its members
//! follows from another and is denied. That is a Horn theory, and exact.

use std::collections::BTreeMap;

use crate::firewall::{Member, Text};

/// Something that may be true of what is at an end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Atom {
    /// It is attached to NSX.
    Attached,
    /// A virtual machine is behind the port.
    Machine,
    /// The object has a tag of that scope, any if absent, with such a value.
    Tag(Member, Option<String>, Value),
    /// It is on that segment or port.
    On(String),
}

/// Values of a tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// Those that a condition asks for.
    Of(Text),
    /// Every value but this one.
    Other(String),
}

/// An atom of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AtomId(u32);

/// An atom, or its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Literal {
    pub(crate) atom: AtomId,
    pub(crate) holds: bool,
}

/// What is true of an end, as far as it is known: a conjunction that can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Literals(Vec<Literal>);

/// All atoms that rules name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Atoms {
    all: Vec<Atom>,
    ids: BTreeMap<Atom, AtomId>,
}

impl Value {
    /// What every text begins with, ends with or contains is any.
    pub(crate) fn of(text: &Text) -> Self {
        Self::Of(match text {
            Text::StartsWith(it) | Text::EndsWith(it) | Text::Contains(it) if it.is_empty() => {
                Text::Any
            }
            it => it.clone(),
        })
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Of(it) => it.matches(text),
            Self::Other(it) => text != it,
        }
    }

    /// Whether every value of these is one of the others.
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Of(Text::Any)) => true,
            (Self::Of(Text::Is(text)), other) => other.matches(text),
            // Which values but one there are is open.
            (these, Self::Other(text)) => !these.matches(text),
            (Self::Of(these), Self::Of(others)) => implies(these, others),
            (Self::Other(_), Self::Of(_)) => false,
        }
    }
}

/// The same of parts of a text.
fn implies(these: &Text, others: &Text) -> bool {
    match (these, others) {
        (Text::StartsWith(a), Text::StartsWith(b)) => a.starts_with(b.as_str()),
        (Text::EndsWith(a), Text::EndsWith(b)) => a.ends_with(b.as_str()),
        (Text::StartsWith(a) | Text::EndsWith(a) | Text::Contains(a), Text::Contains(b)) => {
            a.contains(b.as_str())
        }
        _ => false,
    }
}

impl Atoms {
    pub(crate) fn id(&mut self, atom: Atom) -> AtomId {
        if let Some(id) = self.ids.get(&atom) {
            return *id;
        }
        let id = AtomId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(atom.clone());
        self.ids.insert(atom, id);
        id
    }

    pub(crate) fn get(&self, id: AtomId) -> &Atom {
        &self.all[id.0 as usize]
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Atom> {
        self.all.iter()
    }

    /// Whether one follows from the other.
    fn implies(&self, a: AtomId, b: AtomId) -> bool {
        if a == b {
            return true;
        }
        match (self.get(a), self.get(b)) {
            (Atom::Attached, _) => false,
            (_, Atom::Attached) | (Atom::Tag(Member::VirtualMachine, ..), Atom::Machine) => true,
            (Atom::Tag(of, scope, value), Atom::Tag(member, wider, other)) => {
                of == member && (wider.is_none() || wider == scope) && value.implies(other)
            }
            (Atom::On(path), Atom::On(whole)) => segment_of(path) == whole,
            _ => false,
        }
    }

    /// Whether no end is both: each is on one segment, at one port.
    fn excludes(&self, a: AtomId, b: AtomId) -> bool {
        let (Atom::On(one), Atom::On(other)) = (self.get(a), self.get(b)) else { return false };
        let is_port = |path: &str| segment_of(path) != path;
        let known = [one, other].iter().all(|it| it.contains("/segments/"));
        known
            && one != other
            && (segment_of(one) != segment_of(other) || is_port(one) && is_port(other))
    }

    /// Whether the literals can hold together, of which `new` is the last to come; the others can.
    fn agree(&self, others: &[Literal], new: Literal) -> bool {
        let clash = |it: &Literal| match (it.holds, new.holds) {
            (true, true) => self.excludes(it.atom, new.atom),
            (true, false) => self.implies(it.atom, new.atom),
            (false, true) => self.implies(new.atom, it.atom),
            (false, false) => false,
        };
        !others.iter().any(clash)
    }

    /// The only value that tags of that scope can have, where all others are denied.
    fn forced<'a>(&'a self, literals: &'a [Literal]) -> impl Iterator<Item = (&'a Atom, &'a str)> {
        literals.iter().filter(|it| !it.holds).filter_map(|it| match self.get(it.atom) {
            atom @ Atom::Tag(_, _, Value::Other(only)) => Some((atom, only.as_str())),
            _ => None,
        })
    }

    /// Whether what the values that are forced bring along is not denied.
    fn force(&self, literals: &[Literal]) -> bool {
        let positive = || literals.iter().filter(|it| it.holds).map(|it| self.get(it.atom));
        self.forced(literals).all(|(forcing, only)| {
            let Atom::Tag(of, within, _) = forcing else { return true };
            positive().all(|atom| {
                let Atom::Tag(member, scope, value) = atom else { return true };
                let is_meant = of == member && (within.is_none() || within == scope);
                if !is_meant {
                    return true;
                }
                // The tag that is asked for has that value, and all that follows from it.
                let tag = |it: &Atom| {
                    let Atom::Tag(object, wider, pattern) = it else { return false };
                    object == member && (wider.is_none() || wider == scope) && pattern.matches(only)
                };
                let mut denied = literals.iter().filter(|it| !it.holds);
                value.matches(only) && !denied.any(|it| tag(self.get(it.atom)))
            })
        })
    }
}

/// The segment that a port is on; of another path, itself.
pub(crate) fn segment_of(path: &str) -> &str {
    path.split_once("/ports/").map_or(path, |(segment, _)| segment)
}

impl Literal {
    pub(crate) const fn not(self) -> Self {
        Self { atom: self.atom, holds: !self.holds }
    }
}

impl AtomId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Literals {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Literal> {
        self.0.iter().copied()
    }

    /// Those of them that are meant.
    pub(crate) fn only(&self, is_meant: impl Fn(&Literal) -> bool) -> Self {
        Self(self.0.iter().copied().filter(is_meant).collect())
    }

    /// With one more; none if that cannot be.
    pub(crate) fn with(&self, atoms: &Atoms, literal: Literal) -> Option<Self> {
        let Err(at) = self.0.binary_search(&literal) else { return Some(self.clone()) };
        if !atoms.agree(&self.0, literal) {
            return None;
        }
        let mut all = self.0.clone();
        all.insert(at, literal);
        atoms.force(&all).then_some(Self(all))
    }

    /// Both; none if that cannot be.
    pub(crate) fn and(&self, atoms: &Atoms, other: &Self) -> Option<Self> {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        few.0.iter().try_fold(many.clone(), |all, it| all.with(atoms, *it))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    /// Every text over two letters, up to three of them, and one that nobody names.
    fn texts() -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..4 {
            let to = all.len();
            for at in from..to {
                for letter in ["a", "b", "#"] {
                    all.push(format!("{}{letter}", all[at]));
                }
            }
            from = to;
        }
        all.remove(0);
        all
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = select(vec!["a", "b", "ab", "ba", "aa"]).prop_map(str::to_owned);
        (0..6, text).prop_map(|(kind, text)| match kind {
            0 => Value::Of(Text::Any),
            1 => Value::Of(Text::Is(text)),
            2 => Value::Of(Text::StartsWith(text)),
            3 => Value::Of(Text::EndsWith(text)),
            4 => Value::Of(Text::Contains(text)),
            _ => Value::Other(text),
        })
    }

    /// Whether some set of tags of scopes `s` and `t` fits, by trying for each that is asked for each
    /// tag: a tag that is allowed by all that is denied harms nobody.
    fn can_hold(asked: &[(Option<String>, Value, bool)]) -> bool {
        let fits = |pattern: &(Option<String>, Value, bool), scope: &str, text: &str| {
            pattern.0.as_deref().is_none_or(|it| it == scope) && pattern.1.matches(text)
        };
        let texts = texts();
        let tags: Vec<(&str, &String)> = ["s", "t", "u"]
            .into_iter()
            .flat_map(|scope| texts.iter().map(move |it| (scope, it)))
            .collect();
        let is_allowed = |tag: &(&str, &String)| {
            !asked.iter().filter(|it| !it.2).any(|it| fits(it, tag.0, tag.1))
        };
        asked
            .iter()
            .filter(|it| it.2)
            .all(|it| tags.iter().any(|tag| is_allowed(tag) && fits(it, tag.0, tag.1)))
    }

    proptest! {
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn a_conjunction_can_hold_as_far_as_tags_can(
            asked in vec((select(vec![None, Some("s"), Some("t")]), value(), any::<bool>()), 0..6)
        ) {
            let asked: Vec<_> =
                asked.into_iter().map(|(scope, it, holds)| (scope.map(str::to_owned), it, holds)).collect();
            let mut atoms = Atoms::default();
            let mut all = Some(Literals::default());
            for (scope, value, holds) in &asked {
                let atom = Atom::Tag(Member::Segment, scope.clone(), value.clone());
                let literal = Literal { atom: atoms.id(atom), holds: *holds };
                all = all.and_then(|it| it.with(&atoms, literal));
            }
            prop_assert_eq!(all.is_some(), can_hold(&asked), "{:?}", asked);
        }
    }

    #[test]
    fn an_end_is_on_one_segment_at_one_port() {
        let mut atoms = Atoms::default();
        let mut on = |path: &str| {
            let atom = atoms.id(Atom::On(path.to_owned()));
            Literal { atom, holds: true }
        };
        let (s, t) = (on("/infra/segments/s"), on("/infra/segments/t"));
        let (a, b) = (on("/infra/segments/s/ports/a"), on("/infra/segments/s/ports/b"));
        let can = |some: &[Literal]| {
            let all = some.iter().try_fold(Literals::default(), |all, it| all.with(&atoms, *it));
            all.is_some()
        };
        assert!(can(&[s, a]) && can(&[s, b.not()]));
        assert!(!can(&[s, t]) && !can(&[a, b]) && !can(&[a, t]) && !can(&[a, s.not()]));
    }

    #[test]
    fn what_is_outside_has_nothing() {
        let mut atoms = Atoms::default();
        let mut holds = |atom: Atom| Literal { atom: atoms.id(atom), holds: true };
        let outside = holds(Atom::Attached).not();
        let machine = holds(Atom::Machine);
        let tag = holds(Atom::Tag(Member::VirtualMachine, None, Value::Of(Text::Any)));
        let out = Literals::default().with(&atoms, outside).unwrap();
        assert!(out.with(&atoms, machine).is_none() && out.with(&atoms, tag).is_none());
        let bare = Literals::default().with(&atoms, machine.not()).unwrap();
        assert!(bare.with(&atoms, tag).is_none());
    }
}
