//! Made-up endpoints that stand for all of their kind.

use std::{collections::BTreeSet, net::IpAddr};

use super::{Members, NcpNamespace, scopes};
use crate::{
    address::{AddressRange, AddressSet, Cidr},
    firewall::{
        Attachment, Condition, Endpoint, Expression, Firewall, Member, Object, Peer, Rule, Sense,
        Tag, Text,
    },
    network_policy::Element,
};

/// A name that no rule has, for another namespace.
const OTHER: &str = "(another namespace)";

/// One member of each kind that a namespace can have: a pod and a VM, or whatever is on a segment.
pub(super) fn members(members: &Members) -> Vec<Endpoint> {
    match members {
        Members::Ncp(namespace) => ncp(namespace, Vec::new()),
        Members::Segments(paths) => {
            let on = |path: &String| attached(path, Object::new(path, []), [], Vec::new());
            paths.iter().map(on).collect()
        }
    }
}

/// A pod and a VM of any other namespace beside this one.
pub(super) fn neighbours(members: &Members, addresses: &[IpAddr]) -> Vec<Endpoint> {
    match members {
        Members::Segments(_) => Vec::new(),
        Members::Ncp(NcpNamespace { cluster, .. }) => {
            let (cluster, name, uid) = (cluster.clone(), OTHER.to_owned(), Some(OTHER.to_owned()));
            ncp(&NcpNamespace { cluster, name, uid }, addresses.to_vec())
        }
    }
}

fn ncp(namespace: &NcpNamespace, addresses: Vec<IpAddr>) -> Vec<Endpoint> {
    let NcpNamespace { cluster, name, uid } = namespace;
    let tags = |name_scope: &str, uid_scope: &str| {
        let uid = uid.iter().map(|uid| Tag::new(uid_scope, uid)).collect::<Vec<_>>();
        let named = [Tag::new(scopes::CLUSTER, cluster), Tag::new(name_scope, name)];
        named.into_iter().chain(uid).collect::<BTreeSet<_>>()
    };
    let pod = tags(scopes::PROJECT, scopes::PROJECT_UID);
    let machine = tags(scopes::VIF_PROJECT, scopes::VIF_PROJECT_UID);
    let segment = || Object { path: String::new(), tags: pod.clone() };
    vec![
        attached(&format!("a pod of {name}"), segment(), pod.clone(), addresses.clone()),
        attached(&format!("a VM of {name}"), segment(), machine, addresses),
    ]
}

fn attached(
    name: &str,
    segment: Object,
    port: impl IntoIterator<Item = Tag>,
    addresses: Vec<IpAddr>,
) -> Endpoint {
    let port = Object::new("", port);
    let attachment = Some(Attachment { port, segment, machine: None });
    Endpoint { name: name.to_owned(), addresses, attachment }
}

/// Somebody of whom no rule knows anything: outside of NSX, and in it.
pub(super) fn strangers(addresses: &[IpAddr]) -> Vec<Endpoint> {
    let inside = attached("anybody", Object::default(), [], addresses.to_vec());
    let outside = Endpoint { attachment: None, ..inside.clone() };
    vec![outside, inside]
}

/// An address of each family that no rule is particular about. A set of half of all addresses
/// or more is not particular.
pub(super) fn nowhere<'a>(sets: impl Iterator<Item = &'a AddressSet>) -> Vec<IpAddr> {
    let ranges: Vec<AddressRange> = sets.flat_map(|set| set.ranges().iter().copied()).collect();
    let all = [(Cidr::around([0, 0, 0, 0].into(), 0)), Cidr::around([0u16; 8].into(), 0)];
    let find = |all: Cidr| {
        let particular = ranges.iter().filter(|it| it.first().is_ipv4() == all.is_ipv4()).copied();
        let particular = particular.filter(|it| it.size() < all.size() / 2);
        // The lowest addresses stand for a network, not for somebody.
        let lowest = AddressRange::counted(all.network(), 1 << 24).ok();
        let taken: AddressSet = particular.chain(lowest).collect();
        let free = [all].into_iter().collect::<AddressSet>().minus(&taken);
        free.ranges().first().map_or(all.last(), AddressRange::first)
    };
    all.into_iter().flatten().map(find).collect()
}

/// The sets of addresses that rules name, directly or in groups.
pub(super) fn address_sets(firewall: &Firewall, rules: &[&Rule]) -> Vec<AddressSet> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for peer in rules.iter().flat_map(|rule| rule.from.listed().iter().chain(rule.to.listed())) {
        match peer {
            Peer::Addresses(range) => found.push([*range].into_iter().collect()),
            Peer::Group(path) => collect_sets(firewall, path, &mut seen, &mut found),
        }
    }
    found
}

fn collect_sets(
    firewall: &Firewall,
    path: &str,
    seen: &mut BTreeSet<String>,
    found: &mut Vec<AddressSet>,
) {
    if !seen.insert(path.to_owned()) {
        return;
    }
    let mut open: Vec<&Expression> = firewall.groups.get(path).into_iter().collect();
    while let Some(expression) = open.pop() {
        match expression {
            Expression::Any(parts) | Expression::All(parts) => open.extend(parts),
            Expression::Addresses(set) => found.push(set.clone()),
            Expression::Paths(paths) => {
                for path in paths {
                    collect_sets(firewall, path, seen, found);
                }
            }
            Expression::Condition(_) | Expression::Opaque(_) => {}
        }
    }
}

/// Somebody for each way to be one of those that the rules name.
pub(super) fn named(firewall: &Firewall, rules: &[&Rule], nowhere: &[IpAddr]) -> Vec<Endpoint> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let peers = rules.iter().flat_map(|rule| {
        let peers = rule.from.listed().iter().chain(rule.to.listed());
        peers.map(move |peer| (*rule, peer))
    });
    for (rule, peer) in peers {
        if !seen.insert(peer.to_string()) {
            continue;
        }
        match peer {
            Peer::Addresses(range) => {
                let addresses = vec![range.first()];
                found.push(Endpoint { name: peer.to_string(), addresses, attachment: None });
            }
            Peer::Group(path) => {
                let mut depth = BTreeSet::new();
                for mut somebody in of_group(firewall, path, &mut depth) {
                    somebody.name = called(rule, path)
                        .map_or_else(|| format!("members of {peer}"), |it| it.to_string());
                    if somebody.addresses.is_empty() {
                        somebody.addresses = nowhere.to_vec();
                    }
                    found.push(somebody);
                }
            }
        }
    }
    found
}

/// The element of the rule's NetworkPolicy that a group is for; none if it is for none.
fn called(rule: &Rule, group: &str) -> Option<Element> {
    Element::of_rule(&rule.id)?;
    let id = group.rsplit('/').next()?;
    Element::of_group(&id[id.rfind(&format!("{}-", rule.id))?..])
}

fn of_group(firewall: &Firewall, path: &str, above: &mut BTreeSet<String>) -> Vec<Endpoint> {
    let Some(group) = firewall.groups.get(path) else {
        let segment = Object::new(path, []);
        return vec![attached("", segment, [], Vec::new())];
    };
    if !above.insert(path.to_owned()) {
        return Vec::new();
    }
    let found = of_expression(firewall, group, above);
    above.remove(path);
    found
}

fn of_expression(
    firewall: &Firewall,
    expression: &Expression,
    above: &mut BTreeSet<String>,
) -> Vec<Endpoint> {
    match expression {
        Expression::Any(parts) => {
            parts.iter().flat_map(|part| of_expression(firewall, part, above)).collect()
        }
        Expression::All(parts) => {
            let parts = parts.iter().map(|part| of_expression(firewall, part, above));
            parts.reduce(pairs).unwrap_or_default()
        }
        Expression::Condition(condition) => vec![of_condition(condition)],
        Expression::Addresses(set) => {
            let first = |range: &AddressRange| Endpoint {
                name: String::new(),
                addresses: vec![range.first()],
                attachment: None,
            };
            set.ranges().first().map(first).into_iter().collect()
        }
        Expression::Paths(paths) => {
            paths.iter().flat_map(|path| of_group(firewall, path, above)).collect()
        }
        Expression::Opaque(_) => Vec::new(),
    }
}

fn of_condition(Condition { member, tag, sense }: &Condition) -> Endpoint {
    let text = match &tag.tag {
        Text::Any => "any",
        Text::Is(it) | Text::StartsWith(it) | Text::EndsWith(it) | Text::Contains(it) => it,
    };
    let object = match sense {
        Sense::Has => Object::new("", [Tag::new(tag.scope.as_deref().unwrap_or("any"), text)]),
        Sense::Lacks => Object::default(),
    };
    let mut attachment =
        Attachment { port: Object::default(), segment: Object::default(), machine: None };
    match member {
        Member::Segment => attachment.segment = object,
        Member::SegmentPort => attachment.port = object,
        Member::VirtualMachine => attachment.machine = Some(object),
    }
    Endpoint { name: String::new(), addresses: Vec::new(), attachment: Some(attachment) }
}

/// Each of some with each of others.
#[expect(clippy::needless_pass_by_value, reason = "what `reduce` asks for")]
fn pairs(some: Vec<Endpoint>, others: Vec<Endpoint>) -> Vec<Endpoint> {
    let with = |one: &Endpoint| others.iter().cloned().map(|it| merge(one.clone(), it)).collect();
    some.iter().flat_map::<Vec<_>, _>(with).collect()
}

/// Somebody who is both.
fn merge(mut one: Endpoint, other: Endpoint) -> Endpoint {
    one.addresses.extend(other.addresses);
    let object = |mut one: Object, other: Object| {
        one.tags.extend(other.tags);
        Object { path: if one.path.is_empty() { other.path } else { one.path }, tags: one.tags }
    };
    one.attachment = match (one.attachment, other.attachment) {
        (Some(a), Some(b)) => Some(Attachment {
            port: object(a.port, b.port),
            segment: object(a.segment, b.segment),
            machine: match (a.machine, b.machine) {
                (Some(a), Some(b)) => Some(object(a, b)),
                (one, other) => one.or(other),
            },
        }),
        (one, other) => one.or(other),
    };
    one
}
