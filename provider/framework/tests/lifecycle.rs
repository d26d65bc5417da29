//! Whatever is configured is planned, applied, found unchanged and changed again, without a word, and
//! without anything that Terraform would refuse.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::{collections::BTreeMap, net::Ipv6Addr};

use proptest::{collection::vec, option, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tf_framework::{
    Block, Blocks, Computed, Context, Defaulted, Diagnostics, Dynamic, Error, Kinds, Number,
    Optional, Provider, Required, Resource, Server, Set, Value, WriteOnly,
    mark::{default, keep, never_null, replace},
    schema::Schema,
    testing::{Action, Client, Instance, Planned, Subject},
};
use tokio::runtime::Runtime;

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

struct Run {
    runtime: Runtime,
    client: Client<Server<Keeper>>,
}

impl Run {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let client = runtime.block_on(async {
            let client = Client::new(Server::new(Keeper)).await.unwrap();
            let config = client.config(Subject::Provider, &json!({}));
            client.configure(&config).await.unwrap().nothing();
            client
        });
        Self { runtime, client }
    }

    fn plan(&self, there: Option<&Instance>, config: &Value) -> Planned {
        let planned = self.runtime.block_on(self.client.plan(TYPE, there, config)).unwrap();
        planned.told.nothing();
        planned
    }

    /// The state after an apply, and after it was read.
    fn applied(&self, there: Option<&Instance>, config: &Value) -> Instance {
        let planned = self.plan(there, config);
        if let (Action::Nothing, Some(there)) = (planned.action, there) {
            return there.clone();
        }
        self.runtime.block_on(async {
            let now = self.client.replan(TYPE, &planned, there, config).await.unwrap();
            let applied = self.client.apply(TYPE, &now, there, config).await.unwrap();
            applied.told.nothing();
            let (stored, told) =
                self.client.stored(TYPE, &applied.instance.unwrap()).await.unwrap();
            told.nothing();
            let read = self.client.read(TYPE, &stored).await.unwrap();
            read.told.nothing();
            let read = read.instance.unwrap();
            let root = Schema::of::<Thing>(0).root;
            let same = root.same(&stored.value, &read.value);
            assert!(same, "read as {:?}, applied as {:?}", read.value, stored.value);
            read
        })
    }

    /// A second plan has nothing to do.
    fn unchanged(&self, there: &Instance, config: &Value) {
        let planned = self.plan(Some(there), config);
        let action = planned.action;
        assert_eq!(action, Action::Nothing, "planned {:?}, there is {there:?}", planned.value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_configured_is_there_and_stays_there((first, second) in (config(), config())) {
        let run = Run::new();
        let there = run.applied(None, &first);
        run.unchanged(&there, &first);
        // Another address replaces it: that is a new thing, and not this test's.
        let Value::Map(mut second) = second else { unreachable!("a configuration is an object") };
        second.insert("address".to_owned(), first.get("address").clone());
        let second = Value::Map(second);
        let there = run.applied(Some(&there), &second);
        run.unchanged(&there, &second);
    }

    #[test]
    fn another_spelling_changes_and_replaces_nothing_but_the_spelling(config in config()) {
        let run = Run::new();
        let there = run.applied(None, &config);
        let Value::Map(mut respelled) = config.clone() else { unreachable!("it is an object") };
        respelled.insert("address".to_owned(), canonical(config.get("address")));
        let respelled = Value::Map(respelled);
        let planned = run.plan(Some(&there), &respelled);
        prop_assert_eq!(planned.replaced, []);
        let there = run.applied(Some(&there), &respelled);
        prop_assert_eq!(there.value.get("address"), respelled.get("address"));
    }
}
