//! `supervisor_cluster` while writes fail, each in every way.

use lab::{Fault, FaultKind};
use serde_json::Value as Json;

use crate::{
    driver::{Action, World, quick},
    supervisor::{BANK, enables, with_nsx},
};

/// Every write of a Supervisor's life.
const WRITES: [(&str, &str); 4] = [
    ("PUT", "*/domains/default/groups/*"),
    ("POST", "*/supervisors/domain-c8"),
    ("POST", "*/clusters/domain-c8"),
    ("DELETE", "*/domains/default/groups/*"),
];

/// One life with one fault: at most one more apply, and one more destroy, and all is as without.
async fn live(fault: Fault) {
    let name = format!("{fault:?}");
    let mut world = World::new(&quick()).await;
    world.lab.store().inject(&[fault]).unwrap();
    let first = world.apply(BANK, &with_nsx()).await;
    assert!(!world.is_tainted(BANK), "{name}: {first:#?}");
    if world.state(BANK)["config_status"] != "RUNNING" {
        world.apply(BANK, &with_nsx()).await.nothing();
    }
    assert_eq!(world.state(BANK)["config_status"], "RUNNING", "{name}");
    // Of a request that arrives twice the journal has the second answer, which is a refusal.
    assert!(enables(&world) <= 1, "{name}");
    assert_eq!(world.plan(BANK, &with_nsx()).await.action, Action::Nothing, "{name}");

    if !world.destroy(BANK).await.errors.is_empty() {
        world.destroy(BANK).await.nothing();
    }
    assert_eq!(world.state(BANK), Json::Null, "{name}");
    // Nothing is left of it: neither the Supervisor nor its mark.
    world.import(BANK, "domain-c8").await.error("there is none");
    world.lab.store().clear_journal().unwrap();
    world.apply(BANK, &with_nsx()).await.nothing();
    let journal = world.lab.journal().unwrap();
    let first = journal.iter().find(|it| it.path.contains("/domains/default/groups/")).unwrap();
    assert_eq!((first.method.as_str(), first.status), ("GET", 404), "{name}");
}

async fn every_write(kind: FaultKind) {
    for (method, path) in WRITES {
        live(Fault::new(kind.clone()).on(method, path)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_a_gateway_refuses_are_made_later() {
    every_write(Fault::status(503).kind).await;
    every_write(Fault::status(500).kind).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_never_arrive_are_made_later() {
    every_write(FaultKind::ResetBefore).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_whose_answer_is_lost_are_made_once() {
    every_write(FaultKind::ResetAfter).await;
    every_write(FaultKind::Truncate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_arrive_twice_are_made_once() {
    for (method, path) in WRITES.into_iter().filter(|it| it.0 != "POST") {
        live(Fault::new(FaultKind::Twice).on(method, path)).await;
    }
}

/// Of a request that was sent once and is answered by "exists already" nobody can say whose the
/// Supervisor is: it is an error that names the import, and nothing of ours is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_that_was_there_a_moment_too_early_is_nobodys_until_it_is_imported() {
    let mut world = World::new(&quick()).await;
    let twice = Fault::new(FaultKind::Twice).on("POST", "*/supervisors/domain-c8");
    world.lab.store().inject(&[twice]).unwrap();
    world.apply(BANK, &with_nsx()).await.error("terraform import supervisor_cluster.<name>");
    assert_eq!(world.state(BANK), Json::Null);
    world.apply(BANK, &with_nsx()).await.error("terraform import supervisor_cluster.<name>");
    world.import(BANK, "domain-c8").await.nothing();
    world.apply(BANK, &with_nsx()).await.nothing();
    assert_eq!(world.plan(BANK, &with_nsx()).await.action, Action::Nothing);
    assert!(enables(&world) <= 1);
    world.destroy(BANK).await.nothing();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_is_opened_again() {
    every_write(Fault::status(401).kind).await;
}
