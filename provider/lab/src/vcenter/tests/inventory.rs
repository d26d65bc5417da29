use serde_json::{Value, json};

use super::{Lab, NM, text};
use crate::inventory::{EDGE_CLUSTER_ID, VDS_ID, VDS_UUID};

fn names(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|it| text(&it[field])).collect()
}

#[test]
fn a_name_alone_can_be_ambiguous() {
    let lab = Lab::new();
    let both = lab.get("/api/vcenter/cluster?names=compute-1");
    assert_eq!(names(&both, "cluster").len(), 2);
    let one = lab.get("/api/vcenter/cluster?names=compute-1&datacenters=datacenter-3");
    assert_eq!(names(&one, "cluster"), ["domain-c8"]);
    let policies = lab.get("/api/vcenter/storage/policies");
    assert_eq!(names(&policies, "name").iter().filter(|name| *name == "duplicate").count(), 2);
    assert_eq!(lab.get("/api/vcenter/network?names=management").as_array().unwrap().len(), 2);
    assert_eq!(lab.get("/api/vcenter/datacenter?names=dc-2").as_array().unwrap().len(), 1);
}

#[test]
fn filters_that_match_nothing_give_an_empty_list() {
    let lab = Lab::new();
    assert_eq!(lab.get("/api/vcenter/cluster?names=nowhere"), json!([]));
    assert_eq!(lab.get("/api/vcenter/network?types=OPAQUE_NETWORK"), json!([]));
}

#[test]
fn filters_take_several_values() {
    let lab = Lab::new();
    let list = lab.get("/api/vcenter/cluster?clusters=domain-c8&clusters=domain-c34");
    assert_eq!(names(&list, "name"), ["compute-2", "compute-1"]);
}

#[test]
fn a_segment_on_the_switch_is_a_port_group() {
    let lab = Lab::new();
    let groups = "/api/vcenter/network?types=DISTRIBUTED_PORTGROUP&names=web";
    assert_eq!(lab.get(groups), json!([]));
    let zone = format!(
        "{}/transport-zones/{}",
        crate::inventory::ENFORCEMENT_POINT,
        crate::inventory::OVERLAY_TZ_ID
    );
    let segment = json!({ "display_name": "web", "transport_zone_path": zone, "unique_id": "u" });
    lab.store.transaction(|tx| tx.put("nsx:/infra/segments/web-1", &segment)).unwrap();
    assert_eq!(names(&lab.get(groups), "type"), ["DISTRIBUTED_PORTGROUP"]);
}

#[test]
fn compatibility_gives_every_reason() {
    let lab = Lab::new();
    let all = lab.get(&format!("{NM}/cluster-compatibility"));
    let reasons = |cluster: &str| {
        let list = all.as_array().unwrap();
        let summary = list.iter().find(|it| it["cluster"] == cluster).unwrap();
        names(&summary["incompatibility_reasons"], "default_message")
    };
    assert_eq!(reasons("domain-c8"), Vec::<String>::new());
    assert_eq!(reasons("domain-c46"), ["Cluster domain-c46 does not have HA enabled."]);
    assert_eq!(reasons("domain-c58"), ["Cluster domain-c58 is missing compatible NSX-T VDS."]);
    let fit = lab.get(&format!("{NM}/cluster-compatibility?compatible=true"));
    assert_eq!(names(&fit, "cluster"), ["domain-c34", "domain-c8"]);
    let vds =
        format!("{NM}/cluster-compatibility?compatible=true&network_provider=VSPHERE_NETWORK");
    assert_eq!(
        names(&lab.get(&vds), "cluster"),
        ["domain-c108", "domain-c34", "domain-c58", "domain-c8"]
    );
}

#[test]
fn switches_go_by_uuid_with_nsx_and_by_moid_without() {
    let lab = Lab::new();
    let path = format!("{NM}/distributed-switch-compatibility?cluster=domain-c8");
    assert_eq!(names(&lab.get(&path), "distributed_switch"), [VDS_UUID]);
    let vsphere = lab.get(&format!("{path}&network_provider=VSPHERE_NETWORK"));
    assert_eq!(names(&vsphere, "distributed_switch"), [VDS_ID]);
    assert!(vsphere[0]["compatible_networks"].to_string().contains("dvportgroup-31"));
    let named = lab.get(&format!("{NM}/networks/nsx/distributed-switches"));
    assert!(names(&named, "name").contains(&"banking-vds".to_owned()));
}

#[test]
fn edges_and_tier_0s_are_those_of_nsx() {
    let lab = Lab::new();
    let edges =
        format!("{NM}/edge-cluster-compatibility?cluster=domain-c8&distributed_switch={VDS_UUID}");
    assert_eq!(names(&lab.get(&edges), "edge_cluster"), [EDGE_CLUSTER_ID]);
    let gateways = format!("{NM}/nsx-tier0-gateways?distributed_switch={VDS_UUID}");
    assert_eq!(names(&lab.get(&gateways), "tier0_gateway"), ["tier0-a", "tier0-b"]);
    let elsewhere = format!("{NM}/nsx-tier0-gateways?distributed_switch=50 00");
    assert_eq!(lab.get(&elsewhere), json!([]));
}

#[test]
fn libraries_are_found_by_name() {
    let lab = Lab::new();
    let find = |spec: Value| {
        lab.done("POST", "/api/content/library?action=find", &spec).as_array().unwrap().len()
    };
    assert_eq!(find(json!({ "name": "vm-images" })), 1);
    assert_eq!(find(json!({ "name": "duplicate" })), 2);
    assert_eq!(find(json!({ "type": "SUBSCRIBED" })), 1);
    let id = text(&lab.get("/api/content/library")[0]);
    assert_eq!(lab.get(&format!("/api/content/library/{id}"))["id"], json!(id));
}

#[test]
fn everything_else_of_the_inventory_can_be_read() {
    let lab = Lab::new();
    for target in [
        "/api/appliance/system/version",
        "/api/vcenter/datacenter/datacenter-3",
        "/api/vcenter/cluster/domain-c8",
        "/api/vcenter/host?clusters=domain-c8",
        "/api/vcenter/consumption-domains/zones",
        "/api/vcenter/consumption-domains/zones/cluster/zone-1/associations",
        "/api/vcenter/namespace-management/capability",
        "/api/vcenter/namespace-management/cluster-size-info",
        "/api/vcenter/namespace-management/cluster-compatibility/v2",
        "/api/vcenter/namespace-management/networks/nsx/edges",
        "/api/vcenter/namespace-management/virtual-machine-classes",
        "/api/vcenter/namespace-management/virtual-machine-classes/best-effort-small",
    ] {
        assert_ne!(lab.get(target), json!([]), "{target}");
    }
    let sizes = lab.get(&format!("{NM}/cluster-size-info"));
    assert_eq!(sizes["SMALL"]["default_service_cidr"]["prefix"], 23);
    assert_eq!(lab.get("/api/appliance/system/version")["version"], "8.0.3.00000");
    for target in [
        "/api/vcenter/datacenter/datacenter-9",
        "/api/vcenter/cluster/domain-c9",
        "/api/content/library/none",
    ] {
        assert!(lab.refused("GET", target, &Value::Null).starts_with("404 NOT_FOUND"), "{target}");
    }
}

#[test]
fn a_library_tells_what_is_in_it() {
    let lab = Lab::new();
    let items = |library: &str| lab.get(&format!("/api/content/library/item?library_id={library}"));
    for id in lab.get("/api/content/library").as_array().unwrap() {
        let library = lab.get(&format!("/api/content/library/{}", text(id)));
        let is_empty = items(&text(id)).as_array().unwrap().is_empty();
        assert_eq!(is_empty, library["name"] == "duplicate", "{library}");
    }
}
