//! A server that answers what a test tells it, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_client::{Config, Policy, Settings};
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use vcenter::{Credentials, Vcenter};

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const PASSWORD: &str = "not-a-real-password";

/// A request as it came.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// What it is answered with.
pub(crate) struct Reply {
    status: u16,
    content_type: &'static str,
    body: String,
}

pub(crate) struct Server {
    pub(crate) vcenter: Vcenter,
    seen: Arc<Mutex<Vec<Seen>>>,
}

// === impl Seen ===

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn query(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Opens a session, or ends it.
    fn session(&self) -> Option<Reply> {
        match (self.method.as_str(), self.path.as_str()) {
            ("POST", "/api/session") => Some(Reply::json(201, &json!(TOKEN))),
            ("DELETE", "/api/session") => Some(Reply::empty()),
            _ => None,
        }
    }
}

// === impl Reply ===

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, content_type: "application/json", body: body.to_string() }
    }

    pub(crate) fn empty() -> Self {
        Self { status: 204, content_type: "application/json", body: String::new() }
    }

    pub(crate) fn html(status: u16) -> Self {
        Self { status, content_type: "text/html", body: "<h1>no healthy upstream</h1>".to_owned() }
    }

    /// vCenter's own words.
    pub(crate) fn refusal(status: u16, error_type: &str, id: &str, text: &str) -> Self {
        let message = json!({ "id": id, "default_message": text, "args": [] });
        Self::json(status, &json!({ "error_type": error_type, "messages": [message] }))
    }
}

// === impl Server ===

impl Server {
    /// A server that opens sessions, and answers everything else with `answer`.
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::bare(move |seen| seen.session().unwrap_or_else(|| answer(seen))).await
    }

    /// A server that answers everything with `answer`.
    pub(crate) async fn bare(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        let handler = async move |method: Method,
                                  uri: Uri,
                                  Query(query): Query<Vec<(String, String)>>,
                                  headers: HeaderMap,
                                  body: Bytes| {
            let body =
                if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
            let path = uri.path().to_owned();
            let request = Seen { method: method.to_string(), path, query, headers, body };
            let Reply { status, content_type, body } = answer(&request);
            log.lock().unwrap().push(request);
            let response = Response::builder().status(status).header("content-type", content_type);
            response.body(Body::from(body)).unwrap()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = Config::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = axum::Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let policy = Policy { base: Duration::ZERO, cap: Duration::ZERO, ..Policy::default() };
        let settings = Settings { policy, jitter: Arc::new(|| 0.0), ..Settings::default() };
        let user = Credentials::new("administrator@vsphere.local", PASSWORD);
        let vcenter = Vcenter::with_settings(&config, user, settings).unwrap();
        Self { vcenter, seen }
    }

    /// What it was asked so far, log-in included.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// What it was asked last.
    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().unwrap()
    }
}
