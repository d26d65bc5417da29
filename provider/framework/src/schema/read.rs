//! Reading a schema off a struct, by way of its JSON Schema.
//!
//! What schemars writes changes between its versions: this file alone knows it.

use std::{
    any::TypeId,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value as Json;

use super::{Attribute, Distinct, Node, Object, Role, Rules, Schema, Shape, Traits};
use crate::{Value, mark};

impl Schema {
    /// The schema of `T`.
    ///
    /// # Panics
    ///
    /// If Terraform has no type for a field of `T`, or would refuse the schema;
    /// a test of each model calls this.
    #[must_use]
    pub fn of<T: JsonSchema>(version: i64) -> Self {
        let json = SchemaSettings::draft2020_12()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator()
            .into_root_schema_for::<T>()
            .to_value();
        let root = object(&json);
        refuse_reserved_names(&root);
        Self { version, description: description(&json), root }
    }

    /// The same, read off once in a process: that takes time, and tests start many providers.
    pub(crate) fn kept<T: JsonSchema + 'static>(version: i64) -> &'static Self {
        static KEPT: Mutex<BTreeMap<(TypeId, i64), &'static Schema>> = Mutex::new(BTreeMap::new());
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (TypeId::of::<T>(), version);
        kept.entry(key).or_insert_with(|| Box::leak(Box::new(Self::of::<T>(version))))
    }
}

fn object(json: &Json) -> Object {
    let fields = json["properties"].as_object().into_iter().flatten();
    Object { attributes: fields.map(|(name, field)| attribute(name, field)).collect() }
}

fn attribute(name: &str, field: &Json) -> Attribute {
    let flag = |key| field.get(key).is_some();
    let attribute = Attribute {
        name: name.to_owned(),
        description: description(field),
        role: role(name, field),
        node: node(name, field),
        default: field.get(mark::DEFAULT).map(Value::from_json),
        traits: Traits {
            sensitive: flag(mark::SENSITIVE),
            replace: flag(mark::REPLACE),
            keep: flag(mark::KEEP),
        },
        deprecated: field.get(mark::DEPRECATED).and_then(Json::as_str).map(str::to_owned),
    };
    refuse_contradictions(&attribute);
    attribute
}

/// A plain field of a struct is required: it can be nothing else.
fn role(name: &str, field: &Json) -> Role {
    match field.get(mark::ROLE).and_then(Json::as_str) {
        None | Some("required") => Role::Required,
        Some("optional") => Role::Optional,
        Some("defaulted") => Role::Defaulted,
        Some("computed") => Role::Computed,
        Some("write-only") => Role::WriteOnly,
        Some(role) => panic!("{name}: no role is called {role}"),
    }
}

fn node(name: &str, field: &Json) -> Node {
    Node { shape: shape(name, field), rules: rules(field) }
}

fn shape(name: &str, field: &Json) -> Shape {
    let element = |json| Box::new(node(name, json));
    if let Some(items) = field.get("items") {
        return if field["uniqueItems"] == true {
            Shape::Set(element(items))
        } else {
            Shape::List(element(items))
        };
    }
    if let Some(values) = field.get("additionalProperties").filter(|it| it.is_object()) {
        return Shape::Map(element(values));
    }
    if field.get("properties").is_some() {
        return Shape::Object(object(field));
    }
    if field.get("enum").is_some() || field.get("oneOf").is_some() {
        return Shape::String;
    }
    match field["type"].as_str() {
        Some("string") => Shape::String,
        Some("integer" | "number") => Shape::Number,
        Some("boolean") => Shape::Bool,
        _ => panic!("{name}: Terraform has no type for {field}"),
    }
}

fn rules(field: &Json) -> Rules {
    let count = |keys: [&str; 3]| keys.iter().find_map(|key| field.get(*key)?.as_u64());
    let number = |key: &str| field.get(key).and_then(Json::as_f64);
    Rules {
        length: (
            count(["minLength", "minItems", "minProperties"]),
            count(["maxLength", "maxItems", "maxProperties"]),
        ),
        range: (number("minimum"), number("maximum")),
        choices: choices(field),
        distinct: match field.get(mark::DISTINCT).and_then(Json::as_str) {
            None => Distinct::No,
            Some("") => Distinct::Value,
            Some(attribute) => Distinct::Attribute(attribute.to_owned()),
        },
        format: field.get("format").and_then(Json::as_str).map(str::to_owned),
    }
}

/// The values of an enum, whether its variants have docs (`oneOf`) or not (`enum`).
fn choices(field: &Json) -> Vec<String> {
    let list = |json: &Json| -> Vec<String> {
        let plain = json["enum"].as_array().into_iter().flatten();
        let single = json.get("const");
        plain.chain(single).filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let documented = field["oneOf"].as_array().into_iter().flatten();
    list(field).into_iter().chain(documented.flat_map(list)).collect()
}

fn description(json: &Json) -> String {
    json["description"].as_str().unwrap_or_default().to_owned()
}

fn refuse_contradictions(attribute: &Attribute) {
    let Attribute { name, role, default, node, .. } = attribute;
    if let Shape::List(element) | Shape::Set(element) | Shape::Map(element) = &node.shape {
        let deep = element.shape.is_nested() && !matches!(element.shape, Shape::Object(_));
        assert!(!deep, "{name}: attributes nest in one collection at a time");
    }
    assert!(
        default.is_none() || *role == Role::Defaulted,
        "{name}: only a Defaulted attribute has a default"
    );
    if let Shape::Set(element) = &node.shape {
        assert!(
            !has_role(&element.shape, Role::Computed) && !has_role(&element.shape, Role::WriteOnly),
            "{name}: Terraform cannot tell the elements of a set apart, so none is computed"
        );
    }
}

fn has_role(shape: &Shape, role: Role) -> bool {
    match shape {
        Shape::Bool | Shape::Number | Shape::String => false,
        Shape::List(element) | Shape::Set(element) | Shape::Map(element) => {
            has_role(&element.shape, role)
        }
        Shape::Object(object) => {
            object.attributes.iter().any(|it| it.role == role || has_role(&it.node.shape, role))
        }
    }
}

/// Names that the language gives a meaning of its own.
fn refuse_reserved_names(root: &Object) {
    const RESERVED: [&str; 7] =
        ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];
    for Attribute { name, .. } in &root.attributes {
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(plain && !RESERVED.contains(&name.as_str()), "{name}: a name Terraform refuses");
    }
}
