//! A Supervisor from its first request on.
//!
//! Every step is taken as if the process died right after it: the intent stands in NSX before the
//! Supervisor is asked for, so that the next create knows its own.

use tf_framework::{Computed, Context, Diagnostic, Error, Path};
use vcenter::{ConfigStatus, ErrorType, Vcenter};

use super::{
    INTENT, KIND, enable_v1, enable_v2,
    finish::finish,
    model::Model,
    place::{Place, Seat, cluster_name, first_cluster, is_unsure, patient, supervisor_of},
    read::{just_begun, to_model},
    same,
    update::change_it,
    versions::Generation,
    wait,
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
            let begun = begin(cx, &vcenter, &place, intent.as_ref(), &plan).await;
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
        return begin(cx, vcenter, place, intent, plan).await;
    };
    if info.config_status == ConfigStatus::Removing {
        wait::until_gone(cx, vcenter, &seat.cluster).await?;
        write(intent).await?;
        return begin(cx, vcenter, place, intent, plan).await;
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
    intent: Option<&Intent<'_>>,
    plan: &Model,
) -> Result<Seat, Error> {
    let failed = match ask(vcenter, place, plan).await? {
        Ok(seat) => return Ok(seat),
        Err(why) => why,
    };
    let doing = format!("enable the Supervisor on `{}`", place.name());
    if failed.error_type() == Some(&ErrorType::AlreadyExists) && intent.is_some() {
        let ours = arrived_twice(vcenter, place, plan).await;
        return ours.ok_or_else(|| told(&doing, &failed));
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

/// The Supervisor, where a proxy delivered the request twice: it was absent a moment ago, our intent
/// stands, and it is what was asked for.
async fn arrived_twice(vcenter: &Vcenter, place: &Place, plan: &Model) -> Option<Seat> {
    let seat = place.seat(vcenter).await.ok()??;
    let info = vcenter.clusters().find(&seat.cluster).await.ok()??;
    if !same::fixed(&to_model(&info, plan), plan).is_empty() {
        return None;
    }
    let supervisor = supervisor_of(vcenter, &seat.cluster).await.ok()?;
    Some(Seat { supervisor, ..seat })
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
