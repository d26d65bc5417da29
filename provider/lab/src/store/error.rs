//! What can go wrong with a lab.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a lab could not be opened, read or served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The state could not be read or written.
    #[error("lab state: reading or writing it failed")]
    Sqlite(#[from] rusqlite::Error),
    /// The state holds what no version of the lab wrote.
    #[error("lab state: `{place}` is not what a lab writes; make a new state file")]
    Corrupt {
        /// The document, event or setting.
        place: String,
        /// What its text is not.
        #[source]
        source: serde_json::Error,
    },
    /// The file holds a lab of other settings.
    #[error(
        "lab state `{path}` was made with other settings: it has {theirs}, asked for was {ours}; \
         use another file"
    )]
    Settings {
        /// The state file.
        path: PathBuf,
        /// The settings in the file, as JSON.
        theirs: String,
        /// The settings asked for, as JSON.
        ours: String,
    },
    /// There is no lab in the file.
    #[error("lab state `{path}` holds no lab; start one with it first")]
    NoLab {
        /// The state file.
        path: PathBuf,
    },
    /// Time was moved by hand on a clock that runs.
    #[error("lab clock: it runs by itself; only a lab with a manual clock can be moved by hand")]
    ClockRuns,
    /// The address is taken, or not ours.
    #[error("lab: listening on `{address}` failed")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The certificate could not be made or used.
    #[error("lab certificate: {0}")]
    Certificate(String),
    /// The file with the CA's certificate could not be written.
    #[error("lab: writing the CA's certificate to `{path}` failed")]
    CaFile {
        /// Where it was to be written.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}
