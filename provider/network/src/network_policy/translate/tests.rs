use std::net::IpAddr;

use expect_test::{Expect, expect};
use proptest::{collection::vec, prelude::*, sample::subsequence};

use super::*;
use crate::{
    firewall::Traffic,
    network_policy::{
        Block, ContainerPort, Element, Labels, Manifest, Origin, Pod, PolicyType, Requirement,
        Selector, Test,
    },
    reachability::{Assuming, Ends, Reachability},
};

const DOMAIN: &str = "/infra/domains/default";

fn policy(spec: &str) -> NetworkPolicy {
    let json = format!(r#"{{"metadata": {{"name": "p", "namespace": "x"}}, "spec": {spec}}}"#);
    let manifest: Manifest = serde_json::from_str(&json).unwrap();
    NetworkPolicy::try_from(&manifest).unwrap()
}

fn pod(namespace: &str, name: &str, last: u8, port: u16) -> Pod {
    let http = |protocol| ContainerPort {
        name: Some("http".to_owned()),
        port: Port::new(port).unwrap(),
        protocol,
    };
    Pod {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        addresses: vec![[10, 0, 0, last].into()],
        labels: [("app".to_owned(), name.to_owned())].into(),
        ports: vec![http(Protocol::Tcp), http(Protocol::Udp)],
    }
}

fn translate(
    policy: &NetworkPolicy,
    pods: Option<&Cluster>,
) -> Result<Translation, Untranslatable> {
    Translator { cluster: "c", domain: DOMAIN, pods }.translate(policy, &Names::of(policy))
}

/// The groups and policies of a spec, as an operator would read them.
#[track_caller]
fn check(spec: &str, expect: &Expect) {
    let pods = vec![pod("x", "a", 1, 80), pod("x", "b", 2, 8080), pod("y", "a", 3, 80)];
    let cluster = Cluster { pods, ..Cluster::default() };
    let shown = match translate(&policy(spec), Some(&cluster)) {
        Err(error) => error.to_string(),
        Ok(Translation { groups, policies, .. }) => {
            let group = |(path, group): (&String, &Expression)| {
                format!("{} = {group}\n", path.rsplit('/').next().unwrap())
            };
            let groups = groups.iter().map(group);
            groups.chain(policies.iter().map(Policy::to_string)).collect()
        }
    };
    expect.assert_eq(&shown);
}

#[test]
fn a_policy_without_rules_only_isolates() {
    check(
        r#"{"policyTypes": ["Ingress", "Egress"]}"#,
        &expect![[r"
        np_x_p_-scope = (Segment ncp/cluster|c and Segment ncp/project|x)
        np_x_p_-isolation (Application 2090)
          10 ingress-isolation: drop in any -> any, any service, at np_x_p_-scope
          20 egress-isolation: drop out any -> any, any service, at np_x_p_-scope
    "]],
    );
}

#[test]
fn selectors_become_criteria() {
    check(
        r#"{
            "podSelector": {"matchLabels": {"app": "web"}, "matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["a", "b"]},
                {"key": "env", "operator": "NotIn", "values": ["test"]},
                {"key": "new", "operator": "Exists"},
                {"key": "old", "operator": "DoesNotExist"}
            ]},
            "ingress": [{"from": [
                {"podSelector": {}},
                {"namespaceSelector": {}},
                {"namespaceSelector": {"matchLabels": {"team": "red"}}},
                {"namespaceSelector": {"matchExpressions": [{"key": "kubernetes.io/metadata.name",
                    "operator": "In", "values": ["y", "z"]}]}, "podSelector": {"matchLabels": {"app": "b"}}}
            ]}]
        }"#,
        &expect![[r"
            np_x_p_-ingress-0-0 = (Segment ncp/cluster|c and Segment ncp/project|x)
            np_x_p_-ingress-0-1 = (Segment ncp/cluster|c and Segment ncp/project|)
            np_x_p_-ingress-0-2 = (Segment ncp/cluster|c and Segment ncp/project| and Segment team|red)
            np_x_p_-ingress-0-3 = (Segment ncp/cluster|c and Segment ncp/project|y and SegmentPort app|b) or (Segment ncp/cluster|c and Segment ncp/project|z and SegmentPort app|b)
            np_x_p_-scope = (Segment ncp/cluster|c and Segment ncp/project|x and SegmentPort app|web and SegmentPort tier|a and SegmentPort without env|test and SegmentPort new| and SegmentPort without old|) or (Segment ncp/cluster|c and Segment ncp/project|x and SegmentPort app|web and SegmentPort tier|b and SegmentPort without env|test and SegmentPort new| and SegmentPort without old|)
            np_x_p_-allow (Application 2010)
              10 ingress-0: allow in np_x_p_-ingress-0-0, np_x_p_-ingress-0-1, np_x_p_-ingress-0-2, np_x_p_-ingress-0-3 -> any, any service, at np_x_p_-scope
            np_x_p_-isolation (Application 2090)
              10 ingress-isolation: drop in any -> any, any service, at np_x_p_-scope
        "]],
    );
}

#[test]
fn blocks_become_addresses_and_empty_ones_nobody() {
    check(
        r#"{"ingress": [
            {"from": [{"ipBlock": {"cidr": "10.0.0.0/24", "except": ["10.0.0.16/28"]}}]},
            {"from": [{"ipBlock": {"cidr": "10.0.0.0/31", "except": ["10.0.0.0/32", "10.0.0.1/32"]}}]}
        ]}"#,
        &expect![[r"
            np_x_p_-ingress-0-0 = 10.0.0.0/28, 10.0.0.32-10.0.0.255
            np_x_p_-scope = (Segment ncp/cluster|c and Segment ncp/project|x)
            np_x_p_-allow (Application 2010)
              10 ingress-0: allow in np_x_p_-ingress-0-0 -> any, any service, at np_x_p_-scope
            np_x_p_-isolation (Application 2090)
              10 ingress-isolation: drop in any -> any, any service, at np_x_p_-scope
        "]],
    );
}

#[test]
fn a_port_by_name_is_looked_up_in_each_receiver() {
    check(
        r#"{"policyTypes": ["Ingress", "Egress"],
            "ingress": [{"ports": [{"port": "http"}, {"port": 443}, {"port": "none"}]}],
            "egress": [{"to": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "a"}}}],
                "ports": [{"port": "http", "protocol": "UDP"}]}]}"#,
        &expect![[r"
            np_x_p_-egress-0-http-udp-80 = 10.0.0.1, 10.0.0.3
            np_x_p_-ingress-0-http-tcp-80 = 10.0.0.1
            np_x_p_-ingress-0-http-tcp-8080 = 10.0.0.2
            np_x_p_-scope = (Segment ncp/cluster|c and Segment ncp/project|x)
            np_x_p_-allow (Application 2010)
              10 ingress-0: allow in any -> any, TCP/443, at np_x_p_-scope
              20 ingress-0-http-tcp-80: allow in any -> np_x_p_-ingress-0-http-tcp-80, TCP/80, at np_x_p_-scope
              30 ingress-0-http-tcp-8080: allow in any -> np_x_p_-ingress-0-http-tcp-8080, TCP/8080, at np_x_p_-scope
              40 egress-0-http-udp-80: allow out any -> np_x_p_-egress-0-http-udp-80, UDP/80, at np_x_p_-scope
            np_x_p_-isolation (Application 2090)
              10 ingress-isolation: drop in any -> any, any service, at np_x_p_-scope
              20 egress-isolation: drop out any -> any, any service, at np_x_p_-scope
        "]],
    );
}

#[test]
fn a_port_by_name_is_open_at_the_addresses_that_the_block_beside_it_has() {
    let both = |last: u8, port| Pod {
        addresses: vec![
            [10, 0, 0, last].into(),
            [0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(last)].into(),
        ],
        ..pod("y", &format!("p{last}"), last, port)
    };
    let cluster =
        Cluster { pods: vec![both(1, 80), both(2, 80), both(3, 8080)], ..Cluster::default() };
    let opened = |to: &str| {
        let spec = format!(
            r#"{{"policyTypes": ["Egress"], "egress": [{{"to": [{to}], "ports": [{{"port": "http"}}]}}]}}"#
        );
        let translation = translate(&policy(&spec), Some(&cluster)).unwrap();
        let of_ports = translation.groups.iter().filter(|(path, _)| path.contains("-http-"));
        let line = |(path, it): (&String, &Expression)| {
            format!("{} = {it}\n", path.rsplit('/').next().unwrap())
        };
        of_ports.map(line).collect::<String>()
    };
    expect![[r"
        np_x_p_-egress-0-http-tcp-80 = 10.0.0.1
        np_x_p_-egress-0-http-tcp-8080 = 10.0.0.3
    "]]
    .assert_eq(&opened(r#"{"ipBlock": {"cidr": "10.0.0.0/24", "except": ["10.0.0.2/32"]}}"#));
    expect![[r"
        np_x_p_-egress-0-http-tcp-80 = 2001:db8::2
        np_x_p_-egress-0-http-tcp-8080 = 2001:db8::3
    "]]
    .assert_eq(&opened(r#"{"ipBlock": {"cidr": "2001:db8::/64", "except": ["2001:db8::1/128"]}}"#));
    // Whom a selector means has all of its addresses.
    expect![[r"
        np_x_p_-egress-0-http-tcp-80 = 10.0.0.1-10.0.0.2
        np_x_p_-egress-0-http-tcp-8080 = 10.0.0.3
        np_x_p_-egress-0-http-tcp-8080.1 = 2001:db8::3
    "]]
    .assert_eq(&opened(
        r#"{"ipBlock": {"cidr": "10.0.0.0/24"}}, {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "p3"}}}"#,
    ));
    expect![""].assert_eq(&opened(r#"{"ipBlock": {"cidr": "192.0.2.0/24"}}"#));
}

#[test]
fn whole_protocols_take_in_their_ports() {
    check(
        r#"{"egress": [{"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "UDP"},
            {"port": 8080, "endPort": 8090}, {"port": 80}, {"port": 80}]}], "policyTypes": ["Egress"]}"#,
        &expect![[r"
            np_x_p_-scope = (Segment ncp/cluster|c and Segment ncp/project|x)
            np_x_p_-allow (Application 2010)
              10 egress-0: allow out any -> any, UDP TCP/80,8080-8090, at np_x_p_-scope
            np_x_p_-isolation (Application 2090)
              20 egress-isolation: drop out any -> any, any service, at np_x_p_-scope
        "]],
    );
}

#[test]
fn many_values_are_spread_over_groups() {
    let values: Vec<String> = (0..12).map(|i| format!("\"v{i}\"")).collect();
    let spec = format!(
        r#"{{"podSelector": {{"matchExpressions": [{{"key": "k", "operator": "In", "values": [{}]}}]}}}}"#,
        values.join(",")
    );
    let translation = translate(&policy(&spec), None).unwrap();
    let groups: Vec<&String> = translation.groups.keys().collect();
    assert_eq!(
        groups,
        ["scope", "scope.1", "scope.2"]
            .map(|it| format!("{DOMAIN}/groups/np_x_p_-{it}"))
            .iter()
            .collect::<Vec<_>>()
    );
    let Scope::Groups(scope) = &translation.policies[0].scope else { panic!("no scope") };
    assert_eq!(scope.iter().collect::<Vec<_>>(), groups);
}

#[test]
fn many_ports_are_spread_over_services() {
    let ports: Vec<PortRange> =
        (0..8).map(|i| format!("{}-{}", 1000 + 10 * i, 1001 + 10 * i).parse().unwrap()).collect();
    let services = chunks(Protocol::Tcp, ports);
    expect![
        "TCP/1000-1001,1010-1011,1020-1021,1030-1031,1040-1041,1050-1051,1060-1061 TCP/1070-1071"
    ]
    .assert_eq(&Services::Only(services).to_string());
}

#[test]
fn what_cannot_be_written_out_is_an_error() {
    let values: Vec<String> = (0..30).map(|i| format!("\"v{i}\"")).collect();
    let any = |key: &str| {
        format!(r#"{{"key": "{key}", "operator": "In", "values": [{}]}}"#, values.join(","))
    };
    let spec =
        format!(r#"{{"podSelector": {{"matchExpressions": [{}, {}]}}}}"#, any("a"), any("b"));
    expect!["x/p: `podSelector` comes to 900 criteria, and a rule can have 640"]
        .assert_eq(&translate(&policy(&spec), None).unwrap_err().to_string());
    let spec = r#"{"ingress": [{"ports": [{"port": "http"}]}]}"#;
    expect![
        "x/p: `ingress[0].ports[0]` is `http`, a name, and the pods are not known; write its number"
    ]
    .assert_eq(&translate(&policy(spec), None).unwrap_err().to_string());
}

#[test]
fn every_rule_knows_where_it_comes_from() {
    let cluster = Cluster { pods: vec![pod("x", "a", 1, 80)], ..Cluster::default() };
    let policy = policy(
        r#"{"policyTypes": ["Ingress", "Egress"], "ingress": [{}, {"ports": [{"port": "http"}]}],
            "egress": [{}]}"#,
    );
    let translation = translate(&policy, Some(&cluster)).unwrap();
    let parts = translation.policies.iter().flat_map(|policy| {
        policy.rules.iter().map(move |rule| Origin::of(policy, rule).unwrap().element.unwrap())
    });
    let expected = [
        Element::Item(PolicyType::Ingress, 0),
        Element::Item(PolicyType::Ingress, 1),
        Element::Item(PolicyType::Egress, 0),
        Element::Isolation(PolicyType::Ingress),
        Element::Isolation(PolicyType::Egress),
    ];
    assert_eq!(parts.collect::<Vec<_>>(), expected);
    let mut other = translation.policies[0].clone();
    other.tags.clear();
    assert_eq!(Origin::of(&other, &other.rules[0]), None);
}

// What follows asks Kubernetes' own question, pod by pod and label by label, and compares.

/// Whether policies let traffic pass at one end.
fn passes(
    cluster: &Cluster,
    policies: &[NetworkPolicy],
    end: Direction,
    ends: [&Pod; 2],
    it: (Protocol, Port),
) -> bool {
    let [from, to] = ends;
    let (own, other) = if end == Direction::In { (to, from) } else { (from, to) };
    let about = policies
        .iter()
        .filter(|policy| policy.namespace == own.namespace && policy.pods.matches(&own.labels));
    let items: Vec<_> = about
        .filter_map(|policy| {
            let items = if end == Direction::In { &policy.ingress } else { &policy.egress };
            items.as_ref().map(|items| (policy, items))
        })
        .collect();
    let lets = |policy: &NetworkPolicy, item: &Item| {
        let peer = match &item.peers {
            Peers::Any => true,
            Peers::Only(peers) => peers.iter().any(|peer| is_peer(cluster, policy, peer, other)),
        };
        let port = match &item.ports {
            Ports::Any => true,
            Ports::Only(ports) => ports.iter().any(|port| is_port(port, to, it)),
        };
        peer && port
    };
    items.is_empty()
        || items.iter().any(|(policy, items)| items.iter().any(|item| lets(policy, item)))
}

fn is_peer(cluster: &Cluster, policy: &NetworkPolicy, peer: &SelectedPeer, pod: &Pod) -> bool {
    match peer {
        SelectedPeer::Block(Block { cidr, except }) => pod.addresses.iter().any(|address| {
            cidr.contains(*address) && !except.iter().any(|hole| hole.contains(*address))
        }),
        SelectedPeer::Pods(Selection { namespaces, pods }) => {
            let mut labels = cluster.namespaces[&pod.namespace].clone();
            labels.insert("kubernetes.io/metadata.name".to_owned(), pod.namespace.clone());
            let namespace = match namespaces {
                None => pod.namespace == policy.namespace,
                Some(selector) => selector.matches(&labels),
            };
            namespace && pods.matches(&pod.labels)
        }
    }
}

fn is_port(port: &SelectedPort, to: &Pod, (protocol, number): (Protocol, Port)) -> bool {
    match port {
        SelectedPort::All(all) => *all == protocol,
        SelectedPort::Numbers(of, range) => *of == protocol && range.contains(number),
        SelectedPort::Named(of, name) => {
            *of == protocol
                && to.ports.iter().any(|it| {
                    it.protocol == protocol && it.port == number && it.name.as_ref() == Some(name)
                })
        }
    }
}

fn any_labels() -> impl Strategy<Value = Labels> {
    let value = || prop_oneof![Just("1"), Just("2"), Just("3")];
    subsequence(vec!["a", "b"], 0..=2).prop_flat_map(move |keys| {
        vec(value(), keys.len()).prop_map(move |values| {
            keys.iter()
                .zip(values)
                .map(|(key, value)| ((*key).to_owned(), value.to_owned()))
                .collect()
        })
    })
}

fn any_selector() -> impl Strategy<Value = Selector> {
    let key = prop_oneof![4 => Just("a"), 4 => Just("b"), 1 => Just("kubernetes.io/metadata.name")];
    let values = subsequence(vec!["1", "2", "3", "x", "y", "4", "5", "6"], 1..=8);
    let test = (0..4u8, values).prop_map(|(kind, values)| {
        let values = values.into_iter().map(str::to_owned).collect();
        match kind {
            0 => Test::In(values),
            1 => Test::NotIn(values),
            2 => Test::Exists,
            _ => Test::DoesNotExist,
        }
    });
    let requirement = (key, test).prop_map(|(key, test)| Requirement { key: key.to_owned(), test });
    vec(requirement, 0..3).prop_map(Selector)
}

fn any_item() -> impl Strategy<Value = Item> {
    let selection = (prop::option::of(any_selector()), any_selector())
        .prop_map(|(namespaces, pods)| SelectedPeer::Pods(Selection { namespaces, pods }));
    let cidr = |bits: std::ops::RangeInclusive<u8>| {
        (0..16u8, bits).prop_map(|(last, prefix)| {
            crate::address::Cidr::around([10, 0, 0, last].into(), prefix).unwrap()
        })
    };
    let block = (cidr(28..=31), vec(cidr(30..=32), 0..3))
        .prop_map(|(cidr, except)| SelectedPeer::Block(Block { cidr, except }));
    let peers = prop_oneof![
        1 => Just(Peers::Any),
        3 => vec(prop_oneof![selection, block], 1..3).prop_map(Peers::Only)
    ];
    let protocol = || prop_oneof![Just(Protocol::Tcp), Just(Protocol::Udp)];
    let port = prop_oneof![
        protocol().prop_map(SelectedPort::All),
        (protocol(), prop_oneof![Just("80"), Just("81"), Just("80-90")])
            .prop_map(|(protocol, ports)| SelectedPort::Numbers(protocol, ports.parse().unwrap())),
        protocol().prop_map(|protocol| SelectedPort::Named(protocol, "http".to_owned())),
    ];
    let ports = prop_oneof![1 => Just(Ports::Any), 2 => vec(port, 1..3).prop_map(Ports::Only)];
    (peers, ports).prop_map(|(peers, ports)| Item { peers, ports })
}

fn any_policy() -> impl Strategy<Value = NetworkPolicy> {
    let items = || prop::option::of(vec(any_item(), 0..3));
    (prop_oneof![Just("x"), Just("y")], any_selector(), items(), items()).prop_map(
        |(namespace, pods, ingress, egress)| NetworkPolicy {
            namespace: namespace.to_owned(),
            name: String::new(),
            pods,
            ingress,
            egress,
        },
    )
}

fn any_cluster() -> impl Strategy<Value = Cluster> {
    let pods = vec((0..3usize, any_labels(), 80..82u16), 6);
    (vec(any_labels(), 3), pods).prop_map(|(labels, pods)| {
        let names = ["x", "y", "z"];
        let namespaces = names.map(str::to_owned).into_iter().zip(labels).collect();
        let pod = |(number, (namespace, labels, port)): (u8, (usize, Labels, u16))| Pod {
            labels,
            ..pod(names[namespace], &format!("p{number}"), 2 * number + 1, port)
        };
        Cluster { namespaces, pods: (0u8..).zip(pods).map(pod).collect() }
    })
}

#[test]
fn addresses_beyond_what_a_group_holds_are_spread_over_groups() {
    let port = |number: u16| Pod {
        // Neighbours would join to one range.
        addresses: vec![
            [10, 1, number.to_be_bytes()[0], 2 * (number.to_be_bytes()[1] % 128)].into(),
        ],
        ..pod("x", &format!("p{number}"), 1, 80)
    };
    // 128 pods in each of 63 networks: 8,064 addresses, none next to another.
    let pods = (0..63u16).flat_map(|i| (0..128u16).map(move |j| 256 * i + j)).map(port).collect();
    let cluster = Cluster { pods, ..Cluster::default() };
    let item = Item {
        peers: Peers::Any,
        ports: Ports::Only(vec![SelectedPort::Named(Protocol::Tcp, "http".to_owned())]),
    };
    let policy = NetworkPolicy {
        namespace: "x".to_owned(),
        name: "p".to_owned(),
        pods: Selector::default(),
        ingress: Some(vec![item]),
        egress: None,
    };
    let translation = translate(&policy, Some(&cluster)).unwrap();
    let sizes: Vec<usize> = translation
        .groups
        .values()
        .filter_map(|it| match it {
            Expression::Addresses(addresses) => Some(addresses.ranges().len()),
            _ => None,
        })
        .collect();
    assert_eq!(sizes, [4_000, 4_000, 64]);
    let rule = &translation.policies[0].rules[0];
    assert_eq!(rule.to.listed().len(), 3);
}

/// The translation; none where the policy needs more criteria than NSX can hold, which is refused.
fn unless_too_many(translation: Result<Translation, Untranslatable>) -> Option<Translation> {
    match translation {
        Err(Untranslatable::Criteria { criteria, .. }) if criteria > MOST_CRITERIA => None,
        other => Some(other.unwrap()),
    }
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn groups_and_rules_mean_what_the_policies_mean(
        cluster in any_cluster(), mut policies in vec(any_policy(), 0..4),
    ) {
        let mut firewall = Firewall::with_default(Action::Allow);
        for (number, policy) in policies.iter_mut().enumerate() {
            policy.name = format!("p{number}");
        }
        policies.retain(|policy| {
            let translation = unless_too_many(translate(policy, Some(&cluster)));
            translation.map(|it| it.add_to(&mut firewall)).is_some()
        });
        let endpoints = cluster.endpoints("c");
        let reachability = Reachability::new(&firewall, &endpoints, Assuming::default());
        for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Sctp] {
            for port in [80, 81, 443].map(|port| Port::new(port).unwrap()) {
                let matrix = reachability.matrix(Traffic::Port(protocol, port));
                for (i, from) in cluster.pods.iter().enumerate() {
                    for (j, to) in cluster.pods.iter().enumerate() {
                        let end = |end| passes(&cluster, &policies, end, [from, to], (protocol, port));
                        let expected = match (end(Direction::Out), end(Direction::In)) {
                            (true, true) => Ends::Both,
                            (true, false) => Ends::Egress,
                            (false, true) => Ends::Ingress,
                            (false, false) => Ends::Neither,
                        };
                        prop_assert_eq!(matrix.ends(i, j), expected, "{} -> {}", i, j);
                    }
                }
            }
        }
    }

    #[test]
    fn outsiders_are_in_no_selector(cluster in any_cluster(), policy in any_policy()) {
        // A VM on a segment of another cluster, and one on none of NCP's, are nobody's pods.
        let mut policy = policy;
        for items in [&mut policy.ingress, &mut policy.egress].into_iter().flatten() {
            items.retain(|it| matches!(&it.peers, Peers::Only(peers)
                if peers.iter().all(|it| matches!(it, SelectedPeer::Pods(_)))));
        }
        let mut firewall = Firewall::with_default(Action::Drop);
        let translation = unless_too_many(translate(&policy, Some(&cluster)));
        prop_assume!(translation.is_some());
        translation.unwrap().add_to(&mut firewall);
        let mut endpoints = cluster.endpoints("c");
        let mut strangers = cluster.endpoints("other");
        for (number, stranger) in strangers.iter_mut().enumerate() {
            let last = u8::try_from(number).unwrap();
            stranger.addresses = vec![IpAddr::from([192, 0, 2, last])];
        }
        endpoints.extend(strangers);
        let reachability = Reachability::new(&firewall, &endpoints, Assuming::default());
        let count = cluster.pods.len();
        let matrix = reachability.matrix(Traffic::Port(Protocol::Tcp, Port::new(80).unwrap()));
        for own in 0..count {
            for stranger in count..2 * count {
                prop_assert_eq!(matrix.ends(stranger, own), Ends::Neither);
                prop_assert_eq!(matrix.ends(own, stranger), Ends::Neither);
            }
        }
    }
}
