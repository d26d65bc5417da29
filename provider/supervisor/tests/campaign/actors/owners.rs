//! Two runs that want the same thing, of one owner or of two.

use super::{Pair, TROUBLES, lost, owners, paths, troubles};
use crate::campaign::{
    line::Call,
    oracle::differences,
    sample::Sample,
    scenario::Step,
    subjects::{self, Subject},
};

/// Tries every place at which the first can be overtaken, with everything that can happen to it there.
async fn everywhere(subject: Subject, owner: &str, step: &Step) -> usize {
    let mut pair = Pair::of(subject, owner).await;
    let (mut cases, mut wrong, sample) = (0, Vec::new(), Sample::draw());
    for at in 0..pair.create.calls.len() {
        for (number, trouble) in troubles().enumerate() {
            if !sample.takes(at * TROUBLES + number) {
                continue;
            }
            let Some(met) = pair.meet(at, trouble, step).await else { continue };
            let name = trouble.map_or("goes on", |it| it.name);
            let call = &pair.create.calls[at];
            let name = format!("{at} {} {}/{name}", call.method, call.target);
            cases += 1;
            for violation in judged(&mut pair, owner, step).await {
                wrong.push(format!("{name}: {violation}, after {met:?}"));
            }
        }
    }
    let shown: Vec<&str> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} violations in {cases}\n{}", wrong.len(), shown.join("\n"));
    cases
}

/// What has to hold when both have run once more: one of them has it, and has it alone.
async fn judged(pair: &mut Pair, owner: &str, step: &Step) -> Vec<String> {
    let mut wrong = Vec::new();
    let again = pair.again(step).await;
    let winners = pair.winners(step).await;
    if winners.0 == winners.1 {
        wrong.push(format!("the winners are {winners:?}, after {again:?}"));
    }
    if winners.0 && again.other.errors.is_empty() || winners.1 && again.one.errors.is_empty() {
        wrong.push(format!("the loser was told nothing: {again:?}"));
    }
    let winner = if winners.0 { "tests" } else { owner };
    let before = paths(&pair.create.from.store);
    let marked = owners(&pair.one.line.store(), &before);
    if marked.iter().any(|it| it != winner) {
        wrong.push(format!("marked by {marked:?}, and {winner} has it"));
    }
    if winners.0 {
        let goal = pair.one.goal();
        wrong.extend(differences(&pair.create.goal.image, &goal.image));
    }
    wrong.extend(lost(pair).await);
    wrong
}

/// What the other one asks for.
fn steps(subject: &Subject) -> [Step; 2] {
    [Step::Apply(subject.config.clone()), Step::Apply(subject.different.clone())]
}

async fn of_one_owner(subject: Subject) {
    let mut cases = 0;
    for step in steps(&subject) {
        cases += everywhere(subject.clone(), "tests", &step).await;
    }
    assert!(cases > 0, "no case");
}

async fn of_two_owners(subject: Subject) {
    let mut cases = 0;
    for step in steps(&subject) {
        cases += everywhere(subject.clone(), "others", &step).await;
    }
    assert!(cases > 0, "no case");
}

#[tokio::test(start_paused = true)]
async fn of_two_runs_of_one_owner_one_gets_the_segment() {
    of_one_owner(subjects::segment()).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_runs_of_one_owner_one_gets_the_namespace() {
    of_one_owner(subjects::vsphere_namespace()).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_runs_of_one_owner_one_gets_the_network_policy() {
    of_one_owner(subjects::network_policy()).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_runs_of_one_owner_one_gets_the_load_balancer() {
    of_one_owner(subjects::load_balancer()).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_owners_one_gets_the_namespace() {
    of_two_owners(subjects::vsphere_namespace()).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_owners_one_gets_the_supervisor() {
    of_two_owners(subjects::supervisor()).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_owners_one_gets_the_workload_network() {
    of_two_owners(subjects::network()).await;
}

/// The other one has made the namespace when the first writes its group: a place that no sample may
/// leave out.
#[tokio::test(start_paused = true)]
async fn the_intent_that_came_second_is_taken_back_whatever_the_first_made() {
    let subject = subjects::vsphere_namespace();
    for step in steps(&subject) {
        let mut pair = Pair::of(subject.clone(), "others").await;
        let is_intent = |it: &Call| it.method == "PUT" && it.target.contains("/groups/");
        let at = pair.create.calls.iter().position(is_intent).expect("the group is written");
        for trouble in troubles() {
            let met = pair.meet(at, trouble, &step).await.expect("the call is made");
            let wrong = judged(&mut pair, "others", &step).await;
            assert!(wrong.is_empty(), "{:?}: {wrong:?}, after {met:?}", trouble.map(|it| it.name));
        }
    }
}
