//! The rules, asked without a network.

mod answers;
mod firewall;
mod golden;
mod intent;
mod lists;
mod objects;
mod ownership;
mod patches;
mod pools;
mod realization;
mod search;
mod sessions;
mod tree;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde_json::{Value, json};

use crate::inventory::{EDGE_CLUSTER_ID, ENFORCEMENT_POINT, NSX_USER, OVERLAY_TZ_ID, TIER0_A};
use crate::{Clock, Half, PatchMode, Request, Response, Settings, Store};

/// A lab whose clock stands still, and its NSX.
struct Nsx {
    store: Store,
    authorization: String,
}

impl Nsx {
    fn new() -> Self {
        Self::that_patches(PatchMode::default())
    }

    fn that_patches(patch: PatchMode) -> Self {
        let settings = Settings { clock: Clock::Manual, patch, ..Settings::default() };
        let store = Store::in_memory(&settings).unwrap();
        let password = store.transaction(|tx| tx.secrets()).unwrap().unwrap().password;
        let encoded = BASE64_STANDARD.encode(format!("{NSX_USER}:{password}"));
        Self { store, authorization: format!("Basic {encoded}") }
    }

    fn ask(&self, request: Request) -> Response {
        let request = request.with_header("authorization", &self.authorization);
        self.store.ask(Half::Nsx, &request).unwrap()
    }

    fn send(&self, method: Method, path: &str, body: Value) -> Response {
        self.ask(Request::new(method, &format!("/policy/api/v1{path}")).json(body))
    }

    fn patch(&self, path: &str, body: Value) -> Response {
        self.send(Method::PATCH, path, body)
    }

    fn put(&self, path: &str, body: Value) -> Response {
        self.send(Method::PUT, path, body)
    }

    fn delete(&self, path: &str) -> Response {
        self.ask(Request::new(Method::DELETE, &format!("/policy/api/v1{path}")))
    }

    fn get(&self, path: &str) -> Response {
        self.get_with(path, &[])
    }

    fn get_with(&self, path: &str, query: &[(&str, &str)]) -> Response {
        let request = Request::new(Method::GET, &format!("/policy/api/v1{path}"));
        self.ask(
            query.iter().fold(request, |request, (name, value)| request.with_query(name, value)),
        )
    }

    /// The object, which is there.
    #[track_caller]
    fn object(&self, path: &str) -> Value {
        let response = self.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.value());
        response.value()
    }

    /// Writes what has to be accepted.
    #[track_caller]
    fn make(&self, path: &str, body: Value) {
        let response = self.patch(path, body);
        assert_eq!(response.status, 200, "{path}: {}", response.value());
    }

    fn pass(&self, seconds: u64) {
        self.store.advance(Duration::from_secs(seconds)).unwrap();
    }

    /// A Tier-1 on the first Tier-0, on the edge cluster.
    fn make_gateway(&self, id: &str) {
        let path = format!("/infra/tier-1s/{id}");
        self.make(&path, json!({ "tier0_path": format!("/infra/tier-0s/{TIER0_A}") }));
        let edges = format!("{ENFORCEMENT_POINT}/edge-clusters/{EDGE_CLUSTER_ID}");
        self.make(
            &format!("{path}/locale-services/default"),
            json!({ "edge_cluster_path": edges }),
        );
    }
}

/// Status and error code of a refusal.
#[track_caller]
fn refusal(response: &Response) -> (u16, u64) {
    let body = response.value();
    assert!(
        body["error_message"].as_str().is_some_and(|text| !text.is_empty()),
        "{}",
        response.value()
    );
    assert!(
        body["module_name"].is_string() && body["httpStatus"].is_string(),
        "{}",
        response.value()
    );
    (response.status, body["error_code"].as_u64().unwrap())
}

#[track_caller]
fn message(response: &Response) -> String {
    response.value()["error_message"].as_str().unwrap().to_owned()
}

fn overlay() -> String {
    format!("{ENFORCEMENT_POINT}/transport-zones/{OVERLAY_TZ_ID}")
}
