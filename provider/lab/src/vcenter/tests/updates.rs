use serde_json::{Value, json};

use super::{Lab, NM, specs, text};

fn path() -> String {
    format!("{NM}/clusters/domain-c8")
}

fn cidr(address: &str, prefix: u8) -> Value {
    json!({ "address": address, "prefix": prefix })
}

fn ncp(field: &str, cidrs: &[Value]) -> Value {
    json!({
        "network_provider": "NSXT_CONTAINER_PLUGIN",
        "ncp_cluster_network_spec": { field: cidrs },
    })
}

#[test]
fn a_change_is_configuring_for_a_while() {
    let lab = Lab::running();
    lab.done("PATCH", &path(), &json!({ "master_DNS": ["192.168.10.9"], "size_hint": "MEDIUM" }));
    assert_eq!(lab.status(), "CONFIGURING READY");
    assert_eq!(lab.info()["master_DNS"], json!(["192.168.10.9"]));
    assert_eq!(lab.info()["master_NTP_servers"], json!(["192.168.10.3"]), "not given: stays");
    lab.minutes(3);
    assert_eq!(lab.status(), "RUNNING READY");
    assert_eq!(text(&lab.info()["size_hint"]), "MEDIUM");
}

#[test]
fn cidrs_can_be_appended() {
    let lab = Lab::running();
    let pods = [cidr("10.244.0.0", 20), cidr("10.245.0.0", 20)];
    lab.done("PATCH", &path(), &ncp("pod_cidrs", &pods));
    assert_eq!(lab.info()["ncp_cluster_network_info"]["pod_cidrs"], json!(pods));
    let blocks = lab.store.transaction(|tx| tx.children("nsx:/infra/ip-blocks")).unwrap();
    assert!(blocks.iter().any(|(_, block)| block["cidr"] == "10.245.0.0/20"), "{blocks:?}");
}

#[test]
fn cidrs_cannot_go_or_change() {
    let lab = Lab::running();
    assert_eq!(
        lab.refused("PATCH", &path(), &ncp("pod_cidrs", &[cidr("10.245.0.0", 20)])),
        "400 INVALID_ARGUMENT: pod_cidrs: CIDR block 10.244.0.0/20 can be neither changed nor \
         removed."
    );
    assert_eq!(
        lab.refused("PATCH", &path(), &ncp("ingress_cidrs", &[])),
        "400 INVALID_ARGUMENT: ingress_cidrs: CIDR block 192.0.2.0/26 can be neither changed nor \
         removed."
    );
    let pods = [cidr("10.244.0.0", 20), cidr("10.96.0.0", 23)];
    assert_eq!(
        lab.refused("PATCH", &path(), &ncp("pod_cidrs", &pods)),
        "400 INVALID_ARGUMENT: service_cidr 10.96.0.0/23 overlaps pod_cidrs 10.96.0.0/23."
    );
}

#[test]
fn what_is_not_in_the_contract_cannot_change() {
    let lab = Lab::running();
    let body = json!({ "service_cidr": { "address": "10.97.0.0", "prefix": 23 } });
    assert_eq!(
        lab.refused("PATCH", &path(), &body),
        "400 INVALID_ARGUMENT: /service_cidr is not known to this version, and this lab is strict."
    );
    assert_eq!(
        lab.refused("PATCH", &path(), &json!({ "network_provider": "VSPHERE_NETWORK" })),
        "400 INVALID_ARGUMENT: Network provider of cluster domain-c8 is NSXT_CONTAINER_PLUGIN and \
         cannot change to VSPHERE_NETWORK."
    );
}

#[test]
fn a_put_clears_what_it_does_not_give() {
    let lab = Lab::running();
    lab.done("PATCH", &path(), &json!({ "login_banner": "hello" }));
    assert_eq!(text(&lab.info()["login_banner"]), "hello");
    let spec = specs::nsx();
    let mut body = json!({});
    for field in [
        "size_hint",
        "master_DNS",
        "master_storage_policy",
        "ephemeral_storage_policy",
        "image_storage",
        "network_provider",
    ] {
        body[field] = spec[field].clone();
    }
    body["ncp_cluster_network_spec"] = json!({
        "pod_cidrs": [cidr("10.244.0.0", 20)],
        "ingress_cidrs": [cidr("192.0.2.0", 26)],
        "egress_cidrs": [cidr("198.51.100.0", 26)],
        "default_ingress_tls_certificate": "",
    });
    lab.done("PUT", &path(), &body);
    let info = lab.info();
    assert!(info.get("login_banner").is_none());
    assert_eq!(info["worker_DNS"], json!([]));
    assert_eq!(info["master_DNS"], json!(["192.168.10.2"]));
}

#[test]
fn a_control_plane_grows_and_never_shrinks() {
    let lab = Lab::of_version("9.0.0.0");
    let mut spec = specs::nsx();
    spec["count"] = json!(1);
    lab.enable(&spec);
    lab.minutes(46);
    assert_eq!(lab.info()["api_servers"].as_array().unwrap().len(), 1);
    lab.done("PATCH", &path(), &json!({ "count": 3 }));
    assert_eq!(lab.info()["count"], 3);
    assert!(lab.refused("PATCH", &path(), &json!({ "count": 1 })).contains("from 1 to 3 only"));
}

#[test]
fn an_unknown_policy_changes_nothing() {
    let lab = Lab::running();
    let body = json!({ "size_hint": "LARGE", "master_storage_policy": "bronze" });
    assert!(lab.refused("PATCH", &path(), &body).starts_with("404 NOT_FOUND"));
    assert_eq!(text(&lab.info()["size_hint"]), "SMALL");
}
