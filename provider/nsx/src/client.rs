//! The client: one object at a time.

use std::sync::Arc;
use std::time::Duration;

use api_client::{Call, Config, Dialect, Request, Secret, Transport, Version};
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::dialect::Sessions;
use crate::error::Error;
use crate::id::{Id, Object, policy_url};
use crate::meta::Meta;
use crate::objects::{ExcludeList, FirewallSettings, SegmentState};
use crate::reads::Reads;
use crate::realization::{Patience, Poller};

pub use api_client::Settings;

/// An NSX Manager. Clones share session, pace and what is being read.
#[derive(Clone, Debug)]
pub struct Nsx {
    pub(crate) http: api_client::Client,
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) reads: Reads,
    pub(crate) poller: Poller,
    version: OnceCell<Version>,
}

/// What a session of NSX says about its errors.
fn dialect(user: &str, password: Secret) -> impl Dialect {
    Sessions { user: user.to_owned(), password }
}

impl Nsx {
    /// A client for that user. Nothing is sent yet.
    pub fn new(
        config: &Config,
        user: &str,
        password: Secret,
    ) -> Result<Self, api_client::InvalidTrust> {
        Self::with_settings(config, user, password, Settings::default(), Patience::default())
    }

    /// The same with other settings.
    pub fn with_settings(
        config: &Config,
        user: &str,
        password: Secret,
        settings: Settings,
        patience: Patience,
    ) -> Result<Self, api_client::InvalidTrust> {
        let client = api_client::Client::with_settings(config, dialect(user, password), settings)?;
        Ok(Self::of(client, patience))
    }

    /// A client over another transport; of the configuration only the server counts.
    pub fn over(
        transport: Arc<dyn Transport>,
        config: &Config,
        user: &str,
        password: Secret,
        settings: Settings,
        patience: Patience,
    ) -> Self {
        let dialect = dialect(user, password);
        Self::of(api_client::Client::over(transport, config, dialect, settings), patience)
    }

    fn of(http: api_client::Client, patience: Patience) -> Self {
        let poller = Poller::new(patience);
        let shared = Shared { reads: Reads::default(), poller, version: OnceCell::new() };
        Self { http, shared: Arc::new(shared) }
    }

    /// The same client for calls that end when `cancel` says so, or by `deadline`.
    #[must_use]
    pub fn within(
        &self,
        cancel: tokio_util::sync::CancellationToken,
        deadline: Option<Instant>,
    ) -> Self {
        let http = self.http.within(cancel, deadline);
        Self { http, shared: Arc::clone(&self.shared) }
    }

    /// Ends the session.
    pub async fn close(&self) {
        self.http.close().await;
    }

    /// NSX's version, asked once.
    pub async fn version(&self) -> Result<Version, Error> {
        #[derive(Deserialize)]
        struct NodeVersion {
            product_version: Option<String>,
            node_version: Option<String>,
        }
        let ask = async || {
            let node: NodeVersion = self.json(Request::get("/api/v1/node/version")).await?;
            let version = node.product_version.or(node.node_version).unwrap_or_default();
            version.parse().map_err(|_| Error::Version { version: self.http.masked(&version) })
        };
        self.shared.version.get_or_try_init(ask).await.cloned()
    }

    /// The object, asked for now; none if NSX itself says that there is none.
    pub async fn get<T: Object>(&self, id: &Id<T>) -> Result<Option<T>, Error> {
        let found: Option<T> = absent_is_none(self.json(Request::get(id.url())).await)?;
        match found {
            // Whatever answers so, it is not NSX with the object.
            Some(object) if object.meta().id.is_none() => {
                Err(Error::Nameless { path: id.path().to_owned() })
            }
            found => Ok(found),
        }
    }

    /// Name and tags of whatever is at that policy path; none if NSX itself says that there is
    /// nothing.
    pub async fn meta(&self, path: &str) -> Result<Option<Meta>, Error> {
        absent_is_none(self.json(Request::get(policy_url(path))).await)
    }

    /// Creates the object if it carries no revision, else replaces it if its revision is still the
    /// one it carries. Returns it as NSX keeps it.
    pub async fn put<T: Object>(&self, id: &Id<T>, object: &T) -> Result<T, Error> {
        let _writing = self.shared.reads.writing();
        match self.json(Request::put(id.url()).json(object)).await {
            // An earlier sending may have been the one that counted, ours or that of a proxy.
            Err(error) if error.is_stale_revision() || error.is_already_there() => {
                self.read_back(id, object).await?.ok_or(error)
            }
            other => other,
        }
    }

    /// The object, if it holds what we sent.
    async fn read_back<T: Object>(&self, id: &Id<T>, sent: &T) -> Result<Option<T>, Error> {
        let Some(found) = self.get(id).await? else { return Ok(None) };
        let as_value = |object: &T| serde_json::to_value(object).unwrap_or_default();
        let mut wanted = as_value(sent);
        if let Value::Object(fields) = &mut wanted {
            fields.retain(|name, _| !name.starts_with('_'));
        }
        Ok(contains(&as_value(&found), &wanted).then_some(found))
    }

    /// Creates the object, or merges into it what is given: a list that is given replaces the
    /// list that is there.
    pub async fn patch<T: Object>(&self, id: &Id<T>, object: &T) -> Result<(), Error> {
        let _writing = self.shared.reads.writing();
        self.send(Request::patch(id.url()).json(object)).await
    }

    /// Deletes the object. It is gone for reads at once, and its id may be used again when NSX has
    /// purged it ([`Error::is_marked_for_delete`]). That there is none is no error.
    pub async fn delete<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        let _writing = self.shared.reads.writing();
        absent_is_none(self.send(Request::delete(id.url())).await).map(|_| ())
    }

    /// State of a segment on the transport nodes.
    pub async fn segment_state(
        &self,
        id: &Id<crate::objects::Segment>,
    ) -> Result<Option<SegmentState>, Error> {
        absent_is_none(self.json(Request::get(format!("{}/state", id.url()))).await)
    }

    /// Settings of the distributed firewall: whether it is on.
    pub async fn firewall_settings(&self) -> Result<FirewallSettings, Error> {
        self.json(Request::get(policy_url("/infra/settings/firewall/security"))).await
    }

    /// What the distributed firewall does not judge, by users' wish.
    pub async fn exclude_list(&self) -> Result<ExcludeList, Error> {
        self.json(Request::get(policy_url("/infra/settings/firewall/security/exclude-list"))).await
    }

    /// What the distributed firewall does not judge, by NSX's own wish.
    pub async fn system_exclude_list(&self) -> Result<ExcludeList, Error> {
        let path = policy_url("/infra/settings/firewall/security/exclude-list");
        self.json(Request::get(path).query("system_owned", true)).await
    }

    /// Repeats a call while its error passes by itself, such as [`Error::is_marked_for_delete`] or
    /// [`Error::is_in_use`], with the pauses of a realization's polls, until the deadline.
    pub async fn retry_while<T>(
        &self,
        passes: impl Fn(&Error) -> bool,
        call: impl AsyncFn() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut pause = self.shared.poller.patience.base;
        loop {
            let error = match call().await {
                Err(error) if passes(&error) => error,
                other => return other,
            };
            // Out of time: what it waits for says more than that.
            if self.pause("the wait before the next attempt", pause).await.is_err() {
                return Err(error);
            }
            pause = self.shared.poller.patience.next(pause);
        }
    }

    pub(crate) async fn pause(&self, what: &str, length: Duration) -> Result<(), Error> {
        let slept = self.http.unless_stopped(tokio::time::sleep(length)).await;
        slept.map_err(|why| stopped(what, why))
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        self.http.json(request).await.map_err(Error::of)
    }

    pub(crate) async fn send(&self, request: Request) -> Result<(), Error> {
        self.http.send(request).await.map_err(Error::of).map(|_| ())
    }
}

pub(crate) fn stopped(what: &str, why: api_client::Stop) -> Error {
    let call = Call { method: Method::GET, path: what.to_owned() };
    api_client::Error::Stopped { call, why, is_sent: false }.into()
}

pub(crate) fn absent_is_none<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether `whole` holds all of `part`: objects may have more fields, a null may be left out, lists
/// must be equal in length.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, part)| contains(whole.get(name).unwrap_or(&Value::Null), part))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(w, p)| contains(w, p))
        }
        _ => whole == part,
    }
}
