//! Values as Terraform's core makes them of configuration and state.

use serde_json::Value as Json;
use tf_framework::{
    Value,
    schema::{Attribute, Object, Shape},
    value::{decode, encode},
};
use tfplugin::v6::DynamicValue;

/// What an unknown looks like in the JSON of a plan.
pub(crate) const UNKNOWN: &str = "(known after apply)";

/// The value with null for what it leaves out. `"(known after apply)"` stands for an unknown.
pub(super) fn complete(schema: &Object, value: &Value) -> Value {
    let Value::Map(entries) = value else { return value.clone() };
    for name in entries.keys() {
        assert!(schema.attribute(name).is_some(), "the schema has no attribute `{name}`");
    }
    let attributes = schema.attributes.iter();
    let attributes =
        attributes.map(|it| (it.name.clone(), complete_node(&it.node.shape, value.get(&it.name))));
    Value::Map(attributes.collect())
}

fn complete_node(shape: &Shape, value: &Value) -> Value {
    match (shape, value) {
        (_, Value::String(text)) if text == UNKNOWN => Value::Unknown,
        (Shape::Object(object), _) => complete(object, value),
        (Shape::List(element) | Shape::Set(element), Value::List(items)) => {
            Value::List(items.iter().map(|it| complete_node(&element.shape, it)).collect())
        }
        (Shape::Map(element), Value::Map(entries)) => {
            let entries = entries.iter();
            let entries = entries.map(|(k, it)| (k.clone(), complete_node(&element.shape, it)));
            Value::Map(entries.collect())
        }
        _ => value.clone(),
    }
}

/// What Terraform proposes: the configuration, and what the provider chose before.
pub(super) fn proposed(schema: &Object, prior: &Value, config: &Value) -> Value {
    let Value::Map(_) = config else { return config.clone() };
    let attributes = schema.attributes.iter().map(|it| {
        let value = proposed_attribute(it, prior.get(&it.name), config.get(&it.name));
        (it.name.clone(), value)
    });
    Value::Map(attributes.collect())
}

fn proposed_attribute(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    match (&attribute.node.shape, config) {
        (_, Value::Null) if attribute.role.is_computed() => prior.clone(),
        (Shape::Object(object), Value::Map(_)) => proposed(object, prior, config),
        (Shape::List(element), Value::List(items)) => {
            let Shape::Object(object) = &element.shape else { return config.clone() };
            let prior = |index| match prior {
                Value::List(priors) => priors.get(index).cloned().unwrap_or_default(),
                _ => Value::Null,
            };
            let items = items.iter().enumerate();
            Value::List(items.map(|(i, it)| proposed(object, &prior(i), it)).collect())
        }
        _ => config.clone(),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the protocol's messages want it wrapped")]
pub(super) fn wire(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: encode(value), ..Default::default() })
}

pub(super) fn read(wire: Option<&DynamicValue>) -> Value {
    wire.map_or(Value::Null, |wire| decode(&wire.msgpack).unwrap())
}

pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Unknown | Value::Refined(_) => UNKNOWN.into(),
        Value::Dynamic(dynamic) => to_json(dynamic.value()),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Value::String(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(k, it)| (k.clone(), to_json(it))).collect())
        }
    }
}

/// The type in an address such as `supervisor_cluster.bank`.
pub(super) fn kind(address: &str) -> &'static str {
    leak(address.split('.').next().unwrap())
}

/// The framework's names are constants; a test's need not be.
pub(super) fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}
