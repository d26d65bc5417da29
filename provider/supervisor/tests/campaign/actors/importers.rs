//! Two owners that have both imported what nobody has marked, and both change it.

use lab::{Store, Tx};
use serde_json::json;

use super::{Pair, TROUBLES, lost, owners, paths, troubles};
use crate::{
    campaign::{
        oracle::differences,
        sample::Sample,
        scenario::{Bench, Place, Step, rehearse},
        subjects::{self, Subject},
    },
    driver::State,
};

/// As if it had been made by hand: what says whose it is goes.
fn disown(store: &Store) {
    let intents = |tx: &mut Tx<'_>| {
        let groups = tx.under("nsx:/infra/domains/default/groups");
        let signed = groups.into_iter().filter(|(_, it)| it["tags"].to_string().contains("tf-"));
        for (path, _) in signed.collect::<Vec<_>>() {
            tx.delete(&path);
        }
    };
    store.transaction(intents).unwrap();
}

async fn imported(bench: &mut Bench, from: &Place, id: &str) -> State {
    bench.go(from, None);
    bench.world.restart().await;
    bench.world.import(bench.address, id).await.nothing();
    bench.world.saved().clone()
}

/// Both have imported it.
async fn of(subject: &Subject, id: &str) -> Pair {
    let mut pair = Pair::of(subject.clone(), "others").await;
    pair.one.take(&pair.create.step).await.nothing();
    pair.one.rest();
    disown(&pair.one.line.store());
    let unmarked = Place { saved: State::new(), ..pair.one.place() };
    let saved = imported(&mut pair.one, &unmarked, id).await;
    let from = Place { saved, ..unmarked };
    pair.begins = imported(&mut *pair.other.lock().await, &from, id).await;
    let steps = vec![("take in", Step::Apply(subject.different.clone()))];
    pair.create = rehearse(&mut pair.one, from, steps).await.remove(0);
    pair
}

/// The other one's whole run takes place before a call of the first: one of them has it in the end, and
/// has it alone.
async fn one_gets(subject: Subject, id: &str) {
    let mut pair = of(&subject, id).await;
    let step = Step::Apply(subject.different.clone());
    let (mut cases, mut wrong, sample) = (0, Vec::new(), Sample::draw());
    for at in 0..pair.create.calls.len() {
        for (number, trouble) in troubles().enumerate() {
            if !sample.takes(at * TROUBLES + number) {
                continue;
            }
            let Some(met) = pair.meet(at, trouble, &step).await else { continue };
            cases += 1;
            let again = pair.again(&step).await;
            let winners = pair.winners(&step).await;
            let marked = owners(&pair.one.line.store(), &paths(&pair.create.from.store));
            let mut found = lost(&pair).await;
            if winners.0 {
                found.extend(differences(&pair.create.goal.image, &pair.one.goal().image));
            }
            let loser = if winners.0 { &again.other } else { &again.one };
            if winners.0 == winners.1 || marked.len() != 1 || loser.errors.is_empty() {
                found.push(format!("the winners are {winners:?}, marked by {marked:?}"));
            }
            let call = &pair.create.calls[at];
            let name = trouble.map_or("goes on", |it| it.name);
            wrong.extend(found.into_iter().map(|it| {
                format!(
                    "{at} {} {}/{name}: {it}, after {met:?}, {again:?}",
                    call.method, call.target
                )
            }));
        }
    }
    let shown: Vec<&str> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} violations in {cases}\n{}", wrong.len(), shown.join("\n"));
    assert!(cases > 0, "no case");
}

#[tokio::test(start_paused = true)]
async fn of_two_that_import_a_supervisor_one_gets_it() {
    one_gets(subjects::supervisor(), "domain-c8").await;
}

#[tokio::test(start_paused = true)]
async fn of_two_that_import_a_workload_network_one_gets_it() {
    let mut network = subjects::network();
    // What is in use can only grow.
    network.different = network.config.clone();
    network.different["address_ranges"] =
        json!(["10.33.0.10-10.33.0.200", "10.33.0.210-10.33.0.220"]);
    one_gets(network, "domain-c58/banking").await;
}
