//! Sets of traffic for others to check.

use crate::{
    address::AddressSet,
    firewall::Text,
    traffic::{Atom, Atoms, Cube, Place, Value},
};

/// All traffic between such ends, of such kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Addresses of the member; any if absent.
    pub here: Option<AddressSet>,
    /// Addresses of the other end; any if absent.
    pub there: Option<AddressSet>,
    /// IP protocols, by number.
    pub protocols: Vec<u8>,
    /// Ports of the receiver, or types of ICMP messages: first to last.
    pub to: Vec<(u16, u16)>,
    /// Ports of the sender, or codes of ICMP messages: first to last.
    pub from: Vec<(u16, u16)>,
    /// What is true of the ends, and what is not, such as `remote SegmentPort EQUALS app|web`.
    pub conditions: Vec<(String, bool)>,
}

impl Slice {
    pub(super) fn everything() -> Self {
        Self::of(&Cube::any(), &Atoms::default())
    }

    pub(super) fn of(cube: &Cube, atoms: &Atoms) -> Self {
        let Cube { here, there, header } = cube;
        let addresses = |it: &Place| it.addresses.as_deref().cloned();
        let conditions = |end: &str, it: &Place| -> Vec<(String, bool)> {
            let one = |atom, holds| (format!("{end} {}", name(atoms.get(atom))), holds);
            it.literals.iter().map(|it| one(it.atom, it.holds)).collect()
        };
        Self {
            here: addresses(here),
            there: addresses(there),
            protocols: header.protocols.numbers().collect(),
            to: header.to.ranges().to_vec(),
            from: header.from.ranges().to_vec(),
            conditions: [conditions("member", here), conditions("remote", there)].concat(),
        }
    }
}

/// A condition in NSX's words.
fn name(atom: &Atom) -> String {
    let (member, scope, value) = match atom {
        Atom::Attached => return "ATTACHED".to_owned(),
        Atom::Machine => return "MACHINE".to_owned(),
        Atom::On(path) => return format!("PATH {path}"),
        Atom::Tag(member, scope, value) => (member, scope.as_deref().unwrap_or_default(), value),
    };
    let (operator, text) = match value {
        Value::Of(Text::Any) => ("EXISTS", ""),
        Value::Of(Text::Is(it)) => ("EQUALS", it.as_str()),
        Value::Of(Text::StartsWith(it)) => ("STARTSWITH", it.as_str()),
        Value::Of(Text::EndsWith(it)) => ("ENDSWITH", it.as_str()),
        Value::Of(Text::Contains(it)) => ("CONTAINS", it.as_str()),
        Value::Other(it) => ("OTHER", it.as_str()),
    };
    format!("{member} {operator} {scope}|{text}")
}
