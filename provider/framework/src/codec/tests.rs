use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::{Dynamic, Number, Optional, Required, Type};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Rule {
    from: Required<ipnet::IpNet>,
    port: Optional<u16>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Model {
    name: Required<String>,
    networks: Optional<Vec<ipnet::IpNet>>,
    rules: Optional<Vec<Rule>>,
    tags: Optional<BTreeMap<String, String>>,
}

fn rule(from: Value, port: Value) -> Value {
    Value::from([("from", from), ("port", port)])
}

fn value(networks: Value, rules: Value) -> Value {
    let null = Value::Null;
    Value::from([("name", "a".into()), ("networks", networks), ("rules", rules), ("tags", null)])
}

#[test]
fn null_unknown_and_known_survive_both_ways() {
    let rules = vec![rule("10.0.0.0/8".into(), Value::Unknown)].into();
    let value = value(Value::Unknown, rules);
    let (model, misfits) = decode::<Model>(&value);
    assert_eq!(misfits, []);
    assert_eq!(encode(&model.unwrap()), value);
}

#[test]
fn every_misfit_is_found_and_counts_as_unknown() {
    let networks = vec!["10.0.0.0/33".into(), "10.0.0.0/8".into(), "x".into()].into();
    let rules = vec![rule("y".into(), 80.into()), rule("::/0".into(), 70_000.into())].into();
    let (model, misfits) = decode::<Model>(&value(networks, rules));
    let paths: Vec<_> = misfits.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(paths, ["networks[0]", "networks[2]", "rules[0].from", "rules[1].port"]);
    let model = model.unwrap();
    assert!(model.networks.is_unknown());
    let rules = model.rules.known().unwrap();
    assert!(rules[0].from.is_unknown());
    assert_eq!(rules[0].port.known(), Some(&80));
}

#[test]
fn a_list_with_an_unknown_element_is_unknown_but_a_rule_with_an_unknown_field_is_not() {
    let networks = vec!["10.0.0.0/8".into(), Value::Unknown].into();
    let rules = vec![rule(Value::Unknown, Value::Null)].into();
    let (model, misfits) = decode::<Model>(&value(networks, rules));
    assert_eq!(misfits, []);
    let model = model.unwrap();
    assert!(model.networks.is_unknown());
    assert!(model.rules.known().unwrap()[0].from.is_unknown());
}

/// What a model of `T` alone understands, and what it says otherwise.
fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, String> {
    let (model, misfits) = decode::<Required<T>>(value);
    match misfits.as_slice() {
        [] => Ok(model.map(|_| decode::<T>(value).0.unwrap()).unwrap()),
        [misfit, ..] => Err(misfit.message.clone()),
    }
}

fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}

#[test]
fn a_number_of_any_size_keeps_each_digit() {
    for text in ["340282346638528859811704183484516925440", "0.1", "-7", "1e-30"] {
        let read: Number = read(&number(text)).unwrap();
        assert_eq!(encode(&read), number(text));
    }
}

#[test]
fn a_float_is_refused_where_it_would_be_infinite_or_nothing() {
    assert_eq!(read::<f32>(&number("1234.5")), Ok(1234.5));
    assert_eq!(read::<f32>(&number("0")), Ok(0.0));
    for text in ["3.5e38", "-3.5e38", "1.4e-46", "-1.4e-46"] {
        assert!(read::<f32>(&number(text)).unwrap_err().contains("out of the range of 32-bit"));
        assert!(read::<f64>(&number(text)).is_ok());
    }
    assert!(read::<f64>(&number("1e309")).unwrap_err().contains("out of the range of 64-bit"));
    assert!(read::<f64>(&number("1e-330")).is_err());
}

#[test]
fn a_float_is_written_by_its_shortest_text() {
    assert_eq!(encode(&0.1_f32), number("0.1"));
    assert_eq!(encode(&0.1_f64), number("0.1"));
    assert_eq!(encode(&3.0_f64), number("3"));
    assert_eq!(encode(&f32::MAX), number("340282350000000000000000000000000000000"));
}

#[test]
fn an_integer_is_refused_where_it_does_not_fit() {
    assert_eq!(read::<i32>(&number("-2147483648")), Ok(i32::MIN));
    assert!(read::<i32>(&number("2147483648")).unwrap_err().contains("expected i32"));
    assert!(read::<i64>(&number("9223372036854775808")).unwrap_err().contains("expected i64"));
    assert_eq!(read::<u64>(&number("18446744073709551615")), Ok(u64::MAX));
    assert!(read::<u64>(&number("18446744073709551616")).is_err());
    assert!(read::<i64>(&number("1.5")).is_err());
}

#[test]
fn a_value_of_any_type_comes_and_goes_with_it() {
    let point = BTreeMap::from([("x".to_owned(), Dynamic::from(7)), ("y".to_owned(), true.into())]);
    for dynamic in [Dynamic::from("text"), Dynamic::from(vec![Dynamic::from(point), "b".into()])] {
        let value = Value::Dynamic(Box::new(dynamic.clone()));
        assert_eq!(read::<Dynamic>(&value), Ok(dynamic.clone()));
        assert_eq!(encode(&Optional::from(dynamic)), value);
    }
}

#[test]
fn a_null_that_has_a_type_is_null_and_goes_back_with_it() {
    let typed = Dynamic::new(Type::String, Value::Null).unwrap();
    let value = Value::Dynamic(Box::new(typed));
    let (model, misfits) = decode::<Optional<Dynamic>>(&value);
    assert_eq!((model.unwrap().is_null(), misfits), (true, Vec::new()));
    assert!(value.is_null());
}

#[test]
fn tuples_options_and_enums_are_plain_data() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Colour {
        Red,
    }
    let pair = ("a".to_owned(), Some(7_u16), Colour::Red, None::<bool>);
    let value: Value = vec!["a".into(), 7.into(), "Red".into(), Value::Null].into();
    assert_eq!(encode(&pair), value);
    assert_eq!(read::<(String, Option<u16>, Colour, Option<bool>)>(&value), Ok(pair));
    assert_eq!(encode(&BTreeMap::from([(7, "x")])), Value::from([("7", "x".into())]));
}

#[test]
#[should_panic(expected = "no plain data: `NaN`: not a finite number")]
fn what_is_no_number_is_a_bug_of_the_model() {
    let _ = encode(&f64::NAN);
}
