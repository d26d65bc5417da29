//! Whatever is configured is planned, applied, found unchanged and changed again, without a word: a
//! client plays Terraform's part, with its rules of what it proposes.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::{collections::BTreeMap, net::Ipv6Addr};

use proptest::{collection::vec, option, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Block, Blocks, Computed, Context, Defaulted, Diagnostics, Dynamic, Error, Kinds, Number,
    Optional, Provider, Required, Resource, Server, Set, Value, WriteOnly,
    mark::{default, keep, never_null, replace},
    schema::{Attribute, Node, Object, Schema, Shape},
    value::encode,
};
use tfplugin::v6::{
    self, DynamicValue, apply_resource_change, plan_resource_change,
    provider_server::Provider as _, read_resource,
};
use tokio::runtime::Runtime;
use tonic::Request;

/// Something of every kind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Thing {
    #[schemars(transform = keep, transform = never_null)]
    id: Computed<String>,
    #[schemars(transform = replace)]
    address: Required<Ipv6Addr>,
    weight: Defaulted<f64>,
    number: Optional<Number>,
    any: Optional<Dynamic>,
    tags: Optional<std::collections::BTreeSet<Ipv6Addr>>,
    parts: Optional<BTreeMap<String, Part>>,
    list: Optional<Vec<Part>>,
    some: Blocks<Set<Part>>,
    main: Block<Part>,
    code: WriteOnly<String>,
    changes: Computed<u64>,
}

/// A part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Part {
    at: Optional<Ipv6Addr>,
    #[schemars(transform = default(7))]
    size: Defaulted<u8>,
    #[schemars(transform = keep)]
    seen: Computed<bool>,
}

impl Part {
    fn made(self) -> Self {
        Self { seen: true.into(), ..self }
    }
}

/// No configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {}

struct Things;

impl Things {
    /// The thing with everything chosen that was unknown, as a server writes it.
    fn made(plan: Thing, changes: u64) -> Thing {
        let parts = plan.parts.known().cloned();
        let parts = parts.map(|it| it.into_iter().map(|(key, it)| (key, it.made())).collect());
        let list = plan.list.known().cloned().map(|it| it.into_iter().map(Part::made).collect());
        let some = plan.some.known().cloned().unwrap_or_default();
        Thing {
            id: "a".to_owned().into(),
            weight: plan.weight.known().copied().unwrap_or(0.5).into(),
            parts: parts.into(),
            list: list.into(),
            some: some.into_iter().rev().map(Part::made).collect::<Set<_>>().into(),
            main: plan.main.known().cloned().map(Part::made).into(),
            changes: changes.into(),
            ..plan
        }
    }
}

impl Resource for Things {
    type Data = ();
    type Model = Thing;
    const NAME: &'static str = TYPE;

    async fn create(&self, _: &Context<()>, plan: Thing) -> Result<Thing, Error> {
        Ok(Self::made(plan, 0))
    }

    async fn read(&self, _: &Context<()>, state: Thing) -> Result<Option<Thing>, Error> {
        let changes = *state.changes.get()?;
        Ok(Some(Self::made(state, changes)))
    }

    async fn update(&self, _: &Context<()>, old: Thing, plan: Thing) -> Result<Thing, Error> {
        Ok(Self::made(plan, old.changes.get()? + 1))
    }

    async fn delete(&self, _: &Context<()>, _: Thing) -> Result<(), Error> {
        Ok(())
    }
}

struct Keeper;

impl Provider for Keeper {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().resource(Things)
    }
}

const TYPE: &str = "keeper_thing";

/// An address in one of its spellings.
fn address() -> impl Strategy<Value = Value> {
    let number = prop_oneof![0..4_u128, any::<u128>()];
    (number, any::<bool>()).prop_map(|(number, long)| {
        let address = Ipv6Addr::from(number);
        let spelled = address.segments().map(|it| format!("{it:04X}")).join(":");
        Value::String(if long { spelled } else { address.to_string() })
    })
}

fn number() -> impl Strategy<Value = Value> {
    let text = "-?[0-9]{1,3}\\.[0-9]{0,60}|[1-9][0-9]{0,30}";
    text.prop_map(|text| Value::Number(Number::parse(&text).unwrap()))
}

fn or_null(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    option::of(value).prop_map(Option::unwrap_or_default)
}

fn part() -> impl Strategy<Value = Value> {
    (or_null(address()), or_null((0..4_i64).prop_map(Value::from)))
        .prop_map(|(at, size)| Value::from([("at", at), ("size", size), ("seen", Value::Null)]))
}

/// Each element once, as Terraform sends a set: also not twice in another spelling, which it would not
/// know to be the same.
fn once(mut items: Vec<Value>, meaning: impl Fn(&Value) -> Value) -> Value {
    let mut seen = Vec::new();
    items.retain(|it| {
        let meaning = meaning(it);
        let new = !seen.contains(&meaning);
        seen.push(meaning);
        new
    });
    items.into()
}

fn canonical(address: &Value) -> Value {
    let text = address.as_str().map(|it| it.parse::<Ipv6Addr>().unwrap().to_string());
    text.map_or(Value::Null, Value::String)
}

fn meaning(part: &Value) -> Value {
    let size = match part.get("size") {
        Value::Null => 7.into(),
        size => size.clone(),
    };
    Value::from([("at", canonical(part.get("at"))), ("size", size)])
}

fn any_value() -> impl Strategy<Value = Value> {
    let dynamic = prop_oneof![
        Just(Dynamic::from("x")),
        Just(Dynamic::from(vec![Dynamic::from(1), "a".into()])),
        any::<bool>().prop_map(Dynamic::from),
    ];
    dynamic.prop_map(|it| Value::Dynamic(Box::new(it)))
}

fn config() -> impl Strategy<Value = Value> {
    let tags = vec(address(), 0..4).prop_map(|it| once(it, canonical));
    let parts = proptest::collection::btree_map("[a-c]", part(), 0..3).prop_map(Value::Map);
    let list = vec(part(), 0..3).prop_map(Value::List);
    let some = vec(part(), 0..4).prop_map(|it| once(it, meaning));
    let first = (address(), or_null(number()), or_null(number()), or_null(any_value()));
    let second = (or_null(tags), or_null(parts), or_null(list), some, or_null(part()));
    (first, second).prop_map(|((address, weight, number, any), (tags, parts, list, some, main))| {
        Value::from([
            ("id", Value::Null),
            ("address", address),
            ("weight", weight),
            ("number", number),
            ("any", any),
            ("tags", tags),
            ("parts", parts),
            ("list", list),
            ("some", some),
            ("main", main),
            ("code", "secret".into()),
            ("changes", Value::Null),
        ])
    })
}

/// What Terraform proposes: the configuration, and what the provider chose before where it has nothing.
fn proposed(schema: &Object, prior: &Value, config: &Value) -> Value {
    let Value::Map(_) = config else { return config.clone() };
    let attributes = schema.attributes.iter().map(|it| {
        (it.name.clone(), proposed_attribute(it, prior.get(&it.name), config.get(&it.name)))
    });
    Value::Map(attributes.collect())
}

fn proposed_attribute(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    if attribute.role.is_computed() && config.is_null() {
        return prior.clone();
    }
    proposed_node(&attribute.node, prior, config)
}

fn proposed_node(node: &Node, prior: &Value, config: &Value) -> Value {
    match (&node.shape, config) {
        (Shape::Object(object), _) => proposed(object, prior, config),
        (Shape::List(element), Value::List(items)) => {
            let priors: &[Value] = if let Value::List(priors) = prior { priors } else { &[] };
            let at = |index| priors.get(index).cloned().unwrap_or_default();
            let items = items.iter().enumerate();
            Value::List(items.map(|(i, it)| proposed_node(element, &at(i), it)).collect())
        }
        (Shape::Map(element), Value::Map(entries)) => {
            let entry = |(key, it): (&String, &Value)| {
                (key.clone(), proposed_node(element, prior.get(key), it))
            };
            Value::Map(entries.iter().map(entry).collect())
        }
        (Shape::Set(element), Value::List(items)) => {
            let mut left =
                if let Value::List(priors) = prior { priors.clone() } else { Vec::new() };
            let items = items.iter().map(|config| {
                let found = left.iter().position(|prior| comes_from(element, prior, config));
                let prior = found.map_or(Value::Null, |found| left.remove(found));
                proposed_node(element, &prior, config)
            });
            Value::List(items.collect())
        }
        _ => config.clone(),
    }
}

/// Whether an element of a set is the configured one, as far as that says something.
fn comes_from(node: &Node, prior: &Value, config: &Value) -> bool {
    match &node.shape {
        Shape::Object(object) => object.attributes.iter().all(|it| {
            let (prior, config) = (prior.get(&it.name), config.get(&it.name));
            it.role.is_computed() && config.is_null() || prior == config
        }),
        _ => prior == config,
    }
}

struct Client {
    runtime: Runtime,
    server: Server<Keeper>,
    schema: Object,
}

impl Client {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let server = Server::new(Keeper);
        let config = wire(&Value::Map(BTreeMap::new()));
        let request = v6::configure_provider::Request { config, ..Default::default() };
        runtime.block_on(server.configure_provider(Request::new(request))).unwrap();
        Self { runtime, server, schema: Schema::of::<Thing>(0).root }
    }

    fn value(&self, wire: Option<DynamicValue>) -> Value {
        let value = tf_framework::value::decode(&wire.unwrap().msgpack).unwrap();
        self.schema.conform(value).unwrap()
    }

    fn plan(&self, prior: &Value, config: &Value) -> plan_resource_change::Response {
        let request = plan_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: wire(prior),
            proposed_new_state: wire(&proposed(&self.schema, prior, config)),
            config: wire(config),
            ..Default::default()
        };
        let call = self.server.plan_resource_change(Request::new(request));
        self.runtime.block_on(call).unwrap().into_inner()
    }

    /// The state after an apply, and after it was read.
    fn applied(&self, prior: &Value, config: &Value) -> Result<Value, TestCaseError> {
        let planned = self.plan(prior, config);
        prop_assert_eq!(&planned.diagnostics, &[]);
        if self.schema.same(&self.value(planned.planned_state.clone()), prior) {
            return Ok(prior.clone());
        }
        let request = apply_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: wire(prior),
            planned_state: planned.planned_state,
            config: wire(config),
            ..Default::default()
        };
        let call = self.server.apply_resource_change(Request::new(request));
        let applied = self.runtime.block_on(call).unwrap().into_inner();
        prop_assert_eq!(&applied.diagnostics, &[]);
        let state = self.value(applied.new_state);
        prop_assert!(state.is_wholly_known() && state.get("code").is_null());
        let request = read_resource::Request {
            type_name: TYPE.to_owned(),
            current_state: wire(&state),
            ..Default::default()
        };
        let read = self.runtime.block_on(self.server.read_resource(Request::new(request)));
        let read = read.unwrap().into_inner();
        prop_assert_eq!(&read.diagnostics, &[]);
        let read = self.value(read.new_state);
        prop_assert!(self.schema.same(&state, &read), "read as {read:?}, applied as {state:?}");
        Ok(read)
    }

    /// A second plan has nothing to do.
    fn unchanged(&self, state: &Value, config: &Value) -> Result<(), TestCaseError> {
        let planned = self.plan(state, config);
        prop_assert_eq!(&planned.diagnostics, &[]);
        let planned = self.value(planned.planned_state);
        prop_assert!(self.schema.same(&planned, state), "planned {planned:?}, there is {state:?}");
        Ok(())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the protocol's messages want it wrapped")]
fn wire(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: encode(value), ..Default::default() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_configured_is_there_and_stays_there((first, second) in (config(), config())) {
        let client = Client::new();
        let state = client.applied(&Value::Null, &first)?;
        client.unchanged(&state, &first)?;
        // Another address replaces it: that is a new thing, and not this test's.
        let Value::Map(mut second) = second else { unreachable!("a configuration is an object") };
        second.insert("address".to_owned(), first.get("address").clone());
        let second = Value::Map(second);
        let state = client.applied(&state, &second)?;
        client.unchanged(&state, &second)?;
    }

    #[test]
    fn another_spelling_changes_and_replaces_nothing_but_the_spelling(config in config()) {
        let client = Client::new();
        let state = client.applied(&Value::Null, &config)?;
        let Value::Map(mut respelled) = config.clone() else { unreachable!("it is an object") };
        respelled.insert("address".to_owned(), canonical(config.get("address")));
        let respelled = Value::Map(respelled);
        let planned = client.plan(&state, &respelled);
        prop_assert_eq!(planned.requires_replace, []);
        let state = client.applied(&state, &respelled)?;
        prop_assert_eq!(state.get("address"), respelled.get("address"));
    }
}
