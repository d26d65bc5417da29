//! Values of every type, on the wire and in a state.

use proptest::{collection::vec, prelude::*};
use serde_json::Value as Json;

use super::*;
use crate::schema::{
    Attribute, Markup, Node, Object, Role, Rules, Schema, Shape, Traits, from_state_json,
};

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
        // What is open stands beside collections, not in them.
        Just(Type::Dynamic),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let closed = inner.clone().prop_filter("open", |it| !Shape::from(it).is_open());
        let boxed = closed.prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Type::List),
            boxed.clone().prop_map(Type::Set),
            boxed.prop_map(Type::Map),
            vec(inner.clone(), 0..3).prop_map(Type::Tuple),
            proptest::collection::btree_map("[a-z]{1,3}", inner, 0..3).prop_map(Type::Object),
        ]
    })
}

fn any_number() -> impl Strategy<Value = Number> {
    let text = prop_oneof![
        any::<i64>().prop_map(|it| it.to_string()),
        any::<u64>().prop_map(|it| it.to_string()),
        any::<f64>().prop_filter("finite", |it| it.is_finite()).prop_map(|it| it.to_string()),
        "-?[1-9][0-9]{20,40}",
        "-?[0-9]{1,20}\\.[0-9]{0,150}",
    ];
    text.prop_map(|text| Number::parse(&text).unwrap())
}

fn any_refinement() -> impl Strategy<Value = Value> {
    let text = ".{0,12}".prop_map(|prefix| Refinement {
        null: Some(false),
        prefix: Some(prefix),
        ..Refinement::default()
    });
    let bounds = (any_number(), any_number(), any::<bool>());
    let number = bounds.prop_map(|(least, greatest, included)| Refinement {
        least: Some((least, included)),
        greatest: Some((greatest, !included)),
        ..Refinement::default()
    });
    let length = (0..9_u64, 9..99_u64).prop_map(|(shortest, longest)| Refinement {
        shortest: Some(shortest),
        longest: Some(longest),
        ..Refinement::default()
    });
    let all = prop_oneof![Just(Refinement::not_null()), text, number, length];
    all.prop_map(|it| Value::Refined(Box::new(it)))
}

/// Whether there may be unknowns in a value.
#[derive(Clone, Copy, Debug)]
enum Found {
    InPlan,
    InState,
}

fn any_value(kind: &Type, found: Found) -> BoxedStrategy<Value> {
    let nothing = match found {
        Found::InState => Just(Value::Null).boxed(),
        Found::InPlan => {
            prop_oneof![Just(Value::Null), Just(Value::Unknown), any_refinement()].boxed()
        }
    };
    let of = |kind: &Type| any_value(kind, found);
    let value = match kind {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => any_number().prop_map(Value::Number).boxed(),
        Type::String => ".{0,40}".prop_map(Value::String).boxed(),
        Type::List(element) | Type::Set(element) => {
            vec(of(element), 0..4).prop_map(Value::List).boxed()
        }
        Type::Map(element) => proptest::collection::btree_map(".{0,8}", of(element), 0..4)
            .prop_map(Value::Map)
            .boxed(),
        Type::Tuple(kinds) => {
            kinds.iter().map(of).collect::<Vec<_>>().prop_map(Value::List).boxed()
        }
        Type::Object(fields) => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let values: Vec<_> = fields.values().map(of).collect();
            values.prop_map(move |it| Value::Map(names.iter().cloned().zip(it).collect())).boxed()
        }
        Type::Dynamic => {
            let inner = any_type().prop_flat_map(move |kind| {
                any_value(&kind, found).prop_map(move |it| Dynamic::new(kind.clone(), it).unwrap())
            });
            inner.prop_map(|it| Value::Dynamic(Box::new(it))).boxed()
        }
    };
    prop_oneof![4 => value, 1 => nothing].boxed()
}

fn any_typed(found: Found) -> impl Strategy<Value = (Type, Value)> {
    any_type().prop_flat_map(move |kind| {
        let value = any_value(&kind, found);
        (Just(kind), value)
    })
}

/// A schema of one attribute of that type.
fn object(kind: &Type) -> Object {
    let attribute = Attribute {
        name: "it".to_owned(),
        description: String::new(),
        markup: Markup::default(),
        role: Role::Optional,
        node: Node { shape: Shape::from(kind), rules: Rules::default() },
        default: None,
        traits: Traits::default(),
        deprecated: None,
        prefer: None,
    };
    Object { attributes: vec![attribute], is_value: false }
}

/// As Terraform stores it.
fn stored(value: &Value) -> String {
    match value {
        Value::Null | Value::Unknown | Value::Refined(_) => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => Json::from(text.as_str()).to_string(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(stored).collect::<Vec<_>>().join(","))
        }
        Value::Map(entries) => {
            let entry = |(key, it): (&String, &Value)| {
                format!("{}:{}", Json::from(key.as_str()), stored(it))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
        Value::Dynamic(it) => {
            format!("{{\"value\":{},\"type\":{}}}", stored(it.value()), it.kind().to_json())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_of_any_type_survives_the_wire((kind, value) in any_typed(Found::InPlan)) {
        let value = Value::from([("it", value)]);
        let schema = object(&kind);
        let sent = encode(&schema.in_order(&value));
        let back = schema.conform(decode(&sent).unwrap()).unwrap();
        // A set has each element once.
        prop_assert!(schema.same(&schema.in_order(&value), &back), "{value:?} came back as {back:?}");
        // The same value has the same bytes, whatever order its sets were in.
        prop_assert_eq!(encode(&schema.in_order(&back)), sent);
    }

    #[test]
    fn a_value_of_any_type_survives_a_state((kind, value) in any_typed(Found::InState)) {
        let value = Value::from([("it", value)]);
        let schema = object(&kind);
        let back = from_state_json(&schema, stored(&value).as_bytes()).unwrap();
        prop_assert!(schema.same(&value, &back), "{value:?} came back as {back:?}");
    }

    #[test]
    fn a_type_survives_its_notation(kind in any_type()) {
        prop_assert_eq!(Type::from_json(&kind.to_json()), Ok(kind.clone()));
        prop_assert_eq!(Shape::from(&kind).kind(), kind);
    }

    #[test]
    fn a_number_survives_its_text_and_numbers_are_in_order(a in any_number(), b in any_number()) {
        prop_assert_eq!(&Number::parse(&a.to_string()).unwrap(), &a);
        prop_assert_eq!(a.compare(&b).is_eq(), a == b);
        prop_assert_eq!(a.compare(&b), b.compare(&a).reverse());
        if a.as_f64() < b.as_f64() {
            prop_assert!(a.compare(&b).is_lt());
        }
    }

    #[test]
    fn no_bytes_make_the_decoder_panic_or_take_more_than_they_are(
        bytes in vec(any::<u8>(), 0..512),
    ) {
        if let Ok(value) = decode(&bytes) {
            prop_assert!(weight(&value) <= bytes.len().max(1));
        }
    }

    #[test]
    fn a_value_with_a_few_other_bytes_is_read_or_refused(
        (kind, value) in any_typed(Found::InPlan),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        end in any::<prop::sample::Index>(),
    ) {
        let schema = object(&kind);
        let mut bytes = encode(&schema.in_order(&Value::from([("it", value)])));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len()) + 1);
        let _ = decode(&bytes).map(|value| schema.conform(value));
    }

    #[test]
    fn no_text_makes_the_reader_of_states_panic(
        kind in any_type(),
        text in r#"([\[\]{},:"0-9a-z\\]|null|true|"it":|"value":|"type":){0,64}"#,
    ) {
        let schema = object(&kind);
        let _ = from_state_json(&schema, text.as_bytes());
        let _ = from_state_json(&schema, format!("{{\"it\":{text}}}").as_bytes());
    }
}

/// Values in a value: each took a byte at least.
fn weight(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Map(entries) => 1 + entries.values().map(weight).sum::<usize>(),
        _ => 1,
    }
}

#[test]
fn what_nests_without_end_or_claims_to_be_long_costs_nothing() {
    let schema: Schema = Schema {
        version: 0,
        description: String::new(),
        markup: Markup::default(),
        deprecated: None,
        root: object(&Type::Dynamic),
    };
    let deep = format!("{{\"it\":{}", "[".repeat(1 << 20));
    assert!(from_state_json(&schema.root, deep.as_bytes()).is_err());
    let kind = format!("{}\"bool\"{}", "[\"list\",".repeat(5000), "]".repeat(5000));
    let deep = format!("{{\"it\":{{\"type\":{kind},\"value\":null}}}}");
    assert!(from_state_json(&schema.root, deep.as_bytes()).is_err());
    // Lists within lists, each of which claims four billion elements.
    let claims = [0xdd, 0xff, 0xff, 0xff, 0xff].repeat(60);
    assert_eq!(decode(&claims), Err(DecodeError::Truncated));
    let long = format!("{{\"it\":{{\"type\":\"number\",\"value\":1{}}}}}", "0".repeat(1 << 20));
    assert!(from_state_json(&schema.root, long.as_bytes()).is_err());
}
