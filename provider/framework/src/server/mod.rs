//! The protocol's calls. Each has a file of its own; here they meet tonic.
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
use tfplugin::v6::{self, provider_server};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, codegen::BoxStream};
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
    let written = value.get("timeouts").get(operation.name()).as_str();
    let span = written.and_then(|text| text.parse::<Span>().ok());
    span.map_or_else(|| operation.default_of(defaults), |span| span.time())
}

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Server<P> {
    async fn get_metadata(
        &self,
        _: Request<v6::get_metadata::Request>,
    ) -> Result<Response<v6::get_metadata::Response>, Status> {
        Ok(Response::new(schema::metadata(&self.0)))
    }

    async fn get_provider_schema(
        &self,
        request: Request<v6::get_provider_schema::Request>,
    ) -> Result<Response<v6::get_provider_schema::Response>, Status> {
        // A mistake in a schema is found here first, and told as what it is.
        let all = |server: Arc<Inner<P>>, _| async move { Ok(schema::schemas(&server)) };
        self.call("GetProviderSchema", "", request.into_inner(), all).await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<v6::get_resource_identity_schemas::Request>,
    ) -> Result<Response<v6::get_resource_identity_schemas::Response>, Status> {
        // A mistake in an identity is found here first, and told as what it is.
        let all = |server: Arc<Inner<P>>, _| async move { Ok(identity::schemas(&server)) };
        self.call("GetResourceIdentitySchemas", "", request.into_inner(), all).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<v6::upgrade_resource_identity::Request>,
    ) -> Result<Response<v6::upgrade_resource_identity::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("UpgradeResourceIdentity", &name, request, identity::upgrade).await
    }

    async fn get_functions(
        &self,
        _: Request<v6::get_functions::Request>,
    ) -> Result<Response<v6::get_functions::Response>, Status> {
        Ok(Response::new(functions::all(&self.0)))
    }

    async fn validate_provider_config(
        &self,
        request: Request<v6::validate_provider_config::Request>,
    ) -> Result<Response<v6::validate_provider_config::Response>, Status> {
        self.call("ValidateProviderConfig", "", request.into_inner(), validate::provider).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<v6::validate_resource_config::Request>,
    ) -> Result<Response<v6::validate_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateResourceConfig", &name, request, validate::resource).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<v6::validate_data_resource_config::Request>,
    ) -> Result<Response<v6::validate_data_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateDataResourceConfig", &name, request, validate::data_source).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<v6::upgrade_resource_state::Request>,
    ) -> Result<Response<v6::upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("UpgradeResourceState", &name, request, upgrade::upgrade).await
    }

    async fn configure_provider(
        &self,
        request: Request<v6::configure_provider::Request>,
    ) -> Result<Response<v6::configure_provider::Response>, Status> {
        self.call("ConfigureProvider", "", request.into_inner(), configure::configure).await
    }

    async fn read_resource(
        &self,
        request: Request<v6::read_resource::Request>,
    ) -> Result<Response<v6::read_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ReadResource", &name, request, read::read).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<v6::plan_resource_change::Request>,
    ) -> Result<Response<v6::plan_resource_change::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("PlanResourceChange", &name, request, plan::plan).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<v6::apply_resource_change::Request>,
    ) -> Result<Response<v6::apply_resource_change::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ApplyResourceChange", &name, request, apply::apply).await
    }

    async fn import_resource_state(
        &self,
        request: Request<v6::import_resource_state::Request>,
    ) -> Result<Response<v6::import_resource_state::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ImportResourceState", &name, request, import::import).await
    }

    async fn move_resource_state(
        &self,
        request: Request<v6::move_resource_state::Request>,
    ) -> Result<Response<v6::move_resource_state::Response>, Status> {
        let request = request.into_inner();
        let name = request.target_type_name.clone();
        self.call("MoveResourceState", &name, request, import::move_state).await
    }

    async fn generate_resource_config(
        &self,
        request: Request<v6::generate_resource_config::Request>,
    ) -> Result<Response<v6::generate_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("GenerateResourceConfig", &name, request, generate::generate).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<v6::validate_list_resource_config::Request>,
    ) -> Result<Response<v6::validate_list_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateListResourceConfig", &name, request, list::validate).await
    }

    async fn list_resource(
        &self,
        request: Request<v6::list_resource::Request>,
    ) -> Result<Response<BoxStream<v6::list_resource::Event>>, Status> {
        Ok(Response::new(list::list(Arc::clone(&self.0), request.into_inner())))
    }

    async fn read_data_source(
        &self,
        request: Request<v6::read_data_source::Request>,
    ) -> Result<Response<v6::read_data_source::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ReadDataSource", &name, request, data::read).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<v6::validate_ephemeral_resource_config::Request>,
    ) -> Result<Response<v6::validate_ephemeral_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateEphemeralResourceConfig", &name, request, ephemeral::validate).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<v6::open_ephemeral_resource::Request>,
    ) -> Result<Response<v6::open_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("OpenEphemeralResource", &name, request, ephemeral::open).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<v6::renew_ephemeral_resource::Request>,
    ) -> Result<Response<v6::renew_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("RenewEphemeralResource", &name, request, ephemeral::renew).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<v6::close_ephemeral_resource::Request>,
    ) -> Result<Response<v6::close_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("CloseEphemeralResource", &name, request, ephemeral::close).await
    }

    async fn validate_action_config(
        &self,
        request: Request<v6::validate_action_config::Request>,
    ) -> Result<Response<v6::validate_action_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.action_type.clone();
        self.call("ValidateActionConfig", &name, request, action::validate).await
    }

    async fn plan_action(
        &self,
        request: Request<v6::plan_action::Request>,
    ) -> Result<Response<v6::plan_action::Response>, Status> {
        let request = request.into_inner();
        let name = request.action_type.clone();
        self.call("PlanAction", &name, request, action::plan).await
    }

    async fn invoke_action(
        &self,
        request: Request<v6::invoke_action::Request>,
    ) -> Result<Response<BoxStream<v6::invoke_action::Event>>, Status> {
        let request = request.into_inner();
        let span = self.span("InvokeAction", &request.action_type);
        Ok(Response::new(action::invoke(Arc::clone(&self.0), request, span)))
    }

    async fn call_function(
        &self,
        request: Request<v6::call_function::Request>,
    ) -> Result<Response<v6::call_function::Response>, Status> {
        let request = request.into_inner();
        let name = request.name.clone();
        self.call("CallFunction", &name, request, functions::call).await
    }

    async fn stop_provider(
        &self,
        _: Request<v6::stop_provider::Request>,
    ) -> Result<Response<v6::stop_provider::Response>, Status> {
        tracing::info!("interrupted: calls under way end with what exists so far");
        self.0.stop.swap(Arc::default()).cancel();
        Ok(Response::new(v6::stop_provider::Response::default()))
    }
}

#[cfg(test)]
mod tests;
