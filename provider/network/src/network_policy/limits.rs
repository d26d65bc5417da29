//! What NSX cannot hold of a translation.

use super::{NetworkPolicy, Peers, SelectedPeer, Selection, Selector, Translation};
use crate::{
    firewall::{self, Condition, Expression, Peer, Policy, Rule, Scope, Service, Services, Text},
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

/// A limit of NSX, and by how much it is exceeded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Conditions in one criterion: 5 about one kind of object, 15 about several.
    #[error("a selector comes to {conditions} conditions, and NSX takes {most} in one criterion")]
    Conditions {
        /// How many there are.
        conditions: usize,
        /// How many there may be.
        most: usize,
    },
    /// Groups named by one end of a rule: 128.
    #[error("rule `{rule}` names {groups} groups at one end, and NSX takes 128")]
    Groups {
        /// The rule.
        rule: String,
        /// How many there are.
        groups: usize,
    },
    /// NSX has services for ports of TCP and UDP only.
    #[error("rule `{rule}` is about ports of SCTP, and NSX knows ports of TCP and UDP only")]
    SctpPorts {
        /// The rule.
        rule: String,
    },
    /// NSX reads a condition without a value as one about any value.
    #[error("label `{0}` is asked to be empty, which NSX would read as to have any value")]
    EmptyValue(String),
    /// A tag: 128 characters of scope, 256 of value.
    #[error("label `{0}` is too long for a tag of NSX: 128 characters, and 256 of its value")]
    TagLength(String),
    /// A label that is also a tag of NCP's own.
    #[error("label `{0}` has the name of a tag that NCP sets itself")]
    ReservedLabel(String),
}

/// All that NSX cannot hold of a policy's translation; empty if it can hold it.
#[must_use]
pub fn limits(policy: &NetworkPolicy, translation: &Translation) -> Vec<LimitExceeded> {
    let labels = selectors(policy).flat_map(|it| &it.0).map(|it| &it.key);
    let reserved = labels.filter(|key| key.starts_with("ncp/")).cloned().map(Limit::ReservedLabel);
    let mut found: Vec<Limit> = reserved.collect();
    found.extend(translation.groups.values().flat_map(of_group));
    for policy in &translation.policies {
        found.extend(policy.rules.iter().flat_map(|rule| of_rule(policy, rule)));
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

/// Every selector in a policy.
fn selectors(policy: &NetworkPolicy) -> impl Iterator<Item = &Selector> {
    let items = policy.ingress.iter().chain(&policy.egress).flatten();
    let peers = items.flat_map(|item| match &item.peers {
        Peers::Any => [].as_slice(),
        Peers::Only(peers) => peers,
    });
    let selections = peers.filter_map(|peer| match peer {
        SelectedPeer::Pods(Selection { namespaces, pods }) => Some((namespaces, pods)),
        SelectedPeer::Block(_) => None,
    });
    let selected = selections.flat_map(|(namespaces, pods)| namespaces.iter().chain([pods]));
    [&policy.pods].into_iter().chain(selected)
}

fn of_group(group: &Expression) -> Vec<Limit> {
    let Expression::Any(criteria) = group else { return Vec::new() };
    criteria.iter().flat_map(of_criterion).collect()
}

fn of_criterion(criterion: &Expression) -> Vec<Limit> {
    let Expression::All(parts) = criterion else { return Vec::new() };
    let conditions: Vec<&Condition> = parts
        .iter()
        .filter_map(|part| if let Expression::Condition(it) = part { Some(it) } else { None })
        .collect();
    let mixed = conditions.iter().any(|it| it.member != conditions[0].member);
    let most = if mixed { 15 } else { 5 };
    let too_many = (conditions.len() > most)
        .then_some(Limit::Conditions { conditions: conditions.len(), most });
    too_many.into_iter().chain(conditions.into_iter().filter_map(of_condition)).collect()
}

fn of_condition(condition: &Condition) -> Option<Limit> {
    let scope = condition.tag.scope.as_deref()?;
    let length = |text: &str| text.chars().count();
    match &condition.tag.tag {
        Text::Is(value) if value.is_empty() => Some(Limit::EmptyValue(scope.to_owned())),
        Text::Is(value) if length(value) > 256 => Some(Limit::TagLength(scope.to_owned())),
        _ if length(scope) > 128 => Some(Limit::TagLength(scope.to_owned())),
        _ => None,
    }
}

fn of_rule(policy: &Policy, rule: &Rule) -> Vec<Limit> {
    let id = || rule.id.clone();
    let scope = match policy.scope_of(rule) {
        Scope::Groups(groups) => groups.len(),
        Scope::Everywhere => 0,
    };
    let ends = [named(&rule.from), named(&rule.to), scope].into_iter().filter(|it| *it > 128);
    let sctp = match &rule.services {
        Services::Only(services) => services.iter().any(is_sctp),
        Services::Any => false,
    };
    let groups = ends.map(|groups| Limit::Groups { rule: id(), groups });
    groups.chain(sctp.then(|| Limit::SctpPorts { rule: id() })).collect()
}

fn named(peers: &firewall::Peers) -> usize {
    match peers {
        firewall::Peers::Any => 0,
        firewall::Peers::Only(peers) | firewall::Peers::Except(peers) => {
            peers.iter().filter(|it| matches!(it, Peer::Group(_))).count()
        }
    }
}

fn is_sctp(service: &Service) -> bool {
    matches!(service, Service::Ports { protocol: Protocol::Sctp, .. })
}
