//! What a write keeps of what is there. Pure.
//!
//! A leaf that an attribute covers is as the configuration says, and absent means absent. A leaf that
//! none covers stays, at any depth. A list is one leaf, except tags, which are told apart by scope and
//! tag, and lists whose elements have ids. What comes out is the whole object: so it does not matter
//! whether NSX merges what a write leaves out, or clears it.

use nsx::{
    Hierarchy, Id, Object, Tag,
    objects::{
        Group, HttpMonitor, LbPool, LbService, LocaleServices, Rule, SecurityPolicy, Segment,
        TcpMonitor, Tier1, VirtualServer,
    },
};
use serde_json::{Map, Value};

use crate::ownership::{INTENT_SCOPE, is_mark};

type Fields = Map<String, Value>;

/// A kind of object that resources write.
pub trait Covered: Object {
    /// The leaves that attributes cover, or that have one value whatever the configuration says: where
    /// what is wanted has none, there is none. What is wanted and does not stand here is written, too.
    const LEAVES: &'static [&'static str];
    /// Lists whose elements have ids.
    const BY_ID: &'static [&'static str] = &[];

    /// Deletes what is below the object and is not wanted: a call that writes many objects leaves
    /// there what it does not name.
    fn remove_rest(_id: &Id<Self>, _found: &Self, _wanted: &Self, _call: &mut Hierarchy) {}
}

impl Covered for Segment {
    const LEAVES: &'static [&'static str] =
        &["connectivity_path", "description", "subnets", "vlan_ids"];
}

impl Covered for Group {
    // Whoever is in it by other means would be closed in, or left out.
    const LEAVES: &'static [&'static str] = &["expression", "extended_expression"];
}

impl Covered for SecurityPolicy {
    // A schedule would open a namespace when it is over; a profile leaves traffic to other rules.
    const LEAVES: &'static [&'static str] = &[
        "scheduler_path",
        "scope",
        "rules",
        "rules/*/destination_groups",
        "rules/*/ip_protocol",
        "rules/*/profiles",
        "rules/*/scope",
        "rules/*/service_entries",
        "rules/*/services",
        "rules/*/source_groups",
    ];
    const BY_ID: &'static [&'static str] = &["rules"];

    fn remove_rest(id: &Id<Self>, found: &Self, wanted: &Self, call: &mut Hierarchy) {
        let keeps = |rule: &str| {
            wanted.rules.iter().flatten().any(|it| it.meta.id.as_deref() == Some(rule))
        };
        let rules = found.rules.iter().flatten().filter_map(|it| it.meta.id.as_deref());
        for rule in rules.filter(|rule| !keeps(rule)) {
            call.delete(&id.child::<Rule>(rule));
        }
    }
}

impl Covered for Tier1 {
    const LEAVES: &'static [&'static str] = &["route_advertisement_types", "tier0_path"];
}

impl Covered for LocaleServices {
    const LEAVES: &'static [&'static str] = &["edge_cluster_path"];
}

impl Covered for LbService {
    const LEAVES: &'static [&'static str] = &["connectivity_path"];
}

impl Covered for LbPool {
    const LEAVES: &'static [&'static str] = &["active_monitor_paths", "members"];
}

impl Covered for VirtualServer {
    const LEAVES: &'static [&'static str] = &["pool_path", "ports"];
}

impl Covered for TcpMonitor {
    const LEAVES: &'static [&'static str] = &[];
}

impl Covered for HttpMonitor {
    const LEAVES: &'static [&'static str] = &["request_url"];
}

/// `found` with what is wanted laid over it, and the tags that result.
pub(super) fn merge<T: Covered>(
    found: &T,
    wanted: &T,
    tags: Vec<Tag>,
) -> Result<T, serde_json::Error> {
    let (found, wanted) = (serde_json::to_value(found)?, serde_json::to_value(wanted)?);
    let (Value::Object(mut merged), Value::Object(wanted)) = (found, wanted) else {
        unreachable!("a {} is written as a JSON object", T::TYPE)
    };
    lay::<T>(&mut merged, wanted, "");
    merged.insert("tags".to_owned(), serde_json::to_value(tags)?);
    serde_json::from_value(Value::Object(merged))
}

fn lay<T: Covered>(found: &mut Fields, wanted: Fields, at: &str) {
    let above = |leaf: &&&str| leaf.strip_prefix(at).is_some_and(|it| !it.contains('/'));
    for leaf in T::LEAVES.iter().filter(above) {
        let name = &leaf[at.len()..];
        if !wanted.contains_key(name) {
            found.remove(name);
        }
    }
    for (name, value) in wanted {
        if at.is_empty() && name == "tags" {
            continue;
        }
        let path = format!("{at}{name}");
        match (found.get_mut(&name), value) {
            (_, Value::Null) => {
                found.remove(&name);
            }
            (Some(Value::Array(items)), Value::Array(wanted)) if T::BY_ID.contains(&&*path) => {
                *items = elements::<T>(std::mem::take(items), wanted, &format!("{path}/*/"));
            }
            (Some(Value::Object(inner)), Value::Object(wanted)) if is_same_kind(inner, &wanted) => {
                lay::<T>(inner, wanted, &format!("{path}/"));
            }
            (_, value) => {
                found.insert(name, value);
            }
        }
    }
}

/// The elements that are wanted, each laid over the one of its id.
fn elements<T: Covered>(mut found: Vec<Value>, wanted: Vec<Value>, at: &str) -> Vec<Value> {
    let over = |value: Value| {
        let same = found.iter().position(|it| it["id"] == value["id"] && !value["id"].is_null());
        match (same.map(|index| found.swap_remove(index)), value) {
            (Some(Value::Object(mut there)), Value::Object(wanted)) => {
                lay::<T>(&mut there, wanted, at);
                Value::Object(there)
            }
            (_, value) => value,
        }
    };
    wanted.into_iter().map(over).collect()
}

/// Fields of one subtype mean nothing in another.
fn is_same_kind(found: &Fields, wanted: &Fields) -> bool {
    ["type", "resource_type"].iter().all(|name| match wanted.get(*name) {
        Some(kind) => found.get(*name) == Some(kind),
        None => true,
    })
}

/// The tags that are there, without marks, without those that this instance had put there, and with
/// those that are wanted.
pub(super) fn tags(found: &[Tag], before: &[Tag], wanted: &[Tag]) -> Vec<Tag> {
    let is_its = |tag: &Tag| {
        let is_mark = tag.scope.as_deref().is_some_and(is_mark);
        is_mark || before.iter().any(|it| is_same(it, tag))
    };
    let mut tags: Vec<Tag> = found.iter().filter(|tag| !is_its(tag)).cloned().collect();
    for tag in wanted {
        if !tags.iter().any(|it| is_same(it, tag)) {
            tags.push(tag.clone());
        }
    }
    tags
}

/// The tags of ours that say what an object is for, and not whose it is.
pub(super) fn signs(found: &[Tag]) -> Vec<Tag> {
    found.iter().filter(|tag| tag.scope.as_deref() == Some(INTENT_SCOPE)).cloned().collect()
}

fn is_same(one: &Tag, other: &Tag) -> bool {
    let key =
        |tag: &Tag| (tag.scope.clone().unwrap_or_default(), tag.tag.clone().unwrap_or_default());
    key(one) == key(other)
}

#[cfg(test)]
mod tests;
