//! A namespace that fills its subnets: NCP cuts one more for it, and whoever judges by addresses
//! follows.

use std::net::Ipv4Addr;

use lab::{IsolationProfile, Workloads};
use serde_json::{Value as Json, json};

use crate::{
    bank::{bank, nsx},
    driver::{Action, World},
    namespace::audit,
};

/// What two subnets of 16 addresses hold: each has its network, gateway and broadcast.
const ROOM: usize = 26;

/// A bank with one more namespace.
async fn world() -> World {
    let mut world = bank(IsolationProfile::Open).await;
    world.apply(&address("audit"), &config()).await.nothing();
    world
}

fn config() -> Json {
    audit(&json!({ "mode": "baseline" }))
}

fn address(namespace: &str) -> String {
    format!("supervisor_vsphere_namespace.{namespace}")
}

/// Somebody runs as many pods in `audit`.
fn run_pods(world: &World, count: usize) {
    let pod = |it| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{ name: web-{it}, namespace: audit }}\n---\n"
        )
    };
    let text: String = (0..count).map(pod).collect();
    world.lab.store().declare(&Workloads::read([("audit.yaml", text.as_str())]).unwrap()).unwrap();
}

/// Somebody lets everybody in at one address.
fn open_to(world: &World, address: Ipv4Addr) {
    let rule = json!({ "resource_type": "Rule", "id": "in", "display_name": "in",
        "action": "ALLOW", "direction": "IN", "source_groups": ["ANY"],
        "destination_groups": [address],
        "services": ["ANY"], "scope": ["ANY"], "sequence_number": 1 });
    let policy = json!({ "display_name": "strange", "category": "Emergency",
        "sequence_number": 1, "rules": [rule] });
    nsx(world, "PUT", "/infra/domains/default/security-policies/strange", &policy);
}

/// The address that stands so far behind the first one of a subnet.
fn nth(subnet: &str, offset: u32) -> Ipv4Addr {
    let first: Ipv4Addr = subnet.split('/').next().unwrap().parse().unwrap();
    Ipv4Addr::from_bits(first.to_bits() + offset)
}

/// What a new run sees of a namespace.
#[derive(Debug, PartialEq)]
struct Seen {
    subnets: Vec<String>,
    is_closed: bool,
}

/// The resource and the data source, which agree.
async fn seen(world: &mut World, namespace: &str) -> Seen {
    world.restart().await;
    world.refresh(&address(namespace)).await;
    let state = world.state(&address(namespace));
    let data = json!({ "name": namespace });
    let (found, told) = world.data("supervisor_namespace_isolation", &data).await;
    told.nothing();
    assert_eq!(found["isolated"], state["isolated"]);
    let is_closed = state["isolated"].as_bool().unwrap();
    let opened_by = found["opened_by"].to_string();
    assert_eq!(opened_by.contains("rule `in` of policy `strange`"), !is_closed, "{opened_by}");
    let subnets = state["subnets"].as_array().unwrap().iter();
    Seen { subnets: subnets.map(|it| it.as_str().unwrap().to_owned()).collect(), is_closed }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subnet_that_any_namespace_may_get_is_one_namespaces_when_it_has_it() {
    let mut world = world().await;
    let before = seen(&mut world, "audit").await;
    let [_, last] = &before.subnets[..] else { panic!("{before:?}") };
    open_to(&world, nth(last, 16 + 3));
    run_pods(&world, ROOM);
    let full = Seen { is_closed: false, ..before };
    assert_eq!(seen(&mut world, "audit").await, full, "it may still get that subnet");
    let neighbour = seen(&mut world, "banking").await;
    assert!(!neighbour.is_closed, "and so may its neighbour");

    run_pods(&world, ROOM + 1);
    let subnets = [&full.subnets[..], &[format!("{}/28", nth(&full.subnets[1], 16))]].concat();
    assert_eq!(seen(&mut world, "audit").await, Seen { subnets, is_closed: false });
    assert_eq!(seen(&mut world, "banking").await, Seen { is_closed: true, ..neighbour });
    let planned = world.plan(&address("audit"), &config()).await;
    planned.told.warning("rule `in` of policy `strange`");
    assert_eq!(planned.action, Action::Nothing, "what NCP does is no drift");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_for_the_address_of_another_opens_a_namespace_that_gets_its_subnet() {
    let mut world = world().await;
    let theirs = seen(&mut world, "trading").await.subnets.remove(0);
    open_to(&world, nth(&theirs, 3));
    let before = seen(&mut world, "audit").await;
    assert!(before.is_closed && !before.subnets.contains(&theirs), "{before:?}");

    world.destroy(&address("trading")).await.nothing();
    run_pods(&world, ROOM + 1);
    let after = seen(&mut world, "audit").await;
    assert_eq!(after.subnets.len(), 3);
    assert!(!after.is_closed && after.subnets.contains(&theirs), "{after:?}");
}
