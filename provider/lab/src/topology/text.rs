//! The topology as a tree to read.

use std::fmt;

use super::tree::Node;
use super::{
    Direction, Flow, LoadBalancer, Namespace, Segment, Supervisor, Tier0, Tier1, Topology, Traffic,
    VirtualServer,
};

impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            vcenter_version,
            nsx_version,
            tier0s,
            tier1s,
            segments,
            load_balancers,
            supervisors,
            inventory: _,
        } = self;
        let title = format!("lab: vCenter {vcenter_version}, NSX {nsx_version}");
        let loose = tier1s.iter().map(tier1).chain(segments.iter().map(segment));
        let loose: Vec<_> = loose.chain(load_balancers.iter().map(load_balancer)).collect();
        let none =
            (!loose.is_empty()).then(|| Node::new(["without a gateway".to_owned()]).with(loose));
        let tree = Node::new([title])
            .with(tier0s.iter().map(tier0))
            .with(none)
            .with(supervisors.iter().map(supervisor));
        tree.fmt(f)
    }
}

fn tier0(tier0: &Tier0) -> Node {
    Node::new([format!("Tier-0 {}", tier0.name)])
        .with(tier0.tier1s.iter().map(tier1))
        .with(tier0.segments.iter().map(segment))
}

fn tier1(tier1: &Tier1) -> Node {
    let snat = tier1.snat.iter().map(|address| format!("SNAT {address}"));
    Node::new([format!("Tier-1 {}", brief(&tier1.name))].into_iter().chain(snat))
        .with(tier1.segments.iter().map(segment))
        .with(tier1.load_balancers.iter().map(load_balancer))
}

fn segment(segment: &Segment) -> Node {
    let port_group = segment.port_group.as_deref().unwrap_or("no port group");
    Node::new([
        format!("segment {}", brief(&segment.name)),
        or(&segment.subnets.join(", "), "no subnet"),
        port_group.to_owned(),
        counted(segment.ports, "port"),
    ])
}

fn load_balancer(balancer: &LoadBalancer) -> Node {
    Node::new([format!("load balancer {}", brief(&balancer.name)), balancer.size.clone()])
        .with(balancer.virtual_servers.iter().map(virtual_server))
}

fn virtual_server(server: &VirtualServer) -> Node {
    let VirtualServer { name, address, ports, members } = server;
    Node::new([
        format!("{address}:{}", ports.join(",")),
        format!("to {}", or(&members.join(", "), "nothing")),
        name.clone(),
    ])
}

fn supervisor(supervisor: &Supervisor) -> Node {
    let endpoint = supervisor.endpoint.as_ref();
    Node::new([
        format!("Supervisor {}", supervisor.name),
        supervisor.cluster.clone(),
        supervisor.config_status.clone(),
        format!("Kubernetes {}", supervisor.kubernetes_status),
        endpoint.map_or_else(|| "no endpoint".to_owned(), |address| format!("API {address}")),
    ])
    .with(supervisor.namespaces.iter().map(namespace))
}

fn namespace(namespace: &Namespace) -> Node {
    let networks = namespace.subnets.iter().chain(&namespace.networks);
    let networks: Vec<_> = networks.cloned().collect();
    let snat = namespace.snat.iter().map(|address| format!("SNAT {address}"));
    let cells = [
        format!("namespace {}", namespace.name),
        namespace.config_status.clone(),
        or(&networks.join(", "), "no network"),
    ];
    Node::new(cells.into_iter().chain(snat))
        .with(residents(namespace))
        .with(traffic(&namespace.traffic))
}

fn residents(namespace: &Namespace) -> Vec<Node> {
    let workloads = namespace.workloads.iter();
    let workloads =
        workloads.map(|it| Node::new([format!("{} {}", it.kind, it.name), it.address.clone()]));
    let services = namespace.services.iter().map(|it| {
        Node::new([format!("service {}", it.name), it.address.clone(), it.ports.join(", ")])
    });
    let policies = namespace.network_policies.iter();
    let policies = policies.map(|it| Node::new([format!("network policy {it}")]));
    let waiting = namespace.waiting.iter().map(|it| Node::new([format!("waiting: {it}")]));
    let refused = namespace.refused.iter().map(|it| Node::new([format!("error: {it}")]));
    workloads.chain(services).chain(policies).chain(waiting).chain(refused).collect()
}

fn traffic(traffic: &Traffic) -> Vec<Node> {
    match traffic {
        Traffic::Unfiltered => vec![Node::new(["no NSX firewall".to_owned()])],
        Traffic::Open(flows) if flows.is_empty() => vec![Node::new(["closed".to_owned()])],
        Traffic::Open(flows) => flows.iter().map(flow).collect(),
    }
}

fn flow(flow: &Flow) -> Node {
    let peers: Vec<_> = flow.peers.iter().map(|peer| brief(peer)).collect();
    let ends = match flow.direction {
        Direction::Inside => "open inside".to_owned(),
        Direction::In => format!("open from {}", peers.join(", ")),
        Direction::Out => format!("open to {}", peers.join(", ")),
    };
    Node::new([ends, flow.services.clone()])
}

fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn or(text: &str, nothing: &str) -> String {
    if text.is_empty() { nothing.to_owned() } else { text.to_owned() }
}

/// A name with its UUIDs left out: they fill the line and tell a reader nothing.
fn brief(name: &str) -> String {
    let mut rest = name;
    let mut brief = String::new();
    while let Some(first) = rest.chars().next() {
        let skip = if is_uuid(rest) { 36 } else { first.len_utf8() };
        brief.push_str(if skip == 36 { "…" } else { &rest[..skip] });
        rest = &rest[skip..];
    }
    brief
}

/// Whether a text begins with a UUID.
fn is_uuid(text: &str) -> bool {
    text.len() >= 36
        && text.bytes().take(36).enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
