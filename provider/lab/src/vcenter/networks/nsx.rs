//! The networks that namespaces with NSX have of their own. They come and go with their namespace;
//! their ids are made up by vCenter, here from the namespace's UID.

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use crate::Tx;
use crate::vcenter::addresses::{self, cidr_json};
use crate::vcenter::fault::{Fault, Kind};
use crate::vcenter::message::Localizable;
use crate::vcenter::namespace::{Namespace, NetworkOverride};
use crate::vcenter::namespaces;
use crate::vcenter::states;
use crate::vcenter::supervisor::Supervisor;

/// Every namespace's own network, as `Networks.Info`.
pub(super) fn list(tx: &Tx<'_>, supervisor: &Supervisor) -> Vec<Value> {
    let namespaces = Namespace::on(tx, &supervisor.cluster);
    namespaces.iter().filter_map(|namespace| info(supervisor, namespace)).collect()
}

/// The network of that id.
pub(super) fn get(tx: &Tx<'_>, supervisor: &Supervisor, id: &str) -> Result<Value, Fault> {
    let namespace = find(tx, supervisor, id)?;
    info(supervisor, &namespace).ok_or_else(|| Fault::not_found("Network", id))
}

/// PATCH and PUT: CIDRs can be appended, and nothing else can change.
pub(super) fn change(
    tx: &mut Tx<'_>,
    supervisor: Supervisor,
    id: &str,
    spec: &Value,
) -> Result<(), Fault> {
    let mut namespace = find(tx, &supervisor, id)?;
    let Some(own) = &mut namespace.network else { return Err(Fault::not_found("Network", id)) };
    for (field, cidrs) in [
        ("namespace_network_cidrs", &mut own.namespace_network_cidrs),
        ("ingress_cidrs", &mut own.ingress_cidrs),
        ("egress_cidrs", &mut own.egress_cidrs),
    ] {
        let Some(given) = spec.get(field) else { continue };
        let given = addresses::cidrs(field, given)?;
        if cidrs.iter().any(|old| !given.contains(old)) {
            return Err(in_use(id));
        }
        *cidrs = given;
    }
    namespaces::check_override(tx, &supervisor, &namespace)?;
    namespace.save(tx);
    states::ranges_changed(tx, supervisor);
    Ok(())
}

/// Refused: the network is its namespace's as long as that lives.
pub(super) fn delete(tx: &Tx<'_>, supervisor: &Supervisor, id: &str) -> Result<(), Fault> {
    find(tx, supervisor, id).and_then(|_| Err(in_use(id)))
}

fn find(tx: &Tx<'_>, supervisor: &Supervisor, id: &str) -> Result<Namespace, Fault> {
    Namespace::on(tx, &supervisor.cluster)
        .into_iter()
        .find(|namespace| namespace.network.is_some() && id_of(namespace) == id)
        .ok_or_else(|| Fault::not_found("Network", id))
}

fn id_of(namespace: &Namespace) -> String {
    format!("network-{}", namespace.uid)
}

fn info(supervisor: &Supervisor, namespace: &Namespace) -> Option<Value> {
    let own = namespace.network.as_ref()?;
    let ncp = supervisor.ncp()?;
    let cidrs = |nets: &[Ipv4Net]| nets.iter().copied().map(cidr_json).collect::<Vec<_>>();
    let NetworkOverride {
        namespace_network_cidrs,
        ingress_cidrs,
        egress_cidrs,
        tier0,
        subnet_prefix_length,
        routed_mode,
        load_balancer_size,
    } = own;
    Some(json!({
        "network": id_of(namespace),
        "network_provider": "NSXT_CONTAINER_PLUGIN",
        "namespaces": [namespace.name],
        "nsx_network": {
            "namespace_network_cidrs": cidrs(namespace_network_cidrs),
            "ingress_cidrs": cidrs(ingress_cidrs),
            "egress_cidrs": cidrs(egress_cidrs),
            "nsx_tier0_gateway": tier0.as_ref().unwrap_or(&ncp.tier0),
            "subnet_prefix_length": subnet_prefix_length.unwrap_or(ncp.namespace_subnet_prefix),
            "routed_mode": routed_mode,
            "load_balancer_size": load_balancer_size,
        },
    }))
}

fn in_use(id: &str) -> Fault {
    Fault::new(
        Kind::ResourceInUse,
        Localizable::with("vcenter.wcp.lab.network.in_use", "Network {0} is in use.", [id]),
    )
}
