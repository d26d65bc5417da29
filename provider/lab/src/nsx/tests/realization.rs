//! What becomes of an intent.

use super::*;

fn status(nsx: &Nsx, path: &str) -> (String, String) {
    let found = nsx.get_with("/infra/realized-state/status", &[("intent_path", path)]).value();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&found["consolidated_status"]["consolidated_status"]), text(&found["publish_status"]))
}

fn is(words: (&str, &str)) -> (String, String) {
    (words.0.to_owned(), words.1.to_owned())
}

#[test]
fn an_intent_is_realized_two_seconds_after_it_was_left_alone() {
    let nsx = Nsx::new();
    let path = "/infra/segments/web";
    let missing = nsx.get_with("/infra/realized-state/status", &[("intent_path", path)]);
    assert_eq!(refusal(&missing), (404, 600));

    nsx.make(path, json!({}));
    assert_eq!(status(&nsx, path), is(("IN_PROGRESS", "UNREALIZED")));
    assert_eq!(nsx.get(&format!("{path}/state")).value()["state"], "in_progress");
    nsx.pass(2);
    assert_eq!(status(&nsx, path), is(("SUCCESS", "REALIZED")));
    assert_eq!(nsx.get(&format!("{path}/state")).value()["state"], "success");
    nsx.make(path, json!({ "description": "x" }));
    assert_eq!(status(&nsx, path), is(("IN_PROGRESS", "UNREALIZED")));
}

#[test]
fn a_policy_is_realized_when_its_rules_are() {
    let nsx = Nsx::new();
    let policy = "/infra/domains/default/security-policies/p";
    nsx.make(policy, json!({}));
    nsx.pass(2);
    nsx.make(&format!("{policy}/rules/r"), json!({ "action": "DROP" }));
    assert_eq!(status(&nsx, policy), is(("IN_PROGRESS", "UNREALIZED")));
}

#[test]
fn a_domain_never_is() {
    let nsx = Nsx::new();
    nsx.make("/infra/domains/d", json!({}));
    nsx.pass(600);
    assert_eq!(status(&nsx, "/infra/domains/d"), is(("UNINITIALIZED", "UNAVAILABLE")));
}

#[test]
fn a_load_balancer_needs_a_gateway_on_edges() {
    let nsx = Nsx::new();
    nsx.make("/infra/tier-1s/t1", json!({}));
    let service = "/infra/lb-services/lb";
    nsx.make(service, json!({ "connectivity_path": "/infra/tier-1s/t1" }));
    nsx.pass(2);
    assert_eq!(status(&nsx, service), is(("ERROR", "ERROR")));
    assert_eq!(nsx.get("/infra/realized-state/alarms").value()["result_count"], 1);

    nsx.make_gateway("t1");
    assert_eq!(status(&nsx, service), is(("SUCCESS", "REALIZED")));
}

#[test]
fn a_gateways_link_shows_the_address_a_load_balancer_sends_from() {
    let nsx = Nsx::new();
    nsx.make_gateway("a");
    nsx.make_gateway("b");
    nsx.make("/infra/tier-1s/c", json!({}));
    nsx.pass(2);
    let ports = |gateway: &str| {
        let path = format!("/infra/tier-1s/{gateway}");
        let found = nsx
            .get_with("/infra/realized-state/realized-entities", &[("intent_path", &path)])
            .value();
        let results = found["results"].as_array().unwrap().clone();
        results
            .into_iter()
            .filter(|entity| entity["entity_type"] == "RealizedLogicalRouterPort")
            .map(|port| (port["display_name"].clone(), port["extended_attributes"][0].clone()))
            .collect::<Vec<_>>()
    };
    let a = ports("a");
    assert_eq!(a[0].0, "a-t1_lrp");
    assert_eq!(a[0].1["key"], "IpAddresses");
    assert_eq!(a[0].1["values"], json!(["100.64.0.1/31"]));
    assert_eq!(ports("b")[0].1["values"], json!(["100.64.0.3/31"]));
    assert_eq!(ports("c"), []);
}

#[test]
fn a_gateway_takes_one_load_balancer_and_a_small_one_twenty_servers() {
    let nsx = Nsx::new();
    nsx.make_gateway("t1");
    let service = json!({ "connectivity_path": "/infra/tier-1s/t1" });
    nsx.make("/infra/lb-services/lb", service.clone());
    assert_eq!(nsx.patch("/infra/lb-services/other", service).status, 400);

    let server = |port: u16| {
        json!({
            "ip_address": "10.0.0.1", "ports": [port.to_string()],
            "application_profile_path": "/infra/lb-app-profiles/default-tcp-lb-app-profile",
            "lb_service_path": "/infra/lb-services/lb",
        })
    };
    for port in 1..=20 {
        nsx.make(&format!("/infra/lb-virtual-servers/v{port}"), server(port));
    }
    assert_eq!(nsx.patch("/infra/lb-virtual-servers/v21", server(21)).status, 400);
    assert_eq!(refusal(&nsx.patch("/infra/lb-virtual-servers/v2", server(1))), (400, 500_105));
    assert_eq!(refusal(&nsx.delete("/infra/lb-services/lb")), (400, 500_030));
}
