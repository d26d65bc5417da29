//! vCenter's rules over the state, with time moved by hand: no sockets, no sleeping. The lab is
//! strict, and every answer is held against the contract.

mod enabling;
mod golden;
mod inventory;
mod load_balancers;
mod namespaces;
mod networks;
mod removal;
mod sessions;
mod software;
mod specs;
mod trouble;
mod updates;

use std::time::Duration;

use api_contract::vcenter;
use http::Method;
use serde_json::{Value, json};

use super::{routes, shape, version::Version};
use crate::inventory::VCENTER_USER;
use crate::{Clock, Request, Response, Settings, Store, Strictness};

const NM: &str = "/api/vcenter/namespace-management";
const NS: &str = "/api/vcenter/namespaces/instances";
const GOLD: &str = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01";
const LIBRARY: &str = "6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f02";

/// A lab with somebody logged in to its vCenter.
struct Lab {
    store: Store,
    token: String,
}

impl Lab {
    /// The default versions.
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn of_version(version: &str) -> Self {
        Self::with(Settings { vcenter_version: version.to_owned(), ..Settings::default() })
    }

    fn with(settings: Settings) -> Self {
        Self::with_strictness(settings, Strictness::Strict)
    }

    fn with_strictness(settings: Settings, strict: Strictness) -> Self {
        let settings = Settings { clock: Clock::Manual, strict, ..settings };
        let store = Store::in_memory(&settings).unwrap();
        let mut lab = Self { store, token: String::new() };
        let login = lab.send(&lab.login());
        assert_eq!(login.status, 201);
        lab.token = login.value().as_str().unwrap().to_owned();
        lab
    }

    /// Log-in with the right password.
    fn login(&self) -> Request {
        use base64::Engine as _;
        use base64::prelude::BASE64_STANDARD;
        let password = self.store.transaction(|tx| tx.secrets().unwrap().password).unwrap();
        let basic = BASE64_STANDARD.encode(format!("{VCENTER_USER}:{password}"));
        Request::new(Method::POST, "/api/session")
            .with_header("authorization", &format!("Basic {basic}"))
    }

    /// As a server would: a refusal leaves the state as it was.
    fn send(&self, request: &Request) -> Response {
        let answer = |tx: &mut crate::Tx<'_>| {
            let result = tx.attempt(|tx| {
                let response = routes::handle(tx, request);
                if response.is_refusal() { Err(response) } else { Ok(response) }
            });
            result.unwrap_or_else(|refusal| refusal)
        };
        self.store.transaction(answer).unwrap()
    }

    /// A call with the session; `target` may have a query. Successful answers obey the contract.
    fn call(&self, method: &str, target: &str, body: &Value) -> Response {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request =
            Request::new(method, path).with_header("vmware-api-session-id", &self.token);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap();
            request = request.with_query(name, value);
        }
        if !body.is_null() {
            request = request.json(body.clone());
        }
        let response = self.send(&request);
        self.check(&request, &response);
        response
    }

    #[track_caller]
    fn check(&self, request: &Request, response: &Response) {
        if response.is_refusal() {
            let body = response.value();
            for message in body["messages"].as_array().expect("an error has messages") {
                let ty = "com.vmware.vapi.std.LocalizableMessage";
                assert_eq!(vcenter().violations(ty, message), [], "{message}");
            }
            return;
        }
        let query: Vec<(&str, &str)> =
            request.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let operation = vcenter().operation(request.method.as_str(), &request.path, &query);
        let Some(ty) = operation.and_then(|operation| operation.answer_type()) else {
            assert_eq!(response.status, 204, "{request:?}");
            return;
        };
        let version = Version::of(&self.store.settings().vcenter_version);
        let violations = shape::violations(&version, ty, &response.value());
        assert!(violations.is_empty(), "{}: {violations:#?}", request.path);
    }

    #[track_caller]
    fn get(&self, target: &str) -> Value {
        let response = self.call("GET", target, &Value::Null);
        assert_eq!(response.status, 200, "{target}: {}", response.value());
        response.value()
    }

    /// A call that succeeds.
    #[track_caller]
    fn done(&self, method: &str, target: &str, body: &Value) -> Value {
        let response = self.call(method, target, body);
        assert!(!response.is_refusal(), "{target}: {}", response.value());
        response.value()
    }

    /// A call that is refused: status, type and first message.
    #[track_caller]
    fn refused(&self, method: &str, target: &str, body: &Value) -> String {
        let response = self.call(method, target, body);
        assert!(response.is_refusal(), "{target} was accepted: {}", response.value());
        let body = response.value();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (error, message) =
            (text(&body["error_type"]), text(&body["messages"][0]["default_message"]));
        format!("{} {error}: {message}", response.status)
    }

    fn minutes(&self, minutes: u64) {
        self.seconds(minutes * 60);
    }

    /// Moves the lab's time on. Sessions count the real time.
    fn seconds(&self, seconds: u64) {
        self.store.advance(Duration::from_secs(seconds)).unwrap();
    }

    /// Lets the session be idle for so long.
    fn idle(&self, seconds: u64) {
        self.store.idle(Duration::from_secs(seconds)).unwrap();
    }

    /// The Supervisor on `domain-c8`, enabled by the older generation.
    fn running() -> Self {
        let lab = Self::new();
        lab.enable(&specs::nsx());
        lab.minutes(46);
        lab
    }

    /// The same with VDS networking.
    fn running_vds() -> Self {
        let lab = Self::new();
        lab.enable(&specs::vsphere());
        lab.minutes(46);
        lab
    }

    #[track_caller]
    fn enable(&self, spec: &Value) {
        self.done("POST", &format!("{NM}/clusters/domain-c8?action=enable"), spec);
    }

    #[track_caller]
    fn info(&self) -> Value {
        self.get(&format!("{NM}/clusters/domain-c8"))
    }

    /// `config_status` and `kubernetes_status`.
    #[track_caller]
    fn status(&self) -> String {
        let list = self.get(&format!("{NM}/clusters"));
        match list.as_array().unwrap().first() {
            Some(it) => {
                format!("{} {}", text(&it["config_status"]), text(&it["kubernetes_status"]))
            }
            None => "gone".to_owned(),
        }
    }

    /// The id by which the newer generation knows the only Supervisor.
    fn supervisor(&self) -> String {
        text(&self.get(&format!("{NM}/supervisors/summaries"))["items"][0]["supervisor"])
    }

    /// A namespace on the Supervisor, RUNNING.
    #[track_caller]
    fn namespace(&self, name: &str) {
        self.done("POST", NS, &json!({ "cluster": "domain-c8", "namespace": name }));
        self.seconds(30);
        assert_eq!(self.get(&format!("{NS}/{name}"))["config_status"], "RUNNING");
    }

    /// Scripts an outcome of the control loop.
    fn script(&self, outcome: &Value) {
        let script = json!({ "outcomes": [outcome] });
        self.store.transaction(|tx| tx.put("vcenter:/lab/wcp", &script)).unwrap();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
