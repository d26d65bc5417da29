//! Where the host connects to: a unix socket, or TCP on 127.0.0.1 where there are none.

#[cfg(any(test, not(unix)))]
pub(super) mod tcp;
#[cfg(unix)]
mod unix;

use std::{fmt, fs, io, path::PathBuf};

use tokio::io::{AsyncRead, AsyncWrite};

#[cfg(not(unix))]
pub(super) use tcp::bind;
#[cfg(unix)]
pub(super) use unix::bind;

/// A connection, of whatever kind.
pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// What accepts connections.
pub(super) trait Listen: Send + Sync + 'static {
    fn accept(&self) -> impl Future<Output = io::Result<Box<dyn Io>>> + Send;
}

/// A listener that is ready, and what belongs to it.
pub(super) struct Bound<L> {
    pub(super) listener: L,
    pub(super) address: Address,
    pub(super) files: Files,
}

/// What the host has to know to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// As Go calls it: `unix` or `tcp`.
    pub(super) network: &'static str,
    /// A path, or an address with its port.
    pub(super) text: String,
}

/// The directory that was made for a socket. Dropping it removes both.
#[derive(Debug, Default)]
pub(super) struct Files(Option<PathBuf>);

/// Why nobody can connect.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// No directory, or no socket in it.
    #[error("listen in `{}`", directory.display())]
    Socket {
        /// Where the socket was to be.
        directory: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No port of those that the host named.
    #[error("listen on 127.0.0.1: none of the ports {first} to {last} is free")]
    Ports {
        /// `PLUGIN_MIN_PORT`.
        first: u16,
        /// `PLUGIN_MAX_PORT`.
        last: u16,
        /// What the system says of the last one.
        source: io::Error,
    },
}

// === impl Address ===

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

// === impl Files ===

impl Drop for Files {
    fn drop(&mut self) {
        if let Some(directory) = &self.0 {
            // The process ends: nobody is left to hear of a failure.
            let _ = fs::remove_dir_all(directory);
        }
    }
}
