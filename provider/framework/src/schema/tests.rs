use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    Block, Blocks, Computed, Defaulted, Dynamic, Number, Optional, Required, Secret, Set,
    WriteOnly, mark,
};

/// Every kind of thing.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(transform = mark::deprecated("use something else"))]
struct Everything {
    bool: Optional<bool>,
    int: Optional<i32>,
    float: Optional<f32>,
    number: Optional<Number>,
    any: Optional<Dynamic>,
    tuple: Optional<(String, Option<u16>)>,
    value: Optional<Point>,
    grid: Optional<Vec<Vec<(u8, u8)>>>,
    nested: Optional<Inner>,
    nested_set: Optional<Set<Inner>>,
    secret: WriteOnly<Secret<Inner>>,
    single: Block<Outer>,
    many: Blocks<Vec<Outer>>,
    some: Blocks<Set<Inner>>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Point {
    x: Number,
    y: Option<Number>,
    tag: Option<Dynamic>,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Inner {
    key: Required<String>,
}

impl zeroize::Zeroize for Inner {
    fn zeroize(&mut self) {
        self.key.zeroize();
    }
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Outer {
    inner: Block<Inner>,
    label: Optional<String>,
}

/// One line for each attribute and block: its type, or what nests.
fn lines(block: &tfplugin::v6::schema::Block, indent: &str, out: &mut String) {
    use std::fmt::Write as _;
    for it in &block.attributes {
        let kind = String::from_utf8(it.r#type.clone()).unwrap();
        let nested = it.nested_type.as_ref().map(|it| (it.nesting(), it.attributes.len()));
        let secret = if it.write_only { " write-only" } else { "" };
        writeln!(out, "{indent}{} {kind}{nested:?}{secret}", it.name).unwrap();
    }
    for it in &block.block_types {
        writeln!(out, "{indent}{} {{}} {:?}", it.type_name, it.nesting()).unwrap();
        lines(it.block.as_ref().unwrap(), &format!("{indent}  "), out);
    }
}

#[test]
fn every_kind_of_attribute_and_block_has_its_form_on_the_wire() {
    let wire = Schema::of::<Everything>(0).to_wire().block.unwrap();
    assert!(wire.deprecated && wire.deprecation_message == "use something else");
    let mut out = String::new();
    lines(&wire, "", &mut out);
    expect![[r#"
        bool "bool"None
        int "number"None
        float "number"None
        number "number"None
        any "dynamic"None
        tuple ["tuple",["string","number"]]None
        value ["object",{"tag":"dynamic","x":"number","y":"number"}]None
        grid ["list",["list",["tuple",["number","number"]]]]None
        nested Some((Single, 1))
        nested_set Some((Set, 1))
        secret Some((Single, 1)) write-only
        single {} Single
          label "string"None
          inner {} Single
            key "string"None
        many {} List
          label "string"None
          inner {} Single
            key "string"None
        some {} Set
          key "string"None
    "#]]
    .assert_eq(&out);
}

#[test]
fn a_part_of_a_value_is_required_unless_it_is_an_option() {
    let schema = Schema::of::<Everything>(0);
    let Shape::Object(point) = &schema.root.attribute("value").unwrap().node.shape else {
        panic!("a value of an object type");
    };
    let roles: Vec<Role> = point.attributes.iter().map(|it| it.role).collect();
    assert_eq!(roles, [Role::Required, Role::Optional, Role::Optional]);
}

#[test]
fn whatever_is_in_a_write_only_value_is_write_only() {
    let wire = Schema::of::<Everything>(0).to_wire().block.unwrap();
    let secret = wire.attributes.iter().find(|it| it.name == "secret").unwrap();
    assert!(secret.nested_type.as_ref().unwrap().attributes[0].write_only);
}

#[test]
fn a_description_is_markdown_unless_it_says_otherwise() {
    /// A *thing*.
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Thing {
        /// Plain.
        #[schemars(transform = mark::plain_text)]
        plain: Optional<String>,
    }
    let wire = Schema::of::<Thing>(0).to_wire().block.unwrap();
    assert_eq!(wire.description_kind(), tfplugin::v6::StringKind::Markdown);
    assert_eq!(wire.attributes[0].description_kind(), tfplugin::v6::StringKind::Plain);
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Wrong {
    count: Optional<String>,
    #[serde(rename = "CamelCase")]
    camel: Optional<String>,
    #[schemars(transform = mark::default("x"))]
    no_default: Optional<String>,
    #[schemars(transform = mark::default("many"))]
    of_another_type: Defaulted<u16>,
    #[schemars(transform = mark::default(70), range(max = 64))]
    too_great: Defaulted<u16>,
    #[schemars(regex(pattern = "^a"))]
    unchecked: Optional<String>,
    #[schemars(transform = mark::keep)]
    kept: Optional<String>,
    set_of_secrets: Optional<Set<WithSecret>>,
    any_list: Optional<Vec<Dynamic>>,
    any_nested: Optional<BTreeMap<String, WithAny>>,
    two_deep: Optional<Vec<Vec<Inner>>>,
    no_block: Blocks<BTreeSet<String>>,
    within: Optional<Outer>,
    #[schemars(transform = mark::distinct_by("nmae"))]
    misnamed: Optional<Vec<Inner>>,
    untyped: Optional<serde_json::Value>,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct WithSecret {
    password: WriteOnly<String>,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct WithAny {
    any: Computed<Dynamic>,
}

#[test]
fn every_mistake_in_a_schema_is_told_with_its_attribute() {
    let mistakes = Schema::read::<Wrong>(0).unwrap_err();
    let told = mistakes.into_iter().map(|it| format!("{}: {}\n", it.path, it.message));
    expect![[r#"
        of_another_type: its default is of another type: not a finite number
        unchecked: nothing checks the keyword `pattern`: a type of its own says it, and when decoding checks it
        untyped: Terraform has no type for {"x-terraform-role":"optional"}
        count: Terraform gives this name a meaning of its own
        CamelCase: a name has lower-case letters, digits and underscores, and starts with no digit
        no_default: only a `Defaulted` attribute has a default
        too_great: its default is not allowed: `too_great` is 70, expected 0-64
        kept: only what the provider chooses can be kept, or promised never to be null
        set_of_secrets: a set holds nothing write-only: Terraform cannot tell the elements of a set apart
        any_list: a collection holds no value of any type: Terraform crashes where two elements differ in it
        any_nested: a collection holds no value of any type: Terraform crashes where two elements differ in it
        two_deep: attributes with roles nest in one collection at a time
        no_block: `Block` takes a struct whose fields have roles, `Blocks` a list or set of it
        within.inner: an attribute has no blocks in it
        misnamed: its elements have no attribute `nmae` to tell them apart
    "#]].assert_eq(&told.collect::<String>());
}

#[test]
#[should_panic(expected = "tests::Wrong is no schema for Terraform: `of_another_type`")]
fn a_model_that_is_no_schema_is_named() {
    let _ = Schema::of::<Wrong>(0);
}

struct Mistaken;

impl crate::Provider for Mistaken {
    type Config = Outer;
    type Data = ();

    async fn configure(&self, _: Outer, _: &mut crate::Diagnostics) -> Result<(), crate::Error> {
        Ok(())
    }

    fn kinds(&self) -> crate::Kinds<()> {
        crate::Kinds::new().data_source(Things)
    }
}

struct Things;

impl crate::DataSource for Things {
    type Data = ();
    type Model = Wrong;
    const NAME: &'static str = "mistaken_thing";

    async fn read(&self, _: &crate::Context<()>, it: Wrong) -> Result<Wrong, crate::Error> {
        Ok(it)
    }
}

#[tokio::test]
async fn terraform_hears_of_a_mistake_in_a_schema_when_it_asks_for_the_schemas() {
    use tfplugin::v6::provider_server::Provider as _;
    let request = tonic::Request::new(tfplugin::v6::get_provider_schema::Request {});
    let answer = crate::Server::new(Mistaken).get_provider_schema(request).await;
    let told = answer.unwrap().into_inner().diagnostics;
    assert!(told[0].detail.contains("tests::Wrong is no schema for Terraform"), "{told:?}");
    assert!(told[0].detail.contains("`kept`: only what the provider chooses"), "{told:?}");
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Versioned {
    version: Optional<String>,
}

struct Reserved;

impl crate::Provider for Reserved {
    type Config = Versioned;
    type Data = ();

    async fn configure(
        &self,
        _: Versioned,
        _: &mut crate::Diagnostics,
    ) -> Result<(), crate::Error> {
        Ok(())
    }

    fn kinds(&self) -> crate::Kinds<()> {
        crate::Kinds::new()
    }
}

#[test]
#[should_panic(expected = "in a `provider` block `version` has a meaning of Terraform's own")]
fn a_provider_block_has_no_attribute_that_terraform_reads_itself() {
    let _ = crate::Server::new(Reserved);
}
