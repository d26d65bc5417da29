//! A session at vCenter for others: opened, kept alive, ended.

use std::time::Duration;

use http::Method;
use lab::{Fault, FaultAnswer, FaultBody, FaultKind, Half, Request, Response};
use serde_json::{Value as Json, json};

use crate::driver::{World, quick};

const TYPE: &str = "supervisor_vcenter_session";

/// What vCenter answers in the session of that id.
fn asked(world: &World, session_id: &Json) -> Response {
    let request = Request::new(Method::GET, "/api/session")
        .with_header("vmware-api-session-id", session_id.as_str().unwrap());
    world.lab.store().ask(Half::Vcenter, &request).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_of_its_own_lives_while_it_is_renewed_and_ends_when_it_is_closed() {
    let world = World::new(&quick()).await;
    let opened = world.open(TYPE, &json!({})).await;
    opened.told.nothing();
    assert!(opened.is_renewed);
    let session = &opened.result["session_id"];
    assert_eq!(opened.result["user"], "administrator@vsphere.local");
    assert_eq!(opened.result["url"], world.lab.vcenter().as_str().trim_end_matches('/'));
    assert_eq!(asked(&world, session).status, 200);

    for _ in 0..3 {
        world.lab.store().idle(Duration::from_mins(29)).unwrap();
        let (again, told) = world.renew(TYPE, &opened).await;
        told.nothing();
        assert!(again);
    }
    assert_eq!(asked(&world, session).status, 200);

    world.close(TYPE, &opened).await.nothing();
    assert_eq!(asked(&world, session).status, 401);
    // Once more is fine.
    world.close(TYPE, &opened).await.nothing();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_them_are_two_sessions_and_the_providers_is_a_third() {
    let world = World::new(&quick()).await;
    let first = world.open(TYPE, &json!({})).await;
    let second = world.open(TYPE, &json!({})).await;
    world.data("supervisor_vm_class", &json!({ "name": "best-effort-small" })).await.1.nothing();
    assert_ne!(first.result["session_id"], second.result["session_id"]);
    world.close(TYPE, &first).await.nothing();
    assert_eq!(asked(&world, &second.result["session_id"]).status, 200);
    let logged_in = world.lab.journal().unwrap();
    let logged_in = logged_in.iter().filter(|it| it.method == "POST" && it.path == "/api/session");
    assert_eq!(logged_in.count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_was_ended_by_others_is_told_and_not_replaced() {
    let world = World::new(&quick()).await;
    let opened = world.open(TYPE, &json!({})).await;
    world.lab.store().idle(Duration::from_mins(31)).unwrap();
    let (again, told) = world.renew(TYPE, &opened).await;
    told.error("the session at vCenter has ended");
    assert!(!again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_opened_half_is_ended() {
    let world = World::new(&quick()).await;
    let refusal = FaultKind::Answer(FaultAnswer {
        status: 403,
        headers: Vec::new(),
        body: FaultBody::Json(json!({ "error_type": "UNAUTHORIZED", "messages": [] })),
    });
    let fault = Fault {
        half: Some(Half::Vcenter),
        method: Some("GET".to_owned()),
        path: Some("/api/session".to_owned()),
        after: 0,
        times: 1,
        kind: refusal,
    };
    world.lab.store().inject(&[fault]).unwrap();
    let opened = world.open(TYPE, &json!({})).await;
    opened.told.error("ask whose the new session is");
    assert_eq!(opened.result, Json::Null);
    let ended = world.lab.journal().unwrap();
    assert!(ended.iter().any(|it| it.method == "DELETE" && it.path == "/api/session"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_interrupt_a_session_is_still_ended() {
    let world = World::new(&quick()).await;
    let opened = world.open(TYPE, &json!({})).await;
    world.interrupted().await;
    world.close(TYPE, &opened).await.nothing();
    assert_eq!(asked(&world, &opened.result["session_id"]).status, 401);
}
