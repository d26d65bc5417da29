//! Whose something is: of every kind the same is tried, with a second state of the same owner, with a
//! lost state, with a renamed owner, and with another owner's marks.

use lab::{Effect, Fault, FaultAnswer, FaultBody, FaultKind, IsolationProfile};
use serde_json::{Value as Json, json};
use terraform_provider_supervisor::{Supervisor, environment::Environment};

use crate::{
    bank::{bank, inventory, nsx, open},
    driver::{Action, World, import_id, quick},
    load_balancer::https,
    namespace::audit,
    network_policy::to_banking,
    segment::web,
    supervisor::{BANK, with_nsx},
};

/// A resource of each kind that has a mark in NSX.
struct Kind {
    address: &'static str,
    config: Json,
    /// The attribute that names the object which stands for it; none where that is not shown.
    anchor: Option<&'static str>,
}

const AUDIT: &str = "supervisor_vsphere_namespace.audit";

fn kinds() -> [Kind; 5] {
    let kind = |address, config, anchor| Kind { address, config, anchor };
    let mut supervisor = with_nsx();
    supervisor["deletion_protection"] = false.into();
    [
        kind("supervisor_nsx_segment.web", web(), Some("path")),
        kind(AUDIT, audit(&json!({ "mode": "baseline" })), Some("group_path")),
        kind("supervisor_namespace_network_policy.to_banking", to_banking(), Some("group_path")),
        kind("supervisor_namespace_load_balancer.banking", https(), Some("tier1_path")),
        kind(BANK, supervisor, None),
    ]
}

/// A bank, and one of each kind beside it.
async fn world() -> World {
    let mut world = bank(IsolationProfile::Open).await;
    for Kind { address, config, .. } in kinds() {
        assert_eq!(world.apply(address, &config).await.errors, [""; 0], "{address}");
    }
    world
}

fn marks(world: &World, scope: &str) -> Vec<String> {
    let objects = world.lab.store().transaction(|tx| tx.under("nsx:/infra")).unwrap();
    let tags = objects.into_iter().filter_map(|(_, it)| it["tags"].as_array().cloned());
    let tags = tags.flatten().filter(|it| it["scope"] == scope);
    tags.map(|it| it["tag"].as_str().unwrap().to_owned()).collect()
}

/// What was written since, log-ins aside.
fn written(world: &World) -> Vec<String> {
    let journal = world.lab.journal().unwrap();
    let wrote = journal.into_iter().filter(|it| it.effect == Effect::Wrote);
    wrote.map(|it| format!("{} {}", it.method, it.path)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_state_of_the_same_owner_gets_import_blocks_and_nothing_else() {
    let world = world().await;
    let before = (inventory(&world), open(&world, "audit"));
    for Kind { address, config, .. } in kinds() {
        let mut second = world.sibling().await;
        world.lab.store().clear_journal().unwrap();
        let planned = second.plan(address, &config).await;
        planned.told.error("it exists already; import it");
        planned.told.error("import {\n  to = ");
        second.apply(address, &config).await.error("it exists already; import it");
        assert_eq!(second.state(address), Json::Null);
        assert_eq!(written(&world), [""; 0], "{address}");
    }
    assert_eq!((inventory(&world), open(&world, "audit")), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_message_prints_the_blocks_of_all_that_is_lost() {
    let world = world().await;
    let mut second = world.sibling().await;
    let told = second.plan(BANK, &with_nsx()).await.told;
    for Kind { address, .. } in kinds() {
        let (kind, _) = address.split_once('.').unwrap();
        told.error(&format!("import {{\n  to = {kind}."));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_was_lost_is_taken_in_by_the_printed_blocks() {
    let mut world = world().await;
    let before = inventory(&world);
    for Kind { address, config, .. } in kinds() {
        world.forget(address);
        let told = world.plan(address, &config).await.told;
        world.import(address, &import_id(&told).unwrap()).await.nothing();
        world.refresh(address).await.nothing();
        world.lab.store().clear_journal().unwrap();
        // What no server knows, such as `deletion_protection`, an import has at its default.
        assert_eq!(world.apply(address, &config).await.errors, [""; 0], "{address}");
        assert_eq!(world.plan(address, &config).await.action, Action::Nothing, "{address}");
        let deleted = written(&world).into_iter().filter(|it| it.starts_with("DELETE"));
        assert_eq!(deleted.collect::<Vec<_>>(), [""; 0], "{address}");
    }
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renamed_owner_changes_marks_in_place_and_moves_nothing() {
    let mut world = world().await;
    let before = (inventory(&world), open(&world, "audit"));
    let mut all: Vec<(String, Json)> =
        kinds().map(|it| (it.address.to_owned(), it.config)).into_iter().collect();
    for name in ["banking", "trading"] {
        let config = json!({ "name": name, "cluster": "domain-c8",
            "isolation": { "mode": "baseline" }, "deletion_protection": false });
        all.push((format!("supervisor_vsphere_namespace.{name}"), config));
    }
    let ids: Vec<Json> =
        all.iter().map(|(address, _)| world.state(address)["id"].clone()).collect();
    world.restart_as("renamed").await;
    // Before anything is applied, what carries the old name is still this state's own.
    world.refresh(AUDIT).await.nothing();
    assert_eq!(world.state(AUDIT)["isolated"], json!(true));
    for (address, config) in &all {
        world.refresh(address).await;
        let planned = world.plan(address, config).await;
        assert_eq!(planned.told.errors, [""; 0], "{address}");
        assert_eq!(planned.action, Action::Update, "{address}");
        assert_eq!(planned.json()["owner"], "renamed", "{address}");
        assert_eq!(world.apply(address, config).await.errors, [""; 0], "{address}");
    }
    assert!(!marks(&world, "tf-owner").contains(&"tests".to_owned()));
    assert_eq!((inventory(&world), open(&world, "audit")), before);
    for ((address, config), id) in all.iter().zip(ids) {
        world.refresh(address).await;
        assert_eq!(world.plan(address, config).await.action, Action::Nothing, "{address}");
        assert_eq!(world.state(address)["id"], id, "{address}");
    }
    let (found, told) =
        world.data("supervisor_namespace_isolation", &json!({ "name": "audit" })).await;
    told.nothing();
    assert_eq!((&found["mode"], &found["owner"]), (&json!("baseline"), &json!("renamed")));

    // The state is lost: the ids are those of the old name, and are found.
    world.forget(AUDIT);
    let config = audit(&json!({ "mode": "baseline" }));
    world.plan(AUDIT, &config).await.told.error("it exists already; import it");
    world.import(AUDIT, "audit").await.nothing();
    assert_eq!(world.plan(AUDIT, &config).await.told.errors, [""; 0]);
    world.apply(AUDIT, &config).await;
    for (address, _) in &all[..4] {
        assert_eq!(world.destroy(address).await.errors, [""; 0], "{address}");
    }
    for scope in ["tf-owner", "tf-claim"] {
        // What is left is the Supervisor's and those of the two other namespaces.
        assert!(marks(&world, scope).len() <= 5, "{:?}", marks(&world, scope));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_owner_has_marked_is_neither_changed_nor_deleted() {
    let mut world = world().await;
    for Kind { address, config, anchor } in kinds() {
        let Some(anchor) = anchor else { continue };
        let path = world.state(address)[anchor].as_str().unwrap().to_owned();
        let tags = json!([{ "scope": "tf-owner", "tag": "others" },
                          { "scope": "tf-claim", "tag": "theirs" }]);
        let mut object = nsx(&world, "GET", &path, &Json::Null);
        object["tags"] = tags.clone();
        nsx(&world, "PUT", &path, &object);
        let theirs = nsx(&world, "GET", &path, &Json::Null);
        world.refresh(address).await;
        world.plan(address, &config).await.told.error("carries the owner `others` by now");
        world.apply(address, &config).await.error("carries the owner `others` by now");
        world.destroy(address).await.warning("left alone");
        assert_eq!(nsx(&world, "GET", &path, &Json::Null), theirs, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_states_that_share_an_object_the_later_is_warned_and_the_earlier_refuses() {
    let mut world = world().await;
    let mut second = world.sibling().await;
    second.restart_as("others").await;
    for Kind { address, config, .. } in kinds() {
        let id = match address {
            AUDIT => json!("audit"),
            BANK => json!("domain-c8"),
            _ => world.state(address)["path"].clone(),
        };
        world.lab.store().clear_journal().unwrap();
        let told = second.import(address, id.as_str().unwrap()).await;
        told.warning("carries the owner `tests`, and this configuration's is `others`");
        assert_eq!(written(&world), [""; 0], "{address}: an import writes nothing");
        assert_eq!(second.apply(address, &config).await.errors, [""; 0], "{address}");
        world.refresh(address).await;
        world.plan(address, &config).await.told.error("carries the owner `others` by now");
        assert_eq!(second.plan(address, &config).await.action, Action::Nothing, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_could_not_be_held_is_a_change_of_the_next_plan() {
    for Kind { address, config, .. } in kinds() {
        let mut world = match address {
            BANK => World::new(&quick()).await,
            _ => bank(IsolationProfile::Open).await,
        };
        world.apply_while(address, &config, async |_| {}).await;
        // Terraform has the state, and the end of the process is a kill.
        world.kill().await;
        world.refresh(address).await;
        let planned = world.plan(address, &config).await;
        assert_eq!(planned.told.errors, [""; 0], "{address}");
        assert_eq!(planned.action, Action::Update, "{address}");
        assert_eq!(world.apply(address, &config).await.errors, [""; 0], "{address}");
        world.refresh(address).await;
        assert_eq!(world.plan(address, &config).await.action, Action::Nothing, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_debugged_process_holds_when_a_create_returns() {
    let plain = World::new(&quick()).await;
    let provider = json!({ "owner": "tests", "poll_interval": "5ms", "nsx": {
        "server": plain.lab.nsx().host_str().unwrap().to_owned() + ":"
            + &plain.lab.nsx().port().unwrap().to_string(),
        "username": plain.lab.nsx_username(), "password": plain.lab.password(),
        "ca_pem": plain.lab.ca_pem() } });
    let start = || Supervisor::new(Environment::default()).debugged();
    let lab = lab::Lab::start(plain.lab.store().clone(), lab::Options::default()).await.unwrap();
    let mut world = World::over(lab, provider, start).await;
    let segment = "supervisor_nsx_segment.web";
    world.apply_while(segment, &web(), async |_| {}).await.nothing();
    world.kill().await;
    world.refresh(segment).await.nothing();
    assert_eq!(world.plan(segment, &web()).await.action, Action::Nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_cannot_look_says_so() {
    let mut world = World::with(&quick(), &["nsx"]).await;
    let denied =
        FaultKind::Answer(FaultAnswer { status: 403, headers: Vec::new(), body: FaultBody::Empty });
    world.lab.store().inject(&[Fault::new(denied).on("GET", "*/infra/segments")]).unwrap();
    let told = world.plan("supervisor_nsx_segment.web", &web()).await.told;
    told.warning("whether it exists already is not known");
    assert_eq!(told.errors, [""; 0]);
}

fn opened_by(group: &str) -> Json {
    audit(&json!({ "mode": "baseline", "allow": [{ "name": "theirs", "direction": "in",
        "groups": [group], "protocol": "TCP", "ports": ["443"] }] }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_not_there_is_told_before_anything_is_written() {
    let mut world = bank(IsolationProfile::Open).await;
    let before = inventory(&world);
    world.lab.store().clear_journal().unwrap();
    let config = opened_by("/infra/domains/default/groups/nobody");
    let told = world.apply(AUDIT, &config).await;
    told.error("`isolation.allow`");
    told.error("/infra/domains/default/groups/nobody");
    assert_eq!(world.state(AUDIT), Json::Null);
    assert_eq!(written(&world), [""; 0]);
    assert_eq!(inventory(&world), before);
}

/// NSX refuses the rules that let something through, after the namespace was made.
fn refuse_the_opening(world: &World) {
    let body = json!({ "httpStatus": "BAD_REQUEST", "error_code": 500_012, "module_name": "policy",
        "error_message": "The path is invalid" });
    let refused = FaultAnswer { status: 400, headers: Vec::new(), body: FaultBody::Json(body) };
    let fault = Fault::new(FaultKind::Answer(refused)).on("PUT", "*-allow");
    world.lab.store().inject(&[fault]).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_after_the_namespace_exists_keeps_it_and_names_the_attribute() {
    let group = "/infra/domains/default/groups/theirs";
    for on_timeout in ["warn", "error"] {
        let mut world = bank(IsolationProfile::Open).await;
        nsx(&world, "PUT", group, &json!({ "display_name": "theirs" }));
        let mut config = opened_by(group);
        config["on_timeout"] = on_timeout.into();
        refuse_the_opening(&world);
        let told = world.apply(AUDIT, &config).await;
        if on_timeout == "error" {
            told.error("-baseline-allow");
            assert!(!world.state(AUDIT).is_null());
            continue;
        }
        told.warning("[isolation");
        told.warning("namespace `audit` exists and is kept");
        assert!(!world.is_tainted(AUDIT));
        let flows = open(&world, "audit");
        assert!(flows.iter().all(|it| it.contains("control plane")), "{flows:?}");
        world.refresh(AUDIT).await;
        assert_eq!(world.plan(AUDIT, &config).await.action, Action::Update);
        assert_eq!(world.apply(AUDIT, &config).await.errors, [""; 0]);
        world.refresh(AUDIT).await;
        assert_eq!(world.plan(AUDIT, &config).await.action, Action::Nothing);
    }
}

/// Somebody who changes nothing of it in between, and a namespace that was there at the plan already.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_that_vcenter_has_is_told_at_plan() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let mut other = world.sibling().await;
    other.restart_as("others").await;
    other.apply(AUDIT, &audit(&json!({ "mode": "observe" }))).await;
    let told = world.plan(AUDIT, &audit(&json!({ "mode": "baseline" }))).await.told;
    told.error("the namespace exists, and is not ours");
    told.error("import {\n  to = supervisor_vsphere_namespace.audit\n  id = \"audit\"");
}

/// Made without NSX, where nothing says whose it is; then two owners import it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_has_marked_is_the_first_owners_that_applies_after_an_import() {
    let mut world = World::new(&quick()).await;
    let nsx = world.provider()["nsx"].take();
    world.restart().await;
    world.apply(BANK, &with_nsx()).await.nothing();
    world.apply(AUDIT, &audit(&json!({ "mode": "none" }))).await.nothing();
    world.provider()["nsx"] = nsx;
    let mut second = world.sibling().await;
    second.restart_as("others").await;
    let closed = audit(&json!({ "mode": "baseline" }));
    // A refresh sees a Supervisor's mark; that of a namespace is looked for when it is to be written.
    let all = [
        (BANK, "domain-c8", with_nsx(), "carries the owner `tests` by now"),
        (AUDIT, "audit", closed, "says that a state of owner `tests` has it"),
    ];
    for (address, id, ..) in &all {
        world.forget(address);
        world.restart().await;
        world.import(address, id).await.nothing();
        second.import(address, id).await.nothing();
    }
    for (address, _, config, why) in &all {
        assert_eq!(world.apply(address, config).await.errors, [""; 0], "{address}");
        let before = inventory(&world);
        second.apply(address, config).await.error(why);
        assert_eq!(inventory(&world), before, "{address}");
        world.refresh(address).await;
        assert_eq!(world.plan(address, config).await.action, Action::Nothing, "{address}");
    }
    let before = inventory(&world);
    second.delete(AUDIT).await.warning("left alone");
    assert_eq!(inventory(&world), before);
    assert!(!marks(&world, "tf-owner").contains(&"others".to_owned()));
}
