//! What NSX cannot hold of a translation.

use super::{
    Element, Item, NetworkPolicy, Peers, PolicyType, Ports, SelectedPeer, SelectedPort, Selection,
    Selector, Translation,
    label::{is_apart, is_ncps},
};
use crate::{
    firewall::{
        Condition, Expression, Policy, Rule, Scope, Text,
        limits::{
            CONDITIONS_OF_ONE_KIND, CONDITIONS_OF_SEVERAL_KINDS, PEERS, RULES, TAG_SCOPE, TAG_VALUE,
        },
    },
    port::Protocol,
};

/// A translation that NSX would refuse, or misread.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{policy}: {limit}")]
pub struct LimitExceeded {
    /// The NetworkPolicy, as `namespace/name`.
    pub policy: String,
    /// What goes too far.
    pub limit: Limit,
}

/// A limit of NSX, and by how much it is exceeded; where each number is from is said in
/// [`firewall::limits`](crate::firewall::limits).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Conditions in one criterion: 5 about one kind of object, 15 about several.
    #[error("`{at}` comes to {conditions} conditions, and NSX takes {most} in one criterion")]
    Conditions {
        /// The selector, or the peer with several.
        at: Element,
        /// How many there are.
        conditions: usize,
        /// How many there may be.
        most: usize,
    },
    /// Groups named by one end of a rule, or that it is applied to: 128.
    #[error("`{at}` comes to {groups} groups, and NSX takes {PEERS} at one end of a rule")]
    Groups {
        /// The item, or whom the policy is for.
        at: Element,
        /// How many there are.
        groups: usize,
    },
    /// Rules in one policy: 1,000.
    #[error("it comes to {rules} rules, and NSX takes {RULES} in one policy; write several")]
    Rules {
        /// How many there are.
        rules: usize,
    },
    /// NSX has services for ports of TCP and UDP only (`L4PortSetServiceEntry.l4_protocol`).
    #[error("`{at}` is about ports of SCTP, and NSX knows ports of TCP and UDP only")]
    SctpPorts {
        /// The element of `ports`.
        at: Element,
    },
    /// NSX reads a condition without a value as one about any value.
    #[error(
        "`{at}`: label `{key}` is asked to be empty, which NSX would read as to have any value"
    )]
    EmptyValue {
        /// The selector, or the peer with several.
        at: Element,
        /// The label.
        key: String,
    },
    /// A tag: 128 characters of scope, 256 of value.
    #[error(
        "`{at}`: label `{key}` is too long for a tag of NSX: {TAG_SCOPE} characters, and \
         {TAG_VALUE} of its value"
    )]
    TagLength {
        /// The selector, or the peer with several.
        at: Element,
        /// The label.
        key: String,
    },
    /// The tag with the policy's name: 256 characters of value.
    #[error(
        "namespace and name have {characters} characters, and a tag of NSX takes {TAG_VALUE}; \
         shorten the name"
    )]
    Name {
        /// How many characters there are, with the slash.
        characters: usize,
    },
    /// A label that is also a tag of NCP's own, or of nsx-operator's.
    #[error("`{at}`: label `{key}` has the name of a tag that NCP or nsx-operator sets itself")]
    ReservedLabel {
        /// The selector, or the peer with several.
        at: Element,
        /// The label.
        key: String,
    },
}

/// All that NSX cannot hold of a policy's translation; empty if it can hold it. What is split
/// where there is too much is no limit: criteria, addresses and ports.
#[must_use]
pub fn limits(policy: &NetworkPolicy, translation: &Translation) -> Vec<LimitExceeded> {
    let mut found: Vec<Limit> = reserved(policy).chain(sctp_ports(policy, translation)).collect();
    let characters = length(&policy.full_name());
    found.extend((characters > TAG_VALUE).then_some(Limit::Name { characters }));
    for (path, group) in &translation.groups {
        let Some(at) = translation.element(path) else { continue };
        found.extend(of_group(at, group));
    }
    for section in &translation.policies {
        let rules = section.rules.len();
        found.extend((rules > RULES).then_some(Limit::Rules { rules }));
        found.extend(section.rules.iter().flat_map(|rule| of_rule(section, rule)));
    }
    let mut limits: Vec<LimitExceeded> = Vec::new();
    for limit in found {
        let exceeded = LimitExceeded { policy: policy.full_name(), limit };
        if !limits.contains(&exceeded) {
            limits.push(exceeded);
        }
    }
    limits
}

/// The items of a policy, by their directions.
fn items(policy: &NetworkPolicy) -> impl Iterator<Item = (PolicyType, usize, &Item)> {
    let halves = [(PolicyType::Ingress, &policy.ingress), (PolicyType::Egress, &policy.egress)];
    halves.into_iter().flat_map(|(of, items)| {
        items.iter().flatten().enumerate().map(move |(index, item)| (of, index, item))
    })
}

/// Every selector in a policy, with where it is.
fn selectors(policy: &NetworkPolicy) -> impl Iterator<Item = (Element, &Selector)> {
    let of_peers = items(policy).flat_map(|(of, index, item)| {
        let peers = match &item.peers {
            Peers::Any => [].as_slice(),
            Peers::Only(peers) => peers,
        };
        let numbered = peers.iter().enumerate();
        numbered.map(move |(number, peer)| (Element::Peer(of, index, number), peer))
    });
    let selected = of_peers.flat_map(|(at, peer)| {
        let (namespaces, pods) = match peer {
            SelectedPeer::Pods(Selection { namespaces, pods }) => (namespaces.as_ref(), Some(pods)),
            SelectedPeer::Block(_) => (None, None),
        };
        namespaces.into_iter().chain(pods).map(move |it| (at, it))
    });
    [(Element::PodSelector, &policy.pods)].into_iter().chain(selected)
}

fn reserved(policy: &NetworkPolicy) -> impl Iterator<Item = Limit> {
    let labels = selectors(policy).flat_map(|(at, it)| it.0.iter().map(move |it| (at, &it.key)));
    let reserved = labels.filter(|(_, key)| is_ncps(key));
    reserved.map(|(at, key)| Limit::ReservedLabel { at, key: key.clone() })
}

/// Ports of SCTP, by number, or by a name that some pod has for one.
fn sctp_ports(policy: &NetworkPolicy, translation: &Translation) -> Vec<Limit> {
    let rules = || translation.policies.iter().flat_map(|it| &it.rules);
    let mut found = Vec::new();
    for (of, index, item) in items(policy) {
        let Ports::Only(ports) = &item.ports else { continue };
        let item = Element::Item(of, index);
        for (number, port) in ports.iter().enumerate() {
            let is_sctp = match port {
                SelectedPort::Numbers(protocol, _) => *protocol == Protocol::Sctp,
                SelectedPort::Named(Protocol::Sctp, name) => rules().any(|rule| {
                    Element::of_rule(&rule.id) == Some(item)
                        && rule.id.contains(&format!("-{name}-sctp-"))
                }),
                SelectedPort::Named(..) | SelectedPort::All(_) => false,
            };
            found.extend(
                is_sctp.then_some(Limit::SctpPorts { at: Element::Port(of, index, number) }),
            );
        }
    }
    found
}

fn of_group(at: Element, group: &Expression) -> Vec<Limit> {
    let Expression::Any(criteria) = group else { return Vec::new() };
    criteria.iter().flat_map(|it| of_criterion(at, it)).collect()
}

fn of_criterion(at: Element, criterion: &Expression) -> Vec<Limit> {
    let Expression::All(parts) = criterion else { return Vec::new() };
    let conditions: Vec<&Condition> = parts
        .iter()
        .filter_map(|part| if let Expression::Condition(it) = part { Some(it) } else { None })
        .collect();
    let mixed = conditions.iter().any(|it| it.member != conditions[0].member);
    let most = if mixed { CONDITIONS_OF_SEVERAL_KINDS } else { CONDITIONS_OF_ONE_KIND };
    let too_many = (conditions.len() > most).then_some(Limit::Conditions {
        at,
        conditions: conditions.len(),
        most,
    });
    let of_each = conditions.into_iter().filter_map(|it| of_condition(at, it));
    too_many.into_iter().chain(of_each).collect()
}

fn of_condition(at: Element, condition: &Condition) -> Option<Limit> {
    // A label called like a tag of NCP's is told as that alone.
    let scope = condition.tag.scope.as_deref().filter(|it| !is_apart(it))?;
    let key = || scope.to_owned();
    match &condition.tag.tag {
        Text::Is(value) if value.is_empty() => Some(Limit::EmptyValue { at, key: key() }),
        Text::Is(value) if length(value) > TAG_VALUE => Some(Limit::TagLength { at, key: key() }),
        _ if length(scope) > TAG_SCOPE => Some(Limit::TagLength { at, key: key() }),
        _ => None,
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn of_rule(policy: &Policy, rule: &Rule) -> Vec<Limit> {
    let scope = match policy.scope_of(rule) {
        Scope::Groups(groups) => groups.len(),
        Scope::Everywhere => 0,
    };
    let item = Element::of_rule(&rule.id).unwrap_or(Element::PodSelector);
    let (from, to) = (rule.from.listed().len(), rule.to.listed().len());
    let ends = [(item, from), (item, to), (Element::PodSelector, scope)];
    let too_many = ends.into_iter().filter(|(_, groups)| *groups > PEERS);
    too_many.map(|(at, groups)| Limit::Groups { at, groups }).collect()
}

#[cfg(test)]
mod tests;
