//! What is looked for, and what comes back.

use serde_json::json;
use vcenter::NetworkProvider;
use vcenter::inventory::{ClusterFilter, NetworkFilter, NetworkType};

use crate::server::{Reply, Server};

#[tokio::test]
async fn each_value_of_a_filter_is_a_parameter() {
    let server = Server::start(|_| Reply::json(200, &json!([]))).await;
    let filter = NetworkFilter {
        names: ["b & c".to_owned(), "a".to_owned()].into(),
        datacenters: ["datacenter-3".into()].into(),
        types: [NetworkType::Distributed].into(),
        ..NetworkFilter::default()
    };
    assert_eq!(server.vcenter.inventory().networks(&filter).await.unwrap(), []);
    assert_eq!(
        server.last().query(),
        [
            ("names", "a"),
            ("names", "b & c"),
            ("datacenters", "datacenter-3"),
            ("types", "DISTRIBUTED_PORTGROUP"),
        ]
    );
}

#[tokio::test]
async fn a_filter_without_values_is_no_parameter() {
    let server = Server::start(|_| Reply::json(200, &json!([]))).await;
    server.vcenter.inventory().clusters(&ClusterFilter::default()).await.unwrap();
    assert_eq!(server.last().query(), []);
    server.vcenter.compatibility().clusters(&NetworkProvider::Nsx).await.unwrap();
    assert_eq!(server.last().query(), []);
}

#[tokio::test]
async fn the_version_is_asked_once_and_compares() {
    let body = json!({
        "version": "8.0.3.00000", "build": "24022515", "product": "VMware vCenter Server",
        "install_time": "", "releasedate": "", "summary": "", "type": "vCenter Server"
    });
    let server = Server::start(move |_| Reply::json(200, &body)).await;
    let version = server.vcenter.version().await.unwrap();
    assert!(*version >= "8.0.0.1".parse().unwrap() && *version < "9.0".parse().unwrap());
    server.vcenter.clone().version().await.unwrap();
    assert_eq!(server.seen().len(), 2, "one log-in and one question");
}

#[tokio::test]
async fn a_failed_supervisor_with_little_in_it_is_read() {
    let body = json!({
        "config_status": "ERROR", "kubernetes_status": "ERROR", "kubernetes_status_messages": [],
        "messages": [{ "severity": "ERROR", "details": {
            "id": "vcenter.wcp.x", "default_message": "No licence on {0}", "args": ["domain-c8"]
        } }],
        "stat_summary": {
            "cpu_used": 0, "cpu_capacity": 0, "memory_used": 0, "memory_capacity": 0,
            "storage_used": 0, "storage_capacity": 0
        },
        "api_servers": [], "api_server_cluster_endpoint": "", "api_server_management_endpoint": "",
        "service_cidr": { "address": "10.96.0.0", "prefix": 24 },
        "network_provider": "SOMETHING_NEW", "a_field_of_tomorrow": {}
    });
    let server = Server::start(move |_| Reply::json(200, &body)).await;
    let info = server.vcenter.clusters().get(&"domain-c8".into()).await.unwrap();
    assert_eq!(info.network_provider, NetworkProvider::Other("SOMETHING_NEW".to_owned()));
    let message = info.messages[0].details.as_ref().unwrap();
    assert_eq!(message.to_string(), "No licence on domain-c8");
    assert_eq!(info.management_dns, Vec::<String>::new());
}

#[tokio::test]
async fn a_namespace_is_read_with_its_place() {
    let body = json!({
        "supervisor": "1a2b", "config_status": "RUNNING", "messages": [], "description": "",
        "access_list": [], "storage_specs": [{ "policy": "policy-1", "limit": 1024 }],
        "stats": { "cpu_used": 1, "memory_used": 2, "storage_used": 3 },
        "resource_spec": { "cpu_limit": 4000 }, "networks": ["primary"]
    });
    let server = Server::start(move |_| Reply::json(200, &body)).await;
    let info = server.vcenter.namespaces().get_v2(&"team-a".into()).await.unwrap();
    assert_eq!(info.supervisor.as_str(), "1a2b");
    assert_eq!(info.details.storage[0].limit, Some(1024));
    assert_eq!(info.details.resources["cpu_limit"], 4000);
    assert_eq!(server.last().path, "/api/vcenter/namespaces/instances/v2/team-a");
}

#[tokio::test]
async fn a_clusters_supervisor_is_found_past_one_that_vanishes() {
    let info = json!({
        "name": "s", "config_status": "RUNNING", "kubernetes_status": "READY",
        "stats": {
            "cpu_used": 0, "cpu_capacity": 0, "memory_used": 0, "memory_capacity": 0,
            "storage_used": 0, "storage_capacity": 0
        }
    });
    let listed = |id: &str| json!({ "supervisor": id, "info": info });
    let items = json!({ "items": [listed("gone"), listed("other"), listed("ours")] });
    let server = Server::start(move |seen| match seen.path.rsplit('/').nth(1).unwrap() {
        "gone" => Reply::refusal(404, "NOT_FOUND", "id", "No such Supervisor."),
        "other" => Reply::json(200, &json!([{ "zone": "z1", "clusters": ["domain-c7"] }])),
        "ours" => Reply::json(200, &json!([{ "zone": "z2", "clusters": ["domain-c8"] }])),
        _ => Reply::json(200, &items),
    })
    .await;
    let supervisors = server.vcenter.supervisors();
    let id = supervisors.of_cluster(&"domain-c8".into()).await.unwrap();
    assert_eq!(id, Some("ours".into()));
    assert_eq!(supervisors.of_cluster(&"domain-c9".into()).await.unwrap(), None);
}
