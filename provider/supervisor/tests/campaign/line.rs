//! The line between provider and lab: requests go straight to the lab's rules, in virtual time,
//! and one of them can be disturbed.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use api_client::{Broken, Cause, Transport};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use lab::{Body, Half, Store};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use super::{
    oracle::not_in_force,
    trouble::{Answer, Trouble, Wish},
};

/// Hosts of the two servers.
pub(super) const VCENTER: &str = "vcenter.lab";
pub(super) const NSX: &str = "nsx.lab";

/// From a request to its answer.
const LATENCY: Duration = Duration::from_millis(5);
/// How long a client bears silence.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was asked, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) method: String,
    /// With the query.
    pub(super) target: String,
    /// What the server answered last; 0 if it did not see the request.
    pub(super) status: u16,
    pub(super) effect: Effect,
}

/// What a request did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    /// An accepted write; log-ins aside.
    Wrote,
}

impl Call {
    pub(super) fn wrote(&self) -> bool {
        self.effect == Effect::Wrote
    }

    /// Whether it makes something in vCenter, which has no identifier of ours.
    pub(super) fn creates(&self) -> bool {
        self.wrote() && self.method == "POST" && !self.target.contains("action=disable")
    }
}

/// The line. Whoever is connected first is cut off when somebody connects anew.
pub(super) struct Line {
    state: Mutex<State>,
    /// The disturbance was met.
    pub(super) met: Notify,
}

struct State {
    store: Store,
    calls: Vec<Call>,
    /// What must not be, seen while it happened.
    violations: Vec<String>,
    trouble: Option<(usize, Trouble)>,
    /// Which processes are heard.
    generation: u64,
    began: Instant,
    /// Milliseconds that the lab's clock was moved.
    moved: u128,
    /// What somebody else does before the request of that number gets there.
    meanwhile: Option<(usize, BoxFuture<'static, ()>)>,
}

impl Line {
    pub(super) fn to(store: Store) -> Arc<Self> {
        let state = State {
            store,
            calls: Vec::new(),
            violations: Vec::new(),
            trouble: None,
            generation: 0,
            began: Instant::now(),
            moved: 0,
            meanwhile: None,
        };
        Arc::new(Self { state: Mutex::new(state), met: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Leads to another lab from now on, and does that to the request of that number.
    pub(super) fn connect(&self, store: Store, trouble: Option<(usize, Trouble)>) {
        let mut state = self.state();
        state.generation += 1;
        (state.store, state.trouble) = (store, trouble);
        (state.began, state.moved) = (Instant::now(), 0);
        state.meanwhile = None;
        state.calls.clear();
        state.violations.clear();
    }

    /// The requests since the line was connected.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// What must not be, seen while it happened.
    pub(super) fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }

    pub(super) fn count(&self) -> usize {
        self.state().calls.len()
    }

    pub(super) fn store(&self) -> Store {
        self.state().store.clone()
    }

    /// Has somebody else do that before the request of that number gets to the lab.
    pub(super) fn meanwhile(&self, at: usize, act: impl Future<Output = ()> + Send + 'static) {
        self.state().meanwhile = Some((at, Box::pin(act)));
    }

    /// Disturbs nobody any more.
    pub(super) fn calm(&self) {
        self.state().trouble = None;
    }

    /// The line for a new process.
    pub(super) fn process(self: &Arc<Self>) -> Arc<dyn Transport> {
        Arc::new(Process { line: Arc::clone(self), generation: self.state().generation })
    }
}

impl State {
    /// Notes a request, and says what happens to it.
    fn enter(&mut self, request: &http::Request<Bytes>) -> (usize, Option<Trouble>) {
        let number = self.calls.len();
        let target = request.uri().path_and_query().map(ToString::to_string);
        self.calls.push(Call {
            method: request.method().to_string(),
            target: target.unwrap_or_default(),
            status: 0,
            effect: Effect::None,
        });
        (number, self.trouble.filter(|(at, _)| *at == number).map(|(_, trouble)| trouble))
    }

    /// Hands a request to the lab, whose clock goes as ours does.
    fn deliver(&mut self, number: usize, request: &http::Request<Bytes>) -> lab::Response {
        let passed = self.began.elapsed().as_millis();
        let by = u64::try_from(passed - self.moved).unwrap();
        self.moved = passed;
        self.store.advance(Duration::from_millis(by)).unwrap();
        let half = if request.uri().host() == Some(NSX) { Half::Nsx } else { Half::Vcenter };
        let response = self.store.ask(half, &to_lab(request)).unwrap();
        let call = &mut self.calls[number];
        call.status = response.status;
        let writes = request.method() != http::Method::GET && !call.target.contains("/session");
        if writes && !response.is_refusal() {
            call.effect = Effect::Wrote;
            if call.method == "POST" && call.target.starts_with("/api/vcenter/namespaces/") {
                self.violations.extend(not_in_force(&self.store));
            }
        }
        response
    }
}

/// The line as one process of the provider has it.
struct Process {
    line: Arc<Line>,
    generation: u64,
}

impl Process {
    /// Returns for a process that is alive.
    async fn alive(&self) {
        if self.line.state().generation != self.generation {
            std::future::pending::<()>().await;
        }
    }

    async fn run(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        sleep(LATENCY).await;
        self.alive().await;
        let (number, trouble) = self.line.state().enter(&request);
        let act = self.line.state().meanwhile.take_if(|(at, _)| *at == number);
        if let Some((_, act)) = act {
            act.await;
        }
        let Some(trouble) = trouble else {
            return Ok(from_lab(self.line.state().deliver(number, &request)));
        };
        let mut said = None;
        if trouble.answer == Answer::Interrupt {
            self.line.met.notify_one();
            sleep(LATENCY).await;
        }
        for _ in 0..trouble.delivered {
            said = Some(self.line.state().deliver(number, &request));
        }
        let own = || said.clone().map(from_lab).unwrap_or_default();
        match trouble.answer {
            Answer::Own | Answer::Interrupt => Ok(own()),
            Answer::Bare(status, wish) => Ok(bare(status, wish)),
            Answer::Page => Ok(page()),
            Answer::Empty => Ok(http::Response::new(Bytes::new())),
            Answer::Half => Ok(half(own())),
            Answer::Moved => Ok(moved(&request)),
            Answer::Reset => Err(Broken::Lost(Cause::new("reset by peer"))),
            Answer::Silence => {
                sleep(PATIENCE).await;
                Err(Broken::Lost(Cause::new("no answer")))
            }
            Answer::Death => {
                self.line.state().generation += 1;
                self.line.met.notify_one();
                std::future::pending().await
            }
            Answer::InterruptInSilence => {
                self.line.met.notify_one();
                sleep(PATIENCE).await;
                Err(Broken::Lost(Cause::new("no answer")))
            }
            Answer::InterruptAfter => {
                self.line.met.notify_one();
                Ok(own())
            }
        }
    }
}

impl Transport for Process {
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, Broken>> {
        Box::pin(self.run(request))
    }
}

fn bare(status: u16, wish: Option<Wish>) -> http::Response<Bytes> {
    let response = http::Response::builder().status(status);
    let response = match wish {
        None => response,
        Some(Wish::Seconds) => response.header("retry-after", "7"),
        Some(Wish::Date) => response
            .header("date", "Thu, 01 Jan 2026 00:00:00 GMT")
            .header("retry-after", "Thu, 01 Jan 2026 00:00:09 GMT"),
    };
    response.body(Bytes::new()).unwrap()
}

fn page() -> http::Response<Bytes> {
    let response = http::Response::builder().status(200).header("content-type", "text/html");
    response.body(Bytes::from_static(b"<html><body>Please log in</body></html>")).unwrap()
}

fn half(mut whole: http::Response<Bytes>) -> http::Response<Bytes> {
    let length = whole.body().len() / 2;
    whole.body_mut().truncate(length);
    whole
}

fn moved(request: &http::Request<Bytes>) -> http::Response<Bytes> {
    let response = http::Response::builder().status(307);
    response.header("location", request.uri().to_string()).body(Bytes::new()).unwrap()
}

pub(crate) fn to_lab(request: &http::Request<Bytes>) -> lab::Request {
    let uri = request.uri();
    let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let text = || String::from_utf8(request.body().to_vec()).unwrap();
    lab::Request {
        method: request.method().clone(),
        path: decoded(uri.path()),
        query: pairs(uri.query().unwrap_or_default()),
        headers: headers.collect(),
        body: match serde_json::from_slice(request.body()) {
            _ if request.body().is_empty() => Body::Empty,
            Ok(json) => Body::Json(json),
            Err(_) => Body::Text(text()),
        },
    }
}

/// A path, decoded. In one, `+`, `&` and `=` mean themselves.
fn decoded(path: &str) -> String {
    let plain = path.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(plain.as_bytes());
    pairs.next().map(|(path, _)| path.into_owned()).unwrap_or_default()
}

pub(crate) fn from_lab(response: lab::Response) -> http::Response<Bytes> {
    let mut answer = http::Response::builder().status(response.status);
    let (body, is_json) = match response.body {
        Body::Empty => (String::new(), false),
        Body::Json(json) => (json.to_string(), true),
        Body::Raw(text) => (text, true),
        Body::Text(text) => (text, false),
    };
    if is_json {
        answer = answer.header("content-type", "application/json");
    }
    for (name, value) in &response.headers {
        answer = answer.header(name, value);
    }
    answer.body(body.into()).unwrap()
}
