//! A Supervisor without a server: rules, what vCenter is sent, and what is made of its answers.

mod changes;
mod forms;
mod reading;
mod rules;
mod sending;

use expect_test::Expect;
use serde_json::{Value as Json, json};
use tf_framework::{Diagnostic, Diagnostics};

use super::{form, model::Model};
use crate::resources::given;

fn with_nsx() -> Json {
    json!({
        "name": "compute-1",
        "cluster": "domain-c8",
        "size": "SMALL",
        "control_plane_count": 3,
        "management_network": {
            "network": "dvportgroup-23",
            "mode": "STATICRANGE",
            "starting_address": "10.0.0.50",
            "address_count": 5,
            "subnet_mask": "255.255.255.0",
            "gateway": "10.0.0.1",
            "dns_servers": ["10.0.0.2"],
            "dns_search_domains": [],
            "ntp_servers": ["time.example.com"],
        },
        "workload_network": { "nsx": {
            "distributed_switch": "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13",
            "edge_cluster": "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44",
            "tier0_gateway": "/infra/tier-0s/edge",
            "pod_cidrs": ["10.244.0.0/20"],
            "ingress_cidrs": ["192.168.20.64/27"],
            "egress_cidrs": ["192.168.30.64/27"],
            "namespace_subnet_prefix": 28,
            "routed_mode": false,
        }},
        "service_cidr": "10.96.0.0/22",
        "storage_policy": "gold-id",
        "deletion_protection": true,
        "on_timeout": "warn",
    })
}

fn with_port_groups() -> Json {
    let mut config = with_nsx();
    config["workload_network"] = json!({ "vsphere": {
        "name": "primary",
        "port_group": "dvportgroup-31",
        "gateway": "10.32.0.1",
        "subnet_mask": "255.255.255.0",
        "address_ranges": ["10.32.0.10-10.32.0.19"],
    }});
    config["load_balancer"] = json!({
        "name": "lb",
        "address_ranges": ["10.32.0.100-10.32.0.109"],
        "haproxy": {
            "servers": ["10.0.0.20:5556"],
            "username": "supervisor",
            "password_wo": "canary",
            "password_wo_version": 1,
            "certificate_authority": AUTHORITY,
        },
    });
    config
}

const AUTHORITY: &str =
    include_str!("../../../../../examples/scenarios/vds-networking/haproxy-ca.pem");

/// `config` with the value at `path`; null takes it away.
fn changed(config: &Json, path: &str, value: Json) -> Model {
    let mut config = config.clone();
    *config.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    given::model(&config)
}

fn with(path: &str, value: Json) -> Model {
    let mut config = with_nsx();
    let (parent, name) = path.rsplit_once('/').unwrap();
    config.pointer_mut(parent).unwrap()[name] = value;
    given::model(&config)
}

/// What a plan makes of a configuration.
fn planned(config: &Model) -> Model {
    let mut planned = config.clone();
    form::fill(config, None, &mut planned);
    planned
}

fn told(found: &Diagnostics) -> Vec<String> {
    let path = |it: &Diagnostic| it.path.clone().unwrap_or_default();
    found.iter().map(|it| format!("{}: {}", path(it), it.detail)).collect()
}

fn sent(spec: &impl serde::Serialize, expect: &Expect) {
    expect.assert_eq(&serde_json::to_string_pretty(spec).unwrap());
}
