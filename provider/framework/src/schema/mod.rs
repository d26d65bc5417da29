//! What Terraform may ask of a model: attributes, their types, roles and rules.
//!
//! A schema is read off a struct ([`Schema::of`]), never written by hand. It has
//! no blocks: whatever nests is a nested attribute.

mod conform;
mod json;
mod read;
mod wire;

pub use conform::Mismatch;
pub use json::from_state_json;

use crate::{Value, value};

/// The schema of a resource, a data source or a provider.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Version of the state's shape.
    pub version: i64,
    /// What it is about, in Markdown.
    pub description: String,
    /// Its attributes.
    pub root: Object,
}

/// Attributes, in the order of the struct's fields.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Each of them.
    pub attributes: Vec<Attribute>,
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Name, as in a configuration.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Who gives its value.
    pub role: Role,
    /// Type of its value, and what is asked of that.
    pub node: Node,
    /// Its value when the configuration has none.
    pub default: Option<Value>,
    /// What is special about it.
    pub traits: Traits,
    /// What to use in its place, if it is deprecated.
    pub deprecated: Option<String>,
}

/// Who gives an attribute its value; see the [types](crate::attr) of these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the types of these names say it")]
pub enum Role {
    Required,
    Optional,
    Defaulted,
    Computed,
    WriteOnly,
}

impl Role {
    /// Whether the provider may choose the value.
    #[must_use]
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::Defaulted)
    }
}

/// What is special about an attribute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traits {
    /// Its value is kept out of logs and plans.
    pub sensitive: bool,
    /// A change replaces the resource.
    pub replace: bool,
    /// An update leaves the computed value as it is.
    pub keep: bool,
}

/// A type, and what is asked of its values.
#[derive(Clone, Debug)]
pub struct Node {
    /// The type.
    pub shape: Shape,
    /// What is asked of a value.
    pub rules: Rules,
}

/// A type.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "these are Terraform's types, under their names")]
pub enum Shape {
    Bool,
    Number,
    String,
    List(Box<Node>),
    Set(Box<Node>),
    Map(Box<Node>),
    Object(Object),
}

/// What is asked of a value beyond its type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Least and greatest length: characters of text, elements of a collection.
    pub length: (Option<u64>, Option<u64>),
    /// Least and greatest number.
    pub range: (Option<f64>, Option<f64>),
    /// The only texts allowed; none means any.
    pub choices: Vec<String>,
    /// What no two elements may share.
    pub distinct: Distinct,
    /// Format of a text, such as `cidr`; for documentation, its type checks it.
    pub format: Option<String>,
}

/// What no two elements of a list may share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Distinct {
    /// They may be equal.
    #[default]
    No,
    /// Their value.
    Value,
    /// The value of this attribute.
    Attribute(String),
}

impl Object {
    /// The attribute of that name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|it| it.name == name)
    }
}

impl Shape {
    /// Whether values of it have attributes of their own somewhere.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        match self {
            Self::Bool | Self::Number | Self::String => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => {
                element.shape.is_nested()
            }
            Self::Object(_) => true,
        }
    }

    /// Whether two values of this type mean the same: a set has no order.
    #[must_use]
    pub fn same(&self, a: &Value, b: &Value) -> bool {
        match (self, a, b) {
            (Self::Set(element), Value::List(a), Value::List(b)) => {
                let within = |it: &Value, all: &[Value]| {
                    all.iter().any(|other| element.shape.same(it, other))
                };
                a.len() == b.len()
                    && a.iter().all(|it| within(it, b))
                    && b.iter().all(|it| within(it, a))
            }
            (Self::List(element), Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| element.shape.same(a, b))
            }
            (Self::Map(element), Value::Map(a), Value::Map(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|((ka, a), (kb, b))| ka == kb && element.shape.same(a, b))
            }
            (Self::Object(object), Value::Map(_), Value::Map(_)) => object.same(a, b),
            _ => a == b,
        }
    }
}

impl Object {
    /// Whether two objects of these attributes mean the same.
    #[must_use]
    pub fn same(&self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Map(_), Value::Map(_)) => self
                .attributes
                .iter()
                .all(|it| it.node.shape.same(a.get(&it.name), b.get(&it.name))),
            _ => a == b,
        }
    }

    /// The value with its sets in one order, so that the same set has the same bytes.
    #[must_use]
    pub fn in_order(&self, value: &Value) -> Value {
        match value {
            Value::Map(_) => {
                let fields = self.attributes.iter();
                let fields =
                    fields.map(|it| (it.name.clone(), it.node.shape.in_order(value.get(&it.name))));
                Value::Map(fields.collect())
            }
            other => other.clone(),
        }
    }
}

impl Shape {
    fn in_order(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::Object(object), _) => object.in_order(value),
            (Self::List(element), Value::List(items)) => {
                Value::List(items.iter().map(|it| element.shape.in_order(it)).collect())
            }
            (Self::Set(element), Value::List(items)) => {
                let mut items: Vec<Value> =
                    items.iter().map(|it| element.shape.in_order(it)).collect();
                items.sort_by_cached_key(value::encode);
                items.dedup();
                Value::List(items)
            }
            (Self::Map(element), Value::Map(entries)) => {
                let entries = entries.iter();
                let entries = entries.map(|(k, it)| (k.clone(), element.shape.in_order(it)));
                Value::Map(entries.collect())
            }
            _ => value.clone(),
        }
    }
}
