//! HTTP with sessions, retries and pacing, as vCenter and NSX want it.
//!
//! One [`Client`] stands for one server and one user. It knows what both APIs have in common; what
//! differs (how a session is opened, which error bodies are the API's own) is a [`Dialect`].
//!
//! ```no_run
//! # use api_client::{Client, Config, Dialect, Request, Trust, Error};
//! # async fn example(dialect: impl Dialect) -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::new("https://vcenter.example.com")?.trust(Trust::System);
//! let client = Client::new(&config, dialect)?;
//! let version: serde_json::Value =
//!     client.json(Request::get("/api/appliance/system/version")).await?;
//! client.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! What holds for every call:
//!
//! * The first one logs in, whoever else waits for it; a lapsed session is renewed once and the
//!   call replayed; refused credentials are tried once and never again.
//! * It ends by its deadline or when it is cancelled; a write in flight has a moment more.
//! * It is repeated only where that is safe ([`Effect`]); where nobody knows whether a call took
//!   effect, the error says so ([`Error::is_outcome_unknown`]).
//! * No credential leaves before the server is verified, none goes to another host, none is logged.
//! * What was sent as a credential is masked wherever a server says it again in an error.

mod client;
mod config;
mod dialect;
mod error;
mod masks;
mod pace;
mod proxy;
mod request;
mod retry;
mod secret;
mod session;
mod tls;
mod transport;
mod version;
mod wire;

pub use client::{Client, Jitter, Settings};
pub use config::{Config, InvalidServer};
pub use dialect::{Dialect, Temper};
pub use error::{Call, Cause, Error, Refusal, Stop};
pub use pace::Limits;
pub use proxy::{InvalidProxy, Proxy};
pub use request::{Answer, Effect, Request, Wants, escape};
pub use retry::Policy;
pub use secret::{Secret, reveal, reveal_some};
pub use tls::{Authorities, Fingerprint, InvalidFingerprint, InvalidTrust, Trust};
pub use transport::{Broken, Largest, Timeouts, Transport};
pub use version::{InvalidVersion, Version};
