//! Values go back in the form in which they came.
//!
//! A model reads `2001:DB8:0::1` as an address and writes it as `2001:db8::1`; it reads `1 - 0.99`, of
//! which Terraform knows 150 digits, as a float; a `Vec<u16>` has no room for one unknown port. To
//! Terraform each of these would be a change that nobody asked for. So what a resource leaves as its
//! model understood it goes back as it came: two values that a type reads as equal are the same.

use std::collections::BTreeMap;

use crate::{
    Value,
    schema::{Node, Object, Shape},
};

/// What the model makes of a value that stands where this one does.
type Understand<'a> = &'a dyn Fn(Value) -> Value;

/// `result` with the part of it that is as the model understood `came`, as it came.
///
/// `understand` is what the model makes of a value: [`codec::understood`](crate::codec::understood).
#[must_use]
pub fn as_it_came(
    schema: &Object,
    came: &Value,
    result: Value,
    understand: impl Fn(Value) -> Value,
) -> Value {
    let understood = understand(came.clone());
    fields(schema, [came, &understood], result, &understand)
}

fn fields(
    schema: &Object,
    before: [&Value; 2],
    result: Value,
    understand: Understand<'_>,
) -> Value {
    let [Value::Map(came), Value::Map(_)] = before else { return result };
    let Value::Map(mut fields) = result else { return result };
    for it in &schema.attributes {
        let Some(value) = fields.remove(&it.name) else { continue };
        let before = before.map(|value| value.get(&it.name));
        let value = form(&it.node, before, value, &within(came, &it.name, understand));
        fields.insert(it.name.clone(), value);
    }
    Value::Map(fields)
}

/// What the model makes of another value in the place of one entry.
fn within<'a>(
    came: &'a BTreeMap<String, Value>,
    name: &'a str,
    understand: Understand<'a>,
) -> impl Fn(Value) -> Value {
    move |value| {
        let mut whole = came.clone();
        whole.insert(name.to_owned(), value);
        understand(Value::Map(whole)).get(name).clone()
    }
}

fn form(node: &Node, before: [&Value; 2], result: Value, understand: Understand<'_>) -> Value {
    let [came, understood] = before;
    if node.shape.same(understood, &result) {
        return came.clone();
    }
    match (&node.shape, came, understood, result) {
        (Shape::Object(object), _, _, result) => fields(object, before, result, understand),
        (Shape::Map(element), Value::Map(came), _, Value::Map(result)) => {
            let formed = result.into_iter().map(|(key, result)| {
                let value = match (came.get(&key), understood.get(&key)) {
                    (None, _) | (_, Value::Null) => result,
                    (Some(it), understood) => {
                        form(element, [it, understood], result, &within(came, &key, understand))
                    }
                };
                (key, value)
            });
            Value::Map(formed.collect())
        }
        (Shape::List(element), Value::List(came), Value::List(understood), Value::List(result)) => {
            let formed = result.into_iter().enumerate().map(|(index, result)| {
                let (Some(it), Some(understood)) = (came.get(index), understood.get(index)) else {
                    return result;
                };
                form(element, [it, understood], result, &|it| alone(understand, it))
            });
            Value::List(formed.collect())
        }
        (Shape::Set(element), Value::List(came), _, Value::List(result)) => {
            set(element, came, result, understand)
        }
        (_, _, _, result) => result,
    }
}

/// What the model makes of an element, by itself in its list or set.
fn alone(understand: Understand<'_>, element: Value) -> Value {
    match understand(Value::List(vec![element.clone()])) {
        Value::List(mut only) if only.len() == 1 => only.remove(0),
        _ => element,
    }
}

/// Elements of a set are found by what they mean, for a model may have them in another order; each
/// that came goes back once.
fn set(element: &Node, came: &[Value], result: Vec<Value>, understand: Understand<'_>) -> Value {
    let meaning = |it: &Value| alone(understand, it.clone());
    let mut left: Vec<(&Value, Value)> = came.iter().map(|it| (it, meaning(it))).collect();
    let mut formed: Vec<Value> = Vec::new();
    let mut rest = Vec::new();
    for result in result {
        match left.iter().position(|(_, it)| element.shape.same(it, &result)) {
            Some(found) => formed.push(left.swap_remove(found).0.clone()),
            None => rest.push(result),
        }
    }
    for result in rest {
        formed.push(match left.iter().position(|(_, it)| fits(element, it, &result)) {
            None => result,
            Some(found) => {
                let (came, understood) = left.swap_remove(found);
                form(element, [came, &understood], result, &|it| alone(understand, it))
            }
        });
    }
    Value::List(formed)
}

/// Whether `result` is what `understood` can have become, once its unknown parts are known.
fn fits(node: &Node, understood: &Value, result: &Value) -> bool {
    match (&node.shape, understood, result) {
        _ if understood.is_unknown() => true,
        (Shape::Object(object), Value::Map(_), Value::Map(_)) => object
            .attributes
            .iter()
            .all(|it| fits(&it.node, understood.get(&it.name), result.get(&it.name))),
        (shape, _, _) => shape.same(understood, result),
    }
}
