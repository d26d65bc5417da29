//! Who is logged in to a Supervisor's Kubernetes, or to a cluster in one of its namespaces.

use serde_json::{Value as Json, json};

use crate::{
    driver::{World, quick},
    supervisor::{BANK, with_nsx},
};

const TYPE: &str = "supervisor_kubernetes_token";

/// A Supervisor, and the address at which the lab has its control plane.
async fn world() -> (World, String) {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let url = world.lab.control_plane().as_str();
    let endpoint = url.trim_start_matches("https://").trim_end_matches('/').to_owned();
    (world, endpoint)
}

/// Requests to control planes: path and status.
fn asked(world: &World) -> Vec<(String, u16)> {
    let journal = world.lab.journal().unwrap();
    let asked = journal.into_iter().filter(|it| it.half == lab::Half::ControlPlane);
    asked.map(|it| (it.path, it.status)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_comes_with_what_a_provider_of_kubernetes_needs() {
    let (world, endpoint) = world().await;
    let opened = world.open(TYPE, &json!({ "endpoint": endpoint })).await;
    opened.told.nothing();
    let Json::String(token) = &opened.result["token"] else { panic!("{}", opened.result) };
    assert_eq!(token.split('.').count(), 3);
    assert_eq!(opened.result["host"], "https://127.0.0.1:6443");
    assert_eq!(opened.result["user"], "administrator@vsphere.local");
    assert!(opened.result["expires_at"].as_str().unwrap().ends_with('Z'));
    // The control plane is trusted for the same reason as vCenter.
    let authority = opened.result["cluster_ca_certificate"].as_str().unwrap();
    assert_eq!(authority.trim(), world.lab.ca_pem().trim());
    // A token lives until it expires: there is nothing to renew, and nothing to end.
    assert!(!opened.is_renewed);
    world.close(TYPE, &opened).await.nothing();
    assert_eq!(asked(&world), [("/wcp/login".to_owned(), 200)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_in_a_namespace_has_an_address_and_an_authority_of_its_own() {
    let (mut world, endpoint) = world().await;
    let namespace = json!({
        "name": "web", "cluster": "domain-c8", "isolation": { "mode": "observe" },
        "deletion_protection": false,
    });
    world.apply("supervisor_vsphere_namespace.web", &namespace).await.nothing();
    world.lab.store().add_guest("web", "shop").unwrap();
    let config = |name: &str| json!({ "endpoint": endpoint, "kubernetes_cluster": { "name": name, "namespace": "web" } });
    let opened = world.open(TYPE, &config("shop")).await;
    opened.told.nothing();
    assert_eq!(opened.result["host"], "https://203.0.113.2:6443");
    let authority = opened.result["cluster_ca_certificate"].as_str().unwrap();
    assert!(authority.starts_with("-----BEGIN CERTIFICATE-----"), "{authority}");

    let none = world.open(TYPE, &config("till")).await;
    none.told.error("for cluster `till` in `web`");
    none.told.error("[kubernetes_cluster]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_goes_to_a_control_plane_that_is_not_verified() {
    let (world, endpoint) = world().await;
    let pin = json!({ "endpoint": endpoint, "thumbprint_sha256": "0".repeat(64) });
    let opened = world.open(TYPE, &pin).await;
    opened.told.error("the Supervisor is not verified");
    opened.told.error("nothing was sent to it");
    assert_eq!(asked(&world), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_supervisor_there_is_nobody_to_log_in_to() {
    let world = World::new(&quick()).await;
    let opened = world.open(TYPE, &json!({ "cluster": "domain-c8" })).await;
    opened.told.error("cluster `domain-c8` has no Supervisor");
    assert_eq!(asked(&world), []);
}
