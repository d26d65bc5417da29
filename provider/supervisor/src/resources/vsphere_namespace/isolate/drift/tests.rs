use std::collections::BTreeSet;

use namespace_network::{
    firewall::{Peers, Services},
    isolation::{Allow, Flow, Isolation, Members, Mode, Paths},
};
use nsx::Tag;
use serde_json::{Value as Json, json};

use super::*;
use crate::ownership::Claim;

const GROUP: &str = "/infra/domains/default/groups/banking";
const BY_WHOM: &str = "; last changed by `mallory` at 2026-11-30 10:15:04 UTC";

/// Two that drop and two that let through.
fn policies() -> Vec<Policy> {
    let paths = Paths {
        group: GROUP.to_owned(),
        deny: "/infra/domains/default/security-policies/banking-deny".to_owned(),
        allow: "/infra/domains/default/security-policies/banking-allow".to_owned(),
    };
    let allow = |name: &str, flow| Allow {
        name: name.to_owned(),
        flow,
        peers: Peers::group("/infra/domains/default/groups/trading"),
        services: Services::Any,
    };
    let allow = vec![allow("in", Flow::In), allow("out", Flow::Out)];
    Isolation { allow, ..Isolation::closed(Mode::Baseline) }.policies(&paths).unwrap()
}

/// As NSX has it, in its own words.
fn there(policy: &Policy) -> Json {
    let mut found = dfw::security_policy(policy).unwrap();
    found.meta.path = Some(policy.path.clone());
    found.meta.tags = Some(mark("bank", [1; 16]));
    serde_json::to_value(found).unwrap()
}

fn mark(owner: &str, claim: [u8; 16]) -> Vec<Tag> {
    let (owner, claim) = (Some(owner.to_owned()), Some(Claim::new(claim)));
    Mark { owner, claim, phase: crate::ownership::Phase::Held, named_by: None }.tags(0)
}

fn bank() -> Instance {
    let claim = Some(Claim::new([1; 16]));
    Instance { provider: "bank".to_owned(), claim, ..Instance::default() }
}

fn told(found: Json, wanted: &Policy) -> Vec<String> {
    let found: SecurityPolicy = serde_json::from_value(found).unwrap();
    of_policy(Some(&found), wanted, &bank())
}

fn by_mallory(object: &mut Json) {
    object["_last_modified_user"] = "mallory".into();
    object["_last_modified_time"] = 1_796_033_704_321_u64.into();
}

/// Fields with other values than any rule has, and what they are told as.
fn edits() -> Vec<(&'static str, Json, &'static str)> {
    let theirs = json!(["/infra/domains/default/groups/theirs"]);
    vec![
        ("action", json!("REJECT"), "action"),
        ("direction", json!("IN_OUT"), "direction"),
        ("direction", json!("OUT"), "direction"),
        ("source_groups", theirs.clone(), "source_groups"),
        ("sources_excluded", json!(true), "source_groups"),
        ("destination_groups", theirs.clone(), "destination_groups"),
        ("destinations_excluded", json!(true), "destination_groups"),
        ("services", json!(["/infra/services/SSH"]), "services"),
        ("scope", theirs, "scope"),
        ("scope", json!(["ANY"]), "scope"),
        ("ip_protocol", json!("IPV6"), "ip_protocol"),
        ("disabled", json!(true), "disabled"),
        ("logged", json!(true), "logged"),
        ("sequence_number", json!(1), "sequence_number"),
        ("display_name", json!("other"), "display_name"),
        ("profiles", json!(["/infra/context-profiles/ssl"]), "profiles"),
        ("new_in_nsx_9", json!(true), "new_in_nsx_9"),
    ]
}

#[test]
fn each_change_of_a_rule_is_told_with_rule_field_user_and_time() {
    for policy in policies() {
        for (place, rule) in policy.rules.iter().enumerate() {
            let mut fields = BTreeSet::new();
            for (field, value, told_as) in edits() {
                let mut found = there(&policy);
                found["rules"][place][field] = value;
                by_mallory(&mut found["rules"][place]);
                let told = told(found, &policy);
                // Some have the value already, and all but anybody is anybody.
                let [told] = &told[..] else {
                    assert_eq!(told, [""; 0], "{field}");
                    continue;
                };
                let start =
                    format!("policy `{}`: rule `{}`: `{told_as}` is ", policy.name, rule.id);
                assert!(told.starts_with(&start) && told.ends_with(BY_WHOM), "{told}");
                fields.insert(told_as);
            }
            assert_eq!(fields.len(), 13, "{fields:?}");
        }
    }
}

#[test]
fn a_rule_that_is_gone_or_new_is_told() {
    let policy = policies().remove(1);
    let mut found = there(&policy);
    by_mallory(&mut found);
    let mut rule = found["rules"].as_array_mut().unwrap().remove(1);
    rule["id"] = "mine".into();
    rule["action"] = "ALLOW".into();
    by_mallory(&mut rule);
    found["rules"].as_array_mut().unwrap().push(rule);
    assert_eq!(
        told(found, &policy),
        [
            "policy `banking-deny`: rule `drop-out` is missing; the policy was last changed by \
             `mallory` at 2026-11-30 10:15:04 UTC",
            "policy `banking-deny`: rule `mine` is not wanted: allow out any -> any, any service, at \
             /infra/domains/default/groups/banking; last changed by `mallory` at 2026-11-30 \
             10:15:04 UTC",
        ]
    );
    assert_eq!(of_policy(None, &policy, &bank()), ["policy `banking-deny` is missing"]);
}

#[test]
fn the_place_of_a_policy_and_its_mark_are_told() {
    let policy = policies().remove(1);
    let mut found = there(&policy);
    found["category"] = "Ethernet".into();
    found["tags"] = json!([]);
    assert_eq!(
        told(found, &policy),
        [
            "policy `banking-deny`: tag `tf-owner` is absent, not bank",
            "policy `banking-deny`: `category` is Ethernet, not Application",
        ]
    );
    let mut found = there(&policy);
    found["sequence_number"] = 5.into();
    found["tags"] = serde_json::to_value(mark("bank", [2; 16])).unwrap();
    found["_last_modified_user"] = "mallory".into();
    let told = told(found, &policy);
    let [claim, place] = &told[..] else { panic!("{told:?}") };
    assert!(claim.starts_with("policy `banking-deny`: tag `tf-claim` is p1-0202"), "{claim}");
    assert_eq!(
        place,
        "policy `banking-deny`: `sequence_number` is 5, not 900000; last changed by `mallory`"
    );
}

#[test]
fn the_members_of_the_group_are_told() {
    let members = Members::Segments(BTreeSet::from(["/infra/segments/a".to_owned()])).expression();
    let group = |members: &Expression, tags| Group {
        meta: Meta { tags: Some(tags), ..Meta::default() },
        expression: Some(dfw::group(members).unwrap()),
        ..Group::default()
    };
    let told = |found: Option<&Group>, members| of_group(GROUP, found, members, &bank());
    let intact = group(&members, mark("bank", [1; 16]));
    assert_eq!(told(Some(&intact), Some(&members)), [""; 0]);
    let theirs = group(&Expression::Any(vec![]), mark("others", [1; 16]));
    let owner = "group `banking`: tag `tf-owner` is others, not bank";
    assert_eq!(
        told(Some(&theirs), Some(&members)),
        [owner, "group `banking`: `expression` is nobody, not /infra/segments/a"]
    );
    assert_eq!(told(Some(&theirs), None), [owner]);
    assert_eq!(told(None, Some(&members)), ["group `banking` is missing"]);
    assert_eq!(told(None, None), [""; 0]);
}
