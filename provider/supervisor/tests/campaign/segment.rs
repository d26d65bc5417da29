//! `supervisor_nsx_segment` under every fault.

use lab::Store;
use serde_json::{Value as Json, json};

use super::{
    case::{Reads, every_call, every_death, every_interrupt},
    scenario::{Bench, Phase, Place, Step, rehearse},
};
use crate::driver::{State, still};

const WEB: &str = "supervisor_nsx_segment.web";

fn web(description: &str) -> Json {
    json!({
        "display_name": "web",
        "description": description,
        "transport_zone_path": "/infra/sites/default/enforcement-points/default/transport-zones/\
                                1b3a2f36-bfd1-443e-a0f6-4de01abc963e",
        "connectivity_path": "/infra/tier-0s/tier0-a",
        "subnets": [{ "gateway": "10.77.0.1/24" }],
    })
}

async fn bench() -> (Bench, Vec<Phase>) {
    let store = Store::in_memory(&still()).unwrap();
    let mut bench = Bench::new(&store, WEB).await;
    let from = Place { store, saved: State::new() };
    let steps = vec![
        ("create", Step::Apply(web("one"))),
        ("refresh", Step::Look(web("one"))),
        ("update", Step::Apply(web("two"))),
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
        cases += every_call(&mut bench, phase, Reads::All).await.flawless();
    }
    assert!(cases > 500, "only {cases} cases");
}

#[tokio::test(start_paused = true)]
async fn every_death_and_every_interrupt() {
    let (mut bench, phases) = bench().await;
    let mut cases = 0;
    for phase in &phases {
        cases += every_death(&mut bench, phase).await.flawless();
        cases += every_interrupt(&mut bench, phase, Reads::All).await.flawless();
    }
    assert!(cases > 60, "only {cases} cases");
}

#[tokio::test(start_paused = true)]
async fn a_strangers_segment_of_the_same_id_is_left_as_it_is() {
    let (mut bench, phases) = bench().await;
    let create = &phases[0];
    bench.go(&create.from, None);
    bench.take(&create.step).await.nothing();
    let path = bench.world.state(WEB)["path"].as_str().unwrap().to_owned();
    // As if somebody else had made it.
    let disown = |tx: &mut lab::Tx<'_>| {
        let mut segment = tx.get(&format!("nsx:{path}")).unwrap();
        segment["tags"] = json!([]);
        tx.put(&format!("nsx:{path}"), &segment);
    };
    bench.line.store().transaction(disown).unwrap();
    bench.world.resume(State::new());
    let before = bench.goal();
    bench.take(&create.step).await.error("terraform import supervisor_nsx_segment.<name>");
    assert_eq!(bench.goal(), before);
}

#[tokio::test(start_paused = true)]
async fn an_older_instance_leaves_alone_what_a_newer_one_has_taken_over() {
    let (mut bench, phases) = bench().await;
    let delete = &phases[3];
    bench.go(&phases[0].from, None);
    bench.world.restart().await;
    // Terraform has the state, and is killed before the claim is held.
    bench.world.apply_while(WEB, &web("two"), async |_| {}).await.nothing();
    let old = bench.world.saved().clone();
    bench.world.kill().await;
    // Another run goes on with it, of a copy of the folder in which nothing had been made yet.
    bench.world.resume(State::new());
    let told = bench.take(&Step::Apply(web("two"))).await;
    told.warning("goes on with what a run left behind");
    let (new, made) = (bench.world.saved().clone(), bench.goal());
    bench.world.resume(old);
    bench.take(&Step::Destroy).await.warning("it is only forgotten here");
    bench.world.resume(new);
    assert_eq!(bench.goal(), made);
    bench.take(&Step::Destroy).await.nothing();
    assert_eq!(bench.goal().image, delete.goal.image);
}
