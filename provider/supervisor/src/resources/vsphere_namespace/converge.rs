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
use nsx::objects::Group;
use tf_framework::{Context, Diagnostic, Error, Path};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vcenter::{
    ClusterId, ConfigStatus, NamespaceId, Vcenter, clusters::Info, found, namespaces::Details,
    networks::UpdateSpec,
};

mod ask;
mod finish;
mod wait;

use self::{
    ask::{as_asked, ask},
    finish::{finish, incomplete},
    wait::gone,
};
use super::{
    KIND, is_taken_over,
    isolate::{self, Wanted},
    model::{Isolation, Model},
    place::{self, Subject},
    wire,
};
use crate::{
    clients::{self, Clients, pause},
    intent::NotMade,
    owned::{Place, Steward, import_block},
    ownership::Memory,
    resources::lifecycle::OnTimeout,
    said,
};

/// How long a last look may take: Terraform waits for it.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// What a run works on.
struct Run<'a> {
    cx: &'a Context<Clients>,
    vcenter: Vcenter,
    name: NamespaceId,
    cluster: ClusterId,
    on_timeout: OnTimeout,
    /// The owner that the state names.
    owner: Option<String>,
}

impl<'a> Run<'a> {
    fn new(cx: &'a Context<Clients>, model: &Model, owner: Option<&String>) -> Result<Self, Error> {
        Ok(Self {
            cx,
            vcenter: clients::vcenter(cx)?,
            name: model.name.get()?.as_str().into(),
            cluster: model.cluster.get()?.as_str().into(),
            on_timeout: *model.on_timeout.get()?,
            owner: owner.cloned(),
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

/// The intent to make a namespace, as it stands in NSX.
struct Intended<'a> {
    wanted: Wanted,
    steward: Steward<'a>,
    group: Group,
    origin: Origin,
}

pub(super) async fn create(cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
    let run = Run::new(cx, &plan, None)?;
    let _turn = clients::turn(cx, run.name.as_str()).await?;
    let supervisor = running_supervisor(&run).await?;
    let intended = if let Some(wanted) = wanted(&run, &supervisor, &plan).await? {
        Some(intend(&run, &plan, wanted).await?)
    } else {
        absent(&run).await?;
        None
    };
    let Err(not_made) = ask(&run, &plan, intended.as_ref()).await else {
        let origin = intended.as_ref().map_or(Origin::Now, |it| it.origin);
        let finished = finish(&run, &supervisor, plan, origin).await;
        // Another run goes on with it, and has it in its state.
        if let Some(it) = &intended
            && let Ok(Some(lost)) = it.steward.to_clean_up().lost_to().await
        {
            return Err(lost);
        }
        return finished.or_else(|broken| incomplete(&run, *broken));
    };
    let Some(intended) = intended else { return Err(not_made.into()) };
    Err(match (not_made, intended.origin) {
        (NotMade::Foreign(error), Origin::Now) => {
            take_back(intended.wanted, intended.steward).await;
            error
        }
        (NotMade::Refused(error), Origin::Now) => undone(&run, intended, error).await,
        (NotMade::Foreign(error) | NotMade::Refused(error) | NotMade::Perhaps(error), _) => error,
    })
}

/// Writes the intent, where nobody else's stands, and closes the place before anything is in it.
async fn intend<'a>(run: &Run<'a>, plan: &Model, wanted: Wanted) -> Result<Intended<'a>, Error> {
    let steward = wanted.to_make(run.cx)?;
    wanted.peers_exist(&steward).await?;
    let place = wanted.vacancy(&steward).await?;
    let origin = if place.is_begun() { Origin::Earlier } else { Origin::Now };
    let looked = match &place {
        Place::Vacant => nobody_is_there(run, &wanted, &steward).await,
        Place::Begun(found) => may_go_on(run, plan, &wanted, &steward, found).await,
    };
    if let Err(error) = looked {
        wanted.release(&steward)?;
        return Err(error);
    }
    let group = wanted.intend(&steward, place).await?;
    let intended = Intended { wanted, steward, group, origin };
    match rival(run, &intended).await {
        Ok(None) => {}
        Ok(Some(lost)) => {
            take_back(intended.wanted, intended.steward).await;
            return Err(lost);
        }
        // Nothing has been asked for yet, unless a run before this one did.
        Err(error) if origin == Origin::Now => {
            take_back(intended.wanted, intended.steward).await;
            return Err(error);
        }
        Err(error) => return Err(error),
    }
    let Intended { wanted, steward, .. } = &intended;
    match wanted.close(steward, run.name.as_str()).await {
        Ok(()) => Ok(intended),
        Err(error) if origin == Origin::Now => Err(undone(run, intended, error).await),
        Err(error) => Err(error),
    }
}

/// Proves that neither a namespace nor anybody's intent to make it is there.
async fn nobody_is_there(
    run: &Run<'_>,
    wanted: &Wanted,
    steward: &Steward<'_>,
) -> Result<(), Error> {
    absent(run).await?;
    wanted.rival(run.cx, steward, None).await?.map_or(Ok(()), Err)
}

/// Before the intent of an earlier run is adopted: whoever has made another namespace by it keeps it.
/// One that another owner's comes before made none, and is adopted to be taken back.
async fn may_go_on(
    run: &Run<'_>,
    plan: &Model,
    wanted: &Wanted,
    steward: &Steward<'_>,
    found: &Group,
) -> Result<(), Error> {
    if wanted.rival(run.cx, steward, Some(found)).await?.is_some() {
        return Ok(());
    }
    match run.look().await? {
        Some(details) if details.config_status != ConfigStatus::Removing => {
            as_asked(run, plan, &details, Some(wanted))
        }
        Some(_) | None => Ok(()),
    }
}

/// Another owner's intent that comes before ours, if there is one.
async fn rival(run: &Run<'_>, intended: &Intended<'_>) -> Result<Option<Error>, Error> {
    let Intended { wanted, steward, group, .. } = intended;
    wanted.rival(run.cx, steward, Some(group)).await
}

/// When the intent to make the namespace was written: what is there without one is a stranger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Earlier,
    Now,
}

pub(super) async fn update(
    cx: &Context<Clients>,
    state: &Model,
    plan: Model,
) -> Result<Model, Error> {
    let run = Run::new(cx, &plan, state.owner.known())?;
    let _turn = clients::turn(cx, run.name.as_str()).await?;
    let supervisor = running_supervisor(&run).await?;
    if let Some(wanted) = wanted(&run, &supervisor, &plan).await? {
        let steward = wanted.steward(cx, run.owner.as_ref())?;
        wanted.peers_exist(&steward).await?;
        wanted.stand(cx, &steward).await?;
        wanted.close(&steward, run.name.as_str()).await?;
        cx.data()?.forget_rule_base().await;
    }
    match run.look().await? {
        None => ask(&run, &plan, None).await?,
        Some(_) => change(&run, state, &plan).await?,
    }
    let is_given_up = Isolation::mode(&plan.isolation) == Mode::None;
    let updated = finish(&run, &supervisor, plan, Origin::Now).await;
    let updated = updated.map_err(|broken| broken.error)?;
    if let (true, Some(group)) = (is_given_up, state.group_path.known()) {
        let id = isolate::group_at(group)?;
        let steward = isolate::steward(cx, &id, run.name.as_str(), run.owner.as_ref())?;
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
    let names = Memory::new(run.cx, run.owner.as_deref()).names(run.cx.data()?.owner()?);
    Wanted::new(plan, &names, run.cluster.as_str(), supervisor, members).map(Some)
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
        Some(_) => Err(exists(run.name.as_str())),
    }
}

pub(super) fn exists(name: &str) -> Error {
    let block = import_block(KIND, name, name);
    Error::new(
        "the namespace exists, and is not ours",
        format!(
            "vCenter has a namespace `{name}` that this configuration did not make; if it is to be \
             managed here: terraform import {KIND}.<name> {name}, or\n\n{block}"
        ),
    )
    .at(&Path::of("name"))
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

/// Takes back what this create wrote, and nothing that was there before it. Where there is a
/// namespace after all, or nobody can say so, it stays closed, and the next apply adopts it.
async fn undone(run: &Run<'_>, intended: Intended<'_>, error: Error) -> Error {
    if matches!(run.look_at_last().await, Ok(None)) {
        take_back(intended.wanted, intended.steward).await;
    }
    error
}

async fn take_back(wanted: Wanted, steward: Steward<'_>) {
    if let Err(why) = wanted.remove(&steward.to_clean_up()).await {
        tracing::warn!(%why, "the namespace's group could not be removed; the next apply adopts it");
    }
}

pub(super) async fn delete(cx: &Context<Clients>, state: Model) -> Result<(), Error> {
    let run = Run::new(cx, &state, state.owner.known())?;
    let _turn = clients::turn(cx, run.name.as_str()).await?;
    if is_taken_over(cx, &state).await? {
        let detail = format!(
            "namespace `{}` is another instance's by now (its group in NSX says so), so nothing was \
             deleted; it is only forgotten here",
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
    let id = isolate::group_at(group)?;
    let steward = isolate::steward(cx, &id, run.name.as_str(), run.owner.as_ref())?;
    isolate::remove_all(&steward, run.cluster.as_str(), run.name.as_str(), group).await?;
    cx.data()?.forget_rule_base().await;
    Ok(())
}
