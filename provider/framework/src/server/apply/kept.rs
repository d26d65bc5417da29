//! What an apply leaves, as it was planned wherever something was planned.

use crate::{
    Value, check,
    schema::{Attribute, Node, Object, Shape},
};

/// The state with what was planned in place of what is otherwise, and null in place of what is of
/// another type: all that Terraform can store of it.
pub(super) fn kept(schema: &Object, planned: &Value, actual: &Value) -> Value {
    let attribute = |it: &Attribute| {
        let value = node(&it.node, planned.get(&it.name), actual.get(&it.name));
        (it.name.clone(), value)
    };
    Value::Map(schema.attributes.iter().map(attribute).collect())
}

fn node(schema: &Node, planned: &Value, actual: &Value) -> Value {
    if planned.is_unknown() {
        return schema.shape.conform(schema.shape.in_order(actual)).unwrap_or_default().settled();
    }
    match (&schema.shape, planned, actual) {
        (Shape::Object(object), Value::Map(_), Value::Map(_)) => kept(object, planned, actual),
        (Shape::List(element), Value::List(planned), Value::List(actual))
            if planned.len() == actual.len() =>
        {
            let pairs = planned.iter().zip(actual);
            Value::List(pairs.map(|(planned, actual)| node(element, planned, actual)).collect())
        }
        (Shape::Map(element), Value::Map(planned), Value::Map(actual)) => {
            let entries = planned.iter().map(|(key, planned)| {
                let actual = actual.get(key).unwrap_or(&Value::Null);
                (key.clone(), node(element, planned, actual))
            });
            Value::Map(entries.collect())
        }
        (Shape::Set(_), Value::List(_), Value::List(_)) if as_planned(schema, planned, actual) => {
            actual.settled()
        }
        _ => planned.settled(),
    }
}

/// Whether a set is one that was planned: nothing tells which of its elements is which.
fn as_planned(schema: &Node, planned: &Value, actual: &Value) -> bool {
    let name = "set";
    let alone = Object { attributes: vec![Attribute::of(name, schema.clone())], is_value: true };
    let whole = |value: &Value| Value::from([(name, value.clone())]);
    let actual = whole(actual);
    check::applied(&alone, &whole(planned), &actual).is_empty()
        && check::typed(&alone, &actual).is_empty()
        && actual.is_wholly_known()
}
