//! `framework_set_nested_attribute_with_defaults` and `framework_set_nested_block_with_defaults`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Blocks as BlocksOf, Defaulted, Required, Set, mark::default};

use crate::echo::Echo;

/// A set of attributes with defaults.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AttributesModel {
    set: Required<Set<Element>>,
}

/// A set of blocks with defaults.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BlocksModel {
    set: BlocksOf<Set<Element>>,
}

/// Two values with defaults.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Element {
    #[schemars(transform = default("zero"))]
    value: Defaulted<String>,
    #[schemars(transform = default("this is a default"))]
    default_value: Defaulted<String>,
}

/// Nested attributes.
pub(crate) struct Attributes;

impl Echo for Attributes {
    type Model = AttributesModel;
    const NAME: &'static str = "framework_set_nested_attribute_with_defaults";
}

/// Nested blocks.
pub(crate) struct Blocks;

impl Echo for Blocks {
    type Model = BlocksModel;
    const NAME: &'static str = "framework_set_nested_block_with_defaults";
}
