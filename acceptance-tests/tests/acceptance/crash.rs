//! A run that is cut off anywhere is continued by the next one: no orphan, no double, no taint.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use acceptance_tests::{PLAN, Running, children, kill};
use lab::{Fault, FaultKind, JournalEntry};

use crate::harness::{Bench, bench_of, topology, wait_until};

/// A request of the undisturbed run, and how many like it come before.
#[derive(Clone, Copy, Debug)]
struct Point<'a> {
    at: &'a JournalEntry,
    after: u64,
}

/// Who is killed.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Provider,
    Both,
}

/// How many objects of each kind there are.
type Inventory = BTreeMap<String, usize>;

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// What a run does and leaves that nobody disturbs.
struct Undisturbed {
    writes: Vec<JournalEntry>,
    inventory: Inventory,
}

impl Undisturbed {
    fn of(name: &str, example: &str) -> Option<Self> {
        let bench = bench_of(name, example)?;
        bench.applied(bench.unprotected());
        let inventory = topology(&bench.store()).inventory().clone();
        Some(Self { writes: bench.writes(), inventory })
    }

    /// The bank, which most of these tests disturb.
    fn bank() -> Option<&'static Self> {
        static BANK_ALONE: OnceLock<Option<Undisturbed>> = OnceLock::new();
        BANK_ALONE.get_or_init(|| Self::of("crash-undisturbed", BANK)).as_ref()
    }
}

/// Applies until a request like this one arrives, kills, and expects the next run to end where the
/// undisturbed one did.
fn survives(
    bench: &Bench,
    point: &Point<'_>,
    kind: &FaultKind,
    victim: Victim,
    expected: &Inventory,
) {
    let Point { at, after } = *point;
    let what = format!("{victim:?} killed at {} {} ({kind:?})", at.method, at.path);
    let store = bench.store();
    let fault = Fault {
        half: Some(at.half),
        ..Fault::new(kind.clone()).on(&at.method, &at.path).after(after)
    };
    store.inject(&[fault]).unwrap();
    let variables = bench.unprotected();
    let running = bench.start(&[&APPLY, variables].concat()).unwrap();
    wait_until(&what, || store.journal().unwrap().iter().any(|it| is_cut(it, at)));
    end(&running, victim);
    let run = running.finish(|_| ()).unwrap();
    assert_ne!(run.code, Some(0), "{what}: it went on");
    store.clear_faults().unwrap();
    // A Terraform that was killed leaves its lock behind.
    let lock = bench.folder().join(".terraform.tfstate.lock.info");
    let _ = std::fs::remove_file(lock);

    let plan = bench.plan(variables).unwrap_or_else(|why| panic!("{what}: {}", why.report()));
    for (address, action) in &plan.resources {
        assert!(
            ["create", "update", "read"].contains(&action.as_str()),
            "{what}: {action} {address}"
        );
    }
    bench.apply(&[PLAN]).unwrap_or_else(|why| panic!("{what}: {}", why.report()));
    bench.unchanged(variables);
    assert_eq!(
        topology(&bench.store()).inventory(),
        expected,
        "{what}: not what an undisturbed run leaves"
    );
    bench.destroyed(variables);
}

/// The journal has 0 where no answer went out.
fn is_cut(entry: &JournalEntry, at: &JournalEntry) -> bool {
    entry.status == 0 && entry.path == at.path && entry.method == at.method
}

fn end(running: &Running, victim: Victim) {
    // First Terraform: it would write down that its provider is gone.
    let providers = children(running.id());
    assert!(!providers.is_empty(), "no provider runs");
    if matches!(victim, Victim::Both) {
        kill(running.id()).unwrap();
    }
    providers.into_iter().try_for_each(kill).unwrap();
}

/// Kills at the write that is chosen, before and after it was done.
fn killed_at(
    name: &str,
    example: &str,
    undisturbed: &Undisturbed,
    victim: Victim,
    choose: impl Fn(&[JournalEntry]) -> Option<usize>,
) {
    let Undisturbed { writes, inventory } = undisturbed;
    let index = choose(writes).unwrap_or_else(|| panic!("none in {writes:#?}"));
    let at = &writes[index];
    let earlier = writes[..index].iter().filter(|it| it.path == at.path && it.method == at.method);
    let point = Point { at, after: earlier.count() as u64 };
    for kind in [FaultKind::HangBefore, FaultKind::HangAfter] {
        let bench = bench_of(name, example).expect("Terraform was there before");
        survives(&bench, &point, &kind, victim, inventory);
    }
}

fn bank_killed_at(name: &str, victim: Victim, choose: impl Fn(&[JournalEntry]) -> Option<usize>) {
    if let Some(undisturbed) = Undisturbed::bank() {
        killed_at(name, BANK, undisturbed, victim, choose);
    }
}

const BANK: &str = "scenarios/banking";

#[test]
fn killed_while_the_supervisor_is_enabled() {
    bank_killed_at("crash-enable", Victim::Provider, |writes| {
        writes.iter().position(|it| it.query.contains("action=enable"))
    });
}

#[test]
fn killed_while_a_namespace_is_created() {
    bank_killed_at("crash-namespace", Victim::Both, |writes| {
        let creates = |it: &JournalEntry| it.path.contains("/namespaces/instances");
        writes.iter().position(creates)
    });
}

#[test]
fn killed_while_a_namespace_is_closed() {
    bank_killed_at("crash-closing", Victim::Provider, |writes| {
        writes.iter().position(|it| it.path.ends_with("-baseline-deny"))
    });
}

#[test]
fn killed_at_the_first_write() {
    bank_killed_at("crash-first", Victim::Both, |writes| (!writes.is_empty()).then_some(0));
}

#[test]
fn killed_at_the_last_write() {
    // The one after it holds the claims, when Terraform has everything.
    bank_killed_at("crash-last", Victim::Provider, |writes| writes.len().checked_sub(2));
}

#[test]
fn killed_while_a_whole_hierarchy_is_written() {
    bank_killed_at("crash-hierarchy", Victim::Both, |writes| {
        writes.iter().position(|it| it.path.ends_with("/infra"))
    });
}

#[test]
fn killed_while_a_segment_is_written() {
    let example = "resources/supervisor_nsx_segment";
    let Some(undisturbed) = Undisturbed::of("crash-segment-undisturbed", example) else { return };
    killed_at("crash-segment", example, &undisturbed, Victim::Provider, |writes| {
        writes.iter().position(|it| it.path.contains("/segments/"))
    });
}
