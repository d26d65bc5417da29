//! Time that passes, with things in it that fail.

mod replay;
mod week;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::*;
use crate::exchange::exchange;
use crate::inventory::{
    CLUSTER_ID, EDGE_CLUSTER_ID, MANAGEMENT_NETWORK_ID, NSX_USER, SECOND_CLUSTER_ID, TIER0_A,
    VCENTER_USER, VDS_UUID,
};
use crate::{Clock, Half, Limits, Request, Response, Settings, Store, Workloads};

const CLUSTERS: &str = "/api/vcenter/namespace-management/clusters";
const NAMESPACES: &str = "/api/vcenter/namespaces/instances";
const GOLD: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01";

/// A lab whose time is moved by hand, with somebody at its vCenter and its NSX.
struct World {
    store: Store,
    token: String,
    basic: String,
}

impl World {
    fn new() -> Self {
        let settings =
            Settings { clock: Clock::Manual, limits: Limits::Off, ..Settings::default() };
        let store = Store::in_memory(&settings).unwrap();
        let password = store.transaction(|tx| tx.secrets().unwrap().password).unwrap();
        let basic =
            |user: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")));
        let login = Request::new(Method::POST, "/api/session")
            .with_header("authorization", &basic(VCENTER_USER));
        let token = store.ask(Half::Vcenter, &login).unwrap().value();
        Self { store, token: token.as_str().unwrap().to_owned(), basic: basic(NSX_USER) }
    }

    /// The same lab once more, on its own from here on.
    fn fork(&self) -> Self {
        let store = self.store.fork().unwrap();
        Self { store, token: self.token.clone(), basic: self.basic.clone() }
    }

    fn request(&self, half: Half, verb: &str, target: &str, body: &Value) -> Request {
        let (path, action) = target.split_once("?action=").unwrap_or((target, ""));
        let request = Request::new(verb.parse().unwrap(), path)
            .with_header("vmware-api-session-id", &self.token);
        let request = match half {
            Half::Nsx => request.with_header("authorization", &self.basic),
            _ => request,
        };
        let request =
            if action.is_empty() { request } else { request.with_query("action", action) };
        if body.is_null() { request } else { request.json(body.clone()) }
    }

    /// Asks, whatever the answer.
    fn ask(&self, half: Half, verb: &str, target: &str, body: &Value) -> Response {
        self.store.ask(half, &self.request(half, verb, target, body)).unwrap()
    }

    /// A call of vCenter's that succeeds.
    #[track_caller]
    fn done(&self, verb: &str, target: &str, body: &Value) -> Value {
        let response = self.ask(Half::Vcenter, verb, target, body);
        assert!(!response.is_refusal(), "{target}: {:?}", response.body);
        response.value()
    }

    /// The same of NSX's policy.
    #[track_caller]
    fn nsx(&self, verb: &str, path: &str, body: &Value) {
        let response = self.ask(Half::Nsx, verb, &format!("/policy/api/v1{path}"), body);
        assert!(!response.is_refusal(), "{path}: {:?}", response.body);
    }

    fn ask_for_namespace(&self, name: &str) -> Response {
        let body = json!({ "cluster": CLUSTER_ID, "namespace": name });
        self.ask(Half::Vcenter, "POST", NAMESPACES, &body)
    }

    fn namespace(&self, name: &str) -> String {
        self.status(&format!("{NAMESPACES}/{name}"))
    }

    fn supervisor(&self, cluster: &str) -> String {
        self.status(&format!("{CLUSTERS}/{cluster}"))
    }

    /// `config_status` with the first message, if there is one.
    fn status(&self, target: &str) -> String {
        let response = self.ask(Half::Vcenter, "GET", target, &Value::Null);
        // Of a cluster vCenter says that it has no Supervisor, of a namespace that there is none.
        if response.is_refusal() {
            return "gone".to_owned();
        }
        let value = response.value();
        let status = value["config_status"].as_str();
        let status = status.unwrap_or_else(|| panic!("{target}: {response:?}")).to_owned();
        match value["messages"][0]["details"]["default_message"].as_str() {
            Some(message) => format!("{status}: {message}"),
            None => status,
        }
    }

    /// Lets time pass, and tells what came to pass.
    fn pass(&self, by: Duration) -> Passed {
        let pass = |tx: &mut Tx<'_>| {
            tx.move_clock(by);
            advance(tx)
        };
        self.store.transaction(pass).unwrap()
    }

    /// Everything but sessions.
    fn documents(&self) -> Vec<(String, String)> {
        let halves =
            ["nsx", "nsx-deleted", "nsx-allocated", "nsx-refs", "nsx-link", "vcenter", "ncp"];
        let all = |tx: &mut Tx<'_>| -> Vec<_> {
            halves.iter().flat_map(|half| tx.under_text(&format!("{half}:"))).collect()
        };
        let mut documents = self.store.transaction(all).unwrap();
        documents.retain(|(path, _)| !path.starts_with("vcenter:/sessions"));
        documents
    }

    /// A group of the admin's that refers to a segment of the namespace, which cannot go then.
    fn hold(&self, namespace: &str) {
        let document = format!("vcenter:/namespaces/{namespace}");
        let document = self.store.transaction(|tx| tx.get(&document)).unwrap().unwrap();
        let segment = format!("/infra/segments/seg_{}_0", document["uid"].as_str().unwrap());
        let expression = json!([{ "resource_type": "PathExpression", "paths": [segment] }]);
        self.nsx("PATCH", &holder(namespace), &json!({ "expression": expression }));
    }
}

fn holder(namespace: &str) -> String {
    format!("/infra/domains/default/groups/holds-{namespace}")
}

/// An enable of a Supervisor, with six addresses for egress.
fn spec(pods: &str, management: &str, ingress: &Value, egress: &str) -> Value {
    json!({
        "size_hint": "SMALL",
        "service_cidr": { "address": "10.96.0.0", "prefix": 23 },
        "master_management_network": {
            "mode": "STATICRANGE",
            "network": MANAGEMENT_NETWORK_ID,
            "address_range": {
                "starting_address": management, "address_count": 5,
                "gateway": "192.168.10.1", "subnet_mask": "255.255.255.0",
            },
        },
        "master_DNS": ["192.168.10.2"],
        "master_NTP_servers": ["192.168.10.3"],
        "worker_DNS": ["192.168.10.2"],
        "master_storage_policy": GOLD,
        "ephemeral_storage_policy": GOLD,
        "image_storage": { "storage_policy": GOLD },
        "network_provider": "NSXT_CONTAINER_PLUGIN",
        "ncp_cluster_network_spec": {
            "cluster_distributed_switch": VDS_UUID,
            "nsx_edge_cluster": EDGE_CLUSTER_ID,
            "nsx_tier0_gateway": TIER0_A,
            "pod_cidrs": [{ "address": pods, "prefix": 20 }],
            "ingress_cidrs": ingress,
            "egress_cidrs": [{ "address": egress, "prefix": 29 }],
        },
    })
}

/// A Supervisor that runs, with two addresses for ingress, of which it takes one.
fn running() -> World {
    let world = World::new();
    let ingress = json!([{ "address": "192.0.2.0", "prefix": 30 }]);
    let spec = spec("10.244.0.0", "192.168.10.20", &ingress, "198.51.100.0");
    world.done("POST", &format!("{CLUSTERS}/{CLUSTER_ID}?action=enable"), &spec);
    world.pass(Duration::from_mins(46));
    assert_eq!(world.supervisor(CLUSTER_ID), "RUNNING");
    world
}

/// Ranges of a Supervisor, of which the last is new.
fn ranges(field: &str, cidrs: &[(&str, u8)]) -> Value {
    let cidrs: Vec<Value> = cidrs
        .iter()
        .map(|(address, prefix)| json!({ "address": address, "prefix": prefix }))
        .collect();
    json!({
        "network_provider": "NSXT_CONTAINER_PLUGIN",
        "ncp_cluster_network_spec": { (field): cidrs },
    })
}

fn change(world: &World, cluster: &str, body: &Value) {
    world.done("PATCH", &format!("{CLUSTERS}/{cluster}"), body);
}
