//! A Supervisor from its first request on.
//!
//! Every step is taken as if the process died right after it: the intent stands in NSX before the
//! Supervisor is asked for, so that the next create knows its own.

use nsx::objects::Group;
use tf_framework::{Computed, Context, Diagnostic, Error, Path};
use vcenter::{ConfigStatus, ErrorType, Vcenter};

use super::{
    INTENT, KIND, change, enable_v1, enable_v2,
    finish::finish,
    model::Model,
    place::{Place, Seat, cluster_name, first_cluster, is_unsure, patient, supervisor_of},
    read::{just_begun, to_model},
    same,
    versions::Generation,
    wait,
};
use crate::{
    clients::{self, Clients},
    intent::Intent,
    owned::Place as Was,
    said::told,
};

/// Makes the planned Supervisor, or goes on with one that a cut-off create of ours began.
pub(super) async fn create(cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
    let vcenter = clients::vcenter(cx)?;
    let place = Place::of(&plan)?;
    let name = place.name();
    let intent = Intent::to_make(cx, INTENT, &name)?;
    let was = match &intent {
        Some(intent) => Some(intent.claim().await?),
        None => None,
    };
    let there = place.seat(&vcenter).await;
    let there = there.map_err(|why| told(&format!("look for a Supervisor on `{name}`"), &why))?;
    let is_begun = was.as_ref().is_some_and(Was::is_begun);
    let begun = match there {
        Some(seat) if is_begun => adopt(cx, &vcenter, &place, seat, (&intent, was), &plan).await?,
        Some(seat) => {
            if let Some(intent) = &intent {
                intent.release();
            }
            return Err(taken(&seat, &place));
        }
        None => {
            write(intent.as_ref(), was).await?;
            let begun = begin(cx, &vcenter, &place, intent.as_ref(), &plan).await;
            match begun {
                Ok(seat) => seat,
                Err(NotBegun::Refused(error)) => {
                    if !is_begun {
                        undo(cx, &vcenter, &place, intent.as_ref()).await;
                    }
                    return Err(error);
                }
                Err(NotBegun::Foreign(error)) => {
                    if let (Some(intent), false) = (&intent, is_begun) {
                        intent.remove().await?;
                    }
                    return Err(error);
                }
                Err(NotBegun::Perhaps(error)) => return Err(error),
            }
        }
    };
    let model = named(&vcenter, &place, &begun, plan).await;
    finish(cx, &vcenter, &begun.cluster, just_begun(model)).await
}

/// Why there is no Supervisor of ours.
enum NotBegun {
    /// It was not asked for, or was refused.
    Refused(Error),
    /// There is a stranger's.
    Foreign(Error),
    /// Nobody knows whether there is one, or whose it is: the intent stays.
    Perhaps(Error),
}

impl From<Error> for NotBegun {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<NotBegun> for Error {
    fn from(not_begun: NotBegun) -> Self {
        match not_begun {
            NotBegun::Refused(error) | NotBegun::Foreign(error) | NotBegun::Perhaps(error) => error,
        }
    }
}

async fn write(intent: Option<&Intent<'_>>, was: Option<Was<Group>>) -> Result<(), Error> {
    match (intent, was) {
        (Some(intent), Some(was)) => intent.write(was).await,
        _ => Ok(()),
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
    (intent, was): (&Option<Intent<'_>>, Option<Was<Group>>),
    plan: &Model,
) -> Result<Seat, Error> {
    let doing = format!("read the Supervisor of `{}`", seat.cluster);
    let info = vcenter.clusters().find(&seat.cluster).await;
    let Some(info) = info.map_err(|why| told(&doing, &why))? else {
        write(intent.as_ref(), was).await?;
        return Ok(begin(cx, vcenter, place, intent.as_ref(), plan).await?);
    };
    if info.config_status == ConfigStatus::Removing {
        wait::until_gone(cx, vcenter, &seat.cluster).await?;
        write(intent.as_ref(), was).await?;
        return Ok(begin(cx, vcenter, place, intent.as_ref(), plan).await?);
    }
    as_asked(&seat, &to_model(&info, plan), plan)?;
    tracing::info!(cluster = %seat.cluster, "going on with a Supervisor that was begun before");
    write(intent.as_ref(), was).await?;
    let supervisor = match seat.supervisor {
        None => supervisor_of(vcenter, &seat.cluster).await?,
        known => known,
    };
    Ok(Seat { supervisor, ..seat })
}

/// That what is there is what is planned: what has other settings cannot be shown to be ours.
fn as_asked(seat: &Seat, is: &Model, plan: &Model) -> Result<(), Error> {
    let differs = same::fixed(is, plan);
    let (what, advice) = if !differs.is_empty() {
        (
            format!("other values of {}, which cannot change in a Supervisor", differs.join(", ")),
            "destroy it first (`create_before_destroy` is not possible)",
        )
    } else if !change::is_none(is, plan) {
        ("other settings than the configuration".to_owned(), "change them after the import")
    } else {
        return Ok(());
    };
    let cluster = &seat.cluster;
    Err(Error::new(
        "a Supervisor with other settings is in the way",
        format!(
            "an intent to make the Supervisor of `{cluster}` stands in NSX, and the one that is there \
             has {what}, so that it cannot be shown to be this one; if it is to be managed here: \
             terraform import {KIND}.<name> {cluster}, and {advice}"
        ),
    ))
}

/// Asks for the Supervisor, which was absent after our intent stood.
async fn begin(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    place: &Place,
    intent: Option<&Intent<'_>>,
    plan: &Model,
) -> Result<Seat, NotBegun> {
    if let Some(intent) = intent {
        intent.still_taken().await.map_err(NotBegun::Perhaps)?;
    }
    let failed = match ask(vcenter, place, plan).await? {
        Ok(seat) => return Ok(seat),
        Err(why) => why,
    };
    let doing = format!("enable the Supervisor on `{}`", place.name());
    if failed.error_type() == Some(&ErrorType::AlreadyExists) {
        // Nothing of ours was under way: somebody else was faster.
        let error = match place.seat(vcenter).await {
            Ok(Some(seat)) => taken(&seat, place),
            _ => told(&doing, &failed),
        };
        return Err(NotBegun::Foreign(error));
    }
    if !is_unsure(&failed) {
        return Err(NotBegun::Refused(told(&doing, &failed)));
    }
    // Nobody knows whether it took effect: look, and ask once more if it is absent twice.
    let patient = patient(vcenter);
    for _ in 0..2 {
        tokio::time::sleep(cx.data()?.pace().first).await;
        let seat = place.seat(&patient).await;
        let seat = seat.map_err(|_| NotBegun::Perhaps(told(&doing, &failed)))?;
        if let Some(seat) = seat {
            return is_ours(&patient, seat, intent, plan).await;
        }
    }
    if cx.stop().is_cancelled() {
        return Err(NotBegun::Perhaps(told(&doing, &failed)));
    }
    match ask(vcenter, place, plan).await? {
        Ok(seat) => Ok(seat),
        Err(why) if is_unsure(&why) => Err(NotBegun::Perhaps(told(&doing, &why))),
        // The first request may have arrived by now.
        Err(why) if why.error_type() == Some(&ErrorType::AlreadyExists) => {
            match place.seat(&patient).await {
                Ok(Some(seat)) => is_ours(&patient, seat, intent, plan).await,
                _ => Err(NotBegun::Perhaps(told(&doing, &why))),
            }
        }
        Err(why) => Err(NotBegun::Refused(told(&doing, &why))),
    }
}

/// The Supervisor that was absent after our intent stood, and is there after a request whose answer was
/// lost: ours if nobody else intends to make it, and it is what was asked for.
async fn is_ours(
    vcenter: &Vcenter,
    seat: Seat,
    intent: Option<&Intent<'_>>,
    plan: &Model,
) -> Result<Seat, NotBegun> {
    if let Some(intent) = intent {
        intent.prevails().await.map_err(NotBegun::Perhaps)?;
    }
    let doing = format!("read the Supervisor of `{}`", seat.cluster);
    let info = vcenter.clusters().find(&seat.cluster).await;
    let info = info.map_err(|why| NotBegun::Perhaps(told(&doing, &why)))?;
    if let Some(info) = info {
        as_asked(&seat, &to_model(&info, plan), plan).map_err(NotBegun::Perhaps)?;
    }
    let supervisor = supervisor_of(vcenter, &seat.cluster).await.map_err(NotBegun::Perhaps)?;
    Ok(Seat { supervisor, ..seat })
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
