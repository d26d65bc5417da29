//! A kind of thing that is there while Terraform runs, and that no state knows: a session, a token.

use std::{
    future::{Future, ready},
    time::SystemTime,
};

use futures_util::future::BoxFuture;

use crate::{
    Context, Diagnostics, Error, Value, codec,
    erased::{Typed, configuration, model},
    plan,
    resource::Model,
    schema::Schema,
};

/// A kind of thing that is there while Terraform runs, and that no state knows.
///
/// Neither plan nor state has any of it. What [`renew`](Self::renew) and [`close`](Self::close) need
/// is what [`open`](Self::open) [remembered](Context::remember): Terraform keeps that in memory, and
/// tells them nothing else.
pub trait Ephemeral: Send + Sync + 'static {
    /// What the provider made of its configuration.
    type Data: Send + Sync + 'static;
    /// Schema, result and documentation.
    type Model: Model;

    /// The type in a configuration, provider and all.
    const NAME: &'static str;

    /// Rules across attributes. No network.
    fn validate(_config: &Self::Model, _found: &mut Diagnostics) {}

    /// Opens it; every attribute is known then, and what was configured is as it was.
    ///
    /// What was remembered before an error is closed at once: Terraform would not.
    fn open(
        &self,
        cx: &Context<Self::Data>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Opened<Self::Model>, Error>> + Send;

    /// Keeps it open; when the next time for that is, if there is one. What is remembered here is known
    /// to the next renewal, and not to `close`.
    fn renew(
        &self,
        _cx: &Context<Self::Data>,
    ) -> impl Future<Output = Result<Option<SystemTime>, Error>> + Send {
        ready(Ok(None))
    }

    /// Ends it; fine if it has ended already.
    fn close(&self, _cx: &Context<Self::Data>) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }
}

/// What was opened, and how long that is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened<M> {
    /// The result, known as a whole.
    pub result: M,
    /// When it has to be renewed, if ever.
    pub renew_at: Option<SystemTime>,
}

impl<M> Opened<M> {
    /// Good for as long as it is needed.
    #[must_use]
    pub fn for_good(result: M) -> Self {
        Self { result, renew_at: None }
    }

    /// To be renewed at that time.
    #[must_use]
    pub fn until(renew_at: SystemTime, result: M) -> Self {
        Self { result, renew_at: Some(renew_at) }
    }
}

/// An [`Ephemeral`] of any model.
pub(crate) trait AnyEphemeral<D>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn validate(&self, config: &Value) -> Diagnostics;
    fn open<'a>(
        &'a self,
        cx: &'a Context<D>,
        config: Value,
    ) -> BoxFuture<'a, Result<Opened<Value>, Error>>;
    fn renew<'a>(&'a self, cx: &'a Context<D>) -> BoxFuture<'a, Result<Option<SystemTime>, Error>>;
    fn close<'a>(&'a self, cx: &'a Context<D>) -> BoxFuture<'a, Result<(), Error>>;
}

impl<E: Ephemeral> AnyEphemeral<E::Data> for Typed<E> {
    fn schema(&self) -> &Schema {
        Schema::kept::<E::Model>(0)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration(AnyEphemeral::schema(self), config, E::validate)
    }

    fn open<'a>(
        &'a self,
        cx: &'a Context<E::Data>,
        config: Value,
    ) -> BoxFuture<'a, Result<Opened<Value>, Error>> {
        Box::pin(async move {
            let Opened { result, renew_at } = self.kind.open(cx, model(&config)?).await?;
            let root = &AnyEphemeral::schema(self).root;
            let understood = |it: Value| codec::understood::<E::Model>(&it).unwrap_or(it);
            let result = plan::as_it_came(root, &config, codec::encode(&result), understood);
            Ok(Opened { result, renew_at })
        })
    }

    fn renew<'a>(
        &'a self,
        cx: &'a Context<E::Data>,
    ) -> BoxFuture<'a, Result<Option<SystemTime>, Error>> {
        Box::pin(self.kind.renew(cx))
    }

    fn close<'a>(&'a self, cx: &'a Context<E::Data>) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.kind.close(cx))
    }
}
