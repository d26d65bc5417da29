use std::time::Duration;

use expect_test::expect;
use serde_json::json;

use super::*;
use crate::{Clock, Settings, Store, Tx, inventory, ncp};

fn lab() -> Store {
    let settings = Settings { clock: Clock::Manual, ..Settings::default() };
    let store = Store::in_memory(&settings).unwrap();
    store.transaction(populate).unwrap();
    store.advance(Duration::from_mins(1)).unwrap();
    store
}

fn populate(tx: &mut Tx<'_>) {
    let cluster = inventory::CLUSTER_ID;
    let supervisor = json!({
        "name": "compute-1",
        "config_status": "RUNNING",
        "kubernetes_status": "READY",
        "endpoints": { "cluster": "192.168.20.65" },
        "service_cidr": "10.96.0.0/23",
        "control_plane": { "count": 3 },
        "network": {
            "provider": "NSXT_CONTAINER_PLUGIN",
            "distributed_switch": inventory::VDS_UUID,
            "edge_cluster": inventory::EDGE_CLUSTER_ID,
            "tier0": inventory::TIER0_A,
            "pod_cidrs": ["10.244.0.0/20"],
            "ingress_cidrs": ["192.168.20.64/27"],
            "egress_cidrs": ["192.168.30.64/27"],
            "namespace_subnet_prefix": 28,
            "routed_mode": false,
            "load_balancer_size": "SMALL",
            "ingress_certificate": "",
        },
    });
    tx.put(&format!("vcenter:/supervisors/{cluster}"), &supervisor);
    ncp::supervisor_enabled(tx, cluster).unwrap();
    for name in ["banking", "trading"] {
        let uid = tx.uuid_of(name);
        let namespace = json!({ "uid": uid, "cluster": cluster, "config_status": "RUNNING" });
        tx.put(&format!("vcenter:/namespaces/{name}"), &namespace);
        ncp::namespace_created(tx, cluster, name, &uid).unwrap();
    }
}

#[test]
fn a_bank_on_one_page() {
    let text = lab().transaction(|tx| text(tx)).unwrap();
    expect![[r"
        lab: vCenter 8.0.3.00000, NSX 4.2.0.0.0.24105817
        ├─ Tier-0 tier0-a
        │  ├─ Tier-1 t1-domain-c8:…-banking-rtr      SNAT 192.168.30.66
        │  │  ├─ segment seg-domain-c8:…-banking-0    10.244.0.16/28  dvportgroup-222099304   0 ports
        │  │  ├─ segment seg-domain-c8:…-banking-1    10.244.0.32/28  dvportgroup-1197430938  0 ports
        │  │  └─ load balancer domain-c8:…-banking-0  SMALL
        │  ├─ Tier-1 t1-domain-c8:…-kube-system-rtr  SNAT 192.168.30.65
        │  │  ├─ segment seg-domain-c8:…-kube-system-0    10.244.0.0/28  dvportgroup-1016929009  3 ports
        │  │  └─ load balancer domain-c8:…-kube-system-0  SMALL
        │  │     ├─ 192.168.20.65:443   to 10.244.0.2:6443…, 10.244.0.4:6443  kube-apiserver-lb-svc_443_TCP
        │  │     └─ 192.168.20.65:6443  to 10.244.0.2:6443…, 10.244.0.4:6443  kube-apiserver-lb-svc_6443_TCP
        │  └─ Tier-1 t1-domain-c8:…-trading-rtr      SNAT 192.168.30.67
        │     ├─ segment seg-domain-c8:…-trading-0    10.244.0.48/28  dvportgroup-454792053  0 ports
        │     ├─ segment seg-domain-c8:…-trading-1    10.244.0.64/28  dvportgroup-110615415  0 ports
        │     └─ load balancer domain-c8:…-trading-0  SMALL
        ├─ Tier-0 tier0-b
        ├─ without a gateway
        │  └─ load balancer clusterip_domain-c8:…_dlb  DLB
        └─ Supervisor compute-1  domain-c8  RUNNING  Kubernetes READY  API 192.168.20.65
           ├─ namespace banking  RUNNING  10.244.0.16/28, 10.244.0.32/28  SNAT 192.168.30.66
           └─ namespace trading  RUNNING  10.244.0.48/28, 10.244.0.64/28  SNAT 192.168.30.67
    "]].assert_eq(&text);
}

#[test]
fn it_is_plain_data() {
    let topology = lab().transaction(|tx| Topology::read(tx)).unwrap();
    let json = serde_json::to_string(&topology).unwrap();
    assert_eq!(serde_json::from_str::<Topology>(&json).unwrap(), topology);
}

#[test]
fn what_comes_and_goes_is_counted() {
    let lab = lab();
    let before = lab.transaction(|tx| Topology::read(tx)).unwrap();
    assert_eq!(before.inventory()["Namespace"], 2);
    lab.transaction(|tx| {
        ncp::namespace_deleted(tx, inventory::CLUSTER_ID, "trading").unwrap();
        tx.delete("vcenter:/namespaces/trading");
    })
    .unwrap();
    let after = lab.transaction(|tx| Topology::read(tx)).unwrap();
    let changes = changes(before.inventory(), after.inventory());
    assert!(changes.contains(&"Namespace: 2 before, 1 now".to_owned()), "{changes:?}");
    assert!(changes.contains(&"Tier1: 3 before, 2 now".to_owned()), "{changes:?}");
}
