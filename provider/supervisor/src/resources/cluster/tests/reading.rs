//! What is made of vCenter's answers.

use serde_json::{Value as Json, json};
use vcenter::clusters::Info;

use super::{planned, with, with_nsx, with_port_groups};
use crate::resources::{
    cluster::{model::Model, read, same},
    given,
};

fn info() -> Json {
    json!({
        "config_status": "RUNNING",
        "kubernetes_status": "READY",
        "messages": [],
        "kubernetes_status_messages": [],
        "api_server_cluster_endpoint": "192.168.20.65",
        "api_server_management_endpoint": "10.0.0.50",
        "size_hint": "SMALL",
        "service_cidr": { "address": "10.96.0.0", "prefix": 22 },
        "network_provider": "NSXT_CONTAINER_PLUGIN",
        "ncp_cluster_network_info": {
            "pod_cidrs": [{ "address": "10.244.0.0", "prefix": 20 }],
            "ingress_cidrs": [{ "address": "192.168.20.64", "prefix": 27 }],
            "egress_cidrs": [{ "address": "192.168.30.64", "prefix": 27 }],
            "cluster_distributed_switch": "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13",
            "nsx_edge_cluster": "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44",
            "nsx_tier0_gateway": "edge",
            "namespace_subnet_prefix": 28,
            "routed_mode": false,
        },
        "master_management_network": {
            "mode": "STATICRANGE",
            "network": "dvportgroup-23",
            "address_range": {
                "starting_address": "10.0.0.50",
                "address_count": 5,
                "subnet_mask": "255.255.255.0",
                "gateway": "10.0.0.1",
            },
        },
        "master_DNS": ["10.0.0.2"],
        "worker_DNS": ["10.0.0.2"],
        "master_NTP_servers": ["time.example.com"],
        "workload_ntp_servers": ["time.example.com"],
        "master_storage_policy": "gold-id",
        "ephemeral_storage_policy": "gold-id",
        "image_storage": { "storage_policy": "gold-id" },
    })
}

fn read(info: &Json, before: &Model) -> Model {
    read::to_model(&serde_json::from_value::<Info>(info.clone()).unwrap(), before)
}

/// The settings of a model, without what says how the Supervisor is.
fn settings(model: &Model) -> Json {
    let Json::Object(mut fields) = serde_json::to_value(model).unwrap() else { unreachable!() };
    let status = ["config_status", "kubernetes_status", "messages"];
    for name in status.into_iter().chain(["api_server_endpoint", "management_endpoint"]) {
        fields.remove(name);
    }
    Json::Object(fields)
}

#[test]
fn what_was_asked_for_is_read_back_as_it_was_written() {
    let written = planned(&given::model(&with_nsx()));
    assert_eq!(settings(&read(&info(), &written)), settings(&written));
    let mut config = with_nsx();
    config["workload_network"]["dns_servers"] = json!(["10.0.0.2"]);
    config["management_network"]["dns_search_domains"] = json!([]);
    config["image_storage_policy"] = "gold-id".into();
    config["workload_network"]["nsx"]["distributed_switch"] =
        "501c8b2e-740d-4f3a-9d51-7e06c2b8a413".into();
    let written = planned(&given::model(&config));
    assert_eq!(settings(&read(&info(), &written)), settings(&written));
}

#[test]
fn an_import_reads_everything() {
    let before = Model { name: "compute-1".to_owned().into(), ..Model::empty() };
    let cluster = given::model::<Model>(&with_nsx()).cluster;
    let imported = read(&info(), &Model { cluster, ..before });
    assert_eq!(settings(&imported), settings(&planned(&given::model(&with_nsx()))));
}

#[test]
fn what_somebody_changed_is_drift() {
    let written: Model = planned(&given::model(&with_nsx()));
    let drift = |path: &str, value: Json| {
        let mut info = info();
        *info.pointer_mut(path).unwrap() = value;
        read(&info, &written)
    };
    assert_eq!(settings(&drift("/size_hint", "LARGE".into()))["size"], "LARGE");
    let dns = settings(&drift("/worker_DNS", json!(["10.0.0.9"])));
    assert_eq!(dns["workload_network"]["dns_servers"], json!(["10.0.0.9"]));
    let images = settings(&drift("/image_storage/storage_policy", "tin-id".into()));
    assert_eq!(
        (&images["storage_policy"], &images["image_storage_policy"]),
        (&json!("gold-id"), &json!("tin-id"))
    );
    assert_eq!(images["ephemeral_storage_policy"], "gold-id");
    let pods = json!([{ "address": "10.244.0.0", "prefix": 20 }, { "address": "10.250.0.0", "prefix": 20 }]);
    let pods = settings(&drift("/ncp_cluster_network_info/pod_cidrs", pods));
    assert_eq!(
        pods["workload_network"]["nsx"]["pod_cidrs"],
        json!(["10.244.0.0/20", "10.250.0.0/20"])
    );
}

#[test]
fn messages_come_with_severity_arguments_and_link() {
    let mut info = info();
    info["messages"] = json!([{
        "severity": "WARNING",
        "details": { "id": "a", "default_message": "Node {0} is late", "args": ["n1"] },
        "kb_article_link": "https://kb.example.com/1",
    }]);
    let model = read(&info, &Model::empty());
    assert_eq!(
        *model.messages.get().unwrap(),
        ["WARNING: Node n1 is late (https://kb.example.com/1)"]
    );
}

#[test]
fn only_what_is_fixed_for_ever_stands_against_going_on() {
    let plan: Model = planned(&given::model(&with_nsx()));
    assert_eq!(same::fixed(&read(&info(), &plan), &plan), [""; 0]);
    assert_eq!(same::fixed(&plan, &planned(&with("/size", "LARGE".into()))), [""; 0]);
    assert_eq!(
        same::fixed(&plan, &planned(&with("/service_cidr", "10.97.0.0/22".into()))),
        ["service_cidr"]
    );
    let tier0 =
        planned(&with("/workload_network/nsx/tier0_gateway", "/infra/tier-0s/other".into()));
    assert_eq!(same::fixed(&plan, &tier0), ["workload_network.nsx.tier0_gateway"]);
    let other = same::fixed(&plan, &planned(&given::model(&with_port_groups())));
    assert_eq!(other, ["workload_network"]);
}
