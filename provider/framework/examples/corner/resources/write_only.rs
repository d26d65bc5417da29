//! `framework_writeonly`: write-only values at every place where they can be.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Block, Blocks, Computed, Error, Required, WriteOnly};

use crate::{
    echo::Echo,
    text::{Ipv6, Text},
};

/// Write-only values at every place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    computed_attr: Computed<String>,
    writeonly_custom_ipv6: WriteOnly<Text<Ipv6>>,
    writeonly_string: WriteOnly<String>,
    writeonly_list: WriteOnly<Vec<String>>,
    writeonly_nested_object: WriteOnly<Secrets>,
    nested_map: Required<BTreeMap<String, Entry>>,
    nested_block_list: Blocks<Vec<Item>>,
}

/// An object that is write-only as a whole.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Secrets {
    writeonly_int64: Required<i64>,
    writeonly_bool: Required<bool>,
    writeonly_nested_list: Required<Vec<Secret>>,
}

/// An element of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Secret {
    writeonly_string: Required<String>,
}

/// An entry of which one half is write-only.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Entry {
    string_attr: Required<String>,
    writeonly_float64: WriteOnly<f64>,
}

/// A block of which one half is write-only, with a block in it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Item {
    string_attr: Required<String>,
    writeonly_string: WriteOnly<String>,
    double_nested_object: Block<Inner>,
}

/// A block in a block.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Inner {
    bool_attr: Required<bool>,
    writeonly_bool: WriteOnly<bool>,
}

/// Knows the secrets that it takes, and hands back more than it may.
pub(crate) struct WriteOnlys;

impl Echo for WriteOnlys {
    type Model = Model;
    const NAME: &'static str = "framework_writeonly";

    fn made(plan: Model) -> Result<Model, Error> {
        verify(&plan)?;
        Ok(Model { computed_attr: "computed_val".to_owned().into(), ..plan })
    }

    fn seen(state: Model) -> Model {
        Model {
            computed_attr: "computed_val".to_owned().into(),
            writeonly_string: "this must not get anywhere".to_owned().into(),
            ..state
        }
    }
}

/// Every write-only value that is there is the one that the tests write.
fn verify(plan: &Model) -> Result<(), Error> {
    let known = |it: &WriteOnly<String>| it.known().cloned();
    expect("writeonly_custom_ipv6", plan.writeonly_custom_ipv6.known().map(Text::as_str), &"::")?;
    expect("writeonly_string", known(&plan.writeonly_string), &"fakepassword".to_owned())?;
    let list = ["fake", "password"].map(str::to_owned);
    expect("writeonly_list", plan.writeonly_list.known().cloned(), &list.into())?;
    if let Some(object) = plan.writeonly_nested_object.known() {
        expect("writeonly_int64", Some(*object.writeonly_int64.get()?), &1234)?;
        expect("writeonly_bool", Some(*object.writeonly_bool.get()?), &true)?;
        for (index, it) in object.writeonly_nested_list.get()?.iter().enumerate() {
            let wanted = format!("fakepassword{}", index + 1);
            expect("writeonly_nested_list", it.writeonly_string.known().cloned(), &wanted)?;
        }
    }
    for (key, wanted) in [("key1", 10.0), ("key2", 20.0)] {
        let found = plan.nested_map.get()?.get(key);
        let found = found.and_then(|it| it.writeonly_float64.known().copied());
        expect("nested_map", found, &wanted)?;
    }
    for (index, it) in plan.nested_block_list.get()?.iter().enumerate() {
        let wanted = format!("fakepassword{}", index + 1);
        expect("nested_block_list", known(&it.writeonly_string), &wanted)?;
        let inner = it.double_nested_object.known();
        let inner = inner.and_then(|it| it.writeonly_bool.known().copied());
        expect("double_nested_object", inner, &(index == 1))?;
    }
    Ok(())
}

fn expect<T: PartialEq + std::fmt::Debug>(
    name: &str,
    found: Option<T>,
    wanted: &T,
) -> Result<(), Error> {
    match found {
        Some(found) if found != *wanted => {
            let detail = format!("`{name}`: expected {wanted:?}, got {found:?}");
            Err(Error::new("another secret arrived", detail))
        }
        _ => Ok(()),
    }
}
