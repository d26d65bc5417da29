//! What a spec's values must be, once its shape is right and the cluster is fit. The order is the
//! one in which the messages of behaviour.md 1.4 were seen: management network, storage, networks.

use super::{NetworkSpec, Spec};
use crate::Tx;
use crate::vcenter::addresses as arithmetic;
use crate::vcenter::blocks::{self, Block};
use crate::vcenter::compatibility;
use crate::vcenter::fault::Fault;
use crate::vcenter::inventory::{self, Cluster, Network};
use crate::vcenter::load_balancers;
use crate::vcenter::message::Localizable;
use crate::vcenter::networks;
use crate::vcenter::supervisor::{Addressing, ControlPlane, Ncp};

/// The management network holds three VMs, their floating address and one for upgrades.
const MANAGEMENT_ADDRESSES: u32 = 5;

pub(super) fn check(tx: &Tx<'_>, cluster: &Cluster, spec: &Spec) -> Result<(), Fault> {
    management(tx, cluster, &spec.control_plane)?;
    counts(spec.control_plane.count)?;
    storage(tx, spec)?;
    libraries(tx, spec)?;
    let mut taken = vec![Block::of_net("service_cidr", spec.service_cidr)];
    let management = &spec.control_plane.management;
    match &spec.network {
        NetworkSpec::Ncp(ncp) => {
            nsx(tx, cluster, ncp)?;
            taken.extend(blocks::management_subnet(management)?);
            taken.extend(blocks::of_ncp(ncp));
        }
        NetworkSpec::Vsphere { primary, others, load_balancer } => {
            load_balancers::check(load_balancer)?;
            let mut known = Vec::new();
            for network in std::iter::once(primary).chain(others) {
                networks::check(tx, cluster, network, &known)?;
                known.push(network.clone());
            }
            taken.extend(blocks::management_range(management));
            taken.extend(blocks::of_frontends(&load_balancer.address_ranges));
            taken.extend(known.iter().flat_map(blocks::of_network));
        }
    }
    blocks::disjoint(&taken)
}

fn management(tx: &Tx<'_>, cluster: &Cluster, plane: &ControlPlane) -> Result<(), Fault> {
    let dhcp = matches!(plane.management.addressing, Addressing::Dhcp { .. });
    if plane.dns_servers.is_empty() && !dhcp {
        return Err(Fault::invalid(Localizable::new(
            "vcenter.wcp.masterdns.empty",
            "No management network DNS servers were specified",
        )));
    }
    for server in &plane.dns_servers {
        arithmetic::address("master_DNS", &serde_json::json!(server))?;
    }
    let elsewhere = |it: Network| it.datacenter != cluster.datacenter;
    if inventory::network(tx, &plane.management.network).is_none_or(elsewhere) {
        return Err(Fault::not_found("Network", &plane.management.network));
    }
    addressing(&plane.management.addressing)
}

/// Enough hosts in a row, beside the gateway.
fn addressing(addressing: &Addressing) -> Result<(), Fault> {
    let Addressing::StaticRange { range, gateway, subnet_mask } = addressing else {
        return Ok(());
    };
    if range.count < MANAGEMENT_ADDRESSES {
        return Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.management.count",
            "Address count {0} must be >= {1}",
            [range.count.to_string().as_str(), &MANAGEMENT_ADDRESSES.to_string()],
        )));
    }
    let net = arithmetic::masked("subnet_mask", *gateway, *subnet_mask)?;
    let first = range.address;
    let inside = net.contains(&first) && net.contains(&range.last());
    let edges = [net.network(), net.broadcast(), *gateway];
    if !inside || edges.iter().any(|edge| *edge >= first && *edge <= range.last()) {
        return Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.management.range",
            "The management addresses {0}-{1} must be hosts of {2} other than the gateway {3}.",
            [first, range.last()]
                .map(|it| it.to_string())
                .iter()
                .chain(&[net.to_string(), gateway.to_string()])
                .map(String::as_str),
        )));
    }
    Ok(())
}

fn counts(count: u32) -> Result<(), Fault> {
    match count {
        1 | 3 => Ok(()),
        _ => Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.count",
            "A control plane has 1 or 3 VMs, not {0}.",
            [count.to_string().as_str()],
        ))),
    }
}

fn storage(tx: &Tx<'_>, spec: &Spec) -> Result<(), Fault> {
    let policies = [
        &spec.control_plane.storage_policy,
        &spec.workloads.ephemeral_storage_policy,
        &spec.workloads.image_storage_policy,
    ];
    match policies.into_iter().find(|policy| !inventory::has_policy(tx, policy)) {
        Some(policy) => Err(Fault::not_found("Storage policy", policy)),
        None => Ok(()),
    }
}

fn libraries(tx: &Tx<'_>, spec: &Spec) -> Result<(), Fault> {
    let listed = spec.workloads.content_libraries.iter();
    let listed = listed.map(|it| it["content_library"].as_str().unwrap_or_default());
    let mut all = listed.chain(spec.workloads.kubernetes_library.as_deref());
    match all.find(|library| !inventory::has_library(tx, library)) {
        Some(library) => Err(Fault::not_found("Content library", library)),
        None => Ok(()),
    }
}

fn nsx(tx: &Tx<'_>, cluster: &Cluster, ncp: &Ncp) -> Result<(), Fault> {
    let switch = inventory::switch_of(tx, cluster);
    if switch.is_none_or(|switch| switch.uuid != ncp.distributed_switch) {
        return Err(Fault::not_found("Distributed switch", &ncp.distributed_switch));
    }
    let known = |all: Vec<(String, String)>, id: &str| all.iter().any(|(it, _)| it == id);
    if !known(compatibility::nsx_edge_clusters(tx), &ncp.edge_cluster) {
        return Err(Fault::not_found("NSX edge cluster", &ncp.edge_cluster));
    }
    if !known(compatibility::nsx_tier0s(tx), &ncp.tier0) {
        return Err(Fault::not_found("NSX Tier-0 gateway", &ncp.tier0));
    }
    if ncp.pod_cidrs.is_empty() {
        return Err(Fault::invalid(Localizable::new(
            "vcenter.wcp.lab.pod_cidrs.required",
            "Pod CIDR is required",
        )));
    }
    if ncp.routed_mode && !ncp.egress_cidrs.is_empty() {
        return Err(Fault::invalid(Localizable::new(
            "vcenter.wcp.lab.routed.egress",
            "Egress CIDRs are not allowed in routed mode.",
        )));
    }
    blocks::large_enough(ncp)?;
    subnet_prefix(ncp)
}

/// A namespace's subnet must fit into every pod block, and hold hosts.
fn subnet_prefix(ncp: &Ncp) -> Result<(), Fault> {
    let shortest = ncp.pod_cidrs.iter().map(ipnet::Ipv4Net::prefix_len).max().unwrap_or_default();
    if (shortest..=28).contains(&ncp.namespace_subnet_prefix) {
        return Ok(());
    }
    Err(Fault::invalid(Localizable::with(
        "vcenter.wcp.lab.namespace_subnet_prefix",
        "namespace_subnet_prefix must be between {0} and 28, not {1}.",
        [shortest.to_string().as_str(), &ncp.namespace_subnet_prefix.to_string()],
    )))
}
