//! A provider: its configuration, and the kinds of things it has.

use std::{
    collections::BTreeMap,
    fmt,
    future::{Future, ready},
    sync::Arc,
};

use tokio_util::sync::CancellationToken;

use crate::{
    Action, DataSource, Diagnostics, Ephemeral, Error, Function, Resource,
    action::AnyAction,
    ephemeral::AnyEphemeral,
    erased::{AnyDataSource, AnyResource, Typed},
    function::AnyFunction,
    identity::{AnyIdentity, Identified},
    list::{AnyList, ListResource, TypedList},
    resource::Model,
    schema::Schema,
};

/// A provider.
pub trait Provider: Send + Sync + 'static {
    /// The `provider` block: schema and documentation.
    type Config: Model;
    /// What resources and data sources work with.
    type Data: Send + Sync + 'static;

    /// Rules across attributes. No network, and no environment: `validate` runs
    /// on machines that have neither.
    fn validate(_config: &Self::Config, _found: &mut Diagnostics) {}

    /// Makes of a configuration what resources work with. While planning, parts
    /// of the configuration may be unknown. Best without a connection: a plan
    /// that needs none should not fail for want of one. An error that is
    /// [`deferred`](Error::deferred) is that of whoever needs the data, and of nobody else.
    fn configure(
        &self,
        config: Self::Config,
        warnings: &mut Diagnostics,
    ) -> impl Future<Output = Result<Self::Data, Error>> + Send;

    /// Terraform is done and asks for the end: it has every state that was returned. It waits for
    /// this, and for as long as it takes, so that it should be bounded. Never called if Terraform is
    /// killed, or by a process that serves many runs.
    fn finish(&self, _data: Arc<Self::Data>) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// Ends sessions, when Terraform is done or configures anew.
    fn close(&self, _data: Arc<Self::Data>) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// The user interrupts: called once, before the calls under way are told.
    fn stopped(&self, _token: &CancellationToken) {}

    /// The kinds of things it has.
    fn kinds(&self) -> Kinds<Self::Data>;
}

/// What a provider has, by name.
pub struct Kinds<D> {
    pub(crate) resources: BTreeMap<&'static str, Box<dyn AnyResource<D>>>,
    pub(crate) data_sources: BTreeMap<&'static str, Box<dyn AnyDataSource<D>>>,
    pub(crate) ephemerals: BTreeMap<&'static str, Box<dyn AnyEphemeral<D>>>,
    pub(crate) actions: BTreeMap<&'static str, Box<dyn AnyAction<D>>>,
    pub(crate) functions: BTreeMap<&'static str, AnyFunction>,
    pub(crate) identities: BTreeMap<&'static str, AnyIdentity>,
    pub(crate) lists: BTreeMap<&'static str, Box<dyn AnyList<D>>>,
    pub(crate) meta: Option<&'static Schema>,
}

impl<D: Send + Sync + 'static> Kinds<D> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            ephemerals: BTreeMap::new(),
            actions: BTreeMap::new(),
            functions: BTreeMap::new(),
            identities: BTreeMap::new(),
            lists: BTreeMap::new(),
            meta: None,
        }
    }

    /// With that resource.
    #[must_use]
    pub fn resource<R: Resource<Data = D>>(mut self, resource: R) -> Self {
        self.resources.insert(R::NAME, Box::new(Typed::new(resource)));
        self
    }

    /// With that resource, which has an identity.
    #[must_use]
    pub fn identified<R: Identified<Data = D>>(mut self, resource: R) -> Self {
        self.identities.insert(R::NAME, AnyIdentity::of::<R>());
        self.resource(resource)
    }

    /// With that for what a module can say about itself, in a `provider_meta` block: calls of
    /// resources and data sources find it in their [context](crate::Context::meta).
    ///
    /// # Panics
    ///
    /// If it is no schema for Terraform.
    #[must_use]
    pub fn meta<M: Model>(mut self) -> Self {
        self.meta = Some(Schema::kept::<M>(0));
        self
    }

    /// With that list of a resource, which has to be there, too.
    #[must_use]
    pub fn list<L: ListResource>(mut self, list: L) -> Self
    where
        L::Resource: Resource<Data = D>,
    {
        self.lists.insert(<L::Resource as Resource>::NAME, Box::new(TypedList::new(list)));
        self
    }

    /// With that data source.
    #[must_use]
    pub fn data_source<S: DataSource<Data = D>>(mut self, source: S) -> Self {
        self.data_sources.insert(S::NAME, Box::new(Typed::new(source)));
        self
    }

    /// With that ephemeral resource.
    #[must_use]
    pub fn ephemeral<E: Ephemeral<Data = D>>(mut self, ephemeral: E) -> Self {
        self.ephemerals.insert(E::NAME, Box::new(Typed::new(ephemeral)));
        self
    }

    /// With that action.
    #[must_use]
    pub fn action<A: Action<Data = D>>(mut self, action: A) -> Self {
        self.actions.insert(A::NAME, Box::new(Typed::new(action)));
        self
    }

    /// With that function, which is a type and has no value.
    #[must_use]
    pub fn function<F: Function>(mut self) -> Self {
        self.functions.insert(F::NAME, AnyFunction::of::<F>());
        self
    }
}

impl<D: Send + Sync + 'static> Default for Kinds<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D> fmt::Debug for Kinds<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kinds")
            .field("resources", &self.resources.keys())
            .field("data_sources", &self.data_sources.keys())
            .field("ephemerals", &self.ephemerals.keys())
            .field("actions", &self.actions.keys())
            .field("functions", &self.functions.keys())
            .field("identities", &self.identities.keys())
            .field("lists", &self.lists.keys())
            .field("meta", &self.meta)
            .finish()
    }
}
