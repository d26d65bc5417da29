//! `supervisor_cluster` from its first plan to the proof that it is gone.

use std::time::Duration;

use lab::{Effect, Fault, FaultKind, Half, Settings};
use serde_json::{Value as Json, json};

use crate::{
    bank::inventory,
    driver::{Action, UNKNOWN, World, quick, still},
};

pub(crate) const BANK: &str = "supervisor_cluster.bank";
const GOLD: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01";

/// A Supervisor whose networks NCP makes.
pub(crate) fn with_nsx() -> Json {
    json!({
        "cluster": "domain-c8",
        "management_network": {
            "network": "dvportgroup-23",
            "starting_address": "10.10.0.50",
            "subnet_mask": "255.255.255.0",
            "gateway": "10.10.0.1",
            "dns_servers": ["10.10.0.2"],
            "ntp_servers": ["10.10.0.4"],
        },
        "workload_network": { "nsx": {
            "distributed_switch": "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13",
            "edge_cluster": "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44",
            "tier0_gateway": "/infra/tier-0s/tier0-a",
            "pod_cidrs": ["10.244.0.0/20"],
            "ingress_cidrs": ["192.168.20.64/27"],
            "egress_cidrs": ["192.168.30.64/27"],
        }},
        "service_cidr": "10.96.0.0/22",
        "storage_policy": GOLD,
        "deletion_protection": false,
    })
}

/// A Supervisor on port groups, with an `HAProxy` in front.
pub(crate) fn with_port_groups() -> Json {
    json!({
        "cluster": "domain-c58",
        "management_network": {
            "network": "dvportgroup-40",
            "starting_address": "10.10.0.50",
            "subnet_mask": "255.255.255.0",
            "gateway": "10.10.0.1",
            "dns_servers": ["10.10.0.2"],
            "ntp_servers": ["10.10.0.4"],
        },
        "workload_network": { "vsphere": {
            "port_group": "dvportgroup-41",
            "gateway": "10.32.0.1",
            "subnet_mask": "255.255.255.0",
            "address_ranges": ["10.32.0.10-10.32.0.200"],
        }},
        "load_balancer": {
            "address_ranges": ["10.32.1.10-10.32.1.200"],
            "haproxy": {
                "servers": ["10.10.0.20:5556"],
                "username": "supervisor",
                "password_wo": "canary-of-a-password",
                "password_wo_version": 1,
                "certificate_authority": include_str!(
                    "../../../examples/scenarios/vds-networking/haproxy-ca.pem"
                ),
            },
        },
        "service_cidr": "10.96.0.0/22",
        "storage_policy": GOLD,
        "deletion_protection": false,
    })
}

fn on_vcenter(version: &str) -> Settings {
    Settings { vcenter_version: version.to_owned(), ..quick() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_on_nsx_is_made_found_unchanged_imported_and_taken_down() {
    let mut world = World::new(&quick()).await;
    let planned = world.plan(BANK, &with_nsx()).await;
    planned.told.nothing();
    assert_eq!(planned.json()["id"], "domain-c8");
    assert_eq!(planned.json()["name"], "compute-1");
    assert_eq!(planned.json()["config_status"], UNKNOWN);

    world.apply(BANK, &with_nsx()).await.nothing();
    let state = world.state(BANK);
    assert_eq!(state["config_status"], "RUNNING");
    assert_eq!(state["kubernetes_status"], "READY");
    assert_eq!(state["messages"], json!([]));
    assert_eq!(state["management_endpoint"], "10.10.0.50");
    assert_eq!(state["api_server_endpoint"], "192.168.20.65");
    assert!(state["ncp_cluster"].as_str().unwrap().starts_with("domain-c8:"), "{state}");
    assert_eq!(state["owner"], "tests");
    assert!(!state["supervisor_id"].is_null());
    world.refresh(BANK).await.nothing();
    assert_eq!(world.state(BANK), state);
    let again = world.plan(BANK, &with_nsx()).await;
    again.told.nothing();
    assert_eq!(again.action, Action::Nothing);

    for id in ["domain-c8", "compute-1", state["supervisor_id"].as_str().unwrap()] {
        world.forget(BANK);
        world.import(BANK, id).await.nothing();
        // Whether it may be destroyed is known to its configuration alone.
        let mut imported = world.state(BANK);
        imported["deletion_protection"] = false.into();
        assert_eq!(imported, state, "imported as {id}");
    }
    world.apply(BANK, &with_nsx()).await.nothing();

    world.destroy(BANK).await.nothing();
    assert_eq!(world.state(BANK), Json::Null);
    world.import(BANK, "domain-c8").await.error("there is none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_on_port_groups_is_made_found_unchanged_and_taken_down() {
    for settings in [quick(), on_vcenter("7.0.3.01000")] {
        let mut world = World::with(&settings, &["vcenter"]).await;
        world.apply(BANK, &with_port_groups()).await.nothing();
        let state = world.state(BANK);
        assert_eq!(state["config_status"], "RUNNING");
        assert_eq!(state["ncp_cluster"], Json::Null);
        assert!(!state.to_string().contains("canary"), "{state}");
        world.refresh(BANK).await.nothing();
        assert_eq!(world.state(BANK), state);
        assert_eq!(world.plan(BANK, &with_port_groups()).await.action, Action::Nothing);
        world.destroy(BANK).await.nothing();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_older_generation_is_asked_where_there_is_no_other() {
    let mut world = World::new(&on_vcenter("7.0.3.01000")).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let state = world.state(BANK);
    assert_eq!((&state["name"], &state["supervisor_id"]), (&json!("compute-1"), &Json::Null));
    assert_eq!(world.plan(BANK, &with_nsx()).await.action, Action::Nothing);
    let journal = world.lab.journal().unwrap();
    assert!(journal.iter().any(|it| it.query == "action=enable"), "{journal:#?}");
    world.destroy(BANK).await.nothing();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_change_is_changed_in_place() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let mut wanted = with_nsx();
    wanted["size"] = "MEDIUM".into();
    wanted["management_network"]["dns_servers"] = json!(["10.10.0.2", "10.10.0.3"]);
    wanted["workload_network"]["ntp_servers"] = json!(["time.example.com"]);
    wanted["workload_network"]["nsx"]["pod_cidrs"] = json!(["10.244.0.0/20", "10.245.0.0/20"]);
    wanted["workload_network"]["nsx"]["egress_cidrs"] =
        json!(["192.168.30.64/27", "192.168.31.64/27"]);
    wanted["content_library"] = "6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f01".into();
    wanted["image_storage_policy"] = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a02".into();
    assert_eq!(world.plan(BANK, &wanted).await.action, Action::Update);
    world.apply(BANK, &wanted).await.nothing();
    let state = world.state(BANK);
    world.refresh(BANK).await.nothing();
    assert_eq!(world.state(BANK), state);
    assert_eq!(world.plan(BANK, &wanted).await.action, Action::Nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_change_is_refused_at_plan() {
    let mut world = World::new(&quick()).await;
    let mut wanted = with_nsx();
    wanted["deletion_protection"] = true.into();
    world.apply(BANK, &wanted).await.nothing();
    world.destroy(BANK).await.error("apply `deletion_protection = false` first");
    world.delete(BANK).await.error("the Supervisor is protected");

    let mut other = wanted.clone();
    other["service_cidr"] = "10.98.0.0/22".into();
    let told = world.plan(BANK, &other).await.told;
    told.error("a change of `service_cidr` forces replacement");
    let mut other = wanted.clone();
    other["workload_network"]["nsx"]["pod_cidrs"] = json!(["10.245.0.0/20"]);
    let told = world.plan(BANK, &other).await.told;
    told.error("`workload_network.nsx.pod_cidrs` is append only: 10.244.0.0/20 is in use");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_is_not_compatible_is_an_error_with_every_reason() {
    let mut world = World::new(&quick()).await;
    for (cluster, reason) in [
        ("domain-c46", "Cluster domain-c46 does not have HA enabled"),
        ("domain-c52", "Cluster domain-c52 must have DRS enabled"),
        ("domain-c99", "vCenter has no cluster `domain-c99`"),
    ] {
        let mut config = with_nsx();
        config["cluster"] = cluster.into();
        world.plan(BANK, &config).await.told.error(reason);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_without_an_image_is_refused_when_it_is_given_and_when_it_is_changed() {
    const EMPTY: &str = "6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f03";
    const SUBSCRIBED: &str = "6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f01";
    let mut world = World::new(&quick()).await;
    let with_library = |id: &str| {
        let mut config = with_nsx();
        config["content_library"] = id.into();
        config
    };
    let refused = async |world: &mut World| {
        let told = world.plan(BANK, &with_library(EMPTY)).await.told;
        told.error("[content_library]: no compatible image: content library `duplicate`");
        let told = world.plan(BANK, &with_library("gone")).await.told;
        told.error("[content_library]: vCenter has no content library `gone`");
    };
    refused(&mut world).await;
    world.apply(BANK, &with_library(SUBSCRIBED)).await.nothing();
    refused(&mut world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_of_somebody_else_is_never_taken_over() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    world.forget(BANK);
    world.restart_as("somebody-else").await;
    let told = world.apply(BANK, &with_nsx()).await;
    told.error("terraform import supervisor_cluster.<name> domain-c8");
    assert_eq!(world.state(BANK), Json::Null);

    // Where nothing can be marked, only apply can know.
    let mut unmarked = World::with(&quick(), &["vcenter"]).await;
    unmarked.apply(BANK, &with_port_groups()).await.nothing();
    let mut other = with_port_groups();
    other["service_cidr"] = "10.98.0.0/22".into();
    unmarked.apply(BANK, &other).await.nothing();
    assert_eq!(unmarked.state(BANK)["service_cidr"], "10.98.0.0/22");
    unmarked.forget(BANK);
    unmarked.plan(BANK, &other).await.told.warning("there is a Supervisor already");
    let told = unmarked.apply(BANK, &other).await;
    told.error("terraform import supervisor_cluster.<name> domain-c58");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_that_was_cut_off_is_adopted_and_asked_for_once() {
    let mut world = World::new(&quick()).await;
    world.apply_and_die(BANK, &with_nsx()).await.nothing();
    let told = world.apply(BANK, &with_nsx()).await;
    told.warning("goes on with what a run left behind");
    assert_eq!(world.state(BANK)["config_status"], "RUNNING");
    assert_eq!(enables(&world), 1);
    world.destroy(BANK).await.nothing();
}

/// How often a Supervisor was asked for and granted.
pub(crate) fn enables(world: &World) -> usize {
    let journal = world.lab.journal().unwrap();
    let is_enable = |query: &str| query.contains("action=enable");
    journal.iter().filter(|it| is_enable(&it.query) && it.effect == Effect::Wrote).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enable_whose_answer_is_lost_is_looked_for_and_not_repeated() {
    for kind in [FaultKind::ResetAfter, FaultKind::Truncate, FaultKind::ResetBefore] {
        let mut world = World::new(&quick()).await;
        let fault = Fault {
            half: Some(Half::Vcenter),
            ..Fault::new(kind.clone()).on("POST", "*/supervisors/domain-c8")
        };
        world.lab.store().inject(&[fault]).unwrap();
        world.apply(BANK, &with_nsx()).await.nothing();
        assert_eq!(world.state(BANK)["config_status"], "RUNNING", "{kind:?}");
        world.destroy(BANK).await.nothing();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_enable_leaves_nothing_behind() {
    let mut world = World::new(&quick()).await;
    let refusal = json!({ "error_type": "UNABLE_TO_ALLOCATE_RESOURCE", "messages": [
        { "id": "no.licence", "default_message": "No licence for {0}", "args": ["domain-c8"] }
    ]});
    let answer =
        lab::FaultAnswer { status: 400, headers: Vec::new(), body: lab::FaultBody::Json(refusal) };
    let fault = Fault::new(FaultKind::Answer(answer)).on("POST", "*/supervisors/domain-c8");
    world.lab.store().inject(&[fault]).unwrap();
    world.apply(BANK, &with_nsx()).await.error("No licence for domain-c8");
    assert_eq!(world.state(BANK), Json::Null);
    let journal = world.lab.journal().unwrap();
    let is_mark = |it: &&lab::JournalEntry| it.path.contains("/domains/default/groups/");
    let marks: Vec<&str> = journal
        .iter()
        .filter(is_mark)
        .map(|it| it.method.as_str())
        .filter(|it| *it != "GET")
        .collect();
    assert_eq!(marks, ["PUT", "DELETE"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_wait_keeps_the_supervisor_and_the_next_apply_goes_on() {
    let mut world = World::new(&still()).await;
    let store = world.lab.store().clone();
    let interrupt = async |server| {
        let asked = async {
            while enabled(&store) == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), asked).await.unwrap();
        World::interrupt(&server).await;
    };
    let told = world.apply_while(BANK, &with_nsx(), interrupt).await;
    told.warning("the next apply goes on");
    assert!(!world.is_tainted(BANK));
    assert_eq!(world.state(BANK)["config_status"], "CONFIGURING");

    let planned = world.plan(BANK, &with_nsx()).await;
    assert_eq!(planned.action, Action::Update);
    assert_eq!(planned.json()["config_status"], UNKNOWN);
    let store = world.lab.store().clone();
    store.advance(Duration::from_hours(2)).unwrap();
    world.apply(BANK, &with_nsx()).await.nothing();
    assert_eq!(world.state(BANK)["config_status"], "RUNNING");
    assert_eq!(enables(&world), 1);
}

pub(crate) fn enabled(store: &lab::Store) -> usize {
    let journal = store.journal().unwrap();
    journal
        .iter()
        .filter(|it| it.query.contains("action=enable") && it.effect == Effect::Wrote)
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_that_takes_too_long_ends_in_a_warning_or_in_an_error_as_was_asked() {
    for (on_timeout, is_tainted) in [("warn", false), ("error", true)] {
        let mut world = World::new(&still()).await;
        let mut config = with_nsx();
        config["on_timeout"] = on_timeout.into();
        config["timeouts"] = json!({ "create": "2s" });
        let told = world.apply(BANK, &config).await;
        assert_eq!(told.errors.len(), usize::from(is_tainted), "{told:#?}");
        if is_tainted {
            told.error("`terraform untaint` keeps it");
        } else {
            told.warning("the next apply goes on");
        }
        assert_eq!(world.is_tainted(BANK), is_tainted);
        assert_eq!(world.state(BANK)["config_status"], "CONFIGURING");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_that_somebody_took_down_is_made_anew() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let mut other = world.sibling().await;
    other.import(BANK, "domain-c8").await.nothing();
    let mut config = with_nsx();
    config["deletion_protection"] = false.into();
    other.apply(BANK, &config).await.nothing();
    other.destroy(BANK).await.nothing();
    world.refresh(BANK).await.nothing();
    assert_eq!(world.state(BANK), Json::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_that_is_gone_stays_in_the_state_until_its_mark_is() {
    let mut world = World::new(&quick()).await;
    let before = inventory(&world);
    world.apply(BANK, &with_nsx()).await.nothing();
    for makes_it_again in [true, false] {
        let fault = Fault::status(403).on("DELETE", "*/domains/default/groups/*");
        world.lab.store().inject(&[fault]).unwrap();
        assert_eq!(world.destroy(BANK).await.errors.len(), 1);
        world.refresh(BANK).await.nothing();
        assert_eq!(world.state(BANK)["config_status"], "MISSING");
        let planned = world.plan(BANK, &with_nsx()).await;
        assert_eq!(planned.action, Action::Update);
        assert_eq!(planned.json()["supervisor_id"], UNKNOWN);
        if makes_it_again {
            world.apply(BANK, &with_nsx()).await.nothing();
            assert_eq!(world.state(BANK)["config_status"], "RUNNING");
            assert_eq!(world.plan(BANK, &with_nsx()).await.action, Action::Nothing);
        }
    }
    world.destroy(BANK).await.nothing();
    assert_eq!(inventory(&world), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_on_zones_is_addressed_by_one_of_their_clusters() {
    let mut world = World::new(&quick()).await;
    let mut config = with_nsx();
    config.as_object_mut().unwrap().remove("cluster");
    config["zones"] = json!(["zone-1"]);
    config["name"] = "bank".into();
    world.apply(BANK, &config).await.nothing();
    let state = world.state(BANK);
    assert_eq!((&state["cluster"], &state["name"]), (&json!("domain-c8"), &json!("bank")));
    assert_eq!(state["id"], state["supervisor_id"]);
    assert_eq!(world.plan(BANK, &config).await.action, Action::Nothing);
    let written = world.written(BANK).await;
    assert_eq!((&written["cluster"], &written["zones"]), (&Json::Null, &json!(["zone-1"])));
    assert_eq!(world.plan(BANK, &written).await.action, Action::Nothing, "{written:#}");
    world.destroy(BANK).await.nothing();
}

/// What vCenter answers about a Supervisor in that state.
fn answer(status: &str) -> FaultKind {
    let body = json!({
        "config_status": status,
        "kubernetes_status": "ERROR",
        "messages": [{ "severity": "ERROR", "details": {
            "id": "vcenter.wcp.master.guest.systemerror",
            "default_message": "System error occurred on control plane node {0}.",
            "args": ["4f2a"],
        }}],
        "kubernetes_status_messages": [{ "severity": "WARNING", "details": {
            "id": "vcenter.wcp.netoperator.deployment.unavailable",
            "default_message": "Infrastructure Deployment identifier {1} is not fully available.",
            "args": ["kube-system"],
        }}],
        "service_cidr": { "address": "10.96.0.0", "prefix": 22 },
        "network_provider": "NSXT_CONTAINER_PLUGIN",
    });
    let body = lab::FaultBody::Json(body);
    FaultKind::Answer(lab::FaultAnswer { status: 200, headers: Vec::new(), body })
}

fn on_looks(kind: FaultKind) -> Fault {
    Fault::new(kind).on("GET", "/api/vcenter/namespace-management/clusters/domain-c8")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_that_heals_is_borne_without_a_word() {
    let mut world = World::new(&quick()).await;
    // The plan looks twice and the create once before the wait begins.
    let fault = on_looks(answer("ERROR")).after(3).times(5);
    world.lab.store().inject(&[fault]).unwrap();
    world.apply(BANK, &with_nsx()).await.nothing();
    assert_eq!(world.state(BANK)["config_status"], "RUNNING");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_that_stays_is_kept_with_every_message_and_taken_up_again() {
    let mut world = World::new(&quick()).await;
    let fault = on_looks(answer("ERROR")).after(3).times(1_000);
    world.lab.store().inject(&[fault]).unwrap();
    let told = world.apply(BANK, &with_nsx()).await;
    told.warning("System error occurred on control plane node 4f2a.");
    told.warning("Infrastructure Deployment identifier kube-system is not fully available.");
    assert!(!world.is_tainted(BANK));
    assert_eq!(world.state(BANK)["config_status"], "ERROR");

    world.lab.store().clear_faults().unwrap();
    let planned = world.plan(BANK, &with_nsx()).await;
    assert_eq!(
        (planned.action, &planned.json()["config_status"]),
        (Action::Update, &json!(UNKNOWN))
    );
    world.apply(BANK, &with_nsx()).await.nothing();
    assert_eq!(world.state(BANK)["config_status"], "RUNNING");
    assert_eq!(enables(&world), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_vcenters_own_word_for_it_is_taken_as_gone() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let state = world.state(BANK);
    let html = |status| {
        let body = lab::FaultBody::Html;
        FaultKind::Answer(lab::FaultAnswer { status, headers: Vec::new(), body })
    };
    for kind in [html(404), html(200), Fault::status(404).kind, Fault::status(403).kind] {
        world.lab.store().inject(&[on_looks(kind.clone()).times(100)]).unwrap();
        let told = world.refresh(BANK).await;
        assert_eq!(told.errors.len(), 1, "{kind:?}: {told:#?}");
        assert_eq!(world.state(BANK), state, "{kind:?}");
        world.lab.store().clear_faults().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_fails_while_it_is_taken_down_is_no_proof() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let fault = on_looks(Fault::status(500).kind).after(2).times(3);
    world.lab.store().inject(&[fault]).unwrap();
    world.destroy(BANK).await.nothing();
    let journal = world.lab.journal().unwrap();
    let disables = journal.iter().filter(|it| it.query == "action=disable").count();
    assert_eq!(disables, 1);
    let last = journal.iter().rfind(|it| it.path.ends_with("/clusters/domain-c8")).unwrap();
    assert!(last.status >= 400, "{last:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_goes_to_vcenter_when_its_version_changes_and_nowhere_else() {
    let mut world = World::with(&quick(), &["vcenter"]).await;
    world.apply(BANK, &with_port_groups()).await.nothing();
    let mut config = with_port_groups();
    config["load_balancer"]["haproxy"]["password_wo"] = "another-canary".into();
    assert_eq!(world.plan(BANK, &config).await.action, Action::Nothing);
    config["load_balancer"]["haproxy"]["password_wo_version"] = 2.into();
    config["load_balancer"]["address_ranges"] =
        json!(["10.32.1.10-10.32.1.200", "10.32.2.10-10.32.2.20"]);
    let planned = world.plan(BANK, &config).await;
    assert_eq!(planned.action, Action::Update);
    assert!(!planned.json().to_string().contains("canary"));
    world.apply(BANK, &config).await.nothing();
    let patched = |world: &World| {
        let journal = world.lab.journal().unwrap();
        journal
            .iter()
            .filter(|it| it.method == "PATCH" && it.path.ends_with("/load-balancers/lb"))
            .count()
    };
    assert_eq!(patched(&world), 1);
    assert!(!world.state(BANK).to_string().contains("canary"));
    assert_eq!(world.plan(BANK, &config).await.action, Action::Nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_of_another_supervisor_are_refused_at_plan() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let mut second = with_nsx();
    second["cluster"] = "domain-c34".into();
    second["management_network"]["starting_address"] = "10.10.0.60".into();
    second["workload_network"]["nsx"]["pod_cidrs"] = json!(["10.244.8.0/21"]);
    second["workload_network"]["nsx"]["ingress_cidrs"] = json!(["192.168.20.96/27"]);
    second["workload_network"]["nsx"]["egress_cidrs"] = json!(["192.168.30.96/27"]);
    let planned = world.plan("supervisor_cluster.second", &second).await;
    planned.told.error("pod_cidrs[0] overlaps pod_cidrs of Supervisor compute-1 10.244.0.0/20");
    second["workload_network"]["nsx"]["pod_cidrs"] = json!(["10.246.0.0/20"]);
    world.apply("supervisor_cluster.second", &second).await.nothing();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_that_was_imported_from_others_gets_our_mark_at_the_next_apply() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    world.forget(BANK);
    world.restart_as("second").await;
    world.import(BANK, "compute-1").await.warning("carries the owner `tests`");
    assert_eq!(world.state(BANK)["owner"], "tests");
    let planned = world.plan(BANK, &with_nsx()).await;
    assert_eq!((planned.action, &planned.json()["owner"]), (Action::Update, &json!("second")));
    assert_eq!(planned.json()["config_status"], "RUNNING");
    world.apply(BANK, &with_nsx()).await.nothing();
    world.refresh(BANK).await.nothing();
    assert_eq!(world.state(BANK)["owner"], "second");
}
