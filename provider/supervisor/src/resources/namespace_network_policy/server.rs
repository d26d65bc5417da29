//! The policy's objects in NSX: read whole, written whole, removed from the rules to the groups.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::{name::DnsName, network_policy::ORIGIN_SCOPE};
use nsx::{
    Id, Meta, Nsx, Object,
    objects::{Group, SecurityPolicy},
};
use tf_framework::Error;

use super::{
    imported,
    model::Model,
    translation::Ids,
    wire::{self, Objects, parsed},
};
use crate::{
    dfw,
    owned::{Changes, Place, Steward, told},
};

/// What there is of these policies and groups, and the groups that the rules name beside them.
pub(crate) async fn read(
    nsx: &Nsx,
    ids: &Ids,
    policies: BTreeSet<String>,
    groups: BTreeSet<String>,
) -> Result<Objects, Error> {
    let (policies, mut found) =
        futures_util::try_join!(each(nsx, policies), each(nsx, groups.clone()))?;
    let named: BTreeSet<String> = wire::named_groups(&policies, ids);
    found.extend(each(nsx, named.difference(&groups).cloned().collect()).await?);
    Ok(Objects { groups: found, policies })
}

/// All that may be there, be it wanted or not.
async fn everything(nsx: &Nsx, ids: &Ids, wanted: &Objects) -> Result<Objects, Error> {
    let policies = BTreeSet::from([ids.allow(), ids.isolation()]);
    let mut groups = wanted.group_paths();
    groups.insert(ids.scope());
    read(nsx, ids, policies, groups).await
}

/// Those of the objects that are there, read together.
async fn each<T: Object>(nsx: &Nsx, paths: BTreeSet<String>) -> Result<Vec<(Id<T>, T)>, Error> {
    let one = async |path: String| {
        let id: Id<T> = parsed(&path);
        let found = nsx.read(&id).await.map_err(|why| told(&format!("read {path}"), &why))?;
        Ok::<_, Error>(found.map(|it| (id, it)))
    };
    let found = futures_util::future::try_join_all(paths.into_iter().map(one)).await?;
    Ok(found.into_iter().flatten().collect())
}

/// Makes the policy, or goes on with one that a cut-off run began: the group that stands for it first.
pub(crate) async fn make(
    steward: &Steward<'_>,
    place: Place<Group>,
    ids: &Ids,
    wanted: &Objects,
) -> Result<(), Error> {
    let anchor: Id<Group> = parsed(&ids.scope());
    let group = wanted.groups.iter().find(|(id, _)| *id == anchor).map(|(_, it)| it.clone());
    steward.take(&anchor, place, group.unwrap_or_default()).await?;
    write(steward, ids, wanted).await
}

/// Writes all objects, and removes what an earlier version of the policy had beside them, in one
/// call. What is still being purged is waited for.
pub(crate) async fn write(steward: &Steward<'_>, ids: &Ids, wanted: &Objects) -> Result<(), Error> {
    let found = everything(steward.nsx(), ids, wanted).await?;
    let mut changes = Changes::default();
    for (id, group) in &wanted.groups {
        changes.put(id, group.clone());
    }
    for (id, policy) in &wanted.policies {
        changes.put(id, policy.clone());
    }
    let keeps = |id: &Id<SecurityPolicy>| wanted.policies.iter().any(|(it, _)| it == id);
    for (id, _) in found.policies.iter().filter(|(id, _)| !keeps(id)) {
        changes.delete(id);
    }
    // The groups that they named go with them.
    let keeps = |id: &Id<Group>| wanted.groups.iter().any(|(it, _)| it == id);
    for (id, _) in found.groups.iter().filter(|(id, _)| !keeps(id)) {
        changes.delete(id);
    }
    steward.apply(&changes, &format!("write the rules of {}", ids.stem())).await
}

/// Removes the rules, then the groups, and last the one that stands for the whole. Whoever calls
/// this has the turn.
pub(crate) async fn delete(
    steward: &Steward<'_>,
    ids: &Ids,
    wanted: &Objects,
) -> Result<(), Error> {
    let anchor: Id<Group> = parsed(&ids.scope());
    if steward.get(&anchor).await?.is_some() && !steward.is_mine(&anchor).await? {
        // It says that a newer instance has it.
        return steward.delete_in_turn(&anchor).await;
    }
    let found = everything(steward.nsx(), ids, wanted).await?;
    for (id, _) in &found.policies {
        steward.remove(id).await?;
    }
    for (id, _) in found.groups.iter().filter(|(id, _)| *id != anchor) {
        steward.remove(id).await?;
    }
    steward.delete_in_turn(&anchor).await
}

/// The policy with these ids, as its objects tell of it, and what marks it.
pub(crate) async fn import(nsx: &Nsx, ids: &Ids) -> Result<(Model, Meta), Error> {
    let found = everything(nsx, ids, &Objects::default()).await?;
    let isolation = found.policies.iter().find(|(id, _)| id.path() == ids.isolation());
    let Some((_, isolation)) = isolation else {
        let detail = format!(
            "NSX has no `{}`; give `namespace/name` of a policy of this owner, or its `id` or `path`",
            ids.isolation()
        );
        return Err(Error::new("no such policy", detail));
    };
    let (namespace, name) = wire::origin::<DnsName>(&isolation.meta, ORIGIN_SCOPE)?;
    let mut model = Model::empty();
    model.namespace = namespace.into();
    model.name = name.into();
    let groups = found.groups.iter();
    let groups = groups.map(|(id, it)| (id.path().to_owned(), dfw::expression(it))).collect();
    let policies: Vec<_> = found
        .policies
        .iter()
        .filter_map(|(_, it)| dfw::policy(it, it.rules.as_deref()?, &BTreeMap::new()))
        .collect();
    imported::fill(&mut model, &policies, &groups, ids);
    if model.ncp_cluster.is_null() {
        let detail = format!(
            "`{}` is not tied to a Supervisor by NCP's tag, so what it selects is not a \
             namespace's; delete it, or repair it in NSX",
            ids.scope()
        );
        return Err(Error::new("a group that is not of a namespace", detail));
    }
    let anchor = found.groups.into_iter().find(|(id, _)| id.path() == ids.scope());
    Ok((model, anchor.map(|(_, it)| it.meta).unwrap_or_default()))
}
