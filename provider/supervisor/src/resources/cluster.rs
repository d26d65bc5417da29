//! `supervisor_cluster`: a vSphere cluster, or three zones, as a Supervisor.

mod change;
mod checks;
mod create;
mod delete;
mod enable_v1;
mod enable_v2;
mod finish;
mod form;
mod import;
mod model;
mod ncp;
mod place;
mod ranges;
mod read;
mod rules;
mod same;
#[cfg(test)]
mod tests;
mod text;
mod update;
mod values;
mod versions;
mod wait;

use tf_framework::{
    Attr, Computed, Context, DefaultTimeouts, Defaulted, Diagnostics, Error, Identified, Moved,
    Path, Plan, Resource, Unknown,
};
use vcenter::{ClusterId, ConfigStatus, Vcenter};

use model::ManagementNetwork;
pub use model::Model;

use crate::{
    clients::{self, Clients},
    intent::{self, Intent, Kind, Mark},
    owned::look,
    resources::{identity::ById, lifecycle, peers},
    said::told,
};
use place::Place;

pub(crate) use import::{Candidate, candidates};
pub(crate) use ncp::{Ncp, find as find_ncp};

pub(in crate::resources) use change::all_grow;
pub(in crate::resources) use finish::until_running;
pub(in crate::resources) use place::is_unsure;
pub(in crate::resources) use read::address_ranges;
pub(in crate::resources) use rules::port_group;
pub(crate) use text::ClusterMoid;
pub(in crate::resources) use text::NetworkMoid;
pub(in crate::resources) use values::ranges as wire_ranges;

/// The resource.
#[derive(Debug)]
pub struct Cluster;

const KIND: &str = "supervisor_cluster";
/// What is remembered while a replacement is planned: that the old one is taken down first.
const REPLACED: &str = "replaced";
/// What is said of one that is gone, while its mark is left.
const MISSING: &str = "MISSING";
const INTENT: Kind = Kind { resource: KIND, noun: "Supervisor on" };

impl Resource for Cluster {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = KIND;
    const TIMEOUTS: DefaultTimeouts = DefaultTimeouts::minutes(90);

    fn validate(config: &Model, found: &mut Diagnostics) {
        rules::validate(config, found);
    }

    async fn plan(&self, cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
        mark(cx, plan)?;
        form::settle(plan);
        let mut found = Diagnostics::new();
        let is_replaced = !plan.replace.is_empty();
        match plan.prior.clone().filter(|_| !is_replaced) {
            Some(prior) => plan_change(cx, &prior, plan, &mut found).await,
            None => plan_new(cx, plan, &mut found).await?,
        }
        match Error::try_from(found) {
            Ok(error) => Err(error),
            Err(warnings) => {
                warnings.into_iter().for_each(|it| cx.warn(it));
                Ok(())
            }
        }
    }

    async fn plan_destroy(&self, cx: &Context<Clients>, state: &Model) -> Result<(), Error> {
        unprotected(state)?;
        look::goes(cx, KIND)
    }

    async fn create(&self, cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        create::create(cx, plan).await.and_then(|it| with_owner(cx, it))
    }

    async fn read(&self, cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
        let cluster = place::cluster_of(&state)?;
        let info = clients::vcenter(cx)?.clusters().find(&cluster).await;
        let info =
            info.map_err(|why| told(&format!("read the Supervisor of `{cluster}`"), &why))?;
        let Some(info) = info else { return missing(cx, state).await };
        let model = owned(cx, read::to_model(&info, &state), state.owner.known()).await?;
        // Namespaces need its facts, and would ask once more.
        cx.data()?.remember_supervisor(&cluster, info).await;
        Ok(Some(finish::with_ncp(cx, model).await))
    }

    async fn update(
        &self,
        cx: &Context<Clients>,
        state: Model,
        plan: Model,
    ) -> Result<Model, Error> {
        let cluster = place::cluster_of(&state)?;
        cx.data()?.forget_supervisor(&cluster).await;
        update::update(cx, state, plan).await.and_then(|it| with_owner(cx, it))
    }

    async fn delete(&self, cx: &Context<Clients>, state: Model) -> Result<(), Error> {
        unprotected(&state)?;
        let cluster = place::cluster_of(&state)?;
        cx.data()?.forget_supervisor(&cluster).await;
        delete::delete(cx, state).await
    }

    async fn import(&self, cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
        let model = import::import(cx, id).await?;
        let place = Place::of(&model)?.name();
        if let Some(intent) = Intent::of(cx, INTENT, &place, None)? {
            intent.take_along().await?;
        }
        Ok(model)
    }

    fn configuration(written: &mut Model) {
        if written.zones.known().is_some() {
            written.cluster = Defaulted::null();
        }
        // It is the first address of the range, and need not be written twice.
        if let Some(management) = written.management_network.known() {
            let management =
                ManagementNetwork { floating_ip: Defaulted::null(), ..management.clone() };
            written.management_network = management.into();
        }
    }

    fn moved(from: &Moved<'_>, notes: &mut Diagnostics) -> Result<Option<String>, Error> {
        let id = match peers::vsphere(from) {
            Some("vsphere_supervisor") => from.text("cluster"),
            Some("vsphere_supervisor_v2") => from.text("id"),
            _ => return Ok(None),
        };
        let own = "a namespace is a resource of its own here; import each";
        peers::left_alone(from, &["namespace"], own, notes);
        Ok(id.map(str::to_owned))
    }
}

impl Identified for Cluster {
    type Identity = ById;

    fn identity(model: &Model) -> Result<ById, Unknown> {
        Ok(ById { id: model.id.get()?.clone().into() })
    }
}

fn unprotected(state: &Model) -> Result<(), Error> {
    let name = state.name.known().or(state.id.known()).cloned().unwrap_or_default();
    let harm = format!("destroying or replacing `{name}` takes down every namespace in it");
    lifecycle::unprotected(&state.deletion_protection, "Supervisor", &harm)
}

/// The owner, where NSX can carry its mark: an imported Supervisor gets it at the next apply.
fn mark(cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
    let clients = cx.data()?;
    if !clients.has_nsx() {
        plan.planned.owner = Computed::null();
    } else if let Some(owner) = clients.planned_owner()? {
        plan.planned.owner = match &plan.prior {
            Some(prior) => look::owner(cx, KIND, owner, prior.id.known())?,
            None => owner.as_str().to_owned().into(),
        };
    }
    Ok(())
}

/// A Supervisor that was written, and its mark with it.
fn with_owner(cx: &Context<Clients>, model: Model) -> Result<Model, Error> {
    let clients = cx.data()?;
    let owner = if clients.has_nsx() { Some(clients.owner()?.as_str().to_owned()) } else { None };
    Ok(Model { owner: owner.into(), ..model })
}

/// The Supervisor is proven gone. While its mark is there the state stays, so that the next apply
/// makes the Supervisor again and a destroy removes the mark.
async fn missing(cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
    let place = Place::of(&state)?.name();
    let owner = state.owner.known().cloned();
    let Some(intent) = Intent::of(cx, INTENT, &place, owner.as_ref())? else { return Ok(None) };
    let is_ours = intent.mark().await? == Mark::Ours;
    intent.read(owner.as_ref()).await?;
    Ok(is_ours.then(|| Model { config_status: MISSING.to_owned().into(), ..state }))
}

fn is_missing(state: &Model) -> bool {
    state.config_status.known().is_some_and(|it| it == MISSING)
}

/// `model` with the owner whose mark stands in NSX.
async fn owned(
    cx: &Context<Clients>,
    model: Model,
    state: Option<&String>,
) -> Result<Model, Error> {
    let place = Place::of(&model)?.name();
    let owner = match Intent::of(cx, INTENT, &place, state)? {
        Some(intent) => intent.read(state).await?,
        None => None,
    };
    Ok(Model { owner: owner.into(), ..model })
}

/// A Supervisor that is to be made.
async fn plan_new(
    cx: &Context<Clients>,
    plan: &mut Plan<Model>,
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let planned = &mut plan.planned;
    if plan.config.cluster.is_null() {
        planned.cluster = Defaulted::unknown();
        planned.id = Computed::unknown();
    } else if let Some(cluster) = planned.cluster.known() {
        planned.id = cluster.to_string().into();
    }
    password_is_there(&plan.config, found);
    let is_first = plan.prior.is_none();
    if !is_first {
        // Terraform plans the new one once more, without the old one but with what is remembered.
        cx.remember(REPLACED, &true);
    }
    if is_first && let Ok(place) = Place::of(planned) {
        if cx.private::<bool>(REPLACED).is_none() {
            cx.data()?.claims().plan(&format!("the Supervisor on {}", place.name()))?;
        }
        intent::plan_new(cx, INTENT, &place.name(), &place.name()).await?;
    }
    let Ok(vcenter) = clients::vcenter(cx) else { return Ok(()) };
    let version = vcenter.version().await.ok();
    if let Some(version) = version {
        versions::check(version, planned, found);
    }
    let generation = version.map(versions::Generation::of);
    name_is_possible(&vcenter, generation, plan, found).await?;
    checks::parts_exist(&vcenter, &plan.config, found).await;
    if is_first && is_vacant(cx, &vcenter, &plan.planned, found).await {
        checks::compatible(&vcenter, &plan.planned, found).await;
    }
    let nsx = clients::nsx(cx).ok();
    checks::apart_from_others(&vcenter, nsx.as_ref(), &plan.planned, found).await;
    Ok(())
}

fn password_is_there(config: &Model, found: &mut Diagnostics) {
    let Some(it) = config.load_balancer.known().and_then(|it| it.haproxy.known()) else { return };
    if it.password_wo.is_null() {
        let path = Path::of("load_balancer").attribute("haproxy").attribute("password_wo");
        let detail = format!("`{path}` is needed to log in to the load balancer");
        found.error_at(path, "missing attribute", detail);
    }
}

/// The name is the cluster's unless another is written, which vCenter 7 has no place for. What a plan
/// said of it has to be said again at apply, so a vCenter that does not answer then is an error.
async fn name_is_possible(
    vcenter: &Vcenter,
    generation: Option<versions::Generation>,
    plan: &mut Plan<Model>,
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let Some(cluster) = plan.planned.cluster.known() else { return Ok(()) };
    let cluster = ClusterId::from(cluster.as_str());
    let of_cluster = place::find_cluster_name(vcenter, &cluster).await;
    match plan.config.name.known() {
        None if plan.config.name.is_null() => {
            if let Some(name) = of_cluster? {
                plan.planned.name = name.into();
            }
        }
        Some(name) if generation == Some(versions::Generation::First) => {
            if let Some(of_cluster) = of_cluster.ok().flatten().filter(|it| it != name) {
                let detail = format!(
                    "on this vCenter a Supervisor has its cluster's name, `{of_cluster}`; leave \
                     `name` out"
                );
                found.error_at(Path::of("name"), "a name that is not possible", detail);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether the cluster is none yet. One that is ours is gone on with; anybody else's is an error.
async fn is_vacant(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    planned: &Model,
    found: &mut Diagnostics,
) -> bool {
    let Some(cluster) = planned.cluster.known() else { return false };
    let cluster = ClusterId::from(cluster.as_str());
    let there = vcenter.clusters().find(&cluster).await;
    match there {
        Ok(None) => return true,
        Err(_) => return false,
        Ok(Some(_)) => {}
    }
    let import = format!("if it is to be managed here: terraform import {KIND}.<name> {cluster}");
    let at = Path::of("cluster");
    match Intent::to_make(cx, INTENT, cluster.as_str()) {
        Ok(Some(intent)) => {
            if intent.mark().await.is_ok_and(|it| it == Mark::None) {
                let detail = format!(
                    "`{cluster}` is one, and nothing proves that it was made here; {import}"
                );
                found.error_at(at, "there is a Supervisor already", detail);
            }
        }
        _ if cx.private::<bool>(REPLACED).is_some() => {}
        _ => {
            // A tainted one is taken down first, which is not to be seen from here.
            let detail = format!("apply makes no other one on `{cluster}`; {import}");
            found.warning_at(at, "there is a Supervisor already", detail);
        }
    }
    false
}

/// A Supervisor that is there.
async fn plan_change(
    cx: &Context<Clients>,
    prior: &Model,
    plan: &mut Plan<Model>,
    found: &mut Diagnostics,
) {
    change::refused(prior, &plan.planned, found);
    let is_running =
        prior.config_status.known().is_some_and(|it| *it == ConfigStatus::Running.to_string());
    settle(prior, plan, is_running);
    if let Ok(vcenter) = clients::vcenter(cx)
        && let Ok(version) = vcenter.version().await
    {
        versions::check(version, &plan.planned, found);
        if !change::is_none(prior, &plan.planned) {
            checks::parts_exist(&vcenter, &plan.config, found).await;
        }
        let networks = |it: &Model| it.nsx().cloned();
        if networks(prior) != networks(&plan.planned) {
            let nsx = clients::nsx(cx).ok();
            checks::apart_from_others(&vcenter, nsx.as_ref(), &plan.planned, found).await;
        }
    }
    if is_running && plan.planned.ncp_cluster.known().is_none() && plan.planned.nsx().is_some() {
        one_ncp(cx, &plan.planned, found).await;
    }
}

/// What is known of the Supervisor stays known while it is running. One that is not is taken up
/// again: its state is what apply brings.
fn settle(prior: &Model, plan: &mut Plan<Model>, is_running: bool) {
    let planned = &mut plan.planned;
    if is_running {
        planned.api_server_endpoint = prior.api_server_endpoint.clone();
        planned.management_endpoint = prior.management_endpoint.clone();
    } else {
        planned.api_server_endpoint = Attr::unknown();
        planned.management_endpoint = Attr::unknown();
    }
    if is_running && change::is_none(prior, planned) {
        planned.config_status = prior.config_status.clone();
        planned.kubernetes_status = prior.kubernetes_status.clone();
        planned.messages = prior.messages.clone();
    } else {
        planned.config_status = Attr::unknown();
        planned.kubernetes_status = Attr::unknown();
        planned.messages = Attr::unknown();
    }
    if plan.config.ncp_cluster.is_null() {
        let is_known = !is_missing(prior) && (prior.ncp_cluster.known().is_some() || is_running);
        planned.ncp_cluster = if is_known { prior.ncp_cluster.clone() } else { Attr::unknown() };
    }
    if is_missing(prior) {
        // Another one takes its place.
        planned.supervisor_id = Attr::unknown();
        if plan.config.cluster.is_null() {
            planned.id = Attr::unknown();
        }
    } else if planned.supervisor_id.is_unknown() {
        planned.supervisor_id = prior.supervisor_id.clone();
    }
}

/// Where several NCPs fit, somebody has to say which one is meant.
async fn one_ncp(cx: &Context<Clients>, planned: &Model, found: &mut Diagnostics) {
    let Ok(nsx) = clients::nsx(cx) else { return };
    let cluster = planned.cluster.known().map_or("", |it| it.as_str());
    let supervisor = planned.supervisor_id.known().map(String::as_str);
    if let Ok(ncp::Ncp::Several(names)) = ncp::find(&nsx, cluster, supervisor).await {
        let detail = finish::several(cluster, &names);
        found.error_at(Path::of("ncp_cluster"), "several NCPs of that name", detail);
    }
}
