//! `supervisor_vsphere_namespace` under every fault, in each mode of its isolation.

use lab::{IsolationProfile, Settings, Store};
use serde_json::{Value as Json, json};

use super::{
    case::{Reads, every_call, every_death, every_interrupt},
    scenario::{Bench, Phase, Step, rehearse},
};
use crate::driver::still;

const CLUSTER: &str = "supervisor_cluster.bank";
const BANKING: &str = "supervisor_vsphere_namespace.banking";
const GOLD: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01";

fn cluster() -> Json {
    json!({
        "cluster": "domain-c8",
        "management_network": {
            "network": "dvportgroup-23",
            "starting_address": "10.10.0.50",
            "subnet_mask": "255.255.255.0",
            "gateway": "10.10.0.1",
            "dns_servers": ["10.10.0.2"],
            "ntp_servers": ["10.10.0.4"],
        },
        "workload_network": { "nsx": {
            "distributed_switch": "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13",
            "edge_cluster": "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44",
            "tier0_gateway": "/infra/tier-0s/tier0-a",
            "pod_cidrs": ["10.244.0.0/20"],
            "ingress_cidrs": ["192.168.20.64/27"],
            "egress_cidrs": ["192.168.30.64/27"],
        }},
        "service_cidr": "10.96.0.0/22",
        "storage_policy": GOLD,
    })
}

fn banking(mode: &str, description: &str, allow: Json) -> Json {
    let mut isolation = json!({ "mode": mode });
    if mode != "observe" {
        isolation["allow"] = allow;
    }
    json!({
        "name": "banking",
        "cluster": "domain-c8",
        "description": description,
        "storage": [{ "policy": GOLD, "limit": "10Gi" }],
        "isolation": isolation,
        "deletion_protection": false,
    })
}

async fn bench(mode: &str) -> (Bench, Vec<Phase>) {
    // Nothing but our own rules keeps a namespace closed.
    let settings = Settings { isolation_profile: IsolationProfile::Open, ..still() };
    let store = Store::in_memory(&settings).unwrap();
    let mut bench = Bench::new(&store, BANKING).await;
    bench.world.apply(CLUSTER, &cluster()).await.nothing();
    bench.rest();
    let from = bench.place();
    let one = banking(mode, "one", json!([]));
    let dns = json!([{ "name": "dns", "preset": "dns" }]);
    let steps = vec![
        ("create", Step::Apply(one.clone())),
        ("refresh", Step::Look(one)),
        ("update", Step::Apply(banking(mode, "two", dns))),
        ("delete", Step::Destroy),
    ];
    let phases = rehearse(&mut bench, from, steps).await;
    (bench, phases)
}

#[tokio::test(start_paused = true)]
async fn what_is_open_is_seen_and_a_mode_that_closes_leaves_nothing_open() {
    let (_, phases) = bench("observe").await;
    assert!(phases.iter().any(|it| !it.open.is_empty()), "nothing else closes it");
    let (_, phases) = bench("guardrail").await;
    assert!(phases[0].open.is_empty(), "{:?}", phases[0].open);
}

#[tokio::test(start_paused = true)]
async fn every_fault_at_every_call() {
    let (mut bench, phases) = bench("guardrail").await;
    let mut cases = 0;
    for phase in &phases {
        cases += every_call(&mut bench, phase, Reads::InTurn).await.flawless();
    }
    assert!(cases > 500, "only {cases} cases");
}

#[tokio::test(start_paused = true)]
async fn every_death_and_every_interrupt() {
    let mut cases = 0;
    for mode in ["baseline", "guardrail"] {
        let (mut bench, phases) = bench(mode).await;
        for phase in &phases {
            cases += every_death(&mut bench, phase).await.flawless();
            cases += every_interrupt(&mut bench, phase, Reads::InTurn).await.flawless();
        }
    }
    assert!(cases > 400, "only {cases} cases");
}
