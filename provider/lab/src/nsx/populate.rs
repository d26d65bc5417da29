//! What a fresh NSX has: the fabric under it, the system's own objects, two Tier-0 gateways.

use serde_json::{Value, json};

use super::kind::place;
use super::object::{self, Caller, Fields, key};
use super::write::{Mode, Revisions, Writer};
use crate::inventory::{
    EDGE_CLUSTER, EDGE_CLUSTER_ID, ENFORCEMENT_POINT, NSX_USER, OVERLAY_TZ, OVERLAY_TZ_ID, TIER0_A,
    TIER0_B, VLAN_TZ, VLAN_TZ_ID,
};
use crate::{PatchMode, Tx};

/// Fills a new lab's NSX.
pub(crate) fn populate(tx: &mut Tx<'_>) {
    for (path, body) in fabric() {
        put_fabric(tx, &path, body);
    }
    write(
        tx,
        &Caller::system(),
        &[("/infra/domains/default".to_owned(), json!({ "display_name": "default" }))],
    );
    write(tx, &Caller::system(), &services());
    write(tx, &Caller::system(), &profiles());
    write(tx, &Caller::new(NSX_USER), &gateways());
    write(tx, &Caller::new(NSX_USER), &settings());
}

/// Objects that come from below the policy, with the ids that the manager has given them.
fn fabric() -> Vec<(String, Value)> {
    let at = |rest: &str| format!("{ENFORCEMENT_POINT}/{rest}");
    let zone = |id: &str, name: &str, kind: &str, default: Value| {
        let body = json!({
            "display_name": name, "nsx_id": id, "tz_type": kind, "is_default": default,
        });
        (at(&format!("transport-zones/{id}")), body)
    };
    let mut found = vec![
        ("/infra/sites/default".to_owned(), json!({ "site_type": "ONPREM_LM" })),
        (ENFORCEMENT_POINT.to_owned(), json!({ "auto_enforce": true })),
        zone(OVERLAY_TZ_ID, OVERLAY_TZ, "OVERLAY_STANDARD", json!(true)),
        zone(VLAN_TZ_ID, VLAN_TZ, "VLAN_BACKED", json!(false)),
        (
            at(&format!("edge-clusters/{EDGE_CLUSTER_ID}")),
            json!({
                "display_name": EDGE_CLUSTER, "nsx_id": EDGE_CLUSTER_ID,
                "member_node_type": "EDGE_NODE", "deployment_type": "VIRTUAL_MACHINE",
            }),
        ),
    ];
    found.extend((0..2).map(|index| {
        let path = at(&format!("edge-clusters/{EDGE_CLUSTER_ID}/edge-nodes/{index}"));
        (path, json!({ "display_name": format!("edge-node-{}", index + 1), "member_index": index }))
    }));
    found
}

/// The fabric's fields are read-only to clients, so it does not go the way of their writes.
fn put_fabric(tx: &mut Tx<'_>, path: &str, body: Value) {
    let (Some(place), Value::Object(body)) = (place(path), body) else { return };
    let object = object::stamped(tx, &place, body, None, NSX_USER);
    tx.put(&key(path), &Value::Object(object));
}

fn gateways() -> Vec<(String, Value)> {
    let edge = format!("{ENFORCEMENT_POINT}/edge-clusters/{EDGE_CLUSTER_ID}");
    [TIER0_A, TIER0_B]
        .into_iter()
        .flat_map(|id| {
            let path = format!("/infra/tier-0s/{id}");
            let service = format!("{path}/locale-services/default");
            [
                (path, json!({ "display_name": id, "ha_mode": "ACTIVE_STANDBY" })),
                (service, json!({ "edge_cluster_path": edge })),
            ]
        })
        .collect()
}

fn settings() -> Vec<(String, Value)> {
    let firewall = "/infra/settings/firewall/security";
    vec![
        (firewall.to_owned(), json!({ "resource_type": "DfwFirewallConfiguration" })),
        (format!("{firewall}/exclude-list"), json!({})),
    ]
}

/// Some of the services that NSX comes with, under their own names.
fn services() -> Vec<(String, Value)> {
    let port = |id: &str, protocol: &str, port: &str| {
        json!({
            "resource_type": "L4PortSetServiceEntry", "id": id, "display_name": id,
            "l4_protocol": protocol, "destination_ports": [port],
        })
    };
    let icmp = |id: &str, protocol: &str| {
        json!({
            "resource_type": "ICMPTypeServiceEntry", "id": id, "display_name": id,
            "protocol": protocol,
        })
    };
    let service = |id: &str, entries: Value| {
        let body = json!({ "display_name": id, "is_default": true, "service_entries": entries });
        (format!("/infra/services/{id}"), body)
    };
    let tcp = [("HTTP", "80"), ("HTTPS", "443"), ("SSH", "22"), ("SMTP", "25")];
    let udp = [("NTP", "123"), ("SNMP-Receive", "161")];
    let mut found = vec![
        service("DNS", json!([port("DNS-tcp", "TCP", "53"), port("DNS", "UDP", "53")])),
        service("DNS-TCP", json!([port("DNS-TCP", "TCP", "53")])),
        service("DNS-UDP", json!([port("DNS-UDP", "UDP", "53")])),
        service("DHCP-Client", json!([port("DHCP-Client", "UDP", "68")])),
        service("DHCP-Server", json!([port("DHCP-Server", "UDP", "67")])),
        service("ICMP-ALL", json!([icmp("ICMP-ALL", "ICMPv4")])),
        service("ICMPv6-ALL", json!([icmp("ICMPv6-ALL", "ICMPv6")])),
    ];
    found.extend(tcp.map(|(id, number)| service(id, json!([port(id, "TCP", number)]))));
    found.extend(udp.map(|(id, number)| service(id, json!([port(id, "UDP", number)]))));
    found
}

/// The profiles that NSX comes with.
fn profiles() -> Vec<(String, Value)> {
    let profile = |collection: &str, id: &str, kind: &str| {
        let body = json!({ "display_name": id, "resource_type": kind });
        (format!("/infra/{collection}/{id}"), body)
    };
    vec![
        profile("lb-app-profiles", "default-tcp-lb-app-profile", "LBFastTcpProfile"),
        profile("lb-app-profiles", "default-udp-lb-app-profile", "LBFastUdpProfile"),
        profile("lb-app-profiles", "default-http-lb-app-profile", "LBHttpProfile"),
        profile("lb-monitor-profiles", "default-tcp-lb-monitor", "LBTcpMonitorProfile"),
        profile("lb-monitor-profiles", "default-udp-lb-monitor", "LBUdpMonitorProfile"),
        profile("lb-monitor-profiles", "default-icmp-lb-monitor", "LBIcmpMonitorProfile"),
        profile("lb-monitor-profiles", "default-http-lb-monitor", "LBHttpMonitorProfile"),
        profile("lb-monitor-profiles", "default-https-lb-monitor", "LBHttpsMonitorProfile"),
        profile("lb-monitor-profiles", "default-passive-lb-monitor", "LBPassiveMonitorProfile"),
        profile(
            "lb-persistence-profiles",
            "default-source-ip-lb-persistence-profile",
            "LBSourceIpPersistenceProfile",
        ),
        profile(
            "lb-persistence-profiles",
            "default-cookie-lb-persistence-profile",
            "LBCookiePersistenceProfile",
        ),
    ]
}

fn write(tx: &mut Tx<'_>, caller: &Caller, objects: &[(String, Value)]) {
    let mut writer = Writer::new(tx, caller.clone());
    for (path, body) in objects {
        let place = place(path).expect("the first inventory names places of the tree");
        let empty = Fields::new();
        let body = body.as_object().unwrap_or(&empty);
        writer
            .write(&place, body, Mode::Patch(PatchMode::Merge), Revisions::Ignored)
            .expect("the first inventory is what a client could write");
    }
    writer.finish().expect("the first inventory refers to what it has");
}
