//! The truth tables of NetworkPolicy: what an independent evaluator says of 131 clusters, said
//! by groups and rules.
//!
//! `tests/data/netpol/README.md` explains the tables.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::IpAddr,
    path::PathBuf,
};

use namespace_network::{
    firewall::{Action, Firewall, Traffic},
    network_policy::{
        Cluster, ContainerPort, Labels, Limit, Manifest, Names, NetworkPolicy, Pod, Translator,
        limits,
    },
    port::{Port, Protocol},
    reachability::{Assuming, Ends, Reachability},
};
use serde::Deserialize;

/// One file.
#[derive(Deserialize)]
struct Case {
    description: String,
    ports: Vec<CasePort>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct CasePort {
    name: String,
    port: u16,
    protocol: Protocol,
}

#[derive(Deserialize)]
struct Step {
    namespaces: BTreeMap<String, Labels>,
    pods: Vec<CasePod>,
    policies: Vec<Manifest>,
    expected: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct CasePod {
    namespace: String,
    name: String,
    ip: IpAddr,
    labels: Labels,
}

fn cases() -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/netpol");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|it| it == "json"));
    files.sort();
    files.iter().map(|it| serde_json::from_slice(&fs::read(it).unwrap()).unwrap()).collect()
}

fn cluster(case: &Case, step: &Step) -> Cluster {
    let ports = || {
        let port = |it: &CasePort| ContainerPort {
            name: Some(it.name.clone()),
            port: Port::new(it.port).unwrap(),
            protocol: it.protocol,
        };
        case.ports.iter().map(port).collect()
    };
    let pod = |it: &CasePod| Pod {
        namespace: it.namespace.clone(),
        name: it.name.clone(),
        addresses: vec![it.ip],
        labels: it.labels.clone(),
        ports: ports(),
    };
    Cluster { namespaces: step.namespaces.clone(), pods: step.pods.iter().map(pod).collect() }
}

/// Plain Kubernetes, where everything passes that no policy is about, with these policies.
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

fn traffic(text: &str) -> Traffic {
    let (protocol, port) = text.split_once('/').unwrap();
    Traffic::Port(protocol.parse().unwrap(), port.parse().unwrap())
}

fn letter(ends: Ends) -> char {
    match ends {
        Ends::Both => 'B',
        Ends::Egress => 'E',
        Ends::Ingress => 'I',
        Ends::Neither => 'N',
    }
}

#[test]
fn every_verdict_of_every_step_agrees() {
    let (mut cases_seen, mut steps, mut probes) = (0, 0, 0);
    let mut wrong = Vec::new();
    for case in cases() {
        cases_seen += 1;
        for (number, step) in case.steps.iter().enumerate() {
            steps += 1;
            let cluster = cluster(&case, step);
            let firewall = firewall(&cluster, &step.policies);
            let endpoints = cluster.endpoints("c");
            let reachability = Reachability::new(&firewall, &endpoints, Assuming::default());
            for (port, grid) in &step.expected {
                let matrix = reachability.matrix(traffic(port));
                for (from, row) in grid.iter().enumerate() {
                    for (to, expected) in row.chars().enumerate().filter(|it| it.1 != '-') {
                        probes += 1;
                        let found = letter(matrix.ends(from, to));
                        if found != expected {
                            let (from, to) = (&endpoints[from].name, &endpoints[to].name);
                            wrong.push(format!(
                                "{}, step {number}: {from} -> {to} {port}: {found}, not {expected}",
                                case.description
                            ));
                        }
                    }
                }
            }
        }
    }
    assert_eq!((cases_seen, steps, probes), (115, 131, 56_700));
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn of_all_these_policies_nsx_lacks_only_ports_of_sctp() {
    let mut kinds = BTreeSet::new();
    for case in cases() {
        for step in &case.steps {
            let cluster = cluster(&case, step);
            let domain = "/infra/domains/default";
            let translator = Translator { cluster: "c", domain, pods: Some(&cluster) };
            for manifest in &step.policies {
                let policy = NetworkPolicy::try_from(manifest).unwrap();
                let translation = translator.translate(&policy, &Names::of(&policy)).unwrap();
                for exceeded in limits(&policy, &translation) {
                    let sctp = matches!(exceeded.limit, Limit::SctpPorts { .. });
                    kinds.insert(if sctp { "SCTP".to_owned() } else { exceeded.to_string() });
                }
            }
        }
    }
    assert_eq!(kinds, BTreeSet::from(["SCTP".to_owned()]));
}
