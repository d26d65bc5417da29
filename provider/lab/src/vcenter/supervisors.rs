//! Supervisors as the newer generation shows them: by their own id.

use serde_json::{Value, json};

use super::fault::Fault;
use super::message::Message;
use super::routes::{Call, Reply};
use super::supervisor::Supervisor;
use super::{clusters, inventory, states};
use crate::Tx;

/// `GET /supervisors/summaries`.
pub(crate) fn summaries(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let status = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items: Vec<Value> = Supervisor::all(tx)
        .iter()
        .map(|supervisor| (supervisor.id.clone(), info(supervisor)))
        .filter(|(_, info)| {
            call.passes("config_status", &status(&info["config_status"]))
                && call.passes("kubernetes_status", &status(&info["kubernetes_status"]))
        })
        .map(|(id, info)| json!({ "supervisor": id, "info": info }))
        .collect();
    Ok(Reply::Value(json!({ "items": items })))
}

/// `GET /supervisors/{supervisor}/summary`.
pub(crate) fn summary(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let supervisor = by_id(tx, call.path("supervisor"))?;
    Ok(Reply::Value(info(&supervisor)))
}

/// `GET /supervisors/{supervisor}/conditions`.
pub(crate) fn conditions(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let supervisor = by_id(tx, call.path("supervisor"))?;
    Ok(Reply::Value(states::conditions(&supervisor)))
}

/// `GET /supervisors/{supervisor}/topology`. A cluster in no zone is in one of its own name, an
/// assumption of the lab.
pub(crate) fn topology(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let supervisor = by_id(tx, call.path("supervisor"))?;
    let zone = inventory::zones(tx).into_iter().find(|zone| zone.cluster == supervisor.cluster);
    let zone = zone.map_or_else(|| supervisor.cluster.clone(), |zone| zone.id);
    Ok(Reply::Value(json!([{ "zone": zone, "clusters": [supervisor.cluster] }])))
}

/// The Supervisor of that id.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Supervisor, Fault> {
    let all = Supervisor::all(tx);
    all.into_iter().find(|it| it.id == id).ok_or_else(|| Fault::not_found("Supervisor", id))
}

fn info(supervisor: &Supervisor) -> Value {
    let messages: Vec<Value> = supervisor.messages.iter().map(Message::json).collect();
    json!({
        "name": supervisor.name,
        "config_status": supervisor.config_status,
        "kubernetes_status": supervisor.kubernetes_status,
        "stats": clusters::stats(supervisor),
        "APIEndpoint": supervisor.endpoints.cluster,
        "messages": messages,
    })
}
