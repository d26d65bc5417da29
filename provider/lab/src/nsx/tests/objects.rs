//! Creating, changing, replacing and deleting one object.

use super::*;

const WEB: &str = "/infra/segments/web";

#[test]
fn a_patch_creates_with_the_standard_fields_and_answers_nothing() {
    let nsx = Nsx::new();
    let response = nsx.patch(WEB, json!({ "transport_zone_path": overlay() }));
    assert_eq!(response, Response::empty(200));

    let web = nsx.object(WEB);
    let expected = json!({
        "display_name": "web", "id": "web", "resource_type": "Segment", "path": WEB,
        "relative_path": "web", "parent_path": "/infra", "remote_path": "",
        "marked_for_delete": false, "overridden": false, "_revision": 0,
        "_create_user": "admin", "_last_modified_user": "admin", "_system_owned": false,
        "_protection": "NOT_PROTECTED", "type": "DISCONNECTED", "admin_state": "UP",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&web[name], value, "{name}");
    }
    assert_eq!(web["unique_id"], web["realization_id"]);
    assert_eq!(web["_create_time"], 1_767_225_600_000_u64);
    assert_eq!(api_contract::nsx().violations("Segment", &web), []);
}

#[test]
fn a_patch_counts_the_revision_and_a_null_in_it_is_as_good_as_nothing() {
    let nsx = Nsx::that_patches(PatchMode::Merge);
    nsx.make(WEB, json!({ "description": "a", "tags": [{ "scope": "x", "tag": "1" }] }));
    nsx.pass(60);
    nsx.make(WEB, json!({ "tags": [{ "scope": "y", "tag": "2" }], "description": null }));

    let web = nsx.object(WEB);
    assert_eq!(web["description"], "a");
    assert_eq!(web["tags"], json!([{ "scope": "y", "tag": "2" }]));
    assert_eq!(web["_revision"], 1);
    assert_eq!(web["_create_time"], 1_767_225_600_000_u64);
    assert_eq!(web["_last_modified_time"], 1_767_225_660_000_u64);
}

#[test]
fn a_put_replaces_and_answers_the_object() {
    let nsx = Nsx::new();
    nsx.make(WEB, json!({ "description": "a" }));

    let response = nsx.put(WEB, json!({ "display_name": "Web", "_revision": 0 }));

    assert_eq!(response.status, 200);
    let web = response.value();
    assert_eq!(web, nsx.object(WEB));
    assert_eq!((&web["display_name"], &web["_revision"]), (&json!("Web"), &json!(1)));
    assert_eq!(web.get("description"), None);
}

#[test]
fn what_a_get_answers_can_be_put_back() {
    let nsx = Nsx::new();
    nsx.make_gateway("t1");
    nsx.make(
        WEB,
        json!({
            "connectivity_path": "/infra/tier-1s/t1",
            "subnets": [{ "gateway_address": "10.1.0.1/24" }],
        }),
    );
    for path in [WEB, "/infra/tier-1s/t1", "/infra/domains/default/groups/g"] {
        nsx.patch(path, json!({}));
        let before = nsx.object(path);
        let response = nsx.put(path, before.clone());
        assert_eq!(response.status, 200, "{}", response.value());
        let mut after = nsx.object(path);
        after["_revision"] = before["_revision"].clone();
        assert_eq!(after, before);
    }
}

#[test]
fn a_put_on_what_is_there_needs_its_revision() {
    let nsx = Nsx::new();
    assert_eq!(nsx.put(WEB, json!({})).status, 200);

    assert_eq!(refusal(&nsx.put(WEB, json!({}))), (400, 500_127));
    assert_eq!(refusal(&nsx.put(WEB, json!({ "_revision": 7 }))), (412, 604));
    assert_eq!(nsx.put(WEB, json!({ "_revision": 0 })).status, 200);
    assert_eq!(refusal(&nsx.put(WEB, json!({ "_revision": 0 }))), (412, 604));
    assert_eq!(nsx.object(WEB)["_revision"], 1);
}

#[test]
fn a_put_with_a_revision_does_not_bring_back_what_somebody_deleted() {
    let nsx = Nsx::new();
    let response = nsx.put(WEB, json!({ "_revision": 3 }));
    assert_eq!(refusal(&response), (404, 500_090));
}

#[test]
fn a_deleted_object_is_gone_at_once_and_its_id_is_free_after_the_purge() {
    let nsx = Nsx::new();
    nsx.make(WEB, json!({}));
    assert_eq!(nsx.delete(WEB), Response::empty(200));

    assert_eq!(refusal(&nsx.get(WEB)), (404, 600));
    assert_eq!(refusal(&nsx.delete(WEB)), (404, 600));
    assert_eq!(nsx.get("/infra/segments").value()["result_count"], 0);
    let with_deleted =
        nsx.get_with("/infra/segments", &[("include_mark_for_delete_objects", "true")]).value();
    assert_eq!(with_deleted["results"][0]["marked_for_delete"], true);
    assert_eq!(refusal(&nsx.patch(WEB, json!({}))), (400, 500_045));

    nsx.pass(299);
    assert_eq!(refusal(&nsx.put(WEB, json!({}))), (400, 500_045));
    nsx.pass(1);
    nsx.make(WEB, json!({}));
    assert_eq!(nsx.object(WEB)["_revision"], 0);
}

#[test]
fn an_unknown_property_is_refused_with_its_name() {
    let nsx = Nsx::new();
    let response = nsx.patch(WEB, json!({ "connectivity": "/infra/tier-1s/t1" }));
    assert_eq!(refusal(&response), (400, 287));
    assert_eq!(
        message(&response),
        "Json de-serialization error: property connectivity is unrecognized."
    );
    assert_eq!(nsx.get(WEB).status, 404);
}

#[test]
fn values_out_of_range_are_refused() {
    let nsx = Nsx::new();
    let long = "x".repeat(256);
    let tags: Vec<Value> = (0..31).map(|n| json!({ "scope": "s", "tag": n.to_string() })).collect();
    for body in [
        json!({ "admin_state": "SLEEPING" }),
        json!({ "display_name": long }),
        json!({ "overlay_id": -1 }),
        json!({ "display_name": 3 }),
        json!({ "tags": tags }),
        json!({ "tags": [{ "scope": "s", "tag": "x".repeat(257) }] }),
        json!({ "id": "other" }),
        json!({ "resource_type": "Tier1" }),
        json!({ "subnets": [{ "gateway_address": "10.0.0.0/24" }] }),
        json!({ "subnets": [{ "gateway_address": "10.0.0.1" }] }),
        json!({ "vlan_ids": ["3"] }),
    ] {
        assert_eq!(refusal(&nsx.patch(WEB, body.clone())), (400, 255), "{body}");
    }
    assert_eq!(refusal(&nsx.patch(WEB, json!([]))), (400, 287));
    assert_eq!(nsx.get(WEB).status, 404);
}

#[test]
fn what_an_object_refers_to_must_be_there() {
    let nsx = Nsx::new();
    let response = nsx.patch(WEB, json!({ "connectivity_path": "/infra/tier-1s/t1" }));
    assert_eq!(refusal(&response), (400, 500_012));
    assert_eq!(message(&response), "The path=[/infra/tier-1s/t1] is invalid");
    assert_eq!(refusal(&nsx.patch("/infra/segments/web/ports/p", json!({}))), (404, 600));
}

#[test]
fn what_is_referred_to_cannot_be_deleted_until_nothing_does() {
    let nsx = Nsx::new();
    nsx.make("/infra/tier-1s/t1", json!({}));
    nsx.make(WEB, json!({ "connectivity_path": "/infra/tier-1s/t1" }));

    let response = nsx.delete("/infra/tier-1s/t1");
    assert_eq!(refusal(&response), (400, 500_030));
    let text = message(&response);
    assert!(text.contains("path=[/infra/tier-1s/t1]"), "{text}");
    assert!(text.contains("path=[/infra/segments/web]"), "{text}");

    nsx.put(WEB, json!({ "_revision": 0 }));
    assert_eq!(nsx.delete("/infra/tier-1s/t1").status, 200);
}

#[test]
fn children_block_their_parent() {
    let nsx = Nsx::new();
    nsx.make_gateway("t1");
    nsx.make("/infra/domains/d", json!({}));
    nsx.make("/infra/domains/d/groups/g", json!({}));
    nsx.make(WEB, json!({}));
    nsx.make("/infra/segments/web/ports/p", json!({}));

    assert_eq!(refusal(&nsx.delete("/infra/tier-1s/t1")), (400, 500_030));
    assert_eq!(refusal(&nsx.delete("/infra/domains/d")), (400, 500_030));
    assert_eq!(refusal(&nsx.delete(WEB)), (400, 503_040));

    let forced = Request::new(Method::DELETE, "/policy/api/v1/infra/segments/web");
    assert_eq!(nsx.ask(forced.with_query("force", "true")).status, 200);
    assert_eq!(nsx.delete("/infra/tier-1s/t1/locale-services/default").status, 200);
    assert_eq!(nsx.delete("/infra/tier-1s/t1").status, 200);
}

#[test]
fn segments_of_one_gateway_do_not_overlap() {
    let nsx = Nsx::new();
    nsx.make("/infra/tier-1s/t1", json!({}));
    nsx.make("/infra/tier-1s/t2", json!({}));
    let on = |gateway: &str, address: &str| {
        json!({
            "connectivity_path": format!("/infra/tier-1s/{gateway}"),
            "subnets": [{ "gateway_address": address }],
        })
    };
    nsx.make(WEB, on("t1", "10.1.0.1/24"));
    assert_eq!(nsx.object(WEB)["subnets"][0]["network"], "10.1.0.0/24");

    let overlapping = nsx.patch("/infra/segments/app", on("t1", "10.1.0.129/25"));
    assert_eq!(refusal(&overlapping), (400, 500_105));
    nsx.make("/infra/segments/app", on("t2", "10.1.0.129/25"));
}

#[test]
fn what_the_lab_does_not_have_says_so() {
    let nsx = Nsx::new();
    assert_eq!(refusal(&nsx.get("/infra/nothing")).0, 404);
    assert_eq!(refusal(&nsx.get("/infra/vni-pools")).0, 501);
    assert_eq!(refusal(&nsx.get_with("/infra/segments", &[("page", "1")])), (400, 255));
}
