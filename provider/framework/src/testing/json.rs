//! Configurations and states as JSON, the form in which tests write and read them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::{
    Dynamic, Value,
    value::{Number, Type},
};

/// What an unknown looks like in JSON, in a configuration as in a plan.
pub const UNKNOWN: &str = "(known after apply)";

/// The configuration of that type, with null for what it leaves out.
///
/// # Panics
///
/// If the type has no such attribute: a test has a mistake then.
pub(super) fn config(kind: &Type, json: &Json) -> Value {
    match (kind, json) {
        (_, Json::String(text)) if text == UNKNOWN => Value::Unknown,
        (_, Json::Null) => Value::Null,
        (Type::Dynamic, json) => Value::Dynamic(Box::new(dynamic(json))),
        (Type::Object(fields), Json::Object(entries)) => {
            for name in entries.keys() {
                assert!(fields.contains_key(name), "the schema has no attribute `{name}`");
            }
            let null = Json::Null;
            let field = |(name, kind): (&String, &Type)| {
                (name.clone(), config(kind, entries.get(name).unwrap_or(&null)))
            };
            Value::Map(fields.iter().map(field).collect())
        }
        (Type::Map(element), Json::Object(entries)) => {
            let entries = entries.iter().map(|(key, it)| (key.clone(), config(element, it)));
            Value::Map(entries.collect())
        }
        (Type::List(element) | Type::Set(element), Json::Array(items)) => {
            Value::List(items.iter().map(|it| config(element, it)).collect())
        }
        (Type::Tuple(kinds), Json::Array(items)) => {
            Value::List(kinds.iter().zip(items).map(|(kind, it)| config(kind, it)).collect())
        }
        _ => Value::from_json(json),
    }
}

/// The value with the type that Terraform's language gives it.
fn dynamic(json: &Json) -> Dynamic {
    match json {
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => {
            Number::parse(&number.to_string()).map_or_else(|_| 0.into(), Dynamic::from)
        }
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => items.iter().map(dynamic).collect::<Vec<_>>().into(),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(name, it)| (name.clone(), dynamic(it)));
            entries.collect::<BTreeMap<_, _>>().into()
        }
        Json::Null => Dynamic::new(Type::Dynamic, Value::Null).unwrap_or_else(|_| false.into()),
    }
}

/// A value as JSON, with [`UNKNOWN`] for what is not known.
///
/// # Panics
///
/// Never: a number is a number in JSON.
#[must_use]
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Unknown | Value::Refined(_) => UNKNOWN.into(),
        Value::Dynamic(dynamic) => to_json(dynamic.value()),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => {
            serde_json::from_str(&number.to_string()).expect("a number is one in JSON")
        }
        Value::String(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(k, it)| (k.clone(), to_json(it))).collect())
        }
    }
}

/// A value as a state file has it: numbers of any length, and types beside values of any type.
pub(super) fn stored(kind: &Type, value: &Value) -> String {
    let listed = |items: Vec<String>| format!("[{}]", items.join(","));
    let object = |fields: Vec<String>| format!("{{{}}}", fields.join(","));
    let field = |name: &str, value: String| format!("{}:{value}", Json::from(name));
    match (kind, value) {
        (Type::Dynamic, Value::Dynamic(dynamic)) => object(vec![
            field("value", stored(dynamic.kind(), dynamic.value())),
            field("type", dynamic.kind().to_json().to_string()),
        ]),
        (_, Value::Number(number)) => number.to_string(),
        (Type::List(element) | Type::Set(element), Value::List(items)) => {
            listed(items.iter().map(|it| stored(element, it)).collect())
        }
        (Type::Tuple(kinds), Value::List(items)) => {
            listed(kinds.iter().zip(items).map(|(kind, it)| stored(kind, it)).collect())
        }
        (Type::Map(element), Value::Map(entries)) => {
            object(entries.iter().map(|(key, it)| field(key, stored(element, it))).collect())
        }
        (Type::Object(fields), Value::Map(_)) => {
            let fields = fields.iter();
            object(fields.map(|(name, kind)| field(name, stored(kind, value.get(name)))).collect())
        }
        (_, value) => to_json(value).to_string(),
    }
}
