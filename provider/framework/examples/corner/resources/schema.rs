//! `framework_schema`: an attribute or block of each kind.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Block, Blocks, Dynamic, Number, Optional, Set};

use crate::echo::Echo;

/// An attribute or block of each kind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    bool_attribute: Optional<bool>,
    dynamic_attribute: Optional<Dynamic>,
    float32_attribute: Optional<f32>,
    float64_attribute: Optional<f64>,
    int32_attribute: Optional<i32>,
    int64_attribute: Optional<i64>,
    list_attribute: Optional<Vec<String>>,
    list_nested_attribute: Optional<Vec<InList>>,
    map_attribute: Optional<BTreeMap<String, String>>,
    map_nested_attribute: Optional<BTreeMap<String, InMap>>,
    number_attribute: Optional<Number>,
    object_attribute: Optional<Value>,
    object_attribute_with_dynamic: Optional<OpenValue>,
    set_attribute: Optional<BTreeSet<String>>,
    set_nested_attribute: Optional<Set<InSet>>,
    single_nested_attribute: Optional<Single>,
    single_nested_attribute_with_dynamic: Optional<Open>,
    string_attribute: Optional<String>,
    list_nested_block: Blocks<Vec<InListBlock>>,
    set_nested_block: Blocks<Set<InSetBlock>>,
    single_nested_block: Block<SingleBlock>,
    single_nested_block_with_dynamic: Block<Open>,
}

/// One value of an object type.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Value {
    object_attribute_attribute: Option<String>,
}

/// One value of an object type, which is open in one place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct OpenValue {
    dynamic_attribute: Option<Dynamic>,
}

macro_rules! nested {
    ($($name:ident { $field:ident: $kind:ty })*) => {$(
        /// One nested attribute.
        #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
        struct $name {
            $field: Optional<$kind>,
        }
    )*};
}

nested! {
    InList { list_nested_attribute_attribute: String }
    InMap { map_nested_attribute_attribute: String }
    InSet { set_nested_attribute_attribute: String }
    Single { single_nested_attribute_attribute: String }
    Open { dynamic_attribute: Dynamic }
    InListBlock { list_nested_block_attribute: String }
    InSetBlock { set_nested_block_attribute: String }
    SingleBlock { single_nested_block_attribute: String }
}

/// Is what is planned.
pub(crate) struct Schema;

impl Echo for Schema {
    type Model = Model;
    const NAME: &'static str = "framework_schema";
}
