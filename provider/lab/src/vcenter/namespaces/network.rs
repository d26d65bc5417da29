//! A namespace's networks: workload networks with VDS networking, an override with NSX.

use ipnet::Ipv4Net;
use serde_json::Value;

use crate::Tx;
use crate::vcenter::addresses;
use crate::vcenter::blocks::{self, Block};
use crate::vcenter::compatibility;
use crate::vcenter::fault::{Fault, Kind};
use crate::vcenter::message::Localizable;
use crate::vcenter::namespace::{Namespace, NetworkOverride};
use crate::vcenter::networks::WorkloadNetwork;
use crate::vcenter::supervisor::{Ncp, Network, Supervisor};

/// The workload networks that the spec names; the primary one if it names none.
pub(super) fn networks(
    tx: &Tx<'_>,
    supervisor: &Supervisor,
    spec: &Value,
) -> Result<Vec<String>, Fault> {
    let given: Vec<String> = spec["networks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let vsphere = match &supervisor.network {
        Network::Vsphere(vsphere) => vsphere,
        Network::Ncp(_) if spec.get("networks").is_none() => return Ok(Vec::new()),
        Network::Ncp(_) => {
            return Err(Fault::new(
                Kind::Unsupported,
                Localizable::new(
                    "vcenter.wcp.lab.namespace.networks",
                    "Networks cannot be given where the network provider is \
                     NSXT_CONTAINER_PLUGIN.",
                ),
            ));
        }
    };
    if given.is_empty() {
        return Ok(vec![vsphere.primary.clone()]);
    }
    let known = |name: &&String| WorkloadNetwork::of(tx, &supervisor.cluster, name).is_none();
    match given.iter().find(known) {
        Some(unknown) => Err(Fault::not_found("Network", unknown)),
        None => Ok(given),
    }
}

/// The network of the namespace's own, if the spec asks for one.
pub(super) fn own(
    tx: &Tx<'_>,
    supervisor: &Supervisor,
    spec: &Value,
) -> Result<Option<NetworkOverride>, Fault> {
    provider(supervisor, spec)?;
    let Some(given) = spec.get("namespace_network") else { return Ok(None) };
    let Some(ncp) = supervisor.ncp() else { return Err(mismatch(given, "VSPHERE_NETWORK")) };
    if given["network_provider"] != "NSXT_CONTAINER_PLUGIN" {
        return Err(mismatch(given, "NSXT_CONTAINER_PLUGIN"));
    }
    let own = read(&given["network"])?;
    if let Some(tier0) = &own.tier0
        && !compatibility::nsx_tier0s(tx).iter().any(|(id, _)| id == tier0)
    {
        return Err(Fault::not_found("NSX Tier-0 gateway", tier0));
    }
    rules(tx, supervisor, ncp, &own, spec["namespace"].as_str().unwrap_or_default())?;
    Ok(Some(own))
}

/// What 9.0 brought beside the override must be of the Supervisor's kind, too.
fn provider(supervisor: &Supervisor, spec: &Value) -> Result<(), Fault> {
    let own = match supervisor.network {
        Network::Ncp(_) => "NSXT_CONTAINER_PLUGIN",
        Network::Vsphere(_) => "VSPHERE_NETWORK",
    };
    match spec.get("network_spec") {
        Some(given) if given["network_provider"] != own => Err(mismatch(given, own)),
        _ => Ok(()),
    }
}

/// Checks an override that was changed.
pub(crate) fn check(
    tx: &Tx<'_>,
    supervisor: &Supervisor,
    namespace: &Namespace,
) -> Result<(), Fault> {
    match (supervisor.ncp(), &namespace.network) {
        (Some(ncp), Some(own)) => rules(tx, supervisor, ncp, own, &namespace.name),
        _ => Ok(()),
    }
}

/// `name` is the namespace that the override is of.
fn rules(
    tx: &Tx<'_>,
    supervisor: &Supervisor,
    ncp: &Ncp,
    own: &NetworkOverride,
    name: &str,
) -> Result<(), Fault> {
    complete(own)?;
    sizes(own, ncp)?;
    let mut taken = blocks::of(tx, supervisor)?;
    for other in Namespace::on(tx, &supervisor.cluster) {
        if other.name != name {
            taken.extend(other.network.iter().flat_map(of_override));
        }
    }
    taken.extend(of_override(own));
    blocks::disjoint(&taken)
}

fn read(spec: &Value) -> Result<NetworkOverride, Fault> {
    let cidrs = |field: &str| addresses::cidrs(field, &spec[field]);
    let prefix = |prefix: u64| u8::try_from(prefix).unwrap_or(u8::MAX);
    Ok(NetworkOverride {
        namespace_network_cidrs: cidrs("namespace_network_cidrs")?,
        ingress_cidrs: cidrs("ingress_cidrs")?,
        egress_cidrs: cidrs("egress_cidrs")?,
        tier0: spec["nsx_tier0_gateway"].as_str().map(str::to_owned),
        subnet_prefix_length: spec["subnet_prefix_length"].as_u64().map(prefix),
        routed_mode: spec["routed_mode"].as_bool().unwrap_or_default(),
        load_balancer_size: spec["load_balancer_size"].as_str().unwrap_or("SMALL").to_owned(),
    })
}

/// A Tier-0 or any of the lists wants all of them; routed mode forbids egress (behaviour.md 3.2).
fn complete(own: &NetworkOverride) -> Result<(), Fault> {
    if own.routed_mode && !own.egress_cidrs.is_empty() {
        return Err(invalid("{0} is not allowed in routed mode.", "egress_cidrs"));
    }
    let lists = [
        ("namespace_network_cidrs", own.namespace_network_cidrs.is_empty()),
        ("ingress_cidrs", own.ingress_cidrs.is_empty()),
        ("egress_cidrs", own.egress_cidrs.is_empty() && !own.routed_mode),
    ];
    let given = [&own.namespace_network_cidrs, &own.ingress_cidrs, &own.egress_cidrs];
    if own.tier0.is_none() && given.iter().all(|list| list.is_empty()) {
        return Ok(());
    }
    match lists.into_iter().find(|(_, missing)| *missing) {
        Some((field, _)) => {
            Err(invalid("{0} is required where a Tier-0 gateway or any CIDR is given.", field))
        }
        None => Ok(()),
    }
}

fn sizes(own: &NetworkOverride, ncp: &Ncp) -> Result<(), Fault> {
    let prefix = own.subnet_prefix_length.unwrap_or(ncp.namespace_subnet_prefix);
    let pods = match own.namespace_network_cidrs.as_slice() {
        [] => ncp.pod_cidrs.as_slice(),
        own => own,
    };
    blocks::at_least("namespace_network_cidrs", pods, prefix)?;
    blocks::at_least("ingress_cidrs", &own.ingress_cidrs, 30)?;
    blocks::at_least("egress_cidrs", &own.egress_cidrs, 30)?;
    match prefix {
        ..=28 => Ok(()),
        _ => Err(invalid("subnet_prefix_length {0} is more than 28.", &prefix.to_string())),
    }
}

fn of_override(own: &NetworkOverride) -> Vec<Block> {
    let block = |field: &str, nets: &[Ipv4Net]| -> Vec<Block> {
        nets.iter().map(|net| Block::of_net(field, *net)).collect()
    };
    [
        block("namespace_network_cidrs", &own.namespace_network_cidrs),
        block("ingress_cidrs", &own.ingress_cidrs),
        block("egress_cidrs", &own.egress_cidrs),
    ]
    .concat()
}

fn mismatch(given: &Value, provider: &str) -> Fault {
    Fault::invalid(Localizable::with(
        "vcenter.wcp.workload.create.network.provider.mismatch",
        "Network provider \"{0}\" (provided in Workload Create specification) does not match the \
         Supervisor network provider \"{1}\".",
        [given["network_provider"].as_str().unwrap_or_default(), provider],
    ))
}

fn invalid(template: &str, arg: &str) -> Fault {
    Fault::invalid(Localizable::with("vcenter.wcp.lab.namespace_network", template, [arg]))
}
