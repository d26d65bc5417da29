//! What vCenter has, by name.

use serde_json::{Value as Json, json};

use crate::{
    driver::{World, quick},
    supervisor::{BANK, with_nsx, with_port_groups},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_is_found_by_cluster_and_by_name() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    world.apply("supervisor_cluster.other", &with_port_groups()).await.nothing();
    let made = world.state(BANK);
    for config in [
        json!({ "cluster": "domain-c8" }),
        json!({ "name": "compute-1" }),
        json!({ "name": "compute-1", "datacenter": "dc-1" }),
    ] {
        let (found, told) = world.data("supervisor_cluster", &config).await;
        told.nothing();
        for name in [
            "id",
            "cluster",
            "name",
            "supervisor_id",
            "config_status",
            "messages",
            "api_server_endpoint",
            "management_endpoint",
            "ncp_cluster",
            "service_cidr",
        ] {
            assert_eq!(found[name], made[name], "{name} by {config}");
        }
        assert_eq!(found["pod_cidrs"], json!(["10.244.0.0/20"]));
    }
    let none = json!({ "name": "compute-9" });
    let (found, told) = world.data("supervisor_cluster", &none).await;
    assert_eq!(found, Json::Null);
    told.error("it has `compute-1`, `compute-without-nsx`");
    let elsewhere = json!({ "name": "compute-1", "datacenter": "dc-2" });
    world.data("supervisor_cluster", &elsewhere).await.1.error("no Supervisor at all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_two_things_have_is_an_error_with_their_ids() {
    let world = World::new(&quick()).await;
    for (kind, name, part) in [
        ("supervisor_compute_cluster", "compute-1", "domain-c108"),
        ("supervisor_network", "management", "dvportgroup-123"),
        ("supervisor_port_group", "management", "dvportgroup-123"),
        ("supervisor_storage_policy", "duplicate", "2 storage policies are named duplicate"),
        ("supervisor_content_library", "duplicate", "2 content libraries are named duplicate"),
    ] {
        let (found, told) = world.data(kind, &json!({ "name": name })).await;
        assert_eq!(found, Json::Null, "{kind}");
        told.error(part);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_an_error_with_what_is() {
    let world = World::new(&quick()).await;
    for (kind, part) in [
        ("supervisor_compute_cluster", "`compute-2`"),
        ("supervisor_network", "`plain-management`"),
        ("supervisor_distributed_switch", "`banking-vds`"),
        ("supervisor_storage_policy", "`gold`"),
        ("supervisor_content_library", "`vm-images`"),
        ("supervisor_vm_class", "`best-effort-small`"),
    ] {
        let (_, told) = world.data(kind, &json!({ "name": "nobody" })).await;
        told.error(part);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_says_why_it_cannot_become_a_supervisor() {
    let world = World::new(&quick()).await;
    let (found, told) =
        world.data("supervisor_compute_cluster", &json!({ "name": "compute-without-ha" })).await;
    told.nothing();
    assert_eq!(found["compatible"], false);
    let reasons = found["incompatibility_reasons"].to_string();
    assert!(reasons.contains("Cluster domain-c46 does not have HA enabled"), "{reasons}");
}
