//! Realization: what became of an intent, a moment after it was written.
//!
//! Nothing has to happen for it: an intent is realized once it has been left alone for
//! [`DELAY_MILLIS`]. A domain is not realized at all.

use serde_json::{Value, json};

use super::fault::Fault;
use super::kind::place;
use super::object::{Fields, grave, key, text};
use super::rules;
use crate::inventory::ENFORCEMENT_POINT;
use crate::{LabTime, Request, Response, Tx};

/// How long realizing takes, in lab time.
pub(super) const DELAY_MILLIS: u64 = 2000;

/// How far an intent is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Realization {
    /// It is never realized, and that is as it should be.
    Never,
    /// Not yet.
    Pending,
    Done,
    /// It cannot be, and why.
    Failed(String),
    /// It is on its way out.
    Removing,
}

/// How far the intent at a policy path is; nothing if there is none.
pub(crate) fn realization(tx: &Tx<'_>, path: &str) -> Option<Realization> {
    let Some(Value::Object(object)) = tx.get(&key(path)) else {
        return tx.has(&grave(path)).then_some(Realization::Removing);
    };
    let kind = place(path)?.kind;
    if kind.name == "Domain" {
        return Some(Realization::Never);
    }
    let parts =
        kind.embeds.map(|embeds| tx.children(&key(&format!("{path}/{}", embeds.collection))));
    let parts = parts.unwrap_or_default();
    let times = parts.iter().filter_map(|(_, part)| part["_last_modified_time"].as_u64());
    let own = object.get("_last_modified_time").and_then(Value::as_u64).unwrap_or(0);
    let last = times.fold(own, u64::max);
    if tx.now().unix_millis() < last + DELAY_MILLIS {
        return Some(Realization::Pending);
    }
    Some(obstacle(tx, kind.name, &object).map_or(Realization::Done, Realization::Failed))
}

/// Why an object cannot be realized as things are.
fn obstacle(tx: &Tx<'_>, kind: &str, object: &Fields) -> Option<String> {
    let gateway = text(object, "connectivity_path");
    if kind != "LBService" || !gateway.starts_with("/infra/tier-1s/") {
        return None;
    }
    let services = tx.children(&key(&format!("{gateway}/locale-services")));
    let on_edges = services.iter().any(|(_, service)| service["edge_cluster_path"].is_string());
    (!on_edges).then(|| format!("The gateway {gateway} runs on no edge cluster."))
}

/// `GET /infra/realized-state/status?intent_path=`.
pub(super) fn status(tx: &Tx<'_>, request: &Request) -> Result<Response, Fault> {
    let path = intent_path(request)?;
    let realization = realization(tx, path).ok_or_else(|| Fault::not_found(path))?;
    let (consolidated, publish) = words(&realization);
    let consolidated = json!({ "consolidated_status": consolidated });
    let revision = tx.get(&key(path)).map(|object| object["_revision"].to_string());
    Ok(Response::json(
        200,
        json!({
            "intent_path": path,
            "intent_version": revision.unwrap_or_default(),
            "publish_status": publish,
            "consolidated_status": consolidated,
            "consolidated_status_per_enforcement_point": [{
                "resource_type": "ConsolidatedStatusPerEnforcementPoint",
                "consolidated_status": consolidated,
                "enforcement_point_id": "default",
                "enforcement_point_path": ENFORCEMENT_POINT,
                "site_path": "/infra/sites/default",
            }],
        }),
    ))
}

/// Consolidated status and publish status.
fn words(realization: &Realization) -> (&'static str, &'static str) {
    match realization {
        Realization::Never => ("UNINITIALIZED", "UNAVAILABLE"),
        Realization::Pending | Realization::Removing => ("IN_PROGRESS", "UNREALIZED"),
        Realization::Done => ("SUCCESS", "REALIZED"),
        Realization::Failed(_) => ("ERROR", "ERROR"),
    }
}

fn intent_path(request: &Request) -> Result<&str, Fault> {
    request.query("intent_path").ok_or_else(|| Fault::invalid("intent_path", "is required"))
}

/// `GET /infra/realized-state/realized-entities?intent_path=`.
pub(super) fn entities(tx: &Tx<'_>, request: &Request) -> Result<Response, Fault> {
    let path = intent_path(request)?;
    let realization = realization(tx, path).ok_or_else(|| Fault::not_found(path))?;
    let results = entities_of(tx, path, &realization);
    Ok(Response::json(200, json!({ "result_count": results.len(), "results": results })))
}

fn entities_of(tx: &Tx<'_>, path: &str, realization: &Realization) -> Vec<Value> {
    let Some(place) = place(path).filter(|place| !place.kind.entity.is_empty()) else {
        return Vec::new();
    };
    let Some(Value::Object(object)) = tx.get(&key(path)) else { return Vec::new() };
    let name = text(&object, "display_name");
    let own = Entity { name, kind: entity_type(&place, &object), attributes: Vec::new() };
    let mut found = vec![own];
    if *realization == Realization::Done {
        match place.kind.name {
            "IpAddressPoolSubnet" => found[0].add("cidr", rules::allocated(tx, path)),
            "IpAddressAllocation" => found[0].add("allocation_ip", rules::allocated(tx, path)),
            "Tier1" => found.extend(link(tx, path)),
            _ => {}
        }
    }
    found.iter().map(|entity| entity.json(tx, path, &object, realization)).collect()
}

fn entity_type(place: &super::Place, object: &Fields) -> &'static str {
    match text(object, "resource_type") {
        "IpAddressPoolStaticSubnet" => "IpPoolSubnet",
        _ => place.kind.entity,
    }
}

/// The Tier-1's port towards its Tier-0. Its address is where a load balancer on this gateway sends
/// from under SNAT automap: nothing public says more, so the lab has only this one source address.
/// That it is among the gateway's realized entities, with the key `IpAddresses`, is what the
/// vendor's Terraform provider relies on (`nsxt_policy_gateway_interface_realization`).
fn link(tx: &Tx<'_>, path: &str) -> Option<Entity<'static>> {
    let addresses = rules::link_addresses(tx, path)?;
    let mut port =
        Entity { name: "t1_lrp", kind: "RealizedLogicalRouterPort", attributes: Vec::new() };
    port.add("IpAddresses", Some(addresses));
    Some(port)
}

struct Entity<'a> {
    name: &'a str,
    kind: &'static str,
    attributes: Vec<Value>,
}

impl Entity<'_> {
    fn add(&mut self, name: &str, value: Option<String>) {
        self.attributes.extend(value.map(|value| {
            json!({ "key": name, "values": [value], "data_type": "STRING", "multivalue": false })
        }));
    }

    fn json(&self, tx: &Tx<'_>, path: &str, object: &Fields, realization: &Realization) -> Value {
        let intent_name = text(object, "display_name");
        let name = match self.kind {
            "RealizedLogicalRouterPort" => format!("{intent_name}-{}", self.name),
            _ => self.name.to_owned(),
        };
        let id = tx.uuid_of(&format!("{path}#{}", self.kind));
        let state = words(realization).1;
        let alarms: Vec<Value> = match realization {
            Realization::Failed(why) => vec![alarm(path, why)],
            _ => Vec::new(),
        };
        json!({
            "resource_type": "GenericPolicyRealizedResource",
            "id": id,
            "display_name": name,
            "path": format!("/infra/realized-state/enforcement-points/default/{}s/{id}", self.kind),
            "entity_type": self.kind,
            "extended_attributes": self.attributes,
            "enforcement_point_path": ENFORCEMENT_POINT,
            "site_path": "/infra/sites/default",
            "intent_paths": [path],
            "intent_reference": [path],
            "realization_specific_identifier": text(object, "realization_id"),
            "state": state,
            "publish_status": state,
            "alarms": alarms,
        })
    }
}

fn alarm(path: &str, why: &str) -> Value {
    json!({
        "resource_type": "PolicyAlarmResource",
        "message": why,
        "severity": "ERROR",
        "intent_paths": [path],
        "source_reference": path,
        "error_details": { "error_message": why, "module_name": "policy" },
    })
}

/// `GET /infra/realized-state/alarms`: of what could fail.
pub(super) fn alarms(tx: &Tx<'_>) -> Response {
    let services = tx.children(&key("/infra/lb-services")).into_iter();
    let results: Vec<Value> = services
        .filter_map(|(id, _)| {
            let path = format!("/infra/lb-services/{id}");
            match realization(tx, &path)? {
                Realization::Failed(why) => Some(alarm(&path, &why)),
                _ => None,
            }
        })
        .collect();
    Response::json(200, json!({ "result_count": results.len(), "results": results }))
}

/// `GET …/{segment or gateway}/state`.
pub(super) fn state(tx: &Tx<'_>, path: &str) -> Result<Response, Fault> {
    let realization = realization(tx, path).filter(|found| *found != Realization::Removing);
    let word = match realization.ok_or_else(|| Fault::not_found(path))? {
        Realization::Pending => "in_progress",
        Realization::Failed(_) => "failed",
        _ => "success",
    };
    let kind = place(path).map_or("", |place| place.kind.name);
    Ok(match kind {
        "Segment" => {
            Response::json(200, json!({ "segment_path": path, "state": word, "details": [] }))
        }
        _ => Response::json(
            200,
            json!({
                "enforcement_point_path": ENFORCEMENT_POINT,
                "tier1_state": { "state": word, "details": [] },
            }),
        ),
    })
}

/// Whether an object was made so lately that search does not know it yet.
pub(super) fn is_unindexed(object: &Fields, now: LabTime) -> bool {
    const LAG_MILLIS: u64 = 1000;
    let made = object.get("_create_time").and_then(Value::as_u64).unwrap_or(0);
    now.unix_millis() < made + LAG_MILLIS && made > LabTime::default().unix_millis()
}
