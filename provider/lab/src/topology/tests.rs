use std::time::Duration;

use expect_test::expect;
use serde_json::{Value, json};

use super::*;
use crate::{Clock, IsolationProfile, Settings, Store, Tx, inventory, ncp, nsx};

fn lab() -> Store {
    lab_of(IsolationProfile::Isolated)
}

fn lab_of(isolation_profile: IsolationProfile) -> Store {
    let settings = Settings { clock: Clock::Manual, isolation_profile, ..Settings::default() };
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
           │  ├─ open inside                                                         everything
           │  ├─ open from control plane of compute-1                                everything
           │  └─ open to control plane of compute-1, 10.96.0.0/23, 192.168.20.64/27  everything
           └─ namespace trading  RUNNING  10.244.0.48/28, 10.244.0.64/28  SNAT 192.168.30.67
              ├─ open inside                                                         everything
              ├─ open from control plane of compute-1                                everything
              └─ open to control plane of compute-1, 10.96.0.0/23, 192.168.20.64/27  everything
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

fn patch(tx: &mut Tx<'_>, path: &str, body: &Value) {
    nsx::as_principal(tx, inventory::NSX_USER).patch(path, body).unwrap();
}

/// A group of a namespace's ports, by NCP's tag.
fn group(tx: &mut Tx<'_>, name: &str) -> String {
    let path = format!("/infra/domains/default/groups/{name}");
    let condition = json!({
        "resource_type": "Condition",
        "member_type": "SegmentPort",
        "key": "Tag",
        "operator": "EQUALS",
        "value": format!("ncp/project|{name}"),
    });
    patch(tx, &path, &json!({ "expression": [condition] }));
    path
}

/// Lets `trading` reach `banking` at a port, at both ends.
fn open(tx: &mut Tx<'_>, port: &str) {
    let (trading, banking) = (group(tx, "trading"), group(tx, "banking"));
    let rule = json!({
        "id": "open",
        "action": "ALLOW",
        "source_groups": [trading],
        "destination_groups": [banking],
        "service_entries": [{
            "resource_type": "L4PortSetServiceEntry",
            "id": "open",
            "l4_protocol": "TCP",
            "destination_ports": [port],
        }],
        "scope": [trading, banking],
    });
    let policy = json!({ "category": "Application", "sequence_number": 1000, "rules": [rule] });
    patch(tx, "/infra/domains/default/security-policies/open", &policy);
}

/// What is open for each namespace, a line for each flow.
fn traffic(store: &Store) -> String {
    let topology = store.transaction(|tx| Topology::read(tx)).unwrap();
    let namespaces = topology.supervisors.iter().flat_map(|supervisor| &supervisor.namespaces);
    let lines = namespaces.map(|namespace| match &namespace.traffic {
        Traffic::Unfiltered => format!("{}: unfiltered\n", namespace.name),
        Traffic::Open(flows) => flows.iter().fold(String::new(), |text, flow| {
            let Flow { direction, peers, services } = flow;
            text + &format!("{} {direction:?} {}: {services}\n", namespace.name, peers.join(", "))
        }),
    });
    lines.collect()
}

#[test]
fn what_a_policy_opens_at_both_ends_shows_at_both() {
    let lab = lab();
    lab.transaction(|tx| open(tx, "8443")).unwrap();
    expect![[r"
        banking Inside : everything
        banking In trading: TCP/8443
        banking In control plane of compute-1: everything
        banking Out control plane of compute-1, 10.96.0.0/23, 192.168.20.64/27: everything
        trading Inside : everything
        trading In control plane of compute-1: everything
        trading Out banking: TCP/8443
        trading Out control plane of compute-1, 10.96.0.0/23, 192.168.20.64/27: everything
    "]]
    .assert_eq(&traffic(&lab));
}

#[test]
fn a_policy_on_top_closes_what_ncp_leaves_open() {
    let lab = lab();
    lab.transaction(|tx| {
        let banking = group(tx, "banking");
        let drop = json!({ "id": "drop", "action": "DROP", "scope": [banking] });
        let policy = json!({ "category": "Environment", "scope": [banking], "rules": [drop] });
        patch(tx, "/infra/domains/default/security-policies/closed", &policy);
    })
    .unwrap();
    let text = lab.transaction(|tx| text(tx)).unwrap();
    let below = text.lines().skip_while(|line| !line.contains("namespace banking")).nth(1);
    assert_eq!(below.unwrap().trim_matches([' ', '│', '└', '─']), "closed");
}

#[test]
fn without_a_baseline_everybody_reaches_everybody() {
    expect![[r"
        banking Inside : everything
        banking In everybody: everything
        banking Out everybody: everything
        trading Inside : everything
        trading In everybody: everything
        trading Out everybody: everything
    "]]
    .assert_eq(&traffic(&lab_of(IsolationProfile::Open)));
}

#[test]
fn only_other_namespaces_are_kept_out_by_allow_namespace() {
    expect![[r"
        banking Inside : everything
        banking In load balancer domain-c8:dd5825a9-0f1c-4f5c-a1a7-5b6c1f3d2e10-kube-system-0, outside: everything
        banking Out load balancer domain-c8:dd5825a9-0f1c-4f5c-a1a7-5b6c1f3d2e10-kube-system-0, outside: everything
        trading Inside : everything
        trading In load balancer domain-c8:dd5825a9-0f1c-4f5c-a1a7-5b6c1f3d2e10-kube-system-0, outside: everything
        trading Out load balancer domain-c8:dd5825a9-0f1c-4f5c-a1a7-5b6c1f3d2e10-kube-system-0, outside: everything
    "]].assert_eq(&traffic(&lab_of(IsolationProfile::AllowNamespace)));
}

#[test]
fn a_switched_off_firewall_opens_everything() {
    let lab = lab();
    lab.transaction(|tx| {
        let off = json!({
            "resource_type": "DfwFirewallConfiguration", "enable_firewall": false,
        });
        patch(tx, "/infra/settings/firewall/security", &off);
    })
    .unwrap();
    assert_eq!(traffic(&lab), traffic(&lab_of(IsolationProfile::Open)));
}

#[test]
fn a_rule_that_nobody_understands_counts_as_open() {
    let lab = lab();
    lab.transaction(|tx| {
        let strange = "/infra/domains/default/groups/strange";
        let condition = json!({
            "resource_type": "Condition", "member_type": "VirtualMachine", "key": "OSName",
            "operator": "EQUALS", "value": "plan9",
        });
        patch(tx, strange, &json!({ "expression": [condition] }));
        let allow = json!({ "id": "allow", "action": "ALLOW", "source_groups": [strange] });
        let policy = json!({ "category": "Emergency", "rules": [allow] });
        patch(tx, "/infra/domains/default/security-policies/strange", &policy);
    })
    .unwrap();
    assert!(traffic(&lab).contains("banking In everybody: everything"), "{}", traffic(&lab));
}

#[test]
fn nsx_does_not_judge_a_namespace_on_port_groups_of_its_own() {
    let lab = lab();
    lab.transaction(|tx| {
        let namespace = json!({
            "uid": "u", "cluster": inventory::CLUSTER_ID, "config_status": "RUNNING",
            "networks": ["primary"],
        });
        tx.put("vcenter:/namespaces/vds", &namespace);
    })
    .unwrap();
    assert!(traffic(&lab).contains("vds: unfiltered"));
}

#[test]
fn a_namespace_on_the_port_group_of_a_segment_is_judged_there() {
    let lab = lab();
    lab.transaction(|tx| patch(tx, "/infra/segments/vds", &json!({ "display_name": "vds" })))
        .unwrap();
    lab.advance(Duration::from_mins(1)).unwrap();
    lab.transaction(|tx| {
        let group = ncp::port_groups(tx).into_iter().find(|group| group.name == "vds").unwrap();
        let cluster = inventory::CLUSTER_ID;
        let network = json!({ "name": "primary", "portgroup": group.moid });
        tx.put(&format!("vcenter:/networks/{cluster}/primary"), &network);
        let namespace = json!({ "uid": "u", "cluster": cluster, "networks": ["primary"] });
        tx.put("vcenter:/namespaces/vds", &namespace);
    })
    .unwrap();
    assert!(traffic(&lab).contains("vds In "));
}

#[test]
fn what_is_in_a_namespace_is_shown_with_what_it_waits_for() {
    let lab = lab();
    let text = "
apiVersion: v1
kind: Pod
metadata: { name: web-0, namespace: banking, labels: { app: web } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: banking }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 443 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: banking }
spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 192.0.2.0/24 } }], ports: [{ port: 443 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: many, namespace: banking }
spec: { podSelector: { matchLabels: { a: x, b: x, c: x, d: x, e: x, f: x, g: x, h: x, i: x, j: x, k: x, l: x, m: x, o: x } } }
";
    lab.declare(&crate::Workloads::read([("bank.yaml", text)]).unwrap()).unwrap();
    let text = lab.transaction(|tx| super::text(tx)).unwrap();
    let from = text.find("namespace banking").unwrap();
    let to = text.find("namespace trading").unwrap();
    let lines = text[from..to].lines().map(|it| it.trim_start_matches([' ', '│', '├', '└', '─']));
    expect![[r"
        namespace banking  RUNNING  10.244.0.16/28, 10.244.0.32/28  SNAT 192.168.30.66
        pod web-0                                                            10.244.0.18
        service web                                                          192.168.20.66  TCP/443
        network policy web
        error: networkpolicy many: bankin…and NSX takes 15 in one criterion
        open from control plane of compute-1                                 everything
        open from 192.0.2.0/24                                               TCP/443
        open to control plane of compute-1, 10.96.0.0/23, 192.168.20.64/27   everything
    "]]
    .assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}
