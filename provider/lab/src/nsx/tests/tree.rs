//! The hierarchical PATCH.

use super::*;

fn child(kind: &str, mut body: Value) -> Value {
    body["resource_type"] = json!(kind);
    json!({ "resource_type": format!("Child{kind}"), kind: body })
}

fn delete(kind: &str, id: &str) -> Value {
    let mut wrapper = child(kind, json!({ "id": id }));
    wrapper["marked_for_delete"] = json!(true);
    wrapper
}

fn below(kind: &str, id: &str, children: &[Value]) -> Value {
    json!({
        "resource_type": "ChildResourceReference", "target_type": kind, "id": id,
        "children": children,
    })
}

fn tree(children: &[Value]) -> Value {
    json!({ "resource_type": "Infra", "children": children })
}

#[test]
fn children_may_come_before_what_they_refer_to() {
    let nsx = Nsx::new();
    let group = "/infra/domains/default/groups/g";
    let policy = child(
        "SecurityPolicy",
        json!({ "id": "p", "scope": [group], "children": [
            child("Rule", json!({ "id": "r", "action": "DROP", "scope": [group] })),
        ]}),
    );
    nsx.make(
        "/infra",
        tree(&[
            child("Segment", json!({ "id": "s", "connectivity_path": "/infra/tier-1s/t1" })),
            below("Domain", "default", &[policy, child("Group", json!({ "id": "g" }))]),
            child("Tier1", json!({ "id": "t1" })),
        ]),
    );

    assert_eq!(nsx.object("/infra/segments/s")["type"], "ROUTED");
    let policy = nsx.object("/infra/domains/default/security-policies/p");
    assert_eq!(policy["rules"][0]["scope"], json!([group]));
}

#[test]
fn one_wrong_object_keeps_all_out() {
    let nsx = Nsx::new();
    for (wrong, code) in [
        (child("Segment", json!({ "id": "s", "connectivity_path": "/infra/tier-1s/no" })), 500_012),
        (child("Segment", json!({ "id": "s", "no_such": true })), 287),
        (child("Segment", json!({ "display_name": "no id" })), 255),
        (delete("Segment", "none"), 600),
        (below("Domain", "none", &[]), 600),
        (below("Domain", "none", &[child("Group", json!({ "id": "g" }))]), 600),
        (json!({ "resource_type": "ChildSegment" }), 287),
    ] {
        let response = nsx.patch("/infra", tree(&[child("Tier1", json!({ "id": "t1" })), wrong]));
        assert_eq!(refusal(&response).1, code, "{}", response.value());
        assert_eq!(nsx.get("/infra/tier-1s/t1").status, 404);
    }
}

#[test]
fn a_tree_goes_as_a_whole_whatever_the_order() {
    let nsx = Nsx::new();
    nsx.make_gateway("t1");
    nsx.make("/infra/segments/s", json!({ "connectivity_path": "/infra/tier-1s/t1" }));

    let blocked = nsx.patch("/infra", tree(&[delete("Tier1", "t1")]));
    assert_eq!(refusal(&blocked), (400, 500_030));

    let mut gateway = delete("Tier1", "t1");
    gateway["Tier1"]["children"] = json!([delete("LocaleServices", "default")]);
    nsx.make("/infra", tree(&[gateway, delete("Segment", "s")]));
    assert_eq!(nsx.get("/infra/tier-1s/t1").status, 404);
    assert_eq!(nsx.get("/infra/segments/s").status, 404);
}

#[test]
fn revisions_are_checked_only_on_demand() {
    let nsx = Nsx::new();
    nsx.make("/infra/segments/s", json!({}));
    let body = tree(&[child("Segment", json!({ "id": "s", "_revision": 9 }))]);

    let checked = Request::new(Method::PATCH, "/policy/api/v1/infra")
        .with_query("enforce_revision_check", "true")
        .json(body.clone());
    assert_eq!(refusal(&nsx.ask(checked)), (412, 604));
    nsx.make("/infra", body);
    assert_eq!(nsx.object("/infra/segments/s")["_revision"], 1);
}

#[test]
fn where_revisions_are_checked_an_update_says_what_it_has_read() {
    let nsx = Nsx::new();
    let checked = |body: Value| {
        let request = Request::new(Method::PATCH, "/policy/api/v1/infra");
        nsx.ask(request.with_query("enforce_revision_check", "true").json(tree(&[body])))
    };
    let bare = || child("Segment", json!({ "id": "s" }));
    assert_eq!(checked(bare()).status, 200);
    assert_eq!(refusal(&checked(bare())), (400, 500_127));
    assert_eq!(checked(child("Segment", json!({ "id": "s", "_revision": 0 }))).status, 200);
    assert_eq!(nsx.object("/infra/segments/s")["_revision"], 1);
    let gone = child("Segment", json!({ "id": "t", "_revision": 1 }));
    assert_eq!(refusal(&checked(gone)), (404, 500_090));
}

#[test]
fn a_call_takes_five_thousand_objects() {
    let nsx = Nsx::new();
    let groups: Vec<Value> =
        (0..5001).map(|n| child("Group", json!({ "id": format!("g{n}") }))).collect();
    let response = nsx.patch("/infra", tree(&[below("Domain", "default", &groups)]));
    assert_eq!(refusal(&response), (400, 255));
}

#[test]
fn children_belong_to_the_tree_alone() {
    let nsx = Nsx::new();
    let body = json!({ "children": [child("SegmentPort", json!({ "id": "p" }))] });
    assert_eq!(nsx.patch("/infra/segments/s", body).status, 400);
}
