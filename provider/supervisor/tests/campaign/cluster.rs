//! `supervisor_cluster` with NSX networking under every fault.

use lab::Store;
use serde_json::{Value as Json, json};

use super::{
    case::{Reads, every_call},
    scenario::{Bench, Phase, Place, Step, rehearse},
};
use crate::{
    driver::{State, still},
    supervisor::{BANK, with_nsx},
};

/// A Supervisor takes most of an hour, and what is seen in between is much the same: looks that are
/// further apart than the usual ones leave as many kinds of cases, and far fewer of each.
const LOOKS: &str = "8m";

/// Its servers of names, and its address blocks, grow.
fn grown() -> Json {
    let mut config = with_nsx();
    config["management_network"]["dns_servers"] = json!(["10.10.0.2", "10.10.0.3"]);
    config["workload_network"]["nsx"]["pod_cidrs"] = json!(["10.244.0.0/20", "10.245.0.0/20"]);
    config
}

async fn bench() -> (Bench, Vec<Phase>) {
    let store = Store::in_memory(&still()).unwrap();
    let mut bench = Bench::looking_every(&store, BANK, LOOKS).await;
    let from = Place { store, saved: State::new() };
    let steps = vec![
        ("create", Step::Apply(with_nsx())),
        ("refresh", Step::Look(with_nsx())),
        ("update", Step::Apply(grown())),
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
    assert!(cases > 150, "only {cases} cases");
}

#[tokio::test(start_paused = true)]
async fn every_death() {
    let (mut bench, phases) = bench().await;
    let mut cases = 0;
    for phase in &phases {
        cases += super::case::every_death(&mut bench, phase).await.flawless();
    }
    assert!(cases > 8, "only {cases} cases");
}
