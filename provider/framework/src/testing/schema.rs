//! Schemas as Terraform reads them off the wire.

mod mistakes;

use std::collections::BTreeMap;

use tfplugin::v6::{self, schema};

use super::refusal::{Findings, Refused, refused};
use crate::{Path, value::Type};

/// What a provider says it has.
#[derive(Clone, Debug)]
pub struct Schemas {
    pub(super) provider: Body,
    pub(super) resources: BTreeMap<String, Resource>,
    pub(super) data_sources: BTreeMap<String, Body>,
    pub(super) ephemeral_resources: BTreeMap<String, Body>,
    pub(super) list_resources: BTreeMap<String, Body>,
    pub(super) actions: BTreeMap<String, Body>,
    pub(super) functions: BTreeMap<String, v6::Function>,
    pub(super) capabilities: v6::ServerCapabilities,
}

/// A managed resource.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) body: Body,
    pub(super) version: i64,
    /// What tells it apart from others of its type, if the provider says so.
    pub(super) identity: Option<Type>,
}

/// Attributes and blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    pub(super) attributes: Attributes,
    pub(super) blocks: BTreeMap<String, Block>,
}

pub(super) type Attributes = BTreeMap<String, Attribute>;

#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub(super) wire: schema::Attribute,
    pub(super) kind: Kind,
}

/// What an attribute holds: a value, or attributes of its own.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Value(Type),
    Nested(Nesting, Attributes),
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) nesting: Nesting,
    pub(super) body: Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    Single,
    List,
    Set,
    Map,
    Group,
}

impl Nesting {
    fn around(self, element: Type) -> Type {
        let element = Box::new(element);
        match self {
            Self::Single | Self::Group => *element,
            Self::List => Type::List(element),
            Self::Set => Type::Set(element),
            Self::Map => Type::Map(element),
        }
    }
}

impl Body {
    /// The type of its values.
    pub(super) fn kind(&self) -> Type {
        let blocks = self.blocks.iter();
        let blocks = blocks.map(|(name, it)| (name.clone(), it.nesting_kind()));
        Type::Object(fields(&self.attributes).chain(blocks).collect())
    }
}

impl Block {
    /// The type of all of them.
    pub(super) fn nesting_kind(&self) -> Type {
        self.nesting.around(self.body.kind())
    }
}

impl Attribute {
    /// The type of its values.
    pub(super) fn kind(&self) -> Type {
        match &self.kind {
            Kind::Value(kind) => kind.clone(),
            Kind::Nested(nesting, attributes) => nesting.around(object(attributes)),
        }
    }
}

/// The type of an object of these attributes.
pub(super) fn object(attributes: &Attributes) -> Type {
    Type::Object(fields(attributes).collect())
}

fn fields(attributes: &Attributes) -> impl Iterator<Item = (String, Type)> {
    attributes.iter().map(|(name, it)| (name.clone(), it.kind()))
}

/// What a provider answered, if Terraform takes it.
pub(super) fn read(
    answer: v6::get_provider_schema::Response,
    identities: &v6::get_resource_identity_schemas::Response,
) -> Result<Schemas, Refused> {
    let Some(provider) = &answer.provider else {
        return refused("missing provider schema", "a provider has a schema, if an empty one");
    };
    let mut resources = BTreeMap::new();
    for (name, schema) in &answer.resource_schemas {
        let identity = match identities.identity_schemas.get(name) {
            Some(identity) => Some(mistakes::identity(name, identity)?),
            None => None,
        };
        let body = body(name, Some(schema))?;
        resources.insert(name.clone(), Resource { body, version: schema.version, identity });
    }
    mistakes::lists(&answer.list_resource_schemas, &resources)?;
    mistakes::functions(&answer.functions)?;
    let actions = answer.action_schemas.iter();
    Ok(Schemas {
        provider: body("provider", Some(provider))?,
        resources,
        data_sources: bodies(&answer.data_source_schemas)?,
        ephemeral_resources: bodies(&answer.ephemeral_resource_schemas)?,
        list_resources: bodies(&answer.list_resource_schemas)?,
        actions: actions
            .map(|(name, it)| Ok((name.clone(), body(name, it.schema.as_ref())?)))
            .collect::<Result<_, _>>()?,
        functions: answer.functions,
        capabilities: answer.server_capabilities.unwrap_or_default(),
    })
}

fn bodies(schemas: &BTreeMap<String, v6::Schema>) -> Result<BTreeMap<String, Body>, Refused> {
    schemas.iter().map(|(name, it)| Ok((name.clone(), body(name, Some(it))?))).collect()
}

fn body(name: &str, schema: Option<&v6::Schema>) -> Result<Body, Refused> {
    let mut found = Findings::default();
    let schema = schema.cloned().unwrap_or_default();
    if schema.version < 0 {
        found.add(&Path::root(), "a version is no less than zero");
    }
    let body = block(&schema.block.unwrap_or_default(), &Path::root(), &mut found);
    mistakes::body(&body, &Path::root(), &mut found);
    found.refuse("Provider has an invalid schema", name)?;
    Ok(body)
}

fn block(wire: &schema::Block, at: &Path, found: &mut Findings) -> Body {
    mistakes::deprecation(wire.deprecated, &wire.deprecation_message, at, found);
    let attributes = attributes(&wire.attributes, at, found);
    let mut blocks = BTreeMap::new();
    for it in &wire.block_types {
        let path = at.attribute(&it.type_name);
        mistakes::block(it, &attributes, &path, found);
        let Some(nesting) = of_block(it.nesting()) else {
            found.add(&path, "a block nests in some way");
            continue;
        };
        let body = block(it.block.as_ref().unwrap_or(&schema::Block::default()), &path, found);
        if blocks.insert(it.type_name.clone(), Block { nesting, body }).is_some() {
            found.add(&path, "there are two blocks of this name");
        }
    }
    Body { attributes, blocks }
}

fn attributes(wire: &[schema::Attribute], at: &Path, found: &mut Findings) -> Attributes {
    let mut attributes = BTreeMap::new();
    for it in wire {
        let path = at.attribute(&it.name);
        mistakes::attribute(it, &path, found);
        let kind = match &it.nested_type {
            Some(object) => {
                let attributes = self::attributes(&object.attributes, &path, found);
                of_object(object.nesting()).map(|nesting| Kind::Nested(nesting, attributes))
            }
            None => kind(&it.r#type).map(Kind::Value),
        };
        let Some(kind) = kind else {
            found.add(&path, "it has no type that Terraform knows");
            continue;
        };
        if attributes.insert(it.name.clone(), Attribute { wire: it.clone(), kind }).is_some() {
            found.add(&path, "there are two attributes of this name");
        }
    }
    attributes
}

/// A type in Terraform's notation.
pub(super) fn kind(json: &[u8]) -> Option<Type> {
    Type::from_json(&serde_json::from_slice(json).ok()?).ok()
}

fn of_block(nesting: schema::nested_block::NestingMode) -> Option<Nesting> {
    use schema::nested_block::NestingMode as Wire;
    match nesting {
        Wire::Invalid => None,
        Wire::Single => Some(Nesting::Single),
        Wire::List => Some(Nesting::List),
        Wire::Set => Some(Nesting::Set),
        Wire::Map => Some(Nesting::Map),
        Wire::Group => Some(Nesting::Group),
    }
}

fn of_object(nesting: schema::object::NestingMode) -> Option<Nesting> {
    use schema::object::NestingMode as Wire;
    match nesting {
        Wire::Invalid => None,
        Wire::Single => Some(Nesting::Single),
        Wire::List => Some(Nesting::List),
        Wire::Set => Some(Nesting::Set),
        Wire::Map => Some(Nesting::Map),
    }
}
