use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Lab, NM, specs};

/// Enables with one thing changed, and shows the refusal.
#[track_caller]
fn check(pointer: &str, value: Value, expect: &Expect) {
    let mut spec = specs::nsx();
    set(&mut spec, pointer, value);
    let lab = Lab::new();
    let refusal = lab.refused("POST", &format!("{NM}/clusters/domain-c8?action=enable"), &spec);
    expect.assert_eq(&refusal);
    assert_eq!(lab.status(), "gone", "a refusal enables nothing");
}

/// Puts a value in, or takes one out if it is null.
fn set(spec: &mut Value, pointer: &str, value: Value) {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = spec.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(field).unwrap();
    } else {
        parent.insert(field.to_owned(), value);
    }
}

const NCP: &str = "/ncp_cluster_network_spec";
const RANGE: &str = "/master_management_network/address_range";

#[test]
fn an_enable_goes_through_its_states_in_46_minutes() {
    let lab = Lab::new();
    lab.enable(&specs::nsx());
    let mut seen = vec![(0, lab.status())];
    for minute in 1..=60 {
        lab.minutes(1);
        let status = lab.status();
        if seen.last().unwrap().1 != status {
            seen.push((minute, status));
        }
    }
    let seen: Vec<String> = seen.into_iter().map(|(at, it)| format!("{at} {it}")).collect();
    assert_eq!(seen, ["0 CONFIGURING ERROR", "34 CONFIGURING READY", "46 RUNNING READY"]);
}

#[test]
fn endpoints_fill_one_after_the_other() {
    let lab = Lab::new();
    lab.enable(&specs::nsx());
    let endpoints = |lab: &Lab| {
        let info = lab.info();
        let field = |name: &str| info[name].as_str().unwrap().to_owned();
        let servers = info["api_servers"].as_array().unwrap().len();
        let (management, cluster) =
            (field("api_server_management_endpoint"), field("api_server_cluster_endpoint"));
        format!("{management} {cluster} {servers}")
    };
    assert_eq!(endpoints(&lab), "  0");
    lab.minutes(12);
    assert_eq!(endpoints(&lab), "192.168.10.20 192.168.10.20 3");
    assert_eq!(lab.info()["api_servers"][0], "192.168.10.22");
    lab.minutes(8);
    assert_eq!(endpoints(&lab), "192.168.10.20 192.0.2.1 3");
}

#[test]
fn messages_tell_what_is_pending_and_end_with_it() {
    let lab = Lab::new();
    lab.enable(&specs::nsx());
    let mut ids = Vec::new();
    for _ in 0..=46 {
        let id = lab.info()["messages"][0]["id"].as_str().unwrap_or("none").to_owned();
        if ids.last() != Some(&id) {
            ids.push(id);
        }
        lab.minutes(1);
    }
    assert_eq!(
        ids,
        [
            "vcenter.wcp.lab.infrastructure",
            "vcenter.wcp.lab.vms",
            "vcenter.wcp.cluster.nic.config.error",
            "vcenter.wcp.lab.load_balancer.pending",
            "vcenter.wcp.lab.services",
            "none",
        ]
    );
}

#[test]
fn conditions_become_true_in_order() {
    let lab = Lab::new();
    lab.enable(&specs::nsx());
    let path = format!("{NM}/supervisors/{}/conditions", lab.supervisor());
    let conditions = || {
        let all = lab.get(&path);
        let one = |it: &Value| format!("{}={}", it["type"], it["status"]).replace('"', "");
        all.as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(" ")
    };
    lab.minutes(13);
    assert_eq!(
        conditions(),
        "InfrastructureInitialized=TRUE ControlPlaneVMsDeployed=TRUE \
         ControlPlaneVMsConfigured=FALSE"
    );
    assert_eq!(lab.get(&path)[1]["last_transition_time"], "2026-01-01T00:12:00.000Z");
    lab.minutes(40);
    assert!(!conditions().contains("FALSE"));
}

#[test]
fn what_was_sent_is_read_back() {
    let lab = Lab::running();
    let (spec, info) = (specs::nsx(), lab.info());
    for field in [
        "size_hint",
        "service_cidr",
        "master_management_network",
        "master_DNS",
        "master_NTP_servers",
        "worker_DNS",
        "master_storage_policy",
        "image_storage",
        "network_provider",
    ] {
        assert_eq!(info[field], spec[field], "{field}");
    }
    for field in
        ["cluster_distributed_switch", "nsx_edge_cluster", "nsx_tier0_gateway", "pod_cidrs"]
    {
        let sent = &spec["ncp_cluster_network_spec"][field];
        assert_eq!(info["ncp_cluster_network_info"][field], *sent, "{field}");
    }
    assert_eq!(info["ncp_cluster_network_info"]["namespace_subnet_prefix"], 28);
    assert!(info.get("count").is_none(), "9.0 brought `count`");
}

#[test]
fn the_newer_generation_says_the_same() {
    let (old, new) = (Lab::running(), Lab::new());
    let path = format!("{NM}/supervisors/domain-c8?action=enable_on_compute_cluster");
    let id = new.done("POST", &path, &specs::v2());
    assert_eq!(id, new.supervisor());
    new.minutes(46);
    let (mut old, mut new) = (old.info(), new.info());
    for (field, value) in [("size_hint", "TINY"), ("master_DNS_search_domains", "lab.test")] {
        assert!(new[field].to_string().contains(value));
    }
    for field in [
        "size_hint",
        "master_DNS_search_domains",
        "master_NTP_servers",
        "worker_DNS",
        "ncp_cluster_network_info",
        "conditions",
    ] {
        old[field] = Value::Null;
        let network = std::mem::take(&mut new[field]);
        if field == "ncp_cluster_network_info" {
            assert_eq!(network["namespace_subnet_prefix"], 27);
            assert_eq!(network["pod_cidrs"][0], json!({ "address": "10.244.0.0", "prefix": 20 }));
        }
    }
    assert_eq!(old, new);
}

#[test]
fn a_supervisor_on_a_zone_is_on_its_cluster() {
    let lab = Lab::new();
    let mut spec = specs::v2();
    spec["zones"] = json!(["zone-1"]);
    let id = lab.done("POST", &format!("{NM}/supervisors?action=enable_on_zones"), &spec);
    assert_eq!(lab.get(&format!("{NM}/clusters"))[0]["cluster"], "domain-c8");
    let topology = lab.get(&format!("{NM}/supervisors/{}/topology", id.as_str().unwrap()));
    assert_eq!(topology, json!([{ "zone": "zone-1", "clusters": ["domain-c8"] }]));
}

#[test]
fn structure_comes_before_sense() {
    check(
        "/image_storage",
        Value::Null,
        &expect!["400 INVALID_ARGUMENT: Field 'image_storage' missing."],
    );
    check(
        &format!("{NCP}/ingress_cidrs"),
        Value::Null,
        &expect!["400 INVALID_ARGUMENT: Field 'ingress_cidrs' missing."],
    );
    check(
        "/ncp_cluster_network_spec",
        Value::Null,
        &expect![
            "400 INVALID_ARGUMENT: Structure has a union missing required field 'ncp_cluster_network_spec'"
        ],
    );
    check(
        "/network_provider",
        json!("MAGIC"),
        &expect!["503 SERVICE_UNAVAILABLE: Unsupported network backing MAGIC"],
    );
    check(
        "/size_hint",
        json!("HUGE"),
        &expect![
            "400 INVALID_ARGUMENT: /size_hint: expected com.vmware.vcenter.namespace_management.SizingHint, but got HUGE."
        ],
    );
}

#[test]
fn a_vpc_is_not_simulated_and_says_so() {
    let mut spec = specs::nsx();
    set(&mut spec, "/ncp_cluster_network_spec", Value::Null);
    set(&mut spec, "/network_provider", json!("NSX_VPC"));
    let refusal =
        Lab::new().refused("POST", &format!("{NM}/clusters/domain-c8?action=enable"), &spec);
    assert_eq!(
        refusal,
        "400 UNSUPPORTED: Cluster domain-c8 does not support network provider NSX_VPC."
    );
}

#[test]
fn the_management_network_is_checked() {
    check(
        "/master_DNS",
        Value::Null,
        &expect!["400 INVALID_ARGUMENT: No management network DNS servers were specified"],
    );
    check(
        "/master_management_network/network",
        json!("network-9999"),
        &expect!["404 NOT_FOUND: Network network-9999 could not be found."],
    );
    check(
        &format!("{RANGE}/address_count"),
        json!(4),
        &expect!["400 INVALID_ARGUMENT: Address count 4 must be >= 5"],
    );
    check(
        &format!("{RANGE}/starting_address"),
        json!("192.168.10.252"),
        &expect![
            "400 INVALID_ARGUMENT: The management addresses 192.168.10.252-192.168.11.0 must be hosts of 192.168.10.0/24 other than the gateway 192.168.10.1."
        ],
    );
}

#[test]
fn what_the_spec_refers_to_must_exist() {
    check(
        "/master_storage_policy",
        json!("bronze"),
        &expect!["404 NOT_FOUND: Storage policy bronze could not be found."],
    );
    check(
        &format!("{NCP}/cluster_distributed_switch"),
        json!("50 00"),
        &expect!["404 NOT_FOUND: Distributed switch 50 00 could not be found."],
    );
    check(
        &format!("{NCP}/nsx_edge_cluster"),
        json!("edge-9"),
        &expect!["404 NOT_FOUND: NSX edge cluster edge-9 could not be found."],
    );
    check(
        &format!("{NCP}/nsx_tier0_gateway"),
        json!("tier0-z"),
        &expect!["404 NOT_FOUND: NSX Tier-0 gateway tier0-z could not be found."],
    );
    check(
        &format!("{NCP}/nsx_edge_cluster"),
        Value::Null,
        &expect![
            "400 INVALID_ARGUMENT: The nsxEdgeCluster field in NCPClusterNetworkInfo is required"
        ],
    );
}

#[test]
fn addresses_are_checked() {
    let cidr = |address: &str, prefix: u8| json!([{ "address": address, "prefix": prefix }]);
    check(
        &format!("{NCP}/pod_cidrs"),
        cidr("10.244.0.0", 24),
        &expect![
            "400 INVALID_ARGUMENT: pod_cidrs: CIDR block 10.244.0.0/24 must be of at least subnet size /23."
        ],
    );
    check(
        &format!("{NCP}/egress_cidrs"),
        cidr("198.51.100.0", 31),
        &expect![
            "400 INVALID_ARGUMENT: egress_cidrs: CIDR block 198.51.100.0/31 must be of at least subnet size /30."
        ],
    );
    check(
        &format!("{NCP}/pod_cidrs"),
        cidr("10.96.0.0", 16),
        &expect![
            "400 INVALID_ARGUMENT: service_cidr 10.96.0.0/23 overlaps pod_cidrs 10.96.0.0/16."
        ],
    );
    check(
        &format!("{NCP}/ingress_cidrs"),
        cidr("192.168.10.0", 27),
        &expect![
            "400 INVALID_ARGUMENT: management network 192.168.10.0/24 overlaps ingress_cidrs 192.168.10.0/27."
        ],
    );
    check(
        &format!("{NCP}/routed_mode"),
        json!(true),
        &expect!["400 INVALID_ARGUMENT: Egress CIDRs are not allowed in routed mode."],
    );
}

#[test]
fn an_unfit_cluster_is_refused_with_its_reason() {
    let lab = Lab::new();
    let enable = |cluster: &str| {
        lab.refused("POST", &format!("{NM}/clusters/{cluster}?action=enable"), &specs::nsx())
    };
    assert_eq!(
        enable("domain-c46"),
        "400 UNSUPPORTED: Cluster domain-c46 does not have HA enabled."
    );
    assert_eq!(
        enable("domain-c58"),
        "400 UNSUPPORTED: Cluster domain-c58 is missing compatible NSX-T VDS."
    );
    assert_eq!(enable("domain-c999"), "404 NOT_FOUND: Cluster domain-c999 could not be found.");
}

#[test]
fn a_cluster_has_one_supervisor() {
    let lab = Lab::running();
    let again = |lab: &Lab| {
        lab.refused("POST", &format!("{NM}/clusters/domain-c8?action=enable"), &specs::nsx())
    };
    assert_eq!(again(&lab), "400 ALREADY_EXISTS: A Supervisor with compute-1 already exists");
    lab.done("POST", &format!("{NM}/clusters/domain-c8?action=disable"), &Value::Null);
    assert_eq!(again(&lab), "400 ALREADY_EXISTS: A Supervisor with compute-1 already exists");
}

#[test]
fn the_newer_generation_has_rules_of_its_own() {
    let path = format!("{NM}/supervisors/domain-c8?action=enable_on_compute_cluster");
    let refused = |pointer: &str, value: Value| {
        let mut spec = specs::v2();
        set(&mut spec, pointer, value);
        Lab::new().refused("POST", &path, &spec)
    };
    let ip = "/workloads/network/ip_management";
    assert_eq!(
        refused(&format!("{ip}/dhcp_enabled"), json!(true)),
        "400 INVALID_ARGUMENT: DHCP is not supported on an NSX workload network."
    );
    assert_eq!(
        refused(&format!("{ip}/ip_assignments"), json!([])),
        "400 INVALID_ARGUMENT: Service CIDR is required"
    );
    assert_eq!(
        refused("/control_plane/network/backing/network", Value::Null),
        "400 INVALID_ARGUMENT: Structure has a union missing required field 'network'"
    );
}

#[test]
fn an_empty_ingress_pool_keeps_it_configuring_until_it_is_filled() {
    let lab = Lab::new();
    let mut spec = specs::nsx();
    set(&mut spec, &format!("{NCP}/ingress_cidrs"), json!([]));
    lab.enable(&spec);
    lab.minutes(90);
    assert_eq!(lab.status(), "CONFIGURING ERROR");
    let message = lab.info()["messages"][0]["details"]["default_message"].to_string();
    assert!(message.contains("Ingress IP Pool is empty"), "{message}");
    let ranges = json!({ "ingress_cidrs": [{ "address": "192.0.2.0", "prefix": 26 }] });
    let body =
        json!({ "network_provider": "NSXT_CONTAINER_PLUGIN", "ncp_cluster_network_spec": ranges });
    lab.done("PATCH", &format!("{NM}/clusters/domain-c8"), &body);
    lab.minutes(30);
    assert_eq!(lab.status(), "RUNNING READY");
}

#[test]
fn seven_has_no_supervisors() {
    let lab = Lab::of_version("7.0.3.00000");
    let path = format!("{NM}/supervisors/domain-c8?action=enable_on_compute_cluster");
    assert_eq!(lab.refused("POST", &path, &specs::v2()), "404 NOT_FOUND: Not found.");
    assert_eq!(
        lab.refused("GET", &format!("{NM}/supervisors/summaries"), &Value::Null),
        "404 NOT_FOUND: Not found."
    );
    lab.enable(&specs::nsx());
    lab.minutes(46);
    assert_eq!(lab.status(), "RUNNING READY");
    assert!(lab.info().get("conditions").is_none(), "8.0.0.1 brought `conditions`");
}

#[test]
fn vds_networking_can_be_asked_for_by_the_newer_generation() {
    let lab = Lab::new();
    let range = |address: &str, count: u32| json!([{ "address": address, "count": count }]);
    let mut spec = specs::v2();
    spec["workloads"] = json!({
        "network": {
            "network": "primary",
            "network_type": "VSPHERE",
            "vsphere": { "dvpg": "dvportgroup-31" },
            "ip_management": {
                "dhcp_enabled": false,
                "gateway_address": "10.20.0.1/24",
                "ip_assignments": [
                    { "assignee": "NODE", "ranges": range("10.20.0.100", 100) },
                    { "assignee": "SERVICE", "ranges": range("10.96.0.0", 512) },
                ],
            },
        },
        "edge": {
            "id": "haproxy",
            "provider": "HAPROXY",
            "load_balancer_address_ranges": range("10.40.0.10", 32),
            "haproxy": {
                "servers": [{ "host": "192.168.10.50", "port": 5556 }],
                "username": "admin",
                "password": "not-a-real-password",
                "certificate_authority_chain": specs::PEM,
            },
        },
    });
    let path = format!("{NM}/supervisors/domain-c8?action=enable_on_compute_cluster");
    lab.done("POST", &path, &spec);
    lab.minutes(46);
    let (old, new) = (Lab::running_vds().info(), lab.info());
    for field in ["workload_networks", "load_balancers", "service_cidr", "network_provider"] {
        assert_eq!(old[field], new[field], "{field}");
    }
}

#[test]
fn without_management_addresses_there_is_dhcp() {
    let lab = Lab::new();
    let mut spec = specs::nsx();
    spec["master_management_network"] =
        json!({ "mode": "DHCP", "network": spec["master_management_network"]["network"] });
    set(&mut spec, "/master_DNS", Value::Null);
    lab.enable(&spec);
    lab.minutes(46);
    let info = lab.info();
    assert_eq!(info["master_management_network"]["mode"], "DHCP");
    let floating = &info["master_management_network"]["floating_IP"];
    assert_eq!(*floating, info["api_server_management_endpoint"]);
    assert_eq!(info["api_servers"].as_array().unwrap().len(), 3);
}

#[test]
fn a_lab_that_is_not_strict_drops_what_it_does_not_know() {
    let settings = crate::Settings::default();
    let lab = Lab::with_strictness(settings, crate::Strictness::AsVcenter);
    let mut spec = specs::nsx();
    spec["master_dns"] = spec["master_DNS"].take();
    assert_eq!(
        lab.refused("POST", &format!("{NM}/clusters/domain-c8?action=enable"), &spec),
        "400 INVALID_ARGUMENT: No management network DNS servers were specified"
    );
}
