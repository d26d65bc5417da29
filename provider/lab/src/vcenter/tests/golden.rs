//! Requests that the vendor's SDK was recorded to send, with the recording's ids replaced by the
//! lab's.

use http::Method;
use serde_json::Value;

use super::{GOLD, LIBRARY, Lab};
use crate::inventory::{EDGE_CLUSTER_ID, MANAGEMENT_NETWORK_ID, TIER0_A, VDS_UUID};
use crate::{Request, Response};

/// Sends a recorded request.
fn replay(lab: &Lab, recorded: &str) -> Response {
    let replaced = [
        ("0123456789abcdef0123456789abcdef", lab.token.as_str()),
        ("domain-c9", "domain-c8"),
        ("policy-1", GOLD),
        ("network-11", MANAGEMENT_NETWORK_ID),
        ("50 1a-dvs", VDS_UUID),
        ("edge-cluster-1", EDGE_CLUSTER_ID),
        ("tier0-1", TIER0_A),
        ("lib-1", LIBRARY),
    ]
    .into_iter()
    .fold(recorded.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours));
    let recorded: Value = serde_json::from_str(&replaced).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let method = Method::from_bytes(text(&recorded["method"]).as_bytes()).unwrap();
    let mut request = Request::new(method, &text(&recorded["path"]));
    for pair in recorded["query"].as_array().unwrap() {
        request = request.with_query(&text(&pair[0]), &text(&pair[1]));
    }
    for (name, value) in recorded["headers"].as_object().unwrap() {
        request = request.with_header(name, &text(value));
    }
    if !recorded["body"].is_null() {
        request = request.json(recorded["body"].clone());
    }
    lab.send(&request)
}

#[track_caller]
fn accepted(lab: &Lab, recorded: &str, status: u16) -> Value {
    let response = replay(lab, recorded);
    assert_eq!(response.status, status, "{}", response.value());
    response.value()
}

#[test]
fn sessions() {
    let lab = Lab::new();
    // Another password than the lab's: understood and refused.
    assert_eq!(replay(&lab, include_str!("golden/session-login-bare.json")).status, 401);
    accepted(&lab, include_str!("golden/session-logout.json"), 204);
}

#[test]
fn enabling_by_cluster() {
    let lab = Lab::new();
    accepted(&lab, include_str!("golden/cluster-enable-nsx.json"), 204);
    lab.minutes(46);
    assert_eq!(lab.status(), "RUNNING READY");
    assert_eq!(lab.info()["Master_DNS_names"][0], "api.example.test");
}

#[test]
fn enabling_by_supervisor_waits_for_addresses() {
    let lab = Lab::new();
    let recorded = include_str!("golden/supervisor-enable-on-compute-cluster.json");
    let id = accepted(&lab, recorded, 200);
    assert_eq!(id, lab.supervisor());
    lab.minutes(90);
    assert_eq!(lab.status(), "CONFIGURING ERROR", "the recorded body gives no ingress");
    let summary = include_str!("golden/supervisor-summary-get-bare.json");
    let summary = summary.replace("domain-c9", id.as_str().unwrap());
    assert_eq!(accepted(&lab, &summary, 200)["name"], "supervisor-1");
}

#[test]
fn namespaces() {
    let lab = Lab::running();
    let create = include_str!("golden/namespace-create-v2.json");
    accepted(&lab, &create.replace("domain-c9", &lab.supervisor()), 204);
    lab.seconds(30);
    accepted(&lab, include_str!("golden/namespace-update.json"), 204);
    // The group has access from the creation on; the recorded call is about another namespace.
    let access = include_str!("golden/namespace-access-create.json");
    assert_eq!(replay(&lab, access).value()["error_type"], "ALREADY_EXISTS");
    accepted(&lab, &access.replace("local/devs", "local/ops"), 204);
    accepted(&lab, include_str!("golden/namespace-delete.json"), 204);
    lab.seconds(30);
    assert_eq!(replay(&lab, include_str!("golden/namespace-delete.json")).status, 404);
}
