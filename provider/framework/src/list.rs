//! Finding what exists, for `terraform query`: Terraform writes import blocks and configuration for it.

use std::future::Future;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::Sender;

use crate::{
    Context, Diagnostics, Error, Identified, Identity, Resource, Value, codec,
    erased::{configuration, model},
    resource::Model,
    schema::Schema,
};

/// A list of the resources of one type.
///
/// It says which there are. Their states, where Terraform asks for them, are those of an import and
/// a read.
pub trait ListResource: Send + Sync + 'static {
    /// What is listed; the list has its name.
    type Resource: Identified;
    /// What the list may be narrowed by: the `config` block of a `list`.
    type Config: Model;

    /// Rules across attributes. No network.
    fn validate(_config: &Self::Config, _found: &mut Diagnostics) {}

    /// Tells `found` of each, in an order that stays the same.
    fn list(
        &self,
        cx: &Context<<Self::Resource as Resource>::Data>,
        config: Self::Config,
        found: &Found<Self::Resource>,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Where a list tells what it finds.
#[derive(Debug)]
pub struct Found<R: Identified> {
    to: Sender<Listed>,
    resource: std::marker::PhantomData<fn() -> R>,
}

impl<R: Identified> Found<R> {
    /// A thing, and what people call it. The error ends the list: nobody wants more.
    pub async fn add(&self, identity: &R::Identity, name: impl Into<String>) -> Result<(), Enough> {
        let import_id = identity.import_id();
        let listed = Listed { identity: codec::encode(identity), name: name.into(), import_id };
        self.to.send(listed).await.map_err(|_| Enough)
    }
}

/// As many were found as Terraform wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("as many were found as are wanted")]
pub struct Enough;

/// Ends the list. Nobody reads it: whoever wants no more does not listen.
impl From<Enough> for Error {
    fn from(enough: Enough) -> Self {
        Self::new("the list ended early", enough.to_string())
    }
}

/// What a list found.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) identity: Value,
    pub(crate) name: String,
    pub(crate) import_id: Result<String, Error>,
}

/// A list of a known type.
pub(crate) struct TypedList<L> {
    list: L,
}

impl<L> TypedList<L> {
    pub(crate) fn new(list: L) -> Self {
        Self { list }
    }
}

/// A [`ListResource`] of any type.
pub(crate) trait AnyList<D>: Send + Sync {
    fn schema(&self) -> &'static Schema;
    fn validate(&self, config: &Value) -> Diagnostics;
    fn list<'a>(
        &'a self,
        cx: &'a Context<D>,
        config: Value,
        to: Sender<Listed>,
    ) -> BoxFuture<'a, Result<(), Error>>;
}

impl<L: ListResource> AnyList<<L::Resource as Resource>::Data> for TypedList<L> {
    fn schema(&self) -> &'static Schema {
        Schema::kept::<L::Config>(0)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration(self.schema(), config, L::validate)
    }

    fn list<'a>(
        &'a self,
        cx: &'a Context<<L::Resource as Resource>::Data>,
        config: Value,
        to: Sender<Listed>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let found = Found { to, resource: std::marker::PhantomData };
            self.list.list(cx, model(&config)?, &found).await
        })
    }
}
