//! A kind of thing Terraform can manage.

use std::future::{Future, ready};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Context, Diagnostics, Error, Moved, Path, Value, timeouts::DefaultTimeouts};

/// A struct that is schema, documentation and codec at once.
pub trait Model: JsonSchema + Serialize + DeserializeOwned + Clone + Send + Sync + 'static {}

impl<T> Model for T where
    T: JsonSchema + Serialize + DeserializeOwned + Clone + Send + Sync + 'static
{
}

/// A kind of thing Terraform can manage.
///
/// Schema, validation and plan follow from [`Model`](Self::Model); what is left
/// to say are the calls that make, read, change and remove the thing.
pub trait Resource: Send + Sync + 'static {
    /// What the provider made of its configuration.
    type Data: Send + Sync + 'static;
    /// Schema, state and documentation.
    type Model: Model;

    /// The type in a configuration, provider and all: `supervisor_nsx_segment`.
    const NAME: &'static str;
    /// Version of the state's shape.
    const VERSION: i64 = 0;
    /// Times where the configuration does not say any.
    const TIMEOUTS: DefaultTimeouts = DefaultTimeouts::minutes(20);

    /// Rules across attributes. No network: this runs on every editor's save.
    ///
    /// Attributes that are unknown, or wrong by themselves, are unknown here.
    fn validate(_config: &Self::Model, _found: &mut Diagnostics) {}

    /// Refines a plan to create or to change the thing: it may know more, never less.
    ///
    /// Also called where nothing changes, so that drift can become a change.
    fn plan(
        &self,
        _cx: &Context<Self::Data>,
        _plan: &mut Plan<Self::Model>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }

    /// Objects to a plan to destroy the thing, or to replace it.
    fn plan_destroy(
        &self,
        _cx: &Context<Self::Data>,
        _state: &Self::Model,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }

    /// Brings the planned thing into being. Write-only values are in the plan.
    fn create(
        &self,
        cx: &Context<Self::Data>,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send;

    /// The thing as it is now; none if it is proven gone.
    fn read(
        &self,
        cx: &Context<Self::Data>,
        state: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>, Error>> + Send;

    /// Changes the thing in place. Write-only values are in the plan.
    fn update(
        &self,
        cx: &Context<Self::Data>,
        state: Self::Model,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send;

    /// Removes the thing; fine if it is gone already.
    fn delete(
        &self,
        cx: &Context<Self::Data>,
        state: Self::Model,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// The thing that the user calls `id`. Terraform reads it once more afterwards.
    fn import(
        &self,
        _cx: &Context<Self::Data>,
        _id: &str,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send {
        ready(Err(Error::new("import is not possible", format!("{} has no import", Self::NAME))))
    }

    /// Refines the configuration that Terraform writes for a thing that exists. All of its state that
    /// can be written is there; here goes out what excludes each other, or says a thing twice.
    fn configuration(_written: &mut Self::Model) {}

    /// The import id of what a `moved` block hands over; none if it is nothing that can become this
    /// resource. No network: Terraform asks a provider that is not configured. The thing is imported
    /// when it is read for the first time. What cannot be carried over goes to `notes`.
    fn moved(_from: &Moved<'_>, _notes: &mut Diagnostics) -> Result<Option<String>, Error> {
        Ok(None)
    }

    /// The state of an older version in the shape of this one.
    fn upgrade(from: i64, _state: &serde_json::Value) -> Result<Value, Error> {
        Err(Error::new(
            "the state is too old",
            format!("no upgrade of {} from version {from} is known", Self::NAME),
        ))
    }
}

/// A plan to create or to change something.
#[derive(Clone, Debug)]
pub struct Plan<M> {
    /// What is there; none for something new.
    pub prior: Option<M>,
    /// What the user wrote. Write-only values are only here.
    pub config: M,
    /// What will be there after apply, as far as it is known.
    pub planned: M,
    /// Attributes whose change takes a new thing in place of the old one.
    pub replace: Vec<Path>,
}

/// A kind of thing Terraform can look up.
pub trait DataSource: Send + Sync + 'static {
    /// What the provider made of its configuration.
    type Data: Send + Sync + 'static;
    /// Schema, result and documentation.
    type Model: Model;

    /// The type in a configuration, provider and all.
    const NAME: &'static str;

    /// Rules across attributes. No network.
    fn validate(_config: &Self::Model, _found: &mut Diagnostics) {}

    /// Looks it up; every attribute is known then.
    fn read(
        &self,
        cx: &Context<Self::Data>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send;
}
