//! `framework_writeonce`: a secret that is needed once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Error, Path, Plan, Required, WriteOnly, mark::replace};

use crate::echo::Echo;

/// A secret, needed when the thing is made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    #[schemars(transform = replace)]
    trigger_attr: Required<String>,
    writeonce_string: WriteOnly<String>,
}

/// Knows the one secret that it takes.
pub(crate) struct WriteOnce;

impl Echo for WriteOnce {
    type Model = Model;
    const NAME: &'static str = "framework_writeonce";

    fn plan(plan: &mut Plan<Model>) -> Result<(), Error> {
        if plan.prior.is_none() && plan.config.writeonce_string.is_null() {
            let detail = "`writeonce_string` is needed to make it, and may be left out afterwards";
            let missing = Error::new("Attribute Required when Creating", detail);
            return Err(missing.at(&Path::of("writeonce_string")));
        }
        Ok(())
    }

    fn made(plan: Model) -> Result<Model, Error> {
        match plan.writeonce_string.get()?.map(String::as_str) {
            Some("fakepassword") => Ok(plan),
            other => {
                let detail = format!("expected `fakepassword`, got {other:?}");
                Err(Error::new("another secret arrived", detail))
            }
        }
    }
}
