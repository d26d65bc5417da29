//! What NetworkPolicy says by the words of its documentation, against what the translated rules do.
//!
//! The evaluator here reads a policy as it is written, and shares nothing with the crate but the
//! types of the text: <https://kubernetes.io/docs/concepts/services-networking/network-policies/>.

#![expect(clippy::unwrap_used, reason = "a test whose data is wrong fails")]

use std::net::IpAddr;

use namespace_network::{
    firewall::{Action, Firewall, Traffic},
    network_policy::{
        Cluster, ContainerPort, IpBlock, LabelSelector, LabelSelectorRequirement, Labels, Manifest,
        Metadata, Names, NetworkPolicy, PeerSpec, Pod, PolicySpec, PolicyType, PortOrName,
        PortSpec, RuleSpec, Translator,
    },
    port::{Port, Protocol},
    reachability::{Assuming, Ends, Family, Reachability},
};
use proptest::{collection::vec, option, prelude::*, sample::subsequence};

// The evaluator.

fn selects(selector: &LabelSelector, labels: &Labels) -> bool {
    let equal = |(key, value): (&String, &String)| labels.get(key) == Some(value);
    let meets = |it: &LabelSelectorRequirement| {
        let is_one = |value: &String| it.values.iter().flatten().any(|one| one == value);
        match (it.operator.as_str(), labels.get(&it.key)) {
            ("In", Some(value)) => is_one(value),
            ("In" | "Exists", None) | ("DoesNotExist", Some(_)) => false,
            ("NotIn", Some(value)) => !is_one(value),
            ("Exists", Some(_)) | ("NotIn" | "DoesNotExist", None) => true,
            (other, _) => panic!("{other}"),
        }
    };
    selector.match_labels.iter().flatten().all(equal)
        && selector.match_expressions.iter().flatten().all(meets)
}

fn is_within(address: IpAddr, cidr: &str) -> bool {
    let (network, prefix) = cidr.split_once('/').unwrap();
    let prefix: u32 = prefix.parse().unwrap();
    match (address, network.parse().unwrap()) {
        (IpAddr::V4(it), IpAddr::V4(of)) => (it.to_bits() ^ of.to_bits()).leading_zeros() >= prefix,
        (IpAddr::V6(it), IpAddr::V6(of)) => (it.to_bits() ^ of.to_bits()).leading_zeros() >= prefix,
        _ => false,
    }
}

/// The address that a pod talks with in one family; a pod has one at most.
fn address(pod: &Pod, family: Family) -> Option<IpAddr> {
    pod.addresses.iter().copied().find(|it| it.is_ipv4() == (family == Family::V4))
}

/// A pod that talks in one family.
#[derive(Clone, Copy)]
struct Talking<'a> {
    pod: &'a Pod,
    address: IpAddr,
}

fn is_peer(cluster: &Cluster, own: &str, peer: &PeerSpec, talking: Talking<'_>) -> bool {
    let Talking { pod, address } = talking;
    if let Some(IpBlock { cidr, except }) = &peer.ip_block {
        return is_within(address, cidr)
            && !except.iter().flatten().any(|it| is_within(address, it));
    }
    let mut labels = cluster.namespaces[&pod.namespace].clone();
    labels.insert("kubernetes.io/metadata.name".to_owned(), pod.namespace.clone());
    let namespace = match &peer.namespace_selector {
        Some(selector) => selects(selector, &labels),
        None => pod.namespace == own,
    };
    namespace && peer.pod_selector.as_ref().is_none_or(|it| selects(it, &pod.labels))
}

fn is_port(spec: &PortSpec, to: &Pod, (protocol, number): (Protocol, u16)) -> bool {
    let is_number = match (&spec.port, spec.end_port) {
        (None, _) => true,
        (Some(PortOrName::Number(first)), last) => {
            (*first..=last.unwrap_or(*first)).contains(&i64::from(number))
        }
        (Some(PortOrName::Name(name)), _) => to.ports.iter().any(|it| {
            it.name.as_ref() == Some(name) && it.protocol == protocol && it.port.get() == number
        }),
    };
    spec.protocol.unwrap_or(Protocol::Tcp) == protocol && is_number
}

/// Whether one end lets it pass: some policy of that direction that selects the pod there does, or
/// there is none.
fn passes(
    cluster: &Cluster,
    policies: &[Manifest],
    end: PolicyType,
    [from, to]: [Talking<'_>; 2],
    port: (Protocol, u16),
) -> bool {
    let (here, there) = if end == PolicyType::Ingress { (to, from) } else { (from, to) };
    let is_about = |it: &&Manifest| {
        let egress = it.spec.egress.as_ref().is_some_and(|rules| !rules.is_empty());
        let types = it.spec.policy_types.as_ref().filter(|types| !types.is_empty());
        let is_of = types.map_or(end == PolicyType::Ingress || egress, |it| it.contains(&end));
        is_of
            && it.metadata.namespace == here.pod.namespace
            && selects(&it.spec.pod_selector, &here.pod.labels)
    };
    let about: Vec<&Manifest> = policies.iter().filter(is_about).collect();
    let lets = |rule: &RuleSpec, own: &str| {
        let peers = if end == PolicyType::Ingress { &rule.from } else { &rule.to };
        let peers = peers.as_deref().unwrap_or_default();
        let ports = rule.ports.as_deref().unwrap_or_default();
        (peers.is_empty() || peers.iter().any(|it| is_peer(cluster, own, it, there)))
            && (ports.is_empty() || ports.iter().any(|it| is_port(it, to.pod, port)))
    };
    about.is_empty()
        || about.iter().any(|it| {
            let rules = if end == PolicyType::Ingress { &it.spec.ingress } else { &it.spec.egress };
            rules.iter().flatten().any(|rule| lets(rule, &it.metadata.namespace))
        })
}

// What it is asked about.

/// Keys of labels that mean something else where labels become tags.
const TAKEN: [&str; 12] = [
    "kubernetes.io/metadata.name",
    "ncp/cluster",
    "ncp/project",
    "ncp/project_uid",
    "ncp/vif_project",
    "ncp/vif_project_uid",
    "ncp/pod",
    "ncp/vnet_interface",
    "ncp/shared_resource",
    "nsx-op/cluster",
    "nsx-op/namespace",
    "nsx-op/namespace_uid",
];

fn taken() -> impl Strategy<Value = &'static str> {
    (0..TAKEN.len()).prop_map(|it| TAKEN[it])
}

fn labels() -> impl Strategy<Value = Labels> {
    let one = |key: &'static str| {
        option::of(prop_oneof![Just("1"), Just("2")])
            .prop_map(move |value| value.map(|value| (key.to_owned(), value.to_owned())))
    };
    // The names of namespaces and of the cluster, as NCP's own tags have them.
    let value = prop_oneof![Just("x"), Just("y"), Just("c"), Just("p1")];
    let taken = (taken(), value).prop_map(|(key, value)| (key.to_owned(), value.to_owned()));
    (one("a"), one("b"), option::of(taken))
        .prop_map(|(a, b, taken)| a.into_iter().chain(b).chain(taken).collect())
}

fn selector() -> impl Strategy<Value = LabelSelector> {
    let key = prop_oneof![
        3 => Just("a"), 3 => Just("b"), 3 => Just("kubernetes.io/metadata.name"), 2 => taken()
    ];
    let values = subsequence(vec!["1", "2", "x", "y", "c"], 1..=3);
    let expression = (key, 0..4usize, values).prop_map(|(key, operator, values)| {
        let values = values.into_iter().map(str::to_owned).collect();
        LabelSelectorRequirement {
            key: key.to_owned(),
            operator: ["In", "NotIn", "Exists", "DoesNotExist"][operator].to_owned(),
            values: (operator < 2).then_some(values),
        }
    });
    (option::weighted(0.3, labels()), option::of(vec(expression, 0..3))).prop_map(
        |(match_labels, match_expressions)| LabelSelector { match_labels, match_expressions },
    )
}

fn family() -> impl Strategy<Value = Family> {
    prop_oneof![Just(Family::V4), Just(Family::V6)]
}

/// An address of the network that pods and blocks are in.
fn nth(family: Family, host: u16) -> IpAddr {
    match family {
        Family::V4 => [10, 0, host.to_be_bytes()[0], host.to_be_bytes()[1]].into(),
        Family::V6 => [0x2001, 0xdb8, 0, 0, 0, 0, 0, host].into(),
    }
}

fn peer() -> impl Strategy<Value = PeerSpec> {
    let block = (family(), 0..16u16, 1..=4u8, option::of(vec(0..16u16, 0..3))).prop_map(
        |(family, host, bits, holes)| {
            let whole = if family == Family::V4 { 32 } else { 128 };
            let cidr = format!("{}/{}", nth(family, host), whole - bits);
            // A hole has to be strictly within.
            let holes = holes.map(|it| {
                let holes = it.into_iter().map(|it| nth(family, it));
                let within = holes.filter(|it| is_within(*it, &cidr));
                within.map(|it| format!("{it}/{whole}")).collect()
            });
            PeerSpec { ip_block: Some(IpBlock { cidr, except: holes }), ..PeerSpec::default() }
        },
    );
    let (pods, both) = (selector(), (option::of(selector()), selector()));
    prop_oneof![
        block,
        pods.prop_map(|it| PeerSpec { pod_selector: Some(it), ..PeerSpec::default() }),
        both.prop_map(|(pod_selector, namespaces)| PeerSpec {
            pod_selector,
            namespace_selector: Some(namespaces),
            ip_block: None
        }),
    ]
}

fn port() -> impl Strategy<Value = PortSpec> {
    let protocol =
        || option::of(prop_oneof![Just(Protocol::Tcp), Just(Protocol::Udp), Just(Protocol::Sctp)]);
    let port = prop_oneof![
        Just((None, None)),
        Just((Some(PortOrName::Name("http".to_owned())), None)),
        (79..82i64, option::of(0..3i64))
            .prop_map(|(first, more)| (Some(PortOrName::Number(first)), more.map(|it| first + it))),
    ];
    (protocol(), port).prop_map(|(protocol, (port, end_port))| PortSpec {
        protocol,
        port,
        end_port,
    })
}

fn rules(end: PolicyType) -> impl Strategy<Value = Option<Vec<RuleSpec>>> {
    let rule = (option::of(vec(peer(), 0..3)), option::of(vec(port(), 0..3)));
    let rule = rule.prop_map(move |(peers, ports)| match end {
        PolicyType::Ingress => RuleSpec { from: peers, to: None, ports },
        PolicyType::Egress => RuleSpec { from: None, to: peers, ports },
    });
    option::of(vec(rule, 0..3))
}

fn policy() -> impl Strategy<Value = Manifest> {
    let types = subsequence(vec![PolicyType::Ingress, PolicyType::Egress], 0..=2);
    (
        prop_oneof![Just("x"), Just("y")],
        selector(),
        rules(PolicyType::Ingress),
        rules(PolicyType::Egress),
        option::of(types),
    )
        .prop_map(|(namespace, pod_selector, ingress, egress, policy_types)| Manifest {
            api_version: None,
            kind: None,
            metadata: Metadata { name: String::new(), namespace: namespace.to_owned() },
            spec: PolicySpec { pod_selector, ingress, egress, policy_types },
        })
}

/// The ports of a pod: a name stands for another number in each protocol and pod, and sometimes for
/// two.
fn ports() -> impl Strategy<Value = Vec<ContainerPort>> {
    let protocol =
        prop_oneof![3 => Just(Protocol::Tcp), 1 => Just(Protocol::Udp), 1 => Just(Protocol::Sctp)];
    let name = option::weighted(0.8, Just("http".to_owned()));
    let port = (name, 79..82u16, protocol).prop_map(|(name, port, protocol)| ContainerPort {
        name,
        port: Port::new(port).unwrap(),
        protocol,
    });
    vec(port, 0..3)
}

/// Both families, or one of them.
fn families() -> impl Strategy<Value = Vec<Family>> {
    subsequence(vec![Family::V4, Family::V6], 1..=2)
}

fn cluster() -> impl Strategy<Value = Cluster> {
    let names = ["x", "y", "z"];
    let pods = vec((0..3usize, labels(), ports(), families()), 5);
    (vec(labels(), 3), pods).prop_map(move |(labels, pods)| {
        let namespaces = names.map(str::to_owned).into_iter().zip(labels).collect();
        let pods = (0u16..).zip(pods).map(|(number, (namespace, labels, ports, families))| Pod {
            namespace: names[namespace].to_owned(),
            name: format!("p{number}"),
            // Not the same number in both, lest a block of one family mean the same pods.
            addresses: families
                .into_iter()
                .map(|it| nth(it, if it == Family::V4 { 3 * number } else { 15 - 3 * number }))
                .collect(),
            labels,
            ports,
        });
        Cluster { namespaces, pods: pods.collect() }
    })
}

/// The firewall of plain Kubernetes with these policies.
fn firewall(cluster: &Cluster, policies: &[Manifest]) -> Firewall {
    let domain = "/infra/domains/default";
    let translator = Translator { cluster: "c", domain, pods: Some(cluster) };
    let mut firewall = Firewall::with_default(Action::Allow);
    for manifest in policies {
        let policy = NetworkPolicy::try_from(manifest).unwrap();
        translator.translate(&policy, &Names::of(&policy)).unwrap().add_to(&mut firewall);
    }
    firewall
}

/// What passes in each family, at ports that names stand for and at others.
fn questions() -> impl Iterator<Item = (Family, Protocol, u16)> {
    let ports =
        [(Protocol::Tcp, 80), (Protocol::Tcp, 81), (Protocol::Udp, 80), (Protocol::Sctp, 80)];
    [Family::V4, Family::V6]
        .into_iter()
        .flat_map(move |family| ports.map(|(protocol, number)| (family, protocol, number)))
}

/// 10,000, or what `PROPTEST_CASES` says: proptest reads that, and tries 256 without.
fn cases() -> ProptestConfig {
    let config = ProptestConfig::default();
    let cases = if config.cases == 256 { 10_000 } else { config.cases };
    ProptestConfig { cases, max_global_rejects: 10 * cases, failure_persistence: None, ..config }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn rules_do_what_the_documentation_says(
        cluster in cluster(), mut policies in vec(policy(), 0..3),
    ) {
        for (number, policy) in policies.iter_mut().enumerate() {
            policy.metadata.name = format!("p{number}");
        }
        let firewall = firewall(&cluster, &policies);
        let endpoints = cluster.endpoints("c");
        for (family, protocol, number) in questions() {
            let reachability =
                Reachability::new(&firewall, &endpoints, Assuming { family, ..Assuming::default() });
            let traffic = Traffic::Port(protocol, Port::new(number).unwrap());
            let matrix = reachability.matrix(traffic);
            // Who has no address of a family talks to nobody in it.
            let talking = |number: usize| {
                let pod = &cluster.pods[number];
                address(pod, family).map(|address| Talking { pod, address })
            };
            for (i, j) in (0..5).flat_map(|i| (0..5).map(move |j| (i, j))) {
                let (Some(from), Some(to)) = (talking(i), talking(j)) else { continue };
                let end = |end| passes(&cluster, &policies, end, [from, to], (protocol, number));
                let expected = match [end(PolicyType::Egress), end(PolicyType::Ingress)] {
                    [true, true] => Ends::Both,
                    [true, false] => Ends::Egress,
                    [false, true] => Ends::Ingress,
                    [false, false] => Ends::Neither,
                };
                prop_assert_eq!(
                    matrix.ends(i, j), expected, "{} -> {} {}", from.address, to.address, traffic
                );
            }
        }
    }

    #[test]
    fn a_rule_more_in_a_policy_closes_nothing(cluster in cluster(), policy in policy()) {
        let with = |spec: PolicySpec| {
            let mut policy = Manifest { spec, ..policy.clone() };
            policy.metadata.name = "p".to_owned();
            firewall(&cluster, &[policy])
        };
        let PolicySpec { pod_selector, ingress, policy_types, .. } = policy.spec.clone();
        // Egress stays out of it, for a first rule there makes the policy one about egress.
        let spec = |ingress| PolicySpec {
            pod_selector: pod_selector.clone(), ingress, egress: None, policy_types: policy_types.clone(),
        };
        let rules = ingress.unwrap_or_default();
        let (all, fewer) = (with(spec(Some(rules.clone()))), with(spec(Some(rules[..rules.len() / 2].to_vec()))));
        let endpoints = cluster.endpoints("c");
        let traffic = Traffic::Port(Protocol::Tcp, Port::new(80).unwrap());
        let matrix = |firewall| Reachability::new(firewall, &endpoints, Assuming::default()).matrix(traffic);
        let (all, fewer) = (matrix(&all), matrix(&fewer));
        for (i, j) in (0..5).flat_map(|i| (0..5).map(move |j| (i, j))) {
            prop_assert!(fewer.ends(i, j) != Ends::Both || all.ends(i, j) == Ends::Both);
        }
    }
}
