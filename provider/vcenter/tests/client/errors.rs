//! What callers learn from a failure.

use expect_test::expect;
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vcenter::{Error, ErrorType};

use crate::samples;
use crate::server::{Reply, Server};

async fn get(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Error {
    let server = Server::start(move |_| reply()).await;
    server.vcenter.namespaces().get(&"team-a".into()).await.unwrap_err()
}

#[tokio::test]
async fn an_object_is_gone_when_vcenter_says_so() {
    let error = get(|| Reply::refusal(404, "NOT_FOUND", "some.id", "No namespace team-a.")).await;
    assert!(error.is_not_found() && !error.is_unknown_call());
    expect!["GET /api/vcenter/namespaces/instances/team-a: vCenter answers `NOT_FOUND`: No namespace team-a."]
        .assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_404_of_something_in_between_says_nothing() {
    let error = get(|| Reply::html(404)).await;
    assert!(!error.is_not_found() && error.error_type().is_none());
    expect!["GET /api/vcenter/namespaces/instances/team-a: status 404 from something that is not vCenter's API (`text/html`)"]
        .assert_eq(&error.to_string());
    let error = get(|| Reply::json(404, &json!({ "error_type": "NOT_FOUND" }))).await;
    assert!(!error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_url_that_vcenter_does_not_know_is_no_lost_object() {
    let id = "com.vmware.vapi.rest.httpNotFound";
    let error = get(move || Reply::refusal(404, "NOT_FOUND", id, "Not found.")).await;
    assert!(error.is_unknown_call() && !error.is_not_found());
}

#[tokio::test]
async fn a_cluster_has_no_supervisor_when_vcenter_says_so_in_either_of_its_words() {
    for (status, error_type) in [(404, "NOT_FOUND"), (400, "UNSUPPORTED")] {
        let reply = move || Reply::refusal(status, error_type, "some.id", "Not here.");
        let server = Server::start(move |_| reply()).await;
        let found = server.vcenter.clusters().find(&"domain-c8".into()).await;
        assert!(found.unwrap().is_none(), "{error_type}");
    }
    for reply in [|| Reply::html(404), || Reply::refusal(403, "UNAUTHORIZED", "id", "No.")] {
        let server = Server::start(move |_| reply()).await;
        assert!(server.vcenter.clusters().find(&"domain-c8".into()).await.is_err());
    }
}

#[tokio::test]
async fn a_page_in_place_of_json_is_no_empty_list() {
    let server = Server::start(|_| Reply::html(200)).await;
    let error = server.vcenter.clusters().list().await.unwrap_err();
    assert!(matches!(error, Error::Unanswered(_)) && !error.outcome_unknown(), "{error}");
    expect!["GET /api/vcenter/namespace-management/clusters: expected JSON, got text/html"]
        .assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_refusal_keeps_kind_and_words() {
    let server = Server::start(|_| {
        Reply::json(
            400,
            &json!({ "error_type": "INVALID_ARGUMENT", "messages": [
                { "id": "vcenter.wcp.masterdns.empty", "args": [],
                  "default_message": "No management network DNS servers were specified" },
                { "id": "b", "default_message": "Cluster {0} is not ready", "args": ["domain-c8"] }
            ] }),
        )
    })
    .await;
    let cluster = "domain-c8".into();
    let error =
        server.vcenter.clusters().enable(&cluster, &samples::enable_nsx()).await.unwrap_err();
    assert_eq!(error.error_type(), Some(&ErrorType::InvalidArgument));
    assert!(error.refusal().unwrap().says("vcenter.wcp.masterdns.empty"));
    assert!(!error.outcome_unknown());
    expect!["POST /api/vcenter/namespace-management/clusters/domain-c8?action=enable: vCenter answers `INVALID_ARGUMENT`: No management network DNS servers were specified; Cluster domain-c8 is not ready"]
        .assert_eq(&error.to_string());
    assert_eq!(server.seen().len(), 2, "a refusal is not asked about twice");
}

#[tokio::test]
async fn an_error_type_of_tomorrow_is_kept() {
    let error = get(|| Reply::refusal(400, "TOO_LATE", "id", "Too late.")).await;
    assert_eq!(error.error_type(), Some(&ErrorType::Other("TOO_LATE".to_owned())));
}

#[tokio::test]
async fn a_post_with_an_unknown_outcome_is_sent_once() {
    for status in [502, 503, 504] {
        let server = Server::start(move |_| Reply::html(status)).await;
        let namespaces = server.vcenter.namespaces();
        let error =
            namespaces.create(&"domain-c8".into(), &samples::namespace()).await.unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_busy_object_is_asked_for_again() {
    let server = Server::start(|_| Reply::refusal(400, "RESOURCE_BUSY", "id", "Busy.")).await;
    let error = server.vcenter.clusters().disable(&"domain-c8".into()).await.unwrap_err();
    assert_eq!(error.error_type(), Some(&ErrorType::ResourceBusy));
    assert!(server.seen().len() > 2);
}

#[tokio::test]
async fn calls_end_when_they_are_told_to() {
    let server = Server::start(|_| Reply::json(200, &json!([]))).await;
    let cancel = server.vcenter.http().cancellation().child_token();
    cancel.cancel();
    let error = server.vcenter.within(cancel, None).clusters().list().await.unwrap_err();
    assert!(error.is_cancelled() && !error.is_out_of_time());
    let late = server.vcenter.within(CancellationToken::new(), Some(Instant::now()));
    let error = late.clusters().list().await.unwrap_err();
    assert!(error.is_out_of_time() && !error.outcome_unknown());
    server.vcenter.clusters().list().await.unwrap();
}

#[tokio::test]
async fn identifiers_cannot_leave_their_place() {
    let server = Server::start(|_| Reply::empty()).await;
    let namespaces = server.vcenter.namespaces();
    namespaces.delete(&"a/../b?c".into()).await.unwrap();
    assert_eq!(server.last().path, "/api/vcenter/namespaces/instances/a%2F..%2Fb%3Fc");
    let seen = server.seen().len();
    for id in ["..", ".", ""] {
        let error = namespaces.delete(&id.into()).await.unwrap_err().to_string();
        assert!(error.ends_with("no path, an identifier in it is not usable"), "`{id}`: {error}");
    }
    assert_eq!(server.seen().len(), seen);
}
