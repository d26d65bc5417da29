//! A server that answers from a list of notes, one at a time, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use api_client::{Broken, Config, Largest, Limits, Settings, Transport};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::Nsx;
use crate::realization::Patience;

/// What is answered to a request line such as `GET /policy/api/v1/infra/segments/web`.
type Answer = dyn Fn(&str, &Value) -> (u16, Value) + Send + Sync;

pub(super) struct Notes {
    answer: Box<Answer>,
    asked: Mutex<Vec<(String, Value)>>,
}

impl Notes {
    /// Request lines so far, without the session's own.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(line, _)| line.clone()).collect()
    }

    pub(super) fn bodies(&self) -> Vec<Value> {
        self.asked.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }
}

struct Wire(Arc<Notes>);

impl Transport for Wire {
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, Broken>> {
        Box::pin(async move {
            // So that requests overlap as they do on a network.
            tokio::task::yield_now().await;
            if request.uri().path().starts_with("/api/session/") {
                return Ok(http::Response::builder()
                    .header("set-cookie", "JSESSIONID=1; Path=/")
                    .header("x-xsrf-token", "2")
                    .body(Bytes::new())
                    .unwrap());
            }
            let target = request.uri().path_and_query().unwrap();
            let line = format!("{} {target}", request.method()).replace("/policy/api/v1", "");
            let line = line.replace("page_size=1000", "").replace("&sort_by=id", "");
            let line = line.trim_end_matches(['?', '&']).to_owned();
            let body = serde_json::from_slice(request.body()).unwrap_or_default();
            let (status, answer) = (self.0.answer)(&line, &body);
            self.0.asked.lock().unwrap().push((line, body));
            let largest = request.extensions().get::<Largest>().copied().unwrap_or_default();
            if answer.to_string().len() > largest.0 {
                return Err(Broken::TooLarge(largest));
            }
            let bytes = if answer.is_null() { Bytes::new() } else { answer.to_string().into() };
            let response = http::Response::builder().status(status);
            Ok(response.header("content-type", "application/json").body(bytes).unwrap())
        })
    }
}

/// A client of a server that answers so.
pub(super) fn nsx(
    answer: impl Fn(&str, &Value) -> (u16, Value) + Send + Sync + 'static,
) -> (Nsx, Arc<Notes>) {
    let notes = Arc::new(Notes { answer: Box::new(answer), asked: Mutex::default() });
    let config = Config::new("https://nsx.example.com").unwrap();
    let limits = Limits { rate: 1e6, burst: 1e6, in_flight: 1e6 };
    let settings = Settings { limits, jitter: Arc::new(|| 1.0), ..Settings::default() };
    let transport = Arc::new(Wire(Arc::clone(&notes)));
    let secret = "secret".into();
    let nsx = Nsx::over(transport, &config, "admin", secret, settings, Patience::default());
    (nsx, notes)
}

/// An error as NSX writes it.
pub(super) fn refusal(status: u16, code: u32, message: &str) -> (u16, Value) {
    let body = json!({
        "httpStatus": "BAD_REQUEST", "error_code": code, "module_name": "policy",
        "error_message": message
    });
    (status, body)
}

pub(super) fn not_found() -> (u16, Value) {
    refusal(404, 600, "The requested object could not be found.")
}
