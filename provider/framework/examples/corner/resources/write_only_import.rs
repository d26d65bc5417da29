//! `framework_writeonly_import`: a secret that must not come out of an import.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Error, Required, WriteOnly};

use crate::echo::Echo;

/// A text, and a secret.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    string_attr: Required<String>,
    writeonly_string: WriteOnly<String>,
}

/// Imports more than it may.
pub(crate) struct Imported;

impl Echo for Imported {
    type Model = Model;
    const NAME: &'static str = "framework_writeonly_import";

    fn seen(state: Model) -> Model {
        Model { string_attr: "hello world!".to_owned().into(), ..state }
    }

    fn imported(_: &str) -> Result<Model, Error> {
        Ok(Model {
            string_attr: "hello world!".to_owned().into(),
            writeonly_string: "this must not get anywhere".to_owned().into(),
        })
    }
}
