//! Supervisors and their namespaces, with what is open for them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::parties;
use super::read::{Nsx, is_segment, list, name, tag, text};
use super::traffic::{OpenTraffic, Party};
use super::{Direction, Flow, Namespace, Service, Supervisor, Traffic, Workload, dfw};
use crate::Tx;
use crate::ncp::{self, Residents};

/// A namespace before it is known what is open for it.
struct Raw {
    name: String,
    document: Value,
    /// Paths of its segments, in the order that they were added.
    segments: Vec<String>,
}

pub(super) fn read(tx: &Tx<'_>, nsx: &Nsx) -> Vec<Supervisor> {
    let documents = tx.children("vcenter:/supervisors");
    let namespaces: Vec<Raw> = tx
        .children("vcenter:/namespaces")
        .into_iter()
        .map(|(name, document)| {
            let segments = segments(tx, nsx, &document);
            Raw { name, document, segments }
        })
        .collect();
    let parties = parties(nsx, &documents, &namespaces);
    let firewall = dfw::firewall(&nsx.objects);
    let outsiders = parties::outsiders(&firewall, &parties);
    let parties: Vec<Party> = parties.into_iter().chain(outsiders).collect();
    let open = OpenTraffic::between(&firewall, &parties);
    let finished: Vec<(&Raw, Namespace)> = namespaces
        .iter()
        .enumerate()
        .map(|(number, raw)| {
            let residents = ncp::residents(tx, &raw.name);
            (raw, namespace(nsx, raw, residents, traffic(raw, number, &open, &parties)))
        })
        .collect();
    documents
        .iter()
        .map(|(cluster, document)| {
            let mine = finished.iter().filter(|(raw, _)| raw.document["cluster"] == **cluster);
            supervisor(cluster, document, mine.map(|(_, namespace)| namespace.clone()).collect())
        })
        .collect()
}

fn supervisor(cluster: &str, document: &Value, namespaces: Vec<Namespace>) -> Supervisor {
    Supervisor {
        name: text(&document["name"]),
        cluster: cluster.to_owned(),
        config_status: text(&document["config_status"]),
        kubernetes_status: text(&document["kubernetes_status"]),
        endpoint: document["endpoints"]["cluster"].as_str().map(ToOwned::to_owned),
        namespaces,
    }
}

fn namespace(nsx: &Nsx, raw: &Raw, residents: Residents, traffic: Traffic) -> Namespace {
    let uid = text(&raw.document["uid"]);
    let subnets = raw.segments.iter().filter_map(|path| {
        let segment = nsx.objects.get(path)?;
        Some(nsx.segment(path, segment).subnets)
    });
    let mut rules = nsx.of_project(&uid).filter(|(_, object)| object["action"] == "SNAT");
    let workload = |it: &ncp::Workload| Workload {
        kind: it.kind.noun().to_owned(),
        name: it.name.clone(),
        address: it.address.to_string(),
    };
    let service = |it: &ncp::Service| Service {
        name: it.name.clone(),
        address: it.address.to_string(),
        ports: it.ports.iter().map(ncp::ServicePort::shown).collect(),
    };
    Namespace {
        name: raw.name.clone(),
        config_status: text(&raw.document["config_status"]),
        subnets: subnets.flatten().collect(),
        networks: list(&raw.document["networks"]).iter().map(text).collect(),
        snat: rules.next().map(|(_, rule)| text(&rule["translated_network"])),
        workloads: residents.workloads.iter().map(workload).collect(),
        services: residents.services.iter().map(service).collect(),
        network_policies: residents.policies.iter().map(|it| it.name().to_owned()).collect(),
        waiting: residents.waiting,
        refused: residents.refused,
        traffic,
    }
}

/// A namespace's segments are found as anybody would: by NCP's tag, or with VDS networking by the
/// port groups of its workload networks.
fn segments(tx: &Tx<'_>, nsx: &Nsx, document: &Value) -> Vec<String> {
    let uid = text(&document["uid"]);
    let tagged = nsx.of_project(&uid).map(|(path, _)| path).filter(|path| is_segment(path));
    let cluster = text(&document["cluster"]);
    let networks = list(&document["networks"]).iter();
    let groups: BTreeSet<String> = networks
        .filter_map(|network| tx.get(&format!("vcenter:/networks/{cluster}/{}", text(network))))
        .map(|network| text(&network["portgroup"]))
        .collect();
    let on_group = nsx.port_groups.iter().filter(|(_, group)| groups.contains(*group));
    tagged.map(ToOwned::to_owned).chain(on_group.map(|(path, _)| path.clone())).collect()
}

/// Everybody inside of NSX, the namespaces first.
fn parties(nsx: &Nsx, supervisors: &[(String, Value)], namespaces: &[Raw]) -> Vec<Party> {
    let mut left: BTreeSet<&str> = nsx.segment_paths().collect();
    let mut parties = Vec::new();
    for raw in namespaces {
        let segments: Vec<&str> = raw.segments.iter().map(String::as_str).collect();
        for path in &segments {
            left.remove(path);
        }
        parties.push(parties::on_segments(nsx, &raw.name, &segments));
    }
    for (cluster, supervisor) in supervisors {
        let ours = |path: &&str| {
            let tag = nsx.objects.get(*path).and_then(|it| tag(it, "ncp/cluster"));
            tag.is_some_and(|tag| tag.starts_with(&format!("{cluster}:")))
        };
        let (system, others): (Vec<&str>, Vec<&str>) = left.into_iter().partition(ours);
        left = others.into_iter().collect();
        if !system.is_empty() {
            let name = format!("control plane of {}", text(&supervisor["name"]));
            parties.push(parties::on_segments(nsx, &name, &system));
        }
    }
    for path in left {
        let name = format!("segment {}", name(path, &nsx.objects[path]));
        parties.push(parties::on_segments(nsx, &name, &[path]));
    }
    parties.extend(parties::balancers(nsx));
    parties
}

/// What is open for the namespace that is party `own`.
fn traffic(raw: &Raw, own: usize, open: &OpenTraffic, parties: &[Party]) -> Traffic {
    if raw.segments.is_empty() {
        return Traffic::Unfiltered;
    }
    let inside = open.services(own, own).map(|services| Flow {
        direction: Direction::Inside,
        peers: Vec::new(),
        services,
    });
    let to = grouped(Direction::In, own, parties, |other| open.services(other, own));
    let from = grouped(Direction::Out, own, parties, |other| open.services(own, other));
    Traffic::Open(inside.into_iter().chain(to).chain(from).collect())
}

/// One flow for all peers of the same services.
fn grouped(
    direction: Direction,
    own: usize,
    parties: &[Party],
    services: impl Fn(usize) -> Option<String>,
) -> Vec<Flow> {
    let mut flows: Vec<Flow> = Vec::new();
    let others: Vec<usize> = (0..parties.len()).filter(|other| *other != own).collect();
    for other in &others {
        let Some(services) = services(*other) else { continue };
        let name = parties[*other].name.clone();
        match flows.iter_mut().find(|flow| flow.services == services) {
            Some(flow) => flow.peers.push(name),
            None => flows.push(Flow { direction, peers: vec![name], services }),
        }
    }
    for flow in flows.iter_mut().filter(|flow| flow.peers.len() == others.len()) {
        flow.peers = vec!["everybody".to_owned()];
    }
    flows
}
