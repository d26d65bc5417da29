use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    Block, Blocks, Computed, Defaulted, Dynamic, Optional, Required, Set, WriteOnly,
    schema::Schema, value::Refinement,
};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Thing {
    name: Required<String>,
    note: Optional<String>,
    id: Computed<String>,
    size: Defaulted<i64>,
    code: WriteOnly<String>,
    any: Optional<Dynamic>,
    tags: Optional<std::collections::BTreeSet<String>>,
    part: Optional<Part>,
    parts: Optional<Vec<Part>>,
    named: Optional<std::collections::BTreeMap<String, Part>>,
    loose: Optional<Set<Part>>,
    main: Block<Part>,
    more: Blocks<Vec<Part>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Part {
    key: Required<String>,
    seen: Computed<String>,
}

fn schema() -> Object {
    Schema::of::<Thing>(0).root
}

fn thing<const N: usize>(set: [(&str, Value); N]) -> Value {
    let given = Value::from(set);
    let attributes = schema().attributes;
    let value = |name: &str| match (name, given.get(name)) {
        ("name", Value::Null) => "a".into(),
        ("more", Value::Null) => Value::List(Vec::new()),
        (_, value) => value.clone(),
    };
    Value::Map(attributes.iter().map(|it| (it.name.clone(), value(&it.name))).collect())
}

fn part(key: &str, seen: Value) -> Value {
    Value::from([("key", key.into()), ("seen", seen)])
}

fn list<const N: usize>(items: [Value; N]) -> Value {
    Value::List(items.into())
}

fn told(broken: Vec<Misfit>) -> Vec<String> {
    broken.into_iter().map(|it| format!("{}: {}", it.path, it.message)).collect()
}

/// What is wrong about a plan of something new.
fn planned(config: &Value, planned: &Value) -> Vec<String> {
    told(plan(&schema(), config, &Value::Null, planned))
}

fn then(planned: &Value, actual: &Value) -> Vec<String> {
    told(applied(&schema(), planned, actual))
}

#[test]
fn what_is_configured_is_planned() {
    let config = thing([("note", "x".into())]);
    assert_eq!(planned(&config, &config), [""; 0]);
    let other = thing([("note", "y".into())]);
    assert_eq!(planned(&config, &other), ["note: the planned value is not the configured one"]);
    let none = ["note: no value is planned, and the configuration has one"];
    assert_eq!(planned(&config, &thing([])), none);
    let unknown = ["note: it is planned as unknown, and the configuration has a value"];
    assert_eq!(planned(&config, &thing([("note", Value::Unknown)])), unknown);
}

#[test]
fn what_is_not_configured_and_not_computed_is_not_planned() {
    let extra = ["note: a value is planned, and the configuration has none"];
    assert_eq!(planned(&thing([]), &thing([("note", "x".into())])), extra);
    let chosen = thing([("id", Value::Unknown), ("size", 7.into())]);
    assert_eq!(planned(&thing([]), &chosen), [""; 0]);
}

#[test]
fn what_the_state_has_may_stay_where_something_else_is_configured() {
    let (config, prior) = (thing([("note", "X".into())]), thing([("note", "x".into())]));
    assert_eq!(plan(&schema(), &config, &prior, &prior), []);
    let none = thing([]);
    let kept = told(plan(&schema(), &none, &prior, &prior));
    assert_eq!(kept, ["note: a value is planned, and the configuration has none"]);
}

#[test]
fn a_write_only_value_is_in_no_plan() {
    let config = thing([("code", "1234".into())]);
    assert_eq!(planned(&config, &config), ["code: a write-only value is in the plan"]);
    assert_eq!(planned(&config, &thing([])), [""; 0]);
}

#[test]
fn nested_attributes_are_as_many_as_configured_and_known_as_a_whole() {
    let two = list([part("a", Value::Null), part("b", Value::Null)]);
    let config = thing([("parts", two.clone()), ("loose", two)]);
    let one = list([part("a", "s".into())]);
    let fewer = thing([("parts", one.clone()), ("loose", one)]);
    assert_eq!(
        planned(&config, &fewer),
        [
            "parts: 1 elements are planned, and 2 are configured",
            "loose: 1 elements are planned, and 2 are configured",
        ]
    );
    let unknown = thing([("parts", Value::Unknown), ("loose", Value::Unknown)]);
    assert_eq!(
        planned(&config, &unknown),
        [
            "parts: it is planned as unknown, and the configuration has a value",
            "loose: it is planned as unknown, and the configuration has a value",
        ]
    );
    let computed = list([part("a", Value::Unknown), part("c", Value::Unknown)]);
    let wrong = thing([("parts", computed.clone()), ("loose", computed)]);
    let told = ["parts[1].key: the planned value is not the configured one"];
    assert_eq!(planned(&config, &wrong), told);
}

#[test]
fn a_map_is_planned_with_its_keys() {
    let of = |key: &str| thing([("named", Value::from([(key, part("a", Value::Null))]))]);
    let told = ["named: the planned value is not the configured one"];
    assert_eq!(planned(&of("x"), &of("y")), told);
    let deep = thing([("named", Value::from([("x", part("b", Value::Null))]))]);
    let told = ["named[\"x\"].key: the planned value is not the configured one"];
    assert_eq!(planned(&of("x"), &deep), told);
}

#[test]
fn blocks_are_there_as_configured() {
    let config = thing([("more", list([part("a", Value::Null)]))]);
    let none = thing([]);
    assert_eq!(planned(&config, &none), ["more: 0 elements are planned, and 1 are configured"]);
    assert_eq!(planned(&none, &config), ["more: 1 elements are planned, and 0 are configured"]);
    let unknown = thing([("more", list([Value::Unknown]))]);
    let told = ["more[0]: it is planned as unknown, and the configuration has a value"];
    assert_eq!(planned(&config, &unknown), told);
    let open = thing([("more", Value::Unknown)]);
    assert_eq!(planned(&open, &open), [""; 0]);
    let single = thing([("main", part("a", Value::Null))]);
    let told = ["main: a value is planned, and the configuration has none"];
    assert_eq!(planned(&none, &single), told);
}

#[test]
fn no_block_goes_out_as_null() {
    let mut value = thing([]);
    if let Value::Map(fields) = &mut value {
        fields.insert("more".to_owned(), Value::Null);
    }
    assert_eq!(schema().in_order(&value).get("more"), &Value::List(Vec::new()));
}

#[test]
fn a_type_that_comes_with_the_value_is_planned_as_configured() {
    let any = |it: Dynamic| thing([("any", Value::Dynamic(Box::new(it)))]);
    assert_eq!(planned(&any("x".into()), &any("x".into())), [""; 0]);
    let told = ["any: the planned value is not the configured one"];
    assert_eq!(planned(&any("7".into()), &any(7.into())), told);
}

#[test]
fn what_is_planned_is_applied() {
    let plan = thing([("note", "x".into()), ("id", Value::Unknown)]);
    assert_eq!(then(&plan, &thing([("note", "x".into()), ("id", "1".into())])), [""; 0]);
    let told = ["note: the applied value is not the planned one"];
    assert_eq!(then(&plan, &thing([("note", "y".into())])), told);
    assert_eq!(then(&plan, &thing([])), told);
    assert_eq!(then(&thing([]), &thing([("note", Value::String(String::new()))])), told);
}

#[test]
fn an_empty_list_is_not_null() {
    let (empty, null) = (thing([("parts", list([]))]), thing([]));
    let told = ["parts: the applied value is not the planned one"];
    assert_eq!(then(&empty, &null), told);
    assert_eq!(then(&null, &empty), told);
}

#[test]
fn what_the_plan_says_of_an_unknown_value_holds() {
    let not_null = Value::Refined(Box::new(Refinement::not_null()));
    let plan = thing([("id", not_null)]);
    assert_eq!(then(&plan, &thing([("id", "1".into())])), [""; 0]);
    let told = ["id: the applied value breaks what the plan promised of the unknown one"];
    assert_eq!(then(&plan, &thing([])), told);
    let prefix = Refinement { prefix: Some("id-".to_owned()), ..Refinement::default() };
    let plan = thing([("id", Value::Refined(Box::new(prefix)))]);
    assert_eq!(then(&plan, &thing([("id", "1".into())])), told);
}

#[test]
fn a_set_may_shrink_and_never_grows_and_each_element_is_one_that_was_planned() {
    let set = |items: Vec<Value>| thing([("tags", items.into())]);
    let planned = set(vec!["a".into(), Value::Unknown]);
    assert_eq!(then(&planned, &set(vec!["a".into()])), [""; 0]);
    assert_eq!(then(&planned, &set(vec!["b".into(), "a".into()])), [""; 0]);
    let grown = set(vec!["a".into(), "b".into(), "c".into()]);
    assert_eq!(then(&planned, &grown), ["tags: 2 elements were planned, 3 are there"]);
    let lost = ["tags: an element that was planned is not there"];
    assert_eq!(then(&planned, &set(vec!["b".into(), "c".into()])), lost);
    let known = set(vec!["a".into(), "b".into()]);
    let other = ["tags: an element that was planned is not there"];
    assert_eq!(then(&known, &set(vec!["a".into(), "c".into()])), other);
}

#[test]
fn an_element_of_a_set_is_found_by_what_was_known_of_it() {
    let loose = |items: Vec<Value>| thing([("loose", items.into())]);
    let planned = loose(vec![part("a", Value::Unknown), part("b", Value::Unknown)]);
    let made = loose(vec![part("b", "2".into()), part("a", "1".into())]);
    assert_eq!(then(&planned, &made), [""; 0]);
    let wrong = loose(vec![part("b", "2".into()), part("c", "1".into())]);
    assert_eq!(then(&planned, &wrong), ["loose: an element that was planned is not there"]);
}

#[test]
fn a_state_is_known_down_to_its_leaves() {
    let any = Dynamic::from(vec![Dynamic::from(7)]);
    let unknown = Dynamic::new(any.kind().clone(), vec![Value::Unknown].into()).unwrap();
    let state = thing([
        ("parts", list([part("a", Value::Unknown)])),
        ("any", Value::Dynamic(Box::new(unknown))),
    ]);
    let told = told(known(&state));
    assert_eq!(
        told,
        ["any[0]: the value is still unknown", "parts[0].seen: the value is still unknown"]
    );
}

#[test]
fn a_value_of_another_type_than_its_schemas_is_found() {
    let told = told(typed(&schema(), &thing([("size", "big".into())])));
    assert_eq!(told, ["size: not a finite number"]);
    assert_eq!(typed(&schema(), &thing([("size", 7.into())])), []);
}

#[test]
fn only_what_is_in_the_schema_replaces() {
    let paths = [
        Path::of("name"),
        Path::of("parts").index(0).attribute("key"),
        Path::of("named").key("x"),
        Path::of("nmae"),
        Path::of("parts").attribute("key"),
        Path::root(),
    ];
    let found = replaced(&schema(), &Value::Null, &thing([]), &paths);
    let found: Vec<String> = found.into_iter().map(|it| it.path.to_string()).collect();
    assert_eq!(found, ["nmae", "parts.key", ""]);
}
