//! What `terraform query` finds in a vCenter and an NSX that somebody else filled.

use lab::IsolationProfile;
use serde_json::{Value as Json, json};

use crate::{
    bank::bank, driver::Action, driver::World, load_balancer::https, network_policy::to_banking,
    segment::web,
};

const CLUSTER: &str = "supervisor_cluster";
const NAMESPACE: &str = "supervisor_vsphere_namespace";
const SEGMENT: &str = "supervisor_nsx_segment";
const POLICY: &str = "supervisor_namespace_network_policy";
const BALANCER: &str = "supervisor_namespace_load_balancer";

/// One of everything that is listed, and NCP's own objects.
async fn filled() -> World {
    let mut world = bank(IsolationProfile::Isolated).await;
    for (kind, config) in [(SEGMENT, web()), (POLICY, to_banking()), (BALANCER, https())] {
        world.apply(&format!("{kind}.one"), &config).await.nothing();
    }
    world
}

async fn names(world: &World, kind: &str, config: Json) -> Vec<String> {
    world.list(kind, &config).await.into_iter().map(|it| it.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_exists_is_imported_by_identity_and_what_is_written_for_it_changes_nothing() {
    let world = filled().await;
    for (kind, expected) in [
        (CLUSTER, vec!["compute-1"]),
        (NAMESPACE, vec!["banking", "trading"]),
        (SEGMENT, vec!["web"]),
        (POLICY, vec!["trading/to-banking"]),
        (BALANCER, vec!["banking/banking"]),
    ] {
        let mut other = world.sibling().await;
        let listed = other.list(kind, &json!({})).await;
        assert_eq!(listed.iter().map(|it| &it.name).collect::<Vec<_>>(), expected, "{kind}");
        for it in listed {
            let address = format!("{kind}.found");
            other.import_by_identity(&address, &it.identity).await.nothing();
            assert_eq!(other.state(&address), it.state, "{address}");
            let written = other.written(&address).await;
            other.validate(&address, &written).await.nothing();
            let planned = other.plan(&address, &written).await;
            assert_eq!(planned.action, Action::Nothing, "{written}: {}", planned.json());
            other.forget(&address);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_narrowed_by_its_configuration() {
    let world = filled().await;
    let zone = web()["transport_zone_path"].clone();
    for (kind, config, expected) in [
        (NAMESPACE, json!({ "cluster": "domain-c8" }), vec!["banking", "trading"]),
        (NAMESPACE, json!({ "cluster": "domain-c9" }), vec![]),
        (SEGMENT, json!({ "owner": "tests", "transport_zone_path": zone }), vec!["web"]),
        (SEGMENT, json!({ "owner": "others" }), vec![]),
        (POLICY, json!({ "namespace": "trading" }), vec!["trading/to-banking"]),
        (POLICY, json!({ "namespace": "banking" }), vec![]),
        (POLICY, json!({ "owner": "others" }), vec![]),
        (BALANCER, json!({ "namespace": "banking", "owner": "tests" }), vec!["banking/banking"]),
        (BALANCER, json!({ "namespace": "trading" }), vec![]),
    ] {
        let told = config.to_string();
        assert_eq!(names(&world, kind, config).await, expected, "{kind} {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_of_a_supervisor_is_imported_by_cluster_and_name() {
    let (mut world, address) = crate::workload_network::made().await;
    let state = world.state(address);
    world.forget(address);
    let identity = json!({ "cluster": "domain-c58", "name": "banking" });
    world.import_by_identity(address, &identity).await.nothing();
    assert_eq!(world.state(address), state);
    let written = world.written(address).await;
    assert_eq!(world.plan(address, &written).await.action, Action::Nothing, "{written}");
}
