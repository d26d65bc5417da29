//! A Supervisor changed in place.

use tf_framework::{Context, Error};
use vcenter::{ClusterId, ConfigStatus, Vcenter};

use super::{
    INTENT, change,
    create::create,
    finish::{finish, gone},
    is_missing,
    model::Model,
    place::{Place, cluster_of},
    read::with_status,
};
use crate::{
    clients::{self, Clients},
    intent::Intent,
    said::told,
};

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
    let Some(info) = info else {
        return if is_missing(&state) { create(cx, plan).await } else { Err(gone(&cluster)) };
    };
    if info.config_status == ConfigStatus::Removing {
        return Err(Error::new(
            "the Supervisor is taken down",
            format!("somebody disables the Supervisor of `{cluster}`; apply again once it is gone"),
        ));
    }
    let place = Place::of(&state)?.name();
    if let Some(intent) = Intent::of(cx, INTENT, &place, state.owner.known())? {
        intent.mark_as_ours().await?;
    }
    if change::is_none(&state, &plan) && plan.config_status.known().is_some() {
        return Ok(plan);
    }
    change_it(&vcenter, &cluster, &state, &plan).await?;
    finish(cx, &vcenter, &cluster, with_status(plan, &info)).await
}
