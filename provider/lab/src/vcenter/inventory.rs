//! The vSphere inventory that Supervisors stand on. It is written once, when a lab is made, and only
//! read from then on; port groups of NSX segments come and go beside it.

mod lists;
mod seed;

use serde::{Deserialize, Serialize};

use super::documents;
use super::fault::Fault;
use crate::{Tx, inventory, ncp};

pub(crate) use self::lists::*;
pub(crate) use self::seed::seed;

/// A datacenter and its folders.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Datacenter {
    pub(crate) moid: String,
    pub(crate) name: String,
    /// Suffix of its folders' ids.
    pub(crate) folders: u32,
}

/// A vSphere cluster, with what makes it fit for a Supervisor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) moid: String,
    pub(crate) name: String,
    pub(crate) datacenter: String,
    pub(crate) resource_pool: String,
    pub(crate) ha: Switched,
    pub(crate) drs: Drs,
    /// `MoID` of the switch its hosts are on.
    pub(crate) switch: String,
    pub(crate) hosts: u32,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Switched {
    On,
    Off,
}

/// How far DRS goes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Drs {
    FullyAutomated,
    PartiallyAutomated,
}

/// A distributed switch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DistributedSwitch {
    pub(crate) moid: String,
    /// The form with blanks that NSX and enabling go by.
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) datacenter: String,
    /// Whether NSX has prepared it: its hosts are transport nodes in the overlay zone.
    pub(crate) nsx: Switched,
}

/// A network that a VM can be connected to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Network {
    pub(crate) moid: String,
    pub(crate) name: String,
    pub(crate) datacenter: String,
    pub(crate) kind: NetworkKind,
    /// `MoID` of its switch, if that is a distributed one.
    pub(crate) switch: Option<String>,
}

/// What a network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum NetworkKind {
    StandardPortgroup,
    DistributedPortgroup,
}

/// A storage policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoragePolicy {
    pub(crate) policy: String,
    pub(crate) name: String,
    pub(crate) description: String,
}

/// A content library.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Library {
    pub(crate) id: String,
    pub(crate) name: String,
    /// LOCAL or SUBSCRIBED.
    pub(crate) kind: String,
    /// Ids of what is in it.
    #[serde(default)]
    pub(crate) items: Vec<String>,
}

/// A VM class.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VmClass {
    pub(crate) id: String,
    pub(crate) cpus: u32,
    /// MiB.
    pub(crate) memory: u32,
    /// Percent of CPU and memory; none for best effort.
    pub(crate) reservation: Option<u32>,
}

/// A zone and the cluster in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Zone {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) cluster: String,
}

/// A user or a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Principal {
    /// USER or GROUP.
    pub(crate) kind: String,
    pub(crate) domain: String,
    pub(crate) subject: String,
}

pub(crate) fn datacenters(tx: &Tx<'_>) -> Vec<Datacenter> {
    documents::all(tx, "vcenter:/inventory/datacenters")
}

pub(crate) fn clusters(tx: &Tx<'_>) -> Vec<Cluster> {
    documents::all(tx, "vcenter:/inventory/clusters")
}

/// The cluster, or the refusal that names it.
pub(crate) fn cluster(tx: &Tx<'_>, moid: &str) -> Result<Cluster, Fault> {
    documents::read(tx, &format!("vcenter:/inventory/clusters/{moid}"))
        .ok_or_else(|| Fault::not_found("Cluster", moid))
}

pub(crate) fn switches(tx: &Tx<'_>) -> Vec<DistributedSwitch> {
    documents::all(tx, "vcenter:/inventory/switches")
}

/// The switch of a cluster.
pub(crate) fn switch_of(tx: &Tx<'_>, cluster: &Cluster) -> Option<DistributedSwitch> {
    documents::read(tx, &format!("vcenter:/inventory/switches/{}", cluster.switch))
}

/// Networks of the inventory, then the port groups of NSX segments.
pub(crate) fn networks(tx: &Tx<'_>) -> Vec<Network> {
    let mut networks: Vec<Network> = documents::all(tx, "vcenter:/inventory/networks");
    networks.extend(ncp::port_groups(tx).into_iter().map(|group| Network {
        moid: group.moid,
        name: group.name,
        datacenter: inventory::DATACENTER_ID.to_owned(),
        kind: NetworkKind::DistributedPortgroup,
        switch: Some(inventory::VDS_ID.to_owned()),
    }));
    networks
}

/// The network of that id.
pub(crate) fn network(tx: &Tx<'_>, moid: &str) -> Option<Network> {
    networks(tx).into_iter().find(|network| network.moid == moid)
}

pub(crate) fn policies(tx: &Tx<'_>) -> Vec<StoragePolicy> {
    documents::all(tx, "vcenter:/inventory/policies")
}

pub(crate) fn has_policy(tx: &Tx<'_>, policy: &str) -> bool {
    tx.has(&format!("vcenter:/inventory/policies/{policy}"))
}

pub(crate) fn libraries(tx: &Tx<'_>) -> Vec<Library> {
    documents::all(tx, "vcenter:/inventory/libraries")
}

pub(crate) fn has_library(tx: &Tx<'_>, library: &str) -> bool {
    tx.has(&format!("vcenter:/inventory/libraries/{library}"))
}

pub(crate) fn vm_classes(tx: &Tx<'_>) -> Vec<VmClass> {
    documents::all(tx, "vcenter:/inventory/vm-classes")
}

pub(crate) fn has_vm_class(tx: &Tx<'_>, class: &str) -> bool {
    tx.has(&format!("vcenter:/inventory/vm-classes/{class}"))
}

pub(crate) fn zones(tx: &Tx<'_>) -> Vec<Zone> {
    documents::all(tx, "vcenter:/inventory/zones")
}

/// Whether the user or group is known; names are compared without case.
pub(crate) fn has_principal(tx: &Tx<'_>, kind: &str, domain: &str, subject: &str) -> bool {
    documents::all::<Principal>(tx, "vcenter:/inventory/principals").iter().any(|principal| {
        principal.kind == kind
            && principal.domain.eq_ignore_ascii_case(domain)
            && principal.subject.eq_ignore_ascii_case(subject)
    })
}
