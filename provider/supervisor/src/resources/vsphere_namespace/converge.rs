//! Making, changing and removing a namespace: one road for a first, a cut-off and a later run.
//!
//! | step | if the process dies right after it |
//! |---|---|
//! | 1 the Supervisor runs | nothing was written |
//! | 2 group and deny are in force | the next run finds its group and goes on |
//! | 3 the namespace is asked for | the next run finds it, and knows by the group that it is ours |
//! | 4 the namespace runs | the same |
//! | 5 what is let through, and the group's members by UID | the next plan sees what is missing |
//!
//! On the way down the namespace goes first, and the deny and its group last.

use std::{sync::Arc, time::Duration};

use namespace_network::isolation::Mode;
use tf_framework::{Computed, Context, Diagnostic, Error, Path};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vcenter::{
    ClusterId, ConfigStatus, ErrorType, NamespaceId, Vcenter, clusters::Info, found,
    namespaces::Details, networks::UpdateSpec,
};

mod wait;

use self::wait::{Waited, gone, running};
use super::{
    KIND,
    isolate::{self, Wanted},
    look_around,
    model::{Isolation, Model},
    place::{self, Subject},
    wire,
};
use crate::{
    clients::{self, Clients, pause},
    owned::Steward,
    resources::lifecycle::OnTimeout,
    said,
};

/// How long a last look may take: Terraform waits for it.
const LAST_LOOK: Duration = Duration::from_secs(2);
/// How often NSX's search is asked for what NCP has just made.
const LOOKS: u32 = 20;

/// What a run works on.
struct Run<'a> {
    cx: &'a Context<Clients>,
    vcenter: Vcenter,
    name: NamespaceId,
    cluster: ClusterId,
    on_timeout: OnTimeout,
}

impl<'a> Run<'a> {
    fn new(cx: &'a Context<Clients>, model: &Model) -> Result<Self, Error> {
        Ok(Self {
            cx,
            vcenter: clients::vcenter(cx)?,
            name: model.name.get()?.as_str().into(),
            cluster: model.cluster.get()?.as_str().into(),
            on_timeout: *model.on_timeout.get()?,
        })
    }

    fn told(&self, doing: &str, why: &vcenter::Error) -> Error {
        said::told(&format!("{doing} namespace `{}`", self.name), why)
    }

    async fn look(&self) -> Result<Option<Details>, Error> {
        let read = found(self.vcenter.namespaces().get(&self.name).await);
        Ok(read.map_err(|why| self.told("read", &why))?.map(|info| info.details))
    }

    /// The same although the user interrupts or time is up.
    async fn look_at_last(&self) -> Result<Option<Details>, Error> {
        let deadline = Some(Instant::now() + LAST_LOOK);
        let vcenter = self.vcenter.within(CancellationToken::new(), deadline);
        let read = found(vcenter.namespaces().get(&self.name).await);
        Ok(read.map_err(|why| self.told("read", &why))?.map(|info| info.details))
    }
}

pub(super) async fn create(cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
    let run = Run::new(cx, &plan)?;
    let _turn = clients::turn(cx, run.name.as_str()).await?;
    let supervisor = running_supervisor(&run).await?;
    let intent = match wanted(&run, &supervisor, &plan).await? {
        None => None,
        Some(wanted) => {
            let steward = Steward::new(cx, KIND)?;
            let is_intended = wanted.is_intended(&steward).await?;
            if !is_intended {
                absent(&run).await?;
            }
            if let Err(error) = wanted.close(&steward, run.name.as_str()).await {
                return Err(undone(&run, &wanted, is_intended, error).await);
            }
            Some((wanted, is_intended))
        }
    };
    if intent.is_none() {
        absent(&run).await?;
    }
    let origin = match &intent {
        Some((_, true)) => Origin::Earlier,
        _ => Origin::Now,
    };
    let Err(not_made) = ask(&run, &plan, origin).await else {
        // What was begun before may have been asked for in other words.
        if origin == Origin::Earlier
            && let Waited::Running(details) = running(&run).await?
        {
            change(&run, &wire::with_details(&plan, &details), &plan).await?;
        }
        return finish(&run, &supervisor, plan).await;
    };
    Err(match (not_made, &intent) {
        (NotMade::Foreign(error), Some((wanted, false))) => {
            take_back(&run, wanted).await;
            error
        }
        (NotMade::Refused(error), Some((wanted, false))) => {
            undone(&run, wanted, false, error).await
        }
        (NotMade::Foreign(error) | NotMade::Refused(error) | NotMade::Perhaps(error), _) => error,
    })
}

/// When the intent to make the namespace was written: what is there without one is a stranger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Earlier,
    Now,
}

/// Why there is no namespace of ours.
enum NotMade {
    /// It was not asked for, or was refused.
    Refused(Error),
    /// There is a stranger's.
    Foreign(Error),
    /// Nobody knows whether there is one, or will be: it must stay closed.
    Perhaps(Error),
}

impl From<Error> for NotMade {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<NotMade> for Error {
    fn from(not_made: NotMade) -> Self {
        match not_made {
            NotMade::Refused(error) | NotMade::Foreign(error) | NotMade::Perhaps(error) => error,
        }
    }
}

pub(super) async fn update(
    cx: &Context<Clients>,
    state: &Model,
    plan: Model,
) -> Result<Model, Error> {
    let run = Run::new(cx, &plan)?;
    let _turn = clients::turn(cx, run.name.as_str()).await?;
    let supervisor = running_supervisor(&run).await?;
    if let Some(wanted) = wanted(&run, &supervisor, &plan).await? {
        let steward = Steward::new(cx, KIND)?;
        wanted.close(&steward, run.name.as_str()).await?;
        cx.data()?.forget_rule_base().await;
    }
    match run.look().await? {
        None => ask(&run, &plan, Origin::Earlier).await?,
        Some(_) => change(&run, state, &plan).await?,
    }
    let is_given_up = Isolation::mode(&plan.isolation) == Mode::None;
    let updated = finish(&run, &supervisor, plan).await?;
    if let (true, Some(group)) = (is_given_up, state.group_path.known()) {
        let steward = Steward::new(cx, KIND)?;
        isolate::remove_all(&steward, run.cluster.as_str(), run.name.as_str(), group).await?;
        cx.data()?.forget_rule_base().await;
    }
    Ok(updated)
}

/// The isolation that is asked for; none where there is nothing to isolate with.
async fn wanted(run: &Run<'_>, supervisor: &Info, plan: &Model) -> Result<Option<Wanted>, Error> {
    if Isolation::mode(&plan.isolation) == Mode::None {
        return Ok(None);
    }
    let members = place::members(run.cx, &run.cluster, supervisor, &Subject::of(plan)?).await?;
    let Some(members) = members else { return Ok(None) };
    let owner = run.cx.data()?.owner()?;
    Wanted::new(plan, owner, run.cluster.as_str(), supervisor, members).map(Some)
}

/// Waits for the Supervisor. Nothing is written before it runs.
async fn running_supervisor(run: &Run<'_>) -> Result<Arc<Info>, Error> {
    let cluster = &run.cluster;
    let mut wait = run.cx.data()?.pace().first;
    loop {
        let info = run.vcenter.clusters().get(cluster).await;
        let doing = format!("read the Supervisor of `{cluster}`");
        let info = info.map_err(|why| said::told(&doing, &why).at(&Path::of("cluster")))?;
        if info.config_status == ConfigStatus::Running {
            return Ok(Arc::new(info));
        }
        tracing::info!(%cluster, status = %info.config_status, "waiting for the Supervisor");
        if pause(run.cx, wait).await.is_err() {
            let detail = format!(
                "the Supervisor of `{cluster}` is {}, and a namespace needs it RUNNING; nothing was \
                 created",
                info.config_status
            );
            return Err(
                Error::new("the Supervisor is not running", detail).at(&Path::of("cluster"))
            );
        }
        wait = run.cx.data()?.pace().after(wait);
    }
}

/// Proves that there is no such namespace: nothing of a stranger's is taken over or closed.
async fn absent(run: &Run<'_>) -> Result<(), Error> {
    match run.look().await? {
        None => Ok(()),
        Some(_) => Err(exists(run)),
    }
}

fn exists(run: &Run<'_>) -> Error {
    Error::new(
        "the namespace exists, and is not ours",
        format!(
            "vCenter has a namespace `{name}` that this configuration did not make; if it is to be \
             managed here: terraform import {KIND}.<name> {name}",
            name = run.name
        ),
    )
    .at(&Path::of("name"))
}

/// Asks for the namespace. A request that got lost is looked after, and repeated once at most.
async fn ask(run: &Run<'_>, plan: &Model, origin: Origin) -> Result<(), NotMade> {
    match run.look().await? {
        // An older instance is on its way out.
        Some(details) if details.config_status == ConfigStatus::Removing => gone(run).await?,
        Some(_) if origin == Origin::Now => return Err(NotMade::Foreign(exists(run))),
        Some(_) => return Ok(()),
        None => {}
    }
    let spec = wire::to_create(plan).map_err(Error::from)?;
    let uuid = supervisor_uuid(run).await?;
    for _ in 1..=2 {
        let namespaces = run.vcenter.namespaces();
        let asked = match &uuid {
            Some(uuid) => namespaces.create_v2(uuid, &spec).await,
            None => namespaces.create(&run.cluster, &spec).await,
        };
        let Err(why) = asked else { return Ok(()) };
        let already = why.error_type() == Some(&ErrorType::AlreadyExists);
        if !already && !why.outcome_unknown() {
            return Err(NotMade::Refused(run.told("create", &why)));
        }
        tracing::warn!(name = %run.name, %why, "looking whether it was made all the same");
        match run.look_at_last().await {
            Ok(Some(details)) if !already || is_as_asked(plan, &details) => return Ok(()),
            Ok(Some(_)) => return Err(NotMade::Foreign(exists(run))),
            Ok(None) if !run.cx.stop().is_cancelled() => {}
            Ok(None) | Err(_) => return Err(NotMade::Perhaps(run.told("create", &why))),
        }
    }
    Err(NotMade::Perhaps(Error::new(
        "vCenter does not answer",
        format!("namespace `{}` was asked for twice, and is not there", run.name),
    )))
}

/// Whether the namespace is the one of the plan: a proxy may have delivered the request twice.
fn is_as_asked(plan: &Model, details: &Details) -> bool {
    let seen = wire::with_details(plan, details);
    seen.description == plan.description
        && seen.access == plan.access
        && seen.storage == plan.storage
        && seen.resources == plan.resources
        && seen.vm_classes == plan.vm_classes
        && seen.content_libraries == plan.content_libraries
}

/// The Supervisor's own id, by which vCenter 8.0.0.1 and later make namespaces.
async fn supervisor_uuid(run: &Run<'_>) -> Result<Option<vcenter::SupervisorId>, Error> {
    match run.vcenter.supervisors().of_cluster(&run.cluster).await {
        Ok(id) => Ok(id),
        Err(why) if why.is_unknown_call() => Ok(None),
        Err(why) => Err(said::told(&format!("find the Supervisor of `{}`", run.cluster), &why)),
    }
}

/// Changes what differs.
async fn change(run: &Run<'_>, state: &Model, plan: &Model) -> Result<(), Error> {
    let before = wire::to_settings(state, None)?;
    let after = wire::to_settings(plan, Some(state))?;
    if before != after {
        let changed = run.vcenter.namespaces().update(&run.name, &after).await;
        changed.map_err(|why| run.told("change", &why))?;
    }
    if state.network != plan.network
        && let Some(network) = plan.network.known()
    {
        append_networks(run, network).await?;
    }
    Ok(())
}

/// Blocks are added to the network that vCenter made for the namespace.
async fn append_networks(run: &Run<'_>, network: &super::model::Network) -> Result<(), Error> {
    let networks = run.vcenter.networks(&run.cluster);
    let list = networks.list().await;
    let list = list.map_err(|why| run.told("read the networks of", &why))?;
    let own = list.into_iter().find(|it| it.nsx.is_some() && it.namespaces.contains(&run.name));
    let Some(own) = own else {
        let detail = format!("namespace `{}` has no network of its own to add to", run.name);
        return Err(Error::new("no such network", detail).at(&Path::of("network")));
    };
    let nsx = Some(wire::to_network_update(network));
    let spec = UpdateSpec { provider: own.provider, vsphere: None, nsx };
    let updated = networks.update(&own.id, &spec).await;
    updated.map_err(|why| run.told("append to the networks of", &why).at(&Path::of("network")))
}

/// Waits until it runs, lets through what is to be let through, and judges the result.
async fn finish(run: &Run<'_>, supervisor: &Info, plan: Model) -> Result<Model, Error> {
    let details = match running(run).await? {
        Waited::Running(details) => *details,
        Waited::Unfinished(status, detail) => return unfinished(run, plan, &status, detail),
    };
    let state = wire::with_details(&plan, &details);
    let clients = run.cx.data()?;
    clients.forget_rule_base().await;
    wait_for_ncp(run, supervisor, &state).await?;
    if let Some(wanted) = wanted(run, supervisor, &state).await? {
        let steward = Steward::new(run.cx, KIND)?;
        let name = run.name.as_str();
        // Once more, now that NCP's UID of the namespace is known; then what is let through.
        wanted.close(&steward, name).await?;
        wanted.open(&steward).await?;
        wanted.forget_other_modes(&steward, run.cluster.as_str(), name).await?;
        clients.forget_rule_base().await;
    }
    let state = look_around(run.cx, state).await?;
    let keeps = isolate::writes(Isolation::mode(&state.isolation));
    if keeps && state.isolated.known() == Some(&false) {
        let openings = state.isolation_openings.known().cloned().unwrap_or_default();
        let detail = format!("`{}` is not closed:\n{}", run.name, openings.join("\n"));
        run.cx.warn(Diagnostic::warning("isolation = open", detail).at(Path::of("isolation")));
    }
    Ok(state)
}

/// What exists is kept: an error would have the next apply destroy it.
fn unfinished(run: &Run<'_>, plan: Model, status: &str, detail: String) -> Result<Model, Error> {
    // What nobody has looked at yet is nothing; the next refresh looks.
    let state = Model {
        config_status: status.to_owned().into(),
        messages: Vec::new().into(),
        subnets: Vec::new().into(),
        snat_address: Computed::null(),
        isolated: Computed::null(),
        isolation_openings: Vec::new().into(),
        ..plan
    };
    let summary = format!("the namespace is {status}");
    if run.on_timeout == OnTimeout::Error {
        run.cx.save(&state);
        return Err(Error::new(summary, detail));
    }
    let detail = format!("{detail}\nIt is kept as it is; the next apply goes on from here");
    run.cx.warn(Diagnostic::warning(summary, detail));
    Ok(state)
}

/// Waits until NSX's search shows what NCP made: it lags behind.
async fn wait_for_ncp(run: &Run<'_>, supervisor: &Info, state: &Model) -> Result<(), Error> {
    let clients = run.cx.data()?;
    if !clients.has_nsx() || supervisor.ncp.is_none() {
        return Ok(());
    }
    let pace = clients.pace();
    let mut wait = pace.first;
    let subject = Subject::of(state)?;
    for _ in 0..LOOKS {
        let members = place::members(run.cx, &run.cluster, supervisor, &subject).await?;
        let ncp = place::ncp(run.cx, members.as_ref()).await?;
        let is_there = ncp.uid.is_some() && !ncp.subnets.is_empty();
        if is_there || pause(run.cx, wait).await.is_err() {
            break;
        }
        clients.forget_rule_base().await;
        wait = pace.after(wait);
    }
    Ok(())
}

/// Takes back what this create wrote, and nothing that was there before it. Where there is a
/// namespace after all, or nobody can say so, it stays closed, and the next apply adopts it.
async fn undone(run: &Run<'_>, wanted: &Wanted, was_there: bool, error: Error) -> Error {
    if !was_there && matches!(run.look_at_last().await, Ok(None)) {
        take_back(run, wanted).await;
    }
    error
}

async fn take_back(run: &Run<'_>, wanted: &Wanted) {
    let Ok(steward) = Steward::to_clean_up(run.cx, KIND) else { return };
    let removed = wanted.remove(&steward, run.cluster.as_str(), run.name.as_str()).await;
    if let Err(why) = removed {
        tracing::warn!(%why, "the namespace's group could not be removed; the next apply adopts it");
    }
}

pub(super) async fn delete(cx: &Context<Clients>, state: Model) -> Result<(), Error> {
    let run = Run::new(cx, &state)?;
    let _turn = clients::turn(cx, run.name.as_str()).await?;
    if let Some(group) = state.group_path.known()
        && isolate::is_taken_over(&Steward::new(cx, KIND)?, group).await?
    {
        let detail = format!(
            "namespace `{}` is another instance's by now (its group `{group}` says so), so nothing \
             was deleted; it is only forgotten here",
            run.name
        );
        cx.warn(Diagnostic::warning("the namespace was left alone", detail));
        return Ok(());
    }
    if run.look().await?.is_some() {
        let deleted = found(run.vcenter.namespaces().delete(&run.name).await);
        deleted.map_err(|why| run.told("delete", &why))?;
        gone(&run).await?;
    }
    let Some(group) = state.group_path.known() else { return Ok(()) };
    let steward = Steward::new(cx, KIND)?;
    isolate::remove_all(&steward, run.cluster.as_str(), run.name.as_str(), group).await?;
    cx.data()?.forget_rule_base().await;
    Ok(())
}
