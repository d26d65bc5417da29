//! `framework_tfsdk_reflection`: of every type one that is configured, and one that is chosen.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Blocks, Computed, Dynamic, Error, Required, Set, mark::keep};

use crate::echo::Echo;

/// Of every type two.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    config_bool: Required<bool>,
    #[schemars(transform = keep)]
    computed_bool: Computed<bool>,
    config_dynamic: Required<Dynamic>,
    #[schemars(transform = keep)]
    computed_dynamic: Computed<Dynamic>,
    config_float64: Required<f64>,
    #[schemars(transform = keep)]
    computed_float64: Computed<f64>,
    config_int64: Required<i64>,
    #[schemars(transform = keep)]
    computed_int64: Computed<i64>,
    config_string: Required<String>,
    #[schemars(transform = keep)]
    computed_string: Computed<String>,
    config_list: Required<Vec<String>>,
    #[schemars(transform = keep)]
    computed_list: Computed<Vec<String>>,
    config_map: Required<BTreeMap<String, String>>,
    #[schemars(transform = keep)]
    computed_map: Computed<BTreeMap<String, String>>,
    config_map_nested: Required<BTreeMap<String, Configured>>,
    #[schemars(transform = keep)]
    computed_map_nested: Computed<BTreeMap<String, Chosen>>,
    config_object: Required<Value>,
    #[schemars(transform = keep)]
    computed_object: Computed<Value>,
    config_single_nested: Required<Configured>,
    #[schemars(transform = keep)]
    computed_single_nested: Computed<Chosen>,
    config_set_nested_block: Blocks<Set<Configured>>,
    computed_list_nested_block: Blocks<Vec<Chosen>>,
}

/// Attributes that are configured.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Configured {
    nested_string: Required<String>,
}

/// Attributes that are chosen.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Chosen {
    #[schemars(transform = keep)]
    nested_string: Computed<String>,
}

/// One value of an object type.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Value {
    nested_string: String,
}

impl From<&str> for Chosen {
    fn from(text: &str) -> Self {
        Self { nested_string: text.to_owned().into() }
    }
}

/// Chooses something of each type.
pub(crate) struct Reflection;

impl Echo for Reflection {
    type Model = Model;
    const NAME: &'static str = "framework_tfsdk_reflection";

    fn made(plan: Model) -> Result<Model, Error> {
        let entries = [("key6", "val6"), ("key7", "val7")];
        let blocks = ["computed string one", "computed string two"].map(Chosen::from);
        Ok(Model {
            computed_bool: true.into(),
            computed_dynamic: Dynamic::from("dynamic string").into(),
            computed_float64: 1.2.into(),
            computed_int64: 100.into(),
            computed_string: "computed string".to_owned().into(),
            computed_list: vec!["computed".to_owned(), "list".to_owned()].into(),
            computed_map: entries
                .map(|(k, it)| (k.to_owned(), it.to_owned()))
                .into_iter()
                .collect::<BTreeMap<_, _>>()
                .into(),
            computed_map_nested: entries
                .map(|(k, it)| (k.to_owned(), it.into()))
                .into_iter()
                .collect::<BTreeMap<_, _>>()
                .into(),
            computed_object: Value { nested_string: "computed string".to_owned() }.into(),
            computed_single_nested: Chosen::from("computed string").into(),
            computed_list_nested_block: Vec::from(blocks).into(),
            ..plan
        })
    }

    fn changed(_: &Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }
}
