//! `supervisor_namespace_load_balancer`: a way in to a namespace, on an NSX load balancer.
//!
//! Gateway, load balancer, pools and virtual servers are written in one call; the firewall's
//! opening comes last, for its source are the addresses that NSX realizes for the load balancer,
//! and goes first. The gateway stands for the whole: it says whose it is.

mod address;
mod found;
mod ids;
mod imported;
mod model;
mod rules;
mod server;
mod wire;

use nsx::{Id, Nsx, objects::LbService};
use tf_framework::{
    Computed, Context, Diagnostic, Diagnostics, Error, Identified, Path, Plan, Resource, Unknown,
};

use found::Monitors;
use ids::Ids;
pub use model::Model;
use wire::Balancer;
pub(crate) use wire::ORIGIN_SCOPE;

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
pub struct NamespaceLoadBalancer;

pub(crate) const KIND: &str = "supervisor_namespace_load_balancer";

/// What `status` says.
const READY: &str = "ready";
const PENDING: &str = "pending";
const DRIFTED: &str = "drifted";

impl Resource for NamespaceLoadBalancer {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = KIND;

    fn validate(config: &Model, found: &mut Diagnostics) {
        rules::validate(config, found);
    }

    async fn plan(&self, cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
        let clients = cx.data()?;
        if let Some(prior) = &plan.prior {
            if ncp::is_moved(&prior.ncp_cluster, &plan.planned.cluster) {
                plan.replace.push(Path::of("cluster"));
            }
            // What is not as it should be makes the apply that repairs or resumes it.
            let owner = clients.owner().ok().map(Owner::as_str);
            let is_ours = prior.owner.known().map(String::as_str) == owner;
            if !is_ours || prior.status.known().is_none_or(|it| it != READY) {
                plan.planned.status = Computed::unknown();
                plan.planned.differences = Computed::unknown();
                plan.planned.source_addresses = Computed::unknown();
            }
        }
        let Some(owner) = clients.planned_owner()? else { return Ok(()) };
        // The mark of an imported load balancer is missing: the next apply brings it.
        plan.planned.owner = match &plan.prior {
            Some(prior) => look::owner(cx, KIND, owner, prior.tier1_path.known())?,
            None => owner.as_str().to_owned().into(),
        };
        let is_new = plan.prior.is_none() || !plan.replace.is_empty();
        if is_new && let Ok(ids) = ids(owner, &plan.planned) {
            show(&mut plan.planned, &ids);
            if plan.prior.is_none() {
                is_vacant(cx, owner, &plan.planned).await?;
            }
        }
        // Without an answer of NSX the write will be refused just the same.
        let Ok(nsx) = clients::nsx(cx) else { return Ok(()) };
        if is_new && let Some(tag) = ncp::planned(&nsx, &plan.planned.cluster).await? {
            plan.planned.ncp_cluster = tag.into();
        }
        address_is_free(&nsx, plan).await
    }

    async fn plan_destroy(&self, cx: &Context<Clients>, _: &Model) -> Result<(), Error> {
        look::goes(cx, KIND)
    }

    async fn create(&self, cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        let ids = ids(cx.data()?.owner()?, &plan)?;
        let steward = Steward::to_make(cx, KIND, &ids.tier1())?;
        let _turn = steward.turn(&ids.tier1()).await?;
        let mut state = plan;
        let tag = ncp::existing(steward.nsx(), state.cluster.get()?.map(String::as_str)).await?;
        state.ncp_cluster = tag.into();
        let wanted = wanted(&state, &ids)?;
        let place = steward.vacancy(&ids.tier1()).await?;
        let is_begun = place.is_begun();
        if let Err(why) = server::make(&steward, place, &ids, &wanted).await {
            steward.release(&ids.tier1());
            // What was there before this create is left to the next one.
            if !is_begun && let Err(left) = server::delete(&steward.to_clean_up(), &ids).await {
                tracing::warn!(%left, "not all is taken back; the next apply adopts it");
            }
            return Err(why);
        }
        show(&mut state, &ids);
        finish(cx, &steward, state, &ids, &wanted).await
    }

    async fn read(&self, cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
        let nsx = clients::nsx(cx)?;
        let ids = Ids::new(state.id.get()?);
        let wanted = wanted(&state, &ids)?;
        let (found, sources) = futures_util::try_join!(
            found::find(&nsx, &ids, Monitors::of(&wanted)),
            server::source_addresses(&nsx, &ids),
        )?;
        let Some(tier1) = &found.tier1 else { return Ok(None) };
        look::read(cx, state.owner.known(), &tier1.meta)?;
        let mut state = state;
        state.owner = tier1.meta.tag(OWNER_SCOPE).map(str::to_owned).into();
        let mut differences = found::balancer_differences(&nsx, &ids, &found, &wanted).await?;
        // While a change of the gateway is put into force NSX names none: it keeps those that it had.
        let before = state.source_addresses.known().filter(|_| sources.is_empty());
        let sources = before.cloned().unwrap_or(sources);
        let is_pending = found::is_closed(&found, &ids) || sources.is_empty();
        if !is_pending {
            let opening = wire::opening(&state, &ids, &sources)?;
            differences.extend(found::opening_differences(&found, &ids, &opening));
        }
        state.status = match (differences.is_empty(), is_pending) {
            (false, _) => DRIFTED,
            (true, true) => PENDING,
            (true, false) => READY,
        }
        .to_owned()
        .into();
        state.differences = differences.into();
        state.source_addresses = sources.into();
        Ok(Some(state))
    }

    async fn update(
        &self,
        cx: &Context<Clients>,
        state: Model,
        plan: Model,
    ) -> Result<Model, Error> {
        let ids = Ids::new(state.id.get()?);
        let steward = Steward::new(cx, KIND, &ids.tier1(), state.owner.known())?;
        let _turn = steward.turn(&ids.tier1()).await?;
        let mut plan = plan;
        plan.ncp_cluster = state.ncp_cluster;
        let wanted = wanted(&plan, &ids)?;
        steward.still_there(&ids.tier1()).await?;
        server::write(&steward, &ids, &wanted).await?;
        finish(cx, &steward, plan, &ids, &wanted).await
    }

    async fn delete(&self, cx: &Context<Clients>, state: Model) -> Result<(), Error> {
        let ids = Ids::new(state.id.get()?);
        let steward = Steward::new(cx, KIND, &ids.tier1(), state.owner.known())?;
        let _turn = steward.turn(&ids.tier1()).await?;
        server::delete(&steward, &ids).await?;
        cx.data()?.forget_rule_base().await;
        Ok(())
    }

    async fn import(&self, cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
        let ids = match Id::<LbService>::parse(id) {
            Ok(service) => Ids::new(service.id()),
            // The `id` of the state has no slash in it, and every other name has.
            Err(_) if !id.contains('/') && !id.is_empty() => Ids::new(id),
            Err(_) => named(cx.data()?.owner()?, id)?,
        };
        let (mut model, gateway) = imported::import(&clients::nsx(cx)?, &ids).await?;
        look::imported(cx, &gateway)?;
        show(&mut model, &ids);
        Ok(model)
    }
}

impl Identified for NamespaceLoadBalancer {
    type Identity = ByPath;

    fn identity(model: &Model) -> Result<ByPath, Unknown> {
        ByPath::of(&model.path)
    }
}

/// Looks whether the place of a new load balancer is free.
async fn is_vacant(cx: &Context<Clients>, owner: &Owner, planned: &Model) -> Result<(), Error> {
    let (namespace, name) = (planned.namespace.get()?.as_str(), planned.name.get()?.as_str());
    let cluster = planned.cluster.get()?.map(String::as_str);
    let ids = |owner: &Owner| ids_of(owner, cluster, namespace, name);
    let anchor = |owner: &Owner| ids(owner).tier1();
    let path = ids(owner).service().path().to_owned();
    let newcomer = Newcomer { kind: KIND, name, import_id: Some(&path), anchor: &anchor };
    look::new(cx, owner, &newcomer).await.map(|_| ())
}

/// Waits until NSX has realized the load balancer, and lets it in from its own addresses. Where
/// that takes too long or is refused, nothing is open, and the next apply goes on from here.
async fn finish(
    cx: &Context<Clients>,
    steward: &Steward<'_>,
    mut state: Model,
    ids: &Ids,
    wanted: &Balancer,
) -> Result<Model, Error> {
    let (tier1, service, backends) = (ids.tier1(), ids.service(), ids.backends());
    let servers = wanted.servers.iter().map(|(id, _)| id.path());
    let paths = [tier1.path(), service.path(), backends.path()];
    let paths: Vec<&str> = paths.into_iter().chain(servers).collect();
    wait_realized(cx, steward.nsx(), &paths).await?;
    let opened = open(cx, steward, &state, ids).await;
    let (status, sources) = match opened {
        Ok(sources) => (READY, sources),
        Err(why) => {
            let detail = format!(
                "the load balancer was written, but the firewall lets nothing in from it yet: \
                 {why}; the next apply tries again"
            );
            cx.warn(Diagnostic::warning("the load balancer is not ready", detail));
            (PENDING, Vec::new())
        }
    };
    state.owner = steward.owner().as_str().to_owned().into();
    state.status = status.to_owned().into();
    state.differences = Vec::new().into();
    state.source_addresses = sources.into();
    Ok(state)
}

/// Opens the firewall for the realized source addresses, and returns them.
async fn open(
    cx: &Context<Clients>,
    steward: &Steward<'_>,
    state: &Model,
    ids: &Ids,
) -> Result<Vec<std::net::IpAddr>, Error> {
    let sources = server::wait_for_source_addresses(cx, ids).await?;
    let sources = sources.map_err(|cut| {
        let why = match cut {
            clients::Cut::Stopped => "the wait was interrupted",
            clients::Cut::OutOfTime => "it took too long; raise `timeouts` if need be",
        };
        Error::new("no source addresses", format!("NSX has not realized them yet, and {why}"))
    })?;
    let opening = wire::opening(state, ids, &sources)?;
    server::open(steward, &opening).await?;
    cx.data()?.forget_rule_base().await;
    let (group, policy) = (ids.sources(), ids.opening());
    wait_realized(cx, steward.nsx(), &[group.path(), policy.path()]).await?;
    Ok(sources)
}

/// Refuses a new address that is somebody's, as far as NSX answers.
async fn address_is_free(nsx: &Nsx, plan: &Plan<Model>) -> Result<(), Error> {
    let Some(address) = plan.planned.address.known() else { return Ok(()) };
    let is_kept = plan.prior.as_ref().is_some_and(|prior| prior.address.known() == Some(address));
    if is_kept && plan.replace.is_empty() {
        return Ok(());
    }
    match address::taken(nsx, plan.planned.path.known().map(String::as_str)).await {
        Ok(taken) => taken.check(*address),
        Err(_) => Ok(()),
    }
}

/// What the load balancer's objects are called: known before they exist.
fn ids(owner: &Owner, model: &Model) -> Result<Ids, Unknown> {
    let (namespace, name) = (model.namespace.get()?.as_str(), model.name.get()?.as_str());
    Ok(ids_of(owner, model.cluster.get()?.map(String::as_str), namespace, name))
}

fn ids_of(owner: &Owner, cluster: Option<&str>, namespace: &str, name: &str) -> Ids {
    let parent = cluster.map_or_else(|| "/infra".to_owned(), |it| format!("/infra/{it}"));
    Ids::new(object_id(owner, &parent, "load-balancer", &format!("{namespace}/{name}")))
}

/// The ids of the load balancer that a user calls `namespace/name` or `cluster/namespace/name`.
fn named(owner: &Owner, id: &str) -> Result<Ids, Error> {
    match id.split('/').collect::<Vec<_>>()[..] {
        [namespace, name] if !namespace.is_empty() => Ok(ids_of(owner, None, namespace, name)),
        [cluster, namespace, name] if !cluster.is_empty() => {
            Ok(ids_of(owner, Some(cluster), namespace, name))
        }
        _ => Err(Error::new(
            "not a load balancer",
            format!(
                "`{id}` is no id of a load balancer; give `namespace/name`, \
                 `cluster/namespace/name`, its `id`, or its policy path, `/infra/lb-services/…`"
            ),
        )),
    }
}

fn show(model: &mut Model, ids: &Ids) {
    model.id = ids.stem().to_owned().into();
    model.path = ids.service().path().to_owned().into();
    model.tier1_path = ids.tier1().path().to_owned().into();
    model.group_path = ids.backends().path().to_owned().into();
    model.policy_path = ids.opening().path().to_owned().into();
}

/// The objects that the load balancer is to have. What was unknown when the configuration was
/// validated is checked here.
fn wanted(model: &Model, ids: &Ids) -> Result<Balancer, Error> {
    let mut found = Diagnostics::new();
    rules::validate(model, &mut found);
    if let Ok(error) = Error::try_from(found) {
        return Err(error);
    }
    wire::balancer(model, ids)
}

#[cfg(test)]
mod tests;
