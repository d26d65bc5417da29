//! What go-plugin's host calls beside the provider.

use std::sync::Arc;

use futures_util::StreamExt as _;
use tfplugin::plugin::{
    ConnInfo, Empty, StdioData, grpc_broker_server::GrpcBroker,
    grpc_controller_server::GrpcController, grpc_stdio_server::GrpcStdio,
};
use tonic::{Request, Response, Status, Streaming, codegen::BoxStream};

use super::{Plugin, life::Life};

/// Answers all three of go-plugin's services.
#[derive(Debug)]
pub(super) struct GoPlugin<P> {
    pub(super) life: Life,
    pub(super) plugin: Arc<P>,
}

impl<P> Clone for GoPlugin<P> {
    fn clone(&self) -> Self {
        Self { life: self.life.clone(), plugin: Arc::clone(&self.plugin) }
    }
}

#[tonic::async_trait]
impl<P: Plugin> GrpcController for GoPlugin<P> {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("the host asks to shut down");
        // The host waits for this answer without a limit, and for the end of the process only briefly.
        self.plugin.finish().await;
        // What is under way, this answer included, still goes out.
        self.life.end();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl<P: Plugin> GrpcStdio for GoPlugin<P> {
    /// There is nothing to hand over: logs go to the process's own stderr.
    async fn stream_stdio(
        &self,
        _request: Request<()>,
    ) -> Result<Response<BoxStream<StdioData>>, Status> {
        let silence = tokio_stream::pending().take_until(self.life.clone().into_ended());
        Ok(Response::new(Box::pin(silence)))
    }
}

#[tonic::async_trait]
impl<P: Plugin> GrpcBroker for GoPlugin<P> {
    /// A provider opens no further connections, and uses none.
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        let ignored = request.into_inner().filter_map(|_| std::future::ready(None));
        let silence = ignored.take_until(self.life.clone().into_ended());
        Ok(Response::new(Box::pin(silence)))
    }
}
