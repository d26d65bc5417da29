//! Between groups and rules and the objects of NSX.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use namespace_network::{
    firewall::{Policy, Rule, by_id},
    name::DnsLabel,
    network_policy::{Element, Translation},
};
use nsx::{
    Id, Meta,
    objects::{Group, SecurityPolicy},
};

use tf_framework::Error;

use super::translation::{Ids, display_name, path_of};
use crate::dfw::{self, Unsayable};

/// All objects of a policy, as they are to be or as they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects {
    pub(crate) groups: Vec<(Id<Group>, Group)>,
    pub(crate) policies: Vec<(Id<SecurityPolicy>, SecurityPolicy)>,
}

impl Objects {
    pub(crate) fn group_paths(&self) -> BTreeSet<String> {
        self.groups.iter().map(|(id, _)| id.path().to_owned()).collect()
    }

    pub(crate) fn policy_paths(&self) -> BTreeSet<String> {
        self.policies.iter().map(|(id, _)| id.path().to_owned()).collect()
    }
}

/// As NSX is to have them. `name` is what people call the policy.
pub(crate) fn objects(
    translated: &Translation,
    ids: &Ids,
    name: &str,
) -> Result<Objects, Unsayable> {
    let mut objects = Objects::default();
    for (path, expression) in &translated.groups {
        let suffix = path.strip_prefix(&ids.group("-")).unwrap_or(path);
        let group = Group {
            expression: Some(dfw::group(expression)?),
            ..Group::named(display_name(name, suffix))
        };
        objects.groups.push((parsed(path), group));
    }
    for policy in &translated.policies {
        objects.policies.push((parsed(&policy.path), dfw::security_policy(policy)?));
    }
    Ok(objects)
}

pub(crate) fn parsed<T: nsx::Node>(path: &str) -> Id<T> {
    Id::parse(path).expect("our own paths are those of their kind")
}

/// Groups of ours that rules name.
pub(crate) fn named_groups(
    policies: &[(Id<SecurityPolicy>, SecurityPolicy)],
    ids: &Ids,
) -> BTreeSet<String> {
    let rules = policies.iter().flat_map(|(_, it)| it.rules.iter().flatten());
    let ends = rules.flat_map(|it| [&it.source_groups, &it.destination_groups, &it.scope]);
    let scopes = policies.iter().map(|(_, it)| &it.scope);
    let paths = ends.chain(scopes).flatten().flatten();
    paths.filter(|path| ids.is_group(path)).cloned().collect()
}

/// What of the objects that are to be is missing or different, and what is there beside them, in
/// the words of the policy that they come from.
pub(crate) fn differences(found: &Objects, wanted: &Objects, ids: &Ids) -> Vec<String> {
    let mut told = Vec::new();
    let group = |id: &Id<Group>| match selected(ids, id.path()) {
        Some(element) => format!("`{element}`: group `{}`", id.id()),
        None => format!("group `{}`", id.id()),
    };
    let groups: BTreeMap<&str, &Group> =
        found.groups.iter().map(|(id, it)| (id.path(), it)).collect();
    for (id, wanted) in &wanted.groups {
        match groups.get(id.path()) {
            None => told.push(format!("{} is missing", group(id))),
            Some(found) if dfw::expression(found) != dfw::expression(wanted) => {
                told.push(format!("{} has other members", group(id)));
            }
            Some(_) => {}
        }
    }
    let policies: BTreeMap<&str, &SecurityPolicy> =
        found.policies.iter().map(|(id, it)| (id.path(), it)).collect();
    for (id, wanted) in &wanted.policies {
        match policies.get(id.path()).map(|found| (dfw::decided(found), dfw::decided(wanted))) {
            None => told.push(format!("policy `{}` is missing", id.id())),
            Some((Some(found), Some(wanted))) => {
                of_policy(id.id(), &found, &wanted, ids, &mut told);
            }
            Some(_) => told.push(format!("policy `{}` is of another kind", id.id())),
        }
    }
    let is_wanted = |id: &Id<SecurityPolicy>| wanted.policies.iter().any(|(it, _)| it == id);
    let extra = found.policies.iter().filter(|(id, _)| !is_wanted(id));
    told.extend(extra.map(|(id, _)| format!("policy `{}` is not wanted", id.id())));
    told
}

fn of_policy(id: &str, found: &Policy, wanted: &Policy, ids: &Ids, told: &mut Vec<String>) {
    let name = |path: &str| called(ids, path);
    let place = |it: &Policy| format!("{} {}", it.category, it.sequence);
    if place(found) != place(wanted) {
        told.push(format!("policy `{id}` stands at {}, not at {}", place(found), place(wanted)));
    }
    if found.scope != wanted.scope {
        told.push(format!("policy `{id}` applies elsewhere: {}", found.scope.shown(name)));
    }
    if found.schedule.is_some() {
        told.push(format!("policy `{id}` follows a schedule"));
    }
    let by_id = |policy: &Policy| -> BTreeMap<String, Rule> {
        policy
            .rules
            .iter()
            .map(|it| (it.id.clone(), Rule { name: String::new(), ..it.clone() }))
            .collect()
    };
    let (found, wanted) = (by_id(found), by_id(wanted));
    for (rule, wanted) in &wanted {
        let what = said_by(rule);
        match found.get(rule) {
            None => told.push(format!("`{id}`: {what} is missing")),
            Some(found) if found != wanted => {
                told.push(format!("`{id}`: {what} is: {}", found.shown(name)));
            }
            Some(_) => {}
        }
    }
    let extra = found.iter().filter(|(rule, _)| !wanted.contains_key(*rule));
    told.extend(
        extra.map(|(rule, it)| {
            format!("`{id}`: {} is not wanted: {}", said_by(rule), it.shown(name))
        }),
    );
}

/// What a rule says, in the words of the policy: `ingress[0]`.
fn said_by(rule: &str) -> String {
    match Element::of_rule(rule) {
        Some(element @ Element::Isolation(_)) => element.to_string(),
        Some(element) => format!("`{element}`"),
        None => format!("rule `{rule}`"),
    }
}

/// The element that a group of ours is for, as its attribute is called.
fn selected(ids: &Ids, path: &str) -> Option<String> {
    let suffix = path.strip_prefix(&ids.group("-"))?;
    path_of(Element::of_group(suffix)?).map(|it| it.to_string())
}

/// The element that a group of ours is for, and any other group by its id.
fn called(ids: &Ids, path: &str) -> String {
    selected(ids, path).unwrap_or_else(|| by_id(path))
}

/// Namespace and name in a tag such as `tf-network-policy|banking/web`, by which an import finds
/// out what the objects are.
pub(crate) fn origin<N: FromStr>(meta: &Meta, scope: &str) -> Result<(DnsLabel, N), Error> {
    let tag = meta.tag(scope).and_then(|it| it.split_once('/'));
    let parsed =
        tag.and_then(|(namespace, name)| Some((namespace.parse().ok()?, name.parse().ok()?)));
    parsed.ok_or_else(|| {
        let path = meta.path.as_deref().unwrap_or_default();
        let detail = format!(
            "`{path}` carries no tag `{scope}` with namespace and name; only what this type of \
             resource made can be imported"
        );
        Error::new("not made by this type of resource", detail)
    })
}
