//! What the lab answers, held against the contract.

use super::*;

/// Answers that are objects of a type the contract has.
const PATHS: [&str; 22] = [
    "/api/v1/node",
    "/api/v1/node/version",
    "/api/v1/cluster",
    "/api/v1/cluster/status",
    "/api/v1/transport-zones",
    "/api/v1/edge-clusters",
    "/policy/api/v1/infra/segments",
    "/policy/api/v1/infra/segments/s",
    "/policy/api/v1/infra/segments/s/state",
    "/policy/api/v1/infra/tier-0s",
    "/policy/api/v1/infra/tier-1s/t1",
    "/policy/api/v1/infra/tier-1s/t1/state",
    "/policy/api/v1/infra/tier-1s/t1/nat",
    "/policy/api/v1/infra/services",
    "/policy/api/v1/infra/services/DNS",
    "/policy/api/v1/infra/lb-app-profiles",
    "/policy/api/v1/infra/lb-monitor-profiles",
    "/policy/api/v1/infra/lb-persistence-profiles",
    "/policy/api/v1/infra/domains/default",
    "/policy/api/v1/infra/settings/firewall/security",
    "/policy/api/v1/infra/settings/firewall/security/exclude-list",
    "/policy/api/v1/infra/realized-state/alarms",
];

#[track_caller]
fn check(nsx: &Nsx, path: &str, query: &[(&str, &str)]) {
    let contract = api_contract::nsx();
    let request = query.iter().fold(Request::new(Method::GET, path), |request, (name, value)| {
        request.with_query(name, value)
    });
    let response = nsx.ask(request);
    assert_eq!(response.status, 200, "{path}: {}", response.value());
    let operation = contract.operation("GET", path, query).unwrap();
    let answer = operation.answer_type().unwrap();
    assert_eq!(contract.violations(answer, &response.value()), [], "{path}");
}

#[test]
fn answers_keep_the_contract() {
    let nsx = Nsx::new();
    nsx.make_gateway("t1");
    nsx.make("/infra/segments/s", json!({ "connectivity_path": "/infra/tier-1s/t1" }));
    nsx.make("/infra/lb-services/lb", json!({}));
    nsx.pass(2);
    for path in PATHS {
        check(&nsx, path, &[]);
    }
    let below = format!("/policy/api/v1{ENFORCEMENT_POINT}");
    for collection in ["transport-zones", "edge-clusters"] {
        check(&nsx, &format!("{below}/{collection}"), &[]);
    }
    check(&nsx, &format!("{below}/edge-clusters/{EDGE_CLUSTER_ID}/edge-nodes"), &[]);
    let realized = "/policy/api/v1/infra/realized-state";
    for intent in ["/infra/tier-1s/t1", "/infra/segments/s", "/infra/lb-services/lb"] {
        check(&nsx, &format!("{realized}/status"), &[("intent_path", intent)]);
        check(&nsx, &format!("{realized}/realized-entities"), &[("intent_path", intent)]);
    }
    check(&nsx, "/policy/api/v1/search/query", &[("query", "resource_type:Tier0")]);
    let policies = "/policy/api/v1/infra/domains/default/security-policies";
    check(&nsx, policies, &[("include_rule_count", "true")]);
    check(&nsx, "/policy/api/v1/infra", &[]);
    check(&nsx, "/policy/api/v1/infra", &[("filter", "Type-.*")]);
}

#[test]
fn a_failed_realization_is_told_within_the_contract() {
    let nsx = Nsx::new();
    nsx.make("/infra/tier-1s/t1", json!({}));
    nsx.make("/infra/lb-services/lb", json!({ "connectivity_path": "/infra/tier-1s/t1" }));
    nsx.pass(2);
    let entities = "/policy/api/v1/infra/realized-state/realized-entities";
    check(&nsx, entities, &[("intent_path", "/infra/lb-services/lb")]);
    check(&nsx, "/policy/api/v1/infra/realized-state/alarms", &[]);
}

#[test]
fn the_firewalls_settings_are_read_and_written() {
    let nsx = Nsx::new();
    let switch = "/infra/settings/firewall/security";
    let list = "/infra/settings/firewall/security/exclude-list";
    assert_eq!(nsx.object(switch)["enable_firewall"], true);
    nsx.make(
        switch,
        json!({
            "resource_type": "DfwFirewallConfiguration", "enable_firewall": false,
        }),
    );
    assert_eq!(nsx.object(switch)["enable_firewall"], false);

    nsx.make("/infra/domains/default/groups/g", json!({}));
    let group = json!(["/infra/domains/default/groups/g"]);
    nsx.make(list, json!({ "members": group }));
    assert_eq!(nsx.object(list)["members"], group);
    let system = nsx.get_with(list, &[("system_owned", "true")]).value();
    assert_eq!(system["members"], json!([]));
    assert_eq!(refusal(&nsx.delete("/infra/domains/default/groups/g")), (400, 500_030));
}
