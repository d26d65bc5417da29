//! What a Supervisor has once: its domain, its blocks and external pools, its distributed load
//! balancer.

use ipnet::Ipv4Net;
use serde_json::json;

use super::addresses;
use super::names::{Cluster, Tags};
use super::network::Network;
use super::object::Object;

/// The domain, which holds NCP's groups and policies.
pub(crate) fn domain(cluster: &Cluster) -> Object {
    Object::new("Domain", cluster.domain(), cluster.domain_tags(), json!({}))
}

/// Profiles for Ingress and for sticky sessions. Their names are known, their settings assumed.
pub(crate) fn profiles(cluster: &Cluster) -> [Object; 2] {
    let http = format!("/infra/lb-app-profiles/ncp_{}_LBHttpProfile", cluster.name());
    let source = format!("/infra/lb-persistence-profiles/{}_source_ip_layer4", cluster.name());
    let sticky = json!({ "timeout": 10800 });
    [
        Object::new("LBHttpProfile", http, cluster.tags(), json!({})),
        Object::new("LBSourceIpPersistenceProfile", source, cluster.tags(), sticky),
    ]
}

/// Translated subnets, which the Tier-0 is not to announce; a route map there would use the list.
/// None where nothing is translated.
pub(crate) fn hidden_subnets(cluster: &Cluster, network: &Network) -> Option<Object> {
    if network.egress.is_empty() {
        return None;
    }
    let path = format!("{}/prefix-lists/pl_{}_deny_subnets", network.tier0, cluster.name());
    let prefix = |pods: &Ipv4Net| json!({ "network": pods.to_string(), "le": network.subnet_prefix, "action": "PERMIT" });
    let prefixes: Vec<_> = network.pods.iter().map(prefix).collect();
    let tags = cluster.tags().with("ncp/created_for", "ncp/subnets_deny_rule");
    Some(Object::new("PrefixList", path, tags, json!({ "prefixes": prefixes })))
}

/// Where DHCP of the control plane's segment is configured. That there is one server is known
/// (behaviour.md 2.2), its settings are assumed.
pub(crate) fn dhcp_server(cluster: &Cluster, network: &Network) -> Object {
    let path = format!("/infra/dhcp-server-configs/dhcp_{}", cluster.name());
    let fields = json!({
        "edge_cluster_path": network.edge_cluster,
        "server_addresses": ["100.96.0.1/30"],
        "lease_time": 86400,
    });
    Object::new("DhcpServerConfig", path, cluster.tags(), fields)
}

/// A block for each pod CIDR.
pub(crate) fn blocks(cluster: &Cluster, pods: &[Ipv4Net], tags: &Tags) -> Vec<Object> {
    pods.iter()
        .map(|cidr| {
            let cidr = cidr.to_string();
            let path = cluster.block(&cidr);
            Object::new("IpAddressBlock", path, tags.clone(), json!({ "cidr": cidr }))
        })
        .collect()
}

/// A pool, and in it one subnet, for each ingress or egress CIDR.
pub(crate) fn external_pools(cluster: &Cluster, cidrs: &[Ipv4Net], tags: &Tags) -> Vec<Object> {
    cidrs
        .iter()
        .flat_map(|cidr| {
            let (first, last) = addresses::pool_range(*cidr);
            let path = cluster.external_pool(first, last);
            let tags = tags.clone().with("ncp/external", "true");
            let fields = json!({
                "cidr": cidr.to_string(),
                "allocation_ranges": [{ "start": first, "end": last }],
            });
            let subnet = format!("{path}/ip-subnets/subnet-0");
            [
                Object::new("IpAddressPool", path, tags.clone(), json!({})),
                Object::new("IpAddressPoolStaticSubnet", subnet, tags, fields),
            ]
        })
        .collect()
}

/// The distributed load balancer with the group that it works on. The group comes first, for a path
/// that does not exist is refused.
pub(crate) fn distributed_balancer(cluster: &Cluster) -> [Object; 2] {
    let group = cluster.all_segments();
    let expression = json!({ "expression": [{
        "resource_type": "Condition",
        "member_type": "Segment",
        "key": "Tag",
        "operator": "EQUALS",
        "value": format!("ncp/cluster|{}", cluster.name()),
    }] });
    let fields = json!({ "connectivity_path": group, "size": "DLB", "enabled": true });
    [
        Object::new("Group", group, cluster.tags(), expression),
        Object::new("LBService", cluster.distributed_balancer(), cluster.tags(), fields),
    ]
}
