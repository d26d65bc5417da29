//! NSX's firewall objects as the firewall model of [`namespace_network`] has them. What the model
//! does not know becomes opaque, so that nothing is proven by it.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::address::{AddressRange, AddressSet, Cidr};
use namespace_network::firewall::{
    Action, Category, Condition, Direction, Expression, Families, Firewall, Logging, Member,
    Object, Peer, Peers, Policy, Rule, Scope, Sense, Service, Services, State, Switch, Tag,
    TagPattern, Text,
};
use namespace_network::port::{PortRange, Protocol};
use serde_json::Value;

use super::read::{list, name, text};

/// Objects by policy path.
type Objects = BTreeMap<String, Value>;

/// The policy with the firewall's last rule, as NSX ships it.
const DEFAULT: &str = "/infra/domains/default/security-policies/default-layer3-section";

/// The whole rule base.
pub(super) fn firewall(objects: &Objects) -> Firewall {
    let settings = objects.get("/infra/settings/firewall/security");
    let off = settings.is_some_and(|settings| settings["enable_firewall"] == Value::Bool(false));
    let excluded = objects.get("/infra/settings/firewall/security/exclude-list");
    let kinds = |kind: &'static str| {
        objects.iter().filter(move |(path, _)| {
            path.starts_with("/infra/domains/") && path.rsplit('/').nth(1) == Some(kind)
        })
    };
    let policies = kinds("security-policies").filter(|(path, _)| *path != DEFAULT);
    Firewall {
        switch: if off { Switch::Off } else { Switch::On },
        excluded: excluded.map(|list| texts(&list["members"]).collect()).unwrap_or_default(),
        groups: kinds("groups")
            .map(|(path, group)| (path.clone(), expressions(list(&group["expression"]))))
            .collect(),
        policies: policies
            .filter_map(|(path, policy)| self::policy(objects, path, policy))
            .collect(),
        ..Firewall::with_default(last(objects))
    }
}

/// An object with its tags.
pub(super) fn object(path: &str, object: &Value) -> Object {
    let tag = |tag: &Value| Tag::new(text(&tag["scope"]), text(&tag["tag"]));
    Object::new(path, list(&object["tags"]).iter().map(tag))
}

/// What the last rule does; as shipped, it allows.
fn last(objects: &Objects) -> Action {
    let mut rules = below(objects, &format!("{DEFAULT}/rules/"));
    rules.find_map(|(_, rule)| action(rule)).unwrap_or(Action::Allow)
}

/// A policy; none if it is about Ethernet.
fn policy(objects: &Objects, path: &str, policy: &Value) -> Option<Policy> {
    let category = match policy["category"].as_str() {
        Some("Emergency") => Category::Emergency,
        Some("Infrastructure") => Category::Infrastructure,
        Some("Environment") => Category::Environment,
        Some("Application") | None => Category::Application,
        Some(_) => return None,
    };
    let rules = below(objects, &format!("{path}/rules/"));
    Some(Policy {
        path: path.to_owned(),
        name: name(path, policy),
        category,
        sequence: number(&policy["sequence_number"]),
        scope: scope(&policy["scope"]),
        rules: rules.filter_map(|(path, rule)| self::rule(objects, path, rule)).collect(),
        tags: object(path, policy).tags.into_iter().collect(),
        creator: policy["_create_user"].as_str().map(ToOwned::to_owned),
        schedule: policy["scheduler_path"].as_str().map(ToOwned::to_owned),
        unknown: vec![],
    })
}

fn rule(objects: &Objects, path: &str, rule: &Value) -> Option<Rule> {
    let id = path.rsplit('/').next().unwrap_or(path);
    let profile = texts(&rule["profiles"]).find(|profile| profile != "ANY");
    Some(Rule {
        id: id.to_owned(),
        name: name(path, rule),
        sequence: number(&rule["sequence_number"]),
        action: action(rule)?,
        direction: match rule["direction"].as_str() {
            Some("IN") => Direction::In,
            Some("OUT") => Direction::Out,
            _ => Direction::InOut,
        },
        from: peers(&rule["source_groups"], &rule["sources_excluded"]),
        to: peers(&rule["destination_groups"], &rule["destinations_excluded"]),
        services: services(objects, rule),
        scope: scope(&rule["scope"]),
        families: match rule["ip_protocol"].as_str() {
            Some("IPV4") => Families::V4,
            Some("IPV6") => Families::V6,
            _ => Families::Both,
        },
        state: if rule["disabled"] == Value::Bool(true) { State::Disabled } else { State::Enabled },
        logging: Logging::Silent,
        profile,
        unknown: vec![],
    })
}

fn action(rule: &Value) -> Option<Action> {
    match rule["action"].as_str()? {
        "ALLOW" => Some(Action::Allow),
        "DROP" => Some(Action::Drop),
        "REJECT" => Some(Action::Reject),
        "JUMP_TO_APPLICATION" => Some(Action::JumpToApplication),
        _ => None,
    }
}

fn peers(groups: &Value, excluded: &Value) -> Peers {
    let given: Vec<String> = texts(groups).collect();
    if given.is_empty() || given.iter().any(|group| group == "ANY") {
        return Peers::Any;
    }
    let peer = |text: String| match range(&text) {
        Some(range) => Peer::Addresses(range),
        None => Peer::Group(text),
    };
    let peers = given.into_iter().map(peer).collect();
    if *excluded == Value::Bool(true) { Peers::Except(peers) } else { Peers::Only(peers) }
}

fn scope(groups: &Value) -> Scope {
    let given: Vec<String> = texts(groups).collect();
    if given.is_empty() || given.iter().any(|group| group == "ANY") {
        Scope::Everywhere
    } else {
        Scope::Groups(given)
    }
}

/// A rule names services, or brings entries of its own, or both.
fn services(objects: &Objects, rule: &Value) -> Services {
    let named: Vec<String> = texts(&rule["services"]).filter(|service| service != "ANY").collect();
    let own = list(&rule["service_entries"]);
    if named.is_empty() && own.is_empty() {
        return Services::Any;
    }
    let of_named = named.iter().flat_map(|path| {
        let entries = below(objects, &format!("{path}/service-entries/"));
        let known: Vec<_> = entries.map(|(_, entry)| service(entry)).collect();
        if known.is_empty() { vec![Service::Opaque(path.clone())] } else { known }
    });
    Services::Only(of_named.chain(own.iter().map(service)).collect())
}

fn service(entry: &Value) -> Service {
    let known = match entry["resource_type"].as_str() {
        Some("L4PortSetServiceEntry") => ports(entry),
        Some("IPProtocolServiceEntry") => {
            u8::try_from(number(&entry["protocol_number"])).ok().map(Service::Protocol)
        }
        Some("ICMPTypeServiceEntry") => Some(icmp(entry)),
        _ => None,
    };
    known.unwrap_or_else(|| Service::Opaque(entry.to_string()))
}

fn ports(entry: &Value) -> Option<Service> {
    let protocol = match entry["l4_protocol"].as_str()? {
        "TCP" => Protocol::Tcp,
        "UDP" => Protocol::Udp,
        _ => return None,
    };
    let ranges = |ports: &Value| -> Option<Vec<PortRange>> {
        texts(ports).map(|range| range.parse().ok()).collect()
    };
    let (to, from) = (ranges(&entry["destination_ports"])?, ranges(&entry["source_ports"])?);
    Some(Service::Ports { protocol, to, from })
}

fn icmp(entry: &Value) -> Service {
    let protocol = if entry["protocol"] == "ICMPv6" { 58 } else { 1 };
    let number = |name: &str| entry[name].as_u64().and_then(|it| u8::try_from(it).ok());
    match number("icmp_type") {
        Some(kind) => Service::Icmp { protocol, kind, code: number("icmp_code") },
        None => Service::Protocol(protocol),
    }
}

/// A list of operands with conjunctions between; AND binds stronger.
fn expressions(list: &[Value]) -> Expression {
    let alternatives = list.split(|part| part["conjunction_operator"] == "OR");
    let all = |parts: &[Value]| {
        let operands = parts.iter().filter(|part| part["conjunction_operator"].is_null());
        Expression::All(operands.map(expression).collect())
    };
    Expression::Any(alternatives.map(all).collect())
}

fn expression(part: &Value) -> Expression {
    let known = match part["resource_type"].as_str() {
        Some("Condition") => condition(part).map(Expression::Condition),
        Some("NestedExpression") => Some(expressions(list(&part["expressions"]))),
        Some("PathExpression") => {
            Some(Expression::Paths(texts(&part["paths"]).collect::<BTreeSet<_>>()))
        }
        Some("IPAddressExpression") => addresses(&part["ip_addresses"]),
        _ => None,
    };
    known.unwrap_or_else(|| Expression::Opaque(part.to_string()))
}

/// A condition on a tag of something that the model knows.
fn condition(part: &Value) -> Option<Condition> {
    let member = match part["member_type"].as_str()? {
        "Segment" => Member::Segment,
        "SegmentPort" => Member::SegmentPort,
        "VirtualMachine" => Member::VirtualMachine,
        _ => return None,
    };
    let plain = part["key"] == "Tag" && part["scope_operator"] != "NOTEQUALS";
    let value = part["value"].as_str().filter(|_| plain)?;
    let (scope, tag) = value.split_once('|').unwrap_or(("", value));
    let text = |make: fn(String) -> Text| match tag {
        "" => Text::Any,
        tag => make(tag.to_owned()),
    };
    let (tag, sense) = match part["operator"].as_str()? {
        "EQUALS" => (text(Text::Is), Sense::Has),
        "NOTEQUALS" => (text(Text::Is), Sense::Lacks),
        "STARTSWITH" => (text(Text::StartsWith), Sense::Has),
        "ENDSWITH" => (text(Text::EndsWith), Sense::Has),
        "CONTAINS" => (text(Text::Contains), Sense::Has),
        _ => return None,
    };
    let scope = (!scope.is_empty()).then(|| scope.to_owned());
    Some(Condition { member, tag: TagPattern { scope, tag }, sense })
}

/// Addresses, ranges and CIDRs; none if one of them is unreadable.
fn addresses(list: &Value) -> Option<Expression> {
    let ranges: Option<Vec<AddressRange>> = texts(list).map(|text| range(&text)).collect();
    ranges.map(|ranges| Expression::Addresses(AddressSet::from_iter(ranges)))
}

fn range(text: &str) -> Option<AddressRange> {
    text.parse().ok().or_else(|| text.parse::<Cidr>().ok().map(AddressRange::from))
}

fn below<'o>(
    objects: &'o Objects,
    prefix: &str,
) -> impl Iterator<Item = (&'o str, &'o Value)> + use<'o> {
    let prefix = prefix.to_owned();
    let objects = objects.range(prefix.clone()..);
    objects
        .take_while(move |(path, _)| path.starts_with(&prefix))
        .map(|(path, object)| (path.as_str(), object))
}

fn texts(value: &Value) -> impl Iterator<Item = String> {
    list(value).iter().map(text)
}

/// A number that NSX keeps small; what is none is the least.
fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}
