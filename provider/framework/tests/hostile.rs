//! Whatever a peer sends, it gets an answer, and none that says that the provider crashed.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*, sample::Index};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Block, Blocks, Computed, Context, Defaulted, Diagnostics, Dynamic, Error, Kinds, Number,
    Optional, Provider, Required, Resource, Server, Set, Timeouts, Value, WriteOnly, mark::default,
    value::encode,
};
use tfplugin::v6::{
    self, DynamicValue, RawState, apply_resource_change, import_resource_state,
    plan_resource_change, provider_server::Provider as _, read_resource, upgrade_resource_state,
    validate_resource_config,
};
use tokio::runtime::Runtime;
use tonic::Request;

/// Something of every kind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Thing {
    id: Computed<String>,
    name: Required<String>,
    float: Optional<f32>,
    number: Optional<Number>,
    any: Optional<Dynamic>,
    pair: Optional<(String, Option<u16>)>,
    tags: Optional<BTreeSet<std::net::Ipv6Addr>>,
    parts: Optional<BTreeMap<String, Part>>,
    some: Blocks<Set<Part>>,
    main: Block<Part>,
    code: WriteOnly<String>,
    timeouts: Optional<Timeouts>,
}

/// A part of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Part {
    #[schemars(transform = default(7))]
    size: Defaulted<u8>,
    seen: Computed<bool>,
}

/// No configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {}

struct Things;

impl Resource for Things {
    type Data = ();
    type Model = Thing;
    const NAME: &'static str = "hostile_thing";
    const VERSION: i64 = 1;

    async fn create(&self, cx: &Context<()>, plan: Thing) -> Result<Thing, Error> {
        let _: Option<u64> = cx.private("seen");
        Ok(Thing { id: plan.name.get()?.clone().into(), ..plan })
    }

    async fn read(&self, _: &Context<()>, state: Thing) -> Result<Option<Thing>, Error> {
        Ok(Some(state))
    }

    async fn update(&self, _: &Context<()>, _: Thing, plan: Thing) -> Result<Thing, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<()>, _: Thing) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, _: &Context<()>, id: &str) -> Result<Thing, Error> {
        let (name, rest) = id.split_once('/').unwrap_or((id, ""));
        Ok(Thing {
            id: rest.to_owned().into(),
            name: name.to_owned().into(),
            float: Optional::null(),
            number: Optional::null(),
            any: Optional::null(),
            pair: Optional::null(),
            tags: Optional::null(),
            parts: Optional::null(),
            some: Set::default().into(),
            main: Block::null(),
            code: WriteOnly::null(),
            timeouts: Optional::null(),
        })
    }

    fn upgrade(_: i64, state: &serde_json::Value) -> Result<Value, Error> {
        Ok(Value::from_json(state))
    }
}

struct Hostile;

impl Provider for Hostile {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().resource(Things)
    }
}

/// A thing that is as it should be, with something everywhere.
fn thing() -> Value {
    let null = Value::Null;
    let part = Value::from([("size", 7.into()), ("seen", true.into())]);
    Value::from([
        ("id", "a".into()),
        ("name", "a".into()),
        ("float", Value::Number(Number::parse("0.1").unwrap())),
        ("number", Value::Number(Number::parse("123456789012345678901234567890.5").unwrap())),
        ("any", Value::Dynamic(Box::new(vec![Dynamic::from(true), "x".into()].into()))),
        ("pair", vec!["a".into(), Value::Null].into()),
        ("tags", vec!["::1".into(), "0::2".into()].into()),
        ("parts", Value::from([("a", part.clone())])),
        ("some", vec![part.clone()].into()),
        ("main", part),
        ("code", "1234".into()),
        ("timeouts", null),
    ])
}

const STATE: &str = r#"{"id":"a","name":"a","float":0.1,"number":"1e3","any":{"type":"string","value":"x"},
"pair":["a",7],"tags":["::1"],"parts":{"a":{"size":7,"seen":null}},"some":[],"main":null,"code":null}"#;

/// Bytes of any kind, or those of something sensible with a few of them changed.
fn bytes(sensible: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), any::<u8>()), 0..4);
    let changed = (changes, any::<Index>(), any::<bool>()).prop_map(move |(changes, end, cut)| {
        let mut bytes = sensible.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        bytes
    });
    prop_oneof![1 => vec(any::<u8>(), 0..256), 4 => changed]
}

fn value() -> impl Strategy<Value = Option<DynamicValue>> {
    let msgpack = bytes(encode(&thing()));
    let msgpack = msgpack.prop_map(|msgpack| DynamicValue { msgpack, ..Default::default() });
    let json = bytes(STATE.into()).prop_map(|json| DynamicValue { json, ..Default::default() });
    let null = Just(DynamicValue { msgpack: vec![0xc0], ..Default::default() });
    proptest::option::weighted(0.95, prop_oneof![4 => msgpack, 1 => json, 1 => null])
}

const TYPE: &str = "hostile_thing";

fn server() -> (Runtime, Server<Hostile>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let server = Server::new(Hostile);
    let request = v6::configure_provider::Request {
        config: Some(DynamicValue { msgpack: vec![0x80], ..Default::default() }),
        ..Default::default()
    };
    runtime.block_on(server.configure_provider(Request::new(request))).unwrap();
    (runtime, server)
}

fn no_crash(found: &[v6::Diagnostic]) -> Result<(), TestCaseError> {
    let crash = found.iter().find(|it| it.summary == "the provider crashed");
    prop_assert!(crash.is_none(), "{crash:?}");
    Ok(())
}

macro_rules! call {
    ($method:ident, $request:expr) => {{
        let (runtime, server) = server();
        let answer = runtime.block_on(server.$method(Request::new($request))).unwrap().into_inner();
        no_crash(&answer.diagnostics)?;
        answer
    }};
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_configuration_is_validated(config in value()) {
        let type_name = TYPE.to_owned();
        call!(validate_resource_config, validate_resource_config::Request { type_name, config, ..Default::default() });
    }

    #[test]
    fn any_proposal_is_planned(
        (prior_state, proposed_new_state, config) in (value(), value(), value()),
        prior_private in bytes(br#"{"seen":7}"#.to_vec()),
    ) {
        let type_name = TYPE.to_owned();
        call!(plan_resource_change, plan_resource_change::Request {
            type_name, prior_state, proposed_new_state, config, prior_private, ..Default::default()
        });
    }

    #[test]
    fn any_plan_is_applied(
        (prior_state, planned_state, config) in (value(), value(), value()),
        planned_private in bytes(br#"{"seen":7}"#.to_vec()),
    ) {
        let type_name = TYPE.to_owned();
        call!(apply_resource_change, apply_resource_change::Request {
            type_name, prior_state, planned_state, config, planned_private, ..Default::default()
        });
    }

    #[test]
    fn any_state_is_read(current_state in value(), private in vec(any::<u8>(), 0..32)) {
        let type_name = TYPE.to_owned();
        call!(read_resource, read_resource::Request { type_name, current_state, private, ..Default::default() });
    }

    #[test]
    fn any_stored_state_is_upgraded(json in bytes(STATE.into()), version in -1..3_i64) {
        let raw_state = Some(RawState { json, ..Default::default() });
        let type_name = TYPE.to_owned();
        let answer = call!(upgrade_resource_state, upgrade_resource_state::Request { type_name, version, raw_state });
        // A state has a shape that Terraform reads, or there is an error.
        prop_assert!(answer.upgraded_state.is_some() == answer.diagnostics.is_empty());
    }

    #[test]
    fn any_id_is_imported_or_refused(id in ".{0,64}|[a-z]/[a-z]") {
        let type_name = TYPE.to_owned();
        let answer = call!(import_resource_state, import_resource_state::Request { type_name, id, ..Default::default() });
        prop_assert!(answer.imported_resources.len() == 1 || !answer.diagnostics.is_empty());
    }
}
