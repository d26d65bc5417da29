//! Whatever a peer sends, it gets an answer, and none that says that the provider crashed.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use proptest::{collection::vec, prelude::*, sample::Index};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Action, Block, Blocks, Computed, Context, Defaulted, Diagnostics, Dynamic, Ephemeral, Error,
    Found, Identified, Identity, Kinds, ListResource, Number, Opened, Optional, Provider, Required,
    Resource, Server, Set, Timeouts, Unknown, Value, WriteOnly, mark::default, value::encode,
};
use tfplugin::v6::{
    self, DynamicValue, RawState, ResourceIdentityData, apply_resource_change,
    close_ephemeral_resource, generate_resource_config, import_resource_state, invoke_action,
    list_resource, open_ephemeral_resource, plan_resource_change, provider_server::Provider as _,
    read_resource, renew_ephemeral_resource, upgrade_resource_identity, upgrade_resource_state,
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

/// What a thing is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Known {
    name: Required<String>,
    sizes: Optional<Vec<u8>>,
}

impl Identity for Known {
    const VERSION: i64 = 1;

    fn import_id(&self) -> Result<String, Error> {
        let sizes = self.sizes.get()?.map(Vec::len).unwrap_or_default();
        Ok(format!("{}/{sizes}", self.name.get()?))
    }

    fn upgrade(_: i64, identity: &serde_json::Value) -> Result<Value, Error> {
        Ok(Value::from_json(identity))
    }
}

impl Identified for Things {
    type Identity = Known;

    fn identity(thing: &Thing) -> Result<Known, Unknown> {
        Ok(Known { name: thing.name.get()?.clone().into(), sizes: vec![7].into() })
    }
}

impl ListResource for Things {
    type Resource = Self;
    type Config = Thing;

    async fn list(&self, _: &Context<()>, config: Thing, found: &Found<Self>) -> Result<(), Error> {
        found.add(&Self::identity(&config)?, "the only one").await?;
        Ok(())
    }
}

impl Ephemeral for Things {
    type Data = ();
    type Model = Thing;
    const NAME: &'static str = TYPE;

    async fn open(&self, cx: &Context<()>, config: Thing) -> Result<Opened<Thing>, Error> {
        cx.remember("seen", &config.name.get()?);
        Ok(Opened::for_good(Thing { id: "a".to_owned().into(), ..config }))
    }

    async fn close(&self, cx: &Context<()>) -> Result<(), Error> {
        cx.private::<String>("seen").map(|_| ()).ok_or_else(|| Error::new("unknown", "unseen"))
    }
}

impl Action for Things {
    type Data = ();
    type Model = Thing;
    const NAME: &'static str = TYPE;

    async fn invoke(&self, cx: &Context<()>, config: Thing) -> Result<(), Error> {
        cx.progress(config.name.get()?);
        Ok(())
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
        Kinds::new().identified(Things).list(Things).ephemeral(Things).action(Things)
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

const IDENTITY: &str = r#"{"name":"a","sizes":[7,9]}"#;

/// What a thing is known by, or something like it.
fn identity() -> impl Strategy<Value = Option<ResourceIdentityData>> {
    let known = Value::from_json(&serde_json::from_str(IDENTITY).unwrap());
    bytes(encode(&known)).prop_map(|msgpack| {
        let identity_data = Some(DynamicValue { msgpack, ..Default::default() });
        Some(ResourceIdentityData { identity_data })
    })
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
        prior_identity in identity(),
    ) {
        let type_name = TYPE.to_owned();
        call!(plan_resource_change, plan_resource_change::Request {
            type_name, prior_state, proposed_new_state, config, prior_private, prior_identity,
            ..Default::default()
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
    fn any_state_is_read(
        current_state in value(),
        private in vec(any::<u8>(), 0..32),
        current_identity in identity(),
    ) {
        let type_name = TYPE.to_owned();
        call!(read_resource, read_resource::Request {
            type_name, current_state, private, current_identity, ..Default::default()
        });
    }

    #[test]
    fn any_state_has_a_configuration(state in value()) {
        let type_name = TYPE.to_owned();
        call!(generate_resource_config, generate_resource_config::Request { type_name, state });
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

    #[test]
    fn any_identity_is_imported_or_refused(identity in identity()) {
        let type_name = TYPE.to_owned();
        let answer = call!(import_resource_state, import_resource_state::Request { type_name, identity, ..Default::default() });
        prop_assert!(answer.imported_resources.len() == 1 || !answer.diagnostics.is_empty());
    }

    #[test]
    fn any_stored_identity_is_upgraded(json in bytes(IDENTITY.into()), version in -1..3_i64) {
        let raw_identity = Some(RawState { json, ..Default::default() });
        let type_name = TYPE.to_owned();
        let answer = call!(upgrade_resource_identity, upgrade_resource_identity::Request { type_name, version, raw_identity });
        prop_assert!(answer.upgraded_identity.is_some() == answer.diagnostics.is_empty());
    }

    #[test]
    fn any_list_ends(config in value(), include_resource_object: bool, limit in -1..3_i64) {
        let (runtime, server) = server();
        let type_name = TYPE.to_owned();
        let request = list_resource::Request { type_name, config, include_resource_object, limit };
        let events = runtime.block_on(async {
            let events = server.list_resource(Request::new(request)).await.unwrap().into_inner();
            events.map(Result::unwrap).collect::<Vec<_>>().await
        });
        for it in &events {
            no_crash(&it.diagnostic)?;
        }
        prop_assert!(!events.is_empty());
    }

    #[test]
    fn any_ephemeral_resource_is_opened_renewed_and_closed(
        config in value(),
        private in bytes(br#"{"seen":"a"}"#.to_vec()),
    ) {
        let type_name = TYPE.to_owned();
        call!(open_ephemeral_resource, open_ephemeral_resource::Request { type_name: type_name.clone(), config, ..Default::default() });
        let private = Some(private);
        call!(renew_ephemeral_resource, renew_ephemeral_resource::Request { type_name: type_name.clone(), private: private.clone() });
        call!(close_ephemeral_resource, close_ephemeral_resource::Request { type_name, private });
    }

    #[test]
    fn any_action_completes_once(config in value()) {
        let (runtime, server) = server();
        let action_type = TYPE.to_owned();
        let request = invoke_action::Request { action_type, config, ..Default::default() };
        let events = runtime.block_on(async {
            let events = server.invoke_action(Request::new(request)).await.unwrap().into_inner();
            events.map(|it| it.unwrap().r#type).collect::<Vec<_>>().await
        });
        let completed = events.iter().filter_map(|it| match it {
            Some(invoke_action::event::Type::Completed(completed)) => Some(completed),
            _ => None,
        });
        let completed: Vec<_> = completed.collect();
        prop_assert_eq!(completed.len(), 1);
        no_crash(&completed[0].diagnostics)?;
    }
}
