//! The calls of the protocol, against a provider of one resource, without a network.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Defaulted, Diagnostics, Error, Kinds, Optional, Path, Plan, Provider,
    Required, Resource, Secret, Server, Timeouts, Value, WriteOnly,
    mark::{default, keep, replace},
    value::{decode, encode},
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

#[expect(clippy::unnecessary_wraps, reason = "the protocol's messages want it wrapped")]
fn wire(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: encode(value), ..Default::default() })
}

fn read(wire: Option<DynamicValue>) -> Value {
    decode(&wire.unwrap_or_default().msgpack).unwrap()
}

fn told(diagnostics: &[v6::Diagnostic]) -> Vec<String> {
    let path = |it: &v6::Diagnostic| {
        let steps = it.attribute.clone().unwrap_or_default().steps;
        steps
            .iter()
            .map(|step| format!("{:?}", step.selector.as_ref().unwrap()))
            .collect::<Vec<_>>()
            .concat()
    };
    diagnostics.iter().map(|it| format!("{} {}", it.summary, path(it)).trim().to_owned()).collect()
}

async fn server() -> Server<Store> {
    let server = Server::new(Store);
    let config = wire(&Value::Map(BTreeMap::new()));
    let request = v6::configure_provider::Request { config, ..Default::default() };
    server.configure_provider(Request::new(request)).await.unwrap();
    server
}

async fn plan(
    server: &Server<Store>,
    prior: &Value,
    config: &Value,
) -> v6::plan_resource_change::Response {
    let mut proposed = config.clone();
    if let (Value::Map(fields), Value::Map(old)) = (&mut proposed, prior) {
        for name in ["id", "side", "changes"] {
            if fields[name].is_null() {
                fields.insert(name.to_owned(), old[name].clone());
            }
        }
    }
    let request = v6::plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: wire(prior),
        proposed_new_state: wire(&proposed),
        config: wire(config),
        ..Default::default()
    };
    server.plan_resource_change(Request::new(request)).await.unwrap().into_inner()
}

async fn apply(
    server: &Server<Store>,
    prior: &Value,
    config: &Value,
) -> v6::apply_resource_change::Response {
    let planned = plan(server, prior, config).await;
    let request = v6::apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: wire(prior),
        planned_state: planned.planned_state,
        config: wire(config),
        planned_private: planned.planned_private,
        ..Default::default()
    };
    server.apply_resource_change(Request::new(request)).await.unwrap().into_inner()
}

async fn validate(config: &Value) -> Vec<String> {
    let request = v6::validate_resource_config::Request {
        type_name: TYPE.to_owned(),
        config: wire(config),
        ..Default::default()
    };
    let answer = Server::new(Store).validate_resource_config(Request::new(request)).await;
    told(&answer.unwrap().into_inner().diagnostics)
}

#[tokio::test]
async fn every_violation_is_told_at_once_with_its_attribute() {
    let label = Value::from([("text", Value::Null), ("colour", Value::Null)]);
    let found = validate(&crate_of(&[
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
    ]))
    .await;
    assert_eq!(
        found,
        [
            "8 characters at most, got 12 AttributeName(\"name\")",
            "number out of range AttributeName(\"side\")",
            "missing attribute AttributeName(\"labels\")",
            "read-only attribute AttributeName(\"changes\")",
            "invalid value AttributeName(\"timeouts\")",
            "write-only attribute AttributeName(\"code_wo\")",
        ]
    );
}

#[tokio::test]
async fn rules_across_attributes_run_beside_the_others() {
    let config = crate_of(&[("name", "oak".into()), ("material", "oak".into())]);
    assert_eq!(validate(&config).await, ["confusing name AttributeName(\"name\")"]);
}

#[tokio::test]
async fn a_plan_has_defaults_and_unknowns_and_no_write_only_value() {
    let label = Value::from([("text", "up".into()), ("colour", Value::Null)]);
    let config = crate_of(&[
        ("name", "a".into()),
        ("labels", vec![label].into()),
        ("code_wo", "1234".into()),
    ]);
    let planned = read(plan(&server().await, &Value::Null, &config).await.planned_state);
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
    let planned = plan(&server().await, &Value::Null, &config).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", told(&planned.diagnostics));
    assert_eq!(read(planned.planned_state).get("shelves"), &shelves);
}

#[tokio::test]
async fn a_second_plan_changes_nothing_and_an_update_keeps_what_is_to_be_kept() {
    let server = server().await;
    let config = crate_of(&[("name", "a".into()), ("code_wo", "1234".into())]);
    let state = read(apply(&server, &Value::Null, &config).await.new_state);
    assert_eq!(read(plan(&server, &state, &config).await.planned_state), state);

    let wider = crate_of(&[("name", "a".into()), ("side", 40.into())]);
    let planned = plan(&server, &state, &wider).await;
    assert!(planned.requires_replace.is_empty());
    let planned = read(planned.planned_state);
    assert_eq!(planned.get("id"), &"id-a".into());
    assert_eq!(planned.get("changes"), &Value::Unknown);
    let updated = read(apply(&server, &state, &wider).await.new_state);
    assert_eq!(updated.get("changes"), &1.into());
}

#[tokio::test]
async fn a_write_only_value_reaches_create_and_never_the_state() {
    let server = server().await;
    let config = crate_of(&[("name", "a".into()), ("code_wo", "1234".into())]);
    let applied = apply(&server, &Value::Null, &config).await;
    assert!(applied.diagnostics.is_empty(), "{:?}", told(&applied.diagnostics));
    assert_eq!(read(applied.new_state).get("code_wo"), &Value::Null);
}

#[tokio::test]
async fn a_change_that_replaces_is_refused_by_whoever_refuses_to_be_destroyed() {
    let server = server().await;
    for (name, refused) in [("a", 0), ("kept", 1)] {
        let config = crate_of(&[("name", name.into())]);
        let state = read(apply(&server, &Value::Null, &config).await.new_state);
        let oak = crate_of(&[("name", name.into()), ("material", "oak".into())]);
        let planned = plan(&server, &state, &oak).await;
        assert_eq!(planned.diagnostics.len(), refused, "{name}");
        assert_eq!(planned.requires_replace.len(), 1 - refused, "{name}");
    }
}

#[tokio::test]
async fn a_plan_that_breaks_terraforms_rules_is_a_named_bug() {
    let config = crate_of(&[("name", "liar".into())]);
    let planned = plan(&server().await, &Value::Null, &config).await;
    assert_eq!(
        told(&planned.diagnostics),
        ["the provider made an invalid plan AttributeName(\"name\")"]
    );
}

#[tokio::test]
async fn what_exists_after_a_failed_create_is_in_the_state_and_nothing_else_is() {
    let server = server().await;
    let half = apply(&server, &Value::Null, &crate_of(&[("name", "half".into())])).await;
    assert_eq!(told(&half.diagnostics), ["fell down"]);
    assert_eq!(read(half.new_state).get("id"), &"id-half".into());

    let none = apply(&server, &Value::Null, &crate_of(&[("name", "none".into())])).await;
    assert_eq!(told(&none.diagnostics), ["no wood"]);
    assert_eq!(read(none.new_state), Value::Null);
}

#[tokio::test]
async fn a_panic_is_an_error_and_the_server_goes_on() {
    let server = server().await;
    let crashed = apply(&server, &Value::Null, &crate_of(&[("name", "panic".into())])).await;
    assert_eq!(told(&crashed.diagnostics), ["the provider crashed"]);
    let next = apply(&server, &Value::Null, &crate_of(&[("name", "a".into())])).await;
    assert!(next.diagnostics.is_empty());
}

#[tokio::test]
async fn a_result_that_differs_from_the_plan_is_a_warning_and_taints_nothing() {
    let server = server().await;
    let other = apply(&server, &Value::Null, &crate_of(&[("name", "other".into())])).await;
    assert_eq!(other.diagnostics[0].severity(), v6::diagnostic::Severity::Warning);
    assert_eq!(read(other.new_state).get("name"), &"other".into());
}

#[tokio::test]
async fn what_a_read_leaves_unknown_is_a_named_bug_and_null_in_the_state() {
    let server = server().await;
    let config = crate_of(&[("name", "unsure".into())]);
    let state = read(apply(&server, &Value::Null, &config).await.new_state);
    let request = v6::read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: wire(&state),
        ..Default::default()
    };
    let found = server.read_resource(Request::new(request)).await.unwrap().into_inner();
    assert_eq!(found.diagnostics[0].severity(), v6::diagnostic::Severity::Warning);
    let detail = &found.diagnostics[0].detail;
    assert!(detail.starts_with("`changes` of store_crate: the value is still unknown"), "{detail}");
    assert_eq!(read(found.new_state).get("changes"), &Value::Null);
}

#[tokio::test]
async fn stored_states_are_read_leniently_and_newer_ones_refused() {
    let server = Server::new(Store);
    let upgrade = async |version, json: &str| {
        let request = v6::upgrade_resource_state::Request {
            type_name: TYPE.to_owned(),
            version,
            raw_state: Some(v6::RawState { json: json.into(), ..Default::default() }),
        };
        server.upgrade_resource_state(Request::new(request)).await.unwrap().into_inner()
    };
    let state = upgrade(0, r#"{"id": "id-a", "name": "a", "gone": [1]}"#).await;
    let expected = crate_of(&[("id", "id-a".into()), ("name", "a".into())]);
    assert_eq!(read(state.upgraded_state), expected);
    for (version, json, told_is) in [
        (1, "{}", "the stored state is newer than this provider"),
        (0, r#"{"name": "a"}"#, "id missing in the stored state"),
        (0, r#"{"id": "#, "the stored state cannot be read"),
    ] {
        assert_eq!(told(&upgrade(version, json).await.diagnostics), [told_is]);
    }
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
        told(&answer.into_inner().diagnostics)
    };
    assert_eq!(validate("no_such_type", vec![0xc0]).await, ["unknown resource type"]);
    let unreadable = ["a value of Terraform's cannot be read"];
    assert_eq!(validate(TYPE, vec![0x91; 100_000]).await, unreadable);
    assert_eq!(validate(TYPE, vec![0x81, 0xa1]).await, unreadable);
    assert_eq!(validate(TYPE, encode(&[("extra", Value::Null)].into())).await, unreadable);
}

#[tokio::test]
async fn a_call_before_the_configuration_says_so() {
    let shelf: Arc<Server<Store>> = Arc::new(Server::new(Store));
    let planned = apply(&shelf, &Value::Null, &crate_of(&[("name", "a".into())])).await;
    assert_eq!(told(&planned.diagnostics), ["the provider is not configured"]);
}
