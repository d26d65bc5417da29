//! Values as Terraform has them: known, null, or unknown until apply.

mod dynamic;
mod kind;
mod msgpack;
mod number;
mod refinement;

pub(crate) use dynamic::DYNAMIC;
pub use dynamic::{Dynamic, NotOfType};
pub use kind::{NoType, Type};
pub use msgpack::{DecodeError, decode, encode};
pub(crate) use number::NUMBER;
pub use number::{NotFinite, Number};
pub use refinement::Refinement;

use std::collections::BTreeMap;

/// A value of any type; which one is said by its [schema](crate::schema).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// Only known after apply.
    Unknown,
    /// Only known after apply, but something of it is known already.
    Refined(Box<Refinement>),
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(String),
    /// A list, or a set in some order.
    List(Vec<Value>),
    /// A map, or an object by attribute.
    Map(BTreeMap<String, Value>),
    /// A value that brings its type with it, where the schema leaves that open.
    Dynamic(Box<Dynamic>),
}

impl Value {
    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(dynamic) => dynamic.value().is_null(),
            _ => false,
        }
    }

    /// Whether the value itself is only known after apply.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown | Self::Refined(_) => true,
            Self::Dynamic(dynamic) => dynamic.value().is_unknown(),
            _ => false,
        }
    }

    /// Whether no part of the value is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown | Self::Refined(_) => false,
            Self::List(items) => items.iter().all(Self::is_wholly_known),
            Self::Map(entries) => entries.values().all(Self::is_wholly_known),
            Self::Dynamic(dynamic) => dynamic.value().is_wholly_known(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
        }
    }

    /// The value as a state may hold it: what is still unknown is null.
    #[must_use]
    pub fn settled(&self) -> Value {
        match self {
            Self::Unknown | Self::Refined(_) => Self::Null,
            Self::Dynamic(dynamic) => {
                Self::Dynamic(Box::new(dynamic.map(|_, value| value.settled())))
            }
            Self::Map(entries) => {
                Self::Map(entries.iter().map(|(key, it)| (key.clone(), it.settled())).collect())
            }
            Self::List(items) => Self::List(items.iter().map(Self::settled).collect()),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => self.clone(),
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The attribute or entry of that name; null if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        match self {
            Self::Map(entries) => entries.get(name).unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    /// Of JSON, which has no unknown.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => {
                Number::parse(&number.to_string()).map_or(Self::Null, Self::Number)
            }
            serde_json::Value::String(text) => Self::String(text.clone()),
            serde_json::Value::Array(items) => {
                Self::List(items.iter().map(Self::from_json).collect())
            }
            serde_json::Value::Object(entries) => Self::Map(
                entries.iter().map(|(key, value)| (key.clone(), Self::from_json(value))).collect(),
            ),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Number(int.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items)
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Value {
    fn from(entries: [(&str, Value); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

#[cfg(test)]
mod tests;
