//! The requests that the vendor's own client makes, made by ours.

use serde_json::Value;
use vcenter::access::{Grant, Role};
use vcenter::namespaces::Settings;

use crate::samples;
use crate::server::{Reply, Seen, Server};

async fn server() -> Server {
    Server::start(|seen| match seen.query().as_slice() {
        [("action", "enable_on_compute_cluster")] => Reply::json(200, &"supervisor-id".into()),
        _ => Reply::empty(),
    })
    .await
}

#[track_caller]
fn check(seen: &Seen, golden: &str) {
    let golden: Value = serde_json::from_str(golden).unwrap();
    assert_eq!(seen.method, golden["method"]);
    assert_eq!(seen.path, golden["path"]);
    assert_eq!(serde_json::to_value(&seen.query).unwrap(), golden["query"]);
    assert_eq!(seen.body, golden["body"]);
    for (name, value) in golden["headers"].as_object().unwrap() {
        assert_eq!(seen.header(name), value);
    }
}

#[tokio::test]
async fn logging_in_and_out() {
    let server = server().await;
    server.vcenter.namespaces().delete(&"team-a".into()).await.unwrap();
    check(&server.last(), include_str!("golden/namespace-delete.json"));
    server.vcenter.close().await;
    check(&server.seen()[0], include_str!("golden/session-login-bare.json"));
    check(&server.last(), include_str!("golden/session-logout.json"));
}

#[tokio::test]
async fn enabling_by_the_first_generation() {
    let server = server().await;
    server.vcenter.clusters().enable(&"domain-c9".into(), &samples::enable_nsx()).await.unwrap();
    check(&server.last(), include_str!("golden/cluster-enable-nsx.json"));
}

#[tokio::test]
async fn enabling_by_the_second_generation() {
    let server = server().await;
    let (cluster, spec) = ("domain-c9".into(), samples::enable_v2());
    let id = server.vcenter.supervisors().enable_on_cluster(&cluster, &spec).await.unwrap();
    assert_eq!(id.as_str(), "supervisor-id");
    check(&server.last(), include_str!("golden/supervisor-enable-on-compute-cluster.json"));
}

#[tokio::test]
async fn making_and_changing_a_namespace() {
    let server = server().await;
    let (supervisor, spec) = ("domain-c9".into(), samples::namespace());
    server.vcenter.namespaces().create_v2(&supervisor, &spec).await.unwrap();
    check(&server.last(), include_str!("golden/namespace-create-v2.json"));
    let change = Settings { description: Some("new".to_owned()), ..Settings::default() };
    server.vcenter.namespaces().update(&"team-a".into(), &change).await.unwrap();
    check(&server.last(), include_str!("golden/namespace-update.json"));
}

#[tokio::test]
async fn letting_somebody_in() {
    let server = server().await;
    let grant = Grant { role: Role::View, identity_provider: None };
    server.vcenter.access(&"team-a".into()).create(&samples::devs(), &grant).await.unwrap();
    check(&server.last(), include_str!("golden/namespace-access-create.json"));
}
