//! `supervisor_vsphere_namespace` under every fault, in each mode of its isolation.

use std::{sync::Arc, time::Duration};

use lab::{IsolationProfile, Settings, Store};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};

use super::{
    case::{Reads, every_call, every_death, every_interrupt},
    scenario::{Bench, Phase, Step, rehearse},
    trouble::FAULTS,
};
use crate::{
    bank::admin,
    driver::still,
    supervisor::{BANK, with_nsx},
};

const BANKING: &str = "supervisor_vsphere_namespace.banking";
const STRANGE: &str = "/infra/domains/default/security-policies/strange";
const GOLD: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01";

fn banking(mode: &str, description: &str, allow: Json) -> Json {
    let mut isolation = json!({ "mode": mode });
    if mode != "observe" {
        isolation["allow"] = allow;
    }
    json!({
        "name": "banking",
        "cluster": "domain-c8",
        "description": description,
        "storage": [{ "policy": GOLD, "limit": "10Gi" }],
        "isolation": isolation,
        "deletion_protection": false,
    })
}

async fn bench(mode: &str) -> (Bench, Vec<Phase>) {
    // Nothing but our own rules keeps a namespace closed.
    let settings = Settings { isolation_profile: IsolationProfile::Open, ..still() };
    let store = Store::in_memory(&settings).unwrap();
    let mut bench = Bench::new(&store, BANKING).await;
    bench.world.apply(BANK, &with_nsx()).await.nothing();
    bench.rest();
    let from = bench.place();
    let one = banking(mode, "one", json!([]));
    let dns = json!([{ "name": "dns", "preset": "dns" }]);
    let steps = vec![
        ("create", Step::Apply(one.clone())),
        ("refresh", Step::Look(one)),
        ("update", Step::Apply(banking(mode, "two", dns))),
        ("delete", Step::Destroy),
    ];
    let phases = rehearse(&mut bench, from, steps).await;
    (bench, phases)
}

#[tokio::test(start_paused = true)]
async fn what_is_open_is_seen_and_a_mode_that_closes_leaves_nothing_open() {
    let (_, phases) = bench("observe").await;
    assert!(phases.iter().any(|it| !it.open.is_empty()), "nothing else closes it");
    let (_, phases) = bench("guardrail").await;
    assert!(phases[0].open.is_empty(), "{:?}", phases[0].open);
}

/// The writes of a phase, each as its method and what kind of thing it is to.
fn written(phase: &Phase) -> Vec<String> {
    const KINDS: [&str; 3] = ["/groups/", "/security-policies/", "/namespaces/"];
    let kind = |target: &str| KINDS.into_iter().find(|it| target.contains(it)).unwrap_or_default();
    let writes = phase.calls.iter().filter(|it| it.wrote());
    writes.map(|it| format!("{} {}", it.method, kind(&it.target))).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_twice_but_the_group_once_its_namespace_has_a_uid() {
    let (_, phases) = bench("baseline").await;
    // Last of all the claim becomes held.
    let create =
        ["PUT /groups/", "PUT /security-policies/", "POST /namespaces/", "PUT /groups/", "PATCH "];
    assert_eq!(written(&phases[0]), create);
    assert_eq!(written(&phases[1]), [""; 0]);
    assert_eq!(written(&phases[2]), ["PATCH /namespaces/", "PUT /security-policies/"]);
    assert_eq!(written(&phases[3]).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn every_fault_at_every_call() {
    let (mut bench, phases) = bench("guardrail").await;
    let mut cases = 0;
    for phase in &phases {
        cases += every_call(&mut bench, phase, Reads::InTurn).await.flawless();
    }
    let writes: usize = phases.iter().map(|it| written(it).len()).sum();
    let calls: usize = phases.iter().map(|it| it.calls.len()).sum();
    assert!(writes >= 10, "only {writes} writes");
    assert_eq!(cases, writes * FAULTS.len() + (calls - writes), "{writes} writes, {calls} calls");
}

#[tokio::test(start_paused = true)]
async fn every_death_and_every_interrupt() {
    let mut cases = 0;
    for mode in ["baseline", "guardrail"] {
        let (mut bench, phases) = bench(mode).await;
        for phase in &phases {
            cases += every_death(&mut bench, phase).await.flawless();
            cases += every_interrupt(&mut bench, phase, Reads::InTurn).await.flawless();
        }
    }
    assert!(cases > 300, "only {cases} cases");
}

/// A foreign rule that names our group.
fn hold(bench: &Bench, group: &Json) {
    let rule = json!({ "resource_type": "Rule", "id": "theirs", "action": "DROP",
        "source_groups": [group], "destination_groups": ["ANY"], "services": ["ANY"],
        "scope": ["ANY"], "sequence_number": 1 });
    let policy = json!({ "category": "Application", "sequence_number": 7, "rules": [rule] });
    admin(&bench.world.lab, &bench.line.store(), "PUT", STRANGE, &policy);
}

fn let_go(bench: &Bench) {
    admin(&bench.world.lab, &bench.line.store(), "DELETE", STRANGE, &Json::Null);
}

#[tokio::test(start_paused = true)]
async fn a_strangers_rule_that_holds_the_group_is_waited_for_shortly_and_then_named() {
    let (mut bench, phases) = bench("baseline").await;
    let delete = &phases[3];
    let group = phases[2].from.saved[BANKING].json()["group_path"].clone();
    bench.go(&delete.from, None);
    hold(&bench, &group);
    let began = Instant::now();
    let told = bench.take(&delete.step).await;
    told.error(&format!("{STRANGE}/rules/theirs` (not of this configuration"));
    told.error("remove what refers to the object there");
    let lasted = began.elapsed();
    assert!((30..120).contains(&lasted.as_secs()), "{lasted:?}");
    assert!(!bench.world.state(BANKING).is_null(), "what is still there stays in the state");
    let_go(&bench);
    bench.take(&delete.step).await.nothing();
    assert_eq!(bench.goal(), delete.goal);
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_goes_in_the_same_run_is_waited_for() {
    let (mut bench, phases) = bench("baseline").await;
    let delete = &phases[3];
    let group = phases[2].from.saved[BANKING].json()["group_path"].clone();
    bench.go(&delete.from, None);
    hold(&bench, &group);
    let (line, began) = (Arc::clone(&bench.line), Instant::now());
    let login = bench.world.lab.clone();
    let told = bench
        .take_while(&delete.step, async |_| {
            while !line.calls().iter().any(|it| it.status == 400) {
                sleep(Duration::from_secs(1)).await;
            }
            sleep(Duration::from_secs(10)).await;
            admin(&login, &line.store(), "DELETE", STRANGE, &Json::Null);
        })
        .await;
    told.nothing();
    assert!(began.elapsed() > Duration::from_secs(10));
    assert_eq!(bench.goal(), delete.goal);
}
