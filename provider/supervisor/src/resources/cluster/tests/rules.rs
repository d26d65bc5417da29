//! What is wrong whatever the server says.

use serde_json::{Value as Json, json};
use tf_framework::Diagnostics;

use super::{changed, told, with, with_nsx, with_port_groups};
use crate::resources::{
    cluster::{model::Model, rules, versions},
    given,
};

fn violations(model: &Model) -> Vec<String> {
    let mut found = Diagnostics::new();
    rules::validate(model, &mut found);
    told(&found)
}

#[track_caller]
fn refused(model: &Model, at: &str, part: &str) {
    let told = violations(model);
    let fits = |it: &String| it.starts_with(&format!("{at}: ")) && it.contains(part);
    assert!(told.iter().any(fits), "no `{part}` at {at} in {told:#?}");
}

#[test]
fn what_is_right_is_let_pass() {
    assert_eq!(violations(&given::model(&with_nsx())), [""; 0]);
    assert_eq!(violations(&given::model(&with_port_groups())), [""; 0]);
    let routed = with("/workload_network/nsx/routed_mode", true.into());
    refused(&routed, "workload_network.nsx.egress_cidrs", "not possible with routed_mode");
}

#[test]
fn a_name_has_letters_at_its_ends_and_fits_a_label() {
    refused(&with("/name", "".into()), "name", "1-63 characters");
    refused(&with("/name", "a".repeat(64).into()), "name", "63 characters at most, got 64");
    refused(&with("/name", "sup-".into()), "name", "must end with a letter or digit");
    assert_eq!(violations(&with("/name", "Bank 1".into())), [""; 0]);
}

#[test]
fn a_supervisor_is_in_exactly_one_place() {
    refused(&with("/cluster", Json::Null), "cluster", "exactly one of cluster, zones");
    refused(&with("/zones", json!(["a"])), "cluster", "exactly one of cluster, zones");
    let zones = |zones: Json| {
        let mut config = with_nsx();
        config["cluster"] = Json::Null;
        config["zones"] = zones;
        given::model::<Model>(&config)
    };
    refused(&zones(json!(["z1", "z1", "z2"])), "zones[1]", "zones[1] repeats zones[0]");
    refused(&zones(json!(["z1", "z2"])), "zones", "1 zone or 3");
    assert_eq!(violations(&zones(json!(["z1", "z2", "z3"]))), [""; 0]);
}

#[test]
fn the_management_network_holds_its_gateway_and_five_addresses() {
    let at = |path: &str, value: &str| with(&format!("/management_network/{path}"), value.into());
    let gateway = "management_network.gateway";
    refused(&at("gateway", "10.0.1.1"), gateway, "gateway is not in 10.0.0.0/24");
    refused(&at("gateway", "10.0.0.0"), gateway, "network address");
    refused(&at("gateway", "10.0.0.255"), gateway, "broadcast address");
    let start = "management_network.starting_address";
    refused(&at("starting_address", "10.0.0.251"), start, "does not fit into 10.0.0.0/24");
    refused(&at("gateway", "10.0.0.54"), start, "has the gateway 10.0.0.54 in it");
    let four = with("/management_network/address_count", 4.into());
    refused(&four, "management_network.address_count", "must be >= 5");
    let floats = at("floating_ip", "10.0.0.60");
    refused(&floats, "management_network.floating_ip", "the first of the range is 10.0.0.50");
}

#[test]
fn with_dhcp_no_address_is_fixed() {
    let mut config = with_nsx();
    config["management_network"]["mode"] = "DHCP".into();
    config["management_network"]["floating_ip"] = "10.0.0.60".into();
    let model = given::model(&config);
    let at = "management_network.floating_ip";
    refused(&model, at, "floating_ip is only valid with STATICRANGE");
    refused(&model, "management_network.gateway", "only valid with STATICRANGE");
}

#[test]
fn addresses_are_disjoint_and_large_enough() {
    let nsx = |name: &str, value: Json| with(&format!("/workload_network/nsx/{name}"), value);
    let at = |name: &str| format!("workload_network.nsx.{name}");
    let pods = nsx("pod_cidrs", json!(["10.244.0.0/20", "10.244.8.0/21"]));
    refused(&pods, &at("pod_cidrs[1]"), "pod_cidrs[1] is inside pod_cidrs[0]");
    let ingress = nsx("ingress_cidrs", json!(["10.244.1.0/24"]));
    refused(&ingress, &at("ingress_cidrs[0]"), "overlaps pod_cidrs[0]");
    refused(&nsx("pod_cidrs", json!(["10.244.0.0/24"])), &at("pod_cidrs[0]"), "/23 or larger");
    refused(&nsx("egress_cidrs", json!(["192.0.2.0/32"])), &at("egress_cidrs[0]"), "/30 or larger");
    let none = "egress_cidrs is required unless routed_mode";
    refused(&nsx("egress_cidrs", json!([])), &at("egress_cidrs"), none);
    refused(&nsx("egress_cidrs", Json::Null), &at("egress_cidrs"), none);
    let service = with("/service_cidr", "10.0.0.0/23".into());
    refused(&service, "service_cidr", "overlaps management_network 10.0.0.0/24");
    let mut small = with_nsx();
    small["workload_network"]["nsx"]["pod_cidrs"] = json!(["10.244.0.0/20"]);
    small["workload_network"]["nsx"]["namespace_subnet_prefix"] = 19.into();
    let prefix = at("namespace_subnet_prefix");
    refused(&given::model(&small), &prefix, "has no room for one such subnet");
}

#[test]
fn there_is_one_kind_of_network_with_its_load_balancer() {
    let neither = with("/workload_network", json!({}));
    refused(&neither, "workload_network", "exactly one of nsx, nsx_vpc, vsphere");
    let mut config = with_port_groups();
    config["load_balancer"] = Json::Null;
    refused(&given::model(&config), "load_balancer", "needed with `workload_network.vsphere`");
    let mut config = with_nsx();
    config["load_balancer"] = with_port_groups()["load_balancer"].clone();
    refused(&given::model(&config), "load_balancer", "NSX brings its own");
}

#[test]
fn port_groups_share_no_addresses() {
    let config = with_port_groups();
    let range = |path: &str, range: &str| changed(&config, path, json!([range]));
    let workload = "/workload_network/vsphere/address_ranges";
    let at = "workload_network.vsphere.address_ranges[0]";
    refused(&range(workload, "10.32.1.1-10.32.1.9"), at, "is not inside 10.32.0.0/24");
    refused(&range(workload, "10.32.0.1-10.32.0.9"), at, "has the gateway 10.32.0.1 in it");
    let balancer = "/load_balancer/address_ranges";
    let meets = range(balancer, "10.32.0.19-10.32.0.30");
    refused(&meets, "load_balancer.address_ranges[0]", "overlaps address_ranges[0]");
    let gateway = range(balancer, "10.32.0.1-10.32.0.2");
    refused(&gateway, "load_balancer.address_ranges[0]", "has the gateway 10.32.0.1");
    let service = changed(&config, "/service_cidr", "10.32.0.0/22".into());
    refused(&service, "service_cidr", "overlaps workload_network.vsphere 10.32.0.0/24");
}

#[test]
fn every_use_of_storage_has_a_policy() {
    let mut config = with_nsx();
    config["storage_policy"] = Json::Null;
    config["image_storage_policy"] = "silver-id".into();
    let told = violations(&given::model(&config));
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].starts_with("control_plane_storage_policy: "), "{told:#?}");
}

#[test]
fn what_a_version_lacks_is_told_with_the_version_that_has_it() {
    let check = |version: &str, model: &Model| {
        let mut found = Diagnostics::new();
        versions::check(&version.parse().unwrap(), model, &mut found);
        told(&found)
    };
    assert_eq!(check("8.0.3", &given::model(&with_nsx())), [""; 0]);
    let one = with("/control_plane_count", 1.into());
    assert!(check("8.0.3", &one)[0].contains("from vCenter 9 on, and this is 8.0.3"));
    assert_eq!(check("9.0.0", &one), [""; 0]);
    let routed = with("/workload_network/nsx/routed_mode", true.into());
    assert_eq!(check("7.0.1", &routed).len(), 1);
    let times = with("/workload_network/ntp_servers", json!(["other.example.com"]));
    assert!(check("7.0.0", &times).iter().any(|it| it.starts_with("workload_network.ntp_servers")));
    assert_eq!(check("7.0.1", &times), [""; 0]);
    let no_gateway = with("/workload_network/nsx/tier0_gateway", Json::Null);
    assert!(check("7.0.3", &no_gateway)[0].contains("tier0_gateway"));
    assert_eq!(check("7.0.1", &no_gateway), [""; 0]);
    assert_eq!(check("7.0.0", &given::model(&with_port_groups())).len(), 1);
}
