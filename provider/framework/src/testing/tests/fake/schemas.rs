//! What the fake provider has: resources with something of every kind, and with next to nothing.

use serde_json::{Value as Json, json};
use tfplugin::v6::{self, schema};

pub(in super::super) fn attribute(name: &str, kind: &Json) -> schema::Attribute {
    let r#type = kind.to_string().into_bytes();
    schema::Attribute { name: name.to_owned(), r#type, optional: true, ..Default::default() }
}

pub(in super::super) fn nested(
    name: &str,
    nesting: schema::object::NestingMode,
) -> schema::Attribute {
    let attributes = part();
    let nested = schema::Object { attributes, nesting: nesting.into(), ..Default::default() };
    schema::Attribute {
        r#type: Vec::new(),
        nested_type: Some(nested),
        ..attribute(name, &json!(0))
    }
}

pub(in super::super) fn block(
    name: &str,
    nesting: schema::nested_block::NestingMode,
) -> schema::NestedBlock {
    schema::NestedBlock {
        type_name: name.to_owned(),
        nesting: nesting.into(),
        block: Some(schema::Block { attributes: part(), ..Default::default() }),
        ..Default::default()
    }
}

fn required(name: &str) -> schema::Attribute {
    let attribute = attribute(name, &json!("string"));
    schema::Attribute { required: true, optional: false, ..attribute }
}

fn computed(name: &str) -> schema::Attribute {
    let attribute = attribute(name, &json!("string"));
    schema::Attribute { computed: true, optional: false, ..attribute }
}

fn part() -> Vec<schema::Attribute> {
    vec![required("key"), computed("seen")]
}

fn thing() -> schema::Block {
    use schema::{nested_block::NestingMode as Blocks, object::NestingMode as Nested};
    let text = json!("string");
    schema::Block {
        attributes: vec![
            required("name"),
            attribute("note", &text),
            schema::Attribute { sensitive: true, ..attribute("secret", &text) },
            computed("id"),
            schema::Attribute { computed: true, ..attribute("size", &text) },
            schema::Attribute { write_only: true, ..attribute("code", &text) },
            attribute("any", &json!("dynamic")),
            attribute("tags", &json!(["set", "string"])),
            attribute("labels", &json!(["map", "string"])),
            attribute("ports", &json!(["list", "number"])),
            nested("part", Nested::Single),
            nested("parts", Nested::List),
            nested("named", Nested::Map),
            nested("loose", Nested::Set),
        ],
        block_types: vec![
            block("main", Blocks::Single),
            block("more", Blocks::List),
            block("some", Blocks::Set),
        ],
        ..Default::default()
    }
}

fn plain() -> v6::Schema {
    let attributes = vec![required("name"), computed("id")];
    of(schema::Block { attributes, ..Default::default() })
}

fn of(block: schema::Block) -> v6::Schema {
    v6::Schema { version: 0, block: Some(block) }
}

pub(super) fn all() -> v6::get_provider_schema::Response {
    let one = |schema| [("fake_plain".to_owned(), schema)].into();
    let thing = ("fake_thing".to_owned(), of(thing()));
    let string = br#""string""#.to_vec();
    let parameter = v6::function::Parameter {
        name: "text".to_owned(),
        r#type: string.clone(),
        ..Default::default()
    };
    let function = v6::Function {
        parameters: vec![parameter],
        r#return: Some(v6::function::Return { r#type: string }),
        ..Default::default()
    };
    v6::get_provider_schema::Response {
        provider: Some(of(schema::Block::default())),
        resource_schemas: [thing, ("fake_plain".to_owned(), plain())].into(),
        data_source_schemas: one(plain()),
        ephemeral_resource_schemas: one(plain()),
        list_resource_schemas: [("fake_thing".to_owned(), of(schema::Block::default()))].into(),
        action_schemas: [("fake_plain".to_owned(), v6::ActionSchema { schema: Some(plain()) })]
            .into(),
        functions: [("say".to_owned(), function)].into(),
        server_capabilities: Some(v6::ServerCapabilities {
            plan_destroy: true,
            move_resource_state: true,
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub(in super::super) fn identity_attribute(
    name: &str,
    kind: &Json,
) -> v6::resource_identity_schema::IdentityAttribute {
    v6::resource_identity_schema::IdentityAttribute {
        name: name.to_owned(),
        r#type: kind.to_string().into_bytes(),
        required_for_import: true,
        ..Default::default()
    }
}

pub(super) fn identities() -> v6::get_resource_identity_schemas::Response {
    let schema = v6::ResourceIdentitySchema {
        version: 0,
        identity_attributes: vec![identity_attribute("id", &json!("string"))],
    };
    let identity_schemas = [("fake_thing".to_owned(), schema)].into();
    v6::get_resource_identity_schemas::Response { identity_schemas, ..Default::default() }
}
