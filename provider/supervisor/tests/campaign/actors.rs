//! Two that act at once: another run of the same owner, another owner, somebody who edits in NSX.
//!
//! The other one does all that it does between two calls of the first: before each of them in turn, so
//! that every place is tried at which the first could be overtaken. And in each of these places the
//! first one goes on, loses the answer of that call, or dies.

mod editor;
mod importers;
mod owners;
mod strangers;

use std::{collections::BTreeSet, sync::Arc};

use lab::{Store, Tx};
use tokio::sync::Mutex;

use super::{
    oracle::orphans,
    scenario::{Bench, Phase, Step},
    subjects::Subject,
    trouble::{DEATHS, FAULTS, Trouble},
};
use crate::driver::{Action, State, Told};

/// How many those are.
const TROUBLES: usize = 4;

/// What happens to the first one where it is overtaken.
fn troubles() -> impl Iterator<Item = Option<Trouble>> {
    let lost = FAULTS.iter().filter(|it| it.name == "reset after").copied();
    std::iter::once(None).chain(lost.map(Some)).chain(DEATHS.map(Some))
}

/// Two states on one lab.
struct Pair {
    one: Bench,
    other: Arc<Mutex<Bench>>,
    create: Phase,
    /// The other one's state, before it wants it.
    begins: State,
}

impl Pair {
    /// The first state, whose owner is `tests`, and another one of that owner.
    async fn of(subject: Subject, owner: &str) -> Self {
        let (mut one, create) = subject.rehearsed().await;
        let address = subject.address;
        let store = create.from.store.fork().unwrap();
        let other = Bench::of_owner(owner, &store, address, subject.poll_interval).await;
        one.go(&create.from, None);
        Self { one, other: Arc::new(Mutex::new(other)), create, begins: State::new() }
    }

    /// Both want it, the other one with that configuration: the other one's whole run takes place before
    /// the call `at` of the first, to which that happens. None if the first makes no such call.
    async fn meet(&mut self, at: usize, trouble: Option<Trouble>, step: &Step) -> Option<Met> {
        self.one.go(&self.create.from, trouble.map(|it| (at, it)));
        let (other, told) = (Arc::clone(&self.other), Arc::new(Mutex::new(None)));
        {
            let mut other = other.lock().await;
            other.line.connect(self.one.line.store(), None);
            other.world.resume(self.begins.clone());
        }
        let (run, hears, step) = (Arc::clone(&other), Arc::clone(&told), step.clone());
        self.one.line.meanwhile(at, async move {
            let said = run.lock().await.take(&step).await;
            *hears.lock().await = Some(said);
        });
        let line = Arc::clone(&self.one.line);
        let one = tokio::select! {
            biased;
            () = line.met.notified() => Told { errors: vec!["dead".into()], ..Told::default() },
            told = self.one.take(&self.create.step) => told,
        };
        self.one.line.calm();
        if one.errors == ["dead"] && at < self.create.end {
            self.one.world.resume(self.create.from.saved.clone());
        }
        let other = told.lock().await.take()?;
        Some(Met { one, other })
    }

    /// Each runs once more, as after an error.
    async fn again(&mut self, step: &Step) -> Met {
        let one = self.one.take(&self.create.step).await;
        let other = self.other.lock().await.take(step).await;
        Met { one, other }
    }

    /// Which of the two have it: it is in their state, and their plan is empty.
    async fn winners(&mut self, step: &Step) -> (bool, bool) {
        let one = has_it(&mut self.one, &self.create.step).await;
        let other = has_it(&mut *self.other.lock().await, step).await;
        (one, other)
    }

    async fn saved(&self) -> State {
        let mut all = self.one.world.saved().clone();
        let other = self.other.lock().await;
        let other = other.world.saved().iter();
        all.extend(other.map(|(address, it)| (format!("{address} of the other"), it.clone())));
        all
    }
}

/// What the two runs said.
#[derive(Debug)]
struct Met {
    one: Told,
    other: Told,
}

async fn has_it(bench: &mut Bench, step: &Step) -> bool {
    let Step::Apply(config) = step else { return false };
    let (action, told) = bench.look(config).await;
    action == Action::Nothing
        && told.errors.is_empty()
        && !bench.world.state(bench.address).is_null()
}

/// Who has marked anything in NSX beside what was there before.
fn owners(store: &Store, before: &BTreeSet<String>) -> BTreeSet<String> {
    let objects = store.transaction(|tx: &mut Tx<'_>| tx.under("nsx:/infra")).unwrap();
    let new = objects.into_iter().filter(|(path, _)| !before.contains(path));
    let tags = new.flat_map(|(_, it)| it["tags"].as_array().cloned().unwrap_or_default());
    let owners = tags.filter(|it| it["scope"] == "tf-owner");
    owners.filter_map(|it| it["tag"].as_str().map(str::to_owned)).collect()
}

fn paths(store: &Store) -> BTreeSet<String> {
    let objects = store.transaction(|tx: &mut Tx<'_>| tx.under_text("nsx:/infra")).unwrap();
    objects.into_iter().map(|(path, _)| path).collect()
}

/// What is left that no state answers for.
async fn lost(pair: &Pair) -> Vec<String> {
    orphans(&pair.one.line.store(), &pair.saved().await)
}
