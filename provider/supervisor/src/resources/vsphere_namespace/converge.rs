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
use tf_framework::{Computed, Context, Diagnostic, Diagnostics, Error, Path, Severity};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vcenter::{
    ClusterId, ConfigStatus, ErrorType, NamespaceId, Vcenter,
    clusters::Info,
    found,
    namespaces::{Details, Principal},
    networks::UpdateSpec,
};

mod wait;

use self::wait::{Waited, gone, running};
use super::{
    KIND, RUNNING, is_taken_over,
    isolate::{self, Wanted},
    look_around,
    model::{Isolation, Model},
    place::{self, Subject},
    wire,
};
use crate::{
    clients::{self, Clients, pause},
    owned::{Steward, import_block},
    ownership::Memory,
    resources::lifecycle::OnTimeout,
    said,
};

/// How long a last look may take: Terraform waits for it.
const LAST_LOOK: Duration = Duration::from_secs(2);
/// How often NSX is asked for what NCP is making.
const LOOKS: u32 = 20;

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
        Some(intend(&run, wanted).await?)
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
async fn intend<'a>(run: &Run<'a>, wanted: Wanted) -> Result<Intended<'a>, Error> {
    let steward = wanted.to_make(run.cx)?;
    wanted.peers_exist(&steward).await?;
    let place = wanted.vacancy(&steward).await?;
    let origin = if place.is_begun() { Origin::Earlier } else { Origin::Now };
    if origin == Origin::Now
        && let Err(error) = nobody_is_there(run, &wanted, &steward).await
    {
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

/// Why there is no namespace of ours.
enum NotMade {
    /// It was not asked for, or was refused.
    Refused(Error),
    /// There is a stranger's.
    Foreign(Error),
    /// Nobody knows whether there is one, or will be, or whose it is: it must stay closed.
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
    let run = Run::new(cx, &plan, state.owner.known())?;
    let _turn = clients::turn(cx, run.name.as_str()).await?;
    let supervisor = running_supervisor(&run).await?;
    if let Some(wanted) = wanted(&run, &supervisor, &plan).await? {
        let steward = wanted.steward(cx, run.owner.as_ref())?;
        wanted.peers_exist(&steward).await?;
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

/// Asks for the namespace. A request that got lost is looked after, and repeated once at most.
async fn ask(run: &Run<'_>, plan: &Model, intended: Option<&Intended<'_>>) -> Result<(), NotMade> {
    match run.look().await? {
        // An older instance is on its way out.
        Some(details) if details.config_status == ConfigStatus::Removing => gone(run).await?,
        Some(details) => {
            return match intended.map(|it| it.origin) {
                Some(Origin::Earlier) => is_ours(run, plan, &details, intended).await,
                Some(Origin::Now) | None => Err(NotMade::Foreign(exists(run.name.as_str()))),
            };
        }
        None => {}
    }
    let spec = wire::to_create(plan).map_err(Error::from)?;
    let uuid = supervisor_uuid(run).await?;
    if let Some(it) = intended {
        it.steward.still_taken().await.map_err(NotMade::Perhaps)?;
    }
    for sent in 1..=2 {
        let namespaces = run.vcenter.namespaces();
        let asked = match &uuid {
            Some(uuid) => namespaces.create_v2(uuid, &spec).await,
            None => namespaces.create(&run.cluster, &spec).await,
        };
        let Err(why) = asked else { return Ok(()) };
        let already = why.error_type() == Some(&ErrorType::AlreadyExists);
        if already && sent == 1 {
            // Nothing of ours was under way: somebody else was faster.
            return Err(NotMade::Foreign(exists(run.name.as_str())));
        }
        if !already && !why.outcome_unknown() {
            return Err(NotMade::Refused(run.told("create", &why)));
        }
        tracing::warn!(name = %run.name, %why, "looking whether it was made all the same");
        match run.look_at_last().await {
            Ok(Some(details)) => return is_ours(run, plan, &details, intended).await,
            Ok(None) if !run.cx.stop().is_cancelled() => {}
            Ok(None) | Err(_) => return Err(NotMade::Perhaps(run.told("create", &why))),
        }
    }
    Err(NotMade::Perhaps(Error::new(
        "vCenter does not answer",
        format!("namespace `{}` was asked for twice, and is not there", run.name),
    )))
}

/// Whether a namespace is ours that was absent after our intent stood: nobody else intends to make it,
/// it is as it was asked for, and vCenter names nobody else as the one who made it.
async fn is_ours(
    run: &Run<'_>,
    plan: &Model,
    details: &Details,
    intended: Option<&Intended<'_>>,
) -> Result<(), NotMade> {
    if let Some(intended) = intended {
        let rival = rival(run, intended).await.map_err(NotMade::Perhaps)?;
        rival.map_or(Ok(()), |lost| Err(NotMade::Perhaps(lost)))?;
    }
    let user = run.cx.data()?.vcenter_user();
    let doubt = if !is_as_asked(plan, details) {
        "its settings are not those of the configuration"
    } else if !details.creator.as_ref().is_none_or(|it| is_by(it, user)) {
        "vCenter says that another user made it"
    } else {
        return Ok(());
    };
    let name = &run.name;
    let kept = intended.map_or_else(String::new, |it| {
        format!(
            "; group `{}` in NSX stays, so that nothing is open if it is ours",
            it.wanted.paths.group
        )
    });
    let detail = format!(
        "vCenter has a namespace `{name}`, and it cannot be shown that this configuration made it: \
         {doubt}{kept}; if it is to be managed here: terraform import {KIND}.<name> {name}"
    );
    let error = Error::new("the namespace exists, and is perhaps not ours", detail);
    Err(NotMade::Perhaps(error.at(&Path::of("name"))))
}

/// Whether the namespace is the one of the plan, or one that vCenter has only begun to fill.
fn is_as_asked(plan: &Model, details: &Details) -> bool {
    let seen = wire::with_details(plan, details);
    let is_same = seen.description == plan.description
        && seen.access == plan.access
        && seen.storage == plan.storage
        && seen.resources == plan.resources
        && seen.vm_classes == plan.vm_classes
        && seen.content_libraries == plan.content_libraries;
    let is_bare = details.config_status == ConfigStatus::Configuring
        && details.description.is_empty()
        && details.access.is_empty()
        && details.storage.is_empty()
        && details.resources.is_empty()
        && details.vm_service.is_none()
        && details.content_libraries.is_empty();
    is_same || is_bare
}

/// Whether a user, such as `admin@vsphere.local` or `VSPHERE.LOCAL\\admin`, is the one that vCenter names.
/// A user without a domain is of any.
fn is_by(creator: &Principal, user: &str) -> bool {
    let (subject, domain) = match (user.split_once('@'), user.split_once('\\')) {
        (Some((subject, domain)), _) | (None, Some((domain, subject))) => (subject, Some(domain)),
        (None, None) => (user, None),
    };
    creator.subject.eq_ignore_ascii_case(subject)
        && domain.is_none_or(|it| creator.domain.eq_ignore_ascii_case(it))
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

/// A namespace that exists, and something about it that was refused.
struct Broken {
    state: Model,
    error: Error,
}

/// Waits until it runs, lets through what is to be let through, and judges the result.
async fn finish(
    run: &Run<'_>,
    supervisor: &Info,
    plan: Model,
    origin: Origin,
) -> Result<Model, Box<Broken>> {
    let state = match running(run).await {
        Ok(Waited::Running(details)) => {
            let state = wire::with_details(&plan, &details);
            match settle(run, supervisor, &plan, state.clone(), origin).await {
                Ok(settled) => return Ok(settled),
                Err(error) => Err((state, error)),
            }
        }
        Ok(Waited::Unfinished(status, detail)) => {
            let kept = plan.clone();
            match unfinished(run, plan, &status, detail) {
                Ok(state) => return Ok(state),
                Err(error) => Err((kept, error)),
            }
        }
        Err(error) => Err((plan, error)),
    };
    state.map_err(|(state, error)| Box::new(Broken { state, error }))
}

/// What there is to do once vCenter has the namespace running.
async fn settle(
    run: &Run<'_>,
    supervisor: &Info,
    plan: &Model,
    state: Model,
    origin: Origin,
) -> Result<Model, Error> {
    let clients = run.cx.data()?;
    clients.forget_rule_base().await;
    // What was begun before may have been filled only in part.
    if origin == Origin::Earlier {
        change(run, &state, plan).await?;
    }
    wait_for_ncp(run, supervisor, &state).await?;
    if let Some(wanted) = wanted(run, supervisor, &state).await? {
        let steward = wanted.steward(run.cx, run.owner.as_ref())?;
        // Once more, now that NCP's UID of the namespace is known; then what is let through.
        wanted.close(&steward, run.name.as_str()).await?;
        let allow = Path::of("isolation").attribute("allow");
        wanted.open(&steward).await.map_err(|it| it.at(&allow))?;
        wanted.forget_other_modes(&steward).await?;
        clients.forget_rule_base().await;
    }
    let seen = look_around(run.cx, state).await?.model;
    // What was planned was written. Who has changed it since shows in the next refresh.
    let written = plan.isolation_status.known().cloned();
    let state = match written {
        Some(status) => Model { isolation_status: status.into(), ..seen },
        None => seen,
    };
    let keeps = isolate::writes(Isolation::mode(&state.isolation));
    if keeps && state.isolated.known() == Some(&false) {
        let openings = state.isolation_openings.known().cloned().unwrap_or_default();
        let detail = format!("`{}` is not closed:\n{}", run.name, openings.join("\n"));
        run.cx.warn(Diagnostic::warning("isolation = open", detail).at(Path::of("isolation")));
    }
    Ok(state)
}

/// The namespace exists, and something about it was refused. It is kept in the state: an error alone
/// would leave it in none. The next plan shows what is missing.
fn incomplete(run: &Run<'_>, broken: Broken) -> Result<Model, Error> {
    let Broken { state, error } = broken;
    let state = Model {
        config_status: RUNNING.to_owned().into(),
        messages: Vec::new().into(),
        ..bare(run, state)
    };
    if run.on_timeout == OnTimeout::Error {
        run.cx.save(&state);
        return Err(error);
    }
    let exists = format!(
        "namespace `{}` exists and is kept, closed as far as it was; the next plan shows what is \
         missing, and apply goes on from there",
        run.name
    );
    for it in &Diagnostics::from(error) {
        let detail = format!("{}\n{exists}", it.detail);
        let warning = Diagnostic { severity: Severity::Warning, detail, ..it.clone() };
        run.cx.warn(warning);
    }
    Ok(state)
}

/// What nobody has looked at yet is nothing; the next refresh looks.
fn bare(run: &Run<'_>, state: Model) -> Model {
    let written = state.group_path.known().and_then(|_| run.cx.data().ok()?.owner().ok());
    Model {
        owner: written.map(|it| it.as_str().to_owned()).into(),
        subnets: Vec::new().into(),
        snat_address: Computed::null(),
        isolated: Computed::null(),
        isolation_openings: Vec::new().into(),
        ..state
    }
}

/// What exists is kept: an error would have the next apply destroy it.
fn unfinished(run: &Run<'_>, plan: Model, status: &str, detail: String) -> Result<Model, Error> {
    let state = Model {
        config_status: status.to_owned().into(),
        messages: Vec::new().into(),
        ..bare(run, plan)
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

/// Waits until NCP has made the namespace's segment: vCenter may call it running before.
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
        let group = state.group_path.known().map(String::as_str).unwrap_or_default();
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
    let id = isolate::group_at(group)?;
    let steward = isolate::steward(cx, &id, run.name.as_str(), run.owner.as_ref())?;
    isolate::remove_all(&steward, run.cluster.as_str(), run.name.as_str(), group).await?;
    cx.data()?.forget_rule_base().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn creator(subject: &str, domain: &str) -> Principal {
        Principal { subject: subject.to_owned(), domain: domain.to_owned() }
    }

    #[test]
    fn the_user_is_known_however_the_domain_is_written() {
        let admin = creator("Administrator", "vsphere.local");
        for user in [
            "administrator@vsphere.local",
            "administrator@VSPHERE.LOCAL",
            "vsphere.local\\administrator",
            "administrator",
        ] {
            assert!(is_by(&admin, user), "{user}");
        }
        for user in
            ["administrator@corp.example.com", "atlantis@vsphere.local", "corp\\administrator"]
        {
            assert!(!is_by(&admin, user), "{user}");
        }
    }
}
