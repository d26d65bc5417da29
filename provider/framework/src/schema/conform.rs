//! Whether a value has the type that its schema says.

use std::collections::BTreeMap;

use super::{Node, Object, Shape};
use crate::{
    Path, Value,
    value::{Dynamic, Number},
};

/// A value that is not of the type its schema says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {message}")]
pub struct Mismatch {
    /// Where the value stands.
    pub path: Path,
    /// What is wrong about it.
    pub message: String,
}

impl Object {
    /// The value with numbers as numbers: on the wire some are text.
    pub fn conform(&self, value: Value) -> Result<Value, Mismatch> {
        match value {
            Value::Null | Value::Unknown | Value::Refined(_) => Ok(value),
            Value::Map(entries) => self.conform_entries(entries, &Path::root()),
            other => Err(mismatch(&Path::root(), "an object", &other)),
        }
    }

    fn conform_entries(
        &self,
        mut entries: BTreeMap<String, Value>,
        path: &Path,
    ) -> Result<Value, Mismatch> {
        let mut conformed = BTreeMap::new();
        for attribute in &self.attributes {
            let path = path.attribute(&attribute.name);
            let value = entries.remove(&attribute.name).ok_or_else(|| Mismatch {
                path: path.clone(),
                message: "the attribute is missing".to_owned(),
            })?;
            conformed.insert(attribute.name.clone(), attribute.node.conform(value, &path)?);
        }
        match entries.into_keys().next() {
            None => Ok(Value::Map(conformed)),
            Some(name) => Err(Mismatch {
                path: path.attribute(&name),
                message: "the schema has no such attribute".to_owned(),
            }),
        }
    }
}

impl Node {
    fn conform(&self, value: Value, path: &Path) -> Result<Value, Mismatch> {
        self.shape.conform_at(value, path)
    }
}

impl Shape {
    /// The value with numbers as numbers, and with the types that come along read.
    pub fn conform(&self, value: Value) -> Result<Value, Mismatch> {
        self.conform_at(value, &Path::root())
    }

    fn conform_at(&self, value: Value, path: &Path) -> Result<Value, Mismatch> {
        let wrong =
            |err: &dyn std::fmt::Display| Mismatch { path: path.clone(), message: err.to_string() };
        match (self, value) {
            (_, value @ (Value::Null | Value::Unknown | Value::Refined(_)))
            | (Self::Bool, value @ Value::Bool(_))
            | (Self::Number, value @ Value::Number(_))
            | (Self::String, value @ Value::String(_))
            | (Self::Dynamic, value @ Value::Dynamic(_)) => Ok(value),
            (Self::Number, Value::String(text)) => {
                Number::parse(&text).map(Value::Number).map_err(|err| wrong(&err))
            }
            (Self::List(element) | Self::Set(element), Value::List(items)) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(index, item)| element.conform(item, &path.index(index)));
                items.collect::<Result<_, _>>().map(Value::List)
            }
            (Self::Tuple(elements), Value::List(items)) if elements.len() == items.len() => {
                let pairs = elements.iter().zip(items).enumerate();
                let items = pairs.map(|(index, (it, item))| it.conform(item, &path.index(index)));
                items.collect::<Result<_, _>>().map(Value::List)
            }
            (Self::Map(element), Value::Map(entries)) => {
                let entries = entries.into_iter().map(|(key, value)| {
                    let value = element.conform(value, &path.key(&key))?;
                    Ok((key, value))
                });
                entries.collect::<Result<_, _>>().map(Value::Map)
            }
            (Self::Object(object), Value::Map(entries)) => object.conform_entries(entries, path),
            (Self::Dynamic, Value::List(pair)) => match <[Value; 2]>::try_from(pair) {
                Ok([kind, value]) => Dynamic::from_pair(&kind, value)
                    .map(|it| Value::Dynamic(Box::new(it)))
                    .map_err(|err| wrong(&err)),
                Err(_) => Err(wrong(&"a value of any type comes with that type")),
            },
            (shape, other) => Err(mismatch(path, shape.name(), &other)),
        }
    }
}

impl Shape {
    /// The type, as a reader calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bool => "a bool",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
            Self::Object(_) => "an object",
            Self::Tuple(_) => "a tuple",
            Self::Dynamic => "a value of any type",
        }
    }
}

fn mismatch(path: &Path, expected: &str, found: &Value) -> Mismatch {
    let found = match found {
        Value::Null => "null",
        Value::Unknown | Value::Refined(_) => "an unknown value",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Dynamic(_) => "a value of another type",
    };
    Mismatch { path: path.clone(), message: format!("expected {expected}, got {found}") }
}
