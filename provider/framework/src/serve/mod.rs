//! Serving a provider under go-plugin, as Terraform and OpenTofu start it.
//!
//! The host starts the binary, reads one line from its stdout, and connects to what that names,
//! with a certificate that it gave before. From then on everything is gRPC; logs go to stderr.

mod address;
mod connections;
mod environment;
mod handshake;
mod life;
mod listener;
mod p521;
mod panics;
mod server;
mod services;
mod tls;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::{
    future::{Future, ready},
    io::{self, Write as _},
    process,
    time::SystemTime,
};

use tfplugin::v6::provider_server::Provider;

pub use self::{
    address::ProviderAddress, environment::Environment, listener::BindError, tls::TlsError,
};
use self::{
    environment::StartedBy,
    handshake::{Line, Negotiated},
    life::{Life, Patience},
    tls::AutoMtls,
};
use crate::Server;

/// Why a provider could not be served, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No host is there. The text says what the binary is and how to use it.
    #[error("{0}")]
    StartedByHand(String),
    /// The host's certificate is of no use.
    #[error("secure the connection to the host")]
    Tls(#[from] TlsError),
    /// There is no place to listen.
    #[error("wait for the host")]
    Bind(#[from] BindError),
    /// The system does not hand over Ctrl-C.
    #[error("handle interrupts")]
    Interrupts(#[source] io::Error),
    /// Nobody reads stdout.
    #[error("write to stdout")]
    Announce(#[source] io::Error),
    /// The server gave up.
    #[error("serve the provider")]
    Serve(#[from] tonic::transport::Error),
}

/// What is served: a provider, and what it does when the host has no more calls for it.
pub trait Plugin: Provider {
    /// The host asks for the end, and waits for this before it takes the process down.
    fn finish(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }
}

impl<P: crate::Provider> Plugin for Server<P> {
    async fn finish(&self) {
        Self::finish(self).await;
    }
}

/// Serves the provider to the host that started this process, until that asks for the end or is
/// gone.
///
/// When this returns, calls may still be under way: those that took longer than a second after the
/// end. The process is killed another second later, so end it without waiting for them
/// (`Runtime::shutdown_background`).
///
/// From the call on, panics are reported as Terraform expects them, and interrupts are ignored:
/// they come as `StopProvider`. Stdout is the host's: write nothing to it. Where the host was
/// killed nobody reads stderr, and a write to it fails.
pub async fn serve<P: Plugin>(
    provider: P,
    environment: Environment,
    address: &ProviderAddress,
) -> Result<(), ServeError> {
    if environment.started_by == StartedBy::Hand {
        return Err(ServeError::StartedByHand(handshake::explanation(address)));
    }
    panics::report_like_go();
    life::ignore_interrupts().map_err(ServeError::Interrupts)?;
    let negotiated = handshake::negotiate(&environment.protocol_versions);
    if let Negotiated::Foreign(ours) = negotiated {
        let theirs = &environment.protocol_versions;
        tracing::warn!(ours, ?theirs, "the host speaks no version of ours");
    }

    let now = SystemTime::now();
    let tls = environment.client_certificate.as_ref();
    let tls = tls.map(|client| AutoMtls::new(client, now)).transpose()?;
    let bound = listener::bind(&environment).await?;
    let line = Line {
        negotiated,
        address: &bound.address,
        certificate: tls.as_ref().map(|tls| tls.certificate.as_ref()),
        multiplexing: environment.multiplexing,
    };
    announce(&line.to_string())?;

    let life = Life::new();
    let acceptor = tls.map(|tls| tls.acceptor);
    let incoming = connections::incoming(bound.listener, acceptor, life.clone());
    let gone = async {
        life.host_is_gone(life::parent, Patience::default()).await;
        tracing::warn!("the host is gone");
    };
    let served = until(gone, &life, server::run(provider, incoming, &life)).await;
    drop(bound.files);
    Ok(served?)
}

/// Serves the provider to any number of runs, one after the other or at once, until Ctrl-C.
///
/// Prints what makes Terraform and OpenTofu use this process. There is no TLS: who reaches the
/// socket is who may read the user's files.
pub async fn serve_debug<P: Plugin>(
    provider: P,
    environment: Environment,
    address: &ProviderAddress,
) -> Result<(), ServeError> {
    let interrupted = life::interrupted().map_err(ServeError::Interrupts)?;
    let bound = listener::bind(&environment).await?;
    let line = handshake::reattach(address, &bound.address, process::id());
    announce(&format!("Until Ctrl-C, a shell that sets this uses this process:\n\n{line}\n"))?;

    let life = Life::new();
    let incoming = connections::incoming(bound.listener, None, life.clone());
    let served = until(interrupted, &life, server::run(provider, incoming, &life)).await;
    drop(bound.files);
    Ok(served?)
}

/// Runs a server, and ends it when `reason` is there.
async fn until<T>(
    reason: impl Future<Output = ()>,
    life: &Life,
    server: impl Future<Output = T>,
) -> T {
    let ended = async {
        tokio::select! { () = reason => life.end(), () = life.ended() => {} }
        std::future::pending().await
    };
    tokio::select! { served = server => served, never = ended => never }
}

/// Writes what the host, or a person, waits for. Nothing else ever goes to stdout.
fn announce(text: &str) -> Result<(), ServeError> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(ServeError::Announce)
}
