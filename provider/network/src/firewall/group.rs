//! Groups: who is meant.

use std::{collections::BTreeSet, fmt};

use super::{Object, Tag};
use crate::address::AddressSet;

/// Who belongs to a group (`Group.expression`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Whoever belongs to one of these; of none, nobody.
    Any(Vec<Expression>),
    /// Whoever belongs to all of these; of none, nobody: an empty selector never opens.
    All(Vec<Expression>),
    /// Whoever has an object of that kind with, or without, such a tag.
    Condition(Condition),
    /// Whoever has one of these addresses (`IPAddressExpression`).
    Addresses(AddressSet),
    /// The members of these groups, and whoever is on these segments or ports, by path
    /// (`PathExpression`).
    Paths(BTreeSet<String>),
    /// What this model does not know, in NSX's words. Nobody can say who belongs.
    Opaque(String),
}

/// One condition on tags (`Condition`, with `Tag` for its `key`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// The kind of object.
    pub member: Member,
    /// The tag.
    pub tag: TagPattern,
    /// Whether the object must have it.
    pub sense: Sense,
}

/// Kinds of object that a condition can be about (`Condition.member_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// All that is on a segment.
    Segment,
    /// What is behind one port.
    SegmentPort,
    /// A virtual machine with all its ports.
    VirtualMachine,
}

/// Whether a tag is to be there (`Condition.operator`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sense {
    /// The object has such a tag (`EQUALS` and the like).
    Has,
    /// The object is there and has no such tag (`NOTEQUALS`).
    Lacks,
}

/// Which tags are meant: what NSX writes as `scope|tag` (`Condition.value`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagPattern {
    /// The scope; any if absent.
    pub scope: Option<String>,
    /// The value.
    pub tag: Text,
}

/// Which values are meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Text {
    /// Any, which NSX writes as none: `scope|`.
    Any,
    /// This one.
    Is(String),
    /// Those that begin so.
    StartsWith(String),
    /// Those that end so.
    EndsWith(String),
    /// Those with this in it.
    Contains(String),
}

impl Condition {
    /// An object with exactly this tag.
    pub fn has(member: Member, scope: impl Into<String>, tag: impl Into<String>) -> Self {
        let tag = TagPattern { scope: Some(scope.into()), tag: Text::Is(tag.into()) };
        Self { member, tag, sense: Sense::Has }
    }

    /// An object with any tag of this scope.
    pub fn exists(member: Member, scope: impl Into<String>) -> Self {
        let tag = TagPattern { scope: Some(scope.into()), tag: Text::Any };
        Self { member, tag, sense: Sense::Has }
    }

    /// The opposite: an object without.
    #[must_use]
    pub fn lacking(self) -> Self {
        Self { sense: Sense::Lacks, ..self }
    }

    pub(super) fn holds(&self, object: &Object) -> bool {
        let has = object.tags.iter().any(|tag| self.tag.matches(tag));
        has == (self.sense == Sense::Has)
    }
}

impl TagPattern {
    /// Whether a tag is one of those.
    #[must_use]
    pub fn matches(&self, tag: &Tag) -> bool {
        let scope = self.scope.as_ref().is_none_or(|scope| *scope == tag.scope);
        scope && self.tag.matches(&tag.tag)
    }
}

impl Text {
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is(it) => text == it,
            Self::StartsWith(it) => text.starts_with(it.as_str()),
            Self::EndsWith(it) => text.ends_with(it.as_str()),
            Self::Contains(it) => text.contains(it.as_str()),
        }
    }
}

impl From<Condition> for Expression {
    fn from(condition: Condition) -> Self {
        Self::Condition(condition)
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Segment => "Segment",
            Self::SegmentPort => "SegmentPort",
            Self::VirtualMachine => "VirtualMachine",
        })
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|", self.scope.as_deref().unwrap_or(""))?;
        match &self.tag {
            Text::Any => Ok(()),
            Text::Is(it) => f.write_str(it),
            Text::StartsWith(it) => write!(f, "{it}…"),
            Text::EndsWith(it) => write!(f, "…{it}"),
            Text::Contains(it) => write!(f, "…{it}…"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.sense == Sense::Lacks { "without " } else { "" };
        write!(f, "{} {not}{}", self.member, self.tag)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            for (index, part) in parts.iter().enumerate() {
                f.write_str(if index == 0 { "" } else { word })?;
                match part {
                    Self::Any(inner) | Self::All(inner) if inner.len() > 1 => {
                        write!(f, "({part})")?;
                    }
                    _ => part.fmt(f)?,
                }
            }
            Ok(())
        };
        match self {
            Self::Any(parts) | Self::All(parts) if parts.is_empty() => f.write_str("nobody"),
            Self::Any(parts) => join(f, parts, " or "),
            Self::All(parts) => join(f, parts, " and "),
            Self::Condition(condition) => condition.fmt(f),
            Self::Addresses(addresses) if addresses.is_empty() => f.write_str("nobody"),
            Self::Addresses(addresses) => addresses.fmt(f),
            Self::Paths(paths) => {
                f.write_str(&paths.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            Self::Opaque(text) => write!(f, "unknown: {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_read_as_people_say_them() {
        let has = |tag: &str| Expression::from(Condition::has(Member::Segment, "team", tag));
        let nobody = [Expression::Any(vec![]), Expression::All(vec![])];
        assert!(nobody.iter().all(|it| it.to_string() == "nobody"));
        let both = Expression::All(vec![has("a"), has("b")]);
        assert_eq!(both.to_string(), "Segment team|a and Segment team|b");
        let either = Expression::Any(vec![both, has("c")]);
        assert_eq!(either.to_string(), "(Segment team|a and Segment team|b) or Segment team|c");
        assert_eq!(Expression::Any(vec![has("a")]).to_string(), "Segment team|a");
    }
}
