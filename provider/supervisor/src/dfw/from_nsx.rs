//! In from NSX: everything, and what is not understood as such.

use std::{collections::BTreeMap, str::FromStr};

use namespace_network::{
    address::{AddressRange, AddressSet, Cidr},
    firewall::{
        Action, Category, Condition, Direction, Expression, Families, Logging, Member, Peer, Peers,
        Policy, Rule, Scope, Sense, Service, Services, State, Tag, TagPattern, Text,
    },
    port::{PortRange, Protocol},
};
use nsx::objects::{self as wire, Key, MemberType, Operator, Word};

use super::fields;

const ANY: &str = "ANY";

/// Categories whose place is known.
const CATEGORIES: [&str; 4] = ["Emergency", "Infrastructure", "Environment", "Application"];

/// Path of the section that NSX asks last, whatever its number is. Another policy of that id, in
/// another domain, is like any other.
const LAST: &str = "/infra/domains/default/security-policies/default-layer3-section";

/// Who belongs to a group.
#[must_use]
pub fn expression(group: &wire::Group) -> Expression {
    if let Some(field) = fields::unknown(&group.others, fields::GROUP).pop() {
        return Expression::Opaque(field);
    }
    if group.others.get("extended_expression").is_some_and(fields::says_something) {
        return Expression::Opaque("extended_expression".to_owned());
    }
    joined(group.expression.as_deref().unwrap_or_default())
}

/// Expressions with conjunctions between them: AND binds closer than OR.
fn joined(expressions: &[wire::Expression]) -> Expression {
    let mut any: Vec<Vec<Expression>> = vec![Vec::new()];
    for (index, it) in expressions.iter().enumerate() {
        match it {
            wire::Expression::Conjunction(word) if index % 2 == 1 => {
                if word.conjunction_operator != Some(Word::And) {
                    any.push(Vec::new());
                }
            }
            _ if index % 2 == 1 => {
                return Expression::Opaque("two expressions side by side".into());
            }
            it => any.last_mut().expect("there is always one").push(single(it)),
        }
    }
    let mut parts: Vec<Expression> = any
        .into_iter()
        .filter(|all| !all.is_empty())
        .map(|mut all| if all.len() == 1 { all.remove(0) } else { Expression::All(all) })
        .collect();
    if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) }
}

fn single(expression: &wire::Expression) -> Expression {
    match expression {
        wire::Expression::Condition(it) => condition(it),
        wire::Expression::Nested(it) => joined(it.expressions.as_deref().unwrap_or_default()),
        wire::Expression::IpAddresses(it) => {
            let texts = it.ip_addresses.as_deref().unwrap_or_default();
            let ranges: Option<Vec<AddressRange>> = texts.iter().map(|it| range(it)).collect();
            match ranges {
                Some(ranges) => Expression::Addresses(ranges.into_iter().collect::<AddressSet>()),
                None => Expression::Opaque(texts.join(", ")),
            }
        }
        wire::Expression::Paths(it) => {
            Expression::Paths(it.paths.iter().flatten().cloned().collect())
        }
        wire::Expression::Conjunction(_) => Expression::Opaque("a conjunction of nothing".into()),
        wire::Expression::Other(it) => {
            let kind = it.get("resource_type").and_then(|it| it.as_str());
            Expression::Opaque(kind.unwrap_or("an expression").to_owned())
        }
    }
}

fn condition(condition: &wire::Condition) -> Expression {
    let shown = || Expression::Opaque(condition.value.clone().unwrap_or_default());
    let member = match condition.member_type {
        Some(MemberType::Segment) => Member::Segment,
        Some(MemberType::SegmentPort) => Member::SegmentPort,
        Some(MemberType::VirtualMachine) => Member::VirtualMachine,
        _ => return shown(),
    };
    if condition.key != Some(Key::Tag)
        || condition.scope_operator.as_ref().is_some_and(|it| *it != wire::ScopeOperator::Equals)
    {
        return shown();
    }
    let value = condition.value.as_deref().unwrap_or_default();
    let (scope, tag) = value.split_once('|').map_or((None, value), |(scope, tag)| {
        (Some(scope).filter(|it| !it.is_empty()).map(str::to_owned), tag)
    });
    let (text, sense) = match (&condition.operator, tag) {
        (Some(Operator::Equals) | None, "") => (Text::Any, Sense::Has),
        (Some(Operator::Equals) | None, tag) => (Text::Is(tag.to_owned()), Sense::Has),
        (Some(Operator::NotEquals), "") => (Text::Any, Sense::Lacks),
        (Some(Operator::NotEquals), tag) => (Text::Is(tag.to_owned()), Sense::Lacks),
        (Some(Operator::StartsWith), tag) => (Text::StartsWith(tag.to_owned()), Sense::Has),
        (Some(Operator::EndsWith), tag) => (Text::EndsWith(tag.to_owned()), Sense::Has),
        (Some(Operator::Contains), tag) => (Text::Contains(tag.to_owned()), Sense::Has),
        _ => return shown(),
    };
    Condition { member, tag: TagPattern { scope, tag: text }, sense }.into()
}

/// An address, a CIDR or a range.
fn range(text: &str) -> Option<AddressRange> {
    let cidr = || Some(text.parse::<ipnet::IpNet>().ok()?.trunc());
    let cidr = || Cidr::new(cidr()?.network(), cidr()?.prefix_len()).ok().map(Cidr::range);
    AddressRange::from_str(text).ok().or_else(cidr)
}

/// A policy with the rules that are in it, which name no services by path.
#[must_use]
pub fn decided(found: &wire::SecurityPolicy) -> Option<Policy> {
    policy(found, found.rules.as_deref().unwrap_or_default(), &BTreeMap::new())
}

/// A policy with its rules. `services` are those that rules name by path.
#[must_use]
pub fn policy(
    policy: &wire::SecurityPolicy,
    rules: &[wire::Rule],
    services: &BTreeMap<String, Vec<wire::ServiceEntry>>,
) -> Option<Policy> {
    let category = match policy.category.as_deref() {
        Some("Infrastructure") => Category::Infrastructure,
        Some("Environment") => Category::Environment,
        Some("Application") | None => Category::Application,
        // It decides over frames, not over who reaches whom.
        Some("Ethernet") => return None,
        Some(_) => Category::Emergency,
    };
    let meta = &policy.meta;
    let path = meta.path.clone().unwrap_or_default();
    let category = if path == LAST { Category::Last } else { category };
    let place = policy.category.as_deref().filter(|it| !CATEGORIES.contains(it));
    // Nobody can say what comes before a category that is not known: nothing, for all that is known.
    let sequence = if place.is_some() { 0 } else { number(policy.sequence_number) };
    let unknown = fields::unknown(&policy.others, fields::POLICY);
    let tags = meta.tags.iter().flatten().map(|tag| {
        Tag::new(tag.scope.clone().unwrap_or_default(), tag.tag.clone().unwrap_or_default())
    });
    Some(Policy {
        name: meta.display_name.clone().or_else(|| meta.id.clone()).unwrap_or_default(),
        path,
        category,
        sequence,
        scope: scope(policy.scope.as_ref()),
        rules: rules.iter().map(|it| rule(it, services)).collect(),
        tags: tags.collect(),
        creator: meta.create_user.clone(),
        schedule: text(&policy.others, "scheduler_path"),
        unknown: unknown.into_iter().chain(place.map(|it| format!("category {it}"))).collect(),
    })
}

fn text(others: &nsx::Others, name: &str) -> Option<String> {
    others.get(name).and_then(|it| it.as_str()).filter(|it| !it.is_empty()).map(str::to_owned)
}

fn number(number: Option<i64>) -> u32 {
    number.and_then(|it| u32::try_from(it).ok()).unwrap_or_default()
}

fn rule(rule: &wire::Rule, services: &BTreeMap<String, Vec<wire::ServiceEntry>>) -> Rule {
    let id = rule.meta.id.clone().unwrap_or_default();
    let action = match rule.action {
        Some(wire::Action::Drop) => Action::Drop,
        Some(wire::Action::Reject) => Action::Reject,
        Some(wire::Action::JumpToApplication) => Action::JumpToApplication,
        // An action that is not known is judged as the worst one.
        Some(_) | None => Action::Allow,
    };
    let direction = match rule.direction {
        Some(wire::Direction::In) => Direction::In,
        Some(wire::Direction::Out) => Direction::Out,
        Some(_) | None => Direction::InOut,
    };
    let families = match rule.ip_protocol {
        Some(wire::IpProtocol::Ipv4) => Families::V4,
        Some(wire::IpProtocol::Ipv6) => Families::V6,
        Some(_) | None => Families::Both,
    };
    let profile = rule.profiles.iter().flatten().find(|it| *it != ANY).cloned();
    Rule {
        name: rule.meta.display_name.clone().unwrap_or_else(|| id.clone()),
        sequence: number(rule.sequence_number),
        direction,
        from: peers(rule.source_groups.as_ref(), rule.sources_excluded),
        to: peers(rule.destination_groups.as_ref(), rule.destinations_excluded),
        services: rule_services(rule, services),
        scope: scope(rule.scope.as_ref()),
        families,
        state: if rule.disabled == Some(true) { State::Disabled } else { State::Enabled },
        logging: if rule.logged == Some(true) { Logging::Logged } else { Logging::Silent },
        profile,
        unknown: fields::unknown(&rule.others, fields::RULE),
        ..Rule::new(id, 0, action)
    }
}

/// To NSX an empty list is anybody.
fn peers(groups: Option<&Vec<String>>, excluded: Option<bool>) -> Peers {
    let groups = groups.map(Vec::as_slice).unwrap_or_default();
    if groups.is_empty() || groups.iter().any(|it| it == ANY) {
        return Peers::Any;
    }
    let peers = groups.iter().map(|it| match range(it) {
        Some(range) => Peer::Addresses(range),
        None => Peer::Group(it.clone()),
    });
    let peers = peers.collect();
    if excluded == Some(true) { Peers::Except(peers) } else { Peers::Only(peers) }
}

fn scope(groups: Option<&Vec<String>>) -> Scope {
    match groups {
        Some(groups) if !groups.is_empty() && !groups.iter().any(|it| it == ANY) => {
            Scope::Groups(groups.clone())
        }
        _ => Scope::Everywhere,
    }
}

fn rule_services(
    rule: &wire::Rule,
    services: &BTreeMap<String, Vec<wire::ServiceEntry>>,
) -> Services {
    let mut some = Vec::new();
    let paths = rule.services.iter().flatten().filter(|it| *it != ANY);
    for path in paths {
        match services.get(path) {
            Some(entries) => some.extend(entries.iter().map(service)),
            None => some.push(Service::Opaque(path.clone())),
        }
    }
    some.extend(rule.service_entries.iter().flatten().map(service));
    if some.is_empty() { Services::Any } else { Services::Only(some) }
}

fn service(entry: &wire::ServiceEntry) -> Service {
    let opaque = || Service::Opaque("a service entry".to_owned());
    match entry {
        wire::ServiceEntry::L4(it) => {
            let protocol = match it.l4_protocol {
                Some(wire::L4Protocol::Tcp) => Protocol::Tcp,
                Some(wire::L4Protocol::Udp) => Protocol::Udp,
                Some(_) | None => return opaque(),
            };
            let ports = |texts: &Option<Vec<String>>| -> Option<Vec<PortRange>> {
                texts.iter().flatten().map(|it| it.parse().ok()).collect()
            };
            match (ports(&it.destination_ports), ports(&it.source_ports)) {
                (Some(to), Some(from)) => Service::Ports { protocol, to, from },
                _ => opaque(),
            }
        }
        wire::ServiceEntry::Icmp(it) => {
            let protocol = if it.protocol == Some(wire::IcmpProtocol::V6) { 58 } else { 1 };
            let number = |it: Option<i64>| it.map(u8::try_from).transpose();
            match (number(it.icmp_type), number(it.icmp_code)) {
                (Ok(Some(kind)), Ok(code)) => Service::Icmp { protocol, kind, code },
                (Ok(None), Ok(None)) => Service::Protocol(protocol),
                _ => opaque(),
            }
        }
        wire::ServiceEntry::Protocol(it) => {
            let number = it.protocol_number.and_then(|it| u8::try_from(it).ok());
            number.map_or_else(opaque, Service::Protocol)
        }
        wire::ServiceEntry::Other(_) => opaque(),
    }
}
