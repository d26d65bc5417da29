//! A Supervisor from its first request on.
//!
//! Every step is taken as if the process died right after it: the intent stands in NSX before the
//! Supervisor is asked for, so that the next create knows its own.

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
    intent::{Making, NotMade},
    said::told,
};

/// Makes the planned Supervisor, or goes on with one that a cut-off create of ours began.
pub(super) async fn create(cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
    let vcenter = clients::vcenter(cx)?;
    let place = Place::of(&plan)?;
    let name = place.name();
    let mut making = Making::claim(cx, INTENT, &name).await?;
    let there = place.seat(&vcenter).await;
    let there = there.map_err(|why| told(&format!("look for a Supervisor on `{name}`"), &why))?;
    let begun = match there {
        Some(seat) if making.is_begun() => {
            adopt(cx, &vcenter, &place, seat, &mut making, &plan).await?
        }
        Some(seat) => {
            making.release();
            return Err(taken(&seat, &place));
        }
        None => {
            making.write().await?;
            match begin(cx, &vcenter, &place, &making, &plan).await {
                Ok(seat) => seat,
                Err(not_made) => return Err(undo(cx, &vcenter, &place, &making, not_made).await),
            }
        }
    };
    let model = named(&vcenter, &place, &begun, plan).await;
    finish(cx, &vcenter, &begun.cluster, just_begun(model)).await
}

/// A create that came to nothing leaves nothing, unless there may be a Supervisor after all.
async fn undo(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    place: &Place,
    making: &Making<'_>,
    not_made: NotMade,
) -> Error {
    let Some(intent) = making.new_intent() else { return not_made.into() };
    match not_made {
        NotMade::Perhaps(error) => error,
        NotMade::Foreign(error) => intent.remove().await.err().unwrap_or(error),
        NotMade::Refused(error) => {
            if matches!(place.seat(vcenter).await, Ok(None))
                && let Err(why) = intent.remove().await
            {
                let why = why.to_string();
                cx.warn(Diagnostic::warning("a mark in NSX was left behind", why));
            }
            error
        }
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
    making: &mut Making<'_>,
    plan: &Model,
) -> Result<Seat, Error> {
    let doing = format!("read the Supervisor of `{}`", seat.cluster);
    let info = vcenter.clusters().find(&seat.cluster).await;
    let Some(info) = info.map_err(|why| told(&doing, &why))? else {
        making.write().await?;
        return Ok(begin(cx, vcenter, place, making, plan).await?);
    };
    if info.config_status == ConfigStatus::Removing {
        wait::until_gone(cx, vcenter, &seat.cluster).await?;
        making.write().await?;
        return Ok(begin(cx, vcenter, place, making, plan).await?);
    }
    as_asked(&seat, &to_model(&info, plan), plan)?;
    tracing::info!(cluster = %seat.cluster, "going on with a Supervisor that was begun before");
    making.write().await?;
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
    making: &Making<'_>,
    plan: &Model,
) -> Result<Seat, NotMade> {
    making.still_taken().await.map_err(NotMade::Perhaps)?;
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
        return Err(NotMade::Foreign(error));
    }
    if !is_unsure(&failed) {
        return Err(NotMade::Refused(told(&doing, &failed)));
    }
    // Nobody knows whether it took effect: look, and ask once more if it is absent twice.
    let patient = patient(vcenter);
    for _ in 0..2 {
        tokio::time::sleep(cx.data()?.pace().first).await;
        let seat = place.seat(&patient).await;
        let seat = seat.map_err(|_| NotMade::Perhaps(told(&doing, &failed)))?;
        if let Some(seat) = seat {
            return is_ours(&patient, seat, making, plan).await;
        }
    }
    if cx.stop().is_cancelled() {
        return Err(NotMade::Perhaps(told(&doing, &failed)));
    }
    match ask(vcenter, place, plan).await? {
        Ok(seat) => Ok(seat),
        Err(why) if is_unsure(&why) => Err(NotMade::Perhaps(told(&doing, &why))),
        // The first request may have arrived by now.
        Err(why) if why.error_type() == Some(&ErrorType::AlreadyExists) => {
            match place.seat(&patient).await {
                Ok(Some(seat)) => is_ours(&patient, seat, making, plan).await,
                _ => Err(NotMade::Perhaps(told(&doing, &why))),
            }
        }
        Err(why) => Err(NotMade::Refused(told(&doing, &why))),
    }
}

/// The Supervisor that was absent after our intent stood, and is there after a request whose answer was
/// lost: ours if nobody else intends to make it, and it is what was asked for.
async fn is_ours(
    vcenter: &Vcenter,
    seat: Seat,
    making: &Making<'_>,
    plan: &Model,
) -> Result<Seat, NotMade> {
    making.prevails().await.map_err(NotMade::Perhaps)?;
    let doing = format!("read the Supervisor of `{}`", seat.cluster);
    let info = vcenter.clusters().find(&seat.cluster).await;
    let info = info.map_err(|why| NotMade::Perhaps(told(&doing, &why)))?;
    if let Some(info) = info {
        as_asked(&seat, &to_model(&info, plan), plan).map_err(NotMade::Perhaps)?;
    }
    let supervisor = supervisor_of(vcenter, &seat.cluster).await.map_err(NotMade::Perhaps)?;
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
