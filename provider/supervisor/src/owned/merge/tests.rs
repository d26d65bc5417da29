use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What somebody may set of a kind, by the contract, and no attribute here covers.
fn uncovered<T: Covered>(wanted: &Fields) -> BTreeMap<String, Value> {
    let contract = api_contract::nsx();
    let structure = contract.structure(T::TYPE).expect("the contract has it");
    let fields = structure.fields.iter().filter(|(name, field)| {
        let name: &str = name;
        let is_ours = T::LEAVES.contains(&name) || wanted.contains_key(name);
        let is_standard = name.starts_with('_') || ["tags", "children", "id"].contains(&name);
        !field.read_only && !is_ours && !is_standard
    });
    fields.map(|(name, _)| (name.to_string(), json!({ "by": "somebody else" }))).collect()
}

fn fields<T: Object>(object: &T) -> Fields {
    match serde_json::to_value(object).unwrap() {
        Value::Object(fields) => fields,
        other => panic!("{other}"),
    }
}

/// A field of each kind that nobody here covers is there after a write, and a leaf that is covered and
/// not wanted is gone.
fn holds<T: Covered + Default>(wanted: &T) {
    let own = fields(wanted);
    let theirs = uncovered::<T>(&own);
    assert!(!theirs.is_empty(), "{} has nothing that others could set", T::TYPE);
    for (name, value) in theirs {
        let found = json!({ "id": "x", "_revision": 7, "path": "/x", (&name): value });
        // A field that the client knows has a type of its own.
        let Ok(found) = serde_json::from_value::<T>(found) else { continue };
        let merged = fields(&merge(&found, wanted, Vec::new()).unwrap());
        assert_eq!(merged.get(&name), Some(&value), "{}.{name}", T::TYPE);
        assert_eq!(merged["_revision"], 7, "{}", T::TYPE);
    }
    for leaf in T::LEAVES.iter().filter(|leaf| !leaf.contains('/')) {
        let mut rest = own.clone();
        let Some(value) = rest.remove(*leaf) else { continue };
        let mut found = rest.clone();
        found.insert((*leaf).to_owned(), value);
        let (found, rest) = (Value::Object(found), Value::Object(rest));
        let found = serde_json::from_value::<T>(found).unwrap();
        let wanted = serde_json::from_value::<T>(rest).unwrap();
        let merged = fields(&merge(&found, &wanted, Vec::new()).unwrap());
        assert!(!merged.contains_key(*leaf), "{}.{leaf} is still there", T::TYPE);
    }
}

fn of<T: Object>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

#[test]
fn of_every_kind_what_others_set_stays_and_what_is_not_wanted_any_more_goes() {
    holds::<Segment>(&of(json!({ "display_name": "web", "connectivity_path": "/infra/tier-1s/a",
        "description": "x", "subnets": [{ "gateway_address": "10.0.0.1/24" }], "vlan_ids": ["7"],
        "transport_zone_path": "/z", "admin_state": "UP" })));
    holds::<Group>(&of(
        json!({ "display_name": "g", "expression": [], "extended_expression": [] }),
    ));
    holds::<SecurityPolicy>(&of(json!({ "display_name": "p", "category": "Application",
        "sequence_number": 4, "scope": ["ANY"], "scheduler_path": "/s", "rules": [] })));
    holds::<Tier1>(&of(json!({ "display_name": "t", "tier0_path": "/infra/tier-0s/a",
        "route_advertisement_types": ["TIER1_LB_VIP"], "failover_mode": "NON_PREEMPTIVE" })));
    holds::<LocaleServices>(&of(json!({ "display_name": "l", "edge_cluster_path": "/e" })));
    holds::<LbService>(&of(json!({ "display_name": "s", "connectivity_path": "/infra/tier-1s/a",
        "enabled": true, "size": "SMALL" })));
    holds::<LbPool>(&of(json!({ "display_name": "p", "algorithm": "ROUND_ROBIN", "members": [],
        "active_monitor_paths": ["/m"], "member_group": { "group_path": "/g" },
        "snat_translation": { "type": "LBSnatAutoMap" } })));
    holds::<VirtualServer>(&of(json!({ "display_name": "v", "ip_address": "10.0.0.9",
        "ports": ["443"], "pool_path": "/p", "lb_service_path": "/l", "enabled": true,
        "application_profile_path": "/a" })));
}

#[test]
fn a_nested_structure_keeps_what_others_set_in_it() {
    let found: LbPool = of(json!({ "member_group": { "group_path": "/old", "port": 80,
        "max_ip_list_size": 5, "customized_members": [{ "ip_address": "10.0.0.1" }] } }));
    let wanted: LbPool = of(json!({ "member_group": { "group_path": "/new", "port": 81 } }));
    let merged = fields(&merge(&found, &wanted, Vec::new()).unwrap());
    assert_eq!(
        merged["member_group"],
        json!({ "group_path": "/new", "port": 81, "max_ip_list_size": 5,
            "customized_members": [{ "ip_address": "10.0.0.1" }] })
    );
}

#[test]
fn fields_of_another_subtype_go_with_it() {
    let found: LbPool = of(json!({ "snat_translation": { "type": "LBSnatIpPool",
        "ip_addresses": [{ "ip_address": "10.0.0.1" }] } }));
    let wanted: LbPool = of(json!({ "snat_translation": { "type": "LBSnatAutoMap" } }));
    let merged = fields(&merge(&found, &wanted, Vec::new()).unwrap());
    assert_eq!(merged["snat_translation"], json!({ "type": "LBSnatAutoMap" }));
}

#[test]
fn a_rule_keeps_what_others_wrote_to_it_and_a_rule_of_others_goes() {
    let found: SecurityPolicy = of(json!({ "rules": [
        { "id": "theirs", "action": "ALLOW" },
        { "id": "ours", "action": "DROP", "notes": "seen by audit", "profiles": ["/l7"],
          "services": ["/infra/services/HTTPS"], "_revision": 3 },
    ] }));
    let wanted: SecurityPolicy = of(json!({ "rules": [{ "id": "ours", "action": "DROP" }] }));
    let merged = fields(&merge(&found, &wanted, Vec::new()).unwrap());
    assert_eq!(
        merged["rules"],
        json!([{ "id": "ours", "action": "DROP", "notes": "seen by audit", "_revision": 3 }])
    );
}

fn tag() -> impl Strategy<Value = Tag> {
    ("[ab]", "[xy]").prop_map(|(scope, tag)| Tag::new(scope, tag))
}

proptest! {
    #[test]
    fn tags_of_others_stay_and_ours_are_those_that_are_wanted(
        found in proptest::collection::vec(tag(), 0..6),
        before in proptest::collection::vec(tag(), 0..3),
        wanted in proptest::collection::vec(tag(), 0..3),
    ) {
        let has = |tags: &[Tag], tag: &Tag| tags.iter().any(|it| is_same(it, tag));
        let merged = tags(&found, &before, &wanted);
        for tag in &wanted {
            prop_assert!(has(&merged, tag));
        }
        for tag in &found {
            let stays = !has(&before, tag) || has(&wanted, tag);
            prop_assert_eq!(has(&merged, tag), stays, "{:?}", tag);
        }
        for tag in &merged {
            prop_assert!(has(&found, tag) || has(&wanted, tag));
        }
    }

    #[test]
    fn a_second_write_of_the_same_changes_nothing(port in 1_i64..9, kept: Option<i64>) {
        let kept = kept.map_or(Value::Null, |it| json!(it));
        let mut found = json!({ "id": "p", "member_group": { "port": 7 } });
        if !kept.is_null() {
            found["member_group"]["max_ip_list_size"] = kept;
        }
        let (found, wanted): (LbPool, LbPool) =
            (of(found), of(json!({ "member_group": { "port": port } })));
        let once = merge(&found, &wanted, Vec::new()).unwrap();
        prop_assert_eq!(&merge(&once, &wanted, Vec::new()).unwrap(), &once);
    }
}
