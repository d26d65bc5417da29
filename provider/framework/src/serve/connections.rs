//! From a listener to connections that the server can use.
//!
//! Each handshake is a task of its own: one that hangs keeps no other connection waiting.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::transport::server::Connected;

use super::{
    life::{Life, Open},
    listener::{Io, Listen},
};

/// How long a client may take to prove who it is.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The pause after the system refused a connection, as it does when it runs out of files.
const PAUSE: Duration = Duration::from_millis(100);

/// A client that may call the provider.
pub(super) struct Connection {
    io: Box<dyn Io>,
    /// Counts as open until it is dropped.
    _open: Open,
}

/// Accepts connections until the stream is dropped. Without an acceptor there is no TLS.
pub(super) fn incoming(
    listener: impl Listen,
    tls: Option<TlsAcceptor>,
    life: Life,
) -> impl Stream<Item = io::Result<Connection>> {
    let (ready, connections) = mpsc::channel(1);
    tokio::spawn(async move {
        tokio::select! {
            () = accept(listener, tls, life, &ready) => {}
            () = ready.closed() => {}
        }
    });
    ReceiverStream::new(connections)
}

async fn accept(
    listener: impl Listen,
    tls: Option<TlsAcceptor>,
    life: Life,
    ready: &mpsc::Sender<io::Result<Connection>>,
) {
    loop {
        match listener.accept().await {
            Ok(io) => {
                tokio::spawn(admit(io, tls.clone(), life.clone(), ready.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn admit(
    io: Box<dyn Io>,
    tls: Option<TlsAcceptor>,
    life: Life,
    ready: mpsc::Sender<io::Result<Connection>>,
) {
    let io = match tls {
        None => io,
        Some(tls) => match timeout(HANDSHAKE, tls.accept(io)).await {
            Ok(Ok(stream)) => Box::new(stream) as Box<dyn Io>,
            Ok(Err(error)) => return tracing::warn!(%error, "a client was refused"),
            Err(_) => return tracing::warn!("a client was refused: it took too long"),
        },
    };
    // The server may be gone by now, and its clients with it.
    let _ = ready.send(Ok(Connection { io, _open: life.connected() })).await;
}

// === impl Connection ===

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
