//! From a rule back to the NetworkPolicy that it comes from.

use std::fmt;

use crate::firewall::{Policy, Rule};

/// Scope of the tag that names the NetworkPolicy a security policy is the translation of; its
/// value is `namespace/name`.
pub const ORIGIN_SCOPE: &str = "tf-network-policy";

/// The part of a NetworkPolicy that a rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The policy's namespace.
    pub namespace: String,
    /// The policy's name.
    pub name: String,
    /// The part of it.
    pub part: Part,
}

/// A part of a NetworkPolicy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `spec.ingress[i]`.
    Ingress(usize),
    /// `spec.egress[i]`.
    Egress(usize),
    /// That nothing else may come in.
    IngressIsolation,
    /// That nothing else may go out.
    EgressIsolation,
}

impl Origin {
    /// The origin of a rule of this crate's making; none of another.
    #[must_use]
    pub fn of(policy: &Policy, rule: &Rule) -> Option<Self> {
        let tag = policy.tags.iter().find(|tag| tag.scope == ORIGIN_SCOPE)?;
        let (namespace, name) = tag.tag.split_once('/')?;
        let mut words = rule.id.split('-');
        let part = match (words.next()?, words.next()?) {
            ("ingress", "isolation") => Part::IngressIsolation,
            ("egress", "isolation") => Part::EgressIsolation,
            ("ingress", index) => Part::Ingress(index.parse().ok()?),
            ("egress", index) => Part::Egress(index.parse().ok()?),
            _ => return None,
        };
        Some(Self { namespace: namespace.to_owned(), name: name.to_owned(), part })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, name, part } = self;
        match part {
            Part::Ingress(index) => write!(f, "NetworkPolicy {namespace}/{name}, ingress[{index}]"),
            Part::Egress(index) => write!(f, "NetworkPolicy {namespace}/{name}, egress[{index}]"),
            Part::IngressIsolation => {
                write!(f, "NetworkPolicy {namespace}/{name}, which allows nothing else in")
            }
            Part::EgressIsolation => {
                write!(f, "NetworkPolicy {namespace}/{name}, which allows nothing else out")
            }
        }
    }
}
