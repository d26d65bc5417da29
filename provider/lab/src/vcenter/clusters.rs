//! Supervisors as the older generation shows them: by cluster.

mod info;

use serde_json::{Value, json};

use super::fault::{Fault, Kind};
use super::inventory;
use super::message::Localizable;
use super::routes::Call;
use super::states;
use super::status::ConfigStatus;
use super::supervisor::{Step, Supervisor};
use crate::Tx;

/// `GET /clusters`: enabled ones, and those being enabled or removed.
pub(crate) fn list(tx: &Tx<'_>, _call: &Call<'_>) -> Result<Value, Fault> {
    let mut summaries = Vec::new();
    for supervisor in Supervisor::all(tx) {
        summaries.push(json!({
            "cluster": supervisor.cluster,
            "cluster_name": inventory::cluster(tx, &supervisor.cluster)?.name,
            "config_status": supervisor.config_status,
            "kubernetes_status": supervisor.kubernetes_status,
            "stats": stats(&supervisor),
        }));
    }
    Ok(Value::Array(summaries))
}

/// `GET /clusters/{cluster}`: all of it.
pub(crate) fn get(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = enabled(tx, call.path("cluster"))?;
    Ok(info::info(tx, &supervisor))
}

/// `POST /clusters/{cluster}?action=disable`. Legal in any state but a restore, which the lab does
/// not have. On one that is being removed it has nothing to do but to try again what hangs.
pub(crate) fn disable(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let supervisor = located(tx, call.path("cluster"))?;
    let hangs = !supervisor.messages.is_empty();
    if supervisor.config_status != ConfigStatus::Removing || hangs {
        states::remove(tx, supervisor);
    }
    Ok(())
}

/// `POST /clusters/{cluster}?action=rotate_password`: done at once.
pub(crate) fn rotate_password(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    located(tx, call.path("cluster")).map(|_| ())
}

/// The Supervisor on a cluster, for operations that call its absence `NOT_FOUND`.
pub(crate) fn located(tx: &Tx<'_>, cluster: &str) -> Result<Supervisor, Fault> {
    Supervisor::of(tx, cluster).ok_or_else(|| Fault::not_found("Supervisor cluster", cluster))
}

/// The Supervisor on a cluster, for operations that call its absence `UNSUPPORTED`: those that read.
pub(crate) fn enabled(tx: &Tx<'_>, cluster: &str) -> Result<Supervisor, Fault> {
    inventory::cluster(tx, cluster)?;
    Supervisor::of(tx, cluster).ok_or_else(|| {
        Fault::new(
            Kind::Unsupported,
            Localizable::with(
                "vcenter.wcp.lab.not_enabled",
                "Cluster {0} does not have vSphere Namespaces enabled.",
                [cluster],
            ),
        )
    })
}

/// The Supervisor on a cluster, unless it is being removed.
pub(crate) fn changeable(tx: &Tx<'_>, cluster: &str) -> Result<Supervisor, Fault> {
    let supervisor = located(tx, cluster)?;
    if supervisor.config_status != ConfigStatus::Removing {
        return Ok(supervisor);
    }
    Err(Fault::new(
        Kind::NotAllowedInCurrentState,
        Localizable::with(
            "vcenter.wcp.lab.removing",
            "Supervisor on cluster {0} is being disabled.",
            [cluster],
        ),
    ))
}

/// What a Supervisor uses, in MHz and MiB; nothing while it is being enabled, as seen on a real
/// system. The numbers themselves are the lab's.
pub(crate) fn stats(supervisor: &Supervisor) -> Value {
    if supervisor.step < Step::CoreServices {
        return json!({
            "cpu_used": 0, "cpu_capacity": 0,
            "memory_used": 0, "memory_capacity": 0,
            "storage_used": 0, "storage_capacity": 0,
        });
    }
    json!({
        "cpu_used": 2_400, "cpu_capacity": 144_000,
        "memory_used": 49_152, "memory_capacity": 786_432,
        "storage_used": 98_304, "storage_capacity": 10_485_760,
    })
}
