//! Groups, policies and rules.

use super::*;

const POLICY: &str = "/infra/domains/default/security-policies/p";

fn rule(id: &str, sequence: u32) -> Value {
    json!({ "id": id, "action": "DROP", "sequence_number": sequence })
}

fn ids(rules: &Value) -> Vec<&str> {
    rules.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect()
}

#[test]
fn a_policy_travels_with_its_rules_in_their_order() {
    let nsx = Nsx::new();
    nsx.make(POLICY, json!({ "rules": [rule("b", 20), rule("a", 10)] }));

    let policy = nsx.object(POLICY);
    assert_eq!(ids(&policy["rules"]), ["a", "b"]);
    assert_eq!(policy["category"], "Application");
    let a = nsx.object(&format!("{POLICY}/rules/a"));
    assert_eq!(a, policy["rules"][0]);
    assert_eq!(a["source_groups"], json!(["ANY"]));
    assert_eq!(a["direction"], "IN_OUT");
    assert!(a["rule_id"].as_u64().unwrap() > 1000);
    assert_eq!(api_contract::nsx().violations("SecurityPolicy", &policy), []);
}

#[test]
fn lists_of_policies_show_no_rules_but_their_own_list_does() {
    let nsx = Nsx::new();
    nsx.make(POLICY, json!({ "rules": [rule("a", 10)] }));

    let listed = nsx.get("/infra/domains/default/security-policies").value();
    assert_eq!(listed["results"][0].get("rules"), None);
    assert_eq!(nsx.get(&format!("{POLICY}/rules")).value()["result_count"], 1);
}

#[test]
fn a_patch_adds_rules_and_a_put_leaves_no_others() {
    let nsx = Nsx::new();
    nsx.make(POLICY, json!({ "rules": [rule("a", 10), rule("b", 20)] }));
    let number = nsx.object(POLICY)["rules"][1]["rule_id"].clone();

    nsx.make(POLICY, json!({ "rules": [rule("c", 15), { "id": "b", "action": "ALLOW" }] }));
    let patched = nsx.object(POLICY);
    assert_eq!(ids(&patched["rules"]), ["a", "c", "b"]);
    assert_eq!(patched["rules"][2]["sequence_number"], 20);
    assert_eq!(patched["rules"][2]["rule_id"], number);

    let put = nsx.put(POLICY, json!({ "_revision": 1, "rules": [rule("b", 5), rule("d", 1)] }));
    assert_eq!(ids(&put.value()["rules"]), ["d", "b"]);
    assert_eq!(nsx.get(&format!("{POLICY}/rules/a")).status, 404);
    let again = nsx.put(POLICY, json!({ "_revision": 2, "rules": [rule("a", 1)] }));
    assert_eq!(again.status, 200, "{again:?}");
}

#[test]
fn a_policy_takes_its_rules_along() {
    let nsx = Nsx::new();
    nsx.make("/infra/domains/default/groups/web", json!({}));
    let mut scoped = rule("a", 1);
    scoped["scope"] = json!(["/infra/domains/default/groups/web"]);
    nsx.make(POLICY, json!({ "rules": [scoped] }));
    let group = "/infra/domains/default/groups/web";

    let response = nsx.delete(group);
    assert_eq!(refusal(&response), (400, 500_030));
    assert!(message(&response).contains(&format!("{POLICY}/rules/a")));
    assert_eq!(nsx.delete(POLICY).status, 200);
    assert_eq!(nsx.get(&format!("{POLICY}/rules/a")).status, 404);
    assert_eq!(nsx.delete(group).status, 200);
}

#[test]
fn an_empty_list_is_not_any() {
    let nsx = Nsx::new();
    for field in ["source_groups", "destination_groups", "services", "scope"] {
        let mut empty = rule("a", 1);
        empty[field] = json!([]);
        assert_eq!(refusal(&nsx.patch(POLICY, json!({ "rules": [empty] }))), (400, 255), "{field}");
    }
    assert_eq!(nsx.get(POLICY).status, 404);
}

#[test]
fn policies_keep_to_categories_and_sequences() {
    let nsx = Nsx::new();
    for body in [
        json!({ "category": "Applications" }),
        json!({ "sequence_number": 1_000_000 }),
        json!({ "sequence_number": -1 }),
        json!({ "rules": [{ "action": "DROP" }] }),
        json!({ "rules": [{ "id": "a" }] }),
        json!({ "rules": [rule("a", 1), rule("a", 2)] }),
    ] {
        assert_eq!(refusal(&nsx.patch(POLICY, body.clone())), (400, 255), "{body}");
    }
}

#[test]
fn a_group_has_operands_with_operators_between() {
    let nsx = Nsx::new();
    let group = "/infra/domains/default/groups/g";
    let tag = |value: &str| {
        json!({
            "resource_type": "Condition", "member_type": "Segment", "key": "Tag",
            "operator": "EQUALS", "value": value,
        })
    };
    let join = |word: &str| json!({ "resource_type": "ConjunctionOperator", "conjunction_operator": word });
    let nested =
        |inner: Vec<Value>| json!({ "resource_type": "NestedExpression", "expressions": inner });
    let six = (0..11).map(|n| if n % 2 == 0 { tag("a|b") } else { join("AND") }).collect();
    for expression in [
        json!([tag("a|b"), tag("a|b")]),
        json!([tag("a|b"), join("AND")]),
        json!([join("OR")]),
        json!([nested(six)]),
        json!([nested(vec![])]),
        json!([{ "resource_type": "Condition", "member_type": "Segment", "key": "Tag" }]),
    ] {
        let response = nsx.patch(group, json!({ "expression": expression }));
        assert_eq!(refusal(&response), (400, 255), "{expression}");
    }
    let inner = vec![tag("a|b"), join("AND"), tag("c|d")];
    nsx.make(group, json!({ "expression": [nested(inner), join("OR"), tag("e|f")] }));
}

#[test]
fn a_groups_members_are_ports_by_their_tags_or_by_their_segments() {
    let nsx = Nsx::new();
    let tags = |value: &str| json!({ "tags": [{ "scope": "ns", "tag": value }] });
    nsx.make("/infra/segments/s1", tags("a"));
    nsx.make("/infra/segments/s2", tags("b"));
    nsx.make("/infra/segments/s1/ports/p1", json!({}));
    nsx.make("/infra/segments/s2/ports/p2", tags("a"));
    nsx.make("/infra/segments/s2/ports/p3", json!({}));
    let condition = |kind: &str| {
        json!({
            "resource_type": "Condition", "member_type": kind, "key": "Tag",
            "operator": "EQUALS", "value": "ns|a",
        })
    };
    let or = json!({ "resource_type": "ConjunctionOperator", "conjunction_operator": "OR" });
    let group = "/infra/domains/default/groups/g";
    nsx.make(group, json!({ "expression": [condition("Segment"), or, condition("SegmentPort")] }));

    let ports = nsx.get(&format!("{group}/members/segment-ports")).value();
    assert_eq!(ids(&ports["results"]), ["p1", "p2"]);
    let segments = nsx.get(&format!("{group}/members/segments")).value();
    assert_eq!(ids(&segments["results"]), ["s1"]);
}
