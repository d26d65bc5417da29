//! Whose objects are whose.

use super::*;
use crate::nsx::as_principal;

const NCP: &str = "wcp-cluster-user-domain-c8-dd5825a9";
const GROUP: &str = "/infra/domains/default/groups/pods";
const POLICY: &str = "/infra/domains/default/security-policies/baseline";

fn with_ncps_objects() -> Nsx {
    let nsx = Nsx::new();
    nsx.store
        .transaction(|tx| {
            let mut ncp = as_principal(tx, NCP);
            ncp.patch(GROUP, &json!({})).unwrap();
            let rules = json!({ "rules": [{ "id": "drop", "action": "DROP" }] });
            ncp.patch(POLICY, &rules).unwrap();
        })
        .unwrap();
    nsx
}

fn overwriting(method: Method, path: &str) -> Request {
    Request::new(method, &format!("/policy/api/v1{path}")).with_header("x-allow-overwrite", "true")
}

#[test]
fn ncps_objects_are_kept_from_an_admin_who_does_not_insist() {
    let nsx = with_ncps_objects();
    assert_eq!(nsx.object(GROUP)["_protection"], "REQUIRE_OVERRIDE");
    assert_eq!(nsx.object(GROUP)["_create_user"], NCP);

    let rule = format!("{POLICY}/rules/open");
    for response in [
        nsx.patch(GROUP, json!({ "description": "mine" })),
        nsx.put(GROUP, json!({ "_revision": 0 })),
        nsx.delete(GROUP),
        nsx.patch(&rule, json!({ "action": "ALLOW" })),
        nsx.delete(POLICY),
    ] {
        assert_eq!(refusal(&response), (400, 289));
    }
    let text = message(&nsx.delete(GROUP));
    assert!(text.starts_with("Principal 'admin' with role '[enterprise_admin]'"), "{text}");

    let insisting = overwriting(Method::PATCH, GROUP).json(json!({ "description": "mine" }));
    assert_eq!(nsx.ask(insisting).status, 200);
    assert_eq!(nsx.object(GROUP)["_create_user"], NCP);
    assert_eq!(nsx.object(GROUP)["_last_modified_user"], NSX_USER);
    assert_eq!(nsx.ask(overwriting(Method::DELETE, POLICY)).status, 200);
}

#[test]
fn ncp_changes_and_deletes_its_own_under_the_same_rules() {
    let nsx = with_ncps_objects();
    nsx.store
        .transaction(|tx| {
            let mut ncp = as_principal(tx, NCP);
            ncp.patch(GROUP, &json!({ "description": "x" })).unwrap();
            assert_eq!(ncp.get(POLICY).unwrap()["rules"][0]["id"], "drop");
            let unknown = ncp.patch(GROUP, &json!({ "no_such": 1 })).unwrap_err();
            assert_eq!(unknown.code, 287);
            let dangling = json!({ "rules": [
                { "id": "x", "action": "DROP", "scope": ["/infra/domains/default/groups/none"] },
            ]});
            assert_eq!(ncp.patch(POLICY, &dangling).unwrap_err().code, 500_012);
            assert_eq!(ncp.get(POLICY).unwrap()["rules"].as_array().unwrap().len(), 1);
            ncp.delete(POLICY).unwrap();
            assert!(ncp.get(POLICY).is_none());
        })
        .unwrap();
}

#[test]
fn what_the_system_owns_stays() {
    let nsx = Nsx::new();
    for path in ["/infra/services/DNS", "/infra/domains/default", "/infra/tier-0s/tier0-a/nat/USER"]
    {
        assert_eq!(nsx.object(path)["_system_owned"], true, "{path}");
        assert_eq!(nsx.delete(path).status, 400, "{path}");
        assert_eq!(nsx.patch(path, json!({ "description": "x" })).status, 400, "{path}");
    }
    let zone = overlay();
    assert_eq!(nsx.delete(&zone).status, 400);
    assert_eq!(nsx.patch(&zone, json!({ "description": "x" })).status, 400);
}
