//! Something that a provider can be told to do, and that leaves nothing in a state.

use std::{
    future::{Future, ready},
    time::Duration,
};

use futures_util::future::BoxFuture;

use crate::{
    Context, Diagnostics, Error, Value,
    erased::{Typed, configuration, model},
    resource::Model,
    schema::Schema,
};

/// Something that a provider can be told to do.
///
/// Terraform 1.14 runs actions when resources change, or when a user asks for one.
pub trait Action: Send + Sync + 'static {
    /// What the provider made of its configuration.
    type Data: Send + Sync + 'static;
    /// Schema and documentation of what has to be said.
    type Model: Model;

    /// The type in a configuration, provider and all.
    const NAME: &'static str;
    /// Time that it may take, where an attribute `timeout` (a [`Span`](crate::Span)) grants no other.
    const TIMEOUT: Duration = Duration::from_mins(20);

    /// Rules across attributes. No network.
    fn validate(_config: &Self::Model, _found: &mut Diagnostics) {}

    /// Objects to it while Terraform plans. Parts of the configuration may be unknown.
    fn plan(
        &self,
        _cx: &Context<Self::Data>,
        _config: &Self::Model,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }

    /// Does it, and tells of its [progress](Context::progress). It goes on to its end even if nobody
    /// listens any more.
    fn invoke(
        &self,
        cx: &Context<Self::Data>,
        config: Self::Model,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// An [`Action`] of any model.
pub(crate) trait AnyAction<D>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn timeout(&self) -> Duration;
    fn validate(&self, config: &Value) -> Diagnostics;
    fn plan<'a>(&'a self, cx: &'a Context<D>, config: Value) -> BoxFuture<'a, Result<(), Error>>;
    fn invoke<'a>(&'a self, cx: &'a Context<D>, config: Value) -> BoxFuture<'a, Result<(), Error>>;
}

impl<A: Action> AnyAction<A::Data> for Typed<A> {
    fn schema(&self) -> &Schema {
        Schema::kept::<A::Model>(0)
    }

    fn timeout(&self) -> Duration {
        A::TIMEOUT
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration(AnyAction::schema(self), config, A::validate)
    }

    fn plan<'a>(
        &'a self,
        cx: &'a Context<A::Data>,
        config: Value,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.kind.plan(cx, &model(&config)?).await })
    }

    fn invoke<'a>(
        &'a self,
        cx: &'a Context<A::Data>,
        config: Value,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.kind.invoke(cx, model(&config)?).await })
    }
}
