//! Between groups and rules and the objects of NSX.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use namespace_network::{
    firewall::{Policy, Rule},
    name::DnsLabel,
    network_policy::Translation,
};
use nsx::{
    Id, Meta,
    objects::{Group, SecurityPolicy},
};

use tf_framework::Error;

use super::translation::Ids;
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
            ..Group::named(format!("{name} {suffix}"))
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

/// What of the objects that are to be is missing or different, and what is there beside them.
pub(crate) fn differences(found: &Objects, wanted: &Objects) -> Vec<String> {
    let mut told = Vec::new();
    let groups: BTreeMap<&str, &Group> =
        found.groups.iter().map(|(id, it)| (id.path(), it)).collect();
    for (id, wanted) in &wanted.groups {
        match groups.get(id.path()) {
            None => told.push(format!("group `{}` is missing", id.id())),
            Some(found) if dfw::expression(found) != dfw::expression(wanted) => {
                told.push(format!("group `{}` has other members", id.id()));
            }
            Some(_) => {}
        }
    }
    let policies: BTreeMap<&str, &SecurityPolicy> =
        found.policies.iter().map(|(id, it)| (id.path(), it)).collect();
    for (id, wanted) in &wanted.policies {
        match policies.get(id.path()).map(|found| (decided(found), decided(wanted))) {
            None => told.push(format!("policy `{}` is missing", id.id())),
            Some((Some(found), Some(wanted))) => of_policy(id.id(), &found, &wanted, &mut told),
            Some(_) => told.push(format!("policy `{}` is of another kind", id.id())),
        }
    }
    let is_wanted = |id: &Id<SecurityPolicy>| wanted.policies.iter().any(|(it, _)| it == id);
    let extra = found.policies.iter().filter(|(id, _)| !is_wanted(id));
    told.extend(extra.map(|(id, _)| format!("policy `{}` is not wanted", id.id())));
    told
}

/// What a policy decides, apart from names.
fn decided(policy: &SecurityPolicy) -> Option<Policy> {
    let rules = policy.rules.as_deref().unwrap_or_default();
    dfw::policy(policy, rules, &BTreeMap::new())
}

fn of_policy(id: &str, found: &Policy, wanted: &Policy, told: &mut Vec<String>) {
    let place = |it: &Policy| format!("{} {}", it.category, it.sequence);
    if place(found) != place(wanted) {
        told.push(format!("policy `{id}` stands at {}, not at {}", place(found), place(wanted)));
    }
    if found.scope != wanted.scope {
        told.push(format!("policy `{id}` applies elsewhere: {}", found.scope));
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
        match found.get(rule) {
            None => told.push(format!("rule `{rule}` of `{id}` is missing")),
            Some(found) if found != wanted => {
                told.push(format!("rule `{rule}` of `{id}` is: {found}"));
            }
            Some(_) => {}
        }
    }
    let extra = found.iter().filter(|(rule, _)| !wanted.contains_key(*rule));
    told.extend(extra.map(|(rule, it)| format!("rule `{rule}` of `{id}` is not wanted: {it}")));
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
