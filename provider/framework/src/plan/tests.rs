use std::{collections::BTreeSet, net::Ipv6Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::*;
use crate::{
    Blocks, Computed, Defaulted, Optional, Required, Secret, Set, WriteOnly, codec,
    mark::{default, keep, never_null, replace},
    schema::Schema,
    value::Number,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Host {
    #[schemars(transform = replace)]
    address: Optional<Ipv6Addr>,
    weight: Optional<f64>,
    ports: Optional<Vec<u16>>,
    peers: Optional<BTreeSet<Ipv6Addr>>,
    #[schemars(transform = never_null)]
    status: Computed<String>,
    rules: Blocks<Set<Rule>>,
    logins: Optional<Vec<Login>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Rule {
    from: Required<Ipv6Addr>,
    #[schemars(transform = default("tcp"))]
    protocol: Defaulted<String>,
    #[schemars(transform = default("any"))]
    port: Defaulted<String>,
    #[schemars(transform = keep)]
    id: Computed<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Login {
    name: Required<String>,
    password: WriteOnly<Secret<String>>,
}

fn object<M: JsonSchema>() -> Object {
    Schema::of::<M>(0).root
}

/// A value with null for what is left out.
fn of<M: JsonSchema, const N: usize>(set: [(&str, Value); N]) -> Value {
    let given = Value::from(set);
    let attributes = object::<M>().attributes;
    Value::Map(attributes.iter().map(|it| (it.name.clone(), given.get(&it.name).clone())).collect())
}

fn host<const N: usize>(set: [(&str, Value); N]) -> Value {
    of::<Host, N>(set)
}

fn rule<const N: usize>(set: [(&str, Value); N]) -> Value {
    of::<Rule, N>(set)
}

/// What goes back when a resource returns `returned` for what came.
fn back<M: JsonSchema + Serialize + DeserializeOwned>(came: &Value, returned: Value) -> Value {
    as_it_came(&object::<M>(), came, returned, |it| codec::understood::<M>(&it).unwrap())
}

#[test]
fn a_list_with_an_unknown_element_is_planned_with_the_elements_that_are_known() {
    let came = host([("ports", vec![443.into(), Value::Unknown].into())]);
    let refined = codec::understood::<Host>(&came).unwrap();
    assert_eq!(refined.get("ports"), &Value::Unknown);
    assert_eq!(back::<Host>(&came, refined), came);
}

#[test]
fn a_value_that_the_resource_makes_unknown_stays_unknown() {
    let came = host([("status", "RUNNING".into())]);
    let refined = host([("status", Value::Unknown)]);
    assert_eq!(back::<Host>(&came, refined.clone()), refined);
}

#[test]
fn what_means_the_same_goes_back_as_it_was_written() {
    let long = "0.01000000000000000000000000000000000003";
    let peers: Value = vec!["2001:DB8:0::1".into(), "0:0::2".into()].into();
    let came = host([
        ("address", "0:0:0:0:0:0:0:1".into()),
        ("weight", Value::Number(Number::parse(long).unwrap())),
        ("peers", peers.clone()),
    ]);
    let returned = host([
        ("address", "::1".into()),
        ("weight", Value::Number(Number::parse("0.01").unwrap())),
        ("peers", vec!["::2".into(), "::3".into(), "2001:db8::1".into()].into()),
    ]);
    let expected = host([
        ("address", "0:0:0:0:0:0:0:1".into()),
        ("weight", Value::Number(Number::parse(long).unwrap())),
        ("peers", vec!["0:0::2".into(), "::3".into(), "2001:DB8:0::1".into()].into()),
    ]);
    let back = back::<Host>(&came, returned);
    assert!(object::<Host>().same(&back, &expected), "{back:?}");
}

#[test]
fn an_element_of_a_set_whose_unknown_became_known_is_found_by_the_rest() {
    let written = rule([("from", "2001:DB8::0".into()), ("id", Value::Unknown)]);
    let came = host([("rules", vec![written].into())]);
    let made = rule([("from", "2001:db8::".into()), ("id", "r1".into())]);
    let expected = rule([("from", "2001:DB8::0".into()), ("id", "r1".into())]);
    let back = back::<Host>(&came, host([("rules", vec![made].into())]));
    assert_eq!(back.get("rules"), &vec![expected].into());
}

#[test]
fn defaults_in_a_set_go_to_the_element_that_leaves_them_out() {
    let written = |from: &str, port: Value| rule([("from", from.into()), ("port", port)]);
    let config =
        [written("::1", "22".into()), written("::1", Value::Null), written("::2", Value::Null)];
    let config = host([("rules", config.to_vec().into())]);
    let full = |from: &str, port: &str| {
        rule([("from", from.into()), ("port", port.into()), ("protocol", "tcp".into())])
    };
    // Terraform's proposal mixes them up: what was written for one is another's default.
    let before = [full("::2", "any"), full("::1", "any"), full("::1", "22")].to_vec();
    let prior = host([("rules", before.into())]);
    let mixed = [full("::1", "22"), full("::1", "22"), full("::2", "any")].to_vec();
    let proposed = host([("rules", mixed.into())]);
    let planned = with_elements(&object::<Host>(), &config, &proposed, &prior);
    let planned = with_defaults(&object::<Host>(), &config, &planned);
    assert!(object::<Host>().same(&planned, &prior), "{planned:?}");
    let first = with_defaults(&object::<Host>(), &config, &config);
    let expected = [full("::1", "22"), full("::1", "any"), full("::2", "any")].to_vec();
    assert_eq!(first.get("rules"), &expected.into());
}

#[test]
fn what_is_chosen_for_an_element_of_a_set_is_kept_or_unknown() {
    let written = |from: &str| rule([("from", from.into()), ("protocol", "udp".into())]);
    let config = host([("rules", vec![written("::1"), written("::2")].into())]);
    let known = |id: Value| {
        rule([
            ("from", "::1".into()),
            ("protocol", "udp".into()),
            ("port", "any".into()),
            ("id", id),
        ])
    };
    let new = |id: Value| {
        rule([
            ("from", "::2".into()),
            ("protocol", "udp".into()),
            ("port", "any".into()),
            ("id", id),
        ])
    };
    let planned = host([("rules", vec![known("r1".into()), new(Value::Null)].into())]);
    let planned = with_unknowns(&object::<Host>(), &config, &planned, &Value::Null);
    assert_eq!(planned.get("rules"), &vec![known("r1".into()), new(Value::Unknown)].into());
}

#[test]
fn an_unknown_that_will_not_be_null_says_so() {
    let config = host([]);
    let planned = with_unknowns(&object::<Host>(), &config, &config, &Value::Null);
    let promised = Value::Refined(Box::new(Refinement::not_null()));
    assert_eq!(planned.get("status"), &promised);
}

#[test]
fn a_secret_inside_a_list_reaches_the_resource_and_leaves_again() {
    let login = |password: Value| Value::from([("name", "a".into()), ("password", password)]);
    let config = host([("logins", vec![login("secret".into())].into())]);
    let planned = without_write_only(&object::<Host>(), &config);
    assert_eq!(planned.get("logins"), &vec![login(Value::Null)].into());
    assert_eq!(with_write_only(&object::<Host>(), &config, &planned), config);
}

#[test]
fn another_spelling_replaces_nothing() {
    let understood =
        |address: &str| codec::understood::<Host>(&host([("address", address.into())])).unwrap();
    let replaced = |a: &str, b: &str| replaced(&object::<Host>(), &understood(a), &understood(b));
    assert_eq!(replaced("0:0::1", "::1"), []);
    assert_eq!(replaced("::2", "::1"), [Path::of("address")]);
}
