//! What go-plugin's host calls beside the provider.

use futures_util::StreamExt as _;
use tfplugin::plugin::{
    ConnInfo, Empty, StdioData, grpc_broker_server::GrpcBroker,
    grpc_controller_server::GrpcController, grpc_stdio_server::GrpcStdio,
};
use tonic::{Request, Response, Status, Streaming, codegen::BoxStream};

use super::life::Life;

/// Answers all three of go-plugin's services.
#[derive(Clone, Debug)]
pub(super) struct GoPlugin {
    pub(super) life: Life,
}

#[tonic::async_trait]
impl GrpcController for GoPlugin {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("the host asks to shut down");
        // What is under way, this answer included, still goes out.
        self.life.end();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl GrpcStdio for GoPlugin {
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
impl GrpcBroker for GoPlugin {
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
