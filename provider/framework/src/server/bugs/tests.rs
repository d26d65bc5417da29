//! A resource that breaks one of Terraform's rules is told which one, where, and by whom: before
//! Terraform blames the whole provider for it.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Block, Blocks, Computed, Context, DataSource, Defaulted, Diagnostics, Error, Kinds, Optional,
    Path, Plan, Provider, Required, Resource, Server, Set, Value, WriteOnly,
    mark::never_null,
    testing::{Client, Instance, Subject, Tainted, Target, Told},
};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Thing {
    name: Required<String>,
    note: Optional<String>,
    #[schemars(transform = never_null)]
    id: Computed<String>,
    size: Defaulted<String>,
    odd: Computed<Odd>,
    code: WriteOnly<String>,
    labels: Optional<BTreeMap<String, String>>,
    part: Optional<Part>,
    parts: Optional<Vec<Part>>,
    named: Optional<BTreeMap<String, Part>>,
    loose: Optional<Set<Part>>,
    main: Block<Part>,
    more: Blocks<Vec<Part>>,
    some: Blocks<Set<Part>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Part {
    key: Required<String>,
    seen: Computed<String>,
}

/// What is text in the schema, and a number when it is written.
#[derive(Clone, Debug)]
struct Odd(bool);

impl Serialize for Odd {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 { serializer.serialize_u8(7) } else { serializer.serialize_str("seven") }
    }
}

impl<'de> Deserialize<'de> for Odd {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|_| Self(false))
    }
}

impl JsonSchema for Odd {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Odd".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// No configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {}

type Bend = fn(&mut Thing);

/// A resource that is right but for what bends it.
#[derive(Clone, Copy)]
struct Wrong {
    plan: fn(&mut Plan<Thing>),
    create: Bend,
    read: Bend,
    import: Bend,
    data: Bend,
}

const RIGHT: Wrong =
    Wrong { plan: |_| {}, create: |_| {}, read: |_| {}, import: |_| {}, data: |_| {} };

fn part(key: &str) -> Part {
    Part { key: key.to_owned().into(), seen: "s".to_owned().into() }
}

fn made(plan: Thing) -> Thing {
    let seen = |it: &Part| Part { seen: "s".to_owned().into(), ..it.clone() };
    let all = |it: &Vec<Part>| it.iter().map(seen).collect::<Vec<_>>();
    let set = |it: &Set<Part>| it.iter().map(seen).collect::<Set<_>>();
    Thing {
        id: "i".to_owned().into(),
        size: "big".to_owned().into(),
        odd: Odd(false).into(),
        part: plan.part.known().map(seen).into(),
        parts: plan.parts.known().map(all).into(),
        named: plan
            .named
            .known()
            .map(|it| it.iter().map(|(k, it)| (k.clone(), seen(it))).collect())
            .into(),
        loose: plan.loose.known().map(set).into(),
        main: plan.main.known().map(seen).into(),
        more: plan.more.known().map(all).unwrap_or_default().into(),
        some: plan.some.known().map(set).unwrap_or_default().into(),
        ..plan
    }
}

impl Resource for Wrong {
    type Data = ();
    type Model = Thing;
    const NAME: &'static str = "wrong_thing";
    const VERSION: i64 = 1;

    async fn plan(&self, _: &Context<()>, plan: &mut Plan<Thing>) -> Result<(), Error> {
        (self.plan)(plan);
        Ok(())
    }

    async fn create(&self, _: &Context<()>, plan: Thing) -> Result<Thing, Error> {
        let mut made = made(plan);
        (self.create)(&mut made);
        Ok(made)
    }

    async fn read(&self, _: &Context<()>, mut state: Thing) -> Result<Option<Thing>, Error> {
        (self.read)(&mut state);
        Ok(Some(state))
    }

    async fn update(&self, cx: &Context<()>, _: Thing, plan: Thing) -> Result<Thing, Error> {
        self.create(cx, plan).await
    }

    async fn delete(&self, _: &Context<()>, _: Thing) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, _: &Context<()>, id: &str) -> Result<Thing, Error> {
        let mut thing = nothing();
        thing.name = id.to_owned().into();
        (self.import)(&mut thing);
        Ok(thing)
    }

    fn upgrade(_: i64, state: &serde_json::Value) -> Result<Value, Error> {
        let Value::Map(mut state) = Value::from_json(state) else { return Ok(Value::Null) };
        if state.get("size") == Some(&"?".into()) {
            state.insert("size".to_owned(), Value::Unknown);
        }
        Ok(Value::Map(state))
    }
}

impl DataSource for Wrong {
    type Data = ();
    type Model = Thing;
    const NAME: &'static str = "wrong_thing";

    async fn read(&self, _: &Context<()>, config: Thing) -> Result<Thing, Error> {
        let mut found = made(config);
        found.code = WriteOnly::null();
        (self.data)(&mut found);
        Ok(found)
    }
}

fn nothing() -> Thing {
    Thing {
        name: Required::null(),
        note: Optional::null(),
        id: "i".to_owned().into(),
        size: Defaulted::null(),
        odd: Computed::null(),
        code: WriteOnly::null(),
        labels: Optional::null(),
        part: Optional::null(),
        parts: Optional::null(),
        named: Optional::null(),
        loose: Optional::null(),
        main: Block::null(),
        more: Vec::new().into(),
        some: Set::default().into(),
    }
}

impl Provider for Wrong {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().resource(*self).data_source(*self)
    }
}

const TYPE: &str = "wrong_thing";

async fn client(wrong: Wrong) -> Client<Server<Wrong>> {
    let client = Client::new(Server::new(wrong)).await.unwrap();
    client.configure(&Value::Map([].into())).await.unwrap().nothing();
    client
}

fn config(client: &Client<Server<Wrong>>) -> Value {
    let part = json!({ "key": "k" });
    let all = json!({
        "name": "a", "code": "c", "labels": { "l": "1" }, "part": part, "parts": [part],
        "named": { "n": part }, "loose": [part], "main": part, "more": [part], "some": [part],
    });
    client.config(Subject::Resource(TYPE), &all)
}

/// What is there after an apply of a resource that is right.
async fn there() -> Instance {
    let (applied, told) = applied(RIGHT).await;
    told.nothing();
    applied.unwrap()
}

async fn applied(wrong: Wrong) -> (Option<Instance>, Told) {
    let client = client(wrong).await;
    let config = config(&client);
    let planned = client.plan(TYPE, None, &config).await.unwrap();
    planned.told.nothing();
    let applied = client.apply(TYPE, &planned, None, &config).await.unwrap();
    (applied.instance, applied.told)
}

/// It is told as this bug, at this attribute.
#[track_caller]
fn is_bug(told: &[String], what: &str, path: &str) {
    let expected = format!("`{path}` of wrong_thing: ");
    let summary = format!("the provider made an invalid {what} ");
    let is_told = told.iter().any(|it| it.starts_with(&summary) && it.contains(&expected));
    assert!(is_told, "`{path}`: {told:#?}");
}

#[tokio::test]
async fn a_resource_that_is_right_has_nothing_to_be_told() {
    let client = client(RIGHT).await;
    let there = there().await;
    client.read(TYPE, &there).await.unwrap().told.nothing();
    client.import(TYPE, &Target::Id("a".to_owned())).await.unwrap().told.nothing();
    client.data(TYPE, &config(&client)).await.unwrap().told.nothing();
}

#[tokio::test]
async fn what_is_configured_is_planned_as_it_is() {
    for (path, plan) in [
        ("name", (|it| it.planned.name = "b".to_owned().into()) as fn(&mut Plan<Thing>)),
        ("name", |it| it.planned.name = Required::null()),
        ("name", |it| it.planned.name = Required::unknown()),
        ("note", |it| it.planned.note = "n".to_owned().into()),
        ("note", |it| it.planned.note = Optional::unknown()),
        ("labels", |it| it.planned.labels = BTreeMap::new().into()),
        ("part", |it| it.planned.part = Optional::null()),
        ("part", |it| it.planned.part = Optional::unknown()),
        ("part.key", |it| it.planned.part = part("l").into()),
        ("parts", |it| it.planned.parts = Vec::new().into()),
        ("parts[0].key", |it| it.planned.parts = vec![part("l")].into()),
        ("named", |it| it.planned.named = BTreeMap::from([("o".to_owned(), part("k"))]).into()),
        ("named[\"n\"].key", |it| {
            it.planned.named = BTreeMap::from([("n".to_owned(), part("l"))]).into();
        }),
        ("loose", |it| it.planned.loose = Set::default().into()),
        ("main", |it| it.planned.main = Block::null()),
        ("main", |it| it.planned.main = Block::unknown()),
        ("main.key", |it| it.planned.main = part("l").into()),
        ("more", |it| it.planned.more = Vec::new().into()),
        ("more", |it| it.planned.more = Blocks::null()),
        ("more", |it| it.planned.more = Blocks::unknown()),
        ("more[0].key", |it| it.planned.more = vec![part("l")].into()),
        ("some", |it| it.planned.some = Set::default().into()),
        ("odd", |it| it.planned.odd = Odd(true).into()),
    ] {
        let client = client(Wrong { plan, ..RIGHT }).await;
        let planned = client.plan(TYPE, None, &config(&client)).await.unwrap();
        is_bug(&planned.told.errors, "plan", path);
    }
}

#[tokio::test]
async fn what_replaces_is_there_before_or_after() {
    for (path, plan) in [
        ("nothing", (|it| it.replace.push(Path::of("nothing"))) as fn(&mut Plan<Thing>)),
        ("labels[\"x\"]", |it| it.replace.push(Path::of("labels").key("x"))),
        ("parts[7].key", |it| it.replace.push(Path::of("parts").index(7).attribute("key"))),
        ("named[\"x\"].key", |it| it.replace.push(Path::of("named").key("x").attribute("key"))),
    ] {
        let client = client(Wrong { plan, ..RIGHT }).await;
        let planned = client.plan(TYPE, Some(&there().await), &config(&client)).await.unwrap();
        is_bug(&planned.told.errors, "plan", path);
    }
    let plan: fn(&mut Plan<Thing>) = |it| it.replace.push(Path::of("labels").key("l"));
    let client = client(Wrong { plan, ..RIGHT }).await;
    let planned = client.plan(TYPE, Some(&there().await), &config(&client)).await.unwrap();
    planned.told.nothing();
}

#[tokio::test]
async fn what_was_planned_comes_true_or_is_stored_as_it_was_planned() {
    for (path, create) in [
        ("name", (|it| it.name = "b".to_owned().into()) as Bend),
        ("name", |it| it.name = Required::null()),
        ("note", |it| it.note = "n".to_owned().into()),
        ("labels", |it| it.labels = BTreeMap::new().into()),
        ("part", |it| it.part = Optional::null()),
        ("part.key", |it| it.part = part("l").into()),
        ("parts", |it| it.parts = vec![part("k"), part("l")].into()),
        ("parts[0].key", |it| it.parts = vec![part("l")].into()),
        ("named", |it| it.named = BTreeMap::from([("o".to_owned(), part("k"))]).into()),
        ("named[\"n\"].key", |it| it.named = BTreeMap::from([("n".to_owned(), part("l"))]).into()),
        ("loose", |it| it.loose = [part("l")].into_iter().collect::<Set<_>>().into()),
        ("main", |it| it.main = Block::null()),
        ("main.key", |it| it.main = part("l").into()),
        ("more", |it| it.more = Vec::new().into()),
        ("more[0].key", |it| it.more = vec![part("l")].into()),
        ("some", |it| it.some = [part("l")].into_iter().collect::<Set<_>>().into()),
        ("size", |it| it.size = Defaulted::unknown()),
        ("odd", |it| it.odd = Odd(true).into()),
    ] {
        let (instance, told) = applied(Wrong { create, ..RIGHT }).await;
        is_bug(&told.warnings, "result", path);
        assert_eq!(told.errors, [""; 0], "{path}");
        let instance = instance.unwrap();
        assert_eq!(instance.tainted, Tainted::No, "{path}");
        assert_eq!(instance.value.get("name"), &"a".into(), "{path}");
    }
}

#[tokio::test]
async fn what_nothing_can_stand_for_is_an_error_of_our_own() {
    // That the id is there was promised, and nobody knows one.
    for create in [(|it| it.id = Computed::null()) as Bend, |it| it.id = Computed::unknown()] {
        let (instance, told) = applied(Wrong { create, ..RIGHT }).await;
        is_bug(&told.errors, "result", "id");
        assert!(instance.is_some());
    }
}

#[tokio::test]
async fn what_is_read_is_of_its_type_and_known() {
    let there = there().await;
    let unknown: Bend = |it| it.size = Defaulted::unknown();
    let read = client(Wrong { read: unknown, ..RIGHT }).await.read(TYPE, &there).await.unwrap();
    is_bug(&read.told.warnings, "state", "size");
    let mistyped: Bend = |it| it.odd = Odd(true).into();
    let read = client(Wrong { read: mistyped, ..RIGHT }).await.read(TYPE, &there).await.unwrap();
    is_bug(&read.told.errors, "state", "odd");
    assert_eq!(read.instance, Some(there));
}

#[tokio::test]
async fn what_is_imported_and_what_is_found_is_of_its_type_and_known() {
    let unknown: Bend = |it| it.size = Defaulted::unknown();
    let mistyped: Bend = |it| it.odd = Odd(true).into();
    let id = Target::Id("a".to_owned());
    let imported = client(Wrong { import: unknown, ..RIGHT }).await.import(TYPE, &id).await;
    is_bug(&imported.unwrap().told.warnings, "import", "size");
    let imported = client(Wrong { import: mistyped, ..RIGHT }).await.import(TYPE, &id).await;
    is_bug(&imported.unwrap().told.errors, "import", "odd");

    let client_of = async |data| client(Wrong { data, ..RIGHT }).await;
    let found = client_of(unknown).await;
    is_bug(&found.data(TYPE, &config(&found)).await.unwrap().told.warnings, "result", "size");
    let found = client_of(mistyped).await;
    is_bug(&found.data(TYPE, &config(&found)).await.unwrap().told.errors, "result", "odd");
}

#[tokio::test]
async fn what_is_upgraded_is_of_its_type_and_known() {
    let client = client(RIGHT).await;
    for (json, path) in [
        (r#"{ "name": 7, "id": "i" }"#, "name"),
        (r#"{ "name": "a", "id": "i", "size": "?" }"#, "size"),
    ] {
        let (_, told) = client.upgrade(TYPE, 0, json).await.unwrap();
        is_bug(&told.errors, "upgraded state", path);
    }
}
