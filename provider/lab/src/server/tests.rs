//! The lab over real connections.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as HttpBody, to_bytes};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::*;
use crate::{Clock, Effect, Fault, FaultAnswer, FaultBody, FaultKind, Limits, Settings};

const SEGMENTS: &str = "/policy/api/v1/infra/segments";
const WEB: &str = "/policy/api/v1/infra/segments/web";

async fn lab(transport: Transport, limits: Limits) -> Lab {
    let settings = Settings { clock: Clock::Manual, limits, ..Settings::default() };
    let store = Store::in_memory(&settings).unwrap();
    Lab::start(store, Options { transport, ..Options::default() }).await.unwrap()
}

/// What came back: status, headers, body. None where the connection was cut.
struct Answer {
    status: u16,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn ask(lab: &Lab, method: &str, path: &str, body: Option<Value>) -> Option<Answer> {
    let url = lab.nsx();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let stream = TcpStream::connect(address).await.unwrap();
    if url.scheme() == "http" {
        return send(lab, stream, method, path, body).await;
    }
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    send(lab, stream, method, path, body).await
}

async fn send<S>(
    lab: &Lab,
    stream: S,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Option<Answer>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let credentials = format!("{}:{}", lab.nsx_username(), lab.password());
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost")
        .header("authorization", format!("Basic {}", BASE64_STANDARD.encode(credentials)))
        .header("content-type", "application/json")
        .body(body.map_or_else(HttpBody::empty, |body| HttpBody::from(body.to_string())))
        .unwrap();
    let response = sender.send_request(request).await.ok()?;
    let (head, incoming) = response.into_parts();
    let body = to_bytes(HttpBody::new(incoming), usize::MAX).await.ok()?.to_vec();
    drop(sender);
    connection.await.unwrap().ok()?;
    Some(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

async fn get(lab: &Lab, path: &str) -> Option<Answer> {
    ask(lab, "GET", path, None).await
}

fn answer(status: u16, body: FaultBody) -> FaultAnswer {
    FaultAnswer { status, headers: vec![("retry-after".to_owned(), "1".to_owned())], body }
}

#[tokio::test]
async fn nsx_answers_over_tls_with_the_labs_own_ca() {
    let lab = lab(Transport::Tls, Limits::On).await;
    let created = ask(&lab, "PATCH", WEB, Some(json!({}))).await.unwrap();
    assert_eq!((created.status, created.body.len()), (200, 0));

    let listed = get(&lab, SEGMENTS).await.unwrap();
    assert_eq!(listed.headers["content-type"], "application/json");
    assert_eq!(listed.json()["results"][0]["id"], "web");
    lab.stop().await;
}

#[tokio::test]
async fn the_ca_stays_the_same_as_long_as_the_state() {
    let first = lab(Transport::Plain, Limits::On).await;
    let (store, pem) = (first.store().clone(), first.ca_pem().to_owned());
    first.stop().await;
    let second = Lab::start(store, Options::default()).await.unwrap();
    assert_eq!(second.ca_pem(), pem);
    second.stop().await;
}

#[tokio::test]
async fn an_escaped_path_is_decoded() {
    let lab = lab(Transport::Plain, Limits::On).await;
    let path = "/policy/api/v1/infra/domains/domain-c8%3Add58";
    assert_eq!(ask(&lab, "PATCH", path, Some(json!({}))).await.unwrap().status, 200);
    assert_eq!(get(&lab, path).await.unwrap().json()["id"], "domain-c8:dd58");
    lab.stop().await;
}

#[tokio::test]
async fn a_fault_before_leaves_no_trace_and_one_after_leaves_the_object() {
    let lab = lab(Transport::Plain, Limits::On).await;
    let kinds = [
        (FaultKind::ResetBefore, false, None),
        (FaultKind::Answer(answer(503, FaultBody::Empty)), false, Some(503)),
        (FaultKind::ResetAfter, true, None),
        (FaultKind::AnswerAfter(answer(200, FaultBody::Html)), true, Some(200)),
        (FaultKind::Twice, true, Some(200)),
    ];
    for (number, (kind, written, status)) in kinds.into_iter().enumerate() {
        let path = format!("{SEGMENTS}/s{number}");
        lab.store().inject(&[Fault::new(kind.clone()).on("PUT", &path)]).unwrap();
        let got = ask(&lab, "PUT", &path, Some(json!({ "_revision": 0 }))).await;
        assert_eq!(got.map(|got| got.status), status, "{kind:?}");
        assert_eq!(get(&lab, &path).await.unwrap().status == 200, written, "{kind:?}");
    }
    assert_eq!(get(&lab, &format!("{SEGMENTS}/s4")).await.unwrap().json()["_revision"], 1);
    lab.stop().await;
}

#[tokio::test]
async fn half_a_body_is_an_error_to_the_client() {
    let lab = lab(Transport::Plain, Limits::On).await;
    lab.store().inject(&[Fault::new(FaultKind::Truncate)]).unwrap();
    assert!(get(&lab, SEGMENTS).await.is_none());
    assert_eq!(get(&lab, SEGMENTS).await.unwrap().status, 200);
    lab.stop().await;
}

#[tokio::test]
async fn a_request_that_hangs_ends_when_the_lab_does() {
    for kind in [FaultKind::HangBefore, FaultKind::HangAfter, FaultKind::HangInBody] {
        let lab = Arc::new(lab(Transport::Plain, Limits::On).await);
        lab.store().inject(&[Fault::new(kind)]).unwrap();
        let asking = Arc::clone(&lab);
        let hanging = tokio::spawn(async move { get(&asking, SEGMENTS).await.is_none() });
        while !lab.store().transaction(|tx| tx.faults().is_empty()).unwrap() {
            tokio::task::yield_now().await;
        }
        lab.stopping.cancel();
        assert!(hanging.await.unwrap());
    }
}

#[tokio::test]
async fn html_and_bad_gzip_claim_to_be_fine() {
    let lab = lab(Transport::Plain, Limits::On).await;
    let html = FaultKind::Answer(answer(200, FaultBody::Html));
    lab.store().inject(&[Fault::new(html), Fault::new(FaultKind::BadGzip)]).unwrap();

    let page = get(&lab, SEGMENTS).await.unwrap();
    assert_eq!((page.status, &page.headers["content-type"]), (200, &"text/html".parse().unwrap()));
    assert_eq!(page.headers["retry-after"], "1");
    let gzip = get(&lab, SEGMENTS).await.unwrap();
    assert_eq!(gzip.headers["content-encoding"], "gzip");
    lab.stop().await;
}

#[tokio::test]
async fn the_journal_tells_what_was_asked_and_what_it_did() {
    let lab = lab(Transport::Plain, Limits::On).await;
    ask(&lab, "PATCH", WEB, Some(json!({}))).await;
    ask(&lab, "PATCH", WEB, Some(json!({ "no_such": 1 }))).await;
    get(&lab, &format!("{SEGMENTS}?page_size=1")).await;
    lab.store().inject(&[Fault::new(FaultKind::ResetAfter)]).unwrap();
    ask(&lab, "DELETE", WEB, None).await;

    let journal = lab.journal().unwrap();
    let told: Vec<_> = journal
        .iter()
        .map(|entry| (entry.method.as_str(), entry.query.as_str(), entry.status, entry.effect))
        .collect();
    assert_eq!(
        told,
        [
            ("PATCH", "", 200, Effect::Wrote),
            ("PATCH", "", 400, Effect::None),
            ("GET", "page_size=1", 200, Effect::None),
            ("DELETE", "", 0, Effect::Wrote),
        ]
    );
    assert_eq!(get(&lab, "/lab/journal").await.unwrap().json()[0]["path"], WEB);
    lab.stop().await;
}

#[tokio::test]
async fn people_can_inject_faults_and_move_the_clock() {
    let lab = lab(Transport::Plain, Limits::On).await;
    let fault = json!({ "path": "*/segments", "kind": { "answer": { "status": 503 } } });
    assert_eq!(ask(&lab, "POST", "/lab/faults", Some(fault)).await.unwrap().status, 204);
    assert_eq!(get(&lab, SEGMENTS).await.unwrap().status, 503);
    assert_eq!(get(&lab, SEGMENTS).await.unwrap().status, 200);

    let wrong = json!({ "kind": "explode" });
    assert_eq!(ask(&lab, "POST", "/lab/faults", Some(wrong)).await.unwrap().status, 400);
    let minute = json!({ "seconds": 60 });
    let moved = ask(&lab, "POST", "/lab/clock/advance", Some(minute)).await.unwrap().json();
    assert_eq!(moved, json!({ "milliseconds": 60_000, "date": "2026-01-01T00:01:00.000Z" }));
    assert_eq!(get(&lab, "/lab/topology").await.unwrap().status, 200);
    assert_eq!(get(&lab, "/lab/nothing").await.unwrap().status, 404);
    lab.stop().await;
}

#[tokio::test]
async fn more_than_a_hundred_requests_in_a_second_are_too_many() {
    let lab = lab(Transport::Plain, Limits::On).await;
    let shared = Shared::new(lab.store().clone(), lab.stopping.clone());
    let request = crate::Request::new(http::Method::GET, SEGMENTS);
    for _ in 0..100 {
        assert!(shared.admit_at(&request, Duration::ZERO).is_ok());
    }
    let refusal = shared.admit_at(&request, Duration::ZERO).err().unwrap();
    assert_eq!((refusal.status, refusal.value()["error_code"].as_u64()), (429, Some(102)));
    assert!(shared.admit_at(&request, Duration::from_secs(1)).is_ok());
    lab.stop().await;
}
