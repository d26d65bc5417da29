//! A Supervisor from its first request to the proof that it is gone.
//!
//! Every step is taken as if the process died right after it: the intent stands in NSX before the
//! Supervisor is asked for, so that the next create knows its own, and goes after it.

use std::time::Duration;

use tf_framework::{Computed, Context, Diagnostic, Error, Path};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vcenter::{ClusterId, ConfigStatus, ErrorType, SupervisorId, Vcenter, clusters::Info};

use super::{
    INTENT, KIND, change, enable_v1, enable_v2,
    model::{Model, OnTimeout},
    ncp::{self, Ncp},
    place::{Place, Seat, cluster_name, first_cluster},
    read::{just_begun, to_model, with_status},
    same,
    versions::Generation,
    wait::{self, Ended, Why},
};
use crate::{
    clients::{self, Clients},
    intent::{Intent, Mark},
    said::told,
};

/// Makes the planned Supervisor, or goes on with one that a cut-off create of ours began.
pub(super) async fn create(cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
    let vcenter = clients::vcenter(cx)?;
    let place = Place::of(&plan)?;
    let intent = Intent::of(cx, INTENT, &place.name())?;
    let mark = match &intent {
        Some(intent) => intent.claim().await?,
        None => Mark::None,
    };
    let there = place.seat(&vcenter).await;
    let there =
        there.map_err(|why| told(&format!("look for a Supervisor on `{}`", place.name()), &why))?;
    let begun = match (there, mark) {
        (Some(seat), Mark::Ours) => {
            adopt(cx, &vcenter, &place, seat, intent.as_ref(), &plan).await?
        }
        (Some(seat), Mark::None | Mark::Newer) => {
            if let Some(intent) = &intent {
                intent.release()?;
            }
            return Err(taken(&seat, &place));
        }
        (None, mark) => {
            write(intent.as_ref()).await?;
            let begun = begin(cx, &vcenter, &place, &plan).await;
            if begun.is_err() && mark == Mark::None {
                undo(cx, &vcenter, &place, intent.as_ref()).await;
            }
            begun?
        }
    };
    let model = named(&vcenter, &place, &begun, plan).await;
    finish(cx, &vcenter, &begun.cluster, just_begun(model)).await
}

async fn write(intent: Option<&Intent<'_>>) -> Result<(), Error> {
    match intent {
        Some(intent) => intent.write().await,
        None => Ok(()),
    }
}

/// A create that came to nothing leaves nothing, unless there may be a Supervisor after all.
async fn undo(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    place: &Place,
    intent: Option<&Intent<'_>>,
) {
    let Some(intent) = intent else { return };
    if !matches!(place.seat(vcenter).await, Ok(None)) {
        return;
    }
    if let Err(why) = intent.remove().await {
        cx.warn(Diagnostic::warning("a mark in NSX was left behind", why.to_string()));
    }
}

fn taken(seat: &Seat, place: &Place) -> Error {
    let name = place.name();
    Error::new(
        "there is a Supervisor already",
        format!(
            "`{name}` is a Supervisor, and nothing proves that it was made here; if it is to be \
             managed here: terraform import {KIND}.<name> {}",
            seat.cluster
        ),
    )
    .at(&Path::of(if matches!(place, Place::Zones(_)) { "zones" } else { "cluster" }))
}

/// Goes on with what a create before this one began.
async fn adopt(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    place: &Place,
    seat: Seat,
    intent: Option<&Intent<'_>>,
    plan: &Model,
) -> Result<Seat, Error> {
    let doing = format!("read the Supervisor of `{}`", seat.cluster);
    let info = vcenter.clusters().find(&seat.cluster).await;
    let Some(info) = info.map_err(|why| told(&doing, &why))? else {
        write(intent).await?;
        return begin(cx, vcenter, place, plan).await;
    };
    if info.config_status == ConfigStatus::Removing {
        wait::until_gone(cx, vcenter, &seat.cluster).await?;
        write(intent).await?;
        return begin(cx, vcenter, place, plan).await;
    }
    let is = to_model(&info, plan);
    let differs = same::fixed(&is, plan);
    if !differs.is_empty() {
        return Err(Error::new(
            "a Supervisor with other settings is in the way",
            format!(
                "`{}` was made here, with other values of {}, which cannot change in a Supervisor \
                 that is there; destroy it first (`create_before_destroy` is not possible)",
                seat.cluster,
                differs.join(", ")
            ),
        ));
    }
    tracing::info!(cluster = %seat.cluster, "going on with a Supervisor that was begun before");
    write(intent).await?;
    change_it(vcenter, &seat.cluster, &is, plan).await?;
    let supervisor = match seat.supervisor {
        None => supervisor_of(vcenter, &seat.cluster).await?,
        known => known,
    };
    Ok(Seat { supervisor, ..seat })
}

/// Asks for the Supervisor.
async fn begin(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    place: &Place,
    plan: &Model,
) -> Result<Seat, Error> {
    let failed = match ask(vcenter, place, plan).await? {
        Ok(seat) => return Ok(seat),
        Err(why) => why,
    };
    let doing = format!("enable the Supervisor on `{}`", place.name());
    if failed.error_type() == Some(&ErrorType::AlreadyExists) {
        return Err(told(&doing, &failed));
    }
    if !is_unsure(&failed) {
        return Err(told(&doing, &failed));
    }
    // Nobody knows whether it took effect: look, and ask once more if it is absent twice.
    let patient = patient(vcenter);
    for _ in 0..2 {
        tokio::time::sleep(cx.data()?.pace().first).await;
        let seat = place.seat(&patient).await.map_err(|_| told(&doing, &failed))?;
        if let Some(seat) = seat {
            let supervisor = supervisor_of(&patient, &seat.cluster).await?;
            return Ok(Seat { supervisor, ..seat });
        }
    }
    if cx.stop().is_cancelled() {
        return Err(told(&doing, &failed));
    }
    ask(vcenter, place, plan).await?.map_err(|why| told(&doing, &why))
}

/// A call that failed on the way or in the server may have taken effect.
pub(in crate::resources) fn is_unsure(why: &vcenter::Error) -> bool {
    let in_server = why.refusal().is_some_and(|it| it.status.is_server_error());
    let on_the_way = matches!(why, vcenter::Error::Bare { status, .. } if status.is_server_error());
    why.outcome_unknown() || in_server || on_the_way
}

/// The same client for a few seconds, also after an interrupt: what was asked for must be known.
fn patient(vcenter: &Vcenter) -> Vcenter {
    vcenter.within(CancellationToken::new(), Some(Instant::now() + Duration::from_secs(4)))
}

type Asked = Result<Seat, vcenter::Error>;

async fn ask(vcenter: &Vcenter, place: &Place, plan: &Model) -> Result<Asked, Error> {
    let version = vcenter.version().await.map_err(|why| told("ask vCenter's version", &why))?;
    let generation = Generation::of(version);
    match place {
        Place::Cluster(cluster) if generation == Generation::First => {
            let spec = enable_v1::spec(plan, version)?;
            let asked = vcenter.clusters().enable(cluster, &spec).await;
            Ok(asked.map(|()| Seat { cluster: cluster.clone(), supervisor: None }))
        }
        Place::Cluster(cluster) => {
            let name = match plan.name.known() {
                Some(name) => name.clone(),
                None => cluster_name(vcenter, cluster).await?,
            };
            let spec = enable_v2::on_cluster(plan, name)?;
            let asked = vcenter.supervisors().enable_on_cluster(cluster, &spec).await;
            Ok(asked.map(|id| Seat { cluster: cluster.clone(), supervisor: Some(id) }))
        }
        Place::Zones(_) => {
            let spec = enable_v2::on_zones(plan)?;
            let id = match vcenter.supervisors().enable_on_zones(&spec).await {
                Ok(id) => id,
                Err(why) => return Ok(Err(why)),
            };
            let doing = "read which clusters the Supervisor is on";
            let zones = patient(vcenter).supervisors().topology(&id).await;
            let zones = zones.map_err(|why| told(doing, &why))?;
            let cluster = first_cluster(&zones).ok_or_else(|| {
                Error::new("a Supervisor without a cluster", format!("{doing}: vCenter names none"))
            })?;
            Ok(Ok(Seat { cluster, supervisor: Some(id) }))
        }
    }
}

/// The Supervisor's own id; none on vCenter 7.
pub(super) async fn supervisor_of(
    vcenter: &Vcenter,
    cluster: &ClusterId,
) -> Result<Option<SupervisorId>, Error> {
    let version = vcenter.version().await.map_err(|why| told("ask vCenter's version", &why))?;
    if Generation::of(version) == Generation::First {
        return Ok(None);
    }
    let id = vcenter.supervisors().of_cluster(cluster).await;
    id.map_err(|why| told(&format!("look up the Supervisor of `{cluster}`"), &why))
}

/// The plan with the ids that are known now.
async fn named(vcenter: &Vcenter, place: &Place, seat: &Seat, plan: Model) -> Model {
    let supervisor: Computed<String> = seat.supervisor.as_ref().map(ToString::to_string).into();
    let id = match place {
        Place::Cluster(cluster) => Computed::from(cluster.to_string()),
        Place::Zones(_) => supervisor.clone(),
    };
    let name = match plan.name.known() {
        Some(name) => Some(name.clone()),
        None => cluster_name(&patient(vcenter), &seat.cluster).await.ok(),
    };
    let cluster = seat.cluster.as_str().parse().ok();
    Model { id, supervisor_id: supervisor, name: name.into(), cluster: cluster.into(), ..plan }
}

/// Waits until the Supervisor is running, and says what became of it.
pub(super) async fn finish(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    cluster: &ClusterId,
    model: Model,
) -> Result<Model, Error> {
    let Ended { last, why } = wait::until_running(cx, vcenter, cluster).await?;
    let model = match &last {
        Some(info) => with_status(model, info),
        None => model,
    };
    if why == Why::Gone {
        return Err(gone(cluster));
    }
    let model = with_ncp(cx, model).await;
    if let Some(trouble) = trouble(cluster, &why, last.as_ref(), &model) {
        if model.on_timeout.known() == Some(&OnTimeout::Error) {
            cx.save(&model);
            return Err(Error::from(Diagnostic {
                severity: tf_framework::Severity::Error,
                ..trouble
            }));
        }
        cx.warn(trouble);
    } else {
        cx.data()?.forget_rule_base().await;
    }
    Ok(model)
}

/// Waits until the Supervisor is running, for what needs that; an error if it is not.
pub(in crate::resources) async fn until_running(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    cluster: &ClusterId,
) -> Result<(), Error> {
    let Ended { last, why } = wait::until_running(cx, vcenter, cluster).await?;
    let model = last.as_ref().map(|info| with_status(Model::empty(), info));
    match trouble(cluster, &why, last.as_ref(), &model.unwrap_or_else(Model::empty)) {
        None => Ok(()),
        Some(it) => Err(Error::new(it.summary, it.detail).at(&Path::of("cluster"))),
    }
}

fn gone(cluster: &ClusterId) -> Error {
    Error::new(
        "the Supervisor is gone",
        format!("somebody took the Supervisor of `{cluster}` down; the next plan makes it anew"),
    )
}

/// What keeps the Supervisor from running, if anything does.
fn trouble(
    cluster: &ClusterId,
    why: &Why,
    last: Option<&Info>,
    model: &Model,
) -> Option<Diagnostic> {
    let (summary, what) = match why {
        Why::Running => return None,
        Why::InError => ("the Supervisor is in an error", "vCenter says `ERROR`".to_owned()),
        Why::NoAnswer(error) => ("vCenter does not answer", error.to_string()),
        Why::OutOfTime => ("the Supervisor is not running in time", "the time is up".to_owned()),
        Why::Interrupted => ("interrupted", "the wait was interrupted".to_owned()),
        Why::Removing => ("the Supervisor is taken down", "vCenter says `REMOVING`".to_owned()),
        Why::Gone => ("the Supervisor is gone", "vCenter has it no more".to_owned()),
    };
    let status = last.map_or_else(|| "unknown".to_owned(), |it| it.config_status.to_string());
    let messages = model.messages.known().map(|it| it.join("\n- ")).unwrap_or_default();
    let messages = if messages.is_empty() { String::new() } else { format!("\n- {messages}") };
    let detail = format!(
        "the Supervisor of `{cluster}` is kept as it is ({status}), and the next apply goes on: \
         {what}{messages}"
    );
    Some(Diagnostic::warning(summary, detail).at(Path::of("config_status")))
}

/// `model` with NCP's name for the Supervisor, as far as NSX has it.
pub(super) async fn with_ncp(cx: &Context<Clients>, model: Model) -> Model {
    let is_open = model.ncp_cluster.known().is_none();
    let nothing =
        |model: Model| Model { ncp_cluster: model.ncp_cluster.known().cloned().into(), ..model };
    let (Some(_), true, Ok(nsx)) = (model.nsx(), is_open, clients::nsx(cx)) else {
        return nothing(model);
    };
    let cluster = model.cluster.known().map_or("", |it| it.as_str()).to_owned();
    let supervisor = model.supervisor_id.known().cloned();
    match ncp::find(&nsx, &cluster, supervisor.as_deref()).await {
        Ok(Ncp::Called(name)) => Model { ncp_cluster: name.into(), ..model },
        Ok(Ncp::Several(names)) => {
            cx.warn(
                Diagnostic::warning("several NCPs of that name", several(&cluster, &names))
                    .at(Path::of("ncp_cluster")),
            );
            nothing(model)
        }
        Ok(Ncp::Missing) | Err(_) => nothing(model),
    }
}

/// What to do where Supervisors of several vCenters fit.
pub(super) fn several(cluster: &str, names: &[String]) -> String {
    format!(
        "NSX knows {}, which are all on a cluster called `{cluster}`; write the one of this vCenter \
         as `ncp_cluster`",
        names.join(", ")
    )
}

/// Brings what differs to vCenter.
pub(super) async fn change_it(
    vcenter: &Vcenter,
    cluster: &ClusterId,
    state: &Model,
    plan: &Model,
) -> Result<(), Error> {
    let spec = change::of_cluster(state, plan)?;
    if spec != vcenter::clusters::UpdateSpec::default() {
        let changed = vcenter.clusters().update(cluster, &spec).await;
        changed.map_err(|why| told(&format!("change the Supervisor of `{cluster}`"), &why))?;
    }
    if let Some((network, spec)) = change::of_network(state, plan)? {
        let changed = vcenter.networks(cluster).update(&network, &spec).await;
        changed.map_err(|why| told(&format!("change network `{network}` of `{cluster}`"), &why))?;
    }
    if let Some((balancer, spec)) = change::of_load_balancer(state, plan)? {
        let changed = vcenter.load_balancers(cluster).update(&balancer, &spec).await;
        let doing = format!("change load balancer `{balancer}` of `{cluster}`");
        changed.map_err(|why| told(&doing, &why))?;
    }
    Ok(())
}

/// Changes the Supervisor in place, or goes on where a create or a change before this one stopped.
pub(super) async fn update(
    cx: &Context<Clients>,
    state: Model,
    plan: Model,
) -> Result<Model, Error> {
    let vcenter = clients::vcenter(cx)?;
    let cluster = cluster_of(&state)?;
    let info = vcenter.clusters().find(&cluster).await;
    let info = info.map_err(|why| told(&format!("read the Supervisor of `{cluster}`"), &why))?;
    let Some(info) = info else { return Err(gone(&cluster)) };
    if info.config_status == ConfigStatus::Removing {
        return Err(Error::new(
            "the Supervisor is taken down",
            format!("somebody disables the Supervisor of `{cluster}`; apply again once it is gone"),
        ));
    }
    if let Some(intent) = Intent::of(cx, INTENT, &Place::of(&state)?.name())? {
        intent.write_if_missing().await?;
    }
    if change::is_none(&state, &plan) && plan.config_status.known().is_some() {
        return Ok(plan);
    }
    change_it(&vcenter, &cluster, &state, &plan).await?;
    finish(cx, &vcenter, &cluster, with_status(plan, &info)).await
}

/// The cluster by which a Supervisor in the state is addressed.
pub(super) fn cluster_of(state: &Model) -> Result<ClusterId, Error> {
    let cluster = state.cluster.known().ok_or_else(|| {
        let detail = "`cluster` has no value in the state; import the Supervisor anew";
        Error::new("no Supervisor is named", detail)
    })?;
    Ok(cluster.as_str().into())
}

/// Takes the Supervisor down, unless a newer instance has it, and waits until it is gone.
pub(super) async fn delete(cx: &Context<Clients>, state: Model) -> Result<(), Error> {
    let vcenter = clients::vcenter(cx)?;
    let cluster = cluster_of(&state)?;
    let intent = Intent::of(cx, INTENT, &Place::of(&state)?.name())?;
    let mark = match &intent {
        Some(intent) => intent.mark().await?,
        None => Mark::None,
    };
    if mark == Mark::Newer {
        let detail = format!(
            "the Supervisor of `{cluster}` has been taken over by another resource of the same \
             owner, so it was left alone; it is only forgotten here"
        );
        cx.warn(Diagnostic::warning("the Supervisor was left alone", detail));
        return Ok(());
    }
    disable(&vcenter, &cluster).await?;
    wait::until_gone(cx, &vcenter, &cluster).await?;
    cx.data()?.forget_rule_base().await;
    match intent {
        Some(intent) if mark == Mark::Ours => intent.remove().await,
        _ => Ok(()),
    }
}

async fn disable(vcenter: &Vcenter, cluster: &ClusterId) -> Result<(), Error> {
    let doing = format!("disable the Supervisor of `{cluster}`");
    let look = async || {
        let info = vcenter.clusters().find(cluster).await;
        let info = info.map_err(|why| told(&doing, &why))?;
        Ok::<_, Error>(info.is_none_or(|it| it.config_status == ConfigStatus::Removing))
    };
    if look().await? {
        return Ok(());
    }
    match vcenter.clusters().disable(cluster).await {
        Ok(()) => Ok(()),
        Err(why) if why.is_not_found() => Ok(()),
        // Disabling twice is refused and harms nothing; but first it is looked whether it began.
        Err(why) if is_unsure(&why) => {
            if look().await? {
                return Ok(());
            }
            vcenter.clusters().disable(cluster).await.map_err(|why| told(&doing, &why))
        }
        Err(why) => Err(told(&doing, &why)),
    }
}
