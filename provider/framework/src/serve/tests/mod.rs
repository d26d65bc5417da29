//! The whole server, called as a host calls it.

pub(super) mod client;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use tfplugin::{
    plugin::{
        Empty, grpc_broker_client::GrpcBrokerClient, grpc_controller_client::GrpcControllerClient,
        grpc_stdio_client::GrpcStdioClient,
    },
    v6::{
        Diagnostic, DynamicValue, get_functions, get_provider_schema,
        provider_client::ProviderClient, provider_server::Provider, stop_provider,
        validate_provider_config,
    },
};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_rustls::TlsAcceptor;
use tonic::{
    Code, Request, Response, Status,
    transport::{Channel, Endpoint},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use self::client::{CLIENT, Client, Key};
use super::{
    Environment, Plugin, ProviderAddress, ServeError,
    connections::incoming,
    life::{Life, Patience},
    listener::{self, Bound, Files, Listen},
    server,
    tls::AutoMtls,
    until,
};

/// Answers three calls, and one of them only when the test says so.
#[derive(Default)]
struct Tiny {
    called: Arc<Notify>,
    answer: Arc<Notify>,
    finishing: Arc<Notify>,
    finished: Arc<Notify>,
}

#[tonic::async_trait]
impl Provider for Tiny {
    async fn get_provider_schema(
        &self,
        _request: Request<get_provider_schema::Request>,
    ) -> Result<Response<get_provider_schema::Response>, Status> {
        Ok(Response::new(get_provider_schema::Response::default()))
    }

    /// Answers with as many bytes as it was asked with.
    async fn validate_provider_config(
        &self,
        request: Request<validate_provider_config::Request>,
    ) -> Result<Response<validate_provider_config::Response>, Status> {
        let config = request.into_inner().config.unwrap_or_default().msgpack;
        let diagnostic = Diagnostic { detail: "x".repeat(config.len()), ..Diagnostic::default() };
        Ok(Response::new(validate_provider_config::Response { diagnostics: vec![diagnostic] }))
    }

    async fn stop_provider(
        &self,
        _request: Request<stop_provider::Request>,
    ) -> Result<Response<stop_provider::Response>, Status> {
        self.called.notify_one();
        self.answer.notified().await;
        Ok(Response::new(stop_provider::Response::default()))
    }
}

impl Plugin for Tiny {
    async fn finish(&self) {
        self.finishing.notify_one();
        self.finished.notified().await;
    }
}

struct Running {
    address: String,
    life: Life,
    server: JoinHandle<Result<(), tonic::transport::Error>>,
    _files: Files,
}

// === impl Running ===

impl Running {
    async fn on_a_socket(provider: Tiny, tls: Option<TlsAcceptor>) -> Self {
        Self::on(listener::bind(&Environment::from_vars([])).await.unwrap(), provider, tls)
    }

    fn on(bound: Bound<impl Listen>, provider: Tiny, tls: Option<TlsAcceptor>) -> Self {
        let life = Life::new();
        let connections = incoming(bound.listener, tls, life.clone());
        let server = tokio::spawn({
            let life = life.clone();
            async move { server::run(provider, connections, &life).await }
        });
        let scheme = if bound.address.network == "unix" { "unix:" } else { "http://" };
        let address = format!("{scheme}{}", bound.address);
        Self { address, life, server, _files: bound.files }
    }

    async fn connect(&self) -> Channel {
        connect(&self.address).await
    }
}

async fn connect(address: &str) -> Channel {
    Endpoint::try_from(address.to_owned()).unwrap().connect().await.unwrap()
}

async fn ask_for_the_schema(channel: Channel) -> Result<(), Status> {
    let request = get_provider_schema::Request::default();
    ProviderClient::new(channel).get_provider_schema(request).await.map(drop)
}

#[tokio::test]
async fn calls_reach_the_provider() {
    let running = Running::on_a_socket(Tiny::default(), None).await;
    ask_for_the_schema(running.connect().await).await.unwrap();
}

#[tokio::test]
async fn calls_reach_the_provider_over_tcp() {
    let bound = listener::tcp::bind(&Environment::from_vars([])).await.unwrap();
    let running = Running::on(bound, Tiny::default(), None);
    ask_for_the_schema(running.connect().await).await.unwrap();
}

#[tokio::test]
async fn calls_reach_the_provider_over_tls() {
    let tls = AutoMtls::new(CLIENT.pem, SystemTime::now()).unwrap();
    let certificate = tls.certificate.clone();
    let running = Running::on_a_socket(Tiny::default(), Some(tls.acceptor)).await;
    let client = Client::new(certificate, Some((CLIENT, Key::of(&CLIENT))));
    let bridge = client.bridge_to(&running.address).await;
    ask_for_the_schema(connect(&bridge.address).await).await.unwrap();
}

#[tokio::test]
async fn a_client_that_hangs_keeps_no_other_waiting() {
    let tls = AutoMtls::new(CLIENT.pem, SystemTime::now()).unwrap();
    let certificate = tls.certificate.clone();
    let running = Running::on_a_socket(Tiny::default(), Some(tls.acceptor)).await;
    let path = running.address.trim_start_matches("unix:");
    let _silent = tokio::net::UnixStream::connect(path).await.unwrap();
    let client = Client::new(certificate, Some((CLIENT, Key::of(&CLIENT))));
    let bridge = client.bridge_to(&running.address).await;
    ask_for_the_schema(connect(&bridge.address).await).await.unwrap();
}

#[tokio::test]
async fn what_a_provider_leaves_out_is_unimplemented() {
    let running = Running::on_a_socket(Tiny::default(), None).await;
    let mut client = ProviderClient::new(running.connect().await);
    let status = client.get_functions(get_functions::Request::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
}

#[tokio::test]
async fn messages_may_be_larger_than_grpc_s_four_mebibytes() {
    let size = 5 << 20;
    let running = Running::on_a_socket(Tiny::default(), None).await;
    let mut client =
        ProviderClient::new(running.connect().await).max_decoding_message_size(2 * size);
    let config = DynamicValue { msgpack: vec![0; size], ..DynamicValue::default() };
    let request = validate_provider_config::Request { config: Some(config) };
    let response = client.validate_provider_config(request).await.unwrap().into_inner();
    assert_eq!(response.diagnostics[0].detail.len(), size);
}

#[tokio::test]
async fn the_plugin_is_healthy() {
    let running = Running::on_a_socket(Tiny::default(), None).await;
    let request = HealthCheckRequest { service: "plugin".to_owned() };
    let mut client = HealthClient::new(running.connect().await);
    let response = client.check(request).await.unwrap().into_inner();
    assert_eq!(response.status().as_str_name(), "SERVING");
}

#[tokio::test]
async fn shutdown_is_answered_and_ends_streams_and_server() {
    let tiny = Tiny::default();
    tiny.finished.notify_one();
    let running = Running::on_a_socket(tiny, None).await;
    let channel = running.connect().await;
    let mut stdio =
        GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap().into_inner();
    let mut broker = GrpcBrokerClient::new(channel.clone())
        .start_stream(tokio_stream::pending())
        .await
        .unwrap()
        .into_inner();
    assert!(futures_util::poll!(Box::pin(stdio.message())).is_pending());
    assert!(futures_util::poll!(Box::pin(broker.message())).is_pending());

    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();

    assert_eq!(stdio.message().await.unwrap(), None);
    assert_eq!(broker.message().await.unwrap(), None);
    running.server.await.unwrap().unwrap();
}

#[tokio::test]
async fn shutdown_is_answered_when_the_plugin_has_finished() {
    let tiny = Tiny::default();
    let (finishing, finished) = (tiny.finishing.clone(), tiny.finished.clone());
    let running = Running::on_a_socket(tiny, None).await;
    let mut controller = GrpcControllerClient::new(running.connect().await);
    let mut answer = Box::pin(controller.shutdown(Empty {}));
    tokio::select! {
        _ = &mut answer => panic!("answered before the plugin has finished"),
        () = finishing.notified() => {}
    }
    assert!(futures_util::poll!(&mut answer).is_pending());
    assert!(!running.server.is_finished());
    finished.notify_one();
    answer.await.unwrap();
    running.server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_under_way_at_the_end_is_answered() {
    let tiny = Tiny::default();
    let (called, answer) = (tiny.called.clone(), tiny.answer.clone());
    let running = Running::on_a_socket(tiny, None).await;
    let mut client = ProviderClient::new(running.connect().await);
    let call = tokio::spawn(async move { client.stop_provider(stop_provider::Request {}).await });
    called.notified().await;
    running.life.end();
    answer.notify_one();
    call.await.unwrap().unwrap();
    running.server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_host_that_is_killed_ends_the_server() {
    let running = Running::on_a_socket(Tiny::default(), None).await;
    let channel = running.connect().await;
    ask_for_the_schema(channel.clone()).await.unwrap();
    let life = running.life.clone();
    let patience = Patience {
        first: Duration::from_mins(10),
        reconnect: Duration::ZERO,
        look: Duration::from_mins(10),
    };
    drop(channel);
    until(life.host_is_gone(|| 1, patience), &life, running.server).await.unwrap().unwrap();
}

#[tokio::test]
async fn started_by_hand_it_explains_itself() {
    let address = ProviderAddress::new("vsphere-supervisor", "supervisor");
    let error = super::serve(Tiny::default(), Environment::from_vars([]), &address).await;
    let Err(ServeError::StartedByHand(text)) = error else { panic!("{error:?}") };
    assert!(text.starts_with("terraform-provider-supervisor is a provider"), "{text}");
}
