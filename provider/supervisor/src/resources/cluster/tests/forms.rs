//! Several ways of writing the same.

use serde_json::{Value as Json, json};
use tf_framework::{Path, Plan};

use super::{planned, with_nsx};
use crate::resources::{
    cluster::{form, model::Model},
    given,
};

/// What is left of a change from the one configuration to the other, which would replace `at`.
fn settled(before: &Json, after: &Json, at: Path) -> Plan<Model> {
    let config: Model = given::model(after);
    let prior = planned(&given::model(before));
    let mut plan = Plan { prior: Some(prior), planned: config.clone(), config, replace: vec![at] };
    form::settle(&mut plan);
    plan
}

fn on_zones(zones: Json) -> Json {
    let mut config = with_nsx();
    config["cluster"] = Json::Null;
    config["zones"] = zones;
    config
}

#[test]
fn zones_in_another_order_are_the_same_zones() {
    let (before, zones) = (on_zones(json!(["z3", "z1", "z2"])), Path::of("zones"));
    let plan = settled(&before, &on_zones(json!(["z1", "z2", "z3"])), zones.clone());
    assert_eq!(plan.replace, Vec::<Path>::new());
    assert_eq!(plan.planned.zones, plan.prior.unwrap().zones);
    let plan = settled(&before, &on_zones(json!(["z1", "z2", "z4"])), zones.clone());
    assert_eq!(plan.replace, [zones]);
    assert_eq!(plan.planned.zones, plan.config.zones);
}

#[test]
fn what_is_left_out_is_unknown_as_long_as_that_is_what_it_follows_from() {
    let mut config: Model = given::model(&with_nsx());
    config.storage_policy = tf_framework::Attr::unknown();
    config.management_network = tf_framework::Attr::unknown();
    let planned = planned(&config);
    assert!(planned.image_storage_policy.is_unknown());
    assert!(planned.workload_network.known().unwrap().dns_servers.is_unknown());
}

#[test]
fn a_policy_that_stands_in_for_nobody_goes_with_those_it_was_guessed_from() {
    let own = |policy: &str| {
        let mut config = with_nsx();
        for name in ["control_plane", "ephemeral", "image"] {
            config[format!("{name}_storage_policy")] = policy.into();
        }
        config["storage_policy"] = Json::Null;
        config
    };
    let change = |after: &Json| {
        let config: Model = given::model(after);
        let prior = Some(planned(&given::model(&with_nsx())));
        let mut plan = Plan { prior, planned: config.clone(), config, replace: Vec::new() };
        form::settle(&mut plan);
        plan.planned.storage_policy.known().map(|it| it.as_str().to_owned())
    };
    assert_eq!(change(&own("gold-id")).as_deref(), Some("gold-id"));
    assert_eq!(change(&own("tin-id")), None);
}
