//! Models for tests, from what a user would write.

use serde_json::Value as Json;
use tf_framework::{
    Model, Value, codec,
    schema::{Object, Schema, Shape},
};

/// The model of a configuration; what it leaves out is null.
#[track_caller]
pub(crate) fn model<M: Model>(config: &Json) -> M {
    let schema = Schema::of::<M>(0);
    let (model, misfits) = codec::decode(&object(&schema.root, &Value::from_json(config)));
    assert_eq!(misfits, []);
    model.expect("a model without misfits")
}

fn object(schema: &Object, value: &Value) -> Value {
    let Value::Map(given) = value else { return value.clone() };
    let known = |name: &String| schema.attributes.iter().any(|it| it.name == *name);
    assert_eq!(given.keys().find(|name| !known(name)), None, "no attribute of that name");
    let attributes = schema.attributes.iter();
    let attributes =
        attributes.map(|it| (it.name.clone(), of_shape(&it.node.shape, value.get(&it.name))));
    Value::Map(attributes.collect())
}

fn of_shape(shape: &Shape, value: &Value) -> Value {
    match (shape, value) {
        (Shape::Object(inner), _) => object(inner, value),
        (Shape::List(element) | Shape::Set(element), Value::List(items)) => {
            Value::List(items.iter().map(|it| of_shape(&element.shape, it)).collect())
        }
        _ => value.clone(),
    }
}
