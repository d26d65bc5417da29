//! Calls, with all that surrounds them.

mod attempt;

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::HeaderMap;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::Config;
use crate::dialect::Dialect;
use crate::error::{Call, Error, Stop};
use crate::masks::Masks;
use crate::pace::{Limits, Pace};
use crate::request::{Answer, Effect, Request};
use crate::retry::{Budget, Policy};
use crate::session::{Session, Ticket};
use crate::tls::InvalidTrust;
use crate::transport::{Network, Timeouts, Transport};

/// Where chance comes from: numbers in 0..1.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// What may be set differently, mostly by tests.
#[derive(Clone)]
pub struct Settings {
    /// When calls are repeated.
    pub policy: Policy,
    /// How many requests are made.
    pub limits: Limits,
    /// How long silence is borne.
    pub timeouts: Timeouts,
    /// How much longer than its deadline, or its cancellation, a write in flight may take: its
    /// outcome is worth waiting for.
    pub grace: Duration,
    /// Chance.
    pub jitter: Jitter,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            grace: Duration::from_secs(2),
            jitter: Arc::new(random),
        }
    }
}

/// Chance from the system; the middle if that has none.
fn random() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("policy", &self.policy)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A client of one server. Clones share session, pace and connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    cancel: CancellationToken,
    deadline: Option<Instant>,
}

struct Shared {
    server: Url,
    transport: Arc<dyn Transport>,
    dialect: Box<dyn Dialect>,
    settings: Settings,
    session: Session,
    pace: Pace,
    /// The credentials that were sent so far.
    sent: Mutex<Masks>,
    budget: Mutex<Budget>,
    /// Marks our requests in the server's logs and in ours.
    run: u32,
    requests: AtomicU64,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.shared.server.as_str();
        f.debug_struct("Client")
            .field("server", &server)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client over the network. Nothing is sent yet.
    pub fn new(config: &Config, dialect: impl Dialect) -> Result<Self, InvalidTrust> {
        Self::with_settings(config, dialect, Settings::default())
    }

    /// The same with other settings.
    pub fn with_settings(
        config: &Config,
        dialect: impl Dialect,
        settings: Settings,
    ) -> Result<Self, InvalidTrust> {
        let network = Network::new(config, settings.timeouts)?;
        Ok(Self::over(Arc::new(network), config, dialect, settings))
    }

    /// A client over another transport; of the configuration only the server counts.
    pub fn over(
        transport: Arc<dyn Transport>,
        config: &Config,
        dialect: impl Dialect,
        settings: Settings,
    ) -> Self {
        let shared = Shared {
            server: config.server.clone(),
            transport,
            dialect: Box::new(dialect),
            session: Session::default(),
            pace: Pace::new(settings.limits),
            sent: Mutex::default(),
            budget: Mutex::new(Budget::full()),
            run: getrandom::u32().unwrap_or_default(),
            requests: AtomicU64::new(0),
            settings,
        };
        Self { shared: Arc::new(shared), cancel: CancellationToken::new(), deadline: None }
    }

    /// The same client for calls that end when `cancel` says so, or by `deadline`.
    #[must_use]
    pub fn within(&self, cancel: CancellationToken, deadline: Option<Instant>) -> Self {
        Self { shared: Arc::clone(&self.shared), cancel, deadline }
    }

    /// What ends this client's calls; for waits between them.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancel
    }

    /// When this client's calls end.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The server's origin: scheme, host and port.
    #[must_use]
    pub fn server(&self) -> &Url {
        &self.shared.server
    }

    /// Waits for something between calls, unless cancelled or out of time first.
    pub async fn unless_stopped<T>(&self, wait: impl Future<Output = T>) -> Result<T, Stop> {
        tokio::select! {
            biased;
            why = self.stopped() => Err(why),
            value = wait => Ok(value),
        }
    }

    /// Sends it, and answers with a success.
    pub async fn send(&self, request: Request) -> Result<Answer, Error> {
        let call = request.call();
        let mut ticket = self.waiting(&call, self.log_in(None)).await??;
        let first = self.attempt(&request, &ticket.headers).await;
        let lapsed = match &first {
            Err(Error::Refused(refusal)) => self.shared.dialect.is_lapsed(refusal),
            _ => false,
        };
        if !lapsed {
            return first;
        }
        tracing::debug!(%call, "the session has lapsed");
        ticket = self.waiting(&call, self.log_in(Some(&ticket))).await??;
        self.attempt(&request, &ticket.headers).await
    }

    /// Sends it, and reads the answer as T.
    pub async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        self.send(request).await?.json()
    }

    /// Ends the session, if there is one; a later call opens another. Failure to do so is logged
    /// and no error: the server ends it some day.
    pub async fn close(&self) {
        let Some(ticket) = self.shared.session.take().await else { return };
        let deadline = Instant::now() + self.shared.settings.grace;
        let client = self.within(CancellationToken::new(), Some(deadline));
        let Some(request) = self.shared.dialect.log_out() else { return };
        if let Err(error) = client.attempt(&request, &ticket.headers).await {
            tracing::debug!(%error, "the session could not be ended");
        }
    }

    /// Opens a session apart from the client's own, for somebody else to use: its headers. Whoever
    /// has it keeps it alive and ends it, by [`send_in`](Self::send_in).
    pub async fn open_session(&self) -> Result<HeaderMap, Error> {
        let call = self.shared.dialect.log_in().call();
        let opened = self.shared.session.apart(async || self.open().await);
        self.waiting(&call, opened).await?
    }

    /// Sends it in the session of these headers, and in no other: if that has lapsed, it is refused.
    pub async fn send_in(&self, session: &HeaderMap, request: Request) -> Result<Answer, Error> {
        self.attempt(&request, session).await
    }

    /// The text of a server without any credential that was sent to it: for an error that is made of
    /// a success.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        self.masks().text(text)
    }

    /// What must not be said of an answer now.
    fn masks(&self) -> Masks {
        self.shared.sent.lock().expect("nothing panics with it").clone()
    }

    /// Keeps in mind what is sent as a credential.
    fn sends(&self, request: &Request, session: &HeaderMap) {
        let mut sent = self.shared.sent.lock().expect("nothing panics with it");
        sent.add_session(session);
        sent.add_headers(&request.headers);
        request.secrets.iter().for_each(|secret| sent.add(secret));
    }

    async fn log_in(&self, lapsed: Option<&Ticket>) -> Result<Ticket, Error> {
        self.shared.session.ticket(lapsed, async || self.open().await).await
    }

    async fn open(&self) -> Result<HeaderMap, Error> {
        let dialect = &self.shared.dialect;
        let failed = |error| {
            let server = self.shared.server.host_str().unwrap_or_default().to_owned();
            Error::LogIn { server, source: Box::new(error) }
        };
        // A session more does no harm, so opening one may be repeated.
        let request = dialect.log_in().effect(Effect::Read);
        let answer = self.attempt(&request, &HeaderMap::new()).await.map_err(failed)?;
        dialect.session(&answer).ok_or_else(|| {
            let found = "an answer without one".to_owned();
            failed(Error::Unreadable { call: request.call(), expected: "a session", found })
        })
    }

    /// Why to stop, once there is a reason.
    async fn stopped(&self) -> Stop {
        let deadline = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Stop::Cancelled,
            () = deadline => Stop::Deadline,
        }
    }

    /// Waits for something that may be given up at any moment.
    async fn waiting<T>(&self, call: &Call, wait: impl Future<Output = T>) -> Result<T, Error> {
        let stopped = |why| Error::Stopped { call: call.clone(), why, is_sent: false };
        self.unless_stopped(wait).await.map_err(stopped)
    }
}

#[cfg(test)]
mod tests;
