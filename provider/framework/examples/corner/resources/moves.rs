//! `framework_move_state` and `framework_writeonly_move`: what other resources hand over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Error, Identified, Identity, Moved, Required, Unknown, WriteOnly, mark::keep,
};

use crate::echo::{Echo, Echoed};

/// A text that another resource had, and what that was known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MovedModel {
    #[schemars(transform = keep)]
    id: Computed<String>,
    #[schemars(transform = keep)]
    moved_random_string: Computed<String>,
}

/// What it is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Known {
    /// The id.
    id: Required<String>,
}

impl Identity for Known {
    fn import_id(&self) -> Result<String, Error> {
        let id = self.id.get()?;
        Ok(handed_over(id, id))
    }
}

/// Takes over the text of a `random_string`, or id and name that a `framework_identity` is known by.
pub(crate) struct MoveState;

/// The import id: an id, and a text.
fn handed_over(id: &str, text: &str) -> String {
    serde_json::json!([id, text]).to_string()
}

impl Echo for MoveState {
    type Model = MovedModel;
    const NAME: &'static str = "framework_move_state";

    fn made(_: MovedModel) -> Result<MovedModel, Error> {
        Self::imported(&handed_over("new", ""))
    }

    fn imported(id: &str) -> Result<MovedModel, Error> {
        let (id, text): (String, String) = serde_json::from_str(id).map_err(|why| {
            Error::new("not an import id", format!("`{id}` is not an id and a text: {why}"))
        })?;
        Ok(MovedModel { id: id.into(), moved_random_string: text.into() })
    }

    fn moved(from: &Moved<'_>) -> Option<String> {
        match (from.type_of("hashicorp/random"), from.type_of("hashicorp/framework")) {
            (Some("random_string"), _) => from.text("result").map(|it| handed_over(it, it)),
            (_, Some("framework_identity")) => {
                let known = |part: &str| from.identity()?.get(part)?.as_str();
                Some(handed_over(known("id")?, known("name")?))
            }
            _ => None,
        }
    }
}

impl Identified for Echoed<MoveState> {
    type Identity = Known;

    fn identity(model: &MovedModel) -> Result<Known, Unknown> {
        Ok(Known { id: model.id.get()?.clone().into() })
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
