//! `supervisor_workload_network` beside its Supervisor.

use lab::{Fault, FaultKind};
use serde_json::{Value as Json, json};

use crate::{
    driver::{Action, World, quick},
    supervisor::{BANK, with_port_groups},
};

pub(crate) const NETWORK: &str = "supervisor_workload_network.banking";

pub(crate) fn banking() -> Json {
    json!({
        "cluster": "domain-c58",
        "name": "banking",
        "port_group": "dvportgroup-42",
        "gateway": "10.33.0.1",
        "subnet_mask": "255.255.255.0",
        "address_ranges": ["10.33.0.10-10.33.0.200"],
    })
}

async fn world(blocks: &[&str]) -> World {
    let mut world = World::with(&quick(), blocks).await;
    world.apply(BANK, &with_port_groups()).await.nothing();
    world
}

/// A network that was made, and its address.
pub(crate) async fn made() -> (World, &'static str) {
    let mut world = world(&["vcenter"]).await;
    world.apply(NETWORK, &banking()).await.nothing();
    (world, NETWORK)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_is_made_grown_imported_and_removed() {
    let mut world = world(&["vcenter"]).await;
    let planned = world.plan(NETWORK, &banking()).await;
    assert_eq!(planned.json()["id"], "domain-c58/banking");
    world.apply(NETWORK, &banking()).await.nothing();
    assert_eq!(world.plan(NETWORK, &banking()).await.action, Action::Nothing);

    let mut more = banking();
    more["address_ranges"] = json!(["10.33.0.10-10.33.0.200", "10.33.0.210-10.33.0.220"]);
    assert_eq!(world.plan(NETWORK, &more).await.action, Action::Update);
    world.apply(NETWORK, &more).await.nothing();
    let state = world.state(NETWORK);
    world.plan(NETWORK, &banking()).await.told.error("append only: 10.33.0.210-10.33.0.220");

    world.forget(NETWORK);
    world.import(NETWORK, state["id"].as_str().unwrap()).await.nothing();
    assert_eq!(world.state(NETWORK), state);
    world.destroy(NETWORK).await.nothing();
    world.import(NETWORK, "domain-c58/banking").await.error("there is primary");
    world.import(NETWORK, "banking").await.error("expected <cluster>/<network>");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_makes_no_second_network() {
    for kind in [FaultKind::ResetAfter, FaultKind::ResetBefore] {
        let mut world = world(&["vcenter"]).await;
        let fault = Fault::new(kind.clone()).on("POST", "*/networks");
        world.lab.store().inject(&[fault]).unwrap();
        world.apply(NETWORK, &banking()).await.nothing();
        assert_eq!(world.plan(NETWORK, &banking()).await.action, Action::Nothing, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_here_is_adopted_where_nsx_can_say_so_and_nothing_else_is() {
    let mut marked = world(&["vcenter", "nsx"]).await;
    marked.apply_and_die(NETWORK, &banking()).await.nothing();
    let told = marked.apply(NETWORK, &banking()).await;
    told.warning("goes on with what a run left behind");
    marked.destroy(NETWORK).await.nothing();

    let mut unmarked = world(&["vcenter"]).await;
    unmarked.apply(NETWORK, &banking()).await.nothing();
    unmarked.forget(NETWORK);
    let told = unmarked.apply(NETWORK, &banking()).await;
    told.error("terraform import supervisor_workload_network.<name> domain-c58/banking");
}

/// Both have imported it, and the other one has changed it first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_another_owner_holds_by_now_is_told_at_plan_and_left_alone() {
    let mut world = World::new(&quick()).await;
    let nsx = world.provider()["nsx"].take();
    world.restart().await;
    world.apply(BANK, &with_port_groups()).await.nothing();
    world.apply(NETWORK, &banking()).await.nothing();
    world.provider()["nsx"] = nsx;
    let mut second = world.sibling().await;
    second.restart_as("others").await;
    world.restart().await;
    for state in [&mut world, &mut second] {
        state.forget(NETWORK);
        state.import(NETWORK, "domain-c58/banking").await.nothing();
    }
    let mut more = banking();
    more["address_ranges"] = json!(["10.33.0.10-10.33.0.200", "10.33.0.210-10.33.0.220"]);
    world.apply(NETWORK, &more).await.nothing();
    second.refresh(NETWORK).await.nothing();
    let told = second.plan(NETWORK, &more).await.told;
    told.error("carries the owner `tests` by now");
    second.destroy(NETWORK).await.warning("left alone");
    world.refresh(NETWORK).await.nothing();
    assert_eq!(world.plan(NETWORK, &more).await.action, Action::Nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_of_others_in_the_supervisor_are_refused_at_plan() {
    let mut world = world(&["vcenter"]).await;
    let mut config = banking();
    config["gateway"] = "10.32.0.1".into();
    config["address_ranges"] = json!(["10.32.0.150-10.32.0.250"]);
    world.plan(NETWORK, &config).await.told.error("overlaps network primary");
    config["gateway"] = "10.32.1.1".into();
    config["address_ranges"] = json!(["10.32.1.150-10.32.1.250"]);
    world.plan(NETWORK, &config).await.told.error("overlaps load balancer lb");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_supervisor_there_is_no_network() {
    let mut world = World::with(&quick(), &["vcenter"]).await;
    let told = world.apply(NETWORK, &banking()).await;
    told.error("the Supervisor is gone");
    assert_eq!(world.state(NETWORK), Json::Null);
}
