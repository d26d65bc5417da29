//! What an NSX manager tells about itself below `/api/v1`.

use serde_json::{Value, json};

use super::fault::Fault;
use super::object::{key, text};
use super::read::{Item, page};
use crate::inventory::ENFORCEMENT_POINT;
use crate::{Request, Response, Tx};

/// Answers a `GET` below `/api/v1`; `path` is what comes after it.
pub(super) fn get(tx: &Tx<'_>, request: &Request, path: &str) -> Result<Response, Fault> {
    let version = &tx.settings().nsx_version;
    let body = match path {
        "/node" => json!({
            "node_version": version, "product_version": version, "hostname": "nsx-manager",
            "node_type": "NSX Manager", "node_uuid": tx.uuid_of("nsx manager"),
            "export_type": "UNRESTRICTED", "kernel_version": "5.15",
        }),
        "/node/version" => json!({ "node_version": version, "product_version": version }),
        "/node/services/http" => limits(),
        "/cluster" => json!({ "cluster_id": tx.uuid_of("nsx cluster"), "nodes": [] }),
        "/cluster/status" => json!({
            "cluster_id": tx.uuid_of("nsx cluster"),
            "mgmt_cluster_status": { "status": "STABLE" },
            "control_cluster_status": { "status": "STABLE" },
            "detailed_cluster_status": { "overall_status": "STABLE", "groups": [] },
        }),
        "/reverse-proxy/node/health" => json!({ "healthy": true, "components_health": "" }),
        _ => return fabric(tx, request, path),
    };
    Ok(Response::json(200, body))
}

/// `client_api_…` are the limits the lab enforces.
fn limits() -> Value {
    json!({
        "service_name": "http",
        "service_properties": {
            "session_timeout": 1800,
            "connection_timeout": 30,
            "basic_authentication_enabled": true,
            "cookie_based_authentication_enabled": true,
            "client_api_rate_limit": 100,
            "client_api_concurrency_limit": 40,
            "global_api_concurrency_limit": 199,
        },
    })
}

/// The manager's own view of transport zones and edge clusters.
fn fabric(tx: &Tx<'_>, request: &Request, path: &str) -> Result<Response, Fault> {
    let mut parts = path.trim_start_matches('/').split('/');
    let (collection, id) = (parts.next().unwrap_or_default(), parts.next());
    let shown = match collection {
        "transport-zones" => transport_zone,
        "edge-clusters" => edge_cluster,
        _ => return Err(Fault::no_such_uri(&request.path)),
    };
    if parts.next().is_some() {
        return Err(Fault::not_simulated("GET", &request.path));
    }
    let all = tx.children(&key(&format!("{ENFORCEMENT_POINT}/{collection}")));
    let mut all = all.into_iter().map(|(id, object)| (id, shown(&object)));
    match id {
        None => page(request, all.map(|(id, object)| Item::new(id, object.to_string())).collect()),
        Some(id) => match all.find(|(found, _)| found == id) {
            Some((_, object)) => Ok(Response::json(200, object)),
            None => Err(Fault::not_found(id)),
        },
    }
}

fn common(object: &Value, kind: &str) -> Value {
    let empty = super::object::Fields::new();
    let fields = object.as_object().unwrap_or(&empty);
    json!({
        "display_name": text(fields, "display_name"),
        "id": text(fields, "nsx_id"),
        "resource_type": kind,
        "_revision": object["_revision"],
        "_create_user": object["_create_user"],
        "_create_time": object["_create_time"],
        "_last_modified_user": object["_last_modified_user"],
        "_last_modified_time": object["_last_modified_time"],
        "_system_owned": false,
        "_protection": "NOT_PROTECTED",
    })
}

fn transport_zone(object: &Value) -> Value {
    let mut shown = common(object, "TransportZone");
    let vlan = object["tz_type"] == "VLAN_BACKED";
    shown["transport_type"] = json!(if vlan { "VLAN" } else { "OVERLAY" });
    shown["is_default"] = object["is_default"].clone();
    shown
}

fn edge_cluster(object: &Value) -> Value {
    let mut shown = common(object, "EdgeCluster");
    shown["deployment_type"] = json!("VIRTUAL_MACHINE");
    shown["member_node_type"] = json!("EDGE_NODE");
    shown
}
