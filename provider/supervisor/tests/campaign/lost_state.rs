//! A state that is lost after the last write of a run: of every kind the `import` blocks that the next
//! plan prints bring it back, under every fault too.

use super::{
    case::{Tally, dies, dies_with_its_state, one},
    oracle::{creations, demolitions, differences},
    sample::Sample,
    scenario::{Bench, Phase, Place, Step, rehearse},
    subjects::{self, Subject},
    trouble::{DEATHS, FAULTS},
};

/// One case in this many is tried: every call has each of them, and most calls are reads.
const EVERY: u64 = 24;

/// How the state is brought back that was lost after `create`.
async fn recovery(bench: &mut Bench, create: &Phase, step: &Step) -> Phase {
    bench.go(&create.from, None);
    bench.take(&create.step).await.nothing();
    let held = bench.place();
    let lost = Place { saved: create.from.saved.clone(), ..held };
    bench.go(&lost, None);
    let Step::TakeIn(config) = step else { panic!("{step:?}") };
    bench.look(config).await.1.error("import {");
    rehearse(bench, lost, vec![("take in", step.clone())]).await.remove(0)
}

/// The state is brought back, whatever happens to one of the calls that it takes.
async fn is_taken_in(subject: Subject) {
    let (mut bench, create) = subject.rehearsed().await;
    let step = Step::TakeIn(subject.config.clone());
    let phase = recovery(&mut bench, &create, &step).await;
    assert_eq!(phase.goal.state, create.goal.state);
    assert_eq!(differences(&create.goal.image, &phase.goal.image), [""; 0]);
    assert_eq!(creations(&phase.calls), 0, "made twice");
    assert!(demolitions(&phase.calls).is_empty(), "{:?}", demolitions(&phase.calls));

    let (mut tally, sample) = (Tally::default(), Sample::one_in(EVERY));
    let mut cases = 0..;
    let mut takes = || cases.next().is_some_and(|it| sample.takes(it));
    for (at, call) in phase.calls.iter().enumerate() {
        for trouble in FAULTS.into_iter().filter(|it| it.differs(&call.method) && takes()) {
            one(&mut bench, &phase, at, trouble, &mut tally).await;
        }
        for trouble in DEATHS.into_iter().filter(|_| takes()) {
            dies(&mut bench, &phase, at, trouble, &mut tally).await;
        }
    }
    // What is pending by then is adopted, and what is held is imported.
    for at in create.end..create.calls.len() {
        for trouble in DEATHS {
            let step = step.clone();
            dies_with_its_state(&mut bench, &create, at, trouble, step, &mut tally).await;
        }
    }
    assert!(tally.flawless() > 0, "no case");
}

#[tokio::test(start_paused = true)]
async fn of_a_segment_is_taken_in() {
    is_taken_in(subjects::segment()).await;
}

#[tokio::test(start_paused = true)]
async fn of_a_namespace_is_taken_in() {
    is_taken_in(subjects::vsphere_namespace()).await;
}

#[tokio::test(start_paused = true)]
async fn of_a_network_policy_is_taken_in() {
    is_taken_in(subjects::network_policy()).await;
}

#[tokio::test(start_paused = true)]
async fn of_a_load_balancer_is_taken_in() {
    is_taken_in(subjects::load_balancer()).await;
}

#[tokio::test(start_paused = true)]
async fn of_a_supervisor_is_taken_in() {
    is_taken_in(subjects::supervisor()).await;
}

#[tokio::test(start_paused = true)]
async fn of_a_workload_network_is_taken_in() {
    is_taken_in(subjects::network()).await;
}
