//! `supervisor_namespace_network_policy` under every fault.

use lab::{IsolationProfile, Settings, Store};
use serde_json::{Value as Json, json};

use super::{
    case::{Reads, every_call, every_death, every_interrupt},
    scenario::{Bench, Phase, Step, rehearse},
};
use crate::{
    driver::still,
    supervisor::{BANK, with_nsx},
};

const INGRESS: &str = "supervisor_namespace_network_policy.banking_from_trading";

/// A policy with as many rules as ports.
fn from_trading(ports: &[u16]) -> Json {
    let trading = json!({ "match_labels": { "kubernetes.io/metadata.name": "trading" } });
    let rule = |port: &u16| json!({ "from": [{ "namespace_selector": trading }], "ports": [{ "port": port }] });
    let rules: Vec<Json> = ports.iter().map(rule).collect();
    json!({ "namespace": "banking", "name": "from-trading", "ingress": rules })
}

fn namespace(name: &str) -> Json {
    json!({
        "name": name,
        "cluster": "domain-c8",
        "isolation": { "mode": "baseline" },
        "deletion_protection": false,
    })
}

async fn bench() -> (Bench, Vec<Phase>) {
    // Nothing but our own rules keeps a namespace closed.
    let settings = Settings { isolation_profile: IsolationProfile::Open, ..still() };
    let store = Store::in_memory(&settings).unwrap();
    let mut bench = Bench::new(&store, INGRESS).await;
    bench.world.apply(BANK, &with_nsx()).await.nothing();
    for name in ["banking", "trading"] {
        let address = format!("supervisor_vsphere_namespace.{name}");
        bench.world.apply(&address, &namespace(name)).await.nothing();
    }
    bench.rest();
    let from = bench.place();
    let steps = vec![
        ("create", Step::Apply(from_trading(&[8443, 9443]))),
        ("refresh", Step::Look(from_trading(&[8443, 9443]))),
        // A rule less, with the group that only it named.
        ("update", Step::Apply(from_trading(&[7443]))),
        ("delete", Step::Destroy),
    ];
    let phases = rehearse(&mut bench, from, steps).await;
    (bench, phases)
}

#[tokio::test(start_paused = true)]
async fn every_fault_at_every_call() {
    let (mut bench, phases) = bench().await;
    let mut cases = 0;
    for phase in &phases {
        cases += every_call(&mut bench, phase, Reads::InTurn).await.flawless();
    }
    assert!(cases > 200, "only {cases} cases");
}

#[tokio::test(start_paused = true)]
async fn every_death_and_every_interrupt() {
    let (mut bench, phases) = bench().await;
    let mut cases = 0;
    for phase in &phases {
        cases += every_death(&mut bench, phase).await.flawless();
        cases += every_interrupt(&mut bench, phase, Reads::InTurn).await.flawless();
    }
    assert!(cases > 50, "only {cases} cases");
}
