//! Namespaces as vCenter shows them, by cluster and by Supervisor.

use serde_json::{Map, Value, json};

use super::found;
use crate::Tx;
use crate::vcenter::fault::Fault;
use crate::vcenter::message::Message;
use crate::vcenter::namespace::Namespace;
use crate::vcenter::routes::Call;
use crate::vcenter::supervisor::Supervisor;

/// How a namespace says where it is.
#[derive(Clone, Copy)]
enum Generation {
    /// By cluster.
    V1,
    /// By Supervisor.
    V2,
}

/// `GET /instances`.
pub(crate) fn list(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    summaries(tx, Generation::V1)
}

/// `GET /instances/v2`.
pub(crate) fn list_v2(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    summaries(tx, Generation::V2)
}

/// `GET /instances/{namespace}`.
pub(crate) fn get(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let namespace = found(tx, call.path("namespace"))?;
    Ok(info(tx, &namespace, Generation::V1))
}

/// `GET /instances/v2/{namespace}`.
pub(crate) fn get_v2(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let namespace = found(tx, call.path("namespace"))?;
    Ok(info(tx, &namespace, Generation::V2))
}

/// `GET /api/vcenter/namespaces-user/namespaces`: all of them, for the lab's user is administrator.
pub(crate) fn of_user(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    let host = |cluster: &str| {
        let endpoint = Supervisor::of(tx, cluster).and_then(|it| it.endpoints.cluster);
        endpoint.map(|it| it.to_string()).unwrap_or_default()
    };
    Namespace::all(tx)
        .iter()
        .map(|it| json!({ "namespace": it.name, "master_host": host(&it.cluster) }))
        .collect()
}

fn summaries(tx: &Tx<'_>, generation: Generation) -> Value {
    let summary = |namespace: &Namespace| {
        let mut summary = place(tx, namespace, generation);
        summary.insert("namespace".to_owned(), json!(namespace.name));
        summary.insert("description".to_owned(), json!(namespace.description));
        summary.insert("config_status".to_owned(), json!(namespace.config_status));
        summary.insert("self_service_namespace".to_owned(), json!(false));
        summary.insert("stats".to_owned(), stats());
        Value::Object(summary)
    };
    Namespace::all(tx).iter().map(summary).collect()
}

fn info(tx: &Tx<'_>, namespace: &Namespace, generation: Generation) -> Value {
    let mut info = place(tx, namespace, generation);
    let messages: Vec<Value> = namespace.messages.iter().map(Message::json).collect();
    let Value::Object(rest) = json!({
        "config_status": namespace.config_status,
        "messages": messages,
        "stats": stats(),
        "description": namespace.description,
        "access_list": namespace.access,
        "storage_specs": namespace.storage,
        "resource_spec": namespace.resources,
        "vm_service_spec": {
            "vm_classes": namespace.vm_classes,
            "content_libraries": namespace.vm_libraries,
        },
        "content_libraries": namespace.content_libraries,
        "networks": namespace.networks,
        "creator": namespace.creator,
        "self_service_namespace": false,
    }) else {
        return Value::Object(info);
    };
    info.extend(rest);
    Value::Object(info)
}

fn place(tx: &Tx<'_>, namespace: &Namespace, generation: Generation) -> Map<String, Value> {
    let (name, id) = match generation {
        Generation::V1 => ("cluster", namespace.cluster.clone()),
        Generation::V2 => {
            let supervisor = Supervisor::of(tx, &namespace.cluster);
            ("supervisor", supervisor.map(|it| it.id).unwrap_or_default())
        }
    };
    Map::from_iter([(name.to_owned(), json!(id))])
}

/// Nothing runs in the lab's namespaces that would request anything.
fn stats() -> Value {
    json!({ "cpu_used": 0, "memory_used": 0, "storage_used": 0 })
}
