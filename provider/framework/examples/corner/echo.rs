//! Resources that are what is planned, and live in the state alone.

use std::marker::PhantomData;

use tf_framework::{Context, Diagnostics, Error, Model, Moved, Plan, Resource};

use crate::backend::Backend;

/// A kind of thing that is what is planned. What it says otherwise is in its methods.
pub(crate) trait Echo: Send + Sync + 'static {
    type Model: Model;
    const NAME: &'static str;

    fn validate(_config: &Self::Model, _found: &mut Diagnostics) {}

    fn plan(_plan: &mut Plan<Self::Model>) -> Result<(), Error> {
        Ok(())
    }

    /// What is there after it was planned anew.
    fn made(plan: Self::Model) -> Result<Self::Model, Error> {
        Ok(plan)
    }

    /// What is there after a change was planned.
    fn changed(_state: &Self::Model, plan: Self::Model) -> Result<Self::Model, Error> {
        Self::made(plan)
    }

    /// What is found later.
    fn seen(state: Self::Model) -> Self::Model {
        state
    }

    fn imported(_id: &str) -> Result<Self::Model, Error> {
        Err(Error::new("import is not possible", format!("{} has no import", Self::NAME)))
    }

    /// The import id of what another resource hands over.
    fn moved(_from: &Moved<'_>) -> Option<String> {
        None
    }
}

/// The resource that an [`Echo`] is.
pub(crate) struct Echoed<E>(PhantomData<E>);

impl<E: Echo> Echoed<E> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E: Echo> Resource for Echoed<E> {
    type Data = Backend;
    type Model = E::Model;

    const NAME: &'static str = E::NAME;

    fn validate(config: &E::Model, found: &mut Diagnostics) {
        E::validate(config, found);
    }

    async fn plan(&self, _: &Context<Backend>, plan: &mut Plan<E::Model>) -> Result<(), Error> {
        E::plan(plan)
    }

    async fn create(&self, _: &Context<Backend>, plan: E::Model) -> Result<E::Model, Error> {
        E::made(plan)
    }

    async fn read(&self, _: &Context<Backend>, state: E::Model) -> Result<Option<E::Model>, Error> {
        Ok(Some(E::seen(state)))
    }

    async fn update(
        &self,
        _: &Context<Backend>,
        state: E::Model,
        plan: E::Model,
    ) -> Result<E::Model, Error> {
        E::changed(&state, plan)
    }

    async fn delete(&self, _: &Context<Backend>, _: E::Model) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, _: &Context<Backend>, id: &str) -> Result<E::Model, Error> {
        E::imported(id)
    }

    fn moved(from: &Moved<'_>, _: &mut Diagnostics) -> Result<Option<String>, Error> {
        Ok(E::moved(from))
    }
}
