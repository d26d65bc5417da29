//! From NetworkPolicy to groups and rules.
//!
//! As nsx-operator does it: one policy that allows, at the ports of the selected pods and for one
//! direction each, and behind it one that drops. Since all that allow come before all that drop,
//! policies add up.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Cluster, Element, Item, NetworkPolicy, ORIGIN_SCOPE, Peers, PolicyType, Ports, SelectedPeer,
    SelectedPort, Selection,
    cluster::Receiver,
    criteria::{MOST_CRITERIA, criteria, groups},
};
use crate::{
    address::{AddressRange, AddressSet},
    firewall::{
        self, Action, Category, Direction, Expression, Firewall, Peer, Policy, Rule, Scope,
        Service, Services, Tag,
        limits::{ADDRESSES, PORTS},
    },
    port::{Port, PortRange, Protocol},
};

/// Place of what a NetworkPolicy allows, in category Application (nsx-operator's, in VPC mode).
pub const ALLOW_SEQUENCE: u32 = 2010;

/// Place of what it drops (nsx-operator's): after everything that any policy allows.
pub const ISOLATION_SEQUENCE: u32 = 2090;

/// Turns each NetworkPolicy into groups and rules.
#[derive(Clone, Debug)]
pub struct Translator<'a> {
    /// The value of the `ncp/cluster` tag of whatever belongs to the cluster.
    pub cluster: &'a str,
    /// The domain to put groups and policies in, by path: `/infra/domains/default`.
    pub domain: &'a str,
    /// The pods, which named ports are looked up in; none if they are not known, and then a
    /// named port is an error.
    pub pods: Option<&'a Cluster>,
}

/// What the objects of one policy are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// What all ids begin with, unique in the domain.
    pub stem: String,
}

/// The groups and policies that mean the same as a NetworkPolicy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// The groups, by path.
    pub groups: BTreeMap<String, Expression>,
    /// What allows, if anything does, and what drops; neither if no pod can be selected.
    pub policies: Vec<Policy>,
    /// What the paths of the groups begin with.
    pub(super) stem: String,
}

/// What cannot be said in groups and rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untranslatable {
    /// A port by name, and no pods to look it up in.
    #[error("{policy}: `{at}` is `{name}`, a name, and the pods are not known; write its number")]
    PortName {
        /// The policy, as `namespace/name`.
        policy: String,
        /// The element of `ports`.
        at: Element,
        /// The port.
        name: String,
    },
    /// A selector whose `In` lists multiply to more criteria than one rule can name: 640, which is
    /// 128 groups of 5.
    #[error("{policy}: `{at}` comes to {criteria} criteria, and a rule can have {MOST_CRITERIA}")]
    Criteria {
        /// The policy, as `namespace/name`.
        policy: String,
        /// The selector, or the peer with several.
        at: Element,
        /// How many there would be.
        criteria: usize,
    },
}

impl Names {
    /// The names of a policy's objects after its own. No name of Kubernetes has a `_`, so no other
    /// policy's objects are called the same.
    #[must_use]
    pub fn of(policy: &NetworkPolicy) -> Self {
        Self { stem: format!("np_{}_{}_", policy.namespace, policy.name) }
    }
}

impl Translation {
    /// The element of the NetworkPolicy that one of the groups is for.
    #[must_use]
    pub fn element(&self, group: &str) -> Option<Element> {
        Element::of_group(group.strip_prefix(&self.stem)?)
    }

    /// Adds groups and policies to a firewall.
    pub fn add_to(self, firewall: &mut Firewall) {
        firewall.groups.extend(self.groups);
        firewall.policies.extend(self.policies);
    }
}

impl Translator<'_> {
    /// The groups and rules that mean the same as a policy. What is more than one object of NSX
    /// takes is spread over several that together mean the same; what is left is for
    /// [`limits`](super::limits).
    ///
    /// # Errors
    ///
    /// If a port is given by name and the pods are not known, or a selector comes to more criteria
    /// than the groups of one rule can hold: the first of these, with its element.
    pub fn translate(
        &self,
        policy: &NetworkPolicy,
        names: &Names,
    ) -> Result<Translation, Untranslatable> {
        let mut draft = Draft { translator: self, policy, names, groups: BTreeMap::new() };
        let selected = Selection { namespaces: None, pods: policy.pods.clone() };
        let scope = draft.pods("scope", Element::PodSelector, &selected)?;
        if scope.is_empty() {
            return Ok(Translation::default());
        }
        let mut allow = Vec::new();
        let mut drop = Vec::new();
        for (of, items) in
            [(PolicyType::Ingress, &policy.ingress), (PolicyType::Egress, &policy.egress)]
        {
            for (index, item) in items.iter().flatten().enumerate() {
                allow.extend(draft.item(of, index, item)?);
            }
            drop.extend(items.iter().map(|_| isolation(of)));
        }
        for (index, rule) in allow.iter_mut().enumerate() {
            rule.sequence = u32::try_from(10 * (index + 1)).unwrap_or(u32::MAX);
        }
        let allow =
            (!allow.is_empty()).then(|| draft.policy("allow", ALLOW_SEQUENCE, &scope, allow));
        let isolation = draft.policy("isolation", ISOLATION_SEQUENCE, &scope, drop);
        let policies: Vec<Policy> = allow.into_iter().chain([isolation]).collect();
        let stem = draft.stem();
        let mut groups = draft.groups;
        groups.retain(|path, _| policies.iter().any(|policy| policy.names(path)));
        Ok(Translation { groups, policies, stem })
    }
}

fn isolation(of: PolicyType) -> Rule {
    let (id, sequence, direction) = match of {
        PolicyType::Ingress => ("ingress-isolation", 10, Direction::In),
        PolicyType::Egress => ("egress-isolation", 20, Direction::Out),
    };
    Rule { direction, ..Rule::new(id, sequence, Action::Drop) }
}

/// One policy's translation in the making.
struct Draft<'a> {
    translator: &'a Translator<'a>,
    policy: &'a NetworkPolicy,
    names: &'a Names,
    groups: BTreeMap<String, Expression>,
}

impl Draft<'_> {
    fn policy(&self, kind: &str, sequence: u32, scope: &[String], rules: Vec<Rule>) -> Policy {
        let path =
            format!("{}/security-policies/{}-{kind}", self.translator.domain, self.names.stem);
        Policy {
            scope: Scope::Groups(scope.to_vec()),
            tags: vec![Tag::new(ORIGIN_SCOPE, self.policy.full_name())],
            ..Policy::new(path, Category::Application, sequence, rules)
        }
    }

    fn stem(&self) -> String {
        format!("{}/groups/{}-", self.translator.domain, self.names.stem)
    }

    /// Keeps a group; returns its path.
    fn group(&mut self, suffix: &str, expression: Expression) -> String {
        let path = format!("{}{suffix}", self.stem());
        self.groups.insert(path.clone(), expression);
        path
    }

    /// The groups of selected pods.
    fn pods(
        &mut self,
        suffix: &str,
        at: Element,
        selection: &Selection,
    ) -> Result<Vec<String>, Untranslatable> {
        let criteria = criteria(self.translator.cluster, &self.policy.namespace, selection);
        let policy = || self.policy.full_name();
        let criteria = criteria.map_err(|criteria| Untranslatable::Criteria {
            policy: policy(),
            at,
            criteria,
        })?;
        let groups = groups(&criteria).into_iter().enumerate();
        Ok(groups.map(|(i, it)| self.group(&numbered(suffix, i), it)).collect())
    }

    /// The rules for one item: one for all numbers, and one for each number that a name stands
    /// for, which holds for the pods that call it so.
    fn item(
        &mut self,
        of: PolicyType,
        index: usize,
        item: &Item,
    ) -> Result<Vec<Rule>, Untranslatable> {
        let (end, direction) = match of {
            PolicyType::Ingress => ("ingress", Direction::In),
            PolicyType::Egress => ("egress", Direction::Out),
        };
        let id = format!("{end}-{index}");
        let mut rules = Vec::new();
        let at = |peer| Element::Peer(of, index, peer);
        let Some(peers) = self.peers(&id, at, &item.peers)? else { return Ok(rules) };
        let rule = |id: &str, services, to: firewall::Peers| {
            let rule = Rule { direction, services, ..Rule::new(id, 0, Action::Allow) };
            match of {
                PolicyType::Ingress => Rule { from: peers.clone(), to, ..rule },
                PolicyType::Egress => Rule { to, ..rule },
            }
        };
        let to = match of {
            PolicyType::Ingress => firewall::Peers::Any,
            PolicyType::Egress => peers.clone(),
        };
        rules.extend(services(&item.ports).map(|services| rule(&id, services, to)));
        for ((protocol, name, port), addresses) in self.named(of, index, item)? {
            let id = format!("{id}-{name}-{}-{port}", protocol.to_string().to_lowercase());
            let groups = self.addresses(&id, &addresses).into_iter().map(Peer::Group).collect();
            let service = Service::ports(protocol, vec![port.into()]);
            let to = firewall::Peers::Only(groups);
            rules.push(rule(&id, Services::Only(vec![service]), to));
        }
        Ok(rules)
    }

    /// Who is at the other end; none if that is nobody.
    fn peers(
        &mut self,
        id: &str,
        at: impl Fn(usize) -> Element,
        peers: &Peers,
    ) -> Result<Option<firewall::Peers>, Untranslatable> {
        let peers = match peers {
            Peers::Any => return Ok(Some(firewall::Peers::Any)),
            Peers::Only(peers) => peers,
        };
        let mut groups = Vec::new();
        for (index, peer) in peers.iter().enumerate() {
            let suffix = format!("{id}-{index}");
            match peer {
                SelectedPeer::Pods(selection) => {
                    groups.extend(self.pods(&suffix, at(index), selection)?);
                }
                SelectedPeer::Block(block) => {
                    groups.extend(self.addresses(&suffix, &block.addresses()));
                }
            }
        }
        let peers: Vec<Peer> = groups.into_iter().map(Peer::Group).collect();
        Ok((!peers.is_empty()).then_some(firewall::Peers::Only(peers)))
    }

    /// The groups of addresses: together they have all of them, and each no more than NSX takes,
    /// of one family.
    fn addresses(&mut self, suffix: &str, addresses: &AddressSet) -> Vec<String> {
        let families =
            addresses.ranges().chunk_by(|a, b| a.first().is_ipv4() == b.first().is_ipv4());
        let parts = families.flat_map(|family| family.chunks(ADDRESSES)).enumerate();
        let parts = parts.map(|(i, part)| (i, part.iter().copied().collect()));
        parts.map(|(i, it)| self.group(&numbered(suffix, i), Expression::Addresses(it))).collect()
    }

    /// What named ports stand for, and at which addresses: of a receiver, those at which the peers
    /// mean it.
    fn named(&self, of: PolicyType, index: usize, item: &Item) -> Result<Named, Untranslatable> {
        let mut named = BTreeMap::<_, Vec<AddressRange>>::new();
        let Ports::Only(ports) = &item.ports else { return Ok(BTreeMap::new()) };
        for (number, port) in ports.iter().enumerate() {
            let SelectedPort::Named(protocol, name) = port else { continue };
            let Some(cluster) = self.translator.pods else {
                let (policy, at) = (self.policy.full_name(), Element::Port(of, index, number));
                return Err(Untranslatable::PortName { policy, at, name: name.clone() });
            };
            let receivers: Vec<Receiver<'_>> = match of {
                PolicyType::Ingress => cluster.selected(self.policy).collect(),
                PolicyType::Egress => cluster.among(&item.peers, self.policy).collect(),
            };
            for Receiver { pod, addresses } in receivers {
                let called = pod.ports.iter().filter(|it| it.name.as_ref() == Some(name));
                for it in called.filter(|it| it.protocol == *protocol) {
                    let at = named.entry((*protocol, name.clone(), it.port)).or_default();
                    at.extend(addresses.ranges());
                }
            }
        }
        // A rule whose other end is nobody is not one that NSX takes.
        named.retain(|_, addresses| !addresses.is_empty());
        let set =
            |(port, addresses): (_, Vec<AddressRange>)| (port, addresses.into_iter().collect());
        Ok(named.into_iter().map(set).collect())
    }
}

/// Ports that a name stands for, with addresses of the pods that call them so; never none.
type Named = BTreeMap<(Protocol, String, Port), AddressSet>;

/// The first of several has the name itself.
fn numbered(suffix: &str, index: usize) -> String {
    if index == 0 { suffix.to_owned() } else { format!("{suffix}.{index}") }
}

/// The services of ports that are given by number; none if there are none.
fn services(ports: &Ports) -> Option<Services> {
    let ports = match ports {
        Ports::Any => return Some(Services::Any),
        Ports::Only(ports) => ports,
    };
    let mut whole = BTreeSet::new();
    let mut numbers = BTreeMap::<Protocol, Vec<PortRange>>::new();
    for port in ports {
        match port {
            SelectedPort::All(protocol) => {
                whole.insert(*protocol);
            }
            SelectedPort::Numbers(protocol, range) => {
                numbers.entry(*protocol).or_default().push(*range);
            }
            SelectedPort::Named(..) => {}
        }
    }
    numbers.retain(|protocol, _| !whole.contains(protocol));
    let all = whole.into_iter().map(|protocol| match protocol {
        // NSX has services for ports of TCP and UDP only.
        Protocol::Sctp => Service::Protocol(protocol.number()),
        Protocol::Tcp | Protocol::Udp => Service::ports(protocol, Vec::new()),
    });
    let some = numbers.into_iter().flat_map(|(protocol, ports)| chunks(protocol, ports));
    let services: Vec<Service> = all.chain(some).collect();
    (!services.is_empty()).then_some(Services::Only(services))
}

/// As many services as NSX needs for these ports.
fn chunks(protocol: Protocol, mut ports: Vec<PortRange>) -> Vec<Service> {
    ports.sort_unstable();
    ports.dedup();
    let weight = |range: &PortRange| if range.first() == range.last() { 1 } else { 2 };
    let mut chunks: Vec<Vec<PortRange>> = Vec::new();
    for range in ports {
        let fits = |it: &&mut Vec<PortRange>| {
            it.iter().map(weight).sum::<usize>() + weight(&range) <= PORTS
        };
        match chunks.last_mut().filter(fits) {
            Some(chunk) => chunk.push(range),
            None => chunks.push(vec![range]),
        }
    }
    chunks.into_iter().map(|ports| Service::ports(protocol, ports)).collect()
}

#[cfg(test)]
mod tests;
