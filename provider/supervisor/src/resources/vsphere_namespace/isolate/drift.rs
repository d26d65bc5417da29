//! What there is of a namespace's isolation and is not as it was written: which object, which rule,
//! which field, and who changed it last and when, as far as NSX says so.

use namespace_network::firewall::{Change, Difference, Expression, Policy, Rule, by_id};
use nsx::{
    Meta,
    objects::{Group, SecurityPolicy},
};

use crate::{
    dfw,
    ownership::{Instance, Mark, OWNER_SCOPE, mark::CLAIM_SCOPE},
    text::moment,
};

/// Of the group at a path. Where nobody says who is to be in it, it need not be there.
pub(super) fn of_group(
    path: &str,
    found: Option<&Group>,
    members: Option<&Expression>,
    instance: &Instance,
) -> Vec<String> {
    let name = format!("group `{}`", by_id(path));
    let Some(group) = found else {
        return members.map(|_| format!("{name} is missing")).into_iter().collect();
    };
    let is = dfw::expression(group);
    let members = members.filter(|it| **it != is).map(|wanted| Change {
        field: "expression".to_owned(),
        is: is.to_string(),
        wanted: wanted.to_string(),
    });
    let mark = of_mark(&group.meta, instance);
    let changes = mark.into_iter().chain(members.map(|it| it.to_string()));
    changes.map(|it| format!("{name}: {it}{}", by_whom(&group.meta))).collect()
}

/// Of a policy: its mark, its place and its rules.
pub(super) fn of_policy(
    found: Option<&SecurityPolicy>,
    wanted: &Policy,
    instance: &Instance,
) -> Vec<String> {
    let Some(found) = found else { return vec![format!("policy `{}` is missing", wanted.name)] };
    let mark = of_mark(&found.meta, instance);
    let mark = mark.map(|it| format!("policy `{}`: {it}{}", wanted.name, by_whom(&found.meta)));
    mark.into_iter().chain(of_rules(found, wanted)).collect()
}

/// Of what a policy decides.
pub(super) fn of_rules(found: &SecurityPolicy, wanted: &Policy) -> Vec<String> {
    let rules = found.rules.as_deref().unwrap_or_default();
    let name = format!("policy `{}`", wanted.name);
    let Some(is) = dfw::decided(found) else {
        let category = found.category.as_deref().unwrap_or_default();
        let wanted = wanted.category;
        let by_whom = by_whom(&found.meta);
        return vec![format!("{name}: `category` is {category}, not {wanted}{by_whom}")];
    };
    let by_whom_of = |rule: &Rule| {
        let rule = rules.iter().find(|it| it.meta.id.as_ref() == Some(&rule.id));
        rule.map(|it| by_whom(&it.meta)).unwrap_or_default()
    };
    let one = |difference: &Difference<'_>| match difference {
        Difference::Policy(changes) => {
            format!("{name}: {}{}", listed(changes), by_whom(&found.meta))
        }
        Difference::Missing(rule) => {
            // NSX keeps nothing of what is gone.
            let last = last_change(&found.meta).map(|it| format!("; the policy was {it}"));
            format!("{name}: rule `{}` is missing{}", rule.id, last.unwrap_or_default())
        }
        Difference::Changed(rule, changes) => {
            format!("{name}: rule `{}`: {}{}", rule.id, listed(changes), by_whom_of(rule))
        }
        Difference::Added(rule) => {
            let (id, shown) = (&rule.id, rule.shown(str::to_owned));
            format!("{name}: rule `{id}` is not wanted: {shown}{}", by_whom_of(rule))
        }
    };
    wanted.differences(&is).iter().map(one).collect()
}

/// What of a mark is not the instance's, under whatever name its owner had.
fn of_mark(meta: &Meta, instance: &Instance) -> Option<String> {
    let Mark { owner, claim, .. } = Mark::of(meta);
    let Instance { provider, owners, claim: own, .. } = instance;
    let is_own = owner.as_ref().is_some_and(|it| it == provider || owners.contains(it));
    let tag = |scope: &str, is: Option<String>, wanted: String| {
        let is = is.unwrap_or_else(|| "absent".to_owned());
        format!("tag {}", Change { field: scope.to_owned(), is, wanted })
    };
    match own {
        _ if !is_own => Some(tag(OWNER_SCOPE, owner, provider.clone())),
        Some(own) if claim.as_ref() != Some(own) => {
            Some(tag(CLAIM_SCOPE, claim.map(|it| it.to_string()), own.to_string()))
        }
        _ => None,
    }
}

fn listed(changes: &[Change]) -> String {
    changes.iter().map(Change::to_string).collect::<Vec<_>>().join(", ")
}

/// What to add to a change; nothing where NSX does not say.
fn by_whom(meta: &Meta) -> String {
    last_change(meta).map(|it| format!("; {it}")).unwrap_or_default()
}

/// As in `` last changed by `admin` at 2026-11-30 10:15:04 UTC ``.
fn last_change(meta: &Meta) -> Option<String> {
    let time = meta.last_modified_time.and_then(|it| u64::try_from(it).ok());
    let time = time.and_then(|it| moment(it / 1000)).map(|it| format!(" at {it}"));
    let user = meta.last_modified_user.as_ref().map(|it| format!(" by `{it}`"));
    let known = user.is_some() || time.is_some();
    known.then(|| format!("last changed{}{}", user.unwrap_or_default(), time.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
