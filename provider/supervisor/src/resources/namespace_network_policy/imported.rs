//! From groups and rules back to what a user would have written.
//!
//! What cannot be told from the objects is told by the next read: it translates the result again,
//! and every difference is drift.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::{
    address::{AddressSet, Cidr},
    firewall::{
        Condition, Direction, Expression, Member, Peers, Policy, Rule, Sense, Service, Services,
        Text,
    },
    isolation::scopes,
    network_policy::is_ncps,
    port::{PortRange, Protocol},
};
use tf_framework::Optional;

use super::{
    model::{EgressRule, IngressRule, IpBlock, Model, Peer, PolicyType, Ports},
    selector::{LabelExpression, LabelSelector, NAMESPACE_NAME, Operator},
    translation::Ids,
};

/// Groups by path.
pub(crate) type Groups = BTreeMap<String, Expression>;

/// The attributes that the objects tell of; the others stay as they are in `model`.
pub(crate) fn fill(model: &mut Model, policies: &[Policy], groups: &Groups, ids: &Ids) {
    let own = model.namespace.known().map(ToString::to_string).unwrap_or_default();
    let reader = Reader { groups, ids, own: &own };
    let scope = reader.criteria(&ids.scope());
    model.ncp_cluster = cluster_of(&scope).into();
    let (_, pods) = selectors(&scope);
    model.pod_selector = if pods.is_empty() { Optional::null() } else { pods.into() };
    let rules = |direction: Direction, path: &str| -> Vec<&Rule> {
        let policy = policies.iter().find(|it| it.path == path);
        let rules = policy.map(Policy::ordered).unwrap_or_default();
        rules.into_iter().filter(|it| it.direction == direction).collect()
    };
    let ingress = rules(Direction::In, &ids.allow()).into_iter().map(|rule| IngressRule {
        from: reader.peers(rule, &rule.from).into(),
        ports: ports(&rule.services).into(),
    });
    let egress = rules(Direction::Out, &ids.allow()).into_iter().map(|rule| EgressRule {
        to: reader.peers(rule, &rule.to).into(),
        ports: ports(&rule.services).into(),
    });
    let (ingress, egress): (Vec<_>, Vec<_>) = (ingress.collect(), egress.collect());
    let drops = |direction| !rules(direction, &ids.isolation()).is_empty();
    model.policy_types = types(drops(Direction::In), drops(Direction::Out), !egress.is_empty());
    model.ingress = Some(ingress).filter(|it| !it.is_empty()).into();
    model.egress = Some(egress).filter(|it| !it.is_empty()).into();
}

/// The value of NCP's tag that a group of workloads is tied to, and the labels of its pods.
pub(crate) fn workloads(group: &Expression) -> (Option<String>, LabelSelector) {
    let mut labels = criteria(group);
    for criterion in &mut labels {
        criterion.retain(|it| it.tag.scope.as_deref().is_none_or(|scope| !is_ncps(scope)));
    }
    let cluster = cluster_of(&criteria(group));
    (cluster, selectors(&labels).1)
}

fn cluster_of(criteria: &[Vec<&Condition>]) -> Option<String> {
    let conditions = criteria.iter().flatten();
    let mut tags = conditions.filter(|it| it.tag.scope.as_deref() == Some(scopes::CLUSTER));
    tags.find_map(|it| match &it.tag.tag {
        Text::Is(tag) => Some(tag.clone()),
        _ => None,
    })
}

/// The directions, if they are not those that follow from the rules.
fn types(ingress: bool, egress: bool, has_egress: bool) -> Optional<Vec<PolicyType>> {
    if ingress && egress == has_egress {
        return Optional::null();
    }
    let ingress = ingress.then_some(PolicyType::Ingress);
    let egress = egress.then_some(PolicyType::Egress);
    ingress.into_iter().chain(egress).collect::<Vec<_>>().into()
}

struct Reader<'a> {
    groups: &'a Groups,
    ids: &'a Ids,
    own: &'a str,
}

impl<'a> Reader<'a> {
    /// The criteria of a group and of those that continue it.
    fn criteria(&self, path: &str) -> Vec<Vec<&'a Condition>> {
        let continued = (1..).map(|number| format!("{path}.{number}"));
        let paths = std::iter::once(path.to_owned()).chain(continued);
        let groups = paths.map_while(|path| self.groups.get(&path));
        groups.flat_map(criteria).collect()
    }

    fn peers(&self, rule: &Rule, peers: &Peers) -> Vec<Peer> {
        if *peers == Peers::Any {
            return vec![Peer { any: true.into(), ..Peer::default() }];
        }
        let paths = (0..).map(|index| self.ids.group(&format!("-{}-{index}", rule.id)));
        let paths = paths.take_while(|path| self.groups.contains_key(path));
        paths.flat_map(|path| self.peer(&path)).collect()
    }

    fn peer(&self, path: &str) -> Vec<Peer> {
        if let Some(Expression::Addresses(addresses)) = self.groups.get(path) {
            let block = |block| Peer { ip_block: block, ..Peer::default() };
            return vec![block(ip_block(addresses).into())];
        }
        let (namespaces, pods) = selectors(&self.criteria(path));
        let is_own = namespaces == equal(NAMESPACE_NAME, self.own);
        let selector = |it: LabelSelector| if it.is_empty() { Optional::null() } else { it.into() };
        vec![Peer {
            // One of the two has to be there: all workloads of this namespace are an empty selector.
            pod_selector: if is_own { pods.into() } else { selector(pods) },
            namespace_selector: if is_own { Optional::null() } else { selector(namespaces) },
            ..Peer::default()
        }]
    }
}

fn criteria(group: &Expression) -> Vec<Vec<&Condition>> {
    fn conditions(expression: &Expression) -> Vec<&Condition> {
        match expression {
            Expression::Condition(it) => vec![it],
            Expression::All(parts) => parts.iter().flat_map(conditions).collect(),
            _ => Vec::new(),
        }
    }
    match group {
        Expression::Any(parts) => parts.iter().map(conditions).collect(),
        single => vec![conditions(single)],
    }
}

/// The selectors of namespaces and of pods.
fn selectors(criteria: &[Vec<&Condition>]) -> (LabelSelector, LabelSelector) {
    let of = |member: Member| {
        let conditions = criteria
            .iter()
            .flatten()
            .filter(|it| it.member == member && it.tag.scope.as_deref() != Some(scopes::CLUSTER));
        selector(conditions.copied())
    };
    (of(Member::Segment), of(Member::SegmentPort))
}

fn equal(key: &str, value: &str) -> LabelSelector {
    let labels = BTreeMap::from([(key.to_owned(), value.to_owned())]);
    LabelSelector { match_labels: labels.into(), ..LabelSelector::default() }
}

/// The selector whose criteria have these conditions in all.
fn selector<'a>(conditions: impl Iterator<Item = &'a Condition>) -> LabelSelector {
    let mut values: BTreeMap<(String, u8), BTreeSet<String>> = BTreeMap::new();
    for Condition { member, tag, sense } in conditions {
        let key = tag.scope.clone().unwrap_or_default();
        let is_project = *member == Member::Segment && key == scopes::PROJECT;
        let key = if is_project { NAMESPACE_NAME.to_owned() } else { key };
        let (kind, value) = match (&tag.tag, sense) {
            (Text::Is(value), Sense::Has) => (0, Some(value)),
            (Text::Is(value), Sense::Lacks) => (1, Some(value)),
            (_, Sense::Has) => (2, None),
            (_, Sense::Lacks) => (3, None),
        };
        values.entry((key, kind)).or_default().extend(value.cloned());
    }
    // That there is a namespace at all goes without saying where some are left out.
    if values.contains_key(&(NAMESPACE_NAME.to_owned(), 1)) {
        values.remove(&(NAMESPACE_NAME.to_owned(), 2));
    }
    let mut labels = BTreeMap::new();
    let mut expressions = Vec::new();
    for ((key, kind), values) in values {
        match (kind, values.first()) {
            (0, Some(value)) if values.len() == 1 => {
                labels.insert(key, value.clone());
            }
            _ => expressions.push(expression(key, kind, values)),
        }
    }
    LabelSelector {
        match_labels: Some(labels).filter(|it| !it.is_empty()).into(),
        match_expressions: Some(expressions).filter(|it| !it.is_empty()).into(),
    }
}

fn expression(key: String, kind: u8, values: BTreeSet<String>) -> LabelExpression {
    let operator = match kind {
        0 => Operator::In,
        1 => Operator::NotIn,
        2 => Operator::Exists,
        _ => Operator::DoesNotExist,
    };
    let values = Some(values.into_iter().collect::<Vec<_>>()).filter(|it| !it.is_empty());
    LabelExpression { key: key.into(), operator: operator.into(), values: values.into() }
}

/// The smallest network around the addresses, without what is missing in it; none if they are of
/// two families.
fn ip_block(addresses: &AddressSet) -> Option<IpBlock> {
    let ranges = addresses.ranges();
    let (first, last) = (ranges.first()?.first(), ranges.last()?.last());
    let around = (0..=128).rev().filter_map(|prefix| Cidr::around(first, prefix));
    let cidr = around.into_iter().find(|it| it.contains(first) && it.contains(last))?;
    let whole: AddressSet = [cidr].into_iter().collect();
    let except = Some(whole.minus(addresses).cidrs()).filter(|it| !it.is_empty());
    Some(IpBlock { cidr: cidr.into(), except: except.into() })
}

fn ports(services: &Services) -> Vec<Ports> {
    match services {
        Services::Any => vec![Ports { any: true.into(), ..Ports::default() }],
        Services::Only(some) => some.iter().flat_map(service).collect(),
    }
}

fn service(service: &Service) -> Vec<Ports> {
    let named = |protocol: Protocol| match protocol {
        Protocol::Tcp => Optional::null(),
        other => other.into(),
    };
    match service {
        Service::Ports { protocol, to, .. } if to.is_empty() => {
            vec![Ports { protocol: (*protocol).into(), any: true.into(), ..Ports::default() }]
        }
        Service::Ports { protocol, to, .. } => to
            .iter()
            .map(|range: &PortRange| Ports {
                protocol: named(*protocol),
                port: i64::from(range.first().get()).into(),
                end_port: Some(i64::from(range.last().get()))
                    .filter(|_| range.first() != range.last())
                    .into(),
                any: Optional::null(),
            })
            .collect(),
        Service::Protocol(number) => {
            let all = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];
            let protocol = all.into_iter().find(|it| it.number() == *number);
            vec![Ports { protocol: protocol.into(), any: true.into(), ..Ports::default() }]
        }
        Service::Icmp { .. } | Service::Opaque(_) => Vec::new(),
    }
}
