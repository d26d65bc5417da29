//! `framework_float32_precision` and `framework_float64_precision`: more digits than a float holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::Defaulted;

use crate::echo::Echo;

/// A float of 32 bits.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model32 {
    float32_attribute: Defaulted<f32>,
}

/// A float of 64 bits.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model64 {
    float64_attribute: Defaulted<f64>,
}

/// Returns what 32 bits hold of a number.
pub(crate) struct Float32;

impl Echo for Float32 {
    type Model = Model32;
    const NAME: &'static str = "framework_float32_precision";
}

/// Returns what 64 bits hold of a number.
pub(crate) struct Float64;

impl Echo for Float64 {
    type Model = Model64;
    const NAME: &'static str = "framework_float64_precision";
}
