//! The address blocks of a Supervisor: large enough, and apart from each other.

use ipnet::Ipv4Net;

use super::addresses::{self, Range};
use super::fault::Fault;
use super::message::Localizable;
use super::networks::WorkloadNetwork;
use super::supervisor::{Addressing, Management, Ncp, Network, Supervisor};
use crate::Tx;

/// A block of addresses and the field that asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    field: String,
    range: Range,
    /// As the user wrote it.
    text: String,
}

// === impl Block ===

impl Block {
    pub(crate) fn of_net(field: &str, net: Ipv4Net) -> Self {
        Self { field: field.to_owned(), range: net.into(), text: net.to_string() }
    }

    pub(crate) fn of_range(field: &str, range: Range) -> Self {
        Self { field: field.to_owned(), range, text: addresses::text(range) }
    }
}

/// Everything that a Supervisor has taken.
pub(crate) fn of(tx: &Tx<'_>, supervisor: &Supervisor) -> Result<Vec<Block>, Fault> {
    let management = &supervisor.control_plane.management;
    let mut blocks = vec![Block::of_net("service_cidr", supervisor.service_cidr)];
    match &supervisor.network {
        Network::Ncp(ncp) => {
            blocks.extend(management_subnet(management)?);
            blocks.extend(of_ncp(ncp));
        }
        Network::Vsphere(vsphere) => {
            blocks.extend(management_range(management));
            blocks.extend(of_frontends(&vsphere.load_balancer.address_ranges));
            let networks = WorkloadNetwork::all(tx, &supervisor.cluster);
            blocks.extend(networks.iter().flat_map(of_network));
        }
    }
    Ok(blocks)
}

/// With NSX the whole management subnet is somebody else's.
pub(crate) fn management_subnet(management: &Management) -> Result<Option<Block>, Fault> {
    match &management.addressing {
        Addressing::Dhcp { .. } => Ok(None),
        Addressing::StaticRange { gateway, subnet_mask, .. } => {
            let net = addresses::masked("subnet_mask", *gateway, *subnet_mask)?;
            Ok(Some(Block::of_net("management network", net)))
        }
    }
}

/// With VDS networking workloads may share the management subnet, not its range.
pub(crate) fn management_range(management: &Management) -> Option<Block> {
    match &management.addressing {
        Addressing::Dhcp { .. } => None,
        Addressing::StaticRange { range, .. } => {
            Some(Block::of_range("management network", *range))
        }
    }
}

/// What NCP takes addresses from.
pub(crate) fn of_ncp(ncp: &Ncp) -> Vec<Block> {
    [
        ("pod_cidrs", &ncp.pod_cidrs),
        ("ingress_cidrs", &ncp.ingress_cidrs),
        ("egress_cidrs", &ncp.egress_cidrs),
    ]
    .into_iter()
    .flat_map(|(field, nets)| nets.iter().map(move |net| Block::of_net(field, *net)))
    .collect()
}

/// What a load balancer takes addresses from.
pub(crate) fn of_frontends(ranges: &[Range]) -> Vec<Block> {
    ranges.iter().map(|it| Block::of_range("load balancer address_ranges", *it)).collect()
}

/// What workloads on a network take addresses from.
pub(crate) fn of_network(network: &WorkloadNetwork) -> Vec<Block> {
    network.ranges().iter().map(|it| Block::of_range(&network.name, *it)).collect()
}

/// Every block of a field at least as large as a network of that prefix.
pub(crate) fn at_least(field: &str, nets: &[Ipv4Net], prefix: u8) -> Result<(), Fault> {
    match nets.iter().find(|net| net.prefix_len() > prefix) {
        None => Ok(()),
        Some(net) => Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.cidr.size",
            "{0}: CIDR block {1} must be of at least subnet size /{2}.",
            [field, &net.to_string(), &prefix.to_string()],
        ))),
    }
}

/// The sizes that the contract's text asks of NCP's blocks.
pub(crate) fn large_enough(ncp: &Ncp) -> Result<(), Fault> {
    at_least("pod_cidrs", &ncp.pod_cidrs, 23)?;
    at_least("ingress_cidrs", &ncp.ingress_cidrs, 30)?;
    at_least("egress_cidrs", &ncp.egress_cidrs, 30)
}

/// No address in two blocks.
pub(crate) fn disjoint(blocks: &[Block]) -> Result<(), Fault> {
    for (index, one) in blocks.iter().enumerate() {
        if let Some(other) = blocks[index + 1..].iter().find(|it| it.range.overlaps(one.range)) {
            return Err(Fault::invalid(Localizable::with(
                "vcenter.wcp.lab.cidr.overlap",
                "{0} {1} overlaps {2} {3}.",
                [one.field.as_str(), &one.text, &other.field, &other.text],
            )));
        }
    }
    Ok(())
}
