//! Supervisors as the newer generation shows them: by their own id.

use serde_json::{Value, json};

use super::fault::Fault;
use super::message::Message;
use super::routes::Call;
use super::supervisor::Supervisor;
use super::{clusters, inventory, states};
use crate::Tx;

/// `GET /supervisors/summaries`.
pub(crate) fn summaries(tx: &Tx<'_>, call: &Call<'_>) -> Value {
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
    json!({ "items": items })
}

/// `GET /supervisors/{supervisor}/summary`.
pub(crate) fn summary(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = by_id(tx, call.path("supervisor"))?;
    Ok(info(&supervisor))
}

/// `GET /supervisors/{supervisor}/conditions`.
pub(crate) fn conditions(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = by_id(tx, call.path("supervisor"))?;
    Ok(states::conditions(&supervisor))
}

/// `GET /supervisors/{supervisor}/topology`.
pub(crate) fn topology(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = by_id(tx, call.path("supervisor"))?;
    Ok(json!([{ "zone": zone(tx, &supervisor), "clusters": [supervisor.cluster] }]))
}

/// The zone of a Supervisor. A cluster in none is in one of its own name, an assumption of the lab.
pub(crate) fn zone(tx: &Tx<'_>, supervisor: &Supervisor) -> String {
    let zone = inventory::zones(tx).into_iter().find(|zone| zone.cluster == supervisor.cluster);
    zone.map_or_else(|| supervisor.cluster.clone(), |zone| zone.id)
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
