//! An import of a `supervisor_cluster`: the plan after it is empty, however the same is written.

use serde_json::{Value as Json, json};

use crate::{
    driver::{Action, Planned, World, quick},
    supervisor::{BANK, with_nsx, with_port_groups},
};

const GOLD: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01";
const SILVER: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a02";

/// As most people have it: protected, which an import takes for granted.
fn protected(mut config: Json) -> Json {
    config.as_object_mut().unwrap().remove("deletion_protection");
    config
}

/// `config` with other values at those places; null takes away.
fn rewritten(config: &Json, changes: &Json) -> Json {
    let mut config = config.clone();
    for (path, value) in changes.as_object().unwrap() {
        let (parent, name) = path.rsplit_once('/').unwrap();
        config.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    config
}

async fn imported_and_planned(world: &mut World, id: &str, config: &Json) -> Planned {
    world.forget(BANK);
    world.import(BANK, id).await.nothing();
    world.plan(BANK, config).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_after_an_import_is_empty_however_the_same_is_written() {
    let config = protected(with_nsx());
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &config).await.nothing();
    for same in [
        json!({}),
        json!({ "/workload_network/dns_servers": ["10.10.0.2"] }),
        json!({ "/workload_network/ntp_servers": ["10.10.0.4"] }),
        json!({ "/management_network/dns_search_domains": [] }),
        json!({ "/management_network/floating_ip": "10.10.0.50" }),
        json!({ "/control_plane_storage_policy": GOLD }),
        json!({ "/image_storage_policy": GOLD, "/ephemeral_storage_policy": GOLD }),
        json!({ "/storage_policy": null, "/control_plane_storage_policy": GOLD,
                "/ephemeral_storage_policy": GOLD, "/image_storage_policy": GOLD }),
        json!({ "/workload_network/nsx/distributed_switch":
                "501C8B2E-740D-4F3A-9D51-7E06C2B8A413" }),
    ] {
        let config = rewritten(&config, &same);
        let planned = imported_and_planned(&mut world, "domain-c8", &config).await;
        planned.told.nothing();
        assert_eq!(planned.action, Action::Nothing, "{same}: {:#}", planned.json());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_and_servers_of_their_own_are_imported_in_both_ways_of_writing() {
    let policies = json!({ "/image_storage_policy": SILVER });
    let config = protected(rewritten(&with_nsx(), &policies));
    let config = rewritten(&config, &json!({ "/workload_network/dns_servers": ["10.10.0.3"] }));
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &config).await.nothing();
    for same in [
        json!({}),
        json!({ "/control_plane_storage_policy": GOLD }),
        json!({ "/storage_policy": null, "/control_plane_storage_policy": GOLD,
                "/ephemeral_storage_policy": GOLD }),
    ] {
        let config = rewritten(&config, &same);
        let planned = imported_and_planned(&mut world, "compute-1", &config).await;
        planned.told.nothing();
        assert_eq!(planned.action, Action::Nothing, "{same}: {:#}", planned.json());
    }
    // What is not written any more is the common one again.
    let mut config = config;
    for gone in ["/image_storage_policy", "/workload_network/dns_servers"] {
        config = rewritten(&config, &json!({ gone: null }));
        assert_eq!(world.plan(BANK, &config).await.action, Action::Update, "{gone}");
        world.apply(BANK, &config).await.nothing();
        world.refresh(BANK).await.nothing();
        assert_eq!(world.plan(BANK, &config).await.action, Action::Nothing, "{gone}");
    }
    let state = world.state(BANK);
    assert_eq!(state["image_storage_policy"], GOLD);
    assert_eq!(state["workload_network"]["dns_servers"], json!(["10.10.0.2"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_the_same_with_other_line_ends_and_remarks() {
    let config = protected(with_port_groups());
    let authority = "/load_balancer/haproxy/certificate_authority";
    let pem = config.pointer(authority).unwrap().as_str().unwrap().to_owned();
    let mut world = World::with(&quick(), &["vcenter"]).await;
    world.apply(BANK, &config).await.nothing();
    for same in [pem.clone(), pem.replace('\n', "\r\n"), format!("# of the lab\n{pem}\n")] {
        // That password 1 is the one which vCenter has is known to nobody.
        let same = json!({ authority: same, "/load_balancer/haproxy/password_wo_version": null });
        let config = rewritten(&config, &same);
        let planned = imported_and_planned(&mut world, "domain-c58", &config).await;
        planned.told.nothing();
        assert_eq!(planned.action, Action::Nothing, "{:#}", planned.json());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_configuration_knows_is_a_change_that_reaches_no_server() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let more = json!({ "/on_timeout": "error", "/timeouts": { "create": "3h" } });
    let config = rewritten(&with_nsx(), &more);
    let planned = imported_and_planned(&mut world, "domain-c8", &config).await;
    assert_eq!(planned.action, Action::Update);
    assert_eq!(planned.json()["config_status"], "RUNNING");
    let writes = |world: &World| {
        let journal = world.lab.journal().unwrap();
        journal.iter().filter(|it| it.effect == lab::Effect::Wrote).count()
    };
    let before = writes(&world);
    world.apply(BANK, &config).await.nothing();
    assert_eq!(writes(&world), before);
    assert_eq!(world.plan(BANK, &config).await.action, Action::Nothing);
}
