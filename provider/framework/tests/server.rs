//! The calls of the protocol, against a provider of one resource, without a network.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::{collections::BTreeMap, sync::Mutex};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Defaulted, Diagnostics, Error, Kinds, Optional, Path, Plan, Provider,
    Required, Resource, Secret, Server, Timeouts, Value, WriteOnly,
    mark::{default, keep, replace},
    testing::{Action, Applied, Client, Instance, Planned, Tainted, Told},
    value::encode,
};
use tfplugin::v6::{self, DynamicValue, provider_server::Provider as _};
use tonic::Request;

/// A box for a thing.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Crate {
    /// Identifier.
    #[schemars(transform = keep)]
    id: Computed<String>,
    /// Name.
    #[schemars(length(min = 1, max = 8))]
    name: Required<String>,
    /// Side, in centimetres.
    #[schemars(transform = default(30), range(min = 10, max = 100))]
    side: Defaulted<u16>,
    /// What it is made of.
    #[schemars(transform = replace)]
    material: Optional<String>,
    /// Labels on it.
    labels: Optional<Vec<Label>>,
    /// Where it stands.
    shelves: Optional<Vec<u16>>,
    /// Its lock's code.
    code_wo: WriteOnly<Secret<String>>,
    /// How often it was changed.
    changes: Computed<u64>,
    /// Times.
    timeouts: Optional<Timeouts>,
}

/// A label.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Label {
    /// Text.
    text: Required<String>,
    /// Colour.
    #[schemars(transform = default("white"))]
    colour: Defaulted<String>,
}

/// No configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {}

type Shelf = Mutex<BTreeMap<String, String>>;

struct Store;

impl Provider for Store {
    type Config = Config;
    type Data = Shelf;

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<Shelf, Error> {
        Ok(Shelf::default())
    }

    fn kinds(&self) -> Kinds<Shelf> {
        Kinds::new().resource(Crates)
    }
}

struct Crates;

impl Resource for Crates {
    type Data = Shelf;
    type Model = Crate;
    const NAME: &'static str = "store_crate";

    fn validate(config: &Crate, found: &mut Diagnostics) {
        if config.name.known().map(String::as_str) == config.material.known().map(String::as_str) {
            found.error_at(Path::of("name"), "confusing name", "a crate is not its material");
        }
    }

    async fn plan(&self, _: &Context<Shelf>, plan: &mut Plan<Crate>) -> Result<(), Error> {
        if plan.planned.name.known().map(String::as_str) == Some("liar") {
            plan.planned.name = "honest".to_owned().into();
        }
        Ok(())
    }

    async fn plan_destroy(&self, _: &Context<Shelf>, state: &Crate) -> Result<(), Error> {
        match state.name.get()?.as_str() {
            "kept" => Err(Error::new("kept crate", "a kept crate is not destroyed")),
            _ => Ok(()),
        }
    }

    async fn create(&self, cx: &Context<Shelf>, plan: Crate) -> Result<Crate, Error> {
        let name = plan.name.get()?.clone();
        let code = plan.code_wo.get()?.map(|code| code.expose().clone()).unwrap_or_default();
        cx.data()?.lock().unwrap().insert(name.clone(), code);
        let made = Crate { id: format!("id-{name}").into(), changes: 0.into(), ..plan };
        match name.as_str() {
            "half" => {
                cx.save(&made);
                Err(Error::new("fell down", "the crate fell down"))
            }
            "none" => Err(Error::new("no wood", "there is no wood")),
            "panic" => panic!("out of nails"),
            "other" => Ok(Crate { name: "another".to_owned().into(), ..made }),
            _ => Ok(made),
        }
    }

    async fn read(&self, cx: &Context<Shelf>, state: Crate) -> Result<Option<Crate>, Error> {
        let there = cx.data()?.lock().unwrap().contains_key(state.name.get()?);
        let unsure = state.name.get()? == "unsure";
        let now = if unsure { Crate { changes: Computed::unknown(), ..state } } else { state };
        Ok(there.then_some(now))
    }

    async fn update(&self, _: &Context<Shelf>, old: Crate, plan: Crate) -> Result<Crate, Error> {
        Ok(Crate { changes: (old.changes.get()? + 1).into(), ..plan })
    }

    async fn delete(&self, cx: &Context<Shelf>, state: Crate) -> Result<(), Error> {
        cx.data()?.lock().unwrap().remove(state.name.get()?);
        Ok(())
    }
}

const TYPE: &str = "store_crate";

fn crate_of(set: &[(&str, Value)]) -> Value {
    let names =
        ["id", "name", "side", "material", "labels", "shelves", "code_wo", "changes", "timeouts"];
    let value = |name| set.iter().find(|it| it.0 == name).map_or(Value::Null, |it| it.1.clone());
    Value::Map(names.iter().map(|name| ((*name).to_owned(), value(*name))).collect())
}

type Played = Client<Server<Store>>;

async fn client() -> Played {
    let client = Client::new(Server::new(Store)).await.unwrap();
    client.configure(&Value::Map(BTreeMap::new())).await.unwrap().nothing();
    client
}

/// Each as `summary [attribute]`.
fn heads(told: &[String]) -> Vec<&str> {
    let head = |it: &str| it.find("]: ").map(|end| end + 1);
    told.iter().map(|it| &it[..head(it).unwrap_or(it.len())]).collect()
}

async fn plan(client: &Played, there: Option<&Instance>, config: &Value) -> Planned {
    client.plan(TYPE, there, config).await.unwrap()
}

async fn apply(client: &Played, there: Option<&Instance>, config: &Value) -> Applied {
    let planned = plan(client, there, config).await;
    client.apply(TYPE, &planned, there, config).await.unwrap()
}

async fn made(client: &Played, config: &Value) -> Instance {
    let applied = apply(client, None, config).await;
    assert_eq!(applied.told.errors, [""; 0]);
    applied.instance.unwrap()
}

#[tokio::test]
async fn every_violation_is_told_at_once_with_its_attribute() {
    let label = Value::from([("text", Value::Null), ("colour", Value::Null)]);
    let config = crate_of(&[
        ("name", "far too long".into()),
        ("side", 5.into()),
        ("changes", 1.into()),
        ("labels", vec![label].into()),
        (
            "timeouts",
            Value::from([
                ("create", "5 parsecs".into()),
                ("read", Value::Null),
                ("update", Value::Null),
                ("delete", Value::Null),
            ]),
        ),
        ("code_wo", "1234".into()),
    ]);
    // An older Terraform would store what is write-only.
    let client = Client::new(Server::new(Store)).await.unwrap().without_write_only();
    let found = client.validate(TYPE, &config).await.unwrap();
    assert_eq!(
        heads(&found.errors),
        [
            "8 characters at most, got 12 [name]",
            "number out of range [side]",
            "missing attribute [labels]",
            "read-only attribute [changes]",
            "invalid value [timeouts]",
            "write-only attribute [code_wo]",
        ]
    );
}

#[tokio::test]
async fn rules_across_attributes_run_beside_the_others() {
    let config = crate_of(&[("name", "oak".into()), ("material", "oak".into())]);
    let found = client().await.validate(TYPE, &config).await.unwrap();
    assert_eq!(heads(&found.errors), ["confusing name [name]"]);
}

#[tokio::test]
async fn a_plan_has_defaults_and_unknowns_and_no_write_only_value() {
    let label = Value::from([("text", "up".into()), ("colour", Value::Null)]);
    let config = crate_of(&[
        ("name", "a".into()),
        ("labels", vec![label].into()),
        ("code_wo", "1234".into()),
    ]);
    let planned = plan(&client().await, None, &config).await.value;
    let label = Value::from([("text", "up".into()), ("colour", "white".into())]);
    let expected = crate_of(&[
        ("id", Value::Unknown),
        ("name", "a".into()),
        ("side", 30.into()),
        ("labels", vec![label].into()),
        ("changes", Value::Unknown),
    ]);
    assert_eq!(planned, expected);
}

#[tokio::test]
async fn a_list_with_an_unknown_element_is_planned_with_the_known_ones() {
    let shelves: Value = vec![1.into(), Value::Unknown].into();
    let config = crate_of(&[("name", "a".into()), ("shelves", shelves.clone())]);
    let planned = plan(&client().await, None, &config).await;
    planned.told.nothing();
    assert_eq!(planned.value.get("shelves"), &shelves);
}

#[tokio::test]
async fn a_second_plan_changes_nothing_and_an_update_keeps_what_is_to_be_kept() {
    let client = client().await;
    let config = crate_of(&[("name", "a".into()), ("code_wo", "1234".into())]);
    let there = made(&client, &config).await;
    assert_eq!(plan(&client, Some(&there), &config).await.action, Action::Nothing);

    let wider = crate_of(&[("name", "a".into()), ("side", 40.into())]);
    let planned = plan(&client, Some(&there), &wider).await;
    assert_eq!(planned.action, Action::Update);
    assert_eq!(planned.value.get("id"), &"id-a".into());
    assert_eq!(planned.value.get("changes"), &Value::Unknown);
    let updated = apply(&client, Some(&there), &wider).await.instance.unwrap();
    assert_eq!(updated.value.get("changes"), &1.into());
}

#[tokio::test]
async fn a_write_only_value_reaches_create_and_never_the_state() {
    let client = client().await;
    let config = crate_of(&[("name", "a".into()), ("code_wo", "1234".into())]);
    let applied = apply(&client, None, &config).await;
    applied.told.nothing();
    assert_eq!(applied.instance.unwrap().value.get("code_wo"), &Value::Null);
}

#[tokio::test]
async fn a_change_that_replaces_is_refused_by_whoever_refuses_to_be_destroyed() {
    let client = client().await;
    for (name, action) in [("a", Action::Replace), ("kept", Action::Nothing)] {
        let there = made(&client, &crate_of(&[("name", name.into())])).await;
        let oak = crate_of(&[("name", name.into()), ("material", "oak".into())]);
        let planned = plan(&client, Some(&there), &oak).await;
        assert_eq!(planned.action, action, "{name}");
        assert_eq!(planned.told.failed(), name == "kept", "{name}");
    }
}

#[tokio::test]
async fn a_plan_that_breaks_terraforms_rules_is_a_named_bug() {
    let config = crate_of(&[("name", "liar".into())]);
    let planned = plan(&client().await, None, &config).await;
    assert_eq!(heads(&planned.told.errors), ["the provider made an invalid plan [name]"]);
}

#[tokio::test]
async fn what_exists_after_a_failed_create_is_in_the_state_and_nothing_else_is() {
    let client = client().await;
    let half = apply(&client, None, &crate_of(&[("name", "half".into())])).await;
    assert_eq!(heads(&half.told.errors), ["fell down []"]);
    assert_eq!(half.instance.unwrap().value.get("id"), &"id-half".into());

    let none = apply(&client, None, &crate_of(&[("name", "none".into())])).await;
    assert_eq!(heads(&none.told.errors), ["no wood []"]);
    assert_eq!(none.instance, None);
}

#[tokio::test]
async fn a_panic_is_an_error_and_the_server_goes_on() {
    let client = client().await;
    let crashed = apply(&client, None, &crate_of(&[("name", "panic".into())])).await;
    assert_eq!(heads(&crashed.told.errors), ["the provider crashed []"]);
    made(&client, &crate_of(&[("name", "a".into())])).await;
}

#[tokio::test]
async fn a_result_that_differs_from_the_plan_is_a_warning_and_taints_nothing() {
    let client = client().await;
    let other = apply(&client, None, &crate_of(&[("name", "other".into())])).await;
    assert_eq!(heads(&other.told.warnings), ["the provider made an invalid result [name]"]);
    let there = other.instance.unwrap();
    assert_eq!((there.value.get("name"), there.tainted), (&"other".into(), Tainted::No));
}

#[tokio::test]
async fn what_a_read_leaves_unknown_is_a_named_bug_and_null_in_the_state() {
    let client = client().await;
    let there = made(&client, &crate_of(&[("name", "unsure".into())])).await;
    let found = client.read(TYPE, &there).await.unwrap();
    found.told.warning("`changes` of store_crate: the value is still unknown");
    assert_eq!(found.instance.unwrap().value.get("changes"), &Value::Null);
}

#[tokio::test]
async fn stored_states_are_read_leniently_and_newer_ones_refused() {
    let client = client().await;
    let json = r#"{"id": "id-a", "name": "a", "gone": [1]}"#;
    let (state, told) = client.upgrade(TYPE, 0, json).await.unwrap();
    told.nothing();
    assert_eq!(state, crate_of(&[("id", "id-a".into()), ("name", "a".into())]));
    for (json, expected) in [
        (r#"{"name": "a"}"#, "id missing in the stored state"),
        (r#"{"id": "#, "the stored state cannot be read"),
    ] {
        client.upgrade(TYPE, 0, json).await.unwrap().1.error(expected);
    }
    // Terraform refuses it by itself, and says less.
    let raw_state = Some(v6::RawState { json: b"{}".to_vec(), ..Default::default() });
    let type_name = TYPE.to_owned();
    let request = v6::upgrade_resource_state::Request { type_name, version: 1, raw_state };
    let newer = client.server().upgrade_resource_state(Request::new(request)).await.unwrap();
    Told::of(&newer.into_inner().diagnostics).error("the stored state is newer than this provider");
}

#[tokio::test]
async fn hostile_requests_are_diagnostics() {
    let server = Server::new(Store);
    let validate = async |type_name: &str, msgpack: Vec<u8>| {
        let config = Some(DynamicValue { msgpack, ..Default::default() });
        let type_name = type_name.to_owned();
        let request =
            v6::validate_resource_config::Request { type_name, config, ..Default::default() };
        let answer = server.validate_resource_config(Request::new(request)).await.unwrap();
        Told::of(&answer.into_inner().diagnostics).errors
    };
    let heads_of = async |type_name: &str, msgpack: Vec<u8>| {
        let told = validate(type_name, msgpack).await;
        heads(&told).join(", ")
    };
    assert_eq!(heads_of("no_such_type", vec![0xc0]).await, "unknown resource type []");
    let unreadable = "a value of Terraform's cannot be read []";
    assert_eq!(heads_of(TYPE, vec![0x91; 100_000]).await, unreadable);
    assert_eq!(heads_of(TYPE, vec![0x81, 0xa1]).await, unreadable);
    assert_eq!(heads_of(TYPE, encode(&[("extra", Value::Null)].into())).await, unreadable);
}

#[tokio::test]
async fn a_call_before_the_configuration_says_so() {
    let client = Client::new(Server::new(Store)).await.unwrap();
    let applied = apply(&client, None, &crate_of(&[("name", "a".into())])).await;
    assert_eq!(heads(&applied.told.errors), ["the provider is not configured []"]);
}
