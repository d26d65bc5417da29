//! What no provider starts with.

use serde_json::json;
use tfplugin::v6::{
    get_provider_schema::Response,
    schema::{Attribute, Block, NestedBlock, nested_block, object},
};

use super::fake::*;
use crate::testing::Client;

async fn refused(bend: impl FnOnce(&mut Fake)) -> String {
    let mut fake = Fake::new();
    bend(&mut fake);
    told(Client::new(fake).await)
}

fn block_of(schemas: &mut Response) -> &mut Block {
    schemas.resource_schemas.get_mut("fake_thing").unwrap().block.as_mut().unwrap()
}

#[tokio::test]
async fn an_attribute_has_one_role_and_one_type() {
    let text = || attribute("more_text", &json!("string"));
    for (attribute, expected) in [
        (Attribute { optional: false, ..text() }, "is optional, required or computed"),
        (Attribute { required: true, ..text() }, "both optional and required"),
        (
            Attribute { required: true, optional: false, computed: true, ..text() },
            "both computed and required",
        ),
        (
            Attribute { computed: true, write_only: true, ..text() },
            "what is write-only is not computed",
        ),
        (Attribute { r#type: Vec::new(), ..text() }, "has no type that Terraform knows"),
        (Attribute { r#type: br#""text""#.to_vec(), ..text() }, "has no type that Terraform knows"),
        (
            Attribute { r#type: br#""string""#.to_vec(), ..nested("x", object::NestingMode::List) },
            "both a type and a nested type",
        ),
        (nested("x", object::NestingMode::Invalid), "has no type that Terraform knows"),
        (Attribute { deprecation_message: "no".to_owned(), ..text() }, "no message that says so"),
        (Attribute { name: "Text".to_owned(), ..text() }, "lower-case letters"),
        (Attribute { name: "name".to_owned(), ..text() }, "two attributes of this name"),
        (super::fake::attribute("x", &json!(["list", "dynamic"])), "no values of any type"),
    ] {
        let told = refused(|fake| block_of(&mut fake.schemas).attributes.push(attribute)).await;
        assert!(told.starts_with("Provider has an invalid schema: `fake_thing"), "{told}");
        assert!(told.contains(expected), "{told}\nnot {expected}");
    }
}

#[tokio::test]
async fn a_set_holds_nothing_write_only() {
    let code = Attribute { write_only: true, ..attribute("code", &json!("string")) };
    let mut set = nested("x", object::NestingMode::Set);
    set.nested_type.as_mut().unwrap().attributes.push(code.clone());
    let told = refused(|fake| block_of(&mut fake.schemas).attributes.push(set)).await;
    assert!(told.contains("`fake_thing.x`: objects in a set have nothing write-only"), "{told}");
    let mut set = block("x", nested_block::NestingMode::Set);
    set.block.as_mut().unwrap().attributes.push(code);
    let told = refused(|fake| block_of(&mut fake.schemas).block_types.push(set)).await;
    assert!(told.contains("`fake_thing.x`: blocks in a set have nothing write-only"), "{told}");
}

#[tokio::test]
async fn blocks_nest_in_some_way_and_not_too_often() {
    use nested_block::NestingMode;
    let limited =
        |nesting, min_items, max_items| NestedBlock { min_items, max_items, ..block("x", nesting) };
    for (block, expected) in [
        (block("name", NestingMode::List), "an attribute has the same name"),
        (block("X", NestingMode::List), "lower-case letters"),
        (block("x", NestingMode::Invalid), "a block nests in some way"),
        (limited(NestingMode::Single, 0, 1), "0 to 1"),
        (limited(NestingMode::Single, 2, 2), "2 to 2"),
        (limited(NestingMode::List, 2, 1), "2 to 1"),
        (limited(NestingMode::Map, 0, 1), "0 to 1"),
    ] {
        let told = refused(|fake| block_of(&mut fake.schemas).block_types.push(block)).await;
        assert!(told.contains(expected), "{told}\nnot {expected}");
    }
}

#[tokio::test]
async fn an_identity_is_flat() {
    for (attribute, expected) in [
        (
            identity_attribute("x", &json!(["map", "string"])),
            "an identity has no [\"map\",\"string\"]",
        ),
        (identity_attribute("x", &json!(["list", ["list", "string"]])), "an identity has no"),
        (identity_attribute("x", &json!("text")), "has no type"),
        (
            tfplugin::v6::resource_identity_schema::IdentityAttribute {
                required_for_import: false,
                ..identity_attribute("x", &json!("string"))
            },
            "either required or optional",
        ),
    ] {
        let told = refused(|fake| {
            let schema = fake.identities.identity_schemas.get_mut("fake_thing").unwrap();
            schema.identity_attributes.push(attribute);
        })
        .await;
        assert!(told.starts_with("Provider has an invalid identity schema"), "{told}");
        assert!(told.contains(expected), "{told}");
    }
}

#[tokio::test]
async fn what_is_listed_is_a_resource_with_an_identity() {
    let told = refused(|fake| {
        let list = fake.schemas.list_resource_schemas["fake_thing"].clone();
        fake.schemas.list_resource_schemas.insert("fake_plain".to_owned(), list);
    })
    .await;
    assert!(told.starts_with("Identity schema not found: `fake_plain`"), "{told}");
}

#[tokio::test]
async fn functions_and_their_parameters_have_names_and_types() {
    for (bend, expected) in [
        (
            (|it| it.parameters[0].name = "a b".to_owned()) as fn(&mut tfplugin::v6::Function),
            "`a b` of `say` is no identifier",
        ),
        (|it| it.parameters.extend_from_within(..), "or there twice"),
        (|it| it.parameters[0].r#type.clear(), "`text` of `say` has no type"),
        (|it| it.r#return = None, "has no type that it returns"),
    ] {
        let told = refused(|fake| bend(fake.schemas.functions.get_mut("say").unwrap())).await;
        assert!(told.contains(expected), "{told}\nnot {expected}");
    }
    let told = refused(|fake| {
        let say = fake.schemas.functions.remove("say").unwrap();
        fake.schemas.functions.insert("2say".to_owned(), say);
    })
    .await;
    assert!(told.contains("`2say` is no identifier"), "{told}");
}

#[tokio::test]
async fn a_provider_has_a_schema_and_nothing_to_say_about_it() {
    let none = refused(|fake| fake.schemas.provider = None).await;
    assert!(none.starts_with("missing provider schema"), "{none}");
    let told = refused(|fake| fake.schemas.diagnostics = vec![error("no schema")]).await;
    assert!(told.starts_with("Failed to load plugin schemas: no schema"), "{told}");
}
