//! Functions that return what they are given: one for each type.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Dynamic, Function, FunctionError, Kinds, Number, mark::variadic};

use crate::backend::Backend;

/// The kinds with all functions.
pub(crate) fn all(kinds: Kinds<Backend>) -> Kinds<Backend> {
    kinds
        .function::<Bool>()
        .function::<Any>()
        .function::<Float32>()
        .function::<Float64>()
        .function::<Int32>()
        .function::<Int64>()
        .function::<List>()
        .function::<Map>()
        .function::<AnyNumber>()
        .function::<Object>()
        .function::<ObjectWithDynamic>()
        .function::<Set>()
        .function::<Text>()
        .function::<Variadic>()
        .function::<DynamicVariadic>()
}

macro_rules! echoes {
    ($($function:ident = $name:literal ($parameter:ident: $kind:ty);)*) => {$(
        /// Returns its argument.
        #[derive(Debug, Deserialize, JsonSchema)]
        struct $function {
            /// What is returned.
            $parameter: $kind,
        }

        impl Function for $function {
            type Output = $kind;
            const NAME: &'static str = $name;

            fn call(self) -> Result<$kind, FunctionError> {
                Ok(self.$parameter)
            }
        }
    )*};
}

echoes! {
    Bool = "bool" (bool_param: bool);
    Any = "dynamic" (dynamic_param: Dynamic);
    Float32 = "float32" (float32_param: f32);
    Float64 = "float64" (float64_param: f64);
    Int32 = "int32" (int32_param: i32);
    Int64 = "int64" (int64_param: i64);
    List = "list" (list_param: Vec<Option<String>>);
    Map = "map" (map_param: BTreeMap<String, Option<String>>);
    AnyNumber = "number" (number_param: Number);
    Object = "object" (object_param: Pair);
    ObjectWithDynamic = "object_with_dynamic" (object_param: DynamicPair);
    Set = "set" (set_param: BTreeSet<Option<String>>);
    Text = "string" (string_param: String);
}

/// A text and a number, either of which may be null.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Pair {
    attr1: Option<String>,
    attr2: Option<i64>,
}

/// Two values of any type, either of which may be null.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct DynamicPair {
    dynamic_attr1: Option<Dynamic>,
    dynamic_attr2: Option<Dynamic>,
}

/// Returns its arguments as a list.
#[derive(Debug, Deserialize, JsonSchema)]
struct Variadic {
    /// What is in the list.
    #[schemars(transform = variadic)]
    variadic_param: Vec<String>,
}

impl Function for Variadic {
    type Output = Vec<String>;
    const NAME: &'static str = "variadic";

    fn call(self) -> Result<Vec<String>, FunctionError> {
        Ok(self.variadic_param)
    }
}

/// Returns its arguments as a tuple.
#[derive(Debug, Deserialize, JsonSchema)]
struct DynamicVariadic {
    /// What is in the tuple.
    #[schemars(transform = variadic)]
    dynamic_variadic_param: Vec<Dynamic>,
}

impl Function for DynamicVariadic {
    type Output = Dynamic;
    const NAME: &'static str = "dynamic_variadic";

    fn call(self) -> Result<Dynamic, FunctionError> {
        Ok(self.dynamic_variadic_param.into())
    }
}
