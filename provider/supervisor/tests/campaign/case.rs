//! One run with trouble in it, and what is held against it.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout};

use super::{
    oracle::{creations, demolitions, differences, open_ways, orphans},
    scenario::{Bench, Phase, REST, Step},
    trouble::{DEATHS, FAULTS, INTERRUPTS, Trouble},
};
use crate::driver::{Action, Told, World};

/// How long an interrupt may take to be obeyed.
const PROMPTLY: Duration = Duration::from_secs(5);
const A_DAY: Duration = Duration::from_hours(24);

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The same run got over it.
    Absorbed,
    /// One more run did.
    Repaired,
}

/// Cases of a phase.
#[derive(Debug, Default)]
pub(super) struct Tally {
    cases: usize,
    violations: Vec<String>,
}

impl Tally {
    fn add(&mut self, name: &str, violations: &[String]) {
        self.cases += 1;
        self.violations.extend(violations.iter().map(|it| format!("{name}: {it}")));
    }

    /// How many cases there were, once nothing is wrong in any.
    #[track_caller]
    pub(super) fn flawless(self) -> usize {
        let shown: Vec<&str> = self.violations.iter().take(40).map(String::as_str).collect();
        assert!(shown.is_empty(), "{} violations\n{}", self.violations.len(), shown.join("\n"));
        self.cases
    }
}

/// How many of the faults a read gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// All of them.
    All,
    /// One, in turn: what many reads have in common is tried with all of them together.
    InTurn,
}

/// Every call of the phase; a write with every fault.
pub(super) async fn every_call(bench: &mut Bench, phase: &Phase, reads: Reads) -> Tally {
    let (mut tally, mut turn) = (Tally::default(), FAULTS.iter().cycle());
    for (at, call) in phase.calls.iter().enumerate() {
        let is_thorough = call.wrote() || reads == Reads::All;
        let count = if is_thorough { FAULTS.len() } else { 1 };
        let faults = turn.by_ref().filter(|it| is_thorough || it.differs(&call.method));
        let faults: Vec<&Trouble> = faults.take(count).collect();
        for trouble in faults.into_iter().filter(|it| it.differs(&call.method)) {
            one(bench, phase, at, *trouble, &mut tally).await;
        }
    }
    tally
}

/// The provider's process dies at every write of the phase: everything that it knew is lost, and
/// the state is as it was before.
pub(super) async fn every_death(bench: &mut Bench, phase: &Phase) -> Tally {
    let mut tally = Tally::default();
    let writes = (0..phase.calls.len()).filter(|at| phase.calls[*at].wrote());
    for at in writes {
        for trouble in DEATHS {
            dies(bench, phase, at, trouble, &mut tally).await;
        }
    }
    tally
}

/// The process dies at that call.
pub(super) async fn dies(
    bench: &mut Bench,
    phase: &Phase,
    at: usize,
    trouble: Trouble,
    tally: &mut Tally,
) {
    let mut found = Vec::new();
    let told = dead(bench, phase, at, trouble, &mut found).await;
    // Until Terraform has the state, a process that dies takes it along.
    if at < phase.end {
        bench.world.resume(phase.from.saved.clone());
    }
    finish(bench, phase, told, &mut found).await;
    tally.add(&name_of(phase, at, trouble), &found);
}

/// The process dies at that call, and the state is lost even if Terraform had it: `healing` is what is
/// done then, and leads where the phase was to lead.
pub(super) async fn dies_with_its_state(
    bench: &mut Bench,
    phase: &Phase,
    at: usize,
    trouble: Trouble,
    healing: Step,
    tally: &mut Tally,
) {
    let mut found = Vec::new();
    let told = dead(bench, phase, at, trouble, &mut found).await;
    bench.world.resume(phase.from.saved.clone());
    let phase = Phase { step: healing, ..phase.clone() };
    finish(bench, &phase, told, &mut found).await;
    tally.add(&name_of(&phase, at, trouble), &found);
}

async fn dead(
    bench: &mut Bench,
    phase: &Phase,
    at: usize,
    trouble: Trouble,
    found: &mut Vec<String>,
) -> Told {
    bench.go(&phase.from, Some((at, trouble)));
    let line = Arc::clone(&bench.line);
    let told = tokio::select! {
        biased;
        () = line.met.notified() => Told { errors: vec!["dead".into()], ..Told::default() },
        told = bench.take(&phase.step) => told,
    };
    bench.line.calm();
    if told.errors != ["dead"] {
        found.push(format!("it lived on: {:?}", told.errors));
    }
    // Nobody is there, and the platform goes on with what was asked for.
    let store = bench.line.store().fork().unwrap();
    store.advance(REST).unwrap();
    let open = open_ways(&store);
    found.extend(open.difference(&phase.open).map(|it| format!("open: {it}")));
    told
}

/// The user interrupts at every call that apply makes.
pub(super) async fn every_interrupt(bench: &mut Bench, phase: &Phase, reads: Reads) -> Tally {
    let (mut tally, mut turn) = (Tally::default(), INTERRUPTS.into_iter().cycle());
    for at in phase.begin..phase.end {
        let is_thorough = phase.calls[at].wrote() || reads == Reads::All;
        for trouble in turn.by_ref().take(if is_thorough { INTERRUPTS.len() } else { 1 }) {
            bench.go(&phase.from, Some((at, trouble)));
            let (line, mut met) = (Arc::clone(&bench.line), None);
            let interrupt = async |server| {
                if timeout(A_DAY, line.met.notified()).await.is_ok() {
                    met = Some(Instant::now());
                    World::interrupt(&server).await;
                }
            };
            let told = bench.take_while(&phase.step, interrupt).await;
            let mut found = Vec::new();
            // A log-out is no part of apply.
            if let Some(met) = met
                && met.elapsed() > PROMPTLY
            {
                found.push(format!("it took {:?} to stop", met.elapsed()));
            }
            bench.line.calm();
            finish(bench, phase, told, &mut found).await;
            tally.add(&name_of(phase, at, trouble), &found);
        }
    }
    tally
}

fn name_of(phase: &Phase, at: usize, trouble: Trouble) -> String {
    let call = &phase.calls[at];
    format!("{}/{at} {} {}/{}", phase.name, call.method, call.target, trouble.name)
}

/// That trouble at that call.
pub(super) async fn one(
    bench: &mut Bench,
    phase: &Phase,
    at: usize,
    trouble: Trouble,
    tally: &mut Tally,
) {
    let call = &phase.calls[at];
    let name = name_of(phase, at, trouble);
    bench.go(&phase.from, Some((at, trouble)));
    let mut found = Vec::new();
    let mut told = bench.take(&phase.step).await;
    bench.line.calm();
    let is_disputed = trouble.delivered > 1 && call.creates();
    if is_disputed {
        told = imported(bench, &told, &mut found).await;
    }
    let ending = finish(bench, phase, told, &mut found).await;
    // The end of a run is not kept waiting: what is not held then is held by the next one.
    let is_final = at >= phase.end;
    if ending == Ending::Repaired && trouble.passes(&call.target) && !is_final && !is_disputed {
        found.push("it was to be absorbed".to_owned());
    }
    tally.add(&name, &found);
}

/// What arrived twice is answered by "exists already", and nobody can say whose it is: the run ends in
/// an error that names the import, and that takes it in.
async fn imported(bench: &mut Bench, told: &Told, found: &mut Vec<String>) -> Told {
    let id = told.errors.iter().find_map(|it| {
        let (_, rest) = it.split_once("terraform import ")?;
        let id = rest.split_whitespace().nth(1)?;
        Some(id.trim_end_matches(',').to_owned())
    });
    let Some(id) = id else {
        found.push(format!("no import is named: {told:?}"));
        return told.clone();
    };
    bench.world.restart().await;
    bench.world.import(bench.address, &id).await
}

/// Runs the step once more if need be, and checks everything.
async fn finish(bench: &mut Bench, phase: &Phase, told: Told, found: &mut Vec<String>) -> Ending {
    if bench.world.is_tainted(bench.address) {
        found.push(format!("tainted by {:?}", told.errors));
    }
    let is_done = told.errors.is_empty() && is_empty(bench, &phase.step, found).await;
    if !is_done {
        let again = bench.take(&phase.step).await;
        if !again.errors.is_empty() {
            found.push(format!("once more: {:?}, after {:?}", again.errors, told.errors));
        }
        if !is_empty(bench, &phase.step, found).await {
            found.push(format!("the plan is not empty after one more run: {:?}", again.warnings));
        }
    }
    let calls = bench.line.calls();
    let goal = bench.goal();
    if goal.state != phase.goal.state {
        found.push(format!("state {} instead of {}", goal.state, phase.goal.state));
    }
    found.extend(differences(&phase.goal.image, &goal.image));
    found.extend(bench.line.violations());
    found.extend(orphans(&bench.line.store(), bench.world.saved()));
    if creations(&calls) > creations(&phase.calls) {
        found.push("made twice".to_owned());
    }
    let wanted = demolitions(&phase.calls);
    found.extend(demolitions(&calls).difference(&wanted).map(|it| format!("took down {it}")));
    if is_done { Ending::Absorbed } else { Ending::Repaired }
}

/// Whether nothing is left to be done.
async fn is_empty(bench: &mut Bench, step: &Step, found: &mut Vec<String>) -> bool {
    match step {
        Step::Apply(config) | Step::TakeIn(config) | Step::Look(config) => {
            let (action, told) = bench.look(config).await;
            if !told.errors.is_empty() {
                found.push(format!("the plan fails: {:?}", told.errors));
            }
            if action == Action::Replace {
                found.push("the plan replaces".to_owned());
            }
            action == Action::Nothing
        }
        Step::Destroy => bench.world.state(bench.address).is_null(),
    }
}
