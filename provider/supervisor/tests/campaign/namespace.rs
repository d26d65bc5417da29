//! `supervisor_vsphere_namespace` under every fault, in each mode of its isolation.

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

const BANKING: &str = "supervisor_vsphere_namespace.banking";
const GOLD: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01";

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
    bench.world.apply(BANK, &with_nsx()).await.nothing();
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
