//! Which traffic is open between the parties of a lab, as the whole rule base decides it.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::firewall::{Doubtful, Endpoint, Firewall, Rule, Service, Services, Traffic};
use namespace_network::port::{Port, PortRange, Protocol};
use namespace_network::reachability::{Assuming, Ends, Family, Matrix, Reachability};

/// IP protocol 1.
const ICMP: u8 = 1;

/// Somebody who talks: a namespace, a segment, a load balancer, what is outside.
#[derive(Clone, Debug)]
pub(super) struct Party {
    pub(super) name: String,
    /// Traffic is open to a party if it is open to any of them.
    pub(super) endpoints: Vec<Endpoint>,
}

/// The open traffic between all parties.
#[derive(Debug)]
pub(super) struct OpenTraffic {
    /// What is open, by the numbers of sender and receiver; nothing is if they are not there.
    flows: BTreeMap<(usize, usize), Vec<Sample>>,
    all: Vec<Sample>,
}

/// A stretch of ports that every rule treats alike, or a protocol without ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sample {
    Ports(Protocol, PortRange),
    Icmp,
}

// === impl OpenTraffic ===

impl OpenTraffic {
    /// What is open unless it is proven closed: a rule that cannot be understood may open.
    pub(super) fn between(firewall: &Firewall, parties: &[Party]) -> Self {
        let endpoints: Vec<Endpoint> =
            parties.iter().flat_map(|party| party.endpoints.iter().cloned()).collect();
        let owners: Vec<usize> = parties
            .iter()
            .enumerate()
            .flat_map(|(owner, party)| party.endpoints.iter().map(move |_| owner))
            .collect();
        let assuming = Assuming { family: Family::V4, doubtful: Doubtful::Opens };
        let reachability = Reachability::new(firewall, &endpoints, assuming);
        let all = samples(firewall);
        let mut flows: BTreeMap<(usize, usize), Vec<Sample>> = BTreeMap::new();
        for sample in &all {
            for pair in open_pairs(&reachability.matrix(sample.traffic()), &owners) {
                flows.entry(pair).or_default().push(*sample);
            }
        }
        Self { flows, all }
    }

    /// What is open from one party to another, by their numbers, such as `TCP/8443, ICMP`.
    pub(super) fn services(&self, from: usize, to: usize) -> Option<String> {
        let open = self.flows.get(&(from, to))?;
        if *open == self.all {
            return Some("everything".to_owned());
        }
        let ports = |wanted: Protocol| {
            let ranges = open.iter().filter_map(move |sample| match sample {
                Sample::Ports(protocol, range) if *protocol == wanted => Some(*range),
                Sample::Ports(..) | Sample::Icmp => None,
            });
            Service::ports(wanted, joined(ranges))
        };
        let has =
            |service: &Service| matches!(service, Service::Ports { to, .. } if !to.is_empty());
        let services = [ports(Protocol::Tcp), ports(Protocol::Udp)].into_iter().filter(has);
        let icmp = open.contains(&Sample::Icmp).then_some(Service::Protocol(ICMP));
        let services: Vec<_> = services.chain(icmp).map(|service| service.to_string()).collect();
        Some(services.join(", "))
    }
}

/// The owners between whose endpoints traffic passes at both ends.
fn open_pairs(matrix: &Matrix, owners: &[usize]) -> BTreeSet<(usize, usize)> {
    let count = matrix.size();
    let pairs = (0..count).flat_map(|from| (0..count).map(move |to| (from, to)));
    pairs
        .filter(|(from, to)| from != to && matrix.ends(*from, *to) == Ends::Both)
        .map(|(from, to)| (owners[from], owners[to]))
        .collect()
}

// === impl Sample ===

impl Sample {
    fn traffic(self) -> Traffic {
        match self {
            Self::Ports(protocol, range) => Traffic::Port(protocol, range.first()),
            Self::Icmp => Traffic::Protocol(ICMP),
        }
    }
}

/// Enough traffic to ask about: no rule distinguishes two ports of one stretch.
fn samples(firewall: &Firewall) -> Vec<Sample> {
    let rules = firewall.policies.iter().flat_map(|policy| &policy.rules);
    let services: Vec<&Service> = rules.flat_map(named).collect();
    let stretches = |protocol| {
        let ranges = services.iter().flat_map(move |service| match service {
            Service::Ports { protocol: of, to, .. } if *of == protocol => to.as_slice(),
            _ => &[],
        });
        cut(ranges.copied()).into_iter().map(move |range| Sample::Ports(protocol, range))
    };
    stretches(Protocol::Tcp).chain(stretches(Protocol::Udp)).chain([Sample::Icmp]).collect()
}

fn named(rule: &Rule) -> &[Service] {
    match &rule.services {
        Services::Any => &[],
        Services::Only(services) => services,
    }
}

/// All ports, cut where one of the ranges begins or ends.
fn cut(ranges: impl Iterator<Item = PortRange>) -> Vec<PortRange> {
    let mut starts = BTreeSet::from([PortRange::ALL.first()]);
    for range in ranges {
        starts.insert(range.first());
        starts.extend(next(range.last()));
    }
    let starts: Vec<Port> = starts.into_iter().collect();
    let ends = starts.iter().skip(1).map(|start| before(*start)).chain([PortRange::ALL.last()]);
    starts.iter().zip(ends).filter_map(|(first, last)| PortRange::new(*first, last).ok()).collect()
}

/// The same ports in fewer ranges; they are in order.
fn joined(ranges: impl Iterator<Item = PortRange>) -> Vec<PortRange> {
    let mut joined: Vec<PortRange> = Vec::new();
    for range in ranges {
        let longer = joined
            .last()
            .filter(|last| next(last.last()) == Some(range.first()))
            .and_then(|last| PortRange::new(last.first(), range.last()).ok());
        if longer.is_some() {
            joined.pop();
        }
        joined.push(longer.unwrap_or(range));
    }
    joined
}

fn next(port: Port) -> Option<Port> {
    port.get().checked_add(1).and_then(Port::new)
}

/// The port before one that is not the first.
fn before(port: Port) -> Port {
    Port::new(port.get() - 1).unwrap_or(port)
}

#[cfg(test)]
mod tests {
    use namespace_network::firewall::Action;
    use proptest::prelude::*;

    use super::*;

    fn ranges(text: &str) -> Vec<PortRange> {
        text.split_whitespace().map(|range| range.parse().unwrap()).collect()
    }

    fn outside(name: &str, address: &str) -> Party {
        let addresses = vec![address.parse().unwrap()];
        let endpoint = Endpoint { name: name.to_owned(), addresses, attachment: None };
        Party { name: name.to_owned(), endpoints: vec![endpoint] }
    }

    #[test]
    fn ports_are_cut_where_a_rule_could_tell_them_apart() {
        assert_eq!(cut(ranges("443 80-90").into_iter()), ranges("1-79 80-90 91-442 443 444-65535"));
        assert_eq!(cut(ranges("1-65535").into_iter()), ranges("1-65535"));
    }

    #[test]
    fn what_no_rule_is_enforced_for_is_open() {
        let firewall = Firewall::with_default(Action::Drop);
        let parties = [outside("a", "192.0.2.1"), outside("b", "192.0.2.2")];
        let open = OpenTraffic::between(&firewall, &parties);
        assert_eq!(open.services(0, 1).as_deref(), Some("everything"));
        assert_eq!(open.services(0, 0), None);
    }

    proptest! {
        #[test]
        fn pieces_join_to_what_they_were_cut_from(
            pairs in proptest::collection::vec((1_u16.., 1_u16..), 0..6),
        ) {
            let range = |(one, other): (u16, u16)| {
                let port = |number| Port::new(number).unwrap();
                PortRange::new(port(one.min(other)), port(one.max(other))).unwrap()
            };
            let pieces = cut(pairs.into_iter().map(range));
            prop_assert_eq!(joined(pieces.into_iter()), vec![PortRange::ALL]);
        }
    }
}
