//! A schema as the protocol has it.

use serde_json::{Value as Json, json};
use tfplugin::v6;

use super::{Attribute, Node, Object, Role, Schema, Shape};

impl Schema {
    /// As the protocol has it.
    #[must_use]
    pub fn to_wire(&self) -> v6::Schema {
        let block = v6::schema::Block {
            version: self.version,
            attributes: self.root.to_wire(),
            description: self.description.clone(),
            description_kind: v6::StringKind::Markdown.into(),
            ..Default::default()
        };
        v6::Schema { version: self.version, block: Some(block) }
    }
}

impl Object {
    fn to_wire(&self) -> Vec<v6::schema::Attribute> {
        self.attributes.iter().map(Attribute::to_wire).collect()
    }
}

impl Attribute {
    fn to_wire(&self) -> v6::schema::Attribute {
        // Terraform refuses an attribute that has both a type and a nested type.
        let nested_type = nested(&self.node);
        let r#type = match nested_type {
            None => self.node.shape.to_json().to_string().into_bytes(),
            Some(_) => Vec::new(),
        };
        v6::schema::Attribute {
            name: self.name.clone(),
            r#type,
            nested_type,
            description: self.description.clone(),
            description_kind: v6::StringKind::Markdown.into(),
            required: self.role == Role::Required,
            optional: matches!(self.role, Role::Optional | Role::Defaulted | Role::WriteOnly),
            computed: self.role.is_computed(),
            write_only: self.role == Role::WriteOnly,
            sensitive: self.traits.sensitive,
            deprecated: self.deprecated.is_some(),
            deprecation_message: self.deprecated.clone().unwrap_or_default(),
        }
    }
}

fn nested(node: &Node) -> Option<v6::schema::Object> {
    use v6::schema::object::NestingMode;
    let (nesting, object) = match &node.shape {
        Shape::Object(object) => (NestingMode::Single, object),
        Shape::List(element) => (NestingMode::List, element.shape.as_object()?),
        Shape::Set(element) => (NestingMode::Set, element.shape.as_object()?),
        Shape::Map(element) => (NestingMode::Map, element.shape.as_object()?),
        Shape::Bool | Shape::Number | Shape::String => return None,
    };
    let attributes = object.to_wire();
    Some(v6::schema::Object { attributes, nesting: nesting.into(), ..Default::default() })
}

impl Shape {
    fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The type in Terraform's own notation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => "bool".into(),
            Self::Number => "number".into(),
            Self::String => "string".into(),
            Self::List(element) => json!(["list", element.shape.to_json()]),
            Self::Set(element) => json!(["set", element.shape.to_json()]),
            Self::Map(element) => json!(["map", element.shape.to_json()]),
            Self::Object(object) => {
                let fields = object.attributes.iter();
                let fields = fields.map(|it| (it.name.clone(), it.node.shape.to_json()));
                json!(["object", fields.collect::<serde_json::Map<_, _>>()])
            }
        }
    }
}
