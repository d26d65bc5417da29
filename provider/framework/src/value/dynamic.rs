//! Values that bring their type with them.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Number, Type, Value, decode, encode};
use crate::{mark, schema::Shape};

/// A value of any type, which comes with it.
///
/// As an attribute of a model it takes whatever a configuration has; the provider may return another
/// type than last time, where it chooses the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamic {
    kind: Type,
    value: Value,
}

/// The value is not of the type that came with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotOfType(String);

impl Dynamic {
    /// The value with its type.
    pub fn new(kind: Type, value: Value) -> Result<Self, NotOfType> {
        let shape = Shape::from(&kind);
        let value = shape.conform(value).map_err(|err| NotOfType(err.to_string()))?;
        Ok(Self { kind, value })
    }

    /// The type.
    #[must_use]
    pub fn kind(&self) -> &Type {
        &self.kind
    }

    /// The value; parts of it may be unknown.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The same with another value of the type, such as one whose sets are in order.
    #[must_use]
    pub(crate) fn map(&self, change: impl FnOnce(&Shape, &Value) -> Value) -> Self {
        let value = change(&Shape::from(&self.kind), &self.value);
        Self { kind: self.kind.clone(), value }
    }

    /// Whether both are the same value of the same type.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.kind == other.kind && Shape::from(&self.kind).same(&self.value, &other.value)
    }

    /// As it is on the wire: its type in Terraform's notation, and the value.
    pub(super) fn to_wire(&self) -> [Vec<u8>; 2] {
        [self.kind.to_json().to_string().into_bytes(), encode(&self.value)]
    }

    /// What is on the wire, once msgpack is decoded: a list of type and value.
    pub(crate) fn from_pair(kind: &Value, value: Value) -> Result<Self, NotOfType> {
        let wrong = |why: &dyn fmt::Display| NotOfType(format!("a value without its type: {why}"));
        let kind = kind.as_str().ok_or_else(|| wrong(&"the type is no text"))?;
        let kind = serde_json::from_str(kind).map_err(|err| wrong(&err))?;
        let kind = Type::from_json(&kind).map_err(|err| wrong(&err))?;
        Self::new(kind, value)
    }
}

impl From<bool> for Dynamic {
    fn from(value: bool) -> Self {
        Self { kind: Type::Bool, value: value.into() }
    }
}

impl From<&str> for Dynamic {
    fn from(text: &str) -> Self {
        Self { kind: Type::String, value: text.into() }
    }
}

impl From<i64> for Dynamic {
    fn from(int: i64) -> Self {
        Number::from(int).into()
    }
}

impl From<Number> for Dynamic {
    fn from(number: Number) -> Self {
        Self { kind: Type::Number, value: Value::Number(number) }
    }
}

/// A tuple: each element has the type it comes with.
impl From<Vec<Dynamic>> for Dynamic {
    fn from(items: Vec<Dynamic>) -> Self {
        let (kinds, values) = items.into_iter().map(|it| (it.kind, it.value)).unzip();
        Self { kind: Type::Tuple(kinds), value: Value::List(values) }
    }
}

/// An object: each attribute has the type it comes with.
impl From<BTreeMap<String, Dynamic>> for Dynamic {
    fn from(fields: BTreeMap<String, Dynamic>) -> Self {
        let split = |(name, it): (String, Dynamic)| ((name.clone(), it.kind), (name, it.value));
        let (kinds, values) = fields.into_iter().map(split).unzip();
        Self { kind: Type::Object(kinds), value: Value::Map(values) }
    }
}

/// Name by which a dynamic value crosses serde: as text, which only our own codec reads.
pub(crate) const DYNAMIC: &str = "$terraform::Dynamic";

impl Dynamic {
    pub(crate) fn to_text(&self) -> String {
        BASE64_STANDARD.encode(encode(&Value::Dynamic(Box::new(self.clone()))))
    }

    pub(crate) fn from_text(text: &str) -> Result<Self, NotOfType> {
        let wrong = |err: &dyn fmt::Display| NotOfType(err.to_string());
        let bytes = BASE64_STANDARD.decode(text).map_err(|err| wrong(&err))?;
        match decode(&bytes).map_err(|err| wrong(&err))? {
            Value::List(pair) => match <[Value; 2]>::try_from(pair) {
                Ok([kind, value]) => Self::from_pair(&kind, value),
                Err(_) => Err(wrong(&"a pair of type and value is expected")),
            },
            _ => Err(wrong(&"a pair of type and value is expected")),
        }
    }
}

impl Serialize for Dynamic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(DYNAMIC, &self.to_text())
    }
}

impl<'de> Deserialize<'de> for Dynamic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(DYNAMIC, DynamicVisitor)
    }
}

struct DynamicVisitor;

impl<'de> de::Visitor<'de> for DynamicVisitor {
    type Value = Dynamic;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its type")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Dynamic, E> {
        Dynamic::from_text(text).map_err(E::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Dynamic, D::Error> {
        inner.deserialize_str(self)
    }
}

impl JsonSchema for Dynamic {
    fn schema_name() -> Cow<'static, str> {
        "Dynamic".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // A schema that takes anything would take null, too, and an `Option` of it would not show.
        let mut schema = json_schema!({ "type": "object" });
        mark::set(&mut schema, mark::DYNAMIC, true);
        schema
    }
}
