//! One call: attempts at it, and what they end with.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};
use url::Url;

use super::Client;
use crate::dialect::Temper;
use crate::error::{Call, Cause, Error, Refusal};
use crate::masks::Masks;
use crate::request::{Answer, Effect, Request, Wants};
use crate::retry::{Ending, Verdict, judge, retry_after};
use crate::transport::Broken;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Redirects that are followed, all on the same server.
const REDIRECTS: usize = 3;

/// What one attempt came to.
struct Tried {
    result: Result<Answer, Error>,
    ending: Ending,
    /// What the server asks us to wait.
    wish: Option<Duration>,
}

impl Client {
    /// Tries until it is final, the attempts or the budget are used up, or time is.
    pub(super) async fn attempt(
        &self,
        request: &Request,
        session: &HeaderMap,
    ) -> Result<Answer, Error> {
        self.sends(request, session);
        let call = request.call();
        let mut paid = None;
        let mut is_resent = false;
        for retry in 0.. {
            let tried = self.once(request, &call, session, is_resent).await?;
            let verdict = judge(request.effect, tried.ending);
            match verdict {
                Verdict::Final => {
                    if tried.result.is_ok() {
                        self.budget(|budget| budget.refund(paid));
                        self.shared.pace.speed_up();
                    }
                    return tried.result;
                }
                Verdict::Lost => return Err(lost(call, tried.result)),
                Verdict::Throttled => self.shared.pace.slow_down(),
                Verdict::Transient => {}
            }
            is_resent |= tried.ending != Ending::NotSent;
            let Some(delay) = self.delay(retry, &tried) else { return tried.result };
            if !self.budget(|budget| budget.pay(verdict)) {
                tracing::warn!(%call, "too many calls fail: this one is not repeated");
                return tried.result;
            }
            paid = Some(verdict);
            tracing::warn!(%call, ending = ?tried.ending, ?delay, retry = retry + 1, "once more");
            self.waiting(&call, tokio::time::sleep(delay)).await?;
        }
        unreachable!("the loop ends when the attempts are used up")
    }

    fn budget<T>(&self, change: impl FnOnce(&mut crate::retry::Budget) -> T) -> T {
        change(&mut self.shared.budget.lock().expect("no change of the budget panics"))
    }

    /// How long to wait before the next attempt; none if there is to be none.
    fn delay(&self, retry: u32, tried: &Tried) -> Option<Duration> {
        let policy = &self.shared.settings.policy;
        let attempts = match tried.ending {
            Ending::Broken => policy.broken_attempts,
            _ => policy.attempts,
        };
        if retry + 1 >= attempts {
            return None;
        }
        let wish = match self.deadline {
            Some(_) => tried.wish,
            None => tried.wish.map(|wish| wish.min(policy.longest_wish)),
        };
        let delay = policy.delay(retry, (self.shared.settings.jitter)(), wish);
        // A wait that ends too late is not begun.
        self.deadline.is_none_or(|deadline| Instant::now() + delay < deadline).then_some(delay)
    }

    /// One attempt, with everything masked in its error that was sent as a credential. An error
    /// here is one of ours: stopped, redirected, not to be sent.
    async fn once(
        &self,
        request: &Request,
        call: &Call,
        session: &HeaderMap,
        is_resent: bool,
    ) -> Result<Tried, Error> {
        let tried = self.plainly(request, call, session, is_resent).await;
        let masks = self.masks();
        let Tried { result, ending, wish } = tried.map_err(|error| masks.error(error))?;
        Ok(Tried { result: result.map_err(|error| masks.error(error)), ending, wish })
    }

    /// The same with nothing masked in it.
    async fn plainly(
        &self,
        request: &Request,
        call: &Call,
        session: &HeaderMap,
        is_resent: bool,
    ) -> Result<Tried, Error> {
        let place = self.waiting(call, self.shared.pace.enter()).await?;
        let (id, url) = (self.request_id(), self.url(request, call)?);
        let started = Instant::now();
        let outcome = self.follow(request, call, session, url, &id).await?;
        drop(place);
        let elapsed = started.elapsed().as_millis();
        Ok(match outcome {
            Ok(response) => {
                let (status, bytes) = (response.status().as_u16(), response.body().len());
                tracing::debug!(%call, id, status, bytes, elapsed, is_resent, "answered");
                self.answered(request, call, response, is_resent)
            }
            Err(broken) => {
                let broken = self.masks().broken(broken);
                tracing::debug!(%call, id, ?broken, elapsed, is_resent, "not answered");
                unanswered(call, broken)
            }
        })
    }

    /// Sends it, and again where the server says that it has moved within itself.
    async fn follow(
        &self,
        request: &Request,
        call: &Call,
        session: &HeaderMap,
        mut url: Url,
        id: &str,
    ) -> Result<Result<http::Response<Bytes>, Broken>, Error> {
        for _ in 0..=REDIRECTS {
            let wire = on_the_wire(request, session, &url, id);
            let response = match self.flight(request, call, wire).await? {
                Ok(response) => response,
                Err(broken) => return Ok(Err(broken)),
            };
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let (true, Some(location)) = (is_redirect(response.status()), location) else {
                return Ok(Ok(response));
            };
            let next = url.join(location).map_err(|_| redirected(call, "an unreadable address"))?;
            if next.origin() != self.shared.server.origin() {
                return Err(redirected(call, &next.origin().ascii_serialization()));
            }
            url = next;
        }
        Err(redirected(call, "itself again and again"))
    }

    /// Waits for the answer. A read is given up at once when time is up; a write has a moment
    /// more, since its outcome is worth knowing.
    async fn flight(
        &self,
        request: &Request,
        call: &Call,
        wire: http::Request<Bytes>,
    ) -> Result<Result<http::Response<Bytes>, Broken>, Error> {
        let mut exchange = self.shared.transport.exchange(wire);
        let why = tokio::select! {
            biased;
            answer = &mut exchange => return Ok(answer),
            why = self.stopped() => why,
        };
        let is_sent = request.effect != Effect::Read;
        if is_sent && let Ok(answer) = timeout(self.shared.settings.grace, exchange).await {
            return Ok(answer);
        }
        Err(Error::Stopped { call: call.clone(), why, is_sent })
    }

    fn request_id(&self) -> String {
        let number = self.shared.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}-{number}", self.shared.run)
    }

    fn url(&self, request: &Request, call: &Call) -> Result<Url, Error> {
        let path = || Error::Path { call: call.clone() };
        let url = self.shared.server.join(&request.target()).map_err(|_| path())?;
        // An identifier such as `..` would make it another object's path, or another host's.
        let same = url.path() == request.path && url.origin() == self.shared.server.origin();
        same.then_some(url).ok_or_else(path)
    }

    fn answered(
        &self,
        request: &Request,
        call: &Call,
        response: http::Response<Bytes>,
        is_resent: bool,
    ) -> Tried {
        let (parts, body) = response.into_parts();
        let header =
            |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let wish = retry_after(header(RETRY_AFTER), header(DATE));
        let content_type = header(CONTENT_TYPE).unwrap_or_default().to_owned();
        if parts.status.is_success() {
            let masks = self.masks();
            return success(request, call, parts, body, &content_type, is_resent, masks);
        }
        let parsed = serde_json::from_slice::<Value>(&body);
        let breaks_off = !body.is_empty() && parsed.as_ref().is_err_and(serde_json::Error::is_eof);
        let body = parsed.ok();
        let refusal = Refusal {
            call: call.clone(),
            status: parts.status,
            is_own: body.as_ref().is_some_and(|body| self.shared.dialect.is_own_error(body)),
            body,
            content_type,
            request_id: header(REQUEST_ID).map(ToOwned::to_owned),
            is_resent,
        };
        let temper =
            if refusal.is_own { self.shared.dialect.temper(&refusal) } else { Temper::AsStatus };
        let Refusal { status, is_own, .. } = refusal;
        let ending =
            if breaks_off { Ending::Broken } else { Ending::Status { status, is_own, temper } };
        Tried { result: Err(Error::Refused(Box::new(refusal))), ending, wish }
    }
}

fn on_the_wire(
    request: &Request,
    session: &HeaderMap,
    url: &Url,
    id: &str,
) -> http::Request<Bytes> {
    let mut wire = http::Request::new(request.body.clone());
    *wire.method_mut() = request.method.clone();
    wire.extensions_mut().insert(request.largest);
    *wire.uri_mut() = url.as_str().parse().expect("every URL of a server is a URI");
    let headers = wire.headers_mut();
    headers.extend(session.clone());
    headers.extend(request.headers.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(REQUEST_ID, HeaderValue::from_str(id).expect("an id is hexadecimal digits"));
    wire
}

/// A success, if its body is what was promised. A JSON text that breaks off is a broken answer; a
/// page of something in between is final, and never "nothing there".
fn success(
    request: &Request,
    call: &Call,
    parts: http::response::Parts,
    body: Bytes,
    content_type: &str,
    is_resent: bool,
    mut masks: Masks,
) -> Tried {
    let status = parts.status;
    let unreadable =
        |found: String| Error::Unreadable { call: call.clone(), expected: "JSON", found };
    let tried = |result, ending| Tried { result, ending, wish: None };
    let fine = Ending::Status { status, is_own: false, temper: Temper::AsStatus };
    let is_json = content_type.is_empty() || content_type.contains("json");
    if body.is_empty() && request.wants == Wants::Json {
        return tried(Err(unreadable("nothing".to_owned())), fine);
    }
    if !body.is_empty() && !is_json {
        let found = content_type.chars().take(80).collect();
        return tried(Err(unreadable(found)), fine);
    }
    if !body.is_empty()
        && let Err(error) = serde_json::from_slice::<&RawValue>(&body)
    {
        let ending = if error.is_eof() { Ending::Broken } else { fine };
        return tried(Err(unreadable(error.to_string())), ending);
    }
    if request.headers.contains_key(AUTHORIZATION) {
        // Who shows credentials is given others.
        masks.add_all(&body);
    }
    let (call, headers) = (call.clone(), parts.headers);
    let answer = Answer { call, status, headers, body, is_resent, masks };
    tried(Ok(answer), fine)
}

fn unanswered(call: &Call, broken: Broken) -> Tried {
    let call = call.clone();
    let (error, ending) = match broken {
        Broken::NotSent(source) => (Error::Unreachable { call, source }, Ending::NotSent),
        // Trying again shows the same certificate; saying so at once is of more use.
        Broken::Untrusted { seen, cause } => {
            (Error::Untrusted { call, seen, source: cause }, Ending::Untrusted)
        }
        Broken::Lost(source) => (Error::Lost { call, source }, Ending::Broken),
        Broken::TooLarge(largest) => (Error::TooLarge { call, largest }, Ending::TooLarge),
    };
    Tried { result: Err(error), ending, wish: None }
}

/// Says that the outcome is unknown, keeping what came instead of an answer as the cause.
fn lost(call: Call, result: Result<Answer, Error>) -> Error {
    match result {
        Err(error @ Error::Lost { .. }) => error,
        Err(error) => Error::Lost { call, source: Cause::new(error) },
        Ok(_) => unreachable!("a success is final"),
    }
}

fn redirected(call: &Call, to: &str) -> Error {
    Error::Redirected { call: call.clone(), to: to.to_owned() }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 307 | 308)
}
