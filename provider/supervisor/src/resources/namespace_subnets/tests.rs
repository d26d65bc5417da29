//! What is allocated stays, and what cannot be is told.

use serde_json::json;

use super::*;
use crate::resources::given;

fn model(cidrs: &[&str], names: &[&str]) -> Model {
    given::model(&json!({ "pod_cidrs": cidrs, "prefix": 28, "names": names, "warn_below": 4 }))
}

fn planned(model: &Model, before: &BTreeMap<String, Vec<Cidr>>) -> BTreeMap<String, Vec<Cidr>> {
    let mut model = model.clone();
    let plan = allocate(&model, before).unwrap().unwrap();
    fill(&mut model, &plan);
    allocated(&model)
}

#[test]
fn nothing_moves_when_names_and_networks_come_and_go() {
    let first = planned(&model(&["10.244.0.0/26"], &["banking", "trading"]), &BTreeMap::new());
    let wider = ["10.244.0.0/26", "10.245.0.0/26"];
    let more = planned(&model(&wider, &["audit", "banking", "ledger", "trading"]), &first);
    assert_eq!(more["banking"], first["banking"]);
    assert_eq!(more["trading"], first["trading"]);
    let fewer = planned(&model(&wider, &["audit", "trading"]), &more);
    assert_eq!(fewer["trading"], first["trading"]);
    assert_eq!(fewer["audit"], more["audit"]);
}

#[test]
fn a_subnet_comes_with_what_a_port_group_wants_to_know() {
    let mut model = model(&["10.244.0.0/28"], &["banking"]);
    let plan = allocate(&model, &BTreeMap::new()).unwrap().unwrap();
    fill(&mut model, &plan);
    assert_eq!(model.gateways.get().unwrap()["banking"].to_string(), "10.244.0.1");
    assert_eq!(model.subnet_masks.get().unwrap()["banking"], "255.255.255.240");
    let range = model.usable_ranges.get().unwrap()["banking"];
    assert_eq!(range.to_string(), "10.244.0.2-10.244.0.14");
    assert_eq!(model.subnets_left.get(), Ok(&0));
}

#[test]
fn too_many_names_are_an_error_before_anything_exists() {
    let mut found = Diagnostics::new();
    NamespaceSubnets::validate(&model(&["10.244.0.0/28"], &["a", "b"]), &mut found);
    let told: Vec<_> = found.iter().map(|it| it.summary.as_str()).collect();
    assert_eq!(told, ["no room for the subnets"]);
}

#[test]
fn a_pin_for_nobody_is_an_error() {
    let mut model = model(&["10.244.0.0/24"], &["a"]);
    model.pins = BTreeMap::from([("b".to_owned(), "10.244.0.0/28".parse().unwrap())]).into();
    let mut found = Diagnostics::new();
    NamespaceSubnets::validate(&model, &mut found);
    assert_eq!(found.iter().next().unwrap().path, Some(Path::of("pins").key("b")));
}

#[test]
fn a_count_that_grows_adds_a_subnet_and_moves_none() {
    let mut model = model(&["10.244.0.0/24"], &["banking", "trading"]);
    let first = planned(&model, &BTreeMap::new());
    model.counts = BTreeMap::from([("banking".to_owned(), 3)]).into();
    let more = planned(&model, &first);
    assert_eq!(more["banking"].len(), 3);
    assert_eq!(more["banking"][0], first["banking"][0]);
    assert_eq!(more["trading"], first["trading"]);
    model.counts = Optional::null();
    assert_eq!(planned(&model, &more), first);
}

#[test]
fn a_state_of_before_there_were_several_keeps_its_subnets() {
    let mut state = model(&["10.244.0.0/24"], &["banking"]);
    let subnet: Cidr = "10.244.0.48/28".parse().unwrap();
    state.subnets = BTreeMap::from([("banking".to_owned(), subnet)]).into();
    assert_eq!(planned(&state, &allocated(&state))["banking"], [subnet]);
}

#[test]
fn a_refusal_says_whose_the_reserved_range_is() {
    let mut model = model(&["10.244.0.0/24"], &["banking"]);
    model.reserved =
        BTreeMap::from([("management".to_owned(), vec!["10.244.0.0/26".parse().unwrap()])]).into();
    model.pins = BTreeMap::from([("banking".to_owned(), "10.244.0.16/28".parse().unwrap())]).into();
    let mut found = Diagnostics::new();
    NamespaceSubnets::validate(&model, &mut found);
    let told: Vec<_> = found.iter().map(|it| it.detail.as_str()).collect();
    assert_eq!(
        told,
        ["`banking`: subnet 10.244.0.16/28 overlaps `management` of `reserved`, 10.244.0.0/26; \
          10.244.0.64/28 would fit"]
    );
}

#[test]
fn the_largest_free_network_is_shown_until_nothing_is_free() {
    let largest = |cidr: &str| {
        let mut model = model(&[cidr], &["banking"]);
        model.pins =
            BTreeMap::from([("banking".to_owned(), "10.244.0.0/28".parse().unwrap())]).into();
        let plan = allocate(&model, &BTreeMap::new()).unwrap().unwrap();
        fill(&mut model, &plan);
        model.largest_free.known().map(ToString::to_string)
    };
    assert_eq!(largest("10.244.0.0/24").as_deref(), Some("10.244.0.128/25"));
    assert_eq!(largest("10.244.0.0/28"), None);
}

#[test]
fn a_count_of_nothing_or_for_nobody_is_an_error() {
    let mut model = model(&["10.244.0.0/24"], &["a"]);
    model.counts = BTreeMap::from([("a".to_owned(), 0), ("b".to_owned(), 2)]).into();
    let mut found = Diagnostics::new();
    NamespaceSubnets::validate(&model, &mut found);
    let at: Vec<_> = found.iter().map(|it| it.path.clone().unwrap()).collect();
    assert_eq!(at, [Path::of("counts").key("a"), Path::of("counts").key("b")]);
}
