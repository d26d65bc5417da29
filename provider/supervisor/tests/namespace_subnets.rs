//! `supervisor_namespace_subnets` against the lab: what NSX has already becomes the allocation.

use lab::IsolationProfile;
use serde_json::{Value as Json, json};

use crate::{
    bank::{bank, nsx},
    driver::{Action, World, quick},
    segment::web,
};

const SUBNETS: &str = "supervisor_namespace_subnets.bank";
const PODS: &str = "10.244.0.0/20";

/// The configuration that says what was imported.
fn written(state: &Json) -> Json {
    let mut config = json!({});
    for name in ["pod_cidrs", "prefix", "names", "prefixes", "counts", "reserved"] {
        config[name] = state[name].clone();
    }
    config
}

async fn imported(world: &mut World) -> Json {
    world.restart().await;
    world.import(SUBNETS, PODS).await.warning("no namespace's");
    world.state(SUBNETS)
}

fn segment(gateway: &str) -> Json {
    let subnets = json!([{ "gateway_address": gateway }]);
    json!({ "display_name": "Office LAN", "subnets": subnets,
            "transport_zone_path": web()["transport_zone_path"] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_subnets_of_ncps_namespaces_are_imported_and_never_move() {
    let mut world = bank(IsolationProfile::Open).await;
    let state = imported(&mut world).await;
    assert_eq!(state["names"], json!(["banking", "trading"]));
    assert_eq!(state["counts"], json!({ "banking": 2, "trading": 2 }));
    assert_eq!((&state["prefix"], &state["prefixes"]), (&json!(28), &Json::Null));
    for name in ["banking", "trading"] {
        let namespace = world.state(&format!("supervisor_vsphere_namespace.{name}"));
        assert_eq!(state["all_subnets"][name], namespace["subnets"], "{name}");
    }
    let reserved: Vec<_> = state["reserved"].as_object().unwrap().keys().collect();
    assert_eq!(reserved, ["kube-system"], "the Supervisor's own");

    let config = written(&state);
    world.refresh(SUBNETS).await.nothing();
    assert_eq!(world.state(SUBNETS), state);
    let planned = world.plan(SUBNETS, &config).await;
    planned.told.nothing();
    assert_eq!(planned.action, Action::Nothing, "{:#}", planned.json());

    let mut more = config;
    more["names"] = json!(["audit", "banking", "trading"]);
    world.apply(SUBNETS, &more).await.nothing();
    let after = world.state(SUBNETS);
    for name in ["banking", "trading"] {
        assert_eq!(after["all_subnets"][name], state["all_subnets"][name]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_that_is_gone_has_nothing_to_import() {
    let mut world = bank(IsolationProfile::Open).await;
    world.destroy("supervisor_vsphere_namespace.trading").await.nothing();
    let state = imported(&mut world).await;
    assert_eq!(state["names"], json!(["banking"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_segment_is_reserved_and_one_of_ours_is_a_namespaces() {
    let mut world = World::with(&quick(), &["nsx"]).await;
    nsx(&world, "PATCH", "/infra/segments/office", &segment("10.244.8.1/21"));
    let mut ledger = web();
    ledger["display_name"] = "ledger".into();
    ledger["subnets"] = json!([{ "gateway": "10.244.0.65/26" }]);
    world.apply("supervisor_nsx_segment.ledger", &ledger).await.nothing();

    let state = imported(&mut world).await;
    assert_eq!(state["all_subnets"], json!({ "ledger": ["10.244.0.64/26"] }));
    assert_eq!(state["prefix"], 26);
    assert_eq!(state["reserved"], json!({ "Office LAN": ["10.244.8.0/21"] }));
    assert_eq!(world.plan(SUBNETS, &written(&state)).await.action, Action::Nothing);

    let mut more = written(&state);
    more["pins"] = json!({ "ledger": "10.244.9.0/26" });
    world.plan(SUBNETS, &more).await.told.error("`Office LAN` of `reserved`, 10.244.8.0/21");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_imported_is_told() {
    let mut world = World::with(&quick(), &["vcenter"]).await;
    world.import(SUBNETS, PODS).await.error("this needs `nsx` in the provider block");
    let mut world = World::with(&quick(), &["nsx"]).await;
    world.import(SUBNETS, "banking").await.error("give the pod CIDRs");
    world.import(SUBNETS, PODS).await.error("NSX has no segment within 10.244.0.0/20");
    for (id, gateway) in [("office", "10.244.8.1/21"), ("other", "10.244.12.1/24")] {
        nsx(&world, "PATCH", &format!("/infra/segments/{id}"), &segment(gateway));
    }
    world.import(SUBNETS, PODS).await.warning("10.244.12.0/24");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_allocation_is_known_by_its_networks_and_what_terraform_writes_for_it_changes_nothing() {
    let mut world = bank(IsolationProfile::Open).await;
    let state = imported(&mut world).await;
    world.forget(SUBNETS);
    let identity = json!({ "pod_cidrs": [PODS] });
    world.import_by_identity(SUBNETS, &identity).await.warning("no namespace's");
    assert_eq!(world.state(SUBNETS), state);
    let config = world.written(SUBNETS).await;
    assert_eq!(world.plan(SUBNETS, &config).await.action, Action::Nothing, "{config:#}");

    let mut more = config;
    more["pod_cidrs"] = json!([PODS, "10.245.0.0/20"]);
    world.apply(SUBNETS, &more).await.nothing();
}
