//! Somebody who sets in NSX what no attribute covers, between a read and a write of ours.

use serde_json::{Value as Json, json};

use super::{TROUBLES, troubles};
use crate::{
    bank::admin,
    campaign::{
        sample::Sample,
        scenario::{Bench, Phase, Step, rehearse},
        subjects::{self, Subject},
    },
};

/// What is edited: an object of the resource by the attribute that names it, or what its path ends with.
struct Edit {
    path: fn(&Json) -> String,
    field: &'static str,
    value: Json,
}

fn text(state: &Json, name: &str) -> String {
    state[name].as_str().unwrap_or_default().to_owned()
}

/// At every call of an update somebody edits, and the edit is there in the end, as is the update.
async fn everywhere(subject: Subject, edits: &[Edit]) {
    let (mut bench, create) = subject.rehearsed().await;
    bench.go(&create.from, None);
    bench.take(&create.step).await.nothing();
    bench.rest();
    let from = bench.place();
    let steps = vec![("update", Step::Apply(subject.different.clone()))];
    let update = rehearse(&mut bench, from, steps).await.remove(0);
    let state = update.from.saved[subject.address].json();
    let (mut cases, mut wrong, sample) = (0, Vec::new(), Sample::draw());
    for (which, edit) in edits.iter().enumerate() {
        for at in update.begin..update.end {
            for (number, trouble) in troubles().enumerate() {
                if !sample.takes((at * edits.len() + which) * TROUBLES + number) {
                    continue;
                }
                cases += 1;
                let path = (edit.path)(&state);
                let found = edited(&mut bench, &update, at, trouble, (&path, edit)).await;
                let call = &update.calls[at];
                let name = trouble.map_or("goes on", |it| it.name);
                wrong.extend(
                    found.map(|it| format!("{at} {} {}/{name}: {it}", call.method, call.target)),
                );
            }
        }
    }
    let shown: Vec<&str> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {cases}\n{}", wrong.len(), shown.join("\n"));
    assert!(cases > 0, "no case");
}

async fn edited(
    bench: &mut Bench,
    update: &Phase,
    at: usize,
    trouble: Option<super::Trouble>,
    (path, edit): (&str, &Edit),
) -> Option<String> {
    bench.go(&update.from, trouble.map(|it| (at, it)));
    let (lab, store) = (bench.world.lab.clone(), bench.line.store());
    let (of, field, value) = (path.to_owned(), edit.field, edit.value.clone());
    bench.line.meanwhile(at, async move {
        admin(&lab, &store, "PATCH", &of, &json!({ (field): value }));
    });
    let line = std::sync::Arc::clone(&bench.line);
    tokio::select! {
        biased;
        () = line.met.notified() => bench.world.resume(update.from.saved.clone()),
        _ = bench.take(&update.step) => {}
    }
    bench.line.calm();
    let told = bench.take(&update.step).await;
    if !told.errors.is_empty() {
        return Some(format!("once more: {:?}", told.errors));
    }
    let found = admin(&bench.world.lab, &bench.line.store(), "GET", path, &Json::Null);
    if found[edit.field] != edit.value {
        return Some(format!("{path}: `{}` is {}", edit.field, found[edit.field]));
    }
    let goal = bench.goal();
    (goal.state != update.goal.state).then(|| format!("state {}", goal.state))
}

#[tokio::test(start_paused = true)]
async fn what_somebody_sets_of_a_segment_stays() {
    let path = |state: &Json| text(state, "path");
    let edits = [
        Edit { path, field: "domain_name", value: json!("example.com") },
        Edit { path, field: "replication_mode", value: json!("SOURCE") },
    ];
    everywhere(subjects::segment(), &edits).await;
}

#[tokio::test(start_paused = true)]
async fn what_somebody_sets_of_a_network_policys_rules_stays() {
    let group = |state: &Json| text(state, "group_path");
    let policy = |state: &Json| text(state, "path");
    let edits = [
        Edit { path: group, field: "description", value: json!("seen by audit") },
        Edit { path: policy, field: "comments", value: json!("seen by audit") },
    ];
    everywhere(subjects::network_policy(), &edits).await;
}

#[tokio::test(start_paused = true)]
async fn what_somebody_sets_of_a_load_balancer_stays() {
    let gateway = |state: &Json| text(state, "tier1_path");
    let pool = |state: &Json| format!("/infra/lb-pools/{}-https", text(state, "id"));
    let server = |state: &Json| format!("/infra/lb-virtual-servers/{}-https", text(state, "id"));
    let edits = [
        Edit { path: gateway, field: "description", value: json!("seen by audit") },
        Edit { path: pool, field: "tcp_multiplexing_enabled", value: json!(true) },
        Edit { path: server, field: "max_concurrent_connections", value: json!(7) },
    ];
    everywhere(subjects::load_balancer(), &edits).await;
}

#[tokio::test(start_paused = true)]
async fn what_somebody_sets_of_a_namespaces_group_stays() {
    let group = |state: &Json| text(state, "group_path");
    let edits = [Edit { path: group, field: "description", value: json!("seen by audit") }];
    everywhere(subjects::vsphere_namespace(), &edits).await;
}
