//! `framework_writeonly_upgrade`: a secret that must not come out of an upgrade.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Error, Required, Resource, Value, WriteOnly};

use crate::backend::Backend;

/// A text, and a secret.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    string_attr: Required<String>,
    writeonly_string: WriteOnly<String>,
}

/// The same resource, with a schema of the version `V`.
pub(crate) struct Upgraded<const V: i64>;

impl<const V: i64> Resource for Upgraded<V> {
    type Data = Backend;
    type Model = Model;
    const NAME: &'static str = "framework_writeonly_upgrade";
    const VERSION: i64 = V;

    async fn create(&self, _: &Context<Backend>, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn read(&self, _: &Context<Backend>, state: Model) -> Result<Option<Model>, Error> {
        Ok(Some(state))
    }

    async fn update(&self, _: &Context<Backend>, _: Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<Backend>, _: Model) -> Result<(), Error> {
        Ok(())
    }

    fn upgrade(_: i64, _: &serde_json::Value) -> Result<Value, Error> {
        Ok(Value::from([
            ("string_attr", "world!".into()),
            ("writeonly_string", "this must not get anywhere".into()),
        ]))
    }
}
