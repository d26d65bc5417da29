use serde_json::{Value, json};

use super::{Lab, NM, NS, specs};

fn path() -> String {
    format!("{NM}/clusters/domain-c8/networks")
}

#[test]
fn a_supervisor_with_vds_networking_runs_on_its_primary_network() {
    let lab = Lab::running_vds();
    assert_eq!(lab.status(), "RUNNING READY");
    let info = lab.info();
    assert_eq!(info["api_server_cluster_endpoint"], "10.40.0.10");
    let primary = &info["workload_networks"]["supervisor_primary_workload_network"];
    assert_eq!(primary["network"], "primary");
    assert_eq!(primary["vsphere_network"]["ip_assignment_mode"], "STATICRANGE");
    let password = info.to_string().contains("not-a-real-password");
    assert!(!password, "a password is never returned");
    let nsx = lab.store.transaction(|tx| tx.children("nsx:/infra/tier-1s")).unwrap();
    assert_eq!(nsx, [], "NCP has nothing to do");
}

#[test]
fn networks_come_and_go() {
    let lab = Lab::running_vds();
    lab.done("POST", &path(), &specs::network("banking", "dvportgroup-32", 21));
    let names = |lab: &Lab| {
        let list = lab.get(&path());
        list.as_array().unwrap().iter().map(|it| it["network"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&lab), ["banking", "primary"]);
    assert_eq!(
        lab.refused("POST", &path(), &specs::network("banking", "dvportgroup-33", 22)),
        "400 ALREADY_EXISTS: Network banking already exists."
    );
    lab.done("DELETE", &format!("{}/banking", path()), &Value::Null);
    assert_eq!(names(&lab), ["primary"]);
    assert!(lab.refused("GET", &format!("{}/banking", path()), &Value::Null).starts_with("404"));
}

#[test]
fn a_network_must_fit_its_subnet_and_switch() {
    let lab = Lab::running_vds();
    let refused = |change: fn(&mut Value)| {
        let mut spec = specs::network("banking", "dvportgroup-32", 21);
        change(&mut spec);
        lab.refused("POST", &path(), &spec)
    };
    assert_eq!(
        refused(|spec| spec["network"] = json!("Not A Name")),
        "400 INVALID_ARGUMENT: Not A Name is not a valid DNS subdomain name."
    );
    assert_eq!(
        refused(|spec| spec["vsphere_network"]["portgroup"] = json!("dvportgroup-42")),
        "404 NOT_FOUND: Distributed port group dvportgroup-42 could not be found.",
        "a port group of another switch"
    );
    assert_eq!(
        refused(|spec| spec["vsphere_network"]["gateway"] = json!("10.21.0.120")),
        "400 INVALID_ARGUMENT: Network banking has a range that is no hosts: \
         10.21.0.100-10.21.0.199 in 10.21.0.0/24 with gateway 10.21.0.120."
    );
    assert!(
        refused(|spec| spec["vsphere_network"]["subnet_mask"] = json!("255.0.255.0"))
            .contains("is not a subnet mask")
    );
    assert!(
        refused(|spec| spec["vsphere_network"]["address_ranges"] = json!([]))
            .contains("has no address range")
    );
}

#[test]
fn networks_share_neither_addresses_nor_modes() {
    let lab = Lab::running_vds();
    assert_eq!(
        lab.refused("POST", &path(), &specs::network("again", "dvportgroup-31", 20)),
        "400 INVALID_ARGUMENT: Networks again and primary share addresses."
    );
    let mut dhcp = specs::network("dynamic", "dvportgroup-31", 20);
    dhcp["vsphere_network"] = json!({
        "portgroup": "dvportgroup-31",
        "ip_assignment_mode": "DHCP",
        "address_ranges": [], "gateway": "", "subnet_mask": "",
    });
    let response = lab.call("POST", &path(), &dhcp);
    assert_eq!(
        response.value()["messages"][0]["id"],
        "vcenter.wcp.network.dhcp.overlapping.modes.error"
    );
    dhcp["vsphere_network"]["portgroup"] = json!("dvportgroup-32");
    lab.done("POST", &path(), &dhcp);
    let mut front = specs::network("front", "dvportgroup-33", 40);
    front["vsphere_network"]["address_ranges"] = json!([{ "address": "10.40.0.41", "count": 2 }]);
    assert_eq!(
        lab.refused("POST", &path(), &front),
        "400 INVALID_ARGUMENT: load balancer address_ranges 10.40.0.10-10.40.0.41 overlaps front \
         10.40.0.41-10.40.0.42."
    );
}

#[test]
fn a_network_in_use_only_grows() {
    let lab = Lab::running_vds();
    lab.done("POST", &path(), &specs::network("banking", "dvportgroup-32", 21));
    let namespace = json!({ "cluster": "domain-c8", "namespace": "bank", "networks": ["banking"] });
    lab.done("POST", NS, &namespace);
    lab.seconds(30);
    let banking = format!("{}/banking", path());
    assert_eq!(lab.get(&banking)["namespaces"], json!(["bank"]));
    let patch =
        |fields: Value| json!({ "network_provider": "VSPHERE_NETWORK", "vsphere_network": fields });
    let (old, more) = (
        json!({ "address": "10.21.0.100", "count": 100 }),
        json!({ "address": "10.21.0.20", "count": 10 }),
    );
    lab.done("PATCH", &banking, &patch(json!({ "address_ranges": [old, more] })));
    for change in [
        json!({ "address_ranges": [more] }),
        json!({ "gateway": "10.21.0.2" }),
        json!({ "portgroup": "dvportgroup-34" }),
    ] {
        assert_eq!(
            lab.refused("PATCH", &banking, &patch(change)),
            "400 RESOURCE_IN_USE: Network banking is in use."
        );
    }
    assert!(lab.refused("DELETE", &banking, &Value::Null).contains("RESOURCE_IN_USE"));
    lab.done("DELETE", &format!("{NS}/bank"), &Value::Null);
    lab.seconds(30);
    lab.done("DELETE", &banking, &Value::Null);
    let primary = format!("{}/primary", path());
    assert!(lab.refused("DELETE", &primary, &Value::Null).contains("RESOURCE_IN_USE"));
}

#[test]
fn with_nsx_networks_cannot_be_made() {
    let lab = Lab::running();
    assert_eq!(lab.get(&path()), json!([]));
    let refusal = lab.refused("POST", &path(), &specs::network("x", "dvportgroup-31", 20));
    assert_eq!(refusal, "400 INVALID_ARGUMENT: Cluster domain-c8 does not use VSPHERE_NETWORK.");
    let nsx = json!({ "network": "x", "network_provider": "NSXT_CONTAINER_PLUGIN" });
    assert!(lab.refused("POST", &path(), &nsx).starts_with("400 UNSUPPORTED"));
}

#[test]
fn the_port_group_of_a_segment_can_carry_a_network() {
    let lab = Lab::running_vds();
    let zone = format!(
        "{}/transport-zones/{}",
        crate::inventory::ENFORCEMENT_POINT,
        crate::inventory::OVERLAY_TZ_ID
    );
    let segment = json!({ "display_name": "web", "transport_zone_path": zone, "unique_id": "u" });
    lab.store.transaction(|tx| tx.put("nsx:/infra/segments/web", &segment)).unwrap();
    let found = lab.get("/api/vcenter/network?names=web");
    let group = found[0]["network"].as_str().unwrap();
    lab.done("POST", &path(), &specs::network("web", group, 25));
}
