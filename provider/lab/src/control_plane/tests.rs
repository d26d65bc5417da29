use std::time::Duration;

use http::Method;

use super::*;
use crate::inventory::VCENTER_USER;
use crate::{Clock, Half, Settings, Store};

/// A lab whose Supervisor is enabled and whose time stands still.
struct Lab(Store);

const SPEC: &str = include_str!("tests/supervisor.json");

impl Lab {
    fn new() -> Self {
        let clock = Clock::Manual;
        let strict = Strictness::Strict;
        Self(Store::in_memory(&Settings { clock, strict, ..Settings::default() }).unwrap())
    }

    fn running() -> Self {
        let lab = Self::new();
        let token = lab.vcenter(&lab.basic(Request::new(Method::POST, "/api/session"))).value();
        let with_session = |request: Request| {
            request.with_header("vmware-api-session-id", token.as_str().unwrap())
        };
        let enable = "/api/vcenter/namespace-management/clusters/domain-c8";
        let enable = Request::new(Method::POST, enable).with_query("action", "enable");
        let spec = serde_json::from_str(SPEC).unwrap();
        let enabled = lab.vcenter(&with_session(enable.json(spec)));
        assert_eq!(enabled.status, 204, "{}", enabled.value());
        lab.0.advance(Duration::from_mins(46)).unwrap();
        let namespace = json!({ "cluster": "domain-c8", "namespace": "banking" });
        let create =
            Request::new(Method::POST, "/api/vcenter/namespaces/instances").json(namespace);
        assert_eq!(lab.vcenter(&with_session(create)).status, 204);
        lab.0.advance(Duration::from_mins(1)).unwrap();
        lab
    }

    fn vcenter(&self, request: &Request) -> Response {
        self.0.ask(Half::Vcenter, request).unwrap()
    }

    fn ask(&self, request: &Request) -> Response {
        self.0.ask(Half::ControlPlane, request).unwrap()
    }

    fn basic(&self, request: Request) -> Request {
        let password = self.0.transaction(|tx| tx.secrets().unwrap().password).unwrap();
        let basic = BASE64_STANDARD.encode(format!("{VCENTER_USER}:{password}"));
        request.with_header("authorization", &format!("Basic {basic}"))
    }

    fn log_in(&self, body: Value) -> Response {
        self.ask(&self.basic(Request::new(Method::POST, "/wcp/login").json(body)))
    }
}

#[test]
fn who_logs_in_gets_a_token_with_the_claims_of_a_real_one() {
    let lab = Lab::running();
    let answer = lab.log_in(json!({}));
    assert_eq!(answer.status, 200);
    let answer = answer.value();
    assert!(answer.get("guest_cluster_server").is_none());
    let token = answer["session_id"].as_str().unwrap();
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(claims["sub"], VCENTER_USER);
    assert_eq!(claims["aud"], "vmware-tes:vc:vns:k8s");
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), LIFETIME);
    assert_ne!(lab.log_in(json!({})).value()["session_id"], answer["session_id"]);
}

#[test]
fn without_the_right_password_there_is_no_token() {
    let lab = Lab::running();
    let request = Request::new(Method::POST, "/wcp/login");
    assert_eq!(lab.ask(&request).status, 401);
    let wrong = BASE64_STANDARD.encode(format!("{VCENTER_USER}:wrong"));
    let wrong = request.with_header("authorization", &format!("Basic {wrong}"));
    assert_eq!(lab.ask(&wrong).status, 401);
}

#[test]
fn before_there_is_a_kubernetes_nothing_answers_as_one() {
    assert_eq!(Lab::new().log_in(json!({})).status, 503);
}

#[test]
fn a_cluster_in_a_namespace_comes_with_its_address_and_its_authority() {
    let lab = Lab::running();
    let wanted = json!({ "guest_cluster_name": "web", "guest_cluster_namespace": "banking" });
    assert_eq!(lab.log_in(wanted.clone()).status, 404);
    lab.0.add_guest("banking", "web").unwrap();
    let answer = lab.log_in(wanted).value();
    assert_eq!(answer["guest_cluster_server"], "203.0.113.2");
    let authority = BASE64_STANDARD.decode(answer["guest_cluster_ca"].as_str().unwrap()).unwrap();
    assert!(authority.starts_with(b"-----BEGIN CERTIFICATE-----"));
    // The namespace may be left out where the name alone says which.
    assert_eq!(lab.log_in(json!({ "guest_cluster_name": "web" })).status, 200);
    let elsewhere = json!({ "guest_cluster_name": "web", "guest_cluster_namespace": "trading" });
    assert_eq!(lab.log_in(elsewhere).status, 404);
}

#[test]
fn what_is_not_asked_as_clients_ask_is_refused() {
    let lab = Lab::running();
    for body in [json!([]), json!({ "guest_cluster": "web" }), json!({ "guest_cluster_name": 1 })] {
        assert_eq!(lab.log_in(body.clone()).status, 400, "{body}");
    }
    assert_eq!(lab.ask(&Request::new(Method::GET, "/wcp/login")).status, 405);
    assert_eq!(lab.ask(&Request::new(Method::GET, "/api/session")).status, 404);
    assert_eq!(lab.ask(&Request::new(Method::GET, "/wcp/loginbanner")).status, 200);
}
