//! `framework_dynamic_computed_type_change`: another type after a change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Dynamic, Error, Required};

use crate::echo::Echo;

/// Anything, and something of another type each time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    required_dynamic: Required<Dynamic>,
    computed_dynamic_type_changes: Computed<Dynamic>,
}

/// A bool when new, a number when changed.
pub(crate) struct DynamicChange;

impl Echo for DynamicChange {
    type Model = Model;
    const NAME: &'static str = "framework_dynamic_computed_type_change";

    fn made(plan: Model) -> Result<Model, Error> {
        Ok(Model { computed_dynamic_type_changes: Dynamic::from(true).into(), ..plan })
    }

    fn changed(_: &Model, plan: Model) -> Result<Model, Error> {
        Ok(Model { computed_dynamic_type_changes: Dynamic::from(200).into(), ..plan })
    }
}
