//! Who could talk to whom: each namespace, each segment beside them, load balancers, the outside.
//!
//! A namespace without workloads is spoken for by a port as its first workload would get it, so
//! that what is open shows before anybody uses it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::Ipv4Net;
use namespace_network::address::AddressRange;
use namespace_network::firewall::{
    Attachment, Endpoint, Expression, Firewall, Object, Peer, Peers,
};
use serde_json::Value;

use super::dfw;
use super::read::{Nsx, list, name, text};
use super::traffic::Party;

/// An address that nobody has: it stands for everybody outside of whom no rule speaks.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);

/// A party on some segments.
pub(super) fn on_segments(nsx: &Nsx, name: &str, segments: &[&str]) -> Party {
    let endpoints = segments.iter().flat_map(|segment| endpoints(nsx, name, segment)).collect();
    Party { name: name.to_owned(), endpoints }
}

/// The load balancers that serve something, by the addresses they speak from.
pub(super) fn balancers(nsx: &Nsx) -> Vec<Party> {
    let party = |path: &str, balancer: &Value| {
        let gateway = balancer["connectivity_path"].as_str()?;
        let address: Ipv4Net = nsx.links.get(gateway)?.parse().ok()?;
        let name = format!("load balancer {}", name(path, balancer));
        let serves = !nsx.virtual_servers(path).is_empty();
        serves.then(|| outside(&name, address.addr().into()))
    };
    nsx.each("/infra/lb-services", party).into_iter().flatten().collect()
}

/// The outside, and what rules single out of it.
pub(super) fn outsiders(firewall: &Firewall, inside: &[Party]) -> Vec<Party> {
    let known: BTreeSet<IpAddr> = inside
        .iter()
        .flat_map(|party| &party.endpoints)
        .flat_map(|endpoint| endpoint.addresses.iter().copied())
        .collect();
    let ranges: BTreeSet<AddressRange> = mentioned(firewall)
        .into_iter()
        .filter(|range| !known.iter().any(|address| range.contains(*address)))
        .collect();
    let named = ranges.iter().map(|range| outside(&range.shortest(), range.first()));
    [outside("outside", OUTSIDE.into())].into_iter().chain(named).collect()
}

fn outside(name: &str, address: IpAddr) -> Party {
    let endpoint = Endpoint { name: name.to_owned(), addresses: vec![address], attachment: None };
    Party { name: name.to_owned(), endpoints: vec![endpoint] }
}

/// The ports of a segment, and one more as the next workload would get it.
fn endpoints(nsx: &Nsx, name: &str, segment: &str) -> Vec<Endpoint> {
    let Some(object) = nsx.objects.get(segment) else { return Vec::new() };
    let here = dfw::object(segment, object);
    let endpoint = |port: Object, addresses| Endpoint {
        name: name.to_owned(),
        addresses,
        attachment: Some(Attachment { port, segment: here.clone(), machine: None }),
    };
    let ports = nsx.children(&format!("{segment}/ports")).map(|(path, port)| {
        let bindings = list(&port["address_bindings"]).iter();
        let address = |binding: &Value| binding["ip_address"].as_str()?.parse().ok();
        endpoint(dfw::object(path, port), bindings.filter_map(address).collect())
    });
    // NCP's ports carry the tags of their segment, and more.
    let next = Object::new(format!("{segment}/ports/next"), here.tags.clone());
    let last = |subnet: &Value| {
        let net: Ipv4Net = text(&subnet["gateway_address"]).parse().ok()?;
        Some(IpAddr::from(Ipv4Addr::from(u32::from(net.broadcast()) - 1)))
    };
    let addresses = list(&object["subnets"]).iter().filter_map(last).collect();
    ports.chain([endpoint(next, addresses)]).collect()
}

/// Every range of addresses that a group or a rule names.
fn mentioned(firewall: &Firewall) -> Vec<AddressRange> {
    let mut ranges = Vec::new();
    for group in firewall.groups.values() {
        collect(group, &mut ranges);
    }
    let rules = firewall.policies.iter().flat_map(|policy| &policy.rules);
    for peers in rules.flat_map(|rule| [&rule.from, &rule.to]) {
        if let Peers::Only(peers) | Peers::Except(peers) = peers {
            ranges.extend(peers.iter().filter_map(|peer| match peer {
                Peer::Addresses(range) => Some(*range),
                Peer::Group(_) => None,
            }));
        }
    }
    ranges
}

fn collect(expression: &Expression, ranges: &mut Vec<AddressRange>) {
    match expression {
        Expression::Any(parts) | Expression::All(parts) => {
            for part in parts {
                collect(part, ranges);
            }
        }
        Expression::Addresses(addresses) => ranges.extend(addresses.ranges()),
        Expression::Condition(_) | Expression::Paths(_) | Expression::Opaque(_) => {}
    }
}
