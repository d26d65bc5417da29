//! `supervisor_vsphere_namespace` against the lab: a life, and what others do to it.

use lab::{IsolationProfile, LabTime};
use serde_json::{Value as Json, json};

use crate::{
    bank::{bank, inventory, nsx, nsx_as, open, vcenter},
    driver::{Action, Order, World},
};

/// What NCP opens for the platform itself, as the lab has it.
pub(crate) const PLATFORM: [&str; 2] = [
    "/infra/domains/*/security-policies/*-allow-node",
    "/infra/domains/*/security-policies/*-baseline/rules/system-out",
];

const AUDIT: &str = "supervisor_vsphere_namespace.audit";
const DOMAIN: &str = "/infra/domains/default";

pub(crate) fn audit(isolation: &Json) -> Json {
    json!({
        "name": "audit",
        "cluster": "domain-c8",
        "isolation": isolation,
        "deletion_protection": false,
    })
}

fn mode(mode: &str) -> Json {
    audit(&json!({ "mode": mode }))
}

/// A bank with one more namespace.
async fn world(config: &Json) -> World {
    let mut world = bank(IsolationProfile::Open).await;
    world.apply(AUDIT, config).await.nothing();
    world
}

async fn settled(world: &mut World, config: &Json) {
    world.refresh(AUDIT).await;
    let planned = world.plan(AUDIT, config).await;
    assert_eq!(planned.action, Action::Nothing, "{:#}", planned.json());
}

fn group(world: &World) -> String {
    world.state(AUDIT)["group_path"].as_str().unwrap().to_owned()
}

fn policies(world: &World) -> Vec<String> {
    let list = nsx(world, "GET", &format!("{DOMAIN}/security-policies"), &Json::Null);
    let ids = list["results"].as_array().unwrap().iter();
    ids.filter_map(|it| it["id"].as_str())
        .filter(|it| it.contains("audit"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_is_closed_whatever_ncp_leaves_open_and_leaves_nothing_behind() {
    let mut world = bank(IsolationProfile::Open).await;
    let before = inventory(&world);
    world.apply(AUDIT, &mode("baseline")).await.nothing();
    let state = world.state(AUDIT);
    assert_eq!((&state["isolated"], &state["isolation_status"]), (&json!(true), &json!("intact")));
    assert_eq!(state["config_status"], "RUNNING");
    assert_eq!(state["subnets"].as_array().unwrap().len(), 2);
    let flows = open(&world, "audit");
    assert!(flows.iter().all(|it| it.contains("control plane")), "{flows:?}");
    settled(&mut world, &mode("baseline")).await;
    world.destroy(AUDIT).await.nothing();
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_protected_namespace_outlives_a_planned_and_an_unplanned_destroy() {
    let mut config = mode("baseline");
    config["deletion_protection"] = true.into();
    let mut world = world(&config).await;
    let before = inventory(&world);
    world.destroy(AUDIT).await.error("the namespace is protected");
    world.delete(AUDIT).await.error("the namespace is protected");
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observe_writes_no_rule_and_tells_the_truth() {
    let mut world = world(&mode("observe")).await;
    assert_eq!(policies(&world), [""; 0]);
    let state = world.state(AUDIT);
    assert_eq!(state["isolated"], json!(false));
    assert!(!state["isolation_openings"].as_array().unwrap().is_empty());
    let mut closed = bank(IsolationProfile::Isolated).await;
    closed.apply(AUDIT, &mode("observe")).await.nothing();
    let state = closed.state(AUDIT);
    assert_eq!((&state["isolated"], &state["verdict"]), (&json!(false), &json!("open")));
    let openings = state["isolation_openings"].to_string();
    assert!(
        openings.contains("audit-allow-node") && openings.contains("audit-baseline"),
        "{openings}"
    );
    let accepting = audit(&json!({ "mode": "observe", "accept": PLATFORM }));
    closed.apply(AUDIT, &accepting).await.nothing();
    let state = closed.state(AUDIT);
    assert_eq!((&state["isolated"], &state["verdict"]), (&json!(true), &json!("closed")));
    assert!(state["openings"].to_string().contains("accepted: everything from"), "{state}");
    settled(&mut closed, &accepting).await;
    // What is accepted is a rule, and not whatever a baseline may open.
    let mut shared = bank(IsolationProfile::AllowCluster).await;
    shared.apply(AUDIT, &accepting).await;
    let state = shared.state(AUDIT);
    assert_eq!((&state["isolated"], &state["verdict"]), (&json!(false), &json!("open")));
    assert!(state["isolation_openings"].to_string().contains("cluster-in"), "{state}");
    settled(&mut world, &mode("observe")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_mode_leaves_only_the_policies_of_the_new_one() {
    let mut world = world(&mode("baseline")).await;
    let entry = json!({ "name": "web", "direction": "in", "cidrs": ["10.9.0.0/16"],
                        "protocol": "TCP", "ports": ["443"] });
    let open_web = |mode: &str| audit(&json!({ "mode": mode, "allow": [entry] }));
    world.apply(AUDIT, &open_web("baseline")).await.nothing();
    assert_eq!(policies(&world).len(), 2);
    world.apply(AUDIT, &open_web("guardrail")).await.nothing();
    let names = policies(&world);
    assert!(names.len() == 2 && names.iter().all(|it| it.contains("guardrail")), "{names:?}");
    settled(&mut world, &open_web("guardrail")).await;
    world.apply(AUDIT, &mode("guardrail")).await.nothing();
    assert_eq!(policies(&world).len(), 1);
    world.apply(AUDIT, &mode("observe")).await.nothing();
    assert_eq!(policies(&world), [""; 0]);
    settled(&mut world, &mode("observe")).await;
    world.apply(AUDIT, &mode("guardrail")).await.nothing();
    let path = group(&world);
    world.apply(AUDIT, &mode("none")).await.nothing();
    assert_eq!(policies(&world), [""; 0]);
    let groups = nsx(&world, "GET", &format!("{DOMAIN}/groups"), &Json::Null);
    assert!(groups["results"].as_array().unwrap().iter().all(|it| it["path"] != path));
    settled(&mut world, &mode("none")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lost_its_marks_goes_with_the_namespace() {
    let mut world = bank(IsolationProfile::Open).await;
    let before = inventory(&world);
    world.apply(AUDIT, &mode("baseline")).await.nothing();
    let policy = world.state(AUDIT)["policy_path"].as_str().unwrap().to_owned();
    for path in [policy, group(&world)] {
        nsx(&world, "PATCH", &path, &json!({ "tags": [] }));
    }
    world.destroy(AUDIT).await.nothing();
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_drift_of_our_rules_is_a_diff_that_apply_repairs() {
    let config = mode("baseline");
    let mut world = world(&config).await;
    let policy = world.state(AUDIT)["policy_path"].as_str().unwrap().to_owned();
    let edits = [
        ("PATCH", format!("{policy}/rules/drop-in"), json!({ "action": "ALLOW" })),
        ("PATCH", format!("{policy}/rules/drop-out"), json!({ "disabled": true })),
        ("PATCH", policy.clone(), json!({ "sequence_number": 5 })),
        ("PATCH", policy.clone(), json!({ "scheduler_path": "/infra/firewall-schedulers/nights" })),
        ("PATCH", policy.clone(), json!({ "tags": [] })),
        ("DELETE", policy.clone(), Json::Null),
        ("PATCH", group(&world), json!({ "expression": [] })),
        ("PATCH", group(&world), json!({ "tags": [] })),
        ("PATCH", group(&world), json!({ "tags": [{ "scope": "tf-owner", "tag": "tests" }] })),
    ];
    for (method, path, body) in edits {
        nsx(&world, method, &path, &body);
        world.refresh(AUDIT).await.nothing();
        let state = world.state(AUDIT);
        assert_eq!(
            (&state["isolation_status"], &state["isolated"]),
            (&json!("drifted"), &json!(false)),
            "{method} {path}"
        );
        assert_eq!(state["differences"].as_array().unwrap().len(), 1, "{method} {path}: {state}");
        assert_eq!(world.plan(AUDIT, &config).await.action, Action::Update, "{method} {path}");
        world.apply(AUDIT, &config).await.nothing();
        assert_eq!(world.state(AUDIT)["isolated"], json!(true), "{method} {path}");
        settled(&mut world, &config).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_shows_which_rule_was_changed_and_how_and_by_whom_and_when() {
    let config = mode("baseline");
    let mut world = world(&config).await;
    assert_eq!(world.state(AUDIT)["differences"], json!([]));
    let policy = world.state(AUDIT)["policy_path"].as_str().unwrap().to_owned();
    let rule = format!("{policy}/rules/drop-in");
    let edit = json!({ "action": "ALLOW", "logged": true });
    let (user, lab) = (world.lab.username(), &world.lab);
    nsx_as(user, lab, lab.store(), ("PATCH", &rule, &edit));
    let changed = nsx(&world, "GET", &rule, &Json::Null)["_last_modified_time"].as_u64().unwrap();
    world.refresh(AUDIT).await.nothing();
    let first = LabTime::from_millis(0).unix_millis();
    let when = LabTime::from_millis(changed - first).rfc3339()[..19].replace('T', " ");
    let told = format!(
        "policy `{}`: rule `drop-in`: `action` is allow, not drop, `logged` is true, not false; last \
         changed by `{user}` at {when} UTC",
        policy.rsplit('/').next().unwrap()
    );
    assert_eq!(world.state(AUDIT)["differences"], json!([told]));
    let planned = world.plan(AUDIT, &config).await;
    assert_eq!((planned.action, &planned.json()["differences"]), (Action::Update, &json!([])));
    world.apply(AUDIT, &config).await.nothing();
    assert_eq!(world.state(AUDIT)["differences"], json!([]));
    settled(&mut world, &config).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_rule_is_named_in_the_plan_and_left_alone() {
    let config = mode("baseline");
    let mut world = world(&config).await;
    let rule = json!({ "resource_type": "Rule", "id": "all", "display_name": "all",
        "action": "ALLOW", "source_groups": ["ANY"], "destination_groups": ["ANY"],
        "services": ["ANY"], "scope": ["ANY"], "sequence_number": 1 });
    let path = format!("{DOMAIN}/security-policies/strange");
    let policy = json!({ "display_name": "strange", "category": "Emergency",
        "sequence_number": 1, "rules": [rule] });
    nsx(&world, "PUT", &path, &policy);
    let theirs = nsx(&world, "GET", &path, &Json::Null);
    world.restart().await;
    world.refresh(AUDIT).await.nothing();
    assert_eq!(world.state(AUDIT)["isolated"], json!(false));
    let planned = world.plan(AUDIT, &config).await;
    planned.told.warning("strange");
    assert_eq!(planned.action, Action::Nothing);
    assert_eq!(nsx(&world, "GET", &path, &Json::Null), theirs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_for_tagged_machines_may_be_about_one_in_the_namespace() {
    let mut world = world(&mode("baseline")).await;
    let tagged = json!({ "resource_type": "Condition", "member_type": "VirtualMachine",
        "key": "Tag", "operator": "EQUALS", "value": "tier|gold" });
    let group = format!("{DOMAIN}/groups/gold");
    nsx(&world, "PUT", &group, &json!({ "display_name": "Gold tier", "expression": [tagged] }));
    let rule = json!({ "resource_type": "Rule", "id": "to-gold", "display_name": "to-gold",
        "action": "ALLOW", "source_groups": ["ANY"], "destination_groups": [group],
        "services": ["ANY"], "scope": ["ANY"], "sequence_number": 1 });
    let policy = json!({ "display_name": "tiers", "category": "Emergency",
        "sequence_number": 1, "rules": [rule] });
    nsx(&world, "PUT", &format!("{DOMAIN}/security-policies/tiers"), &policy);
    world.restart().await;
    world.refresh(AUDIT).await.nothing();
    let state = world.state(AUDIT);
    assert_eq!(state["isolated"], json!(false), "no tags of machines are read");
    let told = state["isolation_openings"].to_string();
    let opening = "to members of Gold tier, by rule `to-gold` of policy `tiers`";
    assert!(told.contains(opening), "{told}");
    let data = json!({ "name": "audit" });
    let (found, told) = world.data("supervisor_namespace_isolation", &data).await;
    told.nothing();
    assert_eq!(found["isolated"], json!(false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_resource_of_the_same_namespace_gets_neither_it_nor_its_rules() {
    const SECOND: &str = "supervisor_vsphere_namespace.second";
    let config = mode("baseline");
    let mut world = world(&config).await;
    let before = inventory(&world);
    for order in [Order::OldFirst, Order::NewFirst] {
        let told = world.plan_rename(AUDIT, SECOND, &mode("observe"), order).await;
        told.error("moved {\n  from = supervisor_vsphere_namespace.");
    }
    world.refresh(AUDIT).await.nothing();
    world.apply(SECOND, &mode("observe")).await.error("id = \"audit\"");
    assert_eq!(world.state(SECOND), Json::Null);
    assert_eq!(inventory(&world), before);
    settled(&mut world, &config).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_namespace_is_neither_taken_over_nor_closed() {
    let config = mode("baseline");
    let mut world = world(&config).await;
    world.restart_as("somebody-else").await;
    world.forget(AUDIT);
    world.apply(AUDIT, &config).await.error("terraform import");
    assert_eq!(world.state(AUDIT), Json::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_imported_namespace_is_marked_by_the_next_apply_and_shown_before() {
    let config = mode("baseline");
    let mut world = world(&config).await;
    let made = world.state(AUDIT);
    world.forget(AUDIT);
    world.restart().await;
    assert_eq!(made["id"], "audit");
    world.import(AUDIT, "audit").await.nothing();
    assert_eq!(world.state(AUDIT)["isolation"]["mode"], "baseline");
    world.apply(AUDIT, &config).await.nothing();
    let state = world.state(AUDIT);
    assert_eq!((&state["group_path"], &state["isolated"]), (&made["group_path"], &json!(true)));
    settled(&mut world, &config).await;
    world.import(AUDIT, "vm-42").await.error("not a namespace");
    world.import(AUDIT, "a/b/c/d").await.error("not a namespace");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_that_somebody_deleted_is_made_again_behind_its_deny() {
    let config = mode("baseline");
    let mut world = world(&config).await;
    let instance = "/namespaces/instances/audit";
    vcenter(&world.lab, world.lab.store(), "DELETE", instance, &Json::Null);
    world.restart().await;
    world.refresh(AUDIT).await.nothing();
    assert_eq!(world.state(AUDIT)["config_status"], "MISSING");
    assert_eq!(world.plan(AUDIT, &config).await.action, Action::Update);
    world.apply(AUDIT, &config).await.nothing();
    assert_eq!(world.state(AUDIT)["config_status"], "RUNNING");
    settled(&mut world, &config).await;
}
