//! From a rule back to the NetworkPolicy that it comes from.

use std::fmt;

use super::{Element, PolicyType};
use crate::{
    firewall::{Policy, Rule},
    isolation::scopes,
};

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
    /// The element of it; none if that cannot be told, for NCP's names of rules are not public.
    pub element: Option<Element>,
}

impl Origin {
    /// The origin of a rule of this crate's making, or of NCP's, whose policies have ids that begin
    /// with `np_` (nsx-operator without VPCs); none of another.
    #[must_use]
    pub fn of(policy: &Policy, rule: &Rule) -> Option<Self> {
        let element = Element::of_rule(&rule.id);
        let (namespace, name) = match tag(policy, ORIGIN_SCOPE) {
            Some(origin) => origin.split_once('/').filter(|_| element.is_some())?,
            None => of_ncp(policy)?,
        };
        Some(Self { namespace: namespace.to_owned(), name: name.to_owned(), element })
    }
}

fn tag<'p>(policy: &'p Policy, scope: &str) -> Option<&'p str> {
    policy.tags.iter().find(|tag| tag.scope == scope).map(|tag| tag.tag.as_str())
}

/// Namespace and name of the NetworkPolicy that a section of NCP's is for: its id is `np_<uid>_…`,
/// its display name `<name>-allow` or `<name>-isolation`, and its tag has the namespace.
fn of_ncp(policy: &Policy) -> Option<(&str, &str)> {
    let namespace = tag(policy, scopes::PROJECT)?;
    let id = policy.path.rsplit('/').next()?;
    let name = ["-allow", "-isolation"].iter().find_map(|it| policy.name.strip_suffix(it))?;
    id.starts_with("np_").then_some((namespace, name))
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, name, element } = self;
        write!(f, "NetworkPolicy {namespace}/{name}")?;
        match element {
            None => Ok(()),
            Some(Element::Isolation(PolicyType::Ingress)) => {
                f.write_str(", which allows nothing else in")
            }
            Some(Element::Isolation(PolicyType::Egress)) => {
                f.write_str(", which allows nothing else out")
            }
            Some(element) => write!(f, ", {element}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firewall::{Action, Category, Tag};

    fn section(id: &str, name: &str, rule: &str) -> Option<String> {
        let path = format!("/infra/domains/c/security-policies/{id}");
        let policy = Policy {
            name: name.to_owned(),
            tags: vec![Tag::new(scopes::PROJECT, "banking")],
            ..Policy::new(path, Category::Application, 2010, vec![])
        };
        Origin::of(&policy, &Rule::new(rule, 0, Action::Allow)).map(|it| it.to_string())
    }

    #[test]
    fn sections_of_ncps_are_named_as_kubernetes_names_them() {
        let named = |text: &str| Some(format!("NetworkPolicy banking/web{text}"));
        assert_eq!(section("np_8f1c_allow", "web-allow", "ingress-0"), named(", ingress[0]"));
        assert_eq!(section("np_8f1c_isolation", "web-isolation", "anything"), named(""));
        assert_eq!(section("8f1c-baseline", "banking-baseline", "drop-in"), None);
        assert_eq!(section("8f1c-allow-node", "x-allow", "nodes"), None);
    }
}
