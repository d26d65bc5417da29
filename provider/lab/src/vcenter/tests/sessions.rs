use http::Method;
use serde_json::{Value, json};

use super::{Lab, NM};
use crate::Request;

fn status(lab: &Lab, request: &Request) -> u16 {
    lab.send(request).status
}

#[test]
fn without_a_session_a_known_path_is_401_and_an_unknown_one_404() {
    let lab = Lab::new();
    let known = lab.send(&Request::new(Method::GET, &format!("{NM}/clusters")));
    assert_eq!(known.status, 401);
    assert_eq!(
        known.value()["messages"][0],
        json!({
            "id": "com.vmware.vapi.endpoint.method.authentication.required",
            "default_message": "Authentication required.",
            "args": [],
        })
    );
    assert!(known.headers.iter().any(|(name, _)| name == "www-authenticate"));
    let unknown = lab.send(&Request::new(Method::GET, &format!("{NM}/supervisors")));
    assert_eq!(unknown.status, 404);
    assert_eq!(
        unknown.value(),
        json!({
            "error_type": "NOT_FOUND",
            "messages": [{
                "id": "com.vmware.vapi.rest.httpNotFound",
                "default_message": "Not found.",
                "args": [],
            }],
        })
    );
}

#[test]
fn a_wrong_password_is_401() {
    let lab = Lab::new();
    let request = Request::new(Method::POST, "/api/session")
        .with_header("authorization", "Basic YWRtaW5pc3RyYXRvckB2c3BoZXJlLmxvY2FsOm5v");
    assert_eq!(status(&lab, &request), 401);
    assert_eq!(status(&lab, &Request::new(Method::POST, "/api/session")), 401);
}

#[test]
fn a_session_dies_of_half_an_hour_without_a_request() {
    let lab = Lab::new();
    for _ in 0..3 {
        lab.idle(29 * 60);
        assert_eq!(lab.get("/api/session")["user"], "administrator@vsphere.local");
    }
    lab.idle(30 * 60);
    assert!(lab.refused("GET", "/api/session", &Value::Null).starts_with("401 UNAUTHENTICATED"));
}

#[test]
fn after_the_log_out_the_token_is_worth_nothing() {
    let lab = Lab::new();
    lab.done("DELETE", "/api/session", &Value::Null);
    assert!(lab.refused("GET", "/api/session", &Value::Null).starts_with("401"));
}

#[test]
fn the_older_log_in_gives_a_token_of_the_same_kind() {
    let lab = Lab::new();
    let mut request = lab.login();
    request.path = super::super::session::LEGACY.to_owned();
    let response = lab.send(&request);
    assert_eq!(response.status, 200);
    let token = response.value()["value"].as_str().unwrap().to_owned();
    let request = Request::new(Method::GET, &format!("{NM}/clusters"))
        .with_header("vmware-api-session-id", &token);
    assert_eq!(status(&lab, &request), 200);
    let refusal = lab.send(&Request::new(Method::POST, super::super::session::LEGACY));
    assert_eq!(refusal.status, 401);
    assert_eq!(refusal.value()["type"], "com.vmware.vapi.std.errors.unauthenticated");
}

#[test]
fn what_is_not_simulated_says_so() {
    let refusal = Lab::new().refused("GET", &format!("{NM}/supervisor-services"), &Value::Null);
    assert!(refusal.contains("The lab does not simulate"), "{refusal}");
}
