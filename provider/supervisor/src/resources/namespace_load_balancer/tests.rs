//! What is written is what is meant, and no more is open than what is served.

use expect_test::expect;
use namespace_network::firewall::Policy;
use serde_json::{Value as Json, json};

use super::*;
use crate::{dfw, resources::given};

fn model(rest: &Json) -> Model {
    let mut config = json!({
        "namespace": "banking",
        "name": "web",
        "tier0_path": "/infra/tier-0s/tier0-a",
        "edge_cluster_path": "/infra/sites/default/enforcement-points/default/edge-clusters/e",
        "size": "SMALL",
        "algorithm": "ROUND_ROBIN",
        "address": "192.0.2.10",
        "ports": [
            { "name": "https", "port": 443, "target_port": 8443, "protocol": "TCP" },
            { "name": "admin", "port": 8443, "protocol": "TCP" },
            { "name": "dns", "port": 53, "protocol": "UDP" },
        ],
        "ncp_cluster": "domain-c8:v",
    });
    config.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    given::model(&config)
}

/// The errors, each with its attribute.
fn wrong(rest: &Json) -> Vec<String> {
    let mut found = Diagnostics::new();
    rules::validate(&model(rest), &mut found);
    let told = found.iter().map(|it| {
        let path = it.path.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{path}: {}", it.summary)
    });
    told.collect()
}

#[test]
fn the_ports_of_the_workloads_are_open_to_the_load_balancer_alone() {
    let ids = Ids::new("lb");
    let sources = ["100.64.0.1".parse().unwrap(), "100.64.0.3".parse().unwrap()];
    let opening = wire::opening(&model(&json!({})), &ids, &sources).unwrap();
    let (_, policy) = &opening.policies[0];
    let rules = policy.rules.as_deref().unwrap();
    let policy: Policy = dfw::policy(policy, rules, &std::collections::BTreeMap::new()).unwrap();
    let (_, group) = &opening.groups[0];
    expect![[r"
        100.64.0.1, 100.64.0.3
        banking/web load balancer (Environment 100000)
          10 load-balancer: allow in lb-sources -> lb-backends, TCP/8443 UDP/53, at lb-backends
    "]]
    .assert_eq(&format!("{}\n{policy}", dfw::expression(group)));
}

#[test]
fn without_a_source_nothing_is_opened() {
    assert!(wire::opening(&model(&json!({})), &Ids::new("lb"), &[]).is_err());
}

#[test]
fn each_port_has_a_server_and_a_pool_of_the_namespaces_workloads() {
    let ids = Ids::new("lb");
    let watched = json!({ "monitor": {
        "interval": 5, "timeout": 15, "rise_count": 3, "fall_count": 3, "http_path": "/healthz" } });
    let wanted = wire::balancer(&model(&watched), &ids).unwrap();
    let shown: Vec<String> = wanted
        .servers
        .iter()
        .zip(&wanted.pools)
        .map(|((server, it), (pool, of))| {
            let group = of.member_group.as_ref().unwrap();
            format!(
                "{} {:?} -> {} port {:?} watched by {:?}",
                server.id(),
                it.ports.as_ref().unwrap(),
                pool.id(),
                group.port.unwrap(),
                of.active_monitor_paths.as_ref().unwrap(),
            )
        })
        .collect();
    expect![[r#"
        [
            "lb-https [\"443\"] -> lb-https port 8443 watched by [\"/infra/lb-monitor-profiles/lb-http\"]",
            "lb-admin [\"8443\"] -> lb-admin port 8443 watched by [\"/infra/lb-monitor-profiles/lb-http\"]",
            "lb-dns [\"53\"] -> lb-dns port 53 watched by []",
        ]
    "#]]
    .assert_debug_eq(&shown);
}

#[test]
fn who_serves_is_the_namespace_or_what_the_labels_select() {
    let all = wire::backends(&model(&json!({}))).unwrap();
    assert!(all.to_string().contains("Segment ncp/project|banking"), "{all}");
    let some = json!({ "pod_selector": { "match_labels": { "app": "web" } } });
    let some = wire::backends(&model(&some)).unwrap();
    expect![
        "(Segment ncp/cluster|domain-c8:v and Segment ncp/project|banking and SegmentPort app|web)"
    ]
    .assert_eq(&some.to_string());
    let values: Vec<String> = (0..6).map(|it| format!("v{it}")).collect();
    let many = json!({ "pod_selector": { "match_expressions": [
        { "key": "app", "operator": "In", "values": values }] } });
    let error = wire::backends(&model(&many)).unwrap_err().to_string();
    assert!(error.contains("`pod_selector`"), "{error}");
}

#[test]
fn what_cannot_be_served_is_refused_at_its_attribute() {
    assert_eq!(wrong(&json!({})), [""; 0]);
    assert_eq!(wrong(&json!({ "address": "0.0.0.0" })), ["address: not an address for clients"]);
    let twice = json!({ "ports": [
        { "name": "a", "port": 443, "protocol": "TCP" },
        { "name": "b", "port": 443, "protocol": "UDP" },
        { "name": "c", "port": 443, "protocol": "TCP" },
    ] });
    assert_eq!(wrong(&twice), ["ports[2].port: a port twice"]);
    assert_eq!(
        wrong(&json!({ "pod_selector": { "match_labels": {} } })),
        ["pod_selector.match_labels: an empty selector"]
    );
}

#[test]
fn ids_come_from_names_and_lead_back_to_ports() {
    let owner: Owner = "bank".parse().unwrap();
    let ids = ids(&owner, &model(&json!({}))).unwrap();
    assert!(ids.stem().starts_with("banking-web-"), "{}", ids.stem());
    assert_eq!(named(&owner, "banking/web"), Ok(ids.clone()));
    assert!(named(&owner, "web").is_err());
    assert_eq!(ids.port(ids.pool("https").id()), Some("https"));
    assert_eq!(ids.port(ids.stem()), None);
    assert_eq!(ids.port("other-https"), None);
}
