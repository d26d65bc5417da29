//! What a workload network must be.

use ipnet::Ipv4Net;
use serde_json::Value;

use super::{Assignment, WorkloadNetwork};
use crate::Tx;
use crate::vcenter::addresses::{self, Range};
use crate::vcenter::fault::Fault;
use crate::vcenter::inventory::{self, Cluster, NetworkKind};
use crate::vcenter::message::Localizable;

/// Checks a network against the inventory and against the Supervisor's other networks.
pub(crate) fn check(
    tx: &Tx<'_>,
    cluster: &Cluster,
    network: &WorkloadNetwork,
    others: &[WorkloadNetwork],
) -> Result<(), Fault> {
    name(&network.name)?;
    let group = inventory::network(tx, &network.portgroup)
        .filter(|group| group.kind == NetworkKind::DistributedPortgroup)
        .filter(|group| group.switch.as_ref() == Some(&cluster.switch));
    if group.is_none() {
        return Err(Fault::not_found("Distributed port group", &network.portgroup));
    }
    let subnet = subnet(network)?;
    others.iter().try_for_each(|other| apart(network, subnet, other))
}

/// A DNS subdomain name, by the contract's text.
fn name(name: &str) -> Result<(), Fault> {
    let label = |label: &str| {
        let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        label.bytes().all(legal) && edge(label.bytes().next()) && edge(label.bytes().last())
    };
    if name.len() <= 253 && name.split('.').all(label) {
        return Ok(());
    }
    Err(Fault::invalid(Localizable::with(
        "vcenter.wcp.lab.network.name",
        "{0} is not a valid DNS subdomain name.",
        [name],
    )))
}

/// The subnet, if it is static; its ranges must be hosts of it and disjoint.
fn subnet(network: &WorkloadNetwork) -> Result<Option<Ipv4Net>, Fault> {
    let Assignment::StaticRange { gateway, subnet_mask, ranges } = &network.assignment else {
        return Ok(None);
    };
    let net = addresses::masked("subnet_mask", *gateway, *subnet_mask)?;
    if ranges.is_empty() {
        return Err(invalid("network {0} has no address range.", &network.name, ""));
    }
    let taken = |range: &Range| {
        [net.network(), net.broadcast(), *gateway]
            .iter()
            .any(|address| *address >= range.address && *address <= range.last())
    };
    let hosts = |range: &Range| {
        net.contains(&range.address) && net.contains(&range.last()) && !taken(range)
    };
    if let Some(range) = ranges.iter().find(|range| !hosts(range)) {
        let text = format!("{}-{} in {net} with gateway {gateway}", range.address, range.last());
        return Err(invalid(
            "Network {0} has a range that is no hosts: {1}.",
            &network.name,
            &text,
        ));
    }
    for (index, range) in ranges.iter().enumerate() {
        if let Some(other) = ranges[..index].iter().find(|other| other.overlaps(*range)) {
            let text = format!("{} and {}", other.address, range.address);
            return Err(invalid("Network {0} has overlapping ranges: {1}.", &network.name, &text));
        }
    }
    Ok(Some(net))
}

/// Two networks on one port group or subnet must have one mode, and no address in common.
fn apart(
    network: &WorkloadNetwork,
    subnet: Option<Ipv4Net>,
    other: &WorkloadNetwork,
) -> Result<(), Fault> {
    let other_subnet = self::subnet(other)?;
    let shared = subnet.zip(other_subnet).is_some_and(|(a, b)| addresses::overlap(a, b));
    let id = match (&network.assignment, &other.assignment) {
        (Assignment::StaticRange { .. }, Assignment::Dhcp) => STATIC_BESIDE_DHCP,
        (Assignment::Dhcp, Assignment::StaticRange { .. }) => DHCP_BESIDE_STATIC,
        _ => {
            let overlap = |range: &Range| other.ranges().iter().any(|it| it.overlaps(*range));
            if shared && network.ranges().iter().any(overlap) {
                let text = &other.name;
                return Err(invalid("Networks {0} and {1} share addresses.", &network.name, text));
            }
            return Ok(());
        }
    };
    if network.portgroup != other.portgroup {
        return Ok(());
    }
    Err(Fault::invalid(Localizable::with(
        id,
        "Networks {0} and {1} have overlapping portgroup(s) and/or subnets, but do not have \
         matching modes",
        [network.name.as_str(), &other.name],
    )))
}

const STATIC_BESIDE_DHCP: &str = "vcenter.wcp.network.static.overlapping.modes.error";
const DHCP_BESIDE_STATIC: &str = "vcenter.wcp.network.dhcp.overlapping.modes.error";

/// With DHCP the addresses are written out as empty.
pub(super) fn dhcp(spec: &Value) -> Result<(), Fault> {
    let empty = |field: &str| match &spec[field] {
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => true,
    };
    match ["address_ranges", "gateway", "subnet_mask"].into_iter().find(|field| !empty(field)) {
        Some(field) => Err(invalid("{0} must be empty in mode {1}.", field, "DHCP")),
        None => Ok(()),
    }
}

fn invalid(template: &str, first: &str, second: &str) -> Fault {
    Fault::invalid(Localizable::with("vcenter.wcp.lab.network.invalid", template, [first, second]))
}
