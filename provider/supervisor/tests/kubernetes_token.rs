//! Who is logged in to a Supervisor's Kubernetes, or to a cluster in one of its namespaces.

use std::sync::{Arc, Mutex};

use api_client::{Broken, Transport};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use lab::{Fault, FaultAnswer, FaultBody, FaultKind, Half, Lab, Options, Store};
use serde_json::{Value as Json, json};
use terraform_provider_supervisor::{Supervisor, environment::Environment};

use crate::{
    campaign::line::{from_lab, to_lab},
    driver::{UNKNOWN, World, quick},
    supervisor::{BANK, with_nsx},
};

const TYPE: &str = "supervisor_kubernetes_token";

/// A Supervisor, and the address at which the lab has its control plane: none that its vCenter lists.
async fn unnamed() -> (World, String) {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let url = world.lab.control_plane().as_str();
    let endpoint = url.trim_start_matches("https://").trim_end_matches('/').to_owned();
    (world, endpoint)
}

/// The same with that address in the provider block.
async fn world() -> (World, String) {
    let (mut world, endpoint) = unnamed().await;
    world.provider()["control_plane_hosts"] = json!(["sup.example.com", endpoint]);
    world.restart().await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_goes_to_a_host_that_only_a_module_names() {
    let (mut world, endpoint) = unnamed().await;
    let address = world.state(BANK)["api_server_endpoint"].as_str().unwrap().to_owned();
    let config = json!({ "endpoint": endpoint });
    let opened = world.open(TYPE, &config).await;
    for text in [
        &format!("`{endpoint}` is no control plane of a Supervisor"),
        &format!("vCenter lists `{address}`"),
        "`control_plane_hosts` of the provider block",
        "[endpoint]",
    ] {
        opened.told.error(text);
    }
    assert_eq!(opened.result, Json::Null);
    // The host without the port is another program's.
    world.provider()["control_plane_hosts"] = json!(["127.0.0.1"]);
    world.restart().await;
    world.open(TYPE, &config).await.told.error("[endpoint]");
    world.provider()["control_plane_hosts"] = UNKNOWN.into();
    world.restart().await;
    let why = "`control_plane_hosts` in the provider block is only known after apply";
    world.open(TYPE, &config).await.told.error(why);
    assert_eq!(asked(&world), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_answer_of_vcenter_nobody_is_given_a_password() {
    let (world, endpoint) = unnamed().await;
    for path in ["", "/domain-c8"] {
        let refusal = json!({ "error_type": "UNAUTHORIZED", "messages": [] });
        let body = FaultBody::Json(refusal);
        let answer = FaultAnswer { status: 403, headers: Vec::new(), body };
        let path = format!("/api/vcenter/namespace-management/clusters{path}");
        let fault = Fault::new(FaultKind::Answer(answer)).on("GET", &path);
        world.lab.store().inject(&[fault]).unwrap();
        let opened = world.open(TYPE, &json!({ "endpoint": endpoint })).await;
        opened.told.error("vCenter could not be asked");
        opened.told.error("`control_plane_hosts` of the provider block");
        opened.told.error("[endpoint]");
    }
    assert_eq!(asked(&world), []);
}

/// A line that leads every host to a lab, and remembers which ones were sent something.
struct Line {
    store: Store,
    hosts: Mutex<Vec<String>>,
}

impl Line {
    /// The hosts but vCenter and NSX, since the last time that somebody asked.
    fn others(&self) -> Vec<String> {
        let hosts = std::mem::take(&mut *self.hosts.lock().unwrap());
        hosts.into_iter().filter(|it| it != "vcenter.lab" && it != "nsx.lab").collect()
    }
}

impl Transport for Line {
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, Broken>> {
        let host = request.uri().authority().unwrap().to_string();
        let half = match host.as_str() {
            "vcenter.lab" => Half::Vcenter,
            "nsx.lab" => Half::Nsx,
            _ => Half::ControlPlane,
        };
        self.hosts.lock().unwrap().push(host);
        let response = self.store.ask(half, &to_lab(&request)).unwrap();
        Box::pin(async move { Ok(from_lab(response)) })
    }
}

/// A world whose servers are all at the end of such a line, with a Supervisor.
async fn on_a_line() -> (World, Arc<Line>) {
    let store = Store::in_memory(&quick()).unwrap();
    let lab = Lab::start(store.clone(), Options::default()).await.unwrap();
    let block = |host: &str, user: &str| json!({ "server": host, "username": user, "password": lab.password() });
    let provider = json!({
        "owner": "tests", "poll_interval": "5ms",
        "vcenter": block("vcenter.lab", lab.username()),
        "nsx": block("nsx.lab", lab.nsx_username()),
    });
    let line = Arc::new(Line { store, hosts: Mutex::default() });
    let carrier: Arc<dyn Transport> = Arc::clone(&line) as _;
    let start = move || Supervisor::new(Environment::default()).over(Arc::clone(&carrier));
    let mut world = World::over(lab, provider, start).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    (world, line)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_vcenter_lists_is_logged_in_to_and_nothing_else_hears_of_it() {
    let (world, line) = on_a_line().await;
    let state = world.state(BANK);
    let address = |name: &str| state[name].as_str().unwrap().to_owned();
    let (users, admins) = (address("api_server_endpoint"), address("management_endpoint"));
    let cluster = json!({ "cluster": "domain-c8" });
    for (config, host) in [
        (json!({ "endpoint": users }), &users),
        (json!({ "endpoint": format!("{users}:443") }), &users),
        (json!({ "endpoint": format!("https://{users}/") }), &users),
        (json!({ "endpoint": admins }), &admins),
        (cluster, &users),
    ] {
        world.open(TYPE, &config).await.told.nothing();
        assert_eq!(line.others(), [host.to_owned()], "{config}");
    }
    for endpoint in [
        "evil.example.com".to_owned(),
        format!("{users}:6443"),
        format!("{users}.example.com"),
        "10.10.0.51".to_owned(),
        "vcenter.lab".to_owned(),
    ] {
        world.open(TYPE, &json!({ "endpoint": endpoint })).await.told.error("[endpoint]");
        assert_eq!(line.others(), [] as [String; 0], "{endpoint}");
    }
}
