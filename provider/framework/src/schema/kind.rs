//! Between the types of a schema and those of Terraform's language.

use super::{Attribute, Markup, Node, Object, Role, Rules, Shape, Traits};
use crate::value::Type;

impl Shape {
    /// Whether values of it have attributes of their own somewhere.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        match self {
            Self::Bool | Self::Number | Self::String | Self::Dynamic => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => {
                element.shape.is_nested()
            }
            Self::Tuple(elements) => elements.iter().any(|it| it.shape.is_nested()),
            Self::Object(object) => !object.is_value,
        }
    }

    /// Whether values of it hold a value of any type somewhere.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Self::Bool | Self::Number | Self::String => false,
            Self::Dynamic => true,
            Self::List(element) | Self::Set(element) | Self::Map(element) => {
                element.shape.is_open()
            }
            Self::Tuple(elements) => elements.iter().any(|it| it.shape.is_open()),
            Self::Object(object) => object.attributes.iter().any(|it| it.node.shape.is_open()),
        }
    }

    /// The type in Terraform's language.
    #[must_use]
    pub fn kind(&self) -> Type {
        let of = |node: &Node| Box::new(node.shape.kind());
        match self {
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::Dynamic => Type::Dynamic,
            Self::List(element) => Type::List(of(element)),
            Self::Set(element) => Type::Set(of(element)),
            Self::Map(element) => Type::Map(of(element)),
            Self::Tuple(elements) => Type::Tuple(elements.iter().map(|it| *of(it)).collect()),
            Self::Object(object) => {
                let fields = object.attributes.iter();
                Type::Object(fields.map(|it| (it.name.clone(), *of(&it.node))).collect())
            }
        }
    }

    /// The type in Terraform's own notation.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.kind().to_json()
    }
}

impl Attribute {
    /// One of which nothing is said but its name and type.
    pub(crate) fn of(name: &str, node: Node) -> Self {
        Self {
            name: name.to_owned(),
            description: String::new(),
            markup: Markup::default(),
            role: Role::Optional,
            node,
            default: None,
            traits: Traits::default(),
            deprecated: None,
            prefer: None,
        }
    }
}

/// The type as a schema has it, of which nothing further is asked.
impl From<&Type> for Shape {
    fn from(kind: &Type) -> Self {
        let node = |kind: &Type| Node {
            shape: Self::from(kind),
            rules: Rules { nullable: true, ..Rules::default() },
        };
        let element = |kind: &Type| Box::new(node(kind));
        match kind {
            Type::Bool => Self::Bool,
            Type::Number => Self::Number,
            Type::String => Self::String,
            Type::Dynamic => Self::Dynamic,
            Type::List(kind) => Self::List(element(kind)),
            Type::Set(kind) => Self::Set(element(kind)),
            Type::Map(kind) => Self::Map(element(kind)),
            Type::Tuple(kinds) => Self::Tuple(kinds.iter().map(node).collect()),
            Type::Object(fields) => {
                let fields = fields.iter().map(|(name, kind)| Attribute::of(name, node(kind)));
                Self::Object(Object { attributes: fields.collect(), is_value: true })
            }
        }
    }
}
