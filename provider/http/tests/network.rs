//! Over real sockets: trust, truncated answers, what leaves and what does not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, Mutex};

use api_client::{
    Answer, Authorities, Client, Config, Dialect, Error, Fingerprint, Largest, Policy, Proxy,
    Request, Settings, Trust, Wants,
};
use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use http::{HeaderMap, HeaderValue};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

struct Basic;

impl Dialect for Basic {
    fn log_in(&self) -> Request {
        let canary = HeaderValue::from_static("Basic canary");
        Request::post("/login").header(http::header::AUTHORIZATION, canary).wants(Wants::Json)
    }

    fn session(&self, _: &Answer) -> Option<HeaderMap> {
        Some(HeaderMap::new())
    }

    fn log_out(&self) -> Option<Request> {
        Some(Request::delete("/login"))
    }

    fn is_own_error(&self, _: &Value) -> bool {
        false
    }
}

/// What a server has read in the clear.
type Read = Arc<Mutex<Vec<u8>>>;

async fn respond<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    mut stream: S,
    read: Read,
) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        read.lock().unwrap().extend_from_slice(&buffer[..count]);
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n";
        if stream.write_all(format!("{head}{{}}").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A TLS server with a certificate for these names.
async fn tls(names: &[&str]) -> (u16, CertifiedKey<rcgen::KeyPair>, Read) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let made = generate_simple_self_signed(names).unwrap();
    let key = made.signing_key.serialize_der().try_into().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let read = Read::default();
    let seen = Arc::clone(&read);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    respond(stream, seen).await;
                }
            });
        }
    });
    (port, made, read)
}

async fn call(port: u16, trust: Trust) -> Result<Value, Error> {
    let config = Config::new(&format!("https://127.0.0.1:{port}")).unwrap().trust(trust);
    Client::new(&config, Basic).unwrap().json(Request::get("/x")).await
}

/// The certificate's error, whether the log-in met it or the call.
fn untrusted(error: Error) -> Option<Fingerprint> {
    match error {
        Error::LogIn { source, .. } => untrusted(*source),
        Error::Untrusted { seen, .. } => seen,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_is_believed_by_authority_by_pin_or_on_request() {
    let (port, made, _) = tls(&["127.0.0.1"]).await;
    let authorities = Authorities::from_pem(made.cert.pem().as_bytes()).unwrap();
    for trust in [
        Trust::Authorities(authorities),
        Trust::Pin(Fingerprint::of(made.cert.der())),
        Trust::AllowUnverified,
    ] {
        assert!(call(port, trust.clone()).await.is_ok(), "{trust:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_believed_reads_nothing_and_its_fingerprint_is_told() {
    let (port, made, read) = tls(&["127.0.0.1"]).await;
    let (_, other, _) = tls(&["127.0.0.1"]).await;
    let other_authority = Authorities::from_pem(other.cert.pem().as_bytes()).unwrap();
    for trust in
        [Trust::Authorities(other_authority), Trust::Pin(Fingerprint::of(other.cert.der()))]
    {
        let error = call(port, trust).await.unwrap_err();
        assert_eq!(untrusted(error), Some(Fingerprint::of(made.cert.der())));
    }
    assert_eq!(*read.lock().unwrap(), b"", "not one byte inside the connection");
}

#[tokio::test]
async fn a_pin_does_not_stand_for_another_name() {
    let (port, made, read) = tls(&["elsewhere.example.com"]).await;
    let error = call(port, Trust::Pin(Fingerprint::of(made.cert.der()))).await.unwrap_err();
    assert!(untrusted(error).is_some());
    assert_eq!(*read.lock().unwrap(), b"");
}

async fn plain(router: Router) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Client::new(&Config::new(&format!("http://127.0.0.1:{port}")).unwrap(), Basic).unwrap()
}

#[tokio::test]
async fn redirects_to_another_server_carry_no_credentials() {
    let stranger = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("http://{}/x", stranger.local_addr().unwrap());
    let moved = move || async move { (http::StatusCode::FOUND, [("location", to)], Bytes::new()) };
    let login = axum::routing::post(|| async { axum::Json(1) });
    let client = plain(Router::new().route("/x", get(moved)).route("/login", login)).await;
    let error = client.send(Request::get("/x")).await.unwrap_err();
    assert!(matches!(error, Error::Redirected { .. }), "{error:?}");
    // Nobody has so much as connected: this connection is the first.
    let own = TcpStream::connect(stranger.local_addr().unwrap()).await.unwrap();
    let (_, peer) = stranger.accept().await.unwrap();
    assert_eq!(peer, own.local_addr().unwrap());
}

/// A server that answers the log-in, and to everything else says that and closes.
async fn raw(answer: &'static str) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let Ok(count) = stream.read(&mut buffer).await else { continue };
            let is_login = buffer[..count].starts_with(b"POST /login");
            let ok = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n1";
            let said = if is_login { ok } else { answer };
            stream.write_all(said.as_bytes()).await.ok();
        }
    });
    Client::new(&Config::new(&format!("http://127.0.0.1:{port}")).unwrap(), Basic).unwrap()
}

#[tokio::test]
async fn an_answer_cut_short_leaves_the_outcome_of_an_action_unknown() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let error = raw(cut).await.send(Request::post("/enable")).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
}

#[tokio::test]
async fn an_answer_larger_than_what_is_read_is_told_from_one_that_was_lost() {
    let client = raw("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n[1, 2]").await;
    let read = async |largest| {
        let request = Request::get("/").at_most(Largest(largest));
        client.json::<Value>(request).await
    };
    assert!(read(6).await.is_ok());
    let error = read(5).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }) && !error.is_outcome_unknown(), "{error}");
    let request = Request::delete("/").at_most(Largest(5));
    assert!(client.send(request).await.unwrap_err().is_outcome_unknown());
}

#[tokio::test]
async fn broken_compression_is_no_answer() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n";
    let answer: &'static str = format!("{head}content-length: 5\r\n\r\nhello").leak();
    let error = raw(answer).await.send(Request::post("/enable")).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
}

#[tokio::test]
async fn a_proxy_is_asked_to_connect_and_sees_no_credentials() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://ann:hunter2@{}", proxy.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = proxy.accept().await.unwrap();
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.unwrap();
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    });
    let config = Config::new("https://vcenter.example.com").unwrap();
    let config = config.proxy(Proxy::through(&address).unwrap()).trust(Trust::AllowUnverified);
    let once = Policy { attempts: 1, ..Policy::default() };
    let settings = Settings { policy: once, ..Settings::default() };
    let client = Client::with_settings(&config, Basic, settings).unwrap();
    let error = client.send(Request::get("/x")).await.unwrap_err();
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("CONNECT vcenter.example.com:443"), "{asked}");
    assert!(!asked.contains("canary"), "{asked}");
    assert!(!format!("{error:?} {client:?} {config:?}").contains("hunter2"));
}
