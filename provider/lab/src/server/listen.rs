//! Connections: accept, TLS, HTTP/1.1.

use std::sync::Arc;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::answer::Shared;
use crate::Half;

/// One of the ports.
#[derive(Clone)]
pub(super) struct Port {
    pub(super) half: Half,
    pub(super) shared: Arc<Shared>,
    pub(super) acceptor: Option<TlsAcceptor>,
    pub(super) stopping: CancellationToken,
    pub(super) tasks: TaskTracker,
}

/// Accepts until the lab stops.
pub(super) async fn serve(listener: TcpListener, port: Port) {
    loop {
        let accepted = tokio::select! {
            () = port.stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                port.tasks.spawn(connect(stream, port.clone()));
            }
            // Too many open files, for one: it passes, or the next round says it again.
            Err(error) => {
                tracing::warn!(%error, "lab: accepting a connection failed");
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn connect(stream: TcpStream, port: Port) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "lab: a connection is gone");
        return;
    }
    let Some(acceptor) = port.acceptor.clone() else { return converse(stream, port).await };
    let accepted = tokio::select! {
        () = port.stopping.cancelled() => return,
        accepted = acceptor.accept(stream) => accepted,
    };
    match accepted {
        Ok(stream) => converse(stream, port).await,
        Err(error) => tracing::debug!(%error, "lab: a client refused the certificate"),
    }
}

async fn converse<S>(stream: S, port: Port)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Port { half, shared, stopping, acceptor: _, tasks: _ } = port;
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move { shared.answer(half, request.map(Body::new)).await }
    });
    let builder = Builder::new(TokioExecutor::new()).http1_only();
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "lab: a connection was cut");
    }
}
