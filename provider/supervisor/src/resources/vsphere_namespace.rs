//! `supervisor_vsphere_namespace`: a slice of a Supervisor, closed before anything is in it.
//!
//! Create and update are one road ([`converge`]): each step looks at what is there, so a run that
//! was cut off anywhere is continued by the next. In NSX a group with owner and claim is written
//! first; it is the written intent by which a namespace, which carries no mark, is known as ours.

mod converge;
mod grouped;
mod imported;
mod isolate;
mod model;
mod place;
mod rules;
#[cfg(test)]
mod tests;
mod wire;

use namespace_network::isolation::{Members, Mode};
use nsx::objects::Group;
use tf_framework::{
    Computed, Context, DefaultTimeouts, Defaulted, Diagnostic, Diagnostics, Error, Identified,
    Moved, Optional, Path, Plan, Required, Resource, Unknown,
};
use vcenter::{ClusterId, NamespaceId, found};

pub(crate) use isolate::{GROUP_NAME, found_in, texts, verdict};
use model::Isolation;
pub use model::Model;
pub(crate) use model::RulePath;
pub(crate) use place::{Subject, members, pod_cidrs};

use crate::{
    clients::{self, Clients},
    config::Owner,
    owned::{Marked, Newcomer, Outlook, look},
    ownership::{Mark, Memory},
    resources::{
        identity::ByName,
        lifecycle::{self, OnTimeout},
        peers,
    },
    said,
};

/// The resource.
#[derive(Debug)]
pub struct VsphereNamespace;

pub(crate) const KIND: &str = "supervisor_vsphere_namespace";

/// Its group exists, the namespace does not: a create that was cut off, or somebody's delete.
const MISSING: &str = "MISSING";
const RUNNING: &str = "RUNNING";

impl Resource for VsphereNamespace {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = KIND;
    const TIMEOUTS: DefaultTimeouts = DefaultTimeouts::minutes(30);

    fn validate(config: &Model, found: &mut Diagnostics) {
        rules::validate(config, found);
    }

    async fn plan(&self, cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
        if let Some(prior) = &plan.prior {
            rules::immutable(prior, &plan.planned)?;
        }
        let marked = marked(cx, plan)?;
        let clients = cx.data()?;
        let mode = Isolation::mode(&plan.planned.isolation);
        if !clients.has_nsx() && mode != Mode::None && !is_unknown(&plan.planned.isolation) {
            return Err(no_firewall());
        }
        known_in_advance(cx, plan, mode)?;
        if marked == Marked::Pending && !plan.planned.owner.is_null() {
            plan.planned.owner = Computed::unknown();
        }
        is_new(cx, plan, mode).await?;
        resume_and_repair(cx, plan);
        if let Some(name) = plan.planned.name.known() {
            plan.planned.id = name.to_string().into();
        }
        networks_are_free(cx, &plan.planned).await
    }

    async fn plan_destroy(&self, cx: &Context<Clients>, state: &Model) -> Result<(), Error> {
        unprotected(state)?;
        look::goes(cx, KIND)
    }

    async fn create(&self, cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        converge::create(cx, plan).await
    }

    async fn read(&self, cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
        let name: NamespaceId = state.name.get()?.as_str().into();
        let vcenter = clients::vcenter(cx)?;
        let read = found(vcenter.namespaces().get(&name).await);
        let read = read.map_err(|why| said::told(&format!("read namespace `{name}`"), &why))?;
        cx.data()?.saw_namespace(name.as_str()).await;
        let Some(info) = read else { return missing(cx, state).await };
        let owner = state.owner.known().cloned();
        let state = Model {
            id: name.to_string().into(),
            cluster: info.cluster.to_string().into(),
            ..wire::with_details(&state, &info.details)
        };
        let seen = look_around(cx, state).await?;
        if let Some(group) = &seen.group {
            look::read(cx, owner.as_ref(), &group.meta)?;
        }
        Ok(Some(seen.model))
    }

    async fn update(
        &self,
        cx: &Context<Clients>,
        state: Model,
        plan: Model,
    ) -> Result<Model, Error> {
        converge::update(cx, &state, plan).await
    }

    async fn delete(&self, cx: &Context<Clients>, state: Model) -> Result<(), Error> {
        if !is_taken_over(cx, &state).await? {
            unprotected(&state)?;
        }
        converge::delete(cx, state).await
    }

    async fn import(&self, cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
        let parsed: model::NamespaceName = id.parse().map_err(|why| {
            let detail =
                format!("`{id}` is not a namespace; give its name, such as `banking`: {why}");
            Error::new("not a namespace", detail)
        })?;
        let name: NamespaceId = parsed.as_str().into();
        let read = found(clients::vcenter(cx)?.namespaces().get(&name).await);
        let read = read.map_err(|why| said::told(&format!("read namespace `{name}`"), &why))?;
        let Some(info) = read else {
            let detail = format!("vCenter has no namespace `{id}`");
            return Err(Error::new("not a namespace", detail));
        };
        let isolation = if cx.data()?.has_nsx() {
            imported::isolation(cx, info.cluster.as_str(), id).await?
        } else {
            None
        };
        let state = Model {
            id: id.to_owned().into(),
            name: parsed.into(),
            cluster: info.cluster.to_string().into(),
            isolation: isolation.into(),
            ..empty()
        };
        Ok(look_around(cx, wire::imported(&state, &info.details)).await?.model)
    }

    fn moved(from: &Moved<'_>, _: &mut Diagnostics) -> Result<Option<String>, Error> {
        let name = from.text("name").filter(|_| peers::vsphere(from) == Some("vsphere_namespace"));
        Ok(name.map(str::to_owned))
    }
}

impl Identified for VsphereNamespace {
    type Identity = ByName;

    fn identity(model: &Model) -> Result<ByName, Unknown> {
        Ok(ByName { name: model.id.get()?.clone().into() })
    }
}

fn unprotected(state: &Model) -> Result<(), Error> {
    let name = state.id.known().map(String::as_str).unwrap_or_default();
    let harm = format!("destroying `{name}` destroys everything in it");
    lifecycle::unprotected(&state.deletion_protection, "namespace", &harm)
}

fn is_unknown(isolation: &Optional<Isolation>) -> bool {
    isolation.is_unknown() || isolation.known().is_some_and(|it| it.mode.is_unknown())
}

fn no_firewall() -> Error {
    Error::new(
        "no firewall to isolate with",
        "without NSX there is no distributed firewall, and the namespace would be open; say so by \
         writing `isolation = { mode = \"none\" }`, or configure `nsx` in the provider",
    )
    .at(&Path::of("isolation"))
}

/// Whether the group of a namespace that stays is as it should be.
fn marked(cx: &Context<Clients>, plan: &Plan<Model>) -> Result<Marked, Error> {
    let clients = cx.data()?;
    let Some(prior) = plan.prior.as_ref().filter(|_| clients.has_nsx()) else {
        return Ok(Marked::Held);
    };
    let Ok(Some(owner)) = clients.planned_owner() else { return Ok(Marked::Held) };
    look::there(cx, KIND, owner, prior.group_path.known())
}

/// Whether the namespace of the state is another instance's by now.
async fn is_taken_over(cx: &Context<Clients>, state: &Model) -> Result<bool, Error> {
    let (cluster, name) = (state.cluster.get()?.as_str(), state.name.get()?.as_str());
    let Some(group) = state.group_path.known() else {
        // One that was imported unmarked may be another owner's by now.
        let clients = cx.data()?;
        let (true, Ok(owner)) = (clients.has_nsx(), clients.owner()) else { return Ok(false) };
        let purpose = isolate::purpose(cx, cluster, name)?;
        return Ok(purpose.of_another(&clients::nsx(cx)?, owner).await?.is_some());
    };
    let id = isolate::group_at(group)?;
    let steward = isolate::steward(cx, &id, name, state.owner.known())?;
    isolate::is_taken_over(&steward, group).await
}

/// Looks whether the place of a new namespace is free: in NSX, where its group stands for it, and in
/// vCenter.
async fn is_new(cx: &Context<Clients>, plan: &Plan<Model>, mode: Mode) -> Result<(), Error> {
    let (None, Some(cluster), Some(name)) =
        (&plan.prior, plan.planned.cluster.known(), plan.planned.name.known())
    else {
        return Ok(());
    };
    let clients = cx.data()?;
    if !clients.has_nsx() || mode == Mode::None || is_unknown(&plan.planned.isolation) {
        return Ok(());
    }
    let Ok(Some(owner)) = clients.planned_owner() else { return Ok(()) };
    let anchor = |owner: &Owner| isolate::group(owner, cluster, name.as_str());
    let (name, import_id) = (name.as_str(), Some(name.as_str()));
    let newcomer = Newcomer { kind: KIND, name, import_id, anchor: &anchor };
    match look::new(cx, owner, &newcomer).await? {
        Outlook::Vacant if clients::namespace_is_there(cx, name).await => {
            Err(converge::exists(name))
        }
        _ => Ok(()),
    }
}

/// Ids and owner follow from the configuration.
fn known_in_advance(
    cx: &Context<Clients>,
    plan: &mut Plan<Model>,
    mode: Mode,
) -> Result<(), Error> {
    let clients = cx.data()?;
    let planned = &mut plan.planned;
    if is_unknown(&planned.isolation) {
        planned.isolation_status = Computed::unknown();
        planned.differences = Computed::unknown();
        planned.group_path = Computed::unknown();
        planned.policy_path = Computed::unknown();
        planned.owner = Computed::unknown();
        return Ok(());
    }
    planned.isolation_status = status_of(mode).to_owned().into();
    planned.differences = Vec::new().into();
    if !clients.has_nsx() || mode == Mode::None {
        planned.group_path = Computed::null();
        planned.policy_path = Computed::null();
        planned.owner = Computed::null();
        return Ok(());
    }
    let (Some(cluster), Some(name)) = (planned.cluster.known(), planned.name.known()) else {
        return Ok(());
    };
    let Some(owner) = clients.planned_owner()? else { return Ok(()) };
    let state = plan.prior.as_ref().and_then(|it| it.owner.known()).map(String::as_str);
    // A namespace that is in the state keeps the ids it has, whatever its owner is called by now.
    let names = match &plan.prior {
        Some(_) => Memory::new(cx, state).names(owner),
        None => owner.clone(),
    };
    let paths = isolate::paths(&names, cluster, name.as_str(), mode);
    planned.owner = owner.as_str().to_owned().into();
    planned.policy_path = isolate::writes(mode).then_some(paths.deny).into();
    planned.group_path = paths.group.into();
    Ok(())
}

fn status_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Observe => "observed",
        Mode::Baseline | Mode::Guardrail => "intact",
        Mode::None => "none",
    }
}

/// What is not as it should be makes a plan, although the configuration did not change.
fn resume_and_repair(cx: &Context<Clients>, plan: &mut Plan<Model>) {
    let Some(prior) = &plan.prior else { return };
    let status = prior.config_status.known().map(String::as_str);
    let drifted = prior.isolation_status != plan.planned.isolation_status;
    if status != Some(RUNNING) || drifted || prior.owner != plan.planned.owner {
        plan.planned.config_status = Computed::unknown();
        plan.planned.messages = Computed::unknown();
        plan.planned.isolated = Computed::unknown();
        plan.planned.isolation_openings = Computed::unknown();
        plan.planned.verdict = Computed::unknown();
        plan.planned.doubts = Computed::unknown();
        plan.planned.openings = Computed::unknown();
        plan.planned.subnets = Computed::unknown();
        plan.planned.snat_address = Computed::unknown();
    }
    // What a change makes of it shows when it is applied.
    let stays = prior.isolation == plan.planned.isolation && !drifted;
    if let Some(warning) = not_closed(prior).filter(|_| stays) {
        cx.warn(warning);
    }
}

/// What to say of a namespace that is not proven closed.
fn not_closed(model: &Model) -> Option<Diagnostic> {
    let list = |it: &Computed<Vec<String>>| it.known().cloned().unwrap_or_default();
    let (openings, doubts) = (list(&model.isolation_openings), list(&model.doubts));
    let name = model.name.known().map(ToString::to_string).unwrap_or_default();
    let verdict = model.verdict.known().filter(|it| *it != "closed")?;
    let doubts = doubts.iter().map(|it| format!("in doubt: {it}"));
    let found: Vec<String> = openings.into_iter().chain(doubts).collect();
    let detail = format!(
        "`{name}`:\n{}\nA rule that is not this configuration's is left alone; if it is to be, name it in \
         `isolation.accept`",
        found.join("\n")
    );
    let warning = Diagnostic::warning(format!("namespace `{name}` is {verdict}"), detail);
    Some(warning.at(Path::of("isolation")))
}

/// A network of the namespace's own shares no addresses with the Supervisor's.
async fn networks_are_free(cx: &Context<Clients>, plan: &Model) -> Result<(), Error> {
    let (Some(network), Some(cluster)) = (plan.network.known(), plan.cluster.known()) else {
        return Ok(());
    };
    // A Supervisor that is not there yet, or a vCenter that does not answer, says so later.
    let Ok(supervisor) = clients::supervisor(cx, &ClusterId::from(cluster.as_str())).await else {
        return Ok(());
    };
    let own = rules::ranges(network);
    for (index, theirs) in place::pod_cidrs(&supervisor).into_iter().enumerate() {
        let range = theirs.range();
        if let Some(mine) = own.iter().find(|it| it.range.overlaps(&range)) {
            let detail = format!(
                "`network`: {mine} overlaps pod_cidrs[{index}] {theirs} of the Supervisor on `{cluster}`"
            );
            return Err(Error::new("overlapping networks", detail).at(&Path::of("network")));
        }
    }
    Ok(())
}

/// The namespace is proven gone. While its group is there the state stays, so that the next apply
/// makes the namespace again and a destroy removes the group.
async fn missing(cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
    let Some(path) = state.group_path.known() else { return Ok(None) };
    if !cx.data()?.has_nsx() {
        return Ok(None);
    }
    let id = nsx::Id::<nsx::objects::Group>::parse(path)
        .map_err(|why| Error::new("no path of a group", why.to_string()))?;
    let name = state.name.get()?.as_str();
    let steward = isolate::steward(cx, &id, name, state.owner.known())?;
    let group = steward.get(&id).await?;
    if let Some(group) = &group {
        look::read(cx, state.owner.known(), &group.meta)?;
    }
    let is_ours =
        group.is_some_and(|it| Mark::of(&it.meta).owner.is_some() && steward.may_change(&it));
    Ok(is_ours.then(|| Model { config_status: MISSING.to_owned().into(), ..state }))
}

/// A namespace with what the rest of the world says of it.
struct Seen {
    model: Model,
    /// The group that stands for it.
    group: Option<Group>,
}

impl From<Model> for Seen {
    fn from(model: Model) -> Self {
        Self { model, group: None }
    }
}

/// What the rest of the world says about the namespace: NCP, and the firewall.
async fn look_around(cx: &Context<Clients>, state: Model) -> Result<Seen, Error> {
    let mode = Isolation::mode(&state.isolation);
    let cluster: ClusterId = state.cluster.get()?.as_str().into();
    let none = Model {
        subnets: Vec::new().into(),
        snat_address: Computed::null(),
        isolated: Computed::null(),
        isolation_status: "none".to_owned().into(),
        differences: Vec::new().into(),
        isolation_openings: Vec::new().into(),
        verdict: Computed::null(),
        doubts: Vec::new().into(),
        openings: Vec::new().into(),
        ..state.clone()
    };
    if !cx.data()?.has_nsx() {
        return Ok(none.into());
    }
    let supervisor = clients::supervisor(cx, &cluster).await?;
    let members = place::members(cx, &cluster, &supervisor, &Subject::of(&state)?).await?;
    let ncp = place::ncp(cx, members.as_ref()).await?;
    let state =
        Model { subnets: ncp.subnets.into(), snat_address: ncp.snat_address.into(), ..none };
    let Some(members) = members.filter(|_| mode != Mode::None) else { return Ok(state.into()) };
    judged(cx, state, &cluster, members).await
}

/// The state with the verdict of the firewall.
async fn judged(
    cx: &Context<Clients>,
    state: Model,
    cluster: &ClusterId,
    members: Members,
) -> Result<Seen, Error> {
    let supervisor = clients::supervisor(cx, cluster).await?;
    let owner = state.owner.known();
    let names = Memory::new(cx, owner.map(String::as_str)).names(cx.data()?.owner()?);
    let wanted = isolate::Wanted::new(&state, &names, cluster.as_str(), &supervisor, members)?;
    let verdict = wanted.verdict(cx, owner).await?;
    let group = wanted.read_group(cx).await?;
    let differences = wanted.differences(cx, group.as_ref(), owner).await?;
    let is_intact = differences.is_empty();
    let mark = group.as_ref().and_then(|it| Mark::of(&it.meta).owner);
    let status = if is_intact { status_of(wanted.mode) } else { "drifted" };
    let model = Model {
        isolated: (verdict.is_closed() && is_intact).into(),
        isolation_status: status.to_owned().into(),
        differences: differences.into(),
        isolation_openings: texts(&verdict.open).into(),
        verdict: verdict.outcome.to_string().into(),
        doubts: texts(&verdict.doubts).into(),
        openings: texts(&verdict.openings).into(),
        owner: mark.into(),
        group_path: group.is_some().then(|| wanted.paths.group.clone()).into(),
        policy_path: isolate::writes(wanted.mode).then_some(wanted.paths.deny).into(),
        ..state
    };
    Ok(Seen { model, group })
}

/// Nothing, for what an import fills in.
fn empty() -> Model {
    Model {
        id: Computed::null(),
        name: Required::null(),
        cluster: Required::null(),
        description: Optional::null(),
        access: Optional::null(),
        storage: Optional::null(),
        resources: Optional::null(),
        vm_classes: Optional::null(),
        content_libraries: Optional::null(),
        networks: Optional::null(),
        network: Optional::null(),
        isolation: Optional::null(),
        deletion_protection: true.into(),
        on_timeout: Defaulted::from(OnTimeout::Warn),
        config_status: Computed::null(),
        messages: Computed::null(),
        subnets: Computed::null(),
        snat_address: Computed::null(),
        isolated: Computed::null(),
        isolation_status: Computed::null(),
        differences: Computed::null(),
        isolation_openings: Computed::null(),
        verdict: Computed::null(),
        doubts: Computed::null(),
        openings: Computed::null(),
        group_path: Computed::null(),
        policy_path: Computed::null(),
        owner: Computed::null(),
        timeouts: Optional::null(),
    }
}
