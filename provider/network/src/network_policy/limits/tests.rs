//! At each limit, and one above it.

use expect_test::expect;

use super::*;
use crate::{
    address::Cidr,
    firewall::{
        Service, Services,
        limits::{ADDRESSES, CONDITIONS, CRITERIA, PORTS},
    },
    network_policy::{
        Block, Cluster, ContainerPort, Manifest, Names, Pod, Requirement, Test, Translator,
        Untranslatable,
    },
};

fn policy(spec: &str) -> NetworkPolicy {
    let json = format!(r#"{{"metadata": {{"name": "p", "namespace": "x"}}, "spec": {spec}}}"#);
    let manifest: Manifest = serde_json::from_str(&json).unwrap();
    NetworkPolicy::try_from(&manifest).unwrap()
}

/// One pod of each family that calls its SCTP port `m3ua`.
fn pods() -> Cluster {
    let pod = |name: &str, address: &str| Pod {
        namespace: "x".to_owned(),
        name: name.to_owned(),
        addresses: vec![address.parse().unwrap()],
        labels: [].into(),
        ports: vec![ContainerPort {
            name: Some("m3ua".to_owned()),
            protocol: Protocol::Sctp,
            port: crate::port::Port::new(2905).unwrap(),
        }],
    };
    Cluster { pods: vec![pod("a", "10.0.0.1"), pod("b", "fd00::1")], ..Cluster::default() }
}

fn translate(policy: &NetworkPolicy) -> Result<Translation, Untranslatable> {
    let pods = pods();
    let domain = "/infra/domains/default";
    Translator { cluster: "c", domain, pods: Some(&pods) }.translate(policy, &Names::of(policy))
}

fn told(policy: &NetworkPolicy) -> Vec<String> {
    let limits = limits(policy, &translate(policy).unwrap());
    limits.iter().map(ToString::to_string).collect()
}

/// A policy whose selector has requirements of these tests, each with a key of its own.
fn selecting(tests: impl IntoIterator<Item = Test>) -> NetworkPolicy {
    let mut policy = policy("{}");
    let requirements = tests.into_iter().enumerate();
    policy.pods.0 =
        requirements.map(|(i, test)| Requirement { key: format!("k{i}"), test }).collect();
    policy
}

fn one_of(count: usize) -> Test {
    Test::In((0..count).map(|i| format!("v{i}")).collect())
}

/// A policy that lets in what is in these elements of `ports` and `from`.
fn letting_in(ports: Ports, peers: Peers) -> NetworkPolicy {
    let mut policy = policy("{}");
    policy.ingress = Some(vec![Item { peers, ports }]);
    policy
}

#[test]
fn a_criterion_has_5_conditions_of_one_kind_and_15_of_several() {
    // Two more say the cluster and the namespace.
    assert_eq!(told(&selecting(vec![Test::Exists; 13])), [""; 0]);
    expect!["x/p: `podSelector` comes to 16 conditions, and NSX takes 15 in one criterion"]
        .assert_eq(&told(&selecting(vec![Test::Exists; 14])).join("\n"));
    let of_namespaces = |count| {
        let any = vec![Test::Exists; count];
        let namespaces = Some(selecting(any).pods);
        let pods = Selector(Vec::new());
        let peers = vec![SelectedPeer::Pods(Selection { namespaces, pods })];
        letting_in(Ports::Any, Peers::Only(peers))
    };
    assert_eq!(told(&of_namespaces(3)), [""; 0]);
    expect!["x/p: `ingress[0].from[0]` comes to 6 conditions, and NSX takes 5 in one criterion"]
        .assert_eq(&told(&of_namespaces(4)).join("\n"));
}

#[test]
fn criteria_are_spread_over_groups_of_5_with_35_conditions() {
    let groups = |policy: &NetworkPolicy| translate(policy).unwrap().groups;
    assert_eq!(groups(&selecting([one_of(CRITERIA)])).len(), 1);
    assert_eq!(groups(&selecting([one_of(CRITERIA + 1)])).len(), 2);
    // Five criteria of 7 conditions are 35; of 8, four.
    let wide = |more: usize| {
        let exist = vec![Test::Exists; more];
        selecting(exist.into_iter().chain([one_of(CRITERIA)]))
    };
    assert_eq!(CONDITIONS, 7 * CRITERIA);
    assert_eq!(groups(&wide(4)).len(), 1);
    assert_eq!(groups(&wide(5)).len(), 2);
}

#[test]
fn a_rule_is_applied_to_128_groups() {
    // 640 criteria fill 128 groups.
    let full = selecting([one_of(PEERS), one_of(CRITERIA)]);
    assert_eq!(told(&full), [""; 0]);
    assert_eq!(translate(&full).unwrap().groups.len(), PEERS);
    let more = translate(&selecting([one_of(641)])).unwrap_err().to_string();
    expect!["x/p: `podSelector` comes to 641 criteria, and a rule can have 640"].assert_eq(&more);
    // 11 conditions each: three criteria in a group.
    let wide = |criteria: usize| {
        let exist = vec![Test::Exists; 8];
        selecting(exist.into_iter().chain([one_of(criteria)]))
    };
    assert_eq!(told(&wide(3 * PEERS)), [""; 0]);
    expect!["x/p: `podSelector` comes to 129 groups, and NSX takes 128 at one end of a rule"]
        .assert_eq(&told(&wide(3 * PEERS + 1)).join("\n"));
}

#[test]
fn a_rule_names_128_groups_at_one_end() {
    let block = |i: usize| {
        let cidr: Cidr = format!("10.{}.{}.0/24", i / 256, i % 256).parse().unwrap();
        SelectedPeer::Block(Block { cidr, except: Vec::new() })
    };
    let from = |count| letting_in(Ports::Any, Peers::Only((0..count).map(block).collect()));
    assert_eq!(told(&from(PEERS)), [""; 0]);
    expect!["x/p: `ingress[0]` comes to 129 groups, and NSX takes 128 at one end of a rule"]
        .assert_eq(&told(&from(PEERS + 1)).join("\n"));
    let mut to = policy("{}");
    to.egress = from(PEERS + 1).ingress;
    expect!["x/p: `egress[0]` comes to 129 groups, and NSX takes 128 at one end of a rule"]
        .assert_eq(&told(&to).join("\n"));
}

#[test]
fn a_policy_has_1000_rules() {
    let items = |count| {
        let mut policy = policy("{}");
        policy.ingress = Some(vec![Item { peers: Peers::Any, ports: Ports::Any }; count]);
        policy
    };
    assert_eq!(told(&items(RULES)), [""; 0]);
    expect!["x/p: it comes to 1001 rules, and NSX takes 1000 in one policy; write several"]
        .assert_eq(&told(&items(RULES + 1)).join("\n"));
}

#[test]
fn addresses_are_spread_over_groups_of_4000_and_of_one_family() {
    let sizes = |policy: &NetworkPolicy| -> Vec<usize> {
        let groups = translate(policy).unwrap().groups.into_values();
        let size = |it: Expression| match it {
            Expression::Addresses(set) => Some(set.ranges().len()),
            _ => None,
        };
        groups.filter_map(size).collect()
    };
    // Every other /32 of the network is left out, so that each of the rest is a range.
    let block = |ranges: usize| {
        let hole = |i: usize| -> Cidr {
            let at = 0x0a00_0001 + 2 * u32::try_from(i).unwrap();
            Cidr::host(std::net::IpAddr::V4(at.into()))
        };
        let cidr: Cidr = "10.0.0.0/16".parse().unwrap();
        let block = Block { cidr, except: (0..ranges - 1).map(hole).collect() };
        letting_in(Ports::Any, Peers::Only(vec![SelectedPeer::Block(block)]))
    };
    assert_eq!(sizes(&block(ADDRESSES)), [ADDRESSES]);
    assert_eq!(sizes(&block(ADDRESSES + 1)), [ADDRESSES, 1]);
    assert_eq!(told(&block(ADDRESSES + 1)), [""; 0]);

    let named = Ports::Only(vec![SelectedPort::Named(Protocol::Sctp, "m3ua".to_owned())]);
    let by_name = letting_in(named, Peers::Any);
    assert_eq!(sizes(&by_name), [1, 1], "one of each family");
}

#[test]
fn a_service_has_15_ports_and_a_range_is_two() {
    let entries = |ports: Vec<&str>| -> Vec<usize> {
        let port = |it: &str| SelectedPort::Numbers(Protocol::Tcp, it.parse().unwrap());
        let ports = Ports::Only(ports.into_iter().map(port).collect());
        let policies = translate(&letting_in(ports, Peers::Any)).unwrap().policies;
        let Services::Only(services) = &policies[0].rules[0].services else { panic!("ports") };
        let count = |it: &Service| match it {
            Service::Ports { to, .. } => to.len(),
            _ => 0,
        };
        services.iter().map(count).collect()
    };
    let texts: Vec<String> = (1..=16).map(|it| it.to_string()).collect();
    let singles: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(entries(singles[..PORTS].to_vec()), [15]);
    assert_eq!(entries(singles.clone()), [15, 1]);
    let with_range = |singles: &[&'static str]| {
        let ranges = ["100-101", "110-111", "120-121", "130-131", "140-141", "150-151", "160-161"];
        singles.iter().copied().chain(ranges).collect()
    };
    assert_eq!(entries(with_range(&["1"])), [8]);
    assert_eq!(entries(with_range(&["1", "2"])), [8, 1]);
}

#[test]
fn a_tag_has_128_characters_of_scope_and_256_of_value() {
    let label = |key: usize, value: usize| {
        let mut policy = selecting([Test::In(["v".repeat(value)].into())]);
        policy.pods.0[0].key = "k".repeat(key);
        let key = format!("`{}`", "k".repeat(key));
        told(&policy).join("\n").replace(&key, "`k…`")
    };
    assert_eq!(label(TAG_SCOPE, TAG_VALUE), "");
    let too_long = "x/p: `podSelector`: label `k…` is too long for a tag of NSX: 128 characters, and 256 of \
         its value";
    assert_eq!(label(TAG_SCOPE + 1, 1), too_long);
    assert_eq!(label(1, TAG_VALUE + 1), too_long);
    expect!["x/p: `podSelector`: label `k…` is asked to be empty, which NSX would read as to have any value"]
        .assert_eq(&label(1, 0));
}

#[test]
fn namespace_and_name_fit_into_a_tag() {
    let called = |characters: usize| {
        let mut policy = policy("{}");
        policy.name = "p".repeat(characters - "x/".len());
        told(&policy).iter().map(|it| it.replace(&policy.name, "p…")).collect::<String>()
    };
    assert_eq!(called(TAG_VALUE), "");
    expect![
        "x/p…: namespace and name have 257 characters, and a tag of NSX takes 256; shorten the name"
    ]
    .assert_eq(&called(TAG_VALUE + 1));
}

#[test]
fn what_nsx_cannot_say_is_named_with_its_element() {
    let policy = policy(
        r#"{
            "podSelector": {"matchLabels": {"ncp/cluster": "c"}},
            "ingress": [
                {"from": [{"podSelector": {}}, {"podSelector": {"matchLabels": {"ncp/project": "y"}}}],
                 "ports": [{"protocol": "SCTP"}, {"port": 80}, {"protocol": "SCTP", "port": 80}]},
                {"ports": [{"protocol": "SCTP", "port": "m3ua"}, {"protocol": "SCTP", "port": "none"}]}
            ]
        }"#,
    );
    expect![[r"
        x/p: `podSelector`: label `ncp/cluster` has the name of a tag that NCP or nsx-operator sets itself
        x/p: `ingress[0].from[1]`: label `ncp/project` has the name of a tag that NCP or nsx-operator sets itself
        x/p: `ingress[0].ports[2]` is about ports of SCTP, and NSX knows ports of TCP and UDP only"]]
    .assert_eq(&told(&policy).join("\n"));
    let mut everybody = policy;
    everybody.pods = Selector(Vec::new());
    let told = told(&everybody);
    assert!(told.last().unwrap().starts_with("x/p: `ingress[1].ports[0]` is about ports of SCTP"));
    assert_eq!(told.len(), 3, "no pod calls a port `none`: {told:?}");
}

#[test]
fn each_limit_is_told_once() {
    let spec = r#"{"podSelector": {"matchExpressions": [
        {"key": "a", "operator": "In", "values": ["1", "2"]},
        {"key": "ncp/x", "operator": "In", "values": ["1", ""]}]}}"#;
    assert_eq!(told(&policy(spec)).len(), 1);
}
