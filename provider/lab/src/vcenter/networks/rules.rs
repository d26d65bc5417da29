//! `/clusters/{cluster}/networks`.

use serde_json::{Value, json};

use super::{Assignment, WorkloadNetwork, check, nsx};
use crate::Tx;
use crate::vcenter::addresses::Range;
use crate::vcenter::blocks;
use crate::vcenter::clusters;
use crate::vcenter::fault::{Fault, Kind};
use crate::vcenter::inventory;
use crate::vcenter::message::Localizable;
use crate::vcenter::routes::Call;
use crate::vcenter::supervisor::{Network, Supervisor};

/// `GET /clusters/{cluster}/networks`.
pub(crate) fn list(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = clusters::located(tx, call.path("cluster"))?;
    Ok(match supervisor.network {
        Network::Ncp(_) => nsx::list(tx, &supervisor).into(),
        Network::Vsphere(_) => WorkloadNetwork::all(tx, &supervisor.cluster)
            .iter()
            .map(|network| network.info(tx, &supervisor.cluster))
            .collect(),
    })
}

/// `GET /clusters/{cluster}/networks/{network}`.
pub(crate) fn get(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = clusters::located(tx, call.path("cluster"))?;
    match supervisor.network {
        Network::Ncp(_) => nsx::get(tx, &supervisor, call.path("network")),
        Network::Vsphere(_) => {
            let network = find(tx, &supervisor, call)?;
            Ok(network.info(tx, &supervisor.cluster))
        }
    }
}

/// `POST /clusters/{cluster}/networks`.
pub(crate) fn create(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let supervisor = clusters::changeable(tx, call.path("cluster"))?;
    if call.body["network_provider"] == "NSXT_CONTAINER_PLUGIN" {
        return Err(Fault::new(
            Kind::Unsupported,
            Localizable::new(
                "vcenter.wcp.lab.network.nsx",
                "Networks of provider NSXT_CONTAINER_PLUGIN cannot be created by this call.",
            ),
        ));
    }
    of_provider(&supervisor)?;
    let network = WorkloadNetwork::read(&call.body)?;
    let others = WorkloadNetwork::all(tx, &supervisor.cluster);
    if others.iter().any(|other| other.name == network.name) {
        return Err(Fault::new(
            Kind::AlreadyExists,
            Localizable::with(
                "vcenter.wcp.lab.network.exists",
                "Network {0} already exists.",
                [network.name.as_str()],
            ),
        ));
    }
    let cluster = inventory::cluster(tx, &supervisor.cluster)?;
    check(tx, &cluster, &network, &others)?;
    beside(tx, &supervisor, &network)?;
    network.save(tx, &supervisor.cluster);
    Ok(())
}

/// `PATCH /clusters/{cluster}/networks/{network}`: what is not given stays.
pub(crate) fn update(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    change(tx, call, |network, spec| {
        let mut merged = network.assignment.json();
        let fields = merged.as_object_mut().expect("an assignment is an object");
        fields.extend(spec.as_object().cloned().unwrap_or_default());
        merged
    })
}

/// `PUT /clusters/{cluster}/networks/{network}`.
pub(crate) fn set(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    change(tx, call, |network, spec| {
        let mut spec = spec.clone();
        spec["ip_assignment_mode"] = network.assignment.json()["ip_assignment_mode"].clone();
        spec
    })
}

fn change(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    wanted: impl Fn(&WorkloadNetwork, &Value) -> Value,
) -> Result<(), Fault> {
    let supervisor = clusters::changeable(tx, call.path("cluster"))?;
    if supervisor.ncp().is_some() {
        return nsx::change(tx, supervisor, call.path("network"), &call.body["nsx_network"]);
    }
    let old = find(tx, &supervisor, call)?;
    let spec = wanted(&old, &call.body["vsphere_network"]);
    let portgroup = spec["portgroup"].as_str().unwrap_or(&old.portgroup).to_owned();
    let new =
        WorkloadNetwork { name: old.name.clone(), portgroup, assignment: Assignment::read(&spec)? };
    if in_use(tx, &supervisor, &old) {
        settled(&old, &new)?;
    }
    let mut others = WorkloadNetwork::all(tx, &supervisor.cluster);
    others.retain(|other| other.name != new.name);
    let cluster = inventory::cluster(tx, &supervisor.cluster)?;
    check(tx, &cluster, &new, &others)?;
    beside(tx, &supervisor, &new)?;
    new.save(tx, &supervisor.cluster);
    Ok(())
}

/// `DELETE /clusters/{cluster}/networks/{network}`.
pub(crate) fn delete(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let supervisor = clusters::located(tx, call.path("cluster"))?;
    if supervisor.ncp().is_some() {
        return nsx::delete(tx, &supervisor, call.path("network"));
    }
    let network = find(tx, &supervisor, call)?;
    if in_use(tx, &supervisor, &network) {
        return Err(used(&network.name));
    }
    network.remove(tx, &supervisor.cluster);
    Ok(())
}

fn find(tx: &Tx<'_>, supervisor: &Supervisor, call: &Call<'_>) -> Result<WorkloadNetwork, Fault> {
    let name = call.path("network");
    WorkloadNetwork::of(tx, &supervisor.cluster, name)
        .ok_or_else(|| Fault::not_found("Network", name))
}

fn in_use(tx: &Tx<'_>, supervisor: &Supervisor, network: &WorkloadNetwork) -> bool {
    let primary = match &supervisor.network {
        Network::Vsphere(vsphere) => vsphere.primary == network.name,
        Network::Ncp(_) => false,
    };
    primary || !network.users(tx, &supervisor.cluster).is_empty()
}

/// A network in use may only get more ranges.
fn settled(old: &WorkloadNetwork, new: &WorkloadNetwork) -> Result<(), Fault> {
    let fixed = |network: &WorkloadNetwork| match &network.assignment {
        Assignment::Dhcp => json!(network.portgroup),
        Assignment::StaticRange { gateway, subnet_mask, .. } => {
            json!([network.portgroup, gateway, subnet_mask])
        }
    };
    let kept = |range: &Range| new.ranges().contains(range);
    if fixed(old) == fixed(new) && old.ranges().iter().all(kept) {
        return Ok(());
    }
    Err(used(&old.name))
}

fn used(name: &str) -> Fault {
    Fault::new(
        Kind::ResourceInUse,
        Localizable::with("vcenter.wcp.lab.network.in_use", "Network {0} is in use.", [name]),
    )
}

fn of_provider(supervisor: &Supervisor) -> Result<(), Fault> {
    match supervisor.network {
        Network::Vsphere(_) => Ok(()),
        Network::Ncp(_) => Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.network.provider",
            "Cluster {0} does not use VSPHERE_NETWORK.",
            [supervisor.cluster.as_str()],
        ))),
    }
}

/// Neither the control plane's addresses nor the load balancer's are for workloads.
fn beside(tx: &Tx<'_>, supervisor: &Supervisor, network: &WorkloadNetwork) -> Result<(), Fault> {
    let mut others = supervisor.clone();
    // The other networks' ranges were compared already, by what they are on.
    others.cluster.clear();
    let mut taken = blocks::of(tx, &others)?;
    taken.extend(blocks::of_network(network));
    blocks::disjoint(&taken)
}
