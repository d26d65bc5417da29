//! Specs that are right, for tests to take one thing out of or to make one thing wrong in.

use serde_json::{Value, json};

use super::GOLD;
use crate::inventory::{EDGE_CLUSTER_ID, MANAGEMENT_NETWORK_ID, TIER0_A, VDS_UUID};

/// A PEM that only looks like one.
pub(super) const PEM: &str =
    "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";

fn common() -> Value {
    json!({
        "size_hint": "SMALL",
        "service_cidr": { "address": "10.96.0.0", "prefix": 23 },
        "master_management_network": {
            "mode": "STATICRANGE",
            "network": MANAGEMENT_NETWORK_ID,
            "address_range": {
                "starting_address": "192.168.10.20",
                "address_count": 5,
                "gateway": "192.168.10.1",
                "subnet_mask": "255.255.255.0",
            },
        },
        "master_DNS": ["192.168.10.2"],
        "master_NTP_servers": ["192.168.10.3"],
        "worker_DNS": ["192.168.10.2"],
        "master_storage_policy": GOLD,
        "ephemeral_storage_policy": GOLD,
        "image_storage": { "storage_policy": GOLD },
    })
}

/// `Clusters.EnableSpec` with NSX.
pub(super) fn nsx() -> Value {
    let mut spec = common();
    spec["network_provider"] = json!("NSXT_CONTAINER_PLUGIN");
    spec["ncp_cluster_network_spec"] = json!({
        "cluster_distributed_switch": VDS_UUID,
        "nsx_edge_cluster": EDGE_CLUSTER_ID,
        "nsx_tier0_gateway": TIER0_A,
        "pod_cidrs": [{ "address": "10.244.0.0", "prefix": 20 }],
        "ingress_cidrs": [{ "address": "192.0.2.0", "prefix": 26 }],
        "egress_cidrs": [{ "address": "198.51.100.0", "prefix": 26 }],
    });
    spec
}

/// `Clusters.EnableSpec` with VDS networking.
pub(super) fn vsphere() -> Value {
    let mut spec = common();
    spec["network_provider"] = json!("VSPHERE_NETWORK");
    spec["workload_networks_spec"] = json!({
        "supervisor_primary_workload_network": network("primary", "dvportgroup-31", 20),
    });
    spec["load_balancer_config_spec"] = json!({
        "id": "haproxy",
        "provider": "HA_PROXY",
        "address_ranges": [{ "address": "10.40.0.10", "count": 32 }],
        "ha_proxy_config_create_spec": {
            "servers": [{ "host": "192.168.10.50", "port": 5556 }],
            "username": "admin",
            "password": "not-a-real-password",
            "certificate_authority_chain": PEM,
        },
    });
    spec
}

/// `Networks.CreateSpec`: 100 addresses of `10.{net}.0.0/24`.
pub(super) fn network(name: &str, portgroup: &str, net: u8) -> Value {
    json!({
        "network": name,
        "network_provider": "VSPHERE_NETWORK",
        "vsphere_network": {
            "portgroup": portgroup,
            "gateway": format!("10.{net}.0.1"),
            "subnet_mask": "255.255.255.0",
            "address_ranges": [{ "address": format!("10.{net}.0.100"), "count": 100 }],
        },
    })
}

/// `Supervisors.EnableOnComputeClusterSpec` with NSX.
pub(super) fn v2() -> Value {
    let range = |address: &str, count: u32| json!([{ "address": address, "count": count }]);
    let dns = json!({ "servers": ["192.168.10.2"], "search_domains": ["lab.test"] });
    json!({
        "name": "bank",
        "control_plane": {
            "size": "TINY",
            "storage_policy": GOLD,
            "network": {
                "backing": { "backing": "NETWORK", "network": MANAGEMENT_NETWORK_ID },
                "services": { "dns": dns },
                "ip_management": {
                    "dhcp_enabled": false,
                    "gateway_address": "192.168.10.1/24",
                    "ip_assignments": [
                        { "assignee": "NODE", "ranges": range("192.168.10.20", 5) },
                    ],
                },
            },
        },
        "workloads": {
            "network": {
                "network_type": "NSXT",
                "nsx": { "dvs": VDS_UUID, "namespace_subnet_prefix": 27 },
                "ip_management": {
                    "dhcp_enabled": false,
                    "ip_assignments": [
                        { "assignee": "POD", "ranges": range("10.244.0.0", 4096) },
                        { "assignee": "SERVICE", "ranges": range("10.96.0.0", 512) },
                    ],
                },
            },
            "edge": {
                "provider": "NSX",
                "load_balancer_address_ranges": range("192.0.2.0", 64),
                "nsx": {
                    "edge_cluster_ID": EDGE_CLUSTER_ID,
                    "t0_gateway": TIER0_A,
                    "routing_mode": "NAT",
                    "egress_IP_ranges": range("198.51.100.0", 64),
                },
            },
        },
    })
}
