//! `framework_move_state` and `framework_writeonly_move`: what other resources hand over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Error, Moved, Required, WriteOnly};

use crate::echo::Echo;

/// A text that another resource had.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MovedModel {
    moved_random_string: Computed<String>,
}

/// Takes over the text of a `random_string`, or the name of a `framework_identity`.
pub(crate) struct MoveState;

impl Echo for MoveState {
    type Model = MovedModel;
    const NAME: &'static str = "framework_move_state";

    fn imported(id: &str) -> Result<MovedModel, Error> {
        Ok(MovedModel { moved_random_string: id.to_owned().into() })
    }

    fn moved(from: &Moved<'_>) -> Option<String> {
        let text = match (from.type_of("hashicorp/random"), from.type_of("hashicorp/framework")) {
            (Some("random_string"), _) => from.text("result"),
            (_, Some("framework_identity")) => from.text("name"),
            _ => None,
        };
        text.map(str::to_owned)
    }
}

/// A text, and a secret.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct WriteOnlyModel {
    string_attr: Required<String>,
    writeonly_string: WriteOnly<String>,
}

/// Takes over anything, with a secret that must not get anywhere.
pub(crate) struct WriteOnlyMove;

impl Echo for WriteOnlyMove {
    type Model = WriteOnlyModel;
    const NAME: &'static str = "framework_writeonly_move";

    fn imported(id: &str) -> Result<WriteOnlyModel, Error> {
        Ok(WriteOnlyModel {
            string_attr: id.to_owned().into(),
            writeonly_string: "this must not get anywhere".to_owned().into(),
        })
    }

    fn moved(_: &Moved<'_>) -> Option<String> {
        Some("hello world!".to_owned())
    }
}
