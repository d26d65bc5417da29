//! NCP's baseline: what holds for a namespace before any NetworkPolicy (behaviour.md 2.5).
//!
//! Synthetic. That a namespace is closed by default is what the vendor says; ids, names, sequence
//! numbers and the exact rules of WCP's sections are not public. What is known of NCP: its rules
//! are in category Application, Allow before Drop, a baseline after every NetworkPolicy. Here those
//! of a NetworkPolicy are at 2010 and 2090, so the baseline is at 2099.

use serde_json::{Value, json};

use super::names::{Project, Tags};
use super::object::Object;
use super::site::Site;
use crate::settings::IsolationProfile;

/// Before every NetworkPolicy: the nodes probe their pods.
const NODES: u32 = 5;
/// After every NetworkPolicy.
const BASELINE: u32 = 2099;

/// Which way a rule looks, seen from the port that it is applied to.
#[derive(Clone, Copy)]
enum Direction {
    In,
    Out,
}

/// The groups and policies of a user's namespace, groups first. `system` is the subnet of the
/// control plane. The open profile has neither; the system namespaces have no baseline.
pub(crate) fn baseline(site: &Site, profile: IsolationProfile, system: &[String]) -> Vec<Object> {
    if site.is_system() {
        return Vec::new();
    }
    let last = |rules| policy(site, "baseline", BASELINE, rules);
    match profile {
        IsolationProfile::Isolated => vec![
            own_ports(site),
            node_addresses(site, system),
            service_addresses(site, system),
            policy(site, "allow-node", NODES, vec![probes(site)]),
            last(isolated(site)),
        ],
        IsolationProfile::AllowNamespace => {
            vec![own_ports(site), all_ports(site), last(inside_namespace(site))]
        }
        IsolationProfile::AllowCluster => {
            vec![own_ports(site), all_ports(site), last(inside_cluster(site))]
        }
        IsolationProfile::Open => Vec::new(),
    }
}

/// Kubelets and the control plane see whether a pod lives.
fn probes(site: &Site) -> Value {
    rule("nodes", "ALLOW", Direction::In, &nodes(site), "ANY")
}

/// Closed in both directions, but for the namespace itself and what no workload can do without.
fn isolated(site: &Site) -> Vec<Value> {
    let own = own(site);
    vec![
        rule("namespace-in", "ALLOW", Direction::In, &own, "ANY"),
        rule("namespace-out", "ALLOW", Direction::Out, "ANY", &own),
        rule("system-out", "ALLOW", Direction::Out, "ANY", &services(site)),
        rule("drop-in", "DROP", Direction::In, "ANY", "ANY"),
        rule("drop-out", "DROP", Direction::Out, "ANY", "ANY"),
    ]
}

/// Pods of one namespace reach each other; those of others don't reach them. Outside of the
/// cluster nothing is restricted: that would be NCP's `allow_namespace_strict`.
fn inside_namespace(site: &Site) -> Vec<Value> {
    let (own, all) = (own(site), all(site));
    vec![
        rule("namespace-in", "ALLOW", Direction::In, &own, "ANY"),
        rule("namespace-out", "ALLOW", Direction::Out, "ANY", &own),
        rule("cluster-in", "DROP", Direction::In, &all, "ANY"),
        rule("cluster-out", "DROP", Direction::Out, "ANY", &all),
    ]
}

/// Any pod of the cluster reaches any other.
fn inside_cluster(site: &Site) -> Vec<Value> {
    let all = all(site);
    vec![
        rule("cluster-in", "ALLOW", Direction::In, &all, "ANY"),
        rule("cluster-out", "ALLOW", Direction::Out, "ANY", &all),
    ]
}

fn own_ports(site: &Site) -> Object {
    let uid = &site.project.uid;
    let (pods, vms) = (port("ncp/project_uid", uid), port("ncp/vif_project_uid", uid));
    let or = json!({ "resource_type": "ConjunctionOperator", "conjunction_operator": "OR" });
    group(own(site), site.tags(), &json!([pods, or, vms]))
}

fn all_ports(site: &Site) -> Object {
    let expression = json!([port("ncp/cluster", &site.cluster.name())]);
    group(all(site), site.cluster.tags(), &expression)
}

fn node_addresses(site: &Site, system: &[String]) -> Object {
    group(nodes(site), site.tags(), &addresses(system))
}

fn service_addresses(site: &Site, system: &[String]) -> Object {
    let ranges = site.network.ingress.iter().chain([&site.network.services]);
    let ranges: Vec<_> = ranges.map(ToString::to_string).chain(system.iter().cloned()).collect();
    group(services(site), site.tags(), &addresses(&ranges))
}

fn group(path: String, tags: Tags, expression: &Value) -> Object {
    Object::new("Group", path, tags, json!({ "expression": expression }))
}

/// Ports with a tag.
fn port(scope: &str, tag: &str) -> Value {
    json!({
        "resource_type": "Condition",
        "member_type": "SegmentPort",
        "key": "Tag",
        "operator": "EQUALS",
        "value": format!("{scope}|{tag}"),
    })
}

fn addresses(ranges: &[String]) -> Value {
    json!([{ "resource_type": "IPAddressExpression", "ip_addresses": ranges }])
}

fn policy(site: &Site, name: &str, sequence: u32, mut rules: Vec<Value>) -> Object {
    let own = own(site);
    for (index, rule) in rules.iter_mut().enumerate() {
        rule["sequence_number"] = json!(index);
        rule["scope"] = json!([own]);
    }
    let Project { name: namespace, uid } = &site.project;
    let fields = json!({
        "category": "Application",
        "sequence_number": sequence,
        "stateful": true,
        "scope": [own],
        "rules": rules,
    });
    let path = site.cluster.policy(&format!("{uid}-{name}"));
    Object::new("SecurityPolicy", path, site.tags(), fields).named(&format!("{namespace}-{name}"))
}

fn rule(id: &str, action: &str, direction: Direction, source: &str, destination: &str) -> Value {
    let direction = match direction {
        Direction::In => "IN",
        Direction::Out => "OUT",
    };
    json!({
        "resource_type": "Rule",
        "id": id,
        "display_name": id,
        "action": action,
        "direction": direction,
        "source_groups": [source],
        "destination_groups": [destination],
        "services": ["ANY"],
        "ip_protocol": "IPV4_IPV6",
    })
}

/// The ports of the namespace: of its pods, and of its VMs.
fn own(site: &Site) -> String {
    site.cluster.group(&format!("{}-ports", site.project.uid))
}

/// Every port of the cluster.
fn all(site: &Site) -> String {
    site.cluster.group("all-ports")
}

/// Where the control plane probes from.
fn nodes(site: &Site) -> String {
    site.cluster.group(&format!("{}-nodes", site.project.uid))
}

/// What a closed namespace may still reach: cluster addresses of Services, DNS and the control plane
/// among them, and the load balancers' addresses.
fn services(site: &Site) -> String {
    site.cluster.group(&format!("{}-services", site.project.uid))
}
