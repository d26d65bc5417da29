//! What Terraform may ask of a model: attributes, their types, roles and rules.
//!
//! A schema is read off a struct ([`Schema::of`]), never written by hand. What nests is a nested
//! attribute, or a block if its role says so.

mod conform;
mod json;
mod kind;
mod mistakes;
mod read;
mod same;
mod wire;

pub use conform::Mismatch;
pub use json::from_state_json;

use crate::Value;

/// The schema of a resource, a data source or a provider.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Version of the state's shape.
    pub version: i64,
    /// What it is about.
    pub description: String,
    /// How that is written.
    pub markup: Markup,
    /// What to use in its place, if it is deprecated as a whole.
    pub deprecated: Option<String>,
    /// Its attributes.
    pub root: Object,
}

/// Attributes, in the order of the struct's fields.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Each of them.
    pub attributes: Vec<Attribute>,
    /// Whether it is one value of an object type: its fields have no roles, and no documentation.
    pub is_value: bool,
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Name, as in a configuration.
    pub name: String,
    /// What it is.
    pub description: String,
    /// How that is written.
    pub markup: Markup,
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
    /// The write-only attribute beside it that takes the same value.
    pub prefer: Option<String>,
}

/// How a description is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's two")]
pub enum Markup {
    #[default]
    Markdown,
    Plain,
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
    Block,
    Blocks,
}

impl Role {
    /// Whether the provider may choose the value.
    #[must_use]
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::Defaulted)
    }

    /// Whether it is a block in a configuration, not an attribute.
    #[must_use]
    pub fn is_block(self) -> bool {
        matches!(self, Self::Block | Self::Blocks)
    }
}

/// What is special about an attribute.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own")]
pub struct Traits {
    /// Its value is kept out of logs and plans.
    pub sensitive: bool,
    /// A change replaces the resource.
    pub replace: bool,
    /// An update leaves the computed value as it is.
    pub keep: bool,
    /// Once it is known, the computed value is not null.
    pub never_null: bool,
    /// It takes all further arguments of a function.
    pub variadic: bool,
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
    Tuple(Vec<Node>),
    Dynamic,
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
    /// Whether null is a value of it: an `Option` where nothing else says so.
    pub nullable: bool,
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

#[cfg(test)]
mod tests;
