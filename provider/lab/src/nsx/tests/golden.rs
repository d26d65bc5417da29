//! Requests as the vendor's own SDK sends them, recorded by the contract's tools: bodies, paths and
//! queries are facts, ids are ours.

use super::*;

const SEGMENT: &str = "/infra/segments/seg-1";

fn segment() -> Value {
    json!({
        "connectivity_path": "/infra/tier-1s/t1",
        "display_name": "seg-1",
        "subnets": [{
            "dhcp_ranges": ["10.1.0.10-10.1.0.99"],
            "gateway_address": "10.1.0.1/24",
        }],
        "tags": [{ "scope": "owner", "tag": "terraform" }],
        "transport_zone_path": overlay(),
    })
}

#[test]
fn segment_patch_put_get_list_delete() {
    let nsx = Nsx::new();
    nsx.make("/infra/tier-1s/t1", json!({}));
    nsx.make(SEGMENT, segment());
    nsx.make(SEGMENT, segment());
    nsx.make(SEGMENT, segment());
    nsx.make(SEGMENT, segment());
    let put = nsx.put(SEGMENT, json!({ "_revision": 3, "display_name": "seg-1" }));
    assert_eq!((put.status, &put.value()["_revision"]), (200, &json!(4)));
    let stale = nsx.put(SEGMENT, json!({ "_revision": 3, "display_name": "seg-1" }));
    assert_eq!(refusal(&stale), (412, 604));
    let query = [
        ("include_mark_for_delete_objects", "false"),
        ("page_size", "50"),
        ("sort_ascending", "true"),
        ("sort_by", "display_name"),
    ];
    assert_eq!(nsx.get_with("/infra/segments", &query).value()["result_count"], 1);
    let beyond = nsx.get_with("/infra/segments", &[("cursor", "00041000")]).value();
    assert_eq!(beyond["results"], json!([]));
    nsx.pass(1);
    let query = [("page_size", "10"), ("query", "resource_type:Segment AND display_name:seg-1")];
    assert_eq!(nsx.get_with("/search/query", &query).value()["results"][0]["id"], "seg-1");
    assert_eq!(nsx.delete(SEGMENT).status, 200);
}

#[test]
fn group_patch() {
    let nsx = Nsx::new();
    let body = json!({
        "display_name": "web",
        "expression": [
            {
                "key": "Tag", "member_type": "VirtualMachine", "operator": "EQUALS",
                "resource_type": "Condition", "value": "tier|web",
            },
            { "conjunction_operator": "OR", "resource_type": "ConjunctionOperator" },
            { "ip_addresses": ["10.1.0.0/24"], "resource_type": "IPAddressExpression" },
        ],
    });
    nsx.make("/infra/domains/default/groups/web", body);
}

#[test]
fn hierarchical_patch() {
    let nsx = Nsx::new();
    nsx.make("/infra/domains/default/groups/web", json!({}));
    let body = json!({
        "children": [
            {
                "Segment": {
                    "connectivity_path": "/infra/tier-1s/t1",
                    "display_name": "seg-1",
                    "id": "seg-1",
                    "resource_type": "Segment",
                },
                "resource_type": "ChildSegment",
            },
            {
                "Tier1": {
                    "id": "t1",
                    "resource_type": "Tier1",
                    "tier0_path": format!("/infra/tier-0s/{TIER0_A}"),
                },
                "resource_type": "ChildTier1",
            },
            {
                "children": [{
                    "Group": { "id": "web", "resource_type": "Group" },
                    "marked_for_delete": true,
                    "resource_type": "ChildGroup",
                }],
                "id": "default",
                "resource_type": "ChildResourceReference",
                "target_type": "Domain",
            },
        ],
        "resource_type": "Infra",
    });
    let request = Request::new(Method::PATCH, "/policy/api/v1/infra")
        .with_query("enforce_revision_check", "true")
        .json(body);
    assert_eq!(nsx.ask(request), Response::empty(200));
    assert_eq!(nsx.object(SEGMENT)["connectivity_path"], "/infra/tier-1s/t1");
    assert_eq!(nsx.get("/infra/domains/default/groups/web").status, 404);
}

/// As tools ask that save a firewall, and the form that they rely on.
#[test]
fn hierarchical_get() {
    let nsx = Nsx::new();
    nsx.make("/infra/domains/default/groups/web", json!({}));
    let rule = json!({ "id": "r", "action": "ALLOW" });
    nsx.make("/infra/domains/default/security-policies/app", json!({ "rules": [rule] }));
    let domain = |types: &[(&str, &str)]| {
        let tree = nsx.get_with("/infra", types).value();
        assert_eq!(tree["resource_type"], "Infra");
        let children = tree["children"].as_array().unwrap();
        let all = children.iter().filter(|it| it["resource_type"] == "ChildDomain");
        all.map(|it| it["Domain"].clone()).next().unwrap()
    };
    for query in [
        &[("filter", "Type-Domain|SecurityPolicy|Rule|Group")][..],
        &[("filter", "Type-Domain|Group|Service|SecurityPolicy|Rule")],
        &[("type_filter", "SecurityPolicy;Group;")],
        &[("base_path", "/infra/domains/default"), ("type_filter", "SecurityPolicy;Group")],
    ] {
        let domain = domain(query);
        assert_eq!(domain["path"], "/infra/domains/default");
        let group = &domain["children"][0];
        assert_eq!(
            (&group["resource_type"], &group["Group"]["id"]),
            (&json!("ChildGroup"), &json!("web"))
        );
        let policy = &domain["children"][1]["SecurityPolicy"];
        assert_eq!(policy["rules"], Value::Null, "rules come as children");
        let rule = &policy["children"][0];
        assert_eq!(
            (&rule["resource_type"], &rule["Rule"]["id"]),
            (&json!("ChildRule"), &json!("r"))
        );
        assert_eq!(rule["Rule"]["parent_path"], policy["path"]);
    }
    let services = nsx.get_with("/infra", &[("type_filter", "Service")]).value();
    let dns = services["children"].as_array().unwrap().iter().map(|it| &it["Service"]);
    let dns = dns.into_iter().find(|it| it["id"] == "DNS").unwrap();
    assert_eq!(dns["service_entries"].as_array().unwrap().len(), 2);
    assert_eq!(dns["children"][0]["ServiceEntry"]["resource_type"], "L4PortSetServiceEntry");
}

#[test]
fn security_policy_patch() {
    let nsx = Nsx::new();
    nsx.make("/infra/domains/default/groups/web", json!({}));
    let body = json!({
        "category": "Application",
        "display_name": "app",
        "rules": [{
            "action": "ALLOW",
            "destination_groups": ["/infra/domains/default/groups/web"],
            "direction": "IN_OUT",
            "disabled": false,
            "display_name": "allow-web",
            "id": "allow-web",
            "ip_protocol": "IPV4_IPV6",
            "logged": false,
            "scope": ["ANY"],
            "sequence_number": 1,
            "services": ["/infra/services/HTTPS"],
            "source_groups": ["ANY"],
        }],
        "sequence_number": 10,
    });
    nsx.make("/infra/domains/default/security-policies/app", body);
}
