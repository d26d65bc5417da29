//! Objects of somebody else's, as NSX takes them.

use serde_json::{Value as Json, json};

use super::case::Deed;

pub(super) const DOMAIN: &str = "/infra/domains/default";

/// The policy that most cases are about.
pub(super) const X: &str = "/infra/domains/default/security-policies/x";

/// Rules in policy `x`, first in category Emergency, one after the other.
pub(super) fn x(rules: impl IntoIterator<Item = Json>) -> Deed {
    Deed::Put(X.to_owned(), policy("Emergency", 1, rules))
}

/// A policy somewhere.
pub(super) fn policy(category: &str, sequence: u32, rules: impl IntoIterator<Item = Json>) -> Json {
    let rules = rules.into_iter().enumerate().map(|(at, rule)| {
        let id = format!("r{}", at + 1);
        let place = json!({ "id": id, "display_name": id, "sequence_number": at + 1 });
        over(place, &rule)
    });
    json!({ "category": category, "sequence_number": sequence, "rules": rules.collect::<Vec<_>>() })
}

pub(super) fn section(id: &str, policy: Json) -> Deed {
    Deed::Put(format!("{DOMAIN}/security-policies/{id}"), policy)
}

/// A rule that allows, as far as `what` does not say otherwise.
pub(super) fn allow(what: &Json) -> Json {
    over(json!({ "action": "ALLOW" }), what)
}

pub(super) fn drop(what: &Json) -> Json {
    over(json!({ "action": "DROP" }), what)
}

/// The one with the fields of the other on top.
pub(super) fn over(mut below: Json, above: &Json) -> Json {
    let fields = above.as_object().into_iter().flatten();
    for (name, value) in fields {
        below[name] = value.clone();
    }
    below
}

/// The same for what comes in.
pub(super) fn inward(what: &Json) -> Json {
    over(json!({ "direction": "IN" }), what)
}

pub(super) fn anything() -> Json {
    json!({})
}

/// What may match, or may not.
pub(super) fn maybe() -> Json {
    json!({ "profiles": ["/infra/context-profiles/SSL"] })
}

pub(super) fn tcp(ports: &str) -> Json {
    entry(&json!({ "resource_type": "L4PortSetServiceEntry", "l4_protocol": "TCP",
                   "destination_ports": [ports] }))
}

pub(super) fn entry(entry: &Json) -> Json {
    json!({ "service_entries": [over(json!({ "id": "e", "display_name": "e" }), entry)] })
}

pub(super) fn from(peer: &str) -> Json {
    json!({ "source_groups": [peer] })
}

pub(super) fn to(peer: &str) -> Json {
    json!({ "destination_groups": [peer] })
}

pub(super) fn between(from: &str, to: &str) -> Json {
    json!({ "source_groups": [from], "destination_groups": [to] })
}

/// Path of a group.
pub(super) fn at(name: &str) -> String {
    format!("{DOMAIN}/groups/{name}")
}

pub(super) fn from_group(name: &str) -> Json {
    from(&at(name))
}

pub(super) fn group(name: &str, expression: &Json) -> Deed {
    let body = json!({ "display_name": name, "expression": expression });
    Deed::Put(at(name), body)
}

/// Addresses and networks.
pub(super) fn networks(name: &str, some: &[&str]) -> Deed {
    group(name, &json!([{ "resource_type": "IPAddressExpression", "ip_addresses": some }]))
}

/// Ports by their tag.
pub(super) fn ports(name: &str, operator: &str, tag: &str) -> Deed {
    group(name, &json!([tagged("SegmentPort", operator, tag)]))
}

pub(super) fn tagged(member: &str, operator: &str, tag: &str) -> Json {
    json!({ "resource_type": "Condition", "member_type": member, "key": "Tag",
            "operator": operator, "value": tag })
}

pub(super) fn path_to(paths: &[&str]) -> Json {
    json!([{ "resource_type": "PathExpression", "paths": paths }])
}
