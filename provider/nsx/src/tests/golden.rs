//! Bodies beside those that the vendor's own client sent (recorded; facts, not code).

use serde_json::json;

use crate::objects::*;
use crate::{Hierarchy, Id, Meta};

#[test]
fn a_hierarchical_call_has_the_vendors_form() {
    let segment =
        Segment { connectivity_path: Some("/infra/tier-1s/t1".into()), ..Segment::named("seg-1") };
    let gateway = Tier1 { tier0_path: Some("/infra/tier-0s/t0".into()), ..Tier1::default() };
    let mut change = Hierarchy::new();
    change
        .put(&Id::new("seg-1"), &segment)
        .put(&Id::new("t1"), &gateway)
        .delete(&Id::<Domain>::new("default").child::<Group>("web"));
    assert_eq!(change.len(), 3);
    assert_eq!(
        change.to_body(),
        json!({
            "resource_type": "Infra",
            "children": [
                { "resource_type": "ChildSegment", "Segment": {
                    "resource_type": "Segment", "id": "seg-1", "display_name": "seg-1",
                    "connectivity_path": "/infra/tier-1s/t1" } },
                { "resource_type": "ChildTier1", "Tier1": {
                    "resource_type": "Tier1", "id": "t1", "tier0_path": "/infra/tier-0s/t0" } },
                { "resource_type": "ChildResourceReference", "id": "default",
                  "target_type": "Domain", "children": [
                    { "resource_type": "ChildGroup", "marked_for_delete": true, "Group": {
                        "resource_type": "Group", "id": "web" } }
                ] }
            ]
        })
    );
}

#[test]
fn what_is_written_with_its_parent_hangs_below_it() {
    let mut change = Hierarchy::new();
    let domain = Id::<Domain>::new("default");
    let policy = domain.child::<SecurityPolicy>("p");
    change
        .put(&policy.child("r"), &Rule::named("r"))
        .put(&policy, &SecurityPolicy::named("p"))
        .put(&domain.child("g"), &Group::named("g"));
    let body = change.to_body();
    let below = &body["children"][0]["children"];
    assert_eq!(below[0]["SecurityPolicy"]["children"][0]["Rule"]["id"], "r");
    assert_eq!(below[1]["Group"]["id"], "g");
    assert_eq!(api_contract::nsx().violations("Infra", &body), []);
}

#[test]
fn a_group_has_the_vendors_form() {
    let conditions = vec![
        Expression::tagged(MemberType::VirtualMachine, "tier", "web"),
        Expression::addresses(vec!["10.1.0.0/24".into()]),
    ];
    let group = Group { expression: Some(Expression::any(conditions)), ..Group::named("web") };
    assert_eq!(
        serde_json::to_value(&group).unwrap(),
        json!({
            "display_name": "web",
            "expression": [
                { "resource_type": "Condition", "member_type": "VirtualMachine", "key": "Tag",
                  "operator": "EQUALS", "value": "tier|web" },
                { "resource_type": "ConjunctionOperator", "conjunction_operator": "OR" },
                { "resource_type": "IPAddressExpression", "ip_addresses": ["10.1.0.0/24"] }
            ]
        })
    );
}

#[test]
fn a_security_policy_has_the_vendors_form() {
    let any = || Some(vec!["ANY".to_owned()]);
    let rule = Rule {
        meta: Meta { id: Some("allow-web".into()), ..Rule::named("allow-web").meta },
        action: Some(Action::Allow),
        destination_groups: Some(vec!["/infra/domains/default/groups/web".into()]),
        direction: Some(Direction::InOut),
        disabled: Some(false),
        ip_protocol: Some(IpProtocol::Both),
        logged: Some(false),
        scope: any(),
        sequence_number: Some(1),
        services: Some(vec!["/infra/services/HTTPS".into()]),
        source_groups: any(),
        ..Rule::default()
    };
    let policy = SecurityPolicy {
        category: Some("Application".into()),
        rules: Some(vec![rule]),
        sequence_number: Some(10),
        ..SecurityPolicy::named("app")
    };
    assert_eq!(
        serde_json::to_value(&policy).unwrap(),
        json!({
            "display_name": "app", "category": "Application", "sequence_number": 10,
            "rules": [{
                "id": "allow-web", "display_name": "allow-web", "action": "ALLOW",
                "destination_groups": ["/infra/domains/default/groups/web"],
                "direction": "IN_OUT", "disabled": false, "ip_protocol": "IPV4_IPV6",
                "logged": false, "scope": ["ANY"], "sequence_number": 1,
                "services": ["/infra/services/HTTPS"], "source_groups": ["ANY"]
            }]
        })
    );
}

#[test]
fn what_is_not_known_survives_a_round_trip() {
    let answer = json!({
        "id": "seg-1", "_revision": 4, "type": "ROUTED", "unknown_future_field": 1,
        "subnets": [{ "gateway_address": "10.0.0.1/24", "dhcp_config": { "lease_time": 60 } }],
        "admin_state": "SLEEPING"
    });
    let segment: Segment = serde_json::from_value(answer.clone()).unwrap();
    assert_eq!(segment.meta.revision, Some(4));
    assert_eq!(segment.admin_state, Some(AdminState::Other("SLEEPING".into())));
    assert_eq!(serde_json::to_value(&segment).unwrap(), answer);
    let expression = json!({ "resource_type": "MACAddressExpression", "mac_addresses": ["a"] });
    let other: Expression = serde_json::from_value(expression.clone()).unwrap();
    assert!(matches!(other, Expression::Other(_)));
    assert_eq!(serde_json::to_value(&other).unwrap(), expression);
}
