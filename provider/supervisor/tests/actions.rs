//! What the provider is told to do to a Supervisor.

use std::time::Duration;

use lab::Effect;
use serde_json::{Value as Json, json};

use crate::{
    driver::{Told, World, quick, still},
    supervisor::{BANK, enabled, with_nsx},
};

const ROTATE: &str = "supervisor_rotate_password";
const UPGRADE: &str = "supervisor_upgrade";
const OWN: &str = "v1.28.3+vmware.wcp.1-vsc0.1.9-24045921";
const NEXT: &str = "v1.29.7+vmware.wcp.1-vsc0.1.10-24319777";
const FAR: &str = "v1.30.2+vmware.wcp.1-vsc0.1.11-24500000";

fn to(version: &str) -> Json {
    json!({ "cluster": "domain-c8", "version": version })
}

/// A Supervisor that can be upgraded, in a lab whose time stands still.
async fn upgradable() -> World {
    let mut world = World::new(&still()).await;
    let store = world.lab.store().clone();
    let meanwhile = async |_| {
        while enabled(&store) == 0 {
            tokio::task::yield_now().await;
        }
        store.advance(Duration::from_hours(2)).unwrap();
    };
    world.apply_while(BANK, &with_nsx(), meanwhile).await.nothing();
    for version in [NEXT, FAR] {
        world.lab.store().release(version).unwrap();
    }
    world
}

/// Invokes the upgrade; whenever it says how far it is, the next step of it comes to its end.
async fn upgrade(world: &World, version: &str) -> (Vec<String>, Told) {
    world.invoke(UPGRADE, &to(version), next_step(world)).await
}

fn next_step(world: &World) -> impl AsyncFn(&str) {
    async |said: &str| {
        if said.contains(" of 5 done: ") {
            world.lab.store().advance(Duration::from_mins(8)).unwrap();
        }
    }
}

/// Orders to upgrade so far.
fn orders(world: &World) -> usize {
    let journal = world.lab.journal().unwrap();
    let is_order =
        |it: &&lab::JournalEntry| it.effect == Effect::Wrote && it.query == "action=upgrade";
    journal.iter().filter(is_order).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_are_rotated_where_there_is_a_supervisor() {
    let mut world = World::new(&quick()).await;
    let config = json!({ "cluster": "domain-c8" });
    world.plan_action(ROTATE, &config).await.nothing();
    let (_, told) = world.invoke(ROTATE, &config, async |_| {}).await;
    told.error("rotate the passwords of the Supervisor of `domain-c8`");
    world.apply(BANK, &with_nsx()).await.nothing();
    let (said, told) = world.invoke(ROTATE, &config, async |_| {}).await;
    told.nothing();
    assert_eq!(said.last().unwrap(), "the passwords are new");
    let journal = world.lab.journal().unwrap();
    let rotated = journal.iter().filter(|it| it.query == "action=rotate_password");
    assert_eq!(rotated.map(|it| it.status).collect::<Vec<_>>(), [404, 204]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_tells_how_far_it_is_and_ends_when_it_is_done() {
    let world = upgradable().await;
    world.plan_action(UPGRADE, &to(NEXT)).await.nothing();
    let (said, told) = upgrade(&world, NEXT).await;
    told.nothing();
    assert_eq!(
        said,
        [
            &format!("upgrading the Supervisor of domain-c8 from {OWN} to {NEXT}"),
            "0 of 5 done: Pre-checks",
            "1 of 5 done: First control plane VM",
            "2 of 5 done: Other control plane VMs",
            "3 of 5 done: Hosts of the cluster",
            "4 of 5 done: Components",
            &format!("the Supervisor of domain-c8 is {NEXT}"),
        ]
    );

    let (said, told) = upgrade(&world, NEXT).await;
    told.nothing();
    assert_eq!(said, [format!("the Supervisor of domain-c8 is {NEXT} already")]);
    assert_eq!(orders(&world), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_is_not_there_is_refused_with_those_that_are() {
    let world = upgradable().await;
    let none = world.plan_action(UPGRADE, &to("v9")).await;
    none.error("vCenter has no `v9`; it has `v1.27.5");
    none.error("[version]");
    // The step before it may be part of the same run: only its turn shows that it is too far.
    world.plan_action(UPGRADE, &to(FAR)).await.nothing();
    let (_, told) = upgrade(&world, FAR).await;
    told.error(&format!("it can be upgraded to `{NEXT}`"));
    assert_eq!(orders(&world), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_an_upgrade_is_told_and_what_only_warned_can_be_passed() {
    let world = upgradable().await;
    let warning = json!({ "outcomes": [
        { "of": "domain-c8", "at": "Precheck", "message": "cluster `shop` is too old" },
    ] });
    let warn = || world.lab.store().transaction(|tx| tx.put("vcenter:/lab/wcp", &warning));
    warn().unwrap();
    let (said, told) = upgrade(&world, NEXT).await;
    assert_eq!(said.last().unwrap(), "0 of 5 done: Pre-checks");
    told.error("WARNING: cluster `shop` is too old");
    told.error("`ignore_precheck_warnings`");

    warn().unwrap();
    let mut config = to(NEXT);
    config["ignore_precheck_warnings"] = true.into();
    let (said, told) = world.invoke(UPGRADE, &config, next_step(&world)).await;
    told.nothing();
    assert_eq!(said.last().unwrap(), &format!("the Supervisor of domain-c8 is {NEXT}"));
    assert_eq!(orders(&world), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_goes_on_after_an_interrupt_and_is_waited_for_by_the_next_run() {
    let world = upgradable().await;
    let (_, told) = world
        .invoke(UPGRADE, &to(NEXT), async |said| {
            if said.contains(" of 5 done: ") {
                world.interrupted().await;
            }
        })
        .await;
    told.error("goes on in vCenter");
    let (said, told) = upgrade(&world, NEXT).await;
    told.nothing();
    assert_eq!(said[0], "an upgrade to that version is at work already");
    assert_eq!(said.last().unwrap(), &format!("the Supervisor of domain-c8 is {NEXT}"));
    assert_eq!(orders(&world), 1);
}
