//! Enabling a Supervisor: either API generation's spec becomes one [`Spec`], which is checked in
//! the order in which a real server finds things wrong, and then handed to the control loop.

mod checks;
mod v1;
mod v2;

use serde_json::{Value, json};

use super::compatibility::{self, Provider};
use super::fault::{Fault, Kind};
use super::inventory;
use super::message::Localizable;
use super::networks::WorkloadNetwork;
use super::routes::Call;
use super::software::Software;
use super::states;
use super::status::{ConfigStatus, KubernetesStatus};
use super::supervisor::{
    ControlPlane, Endpoints, LoadBalancer, Ncp, Network, Step, Supervisor, Vsphere, Workloads,
};
use crate::Tx;
use ipnet::Ipv4Net;

/// What either generation asks for.
#[derive(Debug)]
pub(crate) struct Spec {
    /// The older generation gives none: the cluster's is taken.
    name: Option<String>,
    control_plane: ControlPlane,
    workloads: Workloads,
    service_cidr: Ipv4Net,
    network: NetworkSpec,
}

/// The network that is asked for.
#[derive(Debug)]
pub(crate) enum NetworkSpec {
    Ncp(Ncp),
    Vsphere {
        primary: WorkloadNetwork,
        /// More networks that are registered at once, for namespaces.
        others: Vec<WorkloadNetwork>,
        load_balancer: LoadBalancer,
    },
}

/// `POST /clusters/{cluster}?action=enable`.
pub(crate) fn v1(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let cluster = call.path("cluster");
    let mut spec = v1::read(&call.version, cluster, &call.body)?;
    if let NetworkSpec::Ncp(ncp) = &mut spec.network
        && ncp.tier0.is_empty()
    {
        // Before 7.0.2 nobody named it: WCP found it through the edge cluster.
        let first = compatibility::nsx_tier0s(tx).into_iter().next();
        ncp.tier0 = first.map(|(id, _)| id).unwrap_or_default();
    }
    accept(tx, cluster, spec)?;
    Ok(())
}

/// `POST /supervisors/{cluster}?action=enable_on_compute_cluster`.
pub(crate) fn on_compute_cluster(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let cluster = call.path("cluster");
    let spec = v2::read(tx, cluster, &call.body)?;
    Ok(json!(accept(tx, cluster, spec)?))
}

/// `POST /supervisors?action=enable_on_zones`. The lab has Supervisors on one zone only; a zone is
/// named by its id, or by its cluster's as some clients do.
pub(crate) fn on_zones(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let zones: Vec<&str> =
        call.body["zones"].as_array().into_iter().flatten().filter_map(|it| it.as_str()).collect();
    let [zone] = zones[..] else {
        return Err(Fault::new(
            Kind::Unsupported,
            Localizable::with(
                "vcenter.wcp.lab.zones",
                "The lab enables a Supervisor on 1 zone, not on {0}.",
                [zones.len().to_string().as_str()],
            ),
        ));
    };
    let of_zone = inventory::zones(tx).into_iter().find(|it| it.id == zone);
    let cluster = of_zone.map_or_else(|| zone.to_owned(), |zone| zone.cluster);
    let spec = v2::read(tx, &cluster, &call.body)?;
    Ok(json!(accept(tx, &cluster, spec)?))
}

/// Checks what does not depend on the generation, and starts the control loop. Returns the
/// Supervisor's id.
fn accept(tx: &mut Tx<'_>, moid: &str, spec: Spec) -> Result<String, Fault> {
    let cluster = inventory::cluster(tx, moid)?;
    let name = spec.name.clone().unwrap_or_else(|| cluster.name.clone());
    let taken = |it: &Supervisor| it.cluster == moid || it.name == name && spec.name.is_some();
    if Supervisor::all(tx).iter().any(taken) {
        return Err(Fault::new(
            Kind::AlreadyExists,
            Localizable::with(
                "vcenter.wcp.lab.supervisor.exists",
                "A Supervisor with {0} already exists",
                [name.as_str()],
            ),
        ));
    }
    let provider = match spec.network {
        NetworkSpec::Ncp(_) => Provider::Ncp,
        NetworkSpec::Vsphere { .. } => Provider::Vsphere,
    };
    let messages = compatibility::reasons(tx, &cluster, provider);
    if !messages.is_empty() {
        return Err(Fault { kind: Kind::Unsupported, messages });
    }
    checks::check(tx, &cluster, &spec)?;
    Ok(create(tx, moid, name, spec))
}

fn create(tx: &mut Tx<'_>, moid: &str, name: String, spec: Spec) -> String {
    let network = match spec.network {
        NetworkSpec::Ncp(ncp) => Network::Ncp(ncp),
        NetworkSpec::Vsphere { primary, others, load_balancer } => {
            for network in std::iter::once(&primary).chain(&others) {
                network.save(tx, moid);
            }
            Network::Vsphere(Vsphere { primary: primary.name, load_balancer })
        }
    };
    let supervisor = Supervisor {
        cluster: moid.to_owned(),
        id: tx.uuid("supervisor"),
        name,
        config_status: ConfigStatus::Configuring,
        kubernetes_status: KubernetesStatus::Error,
        step: Step::Accepted,
        reached: Vec::new(),
        stuck: None,
        revision: 0,
        messages: Vec::new(),
        kubernetes_messages: Vec::new(),
        endpoints: Endpoints::default(),
        control_plane: spec.control_plane,
        workloads: spec.workloads,
        service_cidr: spec.service_cidr,
        network,
        software: Software::default(),
    };
    states::begin(tx, supervisor)
}
