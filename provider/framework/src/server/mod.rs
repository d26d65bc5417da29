//! The protocol's calls. Each has a file of its own; in `rpc` they meet tonic.
//!
//! A call runs as a task: neither a panic in it nor a client that hangs up
//! leaves half of an apply behind.

mod action;
mod apply;
mod bugs;
mod configure;
mod data;
mod deferral;
mod ephemeral;
mod functions;
mod generate;
mod identity;
mod import;
mod list;
mod plan;
mod read;
mod rpc;
mod schema;
mod upgrade;
mod validate;
mod wire;

#[cfg(feature = "testing")]
pub(crate) use bugs::is_bug;
pub(crate) use deferral::Deferrals;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use tfplugin::v6;
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};
use tracing::Instrument as _;

use crate::{
    Context, Diagnostic, Diagnostics, Error, Kinds, Private, Provider, Value,
    action::AnyAction,
    ephemeral::AnyEphemeral,
    erased::{AnyDataSource, AnyResource},
    function::Signature,
    identity::AnyIdentity,
    list::AnyList,
    schema::Schema,
    timeouts::{DefaultTimeouts, Operation, Span},
};

/// A provider, as Terraform talks to it.
pub struct Server<P: Provider>(Arc<Inner<P>>);

pub(crate) struct Inner<P: Provider> {
    provider: P,
    schema: &'static Schema,
    kinds: Kinds<P::Data>,
    /// What the newest configuration made; in reattach mode there are many.
    data: ArcSwapOption<P::Data>,
    /// Why it made nothing yet.
    waits: ArcSwapOption<Error>,
    /// Cancelled by `StopProvider`, and then replaced: a debugged process goes on.
    stop: ArcSwap<CancellationToken>,
    /// How many calls there were: the next one's number in the logs.
    calls: AtomicU64,
    /// Ephemeral resources that Terraform took and did not close yet.
    opened: ephemeral::Opened,
}

impl<P: Provider> Server<P> {
    /// Serves `provider`.
    ///
    /// # Panics
    ///
    /// If the `provider` block is no schema for Terraform.
    #[must_use]
    pub fn new(provider: P) -> Self {
        let kinds = provider.kinds();
        let schema = Schema::kept::<P::Config>(0);
        for name in ["alias", "version"] {
            let taken = schema.root.attribute(name).is_some();
            assert!(!taken, "in a `provider` block `{name}` has a meaning of Terraform's own");
        }
        let (data, waits) = (ArcSwapOption::empty(), ArcSwapOption::empty());
        let stop = ArcSwap::default();
        let (calls, opened) = (AtomicU64::new(1), ephemeral::Opened::default());
        Self(Arc::new(Inner { provider, schema, kinds, data, waits, stop, calls, opened }))
    }

    /// Ends what Terraform left open, and the sessions of the last configuration, when Terraform is
    /// done.
    pub async fn close(&self) {
        ephemeral::close_all(&self.0).await;
        if let Some(data) = self.0.data.swap(None) {
            self.0.provider.close(data).await;
        }
    }

    /// Does what the provider has to do once Terraform has every state that was returned.
    pub async fn finish(&self) {
        if let Some(data) = self.0.data.load_full() {
            self.0.provider.finish(data).await;
        }
    }

    /// The schemas of the provider and of all that it has, for documentation.
    pub fn schemas(&self) -> impl Iterator<Item = (Subject, &Schema)> {
        let Inner { schema, kinds, .. } = &*self.0;
        let resources = kinds.resources.iter();
        let sources = kinds.data_sources.iter();
        let ephemerals = kinds.ephemerals.iter();
        let actions = kinds.actions.iter();
        let lists = kinds.lists.iter();
        std::iter::once((Subject::Provider, *schema))
            .chain(resources.map(|(name, it)| (Subject::Resource(name), it.schema())))
            .chain(sources.map(|(name, it)| (Subject::DataSource(name), it.schema())))
            .chain(ephemerals.map(|(name, it)| (Subject::Ephemeral(name), it.schema())))
            .chain(actions.map(|(name, it)| (Subject::Action(name), it.schema())))
            .chain(lists.map(|(name, it)| (Subject::List(name), it.schema())))
    }

    /// What a resource is known by, for documentation; none for anything else.
    #[must_use]
    pub fn identity(&self, subject: Subject) -> Option<&'static Schema> {
        let Subject::Resource(name) = subject else { return None };
        self.0.identity(name).map(AnyIdentity::schema)
    }

    /// What the functions take and give, for documentation.
    pub fn functions(&self) -> impl Iterator<Item = Signature> {
        self.0.kinds.functions.values().map(|it| it.signature())
    }

    /// The times that a resource is granted by default, for documentation; none for anything else.
    #[must_use]
    pub fn default_timeouts(&self, subject: Subject) -> Option<DefaultTimeouts> {
        let Subject::Resource(name) = subject else { return None };
        self.0.kinds.resources.get(name).map(|it| it.timeouts())
    }

    /// The next call, in the logs.
    fn span(&self, rpc: &'static str, type_name: &str) -> tracing::Span {
        let id = self.0.calls.fetch_add(1, Ordering::Relaxed);
        let span =
            tracing::info_span!("rpc", tf_rpc = rpc, tf_req_id = id, tf_resource_type = type_name);
        tracing::debug!(parent: &span, "called");
        span
    }

    /// Runs a call to its end, whatever happens to the caller.
    async fn call<Q, A, F>(
        &self,
        rpc: &'static str,
        type_name: &str,
        request: Q,
        handle: impl FnOnce(Arc<Inner<P>>, Q) -> F,
    ) -> Result<Response<A>, Status>
    where
        A: wire::Answer + Send + 'static,
        F: Future<Output = Result<A, Error>> + Send + 'static,
    {
        let span = self.span(rpc, type_name);
        let answer = tokio::spawn(handle(Arc::clone(&self.0), request).instrument(span)).await;
        Ok(Response::new(match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => A::failed(Diagnostics::from(error)),
            Err(crash) => A::failed(crashed(rpc, type_name, &crash)),
        }))
    }
}

/// What a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The `provider` block.
    Provider,
    /// A resource of this type.
    Resource(&'static str),
    /// A data source of this type.
    DataSource(&'static str),
    /// An ephemeral resource of this type.
    Ephemeral(&'static str),
    /// An action of this type.
    Action(&'static str),
    /// A list of the resources of this type.
    List(&'static str),
}

impl<P: Provider> Clone for Server<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Provider> std::fmt::Debug for Server<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("kinds", &self.0.kinds).finish_non_exhaustive()
    }
}

fn crashed(rpc: &str, type_name: &str, crash: &tokio::task::JoinError) -> Diagnostics {
    let of = if type_name.is_empty() { String::new() } else { format!(" of {type_name}") };
    let mut found = Diagnostics::new();
    found.push(Diagnostic::error(
        bugs::CRASHED,
        format!("{rpc}{of} ended early ({crash}); this is a bug of the provider, please report it"),
    ));
    found
}

impl<P: Provider> Inner<P> {
    fn resource(&self, name: &str) -> Result<&dyn AnyResource<P::Data>, Error> {
        let found = self.kinds.resources.get(name);
        found.map(|it| &**it).ok_or_else(|| {
            Error::new("unknown resource type", format!("this provider has no resource `{name}`"))
        })
    }

    fn data_source(&self, name: &str) -> Result<&dyn AnyDataSource<P::Data>, Error> {
        let found = self.kinds.data_sources.get(name);
        found.map(|it| &**it).ok_or_else(|| {
            let detail = format!("this provider has no data source `{name}`");
            Error::new("unknown data source type", detail)
        })
    }

    fn ephemeral(&self, name: &str) -> Result<&dyn AnyEphemeral<P::Data>, Error> {
        let found = self.kinds.ephemerals.get(name);
        found.map(|it| &**it).ok_or_else(|| {
            let detail = format!("this provider has no ephemeral resource `{name}`");
            Error::new("unknown ephemeral resource type", detail)
        })
    }

    fn action(&self, name: &str) -> Result<&dyn AnyAction<P::Data>, Error> {
        let found = self.kinds.actions.get(name);
        found.map(|it| &**it).ok_or_else(|| {
            Error::new("unknown action", format!("this provider has no action `{name}`"))
        })
    }

    fn list(&self, name: &str) -> Result<&dyn AnyList<P::Data>, Error> {
        let found = self.kinds.lists.get(name);
        found.map(|it| &**it).ok_or_else(|| {
            let detail = format!("this provider does not list `{name}`");
            Error::new("unknown list resource type", detail)
        })
    }

    fn identity(&self, name: &str) -> Option<AnyIdentity> {
        self.kinds.identities.get(name).copied()
    }

    /// What the module of a call says about itself.
    fn meta(&self, wire: Option<&v6::DynamicValue>) -> Result<Value, Error> {
        self.kinds.meta.map_or(Ok(Value::Null), |schema| wire::decode(&schema.root, wire))
    }

    fn context(&self, time: Duration, private: Private) -> Context<P::Data> {
        Context::new(
            self.data.load_full(),
            CancellationToken::clone(&self.stop.load()),
            time,
            private,
        )
        .waiting(self.waits.load_full())
    }
}

/// The time that `value` (a configuration, plan or state) grants `operation`.
fn time_for(operation: Operation, value: &Value, defaults: &DefaultTimeouts) -> Duration {
    let written = value.get("timeouts").get(operation.name());
    written_time(written).unwrap_or_else(|| operation.default_of(defaults))
}

/// The time that is written there, if one is.
fn written_time(written: &Value) -> Option<Duration> {
    let span = written.as_str()?.parse::<Span>().ok()?;
    Some(span.time())
}

#[cfg(test)]
mod tests;
