//! Values by their types, as Terraform's core has them.

use tfplugin::v6::DynamicValue;

use super::{json::to_json, refusal::Findings};
use crate::{
    Path, Value,
    path::Step,
    schema::{Shape, from_state_json},
    value::{self, Type},
};

pub(super) fn encode(value: &Value) -> DynamicValue {
    DynamicValue { msgpack: value::encode(value), ..Default::default() }
}

/// The value of that type; null where there is none.
pub(super) fn decode(kind: &Type, wire: Option<&DynamicValue>) -> Result<Value, String> {
    let Some(wire) = wire else { return Ok(Value::Null) };
    let shape = Shape::from(kind);
    let value = match (wire.msgpack.as_slice(), wire.json.as_slice(), &shape) {
        ([], [], _) => Value::Null,
        ([], json, Shape::Object(object)) => {
            from_state_json(object, json).map_err(|why| why.to_string())?
        }
        ([], _, _) => return Err("it comes as JSON".to_owned()),
        (msgpack, _, _) => {
            let value = value::decode(msgpack).map_err(|why| why.to_string())?;
            shape.conform(value).map_err(|why| why.to_string())?
        }
    };
    Ok(once(kind, value))
}

/// The value with each known element of a set once.
fn once(kind: &Type, value: Value) -> Value {
    match (kind, value) {
        (Type::Set(element), Value::List(items)) => {
            let mut kept: Vec<Value> = Vec::new();
            for item in items.into_iter().map(|it| once(element, it)) {
                let is_there =
                    item.is_wholly_known() && kept.iter().any(|it| same(element, it, &item));
                if !is_there {
                    kept.push(item);
                }
            }
            Value::List(kept)
        }
        (Type::List(element), Value::List(items)) => {
            Value::List(items.into_iter().map(|it| once(element, it)).collect())
        }
        (Type::Tuple(elements), Value::List(items)) => {
            Value::List(elements.iter().zip(items).map(|(kind, it)| once(kind, it)).collect())
        }
        (Type::Map(element), Value::Map(entries)) => {
            Value::Map(entries.into_iter().map(|(key, it)| (key, once(element, it))).collect())
        }
        (Type::Object(fields), Value::Map(mut entries)) => {
            let fields = fields.iter().map(|(name, kind)| {
                let value = entries.remove(name).unwrap_or_default();
                (name.clone(), once(kind, value))
            });
            Value::Map(fields.collect())
        }
        (_, value) => value,
    }
}

/// Whether two values are the very same, whatever is known of what is unknown: a set has no order.
pub(super) fn same(kind: &Type, a: &Value, b: &Value) -> bool {
    match (kind, a, b) {
        _ if a.is_unknown() || b.is_unknown() => a.is_unknown() && b.is_unknown(),
        _ if a.is_null() || b.is_null() => a.is_null() && b.is_null(),
        (Type::Dynamic, Value::Dynamic(a), Value::Dynamic(b)) => {
            a.kind() == b.kind() && same(a.kind(), a.value(), b.value())
        }
        (Type::List(element), Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(element, a, b))
        }
        (Type::Tuple(kinds), Value::List(a), Value::List(b)) => {
            let pairs = a.iter().zip(b);
            a.len() == b.len() && kinds.iter().zip(pairs).all(|(kind, (a, b))| same(kind, a, b))
        }
        (Type::Set(element), Value::List(a), Value::List(b)) => {
            let mut left: Vec<&Value> = b.iter().collect();
            let found = |it: &Value| {
                let position = left.iter().position(|other| same(element, it, other));
                position.map(|position| left.swap_remove(position)).is_some()
            };
            a.len() == b.len() && a.iter().all(found)
        }
        (Type::Map(element), Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(element, a, b)))
        }
        (Type::Object(fields), Value::Map(_), Value::Map(_)) => {
            fields.iter().all(|(name, kind)| same(kind, a.get(name), b.get(name)))
        }
        _ => a == b,
    }
}

/// Where a value is not known.
pub(super) fn unknown(value: &Value, message: &str) -> Findings {
    let mut found = Findings::default();
    look(value, &Path::root(), message, &mut found);
    found
}

fn look(value: &Value, at: &Path, message: &str, found: &mut Findings) {
    match value {
        Value::Unknown | Value::Refined(_) => found.add(at, message),
        Value::Dynamic(dynamic) => look(dynamic.value(), at, message, found),
        Value::List(items) => {
            for (index, it) in items.iter().enumerate() {
                look(it, &at.step(Step::Index(index)), message, found);
            }
        }
        Value::Map(entries) => {
            for (name, it) in entries {
                look(it, &at.attribute(name), message, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A value for people who look for what is wrong with it.
pub(super) fn shown(value: &Value) -> String {
    const SHOWN: usize = 200;
    let text = match value {
        Value::Unknown | Value::Refined(_) => "(unknown)".to_owned(),
        value => to_json(value).to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
