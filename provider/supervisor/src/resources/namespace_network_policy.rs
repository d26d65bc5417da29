//! `supervisor_namespace_network_policy`: a `NetworkPolicy` as rules of the distributed firewall.
//!
//! Groups and rules of a policy are written in one call, so that no rule ever points at nothing.
//! The group of the selected workloads stands for the whole: it says whose the policy is, and it is
//! the last to go.

pub(super) mod imported;
mod manifest;
mod model;
mod rules;
pub(super) mod selector;
mod server;
pub(super) mod translation;
pub(super) mod wire;

use nsx::{Id, objects::Group};
use tf_framework::{Context, Diagnostics, Error, Identified, Path, Plan, Resource, Unknown};

pub use model::Model;

/// Whether a security policy is the one that stands for a whole network policy: it drops what nobody
/// allows.
pub(crate) fn is_whole(path: &str) -> bool {
    Ids::of_isolation(path).is_some()
}

/// What the policy is imported by whose group of selected workloads this is.
pub(crate) fn imported_by(group: &str) -> Option<String> {
    Ids::of_scope(group).map(|ids| ids.isolation())
}

use translation::Ids;
use wire::Objects;

use crate::{
    clients::{self, Clients},
    config::Owner,
    ncp,
    owned::{Newcomer, Steward, look, wait_realized},
    ownership::{OWNER_SCOPE, object_id},
    resources::identity::ByPath,
};

/// The resource.
#[derive(Debug)]
pub struct NamespaceNetworkPolicy;

pub(crate) const KIND: &str = "supervisor_namespace_network_policy";

/// What `status` says.
const INTACT: &str = "intact";
const DRIFTED: &str = "drifted";

impl Resource for NamespaceNetworkPolicy {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = KIND;

    fn validate(config: &Model, found: &mut Diagnostics) {
        rules::validate(config, found);
    }

    async fn plan(&self, cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
        let clients = cx.data()?;
        plan.planned.status = INTACT.to_owned().into();
        plan.planned.differences = Vec::new().into();
        written(plan);
        if let Some(prior) = &plan.prior
            && ncp::is_moved(&prior.ncp_cluster, &plan.planned.cluster)
        {
            plan.replace.push(Path::of("cluster"));
        }
        let Some(owner) = clients.planned_owner()? else { return Ok(()) };
        // The mark of an imported policy is missing: the next apply brings it.
        plan.planned.owner = match &plan.prior {
            Some(prior) => look::owner(cx, KIND, owner, prior.group_path.known())?,
            None => owner.as_str().to_owned().into(),
        };
        if plan.prior.is_some() && plan.replace.is_empty() {
            return Ok(());
        }
        if let Ok(ids) = ids(owner, &plan.planned) {
            show(&mut plan.planned, &ids);
            if plan.prior.is_none() {
                is_new(cx, owner, &plan.planned).await?;
            }
        }
        let Ok(nsx) = clients::nsx(cx) else { return Ok(()) };
        if let Some(tag) = ncp::planned(&nsx, &plan.planned.cluster).await? {
            plan.planned.ncp_cluster = tag.into();
        }
        Ok(())
    }

    async fn plan_destroy(&self, cx: &Context<Clients>, _: &Model) -> Result<(), Error> {
        look::goes(cx, KIND)
    }

    async fn create(&self, cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        let ids = ids(cx.data()?.owner()?, &plan)?;
        let anchor: Id<Group> = wire::parsed(&ids.scope());
        let steward = Steward::to_make(cx, KIND, &anchor)?;
        let _turn = steward.turn(&anchor).await?;
        let mut state = plan;
        let tag = ncp::existing(steward.nsx(), state.cluster.get()?.map(String::as_str)).await?;
        state.ncp_cluster = tag.into();
        let wanted = wanted(&state, &ids)?;
        let place = steward.vacancy(&anchor).await?;
        let is_begun = place.is_begun();
        if let Err(why) = server::make(&steward, place, &ids, &wanted).await {
            steward.release(&anchor);
            // What was there before this create is left to the next one.
            if !is_begun
                && let Err(left) = server::delete(&steward.to_clean_up(), &ids, &wanted).await
            {
                tracing::warn!(%left, "not all is taken back; the next apply adopts it");
            }
            return Err(why);
        }
        finish(cx, &steward, &wanted).await?;
        Ok(intact(state, &ids, &steward))
    }

    async fn read(&self, cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
        let nsx = clients::nsx(cx)?;
        let ids = Ids::new(state.id.get()?);
        let wanted = wanted(&state, &ids)?;
        let anchor: Id<Group> = wire::parsed(&ids.scope());
        let (policies, groups) = (wanted.policy_paths(), wanted.group_paths());
        let found = server::read(&nsx, &ids, policies, groups).await?;
        let Some((_, group)) = found.groups.iter().find(|(id, _)| *id == anchor) else {
            return Ok(None);
        };
        let differences = wire::differences(&found, &wanted, &ids);
        let status = if differences.is_empty() { INTACT } else { DRIFTED };
        look::read(cx, state.owner.known(), &group.meta)?;
        let mut state = state;
        state.owner = group.meta.tag(OWNER_SCOPE).map(str::to_owned).into();
        state.status = status.to_owned().into();
        state.differences = differences.into();
        Ok(Some(state))
    }

    async fn update(
        &self,
        cx: &Context<Clients>,
        state: Model,
        plan: Model,
    ) -> Result<Model, Error> {
        let ids = Ids::new(state.id.get()?);
        let anchor: Id<Group> = wire::parsed(&ids.scope());
        let steward = Steward::new(cx, KIND, &anchor, state.owner.known())?;
        let _turn = steward.turn(&anchor).await?;
        let mut plan = plan;
        plan.ncp_cluster = state.ncp_cluster;
        let wanted = wanted(&plan, &ids)?;
        steward.still_there(&anchor).await?;
        server::write(&steward, &ids, &wanted).await?;
        finish(cx, &steward, &wanted).await?;
        Ok(intact(plan, &ids, &steward))
    }

    async fn delete(&self, cx: &Context<Clients>, state: Model) -> Result<(), Error> {
        let ids = Ids::new(state.id.get()?);
        let anchor: Id<Group> = wire::parsed(&ids.scope());
        let steward = Steward::new(cx, KIND, &anchor, state.owner.known())?;
        let _turn = steward.turn(&anchor).await?;
        // What cannot be worked out any more is found by what the rules name.
        let wanted = wanted(&state, &ids).unwrap_or_default();
        server::delete(&steward, &ids, &wanted).await?;
        cx.data()?.forget_rule_base().await;
        Ok(())
    }

    async fn import(&self, cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
        let (id, form) = match id.strip_prefix(AS_MANIFEST) {
            Some(id) => (id, Form::Manifest),
            None => (id, Form::Attributes),
        };
        let ids = match Ids::of_isolation(id).or_else(|| Ids::of_stem(id)) {
            Some(ids) => ids,
            None => named(cx.data()?.owner()?, id)?,
        };
        let (mut model, anchor) = server::import(&clients::nsx(cx)?, &ids).await?;
        look::imported(cx, &anchor)?;
        if form == Form::Manifest {
            manifest::replace_attributes(&mut model)?;
        }
        show(&mut model, &ids);
        Ok(model)
    }
}

impl Identified for NamespaceNetworkPolicy {
    type Identity = ByPath;

    fn identity(model: &Model) -> Result<ByPath, Unknown> {
        ByPath::of(&model.path)
    }
}

/// Before the id of a policy that is to be imported as a manifest; no name has a colon.
const AS_MANIFEST: &str = "manifest:";

/// In which of the two forms a policy is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Attributes,
    Manifest,
}

/// What follows from a manifest: name and namespace, and that one which means the same as before
/// is no change.
fn written(plan: &mut Plan<Model>) {
    let Some(text) = plan.planned.manifest.known() else { return };
    let prior = plan.prior.as_ref();
    let Some((name, namespace)) = manifest::names(text) else { return };
    if plan.config.name.is_null() {
        plan.planned.name = name.parse().ok().into();
    }
    if plan.config.namespace.is_null() {
        plan.planned.namespace = namespace.and_then(|it| it.parse().ok()).into();
    }
    if let Some(prior) = prior
        && manifest::mean_the_same(prior, &plan.planned)
    {
        plan.planned.manifest = prior.manifest.clone();
    }
    let Some(prior) = prior else { return };
    if prior.name != plan.planned.name {
        plan.replace.push(Path::of("name"));
    }
    if prior.namespace != plan.planned.namespace {
        plan.replace.push(Path::of("namespace"));
    }
}

/// Looks whether the place of a new policy is free.
async fn is_new(cx: &Context<Clients>, owner: &Owner, planned: &Model) -> Result<(), Error> {
    let (namespace, name) = (planned.namespace.get()?.as_str(), planned.name.get()?.to_string());
    let cluster = planned.cluster.get()?.map(String::as_str);
    let ids = |owner: &Owner| ids_of(owner, cluster, namespace, &name);
    let anchor = |owner: &Owner| wire::parsed::<Group>(&ids(owner).scope());
    let path = ids(owner).isolation();
    let newcomer = Newcomer { kind: KIND, name: &name, import_id: Some(&path), anchor: &anchor };
    look::new(cx, owner, &newcomer).await.map(|_| ())
}

/// Waits until the rules are in force; who judges them next reads them anew.
async fn finish(
    cx: &Context<Clients>,
    steward: &Steward<'_>,
    wanted: &Objects,
) -> Result<(), Error> {
    cx.data()?.forget_rule_base().await;
    let (groups, policies) = (wanted.group_paths(), wanted.policy_paths());
    let paths: Vec<&str> = groups.iter().chain(&policies).map(String::as_str).collect();
    wait_realized(cx, steward.nsx(), &paths).await
}

/// What the policy's objects are called: known before they exist.
fn ids(owner: &Owner, model: &Model) -> Result<Ids, tf_framework::Unknown> {
    let (namespace, name) = (model.namespace.get()?.as_str(), model.name.get()?.to_string());
    let cluster = model.cluster.get()?.map(String::as_str);
    Ok(ids_of(owner, cluster, namespace, &name))
}

fn ids_of(owner: &Owner, cluster: Option<&str>, namespace: &str, name: &str) -> Ids {
    let parent = cluster.map_or_else(
        || translation::DOMAIN.to_owned(),
        |cluster| format!("{}/{cluster}", translation::DOMAIN),
    );
    Ids::new(object_id(owner, &parent, "network-policy", &format!("{namespace}/{name}")))
}

/// The ids of the policy that a user calls `namespace/name` or `cluster/namespace/name`.
fn named(owner: &Owner, id: &str) -> Result<Ids, Error> {
    match id.split('/').collect::<Vec<_>>()[..] {
        [namespace, name] if !namespace.is_empty() => Ok(ids_of(owner, None, namespace, name)),
        [cluster, namespace, name] if !cluster.is_empty() => {
            Ok(ids_of(owner, Some(cluster), namespace, name))
        }
        _ => Err(Error::new(
            "not a policy",
            format!(
                "`{id}` is no id of a network policy; give `namespace/name`, \
                 `cluster/namespace/name`, its attribute `id`, or its attribute `path`, which is \
                 `{}/security-policies/…-isolation`; with `{AS_MANIFEST}` before it for a policy \
                 that is written as a manifest",
                translation::DOMAIN
            ),
        )),
    }
}

fn show(model: &mut Model, ids: &Ids) {
    model.id = ids.stem().to_owned().into();
    model.path = ids.isolation().into();
    model.group_path = ids.scope().into();
}

fn intact(mut model: Model, ids: &Ids, steward: &Steward<'_>) -> Model {
    show(&mut model, ids);
    model.owner = steward.owner().as_str().to_owned().into();
    model.status = INTACT.to_owned().into();
    model.differences = Vec::new().into();
    model
}

/// The objects that the policy is to have. What was unknown when the configuration was validated
/// is checked here: a list that turned out empty must not become anybody.
fn wanted(model: &Model, ids: &Ids) -> Result<Objects, Error> {
    let mut found = Diagnostics::new();
    rules::validate(model, &mut found);
    if let Ok(error) = Error::try_from(found) {
        return Err(error);
    }
    let policy = model.meaning()??;
    let translated = translation::translate(&policy, model.ncp_cluster.get()?, ids)?;
    wire::objects(&translated, ids, &policy.full_name())
        .map_err(|why| Error::new("too much for NSX", why.to_string()))
}

#[cfg(test)]
mod tests;
