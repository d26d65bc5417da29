//! `framework_deferred_action`, `framework_deferred_action_plan_modification`: what can be put off.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Deferral, Error, Optional, Path, Plan, Resource};

use crate::backend::Backend;

/// Something that is put off when its attributes say so.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    modify_plan_deferral: Optional<bool>,
    read_deferral: Optional<bool>,
    id: Optional<String>,
}

/// How it plans while the provider puts everything off.
pub(crate) trait Planning: Send + Sync + 'static {
    const NAME: &'static str;

    fn plan(cx: &Context<Backend>, planned: &Model) -> Result<(), Error>;
}

/// By its schema alone.
pub(crate) struct BySchema;

impl Planning for BySchema {
    const NAME: &'static str = "framework_deferred_action";

    fn plan(cx: &Context<Backend>, planned: &Model) -> Result<(), Error> {
        cx.data()?;
        refined(cx, planned)
    }
}

/// With what it knows itself.
pub(crate) struct ByItself;

impl Planning for ByItself {
    const NAME: &'static str = "framework_deferred_action_plan_modification";

    fn plan(cx: &Context<Backend>, planned: &Model) -> Result<(), Error> {
        refined(cx, planned)?;
        cx.data().map(|_| ())
    }
}

fn refined(cx: &Context<Backend>, planned: &Model) -> Result<(), Error> {
    if planned.id.known().is_some_and(|it| it != "test_id") {
        return Err(Error::new("invalid id value", "id should be test_id").at(&Path::of("id")));
    }
    wait(cx, &planned.modify_plan_deferral)
}

/// Waits, where Terraform does, if the attribute says so.
fn wait(cx: &Context<Backend>, attribute: &Optional<bool>) -> Result<(), Error> {
    if cx.may_be_deferred() && attribute.known() == Some(&true) {
        let error = Error::new("deferred", "an attribute says so");
        return Err(error.deferred(Deferral::ResourceConfigUnknown));
    }
    Ok(())
}

/// The resource.
pub(crate) struct DeferredAction<P>(PhantomData<P>);

impl<P> DeferredAction<P> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P: Planning> Resource for DeferredAction<P> {
    type Data = Backend;
    type Model = Model;
    const NAME: &'static str = P::NAME;

    async fn plan(&self, cx: &Context<Backend>, plan: &mut Plan<Model>) -> Result<(), Error> {
        P::plan(cx, &plan.planned)
    }

    async fn create(&self, _: &Context<Backend>, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn read(&self, cx: &Context<Backend>, state: Model) -> Result<Option<Model>, Error> {
        cx.data()?;
        wait(cx, &state.read_deferral)?;
        Ok(Some(state))
    }

    async fn update(&self, _: &Context<Backend>, _: Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<Backend>, _: Model) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, cx: &Context<Backend>, id: &str) -> Result<Model, Error> {
        cx.data()?;
        wait(cx, &(id == "deferral-id").into())?;
        let (modify_plan_deferral, read_deferral) = (Optional::null(), Optional::null());
        Ok(Model { modify_plan_deferral, read_deferral, id: id.to_owned().into() })
    }
}
