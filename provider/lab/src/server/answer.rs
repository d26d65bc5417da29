//! From an HTTP request to its answer: limits, faults, what is due, the rules, the journal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{self, Body as HttpBody};
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use super::limits::{Admission, Limiter};
use crate::exchange::{exchange, operation};
use crate::faults::{self, FaultAnswer, FaultBody, FaultKind};
use crate::nsx;
use crate::{Body, Effect, Half, JournalEntry, Limits, Request, Response, Store, Tx};

/// More than any client of the lab sends: five thousand objects in one call.
const LARGEST_BODY: usize = 64 << 20;

/// What both ports know.
#[derive(Debug)]
pub(super) struct Shared {
    store: Store,
    limiter: Mutex<Limiter>,
    started: Instant,
    stopping: CancellationToken,
}

/// The connection ends here, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the lab cuts the connection")]
pub(super) struct Cut;

/// How the answer travels.
enum Delivery {
    Whole,
    Cut,
    Never,
    HalfThenCut,
    HalfThenNothing,
    Garbled,
}

impl Shared {
    pub(super) fn new(store: Store, stopping: CancellationToken) -> Self {
        Self { store, limiter: Mutex::default(), started: Instant::now(), stopping }
    }

    pub(super) async fn answer(
        self: Arc<Self>,
        half: Half,
        request: http::Request<HttpBody>,
    ) -> Result<http::Response<HttpBody>, Cut> {
        let (parts, body) = request.into_parts();
        let body = body::to_bytes(body, LARGEST_BODY).await.map_err(|_| Cut)?;
        let query = parts.uri.query().unwrap_or("").to_owned();
        let request = parsed(&parts, &query, &body);

        let counted = half == Half::Nsx && self.store.settings().limits == Limits::On;
        let admitted = counted.then(|| self.admit(&request)).transpose();
        let worker = Arc::clone(&self);
        let refusal = admitted.as_ref().err().cloned();
        let done = tokio::task::spawn_blocking(move || {
            worker.store.transaction(|tx| match refusal {
                Some(refusal) => {
                    record(tx, half, &request, query, (refusal.status, Effect::None));
                    (refusal, Delivery::Whole)
                }
                None => process(tx, half, &request, query),
            })
        });
        let (response, delivery) = match done.await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "lab: no answer");
                (Response::text(500, format!("the lab itself failed: {error}")), Delivery::Whole)
            }
            Err(_) => return Err(Cut),
        };
        self.deliver(response, delivery).await
    }

    fn admit(&self, request: &Request) -> Result<Leaving<'_>, Response> {
        self.admit_at(request, self.started.elapsed())
    }

    /// Counts a request in that came when the lab had been served for so long.
    pub(super) fn admit_at(
        &self,
        request: &Request,
        now: Duration,
    ) -> Result<Leaving<'_>, Response> {
        let client = nsx::client_of(request);
        let mut limiter = self.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        match limiter.enter(&client, now) {
            Admission::Granted => Ok(Leaving { shared: self, client }),
            Admission::TooFast => Err(nsx::too_fast(&client)),
            Admission::TooMany => Err(nsx::too_many(&client)),
        }
    }

    async fn deliver(
        &self,
        response: Response,
        delivery: Delivery,
    ) -> Result<http::Response<HttpBody>, Cut> {
        match delivery {
            Delivery::Whole => Ok(whole(response)),
            Delivery::Cut => Err(Cut),
            Delivery::Never => {
                self.stopping.cancelled().await;
                Err(Cut)
            }
            Delivery::HalfThenCut => Ok(half(response, CancellationToken::new(), Wait::No)),
            Delivery::HalfThenNothing => Ok(half(response, self.stopping.clone(), Wait::Yes)),
            Delivery::Garbled => {
                let mut whole = whole(response);
                whole.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                Ok(whole)
            }
        }
    }
}

/// Counts a request out when it has been answered.
pub(super) struct Leaving<'a> {
    shared: &'a Shared,
    client: String,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.shared.limiter.lock().unwrap_or_else(PoisonError::into_inner).leave(&self.client);
    }
}

/// All that happens in the state for one request.
fn process(tx: &mut Tx<'_>, half: Half, request: &Request, query: String) -> (Response, Delivery) {
    if request.path.starts_with("/lab/") {
        return (operation(tx, request), Delivery::Whole);
    }
    let fault = faults::take(tx, half, request);
    let processed = match &fault {
        Some(FaultKind::Answer(_) | FaultKind::ResetBefore | FaultKind::HangBefore) => None,
        Some(FaultKind::Twice) => {
            exchange(tx, half, request);
            Some(exchange(tx, half, request))
        }
        _ => Some(exchange(tx, half, request)),
    };
    let effect = effect(request, processed.as_ref());
    let (response, delivery) = disturbed(processed, fault);
    let status = match delivery {
        Delivery::Cut | Delivery::Never => 0,
        _ => response.status,
    };
    record(tx, half, request, query, (status, effect));
    (response, delivery)
}

fn record(
    tx: &mut Tx<'_>,
    half: Half,
    request: &Request,
    query: String,
    (status, effect): (u16, Effect),
) {
    tx.record(&JournalEntry {
        half,
        method: request.method.to_string(),
        path: request.path.clone(),
        query,
        status,
        effect,
        at: tx.now(),
    });
}

fn effect(request: &Request, processed: Option<&Response>) -> Effect {
    let reads = [Method::GET, Method::HEAD].contains(&request.method);
    let logs_in_or_out = request.path.contains("/session") || request.path == "/wcp/login";
    let accepted = processed.is_some_and(|response| !response.is_refusal());
    if accepted && !reads && !logs_in_or_out { Effect::Wrote } else { Effect::None }
}

fn disturbed(processed: Option<Response>, fault: Option<FaultKind>) -> (Response, Delivery) {
    let response = processed.unwrap_or(Response::empty(500));
    match fault {
        None | Some(FaultKind::Twice) => (response, Delivery::Whole),
        Some(FaultKind::Answer(answer) | FaultKind::AnswerAfter(answer)) => {
            (instead(answer), Delivery::Whole)
        }
        Some(FaultKind::ResetBefore | FaultKind::ResetAfter) => (response, Delivery::Cut),
        Some(FaultKind::HangBefore | FaultKind::HangAfter) => (response, Delivery::Never),
        Some(FaultKind::Truncate) => (response, Delivery::HalfThenCut),
        Some(FaultKind::HangInBody) => (response, Delivery::HalfThenNothing),
        Some(FaultKind::BadGzip) => (response, Delivery::Garbled),
    }
}

fn instead(answer: FaultAnswer) -> Response {
    let mut response = match answer.body {
        FaultBody::Empty => Response::empty(answer.status),
        FaultBody::Json(body) => Response::json(answer.status, body),
        FaultBody::Html => Response {
            status: answer.status,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: Body::Text("<html><body><h1>Service unavailable</h1></body></html>".to_owned()),
        },
    };
    response.headers.extend(answer.headers);
    response
}

fn parsed(parts: &http::request::Parts, query: &str, body: &Bytes) -> Request {
    let path = parts.uri.path();
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Request {
        method: parts.method.clone(),
        path: percent_decoded(path),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: parts.headers.iter().map(header).collect(),
        body: request_body(&parts.headers, body),
    }
}

/// A path, decoded. A `+` in it is a plus sign, unlike in a query.
fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = decoded.filter(|_| first == b'%') {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn request_body(headers: &HeaderMap, body: &Bytes) -> Body {
    if body.is_empty() {
        return Body::Empty;
    }
    let form = headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let parsed = if form { None } else { serde_json::from_slice(body).ok() };
    parsed.map_or_else(|| Body::Text(String::from_utf8_lossy(body).into_owned()), Body::Json)
}

fn whole(response: Response) -> http::Response<HttpBody> {
    let (mut head, bytes) = pieces(response);
    head.headers_mut().insert(CONTENT_LENGTH, bytes.len().into());
    head.map(|()| HttpBody::from(bytes))
}

enum Wait {
    Yes,
    No,
}

/// The head promises the whole body; half of it comes.
fn half(response: Response, stopping: CancellationToken, wait: Wait) -> http::Response<HttpBody> {
    let (mut head, mut bytes) = pieces(response);
    head.headers_mut().insert(CONTENT_LENGTH, bytes.len().max(2).into());
    bytes.truncate(bytes.len() / 2);
    let steps = stream::unfold(Some(bytes), move |first| {
        let stopping = stopping.clone();
        let wait = matches!(wait, Wait::Yes);
        async move {
            if let Some(bytes) = first {
                return Some((Ok(Bytes::from(bytes)), None));
            }
            if wait {
                stopping.cancelled().await;
            }
            Some((Err(Cut), None))
        }
    });
    head.map(|()| HttpBody::from_stream(steps))
}

fn pieces(response: Response) -> (http::Response<()>, Vec<u8>) {
    let mut head = http::Response::new(());
    *head.status_mut() =
        http::StatusCode::from_u16(response.status).unwrap_or(http::StatusCode::IM_A_TEAPOT);
    let (bytes, json) = match response.body {
        Body::Empty => (Vec::new(), false),
        Body::Json(value) => (value.to_string().into_bytes(), true),
        Body::Raw(text) => (text.into_bytes(), true),
        Body::Text(text) => (text.into_bytes(), false),
    };
    if json {
        head.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in &response.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            head.headers_mut().append(name, value);
        }
    }
    (head, bytes)
}
