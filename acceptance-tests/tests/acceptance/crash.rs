//! A run that is cut off anywhere is continued by the next one: no orphan, no double, no taint.

use std::collections::BTreeMap;

use acceptance_tests::{Running, children, kill};
use lab::{Fault, FaultKind, JournalEntry};

use crate::harness::{Bench, bench_of, topology, wait_until};

/// Who is killed.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Provider,
    Both,
}

/// How many objects of each kind there are.
type Inventory = BTreeMap<String, usize>;

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// The writes of a run that nobody disturbs.
fn undisturbed(name: &str, example: &str) -> Option<(Vec<JournalEntry>, Inventory)> {
    let bench = bench_of(name, example)?;
    bench.applied(bench.unprotected());
    Some((bench.writes(), topology(&bench.store()).inventory().clone()))
}

/// Applies until a request like this one arrives, kills, and expects the next run to end where the
/// undisturbed one did.
fn survives(
    bench: &Bench,
    at: &JournalEntry,
    kind: FaultKind,
    victim: Victim,
    expected: &Inventory,
) {
    let what = format!("{victim:?} killed at {} {} ({kind:?})", at.method, at.path);
    let store = bench.store();
    let fault = Fault { half: Some(at.half), ..Fault::new(kind).on(&at.method, &at.path) };
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
    bench.apply(variables).unwrap_or_else(|why| panic!("{what}: {}", why.report()));
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

/// Kills at the write that matches, before and after it was done.
fn killed_at(name: &str, example: &str, is_it: impl Fn(&JournalEntry) -> bool, victim: Victim) {
    let Some((writes, inventory)) = undisturbed(&format!("{name}-undisturbed"), example) else {
        return;
    };
    let at = writes.iter().find(|it| is_it(it)).unwrap_or_else(|| panic!("none in {writes:#?}"));
    for kind in [FaultKind::HangBefore, FaultKind::HangAfter] {
        let bench = bench_of(name, example).expect("Terraform was there before");
        survives(&bench, at, kind, victim, &inventory);
    }
}

const BANK: &str = "scenarios/banking";

#[test]
fn killed_while_the_supervisor_is_enabled() {
    let is_it = |it: &JournalEntry| it.query.contains("action=enable");
    killed_at("crash-enable", BANK, is_it, Victim::Provider);
}

#[test]
fn killed_while_a_namespace_is_created() {
    let is_it =
        |it: &JournalEntry| it.method == "POST" && it.path.contains("/namespaces/instances");
    killed_at("crash-namespace", BANK, is_it, Victim::Both);
}

#[test]
fn killed_at_the_first_write() {
    killed_at("crash-first", BANK, |_| true, Victim::Both);
}

#[test]
fn killed_while_the_load_balancer_is_made() {
    let is_it = |it: &JournalEntry| it.path.contains("/tier-1s/") || it.path.contains("/lb-");
    killed_at("crash-balancer", BANK, is_it, Victim::Provider);
}

#[test]
fn killed_while_a_segment_is_written() {
    let is_it = |it: &JournalEntry| it.path.contains("/segments/");
    killed_at("crash-segment", "resources/supervisor_nsx_segment", is_it, Victim::Provider);
}
