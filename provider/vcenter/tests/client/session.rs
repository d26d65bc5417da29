//! Logging in, again, and not at all.

use std::sync::atomic::{AtomicBool, Ordering};

use expect_test::expect;
use serde_json::json;

use crate::server::{PASSWORD, Reply, Server, TOKEN};

#[tokio::test]
async fn a_lapsed_session_is_renewed_and_the_call_made_again() {
    let lapsed = AtomicBool::new(true);
    let server = Server::start(move |_| {
        if lapsed.swap(false, Ordering::Relaxed) {
            let id = "com.vmware.vapi.endpoint.method.authentication.required";
            return Reply::refusal(401, "UNAUTHENTICATED", id, "Authentication required.");
        }
        Reply::empty()
    })
    .await;
    server.vcenter.clusters().disable(&"domain-c8".into()).await.unwrap();
    let calls: Vec<String> =
        server.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    expect![[r#"
        [
            "POST /api/session",
            "POST /api/vcenter/namespace-management/clusters/domain-c8",
            "POST /api/session",
            "POST /api/vcenter/namespace-management/clusters/domain-c8",
        ]
    "#]]
    .assert_debug_eq(&calls);
    assert_eq!(server.last().header("vmware-api-session-id"), TOKEN);
    assert_eq!(server.last().header("authorization"), "", "credentials go to the session alone");
}

#[tokio::test]
async fn refused_credentials_are_tried_once_and_vcenters_words_are_kept() {
    let server = Server::bare(|_| {
        Reply::refusal(401, "UNAUTHENTICATED", "some.id", "Unable to authenticate user")
    })
    .await;
    for _ in 0..2 {
        let error = server.vcenter.clusters().list().await.unwrap_err();
        assert!(error.is_bad_credentials());
        assert!(!error.is_not_found() && !error.outcome_unknown());
        assert_eq!(error.to_string(), "logging in to `127.0.0.1` failed");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(
            cause,
            "POST /api/session: vCenter answers `UNAUTHENTICATED`: Unable to authenticate user"
        );
        assert!(!format!("{error:?}{cause}").contains(PASSWORD));
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_without_a_token_is_no_session() {
    for answer in [json!(""), json!({ "value": TOKEN }), json!("a\nb")] {
        let server = Server::bare(move |_| Reply::json(200, &answer)).await;
        let error = server.vcenter.clusters().list().await.unwrap_err();
        assert_eq!(error.to_string(), "logging in to `127.0.0.1` failed");
        assert!(!error.is_bad_credentials());
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn without_a_session_none_is_ended() {
    let server = Server::start(|_| Reply::empty()).await;
    server.vcenter.close().await;
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_session_for_others_is_none_of_the_clients() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "GET" => Reply::json(
            200,
            &json!({ "user": "u", "created_time": "c", "last_accessed_time": "l" }),
        ),
        _ => Reply::empty(),
    })
    .await;
    let sessions = server.vcenter.sessions();
    let token = sessions.open().await.unwrap();
    assert_eq!(token.reveal(), TOKEN);
    assert_eq!(sessions.find(&token).await.unwrap().unwrap().user, "u");
    sessions.end(&token).await.unwrap();
    server.vcenter.close().await;
    let calls: Vec<String> =
        server.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    assert_eq!(calls, ["POST /api/session", "GET /api/session", "DELETE /api/session"]);
    assert_eq!(server.last().header("vmware-api-session-id"), TOKEN);
    assert_eq!(server.last().header("authorization"), "");
}

#[tokio::test]
async fn a_session_that_is_over_is_not_replaced_by_another() {
    let server = Server::bare(|_| {
        Reply::refusal(401, "UNAUTHENTICATED", "some.id", "Authentication required.")
    })
    .await;
    let sessions = server.vcenter.sessions();
    assert_eq!(sessions.find(&TOKEN.into()).await.unwrap(), None);
    sessions.end(&TOKEN.into()).await.unwrap();
    assert!(server.seen().iter().all(|seen| seen.method != "POST"));
}

#[tokio::test]
async fn refused_credentials_are_tried_for_no_session_again() {
    let server = Server::bare(|_| Reply::refusal(401, "UNAUTHENTICATED", "some.id", "No.")).await;
    for _ in 0..2 {
        assert!(server.vcenter.sessions().open().await.unwrap_err().is_bad_credentials());
        assert!(server.vcenter.clusters().list().await.unwrap_err().is_bad_credentials());
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_error_that_repeats_our_requests_tells_no_credential() {
    let basic = std::sync::Mutex::new(String::new());
    let server = Server::bare(move |seen| {
        if seen.path == "/api/session" {
            seen.header("authorization").clone_into(&mut basic.lock().unwrap());
            return Reply::json(201, &json!(TOKEN));
        }
        let basic = basic.lock().unwrap();
        let text = format!(
            "got authorization: {basic}, vmware-api-session-id: {}, body {}, and {PASSWORD} before",
            seen.header("vmware-api-session-id"),
            seen.body
        );
        Reply::refusal(400, "INVALID_ARGUMENT", "some.id", &text)
    })
    .await;
    let create = vcenter::load_balancers::HaProxyCreate {
        servers: Vec::new(),
        username: "client".to_owned(),
        password: "haproxy's \"own\" word".into(),
        certificate_authority_chain: "PEM".to_owned(),
    };
    let request = api_client::Request::post("/api/x").json(&create);
    let error = vcenter::Error::from(server.vcenter.http().send(request).await.unwrap_err());
    let text = format!("{error} {error:?}");
    expect![[r#"
        POST /api/x: vCenter answers `INVALID_ARGUMENT`: got authorization: ***, vmware-api-session-id: ***, body {"servers":[],"username":"client","password":"***","certificate_authority_chain":"PEM"}, and *** before"#]]
    .assert_eq(&error.to_string());
    for secret in [PASSWORD, TOKEN, "own", "YWRtaW5pc3RyYXRvc"] {
        assert!(!text.contains(secret), "{secret} is told: {text}");
    }
}
