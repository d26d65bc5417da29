//! The schedule of attempts in virtual time, over a transport that answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all};
use http::{HeaderMap, HeaderValue, Response};
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Cause;
use crate::*;

/// What a script says about one request.
enum Line {
    Answer(u16, Vec<(&'static str, String)>, String),
    Broken(Broken),
    Silence,
}

fn answer(status: u16, body: &Value) -> Line {
    Line::Answer(status, vec![("content-type", "application/json".into())], body.to_string())
}

fn own(status: u16) -> Line {
    answer(status, &json!({ "own": true }))
}

fn page(status: u16) -> Line {
    Line::Answer(status, vec![("content-type", "text/html".into())], "<html>".into())
}

fn lost() -> Line {
    Line::Broken(Broken::Lost(Cause::new("reset by peer")))
}

fn refused() -> Line {
    Line::Broken(Broken::NotSent(Cause::new("connection refused")))
}

#[derive(Default)]
struct Script {
    lines: Mutex<VecDeque<Line>>,
    /// Paths in the order of the requests, log-ins included.
    asked: Mutex<Vec<String>>,
    /// Whether a token, once given, is refused from then on.
    expired: Mutex<Vec<String>>,
    log_in_status: Mutex<u16>,
}

impl Script {
    fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    async fn run(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        // So that requests overlap as they do on a network.
        tokio::task::yield_now().await;
        let path = request.uri().path().to_owned();
        self.asked.lock().unwrap().push(path.clone());
        if path == "/login" {
            let token = format!("\"t{}\"", self.asked("/login"));
            let status = *self.log_in_status.lock().unwrap();
            return Ok(Response::builder().status(status).body(token.into()).unwrap());
        }
        let token = request.headers().get("token").map(|t| t.to_str().unwrap().to_owned());
        if token.is_some_and(|token| self.expired.lock().unwrap().contains(&token)) {
            return Ok(Response::builder().status(401).body(Bytes::new()).unwrap());
        }
        let line = self.lines.lock().unwrap().pop_front();
        match line.unwrap_or_else(|| answer(200, &json!({}))) {
            Line::Answer(status, headers, body) => {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                Ok(response.body(body.into()).unwrap())
            }
            Line::Broken(broken) => Err(broken),
            Line::Silence => std::future::pending().await,
        }
    }
}

struct Wire(Arc<Script>);

impl Transport for Wire {
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, Broken>> {
        Box::pin(self.0.run(request))
    }
}

struct Plain;

impl Dialect for Plain {
    fn log_in(&self) -> Request {
        Request::post("/login").wants(Wants::Json)
    }

    fn session(&self, answer: &Answer) -> Option<HeaderMap> {
        let token: String = answer.json().ok()?;
        let mut headers = HeaderMap::new();
        headers.insert("token", HeaderValue::from_str(&token).ok()?);
        Some(headers)
    }

    fn log_out(&self) -> Option<Request> {
        Some(Request::delete("/login-end"))
    }

    fn is_own_error(&self, body: &Value) -> bool {
        body.get("own").is_some()
    }
}

fn client(lines: impl IntoIterator<Item = Line>) -> (Client, Arc<Script>) {
    let script = Script {
        lines: Mutex::new(lines.into_iter().collect()),
        log_in_status: Mutex::new(200),
        ..Script::default()
    };
    let script = Arc::new(script);
    let settings = Settings { jitter: Arc::new(|| 1.0), ..Settings::default() };
    let config = Config::new("https://server.example.com").unwrap();
    let transport = Arc::new(Wire(Arc::clone(&script)));
    (Client::over(transport, &config, Plain, settings), script)
}

async fn timed<T>(call: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let value = call.await;
    (value, start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn pauses_add_up_to_what_the_policy_says() {
    let (client, script) = client((0..20).map(|_| page(502)));
    let (result, elapsed) = timed(client.send(Request::get("/x"))).await;
    assert_eq!(result.unwrap_err().refusal().unwrap().status, 502);
    assert_eq!(script.asked("/x"), 8);
    assert_eq!(elapsed, Duration::from_millis(250 + 500 + 1000 + 2000 + 4000 + 8000 + 16_000));
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_in_both_forms() {
    let after = |value: &str| {
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT".to_owned());
        Line::Answer(503, vec![("retry-after", value.to_owned()), date], String::new())
    };
    let (client, _) = client([after("7"), after("Wed, 21 Oct 2015 07:28:09 GMT")]);
    let (result, elapsed) = timed(client.send(Request::get("/x"))).await;
    result.unwrap();
    assert_eq!(elapsed, Duration::from_millis(7000 + 250 + 9000 + 250));
}

#[tokio::test(start_paused = true)]
async fn a_wish_beyond_the_deadline_ends_the_call_at_once() {
    let after = Line::Answer(503, vec![("retry-after", "3600".into())], String::new());
    let (client, _) = client([after]);
    let deadline = Instant::now() + Duration::from_secs(10);
    let bounded = client.within(CancellationToken::new(), Some(deadline));
    let (result, elapsed) = timed(bounded.send(Request::get("/x"))).await;
    assert_eq!(result.unwrap_err().refusal().unwrap().status, 503);
    assert_eq!(elapsed, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_action_is_never_repeated_blindly() {
    for line in [lost(), page(502), page(503), page(504), page(500), page(408)] {
        let (client, script) = client([line]);
        let error = client.send(Request::post("/enable")).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(script.asked("/enable"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_action_that_had_no_effect_is_repeated() {
    let lines = [refused(), own(503), page(429)];
    let (client, script) = client(lines);
    client.send(Request::post("/enable")).await.unwrap();
    assert_eq!(script.asked("/enable"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final_and_known() {
    for status in [400, 403, 404, 409, 412, 422] {
        let (client, script) = client([own(status)]);
        let error = client.send(Request::post("/enable")).await.unwrap_err();
        assert!(!error.is_outcome_unknown() && error.refusal().unwrap().is_own, "{status}");
        assert_eq!(script.asked("/enable"), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_again_says_so() {
    let (client, _) = client([refused(), answer(200, &json!({}))]);
    assert!(!client.send(Request::put("/x")).await.unwrap().is_resent, "it was never sent before");
    let (client, _) = self::client([lost(), own(404)]);
    let error = client.send(Request::delete("/x")).await.unwrap_err();
    assert!(error.refusal().unwrap().is_resent);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_something_in_between_is_never_an_answer() {
    let (client, script) = client([page(200)]);
    let error = client.send(Request::get("/x")).await.unwrap_err();
    assert_eq!(error.to_string(), "GET /x: expected JSON, got text/html");
    assert_eq!(script.asked("/x"), 1);
    let (client, _) = self::client([page(200)]);
    assert!(client.send(Request::patch("/x")).await.unwrap_err().is_outcome_unknown());
}

#[tokio::test(start_paused = true)]
async fn nothing_where_json_was_promised_is_an_error() {
    let (client, _) = client([Line::Answer(200, vec![], String::new())]);
    let error = client.send(Request::get("/x")).await.unwrap_err();
    assert_eq!(error.to_string(), "GET /x: expected JSON, got nothing");
}

#[tokio::test(start_paused = true)]
async fn json_that_breaks_off_is_read_again_and_given_up_after_three() {
    let cut = || Line::Answer(200, vec![], "{\"a\": [1, 2".into());
    let (client, script) = client([cut(), cut()]);
    client.send(Request::get("/x")).await.unwrap();
    assert_eq!(script.asked("/x"), 3);
    let (client, script) = self::client((0..9).map(|_| cut()));
    assert!(matches!(client.send(Request::get("/x")).await, Err(Error::Unreadable { .. })));
    assert_eq!(script.asked("/x"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_breaks_off_is_asked_for_again() {
    let cut = Line::Answer(404, vec![], "{\"own\": tr".into());
    let (client, script) = client([cut, own(404)]);
    let error = client.send(Request::get("/x")).await.unwrap_err();
    assert!(error.refusal().unwrap().is_own, "half of it says nothing about the object");
    assert_eq!(script.asked("/x"), 2);
}

#[tokio::test(start_paused = true)]
async fn ten_calls_log_in_once_and_once_more_when_the_session_lapses() {
    let (client, script) = client([]);
    let ten = || join_all((0..10).map(|_| client.send(Request::get("/x"))));
    assert!(ten().await.iter().all(Result::is_ok));
    assert_eq!(script.asked("/login"), 1);
    script.expired.lock().unwrap().push("t1".into());
    assert!(ten().await.iter().all(Result::is_ok));
    assert_eq!(script.asked("/login"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_renewed_once_for_a_call() {
    let (client, script) = client([]);
    script.expired.lock().unwrap().extend(["t1".into(), "t2".into(), "t3".into()]);
    let error = client.send(Request::post("/enable")).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().status, 401);
    assert_eq!((script.asked("/login"), script.asked("/enable")), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_are_tried_once() {
    let (client, script) = client([]);
    *script.log_in_status.lock().unwrap() = 401;
    let ten = join_all((0..10).map(|_| client.send(Request::get("/x")))).await;
    assert!(ten.iter().all(|r| r.as_ref().is_err_and(Error::is_bad_credentials)));
    assert!(client.send(Request::get("/x")).await.is_err());
    assert_eq!((script.asked("/login"), script.asked("/x")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_session_is_ended_once_and_only_if_there_is_one() {
    let (client, script) = client([]);
    client.close().await;
    assert_eq!(script.asked("/login-end"), 0);
    client.send(Request::get("/x")).await.unwrap();
    client.close().await;
    client.close().await;
    assert_eq!(script.asked("/login-end"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_read_ends_at_once_and_a_write_has_a_moment() {
    for (request, grace, is_sent) in [
        (Request::get("/x"), Duration::ZERO, false),
        (Request::post("/x"), Duration::from_secs(2), true),
    ] {
        let (client, _) = client([answer(200, &json!({})), Line::Silence]);
        client.send(Request::get("/warm-up")).await.unwrap();
        let cancel = CancellationToken::new();
        let bounded = client.within(cancel.clone(), None);
        let stop = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            cancel.cancel();
        };
        let ((result, elapsed), ()) = tokio::join!(timed(bounded.send(request)), stop);
        let error = result.unwrap_err();
        assert!(error.is_cancelled());
        assert_eq!(error.is_outcome_unknown(), is_sent);
        assert_eq!(elapsed, Duration::from_secs(5) + grace);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_with_the_deadline_of_its_call() {
    let (client, _) = client((0..20).map(|_| refused()));
    let deadline = Instant::now() + Duration::from_secs(3);
    let bounded = client.within(CancellationToken::new(), Some(deadline));
    let error = bounded.send(Request::get("/x")).await.unwrap_err();
    assert!(matches!(error, Error::LogIn { .. } | Error::Unreachable { .. }));
    assert!(Instant::now() < deadline, "a wait that ends too late is not begun");
}

#[tokio::test(start_paused = true)]
async fn an_identifier_cannot_lead_elsewhere() {
    let (client, script) = client([]);
    for path in ["/a/../b", "/a/.", "//elsewhere.example.com/x", "https://elsewhere/x"] {
        let error = client.send(Request::get(path)).await.unwrap_err();
        assert!(matches!(error, Error::Path { .. }), "{path}: {error:?}");
    }
    assert_eq!(script.asked.lock().unwrap().iter().filter(|p| *p != "/login").count(), 0);
}

#[tokio::test(start_paused = true)]
async fn redirects_are_followed_within_the_server_and_no_further() {
    let to = |place: &str| Line::Answer(307, vec![("location", place.into())], String::new());
    let (client, script) = client([to("/y"), to("https://server.example.com/z")]);
    client.send(Request::post("/x")).await.unwrap();
    assert_eq!((script.asked("/y"), script.asked("/z")), (1, 1));
    for place in ["https://elsewhere.example.com/y", "http://server.example.com/y"] {
        let (client, script) = self::client([to(place)]);
        let error = client.send(Request::get("/x")).await.unwrap_err();
        assert!(matches!(error, Error::Redirected { .. }), "{error:?}");
        assert_eq!(script.asked("/y"), 0, "nothing is sent there");
    }
    let (client, script) = self::client((0..9).map(|_| to("/x")));
    assert!(matches!(client.send(Request::get("/x")).await, Err(Error::Redirected { .. })));
    assert_eq!(script.asked("/x"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_everything_is_not_buried_under_repetitions() {
    let (client, script) = client((0..10_000).map(|_| page(502)));
    for _ in 0..100 {
        client.send(Request::get("/x")).await.unwrap_err();
    }
    assert_eq!(script.asked("/x"), 100 + 35, "500 / 14 repetitions in all");
}

/// The dialect of a server whose log-in has a password in a header, and whose session has a token.
struct Guarded;

const USER_PASSWORD: &str = "p\"ssw\\rd of ann";

impl Dialect for Guarded {
    fn log_in(&self) -> Request {
        let basic = Secret::from(USER_PASSWORD).basic("ann");
        Request::post("/login").header(http::header::AUTHORIZATION, basic).wants(Wants::Json)
    }

    fn session(&self, answer: &Answer) -> Option<HeaderMap> {
        Plain.session(answer)
    }

    fn log_out(&self) -> Option<Request> {
        Plain.log_out()
    }

    fn is_own_error(&self, body: &Value) -> bool {
        Plain.is_own_error(body)
    }
}

#[derive(serde::Serialize)]
struct Spec {
    #[serde(serialize_with = "reveal")]
    password: Secret,
    #[serde(serialize_with = "reveal_some")]
    key: Option<Secret>,
}

/// A client of a server that repeats all of our request in what it answers.
fn echoing(status: u16) -> Client {
    struct Echo(u16);

    impl Transport for Echo {
        fn exchange(
            &self,
            request: http::Request<Bytes>,
        ) -> BoxFuture<'_, Result<Response<Bytes>, Broken>> {
            if request.uri().path() == "/login" {
                let token = Bytes::from_static(b"\"t0ken-of-session\"");
                return Box::pin(async { Ok(Response::new(token)) });
            }
            let body = String::from_utf8(request.body().to_vec()).unwrap();
            let shown = |value: &HeaderValue| value.to_str().unwrap().to_owned();
            let headers: Vec<String> = request
                .headers()
                .iter()
                .map(|(name, it)| format!("{name}: {}", shown(it)))
                .collect();
            let echo = json!({ "own": true, "error_message": headers.join("\n"), "details": body });
            let location = request.headers().get("token").map(shown).unwrap_or_default();
            let response = Response::builder()
                .status(self.0)
                .header("location", format!("https://{location}.example.com/"))
                .header("content-type", format!("text/{location}"))
                .header("x-request-id", location);
            let echo = if self.0 < 300 { location_page(&headers) } else { echo.to_string() };
            Box::pin(async move { Ok(response.body(echo.into()).unwrap()) })
        }
    }

    fn location_page(headers: &[String]) -> String {
        format!("<html>{}</html>", headers.join("<br>"))
    }

    let config = Config::new("https://server.example.com").unwrap();
    Client::over(Arc::new(Echo(status)), &config, Guarded, Settings::default())
}

/// All that can be seen of an error.
fn seen(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text = format!("{text} {cause} {cause:?}");
        next = cause.source();
    }
    match error.refusal() {
        Some(it) => format!("{text} {:?} {} {:?}", it.body, it.content_type, it.request_id),
        None => text,
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_our_request_tells_no_credential() {
    let secrets = ["t0ken-of-session", "made-for \"haproxy\"", "-----BEGIN KEY", USER_PASSWORD];
    for status in [200, 307, 400, 401, 403, 404, 500, 503] {
        let client = echoing(status);
        let password = Secret::from(secrets[1]);
        let spec = Spec { password, key: Some(Secret::from(secrets[2])) };
        let request = Request::post("/enable")
            .header(http::header::AUTHORIZATION, Secret::from(USER_PASSWORD).basic("ann"));
        let error = client.send(request.json(&spec)).await.unwrap_err();
        let text = seen(&error);
        let basic = "YW5uOnAic3N3XHJkIG9mIGFubg";
        for secret in secrets.iter().chain([&basic]) {
            assert!(!text.contains(secret), "{status}: {secret} is told: {text}");
            let escaped = json!(secret).to_string();
            assert!(!text.contains(escaped.trim_matches('"')), "{status}: {text}");
        }
        assert!(text.contains("***"), "{status}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_understood_tells_no_credential() {
    let echo = json!({ "token": "t0ken-of-session" });
    let lines = [answer(200, &echo)];
    let (client, _) = client(lines);
    // A success comes as it is; what is said of it does not.
    let session = HeaderMap::from_iter([(
        http::header::COOKIE,
        HeaderValue::from_static("id=t0ken-of-session"),
    )]);
    let answer = client.send_in(&session, Request::get("/x")).await.unwrap();
    assert_eq!(answer.json::<Value>().unwrap(), echo);
    let error = answer.json::<std::collections::BTreeMap<String, u8>>().unwrap_err();
    assert!(!seen(&error).contains("t0ken-of-session") && seen(&error).contains("***"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_a_log_in_gives_is_told_by_no_error() {
    let (client, _) = client([answer(200, &json!("a-token-for-ann"))]);
    let basic = Secret::from("hunter2").basic("ann");
    let request = Request::post("/wcp").header(http::header::AUTHORIZATION, basic);
    let answer = client.send_in(&HeaderMap::new(), request.wants(Wants::Json)).await.unwrap();
    let error = answer.json::<u8>().unwrap_err();
    assert!(!seen(&error).contains("a-token-for-ann"), "{error}");
    assert!(!format!("{answer:?}").contains("a-token-for-ann"));
}

#[test]
fn what_holds_headers_or_bodies_shows_neither() {
    let canary = "canary-7c1e5f02b9d84a36";
    let call = Call { method: http::Method::GET, path: "/x".into() };
    let name = http::HeaderName::from_static("token");
    let headers = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static(canary))]);
    let request = Request::post("/x").query("q", canary).json(&canary);
    let answer = Answer {
        call: call.clone(),
        status: http::StatusCode::OK,
        headers: headers.clone(),
        body: Bytes::from_static(canary.as_bytes()),
        is_resent: false,
        masks: crate::masks::Masks::default(),
    };
    let refusal = Refusal {
        call,
        status: http::StatusCode::BAD_REQUEST,
        body: Some(json!({ canary: canary })),
        is_own: true,
        content_type: canary.into(),
        request_id: Some(canary.into()),
        is_resent: false,
    };
    let shown = [
        format!("{:?}", request.header(name, HeaderValue::from_static(canary))),
        format!("{answer:?}"),
        format!("{refusal:?}"),
        format!("{:?}", Error::Refused(Box::new(refusal))),
        format!("{:?}", crate::session::Ticket::of(headers)),
        format!("{:?}", Secret::from(canary)),
    ];
    for text in shown {
        assert!(!text.contains(canary) && !text.is_empty(), "{text}");
    }
}
