//! `supervisor_namespace_load_balancer`: what it opens, and when.

use lab::{Fault, FaultKind, Half, IsolationProfile};
use serde_json::{Value as Json, json};

use crate::{
    bank::{bank, dies_everywhere, inventory, nsx, open},
    driver::{Action, Order, World},
};

const BANKING: &str = "supervisor_namespace_load_balancer.banking";

fn balancer(ports: &Json) -> Json {
    json!({
        "name": "banking",
        "namespace": "banking",
        "tier0_path": "/infra/tier-0s/tier0-a",
        "edge_cluster_path": "/infra/sites/default/enforcement-points/default/edge-clusters/\
                              7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44",
        "address": "192.168.40.10",
        "ports": ports,
    })
}

pub(crate) fn https() -> Json {
    balancer(&json!([{ "name": "https", "port": 443, "target_port": 8443 }]))
}

/// What the load balancer may reach.
fn reached(world: &World) -> Vec<String> {
    let peers = ["load balancer", "100.64."];
    let of_balancer =
        |it: &String| peers.iter().any(|peer| it.contains(peer)) && it.contains("banking");
    let all = open(world, "banking");
    all.into_iter().filter(|it| of_balancer(it) && it.starts_with("In ")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_balancer_is_made_found_unchanged_changed_imported_and_removed() {
    let mut world = bank(IsolationProfile::Isolated).await;
    let before = inventory(&world);
    world.apply(BANKING, &https()).await.nothing();
    let state = world.state(BANKING);
    assert_eq!(state["status"], "ready");
    let sources = state["source_addresses"].as_array().unwrap();
    assert!(sources[0].as_str().unwrap().starts_with("100.64."), "{state}");
    assert_eq!(reached(&world), ["In load balancer banking/banking: TCP/8443"]);
    assert_eq!(world.plan(BANKING, &https()).await.action, Action::Nothing);

    let mut more = balancer(&json!([
        { "name": "https", "port": 443, "target_port": 8443 },
        { "name": "dns", "port": 5353, "target_port": 53, "protocol": "UDP" },
    ]));
    more["monitor"] = json!({ "http_path": "/healthz" });
    let mut fewer = https();
    fewer["pod_selector"] = json!({ "match_labels": { "app": "web" } });
    fewer["monitor"] = json!({ "interval": 7 });
    for config in [&more, &fewer, &https(), &more] {
        assert_eq!(world.plan(BANKING, config).await.action, Action::Update);
        world.apply(BANKING, config).await.nothing();
        assert_eq!(world.plan(BANKING, config).await.action, Action::Nothing);
        world.refresh(BANKING).await.nothing();
        assert_eq!(world.state(BANKING)["differences"], json!([]));
        assert_eq!(world.state(BANKING)["status"], "ready");
    }
    assert_eq!(reached(&world), ["In load balancer banking/banking: TCP/8443, UDP/53"]);

    let (id, path) = (state["id"].as_str().unwrap(), state["path"].as_str().unwrap());
    for id in ["banking/banking", id, path] {
        let before = world.state(BANKING);
        world.forget(BANKING);
        world.import(BANKING, id).await.nothing();
        assert_eq!(world.state(BANKING), before, "imported as {id}");
        assert_eq!(world.plan(BANKING, &more).await.action, Action::Nothing);
    }

    world.destroy(BANKING).await.nothing();
    assert_eq!(inventory(&world), before);
    assert_eq!(reached(&world), [""; 0]);
    world.import(BANKING, "banking/banking").await.error("no such load balancer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_name_in_the_configuration_wants_a_moved_block_whichever_is_planned_first() {
    const RENAMED: &str = "supervisor_namespace_load_balancer.renamed";
    let mut world = bank(IsolationProfile::Isolated).await;
    world.apply(BANKING, &https()).await.nothing();
    let before = inventory(&world);
    for order in [Order::OldFirst, Order::NewFirst] {
        let told = world.plan_rename(BANKING, RENAMED, &https(), order).await;
        told.error("moved {\n  from = supervisor_namespace_load_balancer.");
    }
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_somebodys_is_refused_at_plan() {
    let mut world = bank(IsolationProfile::Isolated).await;
    let before = inventory(&world);
    for (address, whose) in [
        ("192.168.20.70", "NCP gives out"),
        ("192.168.30.70", "NCP gives out"),
        ("10.244.3.1", "NCP cuts the subnets"),
    ] {
        let mut config = https();
        config["address"] = address.into();
        world.plan(BANKING, &config).await.told.error(whose);
    }
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_changes_is_shown_and_repaired() {
    let mut world = bank(IsolationProfile::Isolated).await;
    world.apply(BANKING, &https()).await.nothing();
    let state = world.state(BANKING);
    let path = |name: &str| state[name].as_str().unwrap().to_owned();
    let id = path("id");
    let changes = [
        (path("path"), json!({ "enabled": false })),
        (format!("/infra/lb-virtual-servers/{id}-https"), json!({ "ports": ["80"] })),
        (format!("{}/rules/load-balancer", path("policy_path")), json!({ "disabled": true })),
        (
            format!("/infra/domains/default/groups/{id}-sources"),
            json!({ "expression": [{
            "resource_type": "IPAddressExpression", "ip_addresses": ["0.0.0.0/0"] }] }),
        ),
    ];
    for (path, change) in changes {
        nsx(&world, "PATCH", &path, &change);
        world.refresh(BANKING).await.nothing();
        assert_eq!(world.state(BANKING)["status"], "drifted", "{path}");
        world.apply(BANKING, &https()).await.nothing();
        assert_eq!(world.state(BANKING)["status"], "ready", "{path}");
        assert_eq!(reached(&world), ["In load balancer banking/banking: TCP/8443"]);
    }
}

fn refuse(after: u64) -> Fault {
    Fault {
        half: Some(Half::Nsx),
        method: Some("PATCH".to_owned()),
        path: None,
        after,
        times: 1,
        kind: FaultKind::Answer(lab::FaultAnswer {
            status: 400,
            headers: Vec::new(),
            body: lab::FaultBody::Json(json!({
                "httpStatus": "BAD_REQUEST", "error_code": 500_012, "module_name": "policy",
                "error_message": "The path is invalid" })),
        }),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_opening_that_failed_is_made_by_the_next_apply() {
    let mut world = bank(IsolationProfile::Isolated).await;
    // The first PATCH writes the load balancer, the second opens the firewall.
    world.lab.store().inject(&[refuse(1)]).unwrap();
    world.apply(BANKING, &https()).await.warning("the firewall lets nothing in from it yet");
    assert_eq!(world.state(BANKING)["status"], "pending");
    assert!(!world.is_tainted(BANKING));
    assert_eq!(reached(&world), [""; 0]);
    world.apply(BANKING, &https()).await.nothing();
    assert_eq!(world.state(BANKING)["status"], "ready");
    assert_eq!(reached(&world), ["In load balancer banking/banking: TCP/8443"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_that_is_refused_leaves_nothing_and_one_that_was_cut_off_is_adopted() {
    let mut world = bank(IsolationProfile::Isolated).await;
    let before = inventory(&world);
    world.lab.store().inject(&[refuse(0)]).unwrap();
    world.apply(BANKING, &https()).await.error("The path is invalid");
    assert_eq!(world.state(BANKING), Json::Null);
    assert_eq!(inventory(&world), before);

    let more = balancer(&json!([{ "name": "a", "port": 1 }, { "name": "b", "port": 2 }]));
    world.apply_and_die(BANKING, &more).await.nothing();
    world.apply(BANKING, &https()).await.warning("goes on with what a run left behind");
    assert_eq!(reached(&world), ["In load balancer banking/banking: TCP/8443"]);
    world.destroy(BANKING).await.nothing();
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_dies_before_any_write_leaves_no_orphan_and_opens_nothing_else() {
    let mut world = bank(IsolationProfile::Isolated).await;
    let exact = ["In load balancer banking/banking: TCP/8443"];
    let is_no_wider = |world: &World| {
        let open = reached(world);
        assert!(open.is_empty() || open == exact, "{open:?}");
    };
    let is_exact = |world: &World| assert_eq!(reached(world), exact);
    dies_everywhere(&mut world, BANKING, &https(), is_no_wider, is_exact).await;
}
