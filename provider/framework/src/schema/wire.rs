//! A schema as the protocol has it.

use tfplugin::v6;

use super::{Attribute, Markup, Node, Object, Role, Schema, Shape};

impl Schema {
    /// As the protocol has it.
    #[must_use]
    pub fn to_wire(&self) -> v6::Schema {
        let block = v6::schema::Block {
            version: self.version,
            description: self.description.clone(),
            description_kind: self.markup.to_wire().into(),
            deprecated: self.deprecated.is_some(),
            deprecation_message: self.deprecated.clone().unwrap_or_default(),
            ..self.root.to_block()
        };
        v6::Schema { version: self.version, block: Some(block) }
    }
}

impl Object {
    fn to_block(&self) -> v6::schema::Block {
        let (blocks, attributes): (Vec<_>, Vec<_>) =
            self.attributes.iter().partition(|it| it.role.is_block());
        v6::schema::Block {
            attributes: attributes.into_iter().map(Attribute::to_wire).collect(),
            block_types: blocks.into_iter().filter_map(Attribute::to_block).collect(),
            ..Default::default()
        }
    }
}

impl Attribute {
    fn to_wire(&self) -> v6::schema::Attribute {
        // Terraform refuses an attribute that has both a type and a nested type.
        let nested_type = nested(&self.node).map(|it| match self.role {
            Role::WriteOnly => write_only(it),
            _ => it,
        });
        let r#type = match nested_type {
            None => self.node.shape.to_json().to_string().into_bytes(),
            Some(_) => Vec::new(),
        };
        v6::schema::Attribute {
            name: self.name.clone(),
            r#type,
            nested_type,
            description: self.description.clone(),
            description_kind: self.markup.to_wire().into(),
            required: self.role == Role::Required,
            optional: matches!(self.role, Role::Optional | Role::Defaulted | Role::WriteOnly),
            computed: self.role.is_computed(),
            write_only: self.role == Role::WriteOnly,
            sensitive: self.traits.sensitive,
            deprecated: self.deprecated.is_some(),
            deprecation_message: self.deprecated.clone().unwrap_or_default(),
        }
    }

    /// How many there may be is left to our own validation, which says where and what would be right.
    fn to_block(&self) -> Option<v6::schema::NestedBlock> {
        use v6::schema::nested_block::NestingMode;
        let (nesting, object) = match &self.node.shape {
            Shape::Object(object) => (NestingMode::Single, object),
            Shape::List(element) => (NestingMode::List, element.shape.as_object()?),
            Shape::Set(element) => (NestingMode::Set, element.shape.as_object()?),
            _ => return None,
        };
        let block = v6::schema::Block {
            description: self.description.clone(),
            description_kind: self.markup.to_wire().into(),
            deprecated: self.deprecated.is_some(),
            deprecation_message: self.deprecated.clone().unwrap_or_default(),
            ..object.to_block()
        };
        Some(v6::schema::NestedBlock {
            type_name: self.name.clone(),
            block: Some(block),
            nesting: nesting.into(),
            ..Default::default()
        })
    }
}

fn nested(node: &Node) -> Option<v6::schema::Object> {
    use v6::schema::object::NestingMode;
    let (nesting, object) = match &node.shape {
        Shape::Object(object) => (NestingMode::Single, object),
        Shape::List(element) => (NestingMode::List, element.shape.as_object()?),
        Shape::Set(element) => (NestingMode::Set, element.shape.as_object()?),
        Shape::Map(element) => (NestingMode::Map, element.shape.as_object()?),
        _ => return None,
    };
    if object.is_value {
        return None;
    }
    let attributes = object.attributes.iter().map(Attribute::to_wire).collect();
    Some(v6::schema::Object { attributes, nesting: nesting.into(), ..Default::default() })
}

/// What is in a write-only value is write-only.
fn write_only(mut object: v6::schema::Object) -> v6::schema::Object {
    for it in &mut object.attributes {
        (it.write_only, it.computed) = (true, false);
        it.optional = !it.required;
        it.nested_type = it.nested_type.take().map(write_only);
    }
    object
}

impl Markup {
    fn to_wire(self) -> v6::StringKind {
        match self {
            Self::Markdown => v6::StringKind::Markdown,
            Self::Plain => v6::StringKind::Plain,
        }
    }
}

impl Shape {
    fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}
