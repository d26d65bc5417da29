//! The elements of a NetworkPolicy, by the places where people find them.

use std::fmt;

use super::PolicyType;

/// An element of a NetworkPolicy: `ingress[0].from[1]` is the second peer of the first item, as
/// numbers count from 0. The names are those of Kubernetes' API (`networking.k8s.io/v1`), below
/// `spec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// The pods that the policy is for.
    PodSelector,
    /// What may pass: an item of `ingress` or `egress`.
    Item(PolicyType, usize),
    /// Who is at the other end: an element of an item's `from` or `to`.
    Peer(PolicyType, usize, usize),
    /// An element of an item's `ports`.
    Port(PolicyType, usize, usize),
    /// That nothing else may pass, which follows from `policyTypes`.
    Isolation(PolicyType),
}

impl Element {
    /// The element that a rule with this id says: an item, or the isolation. None of an id that
    /// the translation does not give.
    #[must_use]
    pub fn of_rule(id: &str) -> Option<Self> {
        let (of, rest) = half(id)?;
        match rest {
            "isolation" => Some(Self::Isolation(of)),
            // A port by name has rules of its own: `ingress-0-http-tcp-80`.
            _ => Some(Self::Item(of, rest.split('-').next()?.parse().ok()?)),
        }
    }

    /// The element that a group is for whose id ends so, after the policy's stem. None of an
    /// ending that the translation does not give.
    #[must_use]
    pub fn of_group(suffix: &str) -> Option<Self> {
        // A further group of the same is numbered: `scope.1`.
        let first = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
        if first(suffix) == "scope" {
            return Some(Self::PodSelector);
        }
        let (of, rest) = half(suffix)?;
        let (item, rest) = rest.split_once('-')?;
        let item = item.parse().ok()?;
        // A name of a port has a letter, so a number is that of a peer.
        let peer = first(rest).parse();
        Some(peer.map_or(Self::Item(of, item), |peer| Self::Peer(of, item, peer)))
    }
}

fn half(id: &str) -> Option<(PolicyType, &str)> {
    let ingress = id.strip_prefix("ingress-").map(|rest| (PolicyType::Ingress, rest));
    ingress.or_else(|| id.strip_prefix("egress-").map(|rest| (PolicyType::Egress, rest)))
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |of: &PolicyType| match of {
            PolicyType::Ingress => "ingress",
            PolicyType::Egress => "egress",
        };
        match self {
            Self::PodSelector => f.write_str("podSelector"),
            Self::Item(of, item) => write!(f, "{}[{item}]", name(of)),
            Self::Peer(of, item, peer) => {
                let end = if *of == PolicyType::Ingress { "from" } else { "to" };
                write!(f, "{}[{item}].{end}[{peer}]", name(of))
            }
            Self::Port(of, item, port) => write!(f, "{}[{item}].ports[{port}]", name(of)),
            Self::Isolation(PolicyType::Ingress) => {
                f.write_str("the drop of all else that comes in")
            }
            Self::Isolation(PolicyType::Egress) => {
                f.write_str("the drop of all else that goes out")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_called_by_what_they_say() {
        let shown = |id| Element::of_rule(id).map(|it| it.to_string());
        assert_eq!(shown("ingress-0").as_deref(), Some("ingress[0]"));
        assert_eq!(shown("egress-12").as_deref(), Some("egress[12]"));
        assert_eq!(shown("egress-1-http-tcp-80").as_deref(), Some("egress[1]"));
        let drops = "the drop of all else that comes in";
        assert_eq!(shown("ingress-isolation").as_deref(), Some(drops));
        let drops = "the drop of all else that goes out";
        assert_eq!(shown("egress-isolation").as_deref(), Some(drops));
        for other in ["ingress", "ingress-", "ingress-x", "drop-in", "mine"] {
            assert_eq!(shown(other), None, "{other}");
        }
    }

    #[test]
    fn groups_are_called_by_what_they_are_for() {
        let shown = |suffix| Element::of_group(suffix).map(|it| it.to_string());
        assert_eq!(shown("scope").as_deref(), Some("podSelector"));
        assert_eq!(shown("scope.3").as_deref(), Some("podSelector"));
        assert_eq!(shown("ingress-0-1").as_deref(), Some("ingress[0].from[1]"));
        assert_eq!(shown("egress-2-0.4").as_deref(), Some("egress[2].to[0]"));
        assert_eq!(shown("ingress-0-http-tcp-80").as_deref(), Some("ingress[0]"));
        for other in ["", "scopes", "ingress-0", "ingress-x-0", "members"] {
            assert_eq!(shown(other), None, "{other}");
        }
        let port = Element::Port(PolicyType::Egress, 1, 2);
        assert_eq!(port.to_string(), "egress[1].ports[2]");
    }
}
