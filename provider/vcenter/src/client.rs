//! The client itself: one server, one user, one session.

use std::fmt;
use std::sync::Arc;

use api_client::{Client, Config, InvalidTrust, Request, Settings, Transport, Version, escape};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::session::{Api, Credentials};

/// A client of one vCenter. Clones share session, pace and connections. Nothing is sent before the
/// first call.
#[derive(Clone, Debug)]
pub struct Vcenter {
    http: Client,
    version: Arc<OnceCell<Version>>,
}

/// What vCenter says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct SystemVersion {
    /// Its version, such as `8.0.3.00000`.
    pub version: String,
    /// Number of its build.
    pub build: String,
    /// Name of the product.
    pub product: String,
}

// === impl Vcenter ===

impl Vcenter {
    /// A client over the network.
    pub fn new(config: &Config, user: Credentials) -> Result<Self, InvalidTrust> {
        Ok(Self::of(Client::new(config, Api(user))?))
    }

    /// The same with other settings.
    pub fn with_settings(
        config: &Config,
        user: Credentials,
        settings: Settings,
    ) -> Result<Self, InvalidTrust> {
        Ok(Self::of(Client::with_settings(config, Api(user), settings)?))
    }

    /// A client over another transport; of the configuration only the server counts.
    pub fn over(
        transport: Arc<dyn Transport>,
        config: &Config,
        user: Credentials,
        settings: Settings,
    ) -> Self {
        Self::of(Client::over(transport, config, Api(user), settings))
    }

    fn of(http: Client) -> Self {
        Self { http, version: Arc::default() }
    }

    /// The same client for calls that end when `cancel` says so, or by `deadline`.
    #[must_use]
    pub fn within(&self, cancel: CancellationToken, deadline: Option<Instant>) -> Self {
        Self { http: self.http.within(cancel, deadline), version: Arc::clone(&self.version) }
    }

    /// The client below, for waits between calls that end with them.
    #[must_use]
    pub fn http(&self) -> &Client {
        &self.http
    }

    /// Ends the session, if there is one; a later call opens another.
    pub async fn close(&self) {
        self.http.close().await;
    }

    /// Version of the server. It is asked once.
    pub async fn version(&self) -> Result<&Version, Error> {
        let ask = async || {
            let request = Request::get("/api/appliance/system/version");
            let call = request.call();
            let system: SystemVersion = self.read(request).await?;
            system.version.parse().map_err(|_| {
                let expected = "a version such as `8.0.3.00000`";
                let found = format!("`{}`", self.http.masked(&system.version));
                Error::from(api_client::Error::Unreadable { call, expected, found })
            })
        };
        self.version.get_or_try_init(ask).await
    }

    /// Sends it, and reads the answer.
    pub(crate) async fn read<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        Ok(self.http.json(request).await?)
    }

    /// Sends it; the answer does not matter.
    pub(crate) async fn write(&self, request: Request) -> Result<(), Error> {
        self.http.send(request).await?;
        Ok(())
    }
}

/// With one query parameter for each value. vCenter spreads a filter over the query so.
pub(crate) fn each(
    request: Request,
    name: &str,
    values: impl IntoIterator<Item: fmt::Display>,
) -> Request {
    values.into_iter().fold(request, |request, value| request.query(name, value))
}

/// An identifier as a part of a path. An empty one would turn the path into that of the whole
/// collection: it becomes `..`, which is no path and is refused before anything is sent.
pub(crate) fn part(id: impl fmt::Display) -> String {
    match escape(&id.to_string()) {
        id if id.is_empty() => "..".to_owned(),
        id => id,
    }
}
