mod baseline;
mod changes;
mod declared;
mod policies;
mod workloads;

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use http::Method;
use serde_json::{Value, json};

use super::lifecycle::Endpoint;
use super::trouble::Trouble;
use super::*;
use crate::{Clock, IsolationProfile, Request, Response, Settings, Store, inventory, nsx};

const MOID: &str = inventory::CLUSTER_ID;

fn settings() -> Settings {
    Settings { clock: Clock::Manual, ..Settings::default() }
}

fn of_version(version: &str) -> Settings {
    Settings { vcenter_version: version.to_owned(), ..settings() }
}

/// A lab with a Supervisor that vCenter is enabling, with one address range of each kind.
fn lab(settings: &Settings) -> Store {
    let store = Store::in_memory(settings).unwrap();
    let supervisor = json!({
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
    store.transaction(|tx| tx.put(&format!("vcenter:/supervisors/{MOID}"), &supervisor)).unwrap();
    store
}

fn run<T>(store: &Store, work: impl FnOnce(&mut Tx<'_>) -> T) -> T {
    store.transaction(work).unwrap()
}

fn enable(store: &Store) -> Endpoint {
    run(store, |tx| supervisor_enabled(tx, MOID)).unwrap().unwrap()
}

fn namespace(store: &Store, name: &str, network: &Value) {
    run(store, |tx| {
        let uid = format!("uid-of-{name}");
        let document = json!({ "uid": uid, "cluster": MOID, "network": network });
        tx.put(&format!("vcenter:/namespaces/{name}"), &document);
        namespace_created(tx, MOID, name, &uid)
    })
    .unwrap();
}

fn delete_namespace(store: &Store, name: &str) {
    run(store, |tx| {
        namespace_deleted(tx, MOID, name)?;
        tx.delete(&format!("vcenter:/namespaces/{name}"));
        Ok::<_, Trouble>(())
    })
    .unwrap();
}

/// What NCP wrote: kinds with their numbers.
fn counts(store: &Store) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, object) in owned(store) {
        *counts.entry(object["resource_type"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

fn owned(store: &Store) -> Vec<(String, Value)> {
    let ours = |object: &Value| {
        let tags = object["tags"].as_array().into_iter().flatten();
        tags.into_iter().any(|tag| tag["scope"] == "ncp/cluster")
    };
    run(store, |tx| {
        let paths = tx.under_text("nsx:/infra").into_iter();
        let read = |(path, _): (String, _)| {
            nsx::read(tx, path.trim_start_matches("nsx:")).map(|object| (path, object))
        };
        paths.filter_map(read).filter(|(_, object)| ours(object)).collect()
    })
}

fn get(store: &Store, path: &str) -> Value {
    run(store, |tx| tx.get(&format!("nsx:{path}"))).unwrap_or_else(|| panic!("no {path}"))
}

/// Kind and path of everything, with the cluster's name as `CLUSTER`, the system's UID as `SYSTEM`.
fn names(store: &Store) -> String {
    let cluster = run(store, |tx| names::Cluster::of(tx, MOID));
    let list = owned(store).iter().fold(String::new(), |text, (path, object)| {
        let kind = object["resource_type"].as_str().unwrap();
        text + kind + "  " + path.trim_start_matches("nsx:/infra/") + "\n"
    });
    list.replace(&cluster.name(), "CLUSTER").replace(&cluster.system_uid, "SYSTEM")
}

/// A field of every object of a kind, by path.
fn fields(store: &Store, kind: &str, field: &str) -> Vec<String> {
    owned(store)
        .into_iter()
        .filter(|(_, object)| object["resource_type"] == kind)
        .map(|(_, object)| match &object[field] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect()
}

#[track_caller]
fn check(actual: &str, expected: &Expect) {
    expected.assert_eq(actual);
}

/// Asks the lab's own interface below a namespace.
fn ask(store: &Store, method: Method, path: &str, body: Option<Value>) -> Response {
    let request = Request::new(method, &format!("/lab/namespaces/{path}"));
    let request = body.into_iter().fold(request, Request::json);
    run(store, |tx| {
        tx.attempt(|tx| {
            let response = lab_api(tx, &request).unwrap();
            if response.is_refusal() { Err(response) } else { Ok(response) }
        })
    })
    .unwrap_or_else(|refusal| refusal)
}

fn post(store: &Store, path: &str, body: Value) -> Value {
    let answer = ask(store, Method::POST, path, Some(body));
    assert_eq!(answer.status, 201, "{}", answer.value());
    answer.value()
}

/// A pod, as Kubernetes shows it.
fn pod(store: &Store, namespace: &str, name: &str, labels: &[(&str, &str)]) -> Value {
    let labels: BTreeMap<_, _> = labels.iter().copied().collect();
    let object = json!({ "metadata": { "name": name, "labels": labels } });
    post(store, &format!("{namespace}/pods"), object)
}

/// behaviour.md 2.2 counts a fresh Supervisor of 7.0 U3: one Tier-1, one segment, one DHCP server,
/// three NAT rules, two load balancers. It counts one new pool and not where addresses of a
/// segment and of virtual servers come from; the clean-up tool knows a pool for each.
#[test]
fn a_fresh_supervisor_of_7_0_u3_has_what_was_counted_on_one() {
    let store = lab(&of_version("7.0.3.00500"));
    enable(&store);
    let counts = counts(&store);
    assert_eq!(counts["Tier1"], 1);
    assert_eq!(counts["Segment"], 1);
    assert_eq!(counts["DhcpServerConfig"], 1);
    assert_eq!(counts["PolicyNatRule"], 3);
    assert_eq!(counts["LBService"], 2);
    assert_eq!(counts["IpAddressPool"], 3);
}

#[test]
fn everything_of_a_fresh_supervisor() {
    let store = lab(&settings());
    enable(&store);
    check(
        &names(&store),
        &expect![[r"
            DhcpServerConfig  dhcp-server-configs/dhcp_CLUSTER
            Domain  domains/CLUSTER
            Group  domains/CLUSTER/groups/clusterip_CLUSTER_all_segments
            IpAddressBlock  ip-blocks/CLUSTER-ipblock-10-244-0-0-20
            IpAddressPool  ip-pools/CLUSTER-ippool-192-168-20-65-192-168-20-94
            IpAddressAllocation  ip-pools/CLUSTER-ippool-192-168-20-65-192-168-20-94/ip-allocations/vip_7906cfec-6b0d-42e8-bd36-88f19175e706
            IpAddressPoolStaticSubnet  ip-pools/CLUSTER-ippool-192-168-20-65-192-168-20-94/ip-subnets/subnet-0
            IpAddressPool  ip-pools/CLUSTER-ippool-192-168-30-65-192-168-30-94
            IpAddressAllocation  ip-pools/CLUSTER-ippool-192-168-30-65-192-168-30-94/ip-allocations/snat_SYSTEM
            IpAddressPoolStaticSubnet  ip-pools/CLUSTER-ippool-192-168-30-65-192-168-30-94/ip-subnets/subnet-0
            IpAddressPool  ip-pools/ipp_SYSTEM_0
            IpAddressPoolBlockSubnet  ip-pools/ipp_SYSTEM_0/ip-subnets/subnet-0
            LBHttpProfile  lb-app-profiles/ncp_CLUSTER_LBHttpProfile
            LBSourceIpPersistenceProfile  lb-persistence-profiles/CLUSTER_source_ip_layer4
            LBPool  lb-pools/kube-apiserver-lb-svc_443_TCP_ikawk
            LBPool  lb-pools/kube-apiserver-lb-svc_6443_TCP_ikawk
            LBService  lb-services/clusterip_CLUSTER_dlb
            LBService  lb-services/lbs_SYSTEM_0
            LBVirtualServer  lb-virtual-servers/kube-apiserver-lb-svc_443_TCP_ikawk
            LBVirtualServer  lb-virtual-servers/kube-apiserver-lb-svc_6443_TCP_ikawk
            Segment  segments/seg_SYSTEM_0
            SegmentPort  segments/seg_SYSTEM_0/ports/port_91ea4002-9341-4efc-9ba6-4dd844ef53c6
            SegmentPort  segments/seg_SYSTEM_0/ports/port_a1f4d028-e60f-4b62-ac00-739591d540a3
            SegmentPort  segments/seg_SYSTEM_0/ports/port_f36cf8b1-eafd-402e-8788-05eef6c978b1
            PrefixList  tier-0s/tier0-a/prefix-lists/pl_CLUSTER_deny_subnets
            Tier1  tier-1s/t1_SYSTEM_rtr
            LocaleServices  tier-1s/t1_SYSTEM_rtr/locale-services/default
            PolicyNatRule  tier-1s/t1_SYSTEM_rtr/nat/USER/nat-rules/nosnat_SYSTEM_10-244-0-0-20
            PolicyNatRule  tier-1s/t1_SYSTEM_rtr/nat/USER/nat-rules/nosnat_SYSTEM_10-96-0-0-23
            PolicyNatRule  tier-1s/t1_SYSTEM_rtr/nat/USER/nat-rules/snat_SYSTEM_0
        "]],
    );
}

#[test]
fn the_api_server_is_behind_the_first_ingress_address_at_both_ports() {
    let store = lab(&settings());
    assert_eq!(enable(&store).address.to_string(), "192.168.20.65");
    assert_eq!(fields(&store, "LBVirtualServer", "ports"), [r#"["443"]"#, r#"["6443"]"#]);
    assert_eq!(
        fields(&store, "LBVirtualServer", "display_name"),
        ["kube-apiserver-lb-svc_443_TCP", "kube-apiserver-lb-svc_6443_TCP"]
    );
    let members = fields(&store, "LBPool", "members");
    assert!(members[0].contains("10.244.0.2") && members[0].contains("10.244.0.4"));
}

#[test]
fn enabling_again_after_trouble_changes_nothing() {
    let store = lab(&settings());
    let first = enable(&store);
    let before = owned(&store);
    assert_eq!(enable(&store), first);
    assert_eq!(owned(&store), before);
}

#[test]
fn the_first_namespace_gets_the_second_subnet_and_the_second_egress_address() {
    let store = lab(&of_version("8.0.1.00000"));
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let segment = get(&store, "/infra/segments/seg_uid-of-banking_0");
    assert_eq!(segment["subnets"][0]["gateway_address"], "10.244.0.17/28");
    let rule = get(
        &store,
        "/infra/tier-1s/t1_uid-of-banking_rtr/nat/USER/nat-rules/snat_uid-of-banking_0",
    );
    assert_eq!(rule["translated_network"], "192.168.30.66");
    assert_eq!(rule["source_network"], "10.244.0.16/28");
}

#[test]
fn from_8_0_u2_on_a_namespace_begins_with_two_segments_and_one_egress_address() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let translated = fields(&store, "PolicyNatRule", "translated_network");
    assert_eq!(translated.iter().filter(|address| *address == "192.168.30.66").count(), 2);
    assert!(get(&store, "/infra/segments/seg_uid-of-banking_1").is_object());
}

#[test]
fn before_7_0_u1c_namespaces_share_tier_1_and_load_balancer_and_the_tier_0_translates() {
    let store = lab(&of_version("7.0.1.00100"));
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let counts = counts(&store);
    assert_eq!((counts["Tier1"], counts["LBService"], counts["Segment"]), (1, 2, 2));
    let system = fields(&store, "Tier1", "id").remove(0);
    let segment = get(&store, "/infra/segments/seg_uid-of-banking_0");
    assert_eq!(segment["connectivity_path"], format!("/infra/tier-1s/{system}"));
    let tier0 = inventory::TIER0_A;
    get(&store, &format!("/infra/tier-0s/{tier0}/nat/USER/nat-rules/snat_uid-of-banking_0"));
}

#[test]
fn nothing_is_made_with_vds_networking() {
    let store = lab(&settings());
    run(&store, |tx| {
        let network = json!({
            "provider": "VSPHERE_NETWORK",
            "primary": "primary",
            "load_balancer": {
                "id": "lb", "provider": "HA_PROXY", "address_ranges": [], "servers": [],
                "username": "u", "certificate_authority_chain": "",
            },
        });
        let supervisor = json!({
            "service_cidr": "10.96.0.0/23", "control_plane": { "count": 3 }, "network": network,
        });
        tx.put(&format!("vcenter:/supervisors/{MOID}"), &supervisor);
        assert_eq!(supervisor_enabled(tx, MOID), Ok(None));
        assert_eq!(namespace_created(tx, MOID, "banking", "u"), Ok(()));
    });
    assert_eq!(owned(&store), []);
}

#[test]
fn a_namespace_with_a_network_of_its_own_takes_nothing_of_the_supervisors() {
    let store = lab(&of_version("8.0.1.00000"));
    enable(&store);
    let own = json!({
        "namespace_network_cidrs": ["10.20.0.0/22"],
        "ingress_cidrs": ["192.168.40.0/28"],
        "egress_cidrs": ["192.168.41.0/28"],
        "tier0": inventory::TIER0_B,
        "subnet_prefix_length": 27,
        "routed_mode": false,
        "load_balancer_size": "MEDIUM",
    });
    namespace(&store, "banking", &own);
    let router = get(&store, "/infra/tier-1s/t1_uid-of-banking_rtr");
    assert_eq!(router["tier0_path"], format!("/infra/tier-0s/{}", inventory::TIER0_B));
    let segment = get(&store, "/infra/segments/seg_uid-of-banking_0");
    assert_eq!(segment["subnets"][0]["gateway_address"], "10.20.0.1/27");
    assert_eq!(get(&store, "/infra/lb-services/lbs_uid-of-banking_0")["size"], "MEDIUM");
    let before = counts(&store);
    delete_namespace(&store, "banking");
    assert_eq!(counts(&store)["IpAddressBlock"], before["IpAddressBlock"] - 1);
}

#[test]
fn a_routed_namespace_is_not_translated() {
    let store = lab(&settings());
    enable(&store);
    let before = counts(&store)["PolicyNatRule"];
    let own = json!({
        "namespace_network_cidrs": ["10.20.0.0/22"], "ingress_cidrs": ["192.168.40.0/28"],
        "egress_cidrs": [], "tier0": null, "subnet_prefix_length": null, "routed_mode": true,
        "load_balancer_size": "SMALL",
    });
    namespace(&store, "banking", &own);
    assert_eq!(counts(&store)["PolicyNatRule"], before);
    let tags = get(&store, "/infra/tier-1s/t1_uid-of-banking_rtr")["tags"].to_string();
    assert!(!tags.contains("ncp/snat_ip"));
}

#[test]
fn a_segment_on_the_switch_is_a_port_group_and_one_elsewhere_is_not() {
    let store = lab(&settings());
    run(&store, |tx| {
        let zone = super::port_groups::transport_zone(inventory::VLAN_TZ_ID);
        tx.put(
            "nsx:/infra/segments/vms",
            &json!({ "display_name": "VMs", "unique_id": "1", "transport_zone_path": zone }),
        );
        tx.put(
            "nsx:/infra/segments/else",
            &json!({ "display_name": "else", "transport_zone_path": "/infra/else" }),
        );
        let before: Vec<_> = port_groups(tx);
        assert_eq!(before.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["VMs"]);
        tx.delete("nsx:/infra/segments/else");
        assert_eq!(port_groups(tx), before);
    });
}
