//! The gRPC server: the provider, and what go-plugin's host wants beside it.

use std::{io, sync::Arc, time::Duration};

use tfplugin::{
    plugin::{
        grpc_broker_server::GrpcBrokerServer, grpc_controller_server::GrpcControllerServer,
        grpc_stdio_server::GrpcStdioServer,
    },
    v6::provider_server::ProviderServer,
};
use tokio::time::sleep;
use tokio_stream::Stream;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use super::{Plugin, connections::Connection, life::Life, services::GoPlugin};

/// The largest message, in bytes, in both directions: that of providers in Go.
const MESSAGE_LIMIT: usize = 256 << 20;

/// How long calls may go on after the end. The host kills the process 2 seconds after it asked for
/// the end, and the binary has something to do after the last call.
const DRAIN: Duration = Duration::from_secs(1);

/// The name by which go-plugin's hosts ask for the health of a plugin.
const HEALTH_SERVICE: &str = "plugin";

/// Serves until the end, and then for as long as calls go on, but no longer than [`DRAIN`].
pub(super) async fn run<P: Plugin>(
    provider: P,
    incoming: impl Stream<Item = io::Result<Connection>>,
    life: &Life,
) -> Result<(), tonic::transport::Error> {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_service_status(HEALTH_SERVICE, ServingStatus::Serving).await;
    let plugin = Arc::new(provider);
    let provider = ProviderServer::from_arc(Arc::clone(&plugin))
        .max_decoding_message_size(MESSAGE_LIMIT)
        .max_encoding_message_size(MESSAGE_LIMIT);
    let go_plugin = GoPlugin { life: life.clone(), plugin };

    let served = Server::builder()
        .http2_adaptive_window(Some(true))
        .add_service(health)
        .add_service(provider)
        .add_service(GrpcBrokerServer::new(go_plugin.clone()))
        .add_service(GrpcControllerServer::new(go_plugin.clone()))
        .add_service(GrpcStdioServer::new(go_plugin))
        .serve_with_incoming_shutdown(incoming, life.ended());
    let drained = async {
        life.ended().await;
        sleep(DRAIN).await;
    };

    tokio::select! {
        served = served => served,
        () = drained => {
            tracing::warn!("calls are cut off: they go on after the end");
            Ok(())
        }
    }
}
