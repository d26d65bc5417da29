//! What exists in a lab, as plain data and as a tree to read.

mod dfw;
mod inventory;
mod parties;
mod read;
mod supervisors;
#[cfg(test)]
mod tests;
mod text;
mod traffic;
mod tree;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::inventory::changes;
use crate::Tx;

/// Everything that Supervisors, namespaces and their networking consist of, in the order of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// As vCenter answers it.
    pub vcenter_version: String,
    /// As NSX answers it.
    pub nsx_version: String,
    /// The gateways to the outside, with everything below them.
    pub tier0s: Vec<Tier0>,
    /// Tier-1s without a Tier-0.
    pub tier1s: Vec<Tier1>,
    /// Segments without a gateway.
    pub segments: Vec<Segment>,
    /// Load balancers without a gateway: the distributed ones.
    pub load_balancers: Vec<LoadBalancer>,
    /// The Supervisors with their namespaces.
    pub supervisors: Vec<Supervisor>,
    /// How many objects of each kind there are, by kind.
    pub inventory: BTreeMap<String, usize>,
}

/// A Tier-0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier0 {
    /// Display name.
    pub name: String,
    /// Those connected to it.
    pub tier1s: Vec<Tier1>,
    /// Those connected to it without a Tier-1 between.
    pub segments: Vec<Segment>,
}

/// A Tier-1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier1 {
    /// Display name.
    pub name: String,
    /// What its SNAT rules translate to.
    pub snat: Vec<String>,
    /// Those connected to it.
    pub segments: Vec<Segment>,
    /// Those that run on it.
    pub load_balancers: Vec<LoadBalancer>,
}

/// A segment and its port group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Display name, and the port group's name.
    pub name: String,
    /// CIDRs, without host bits.
    pub subnets: Vec<String>,
    /// `MoID` of the port group that vCenter shows; none if the VDS does not have the segment's
    /// transport zone.
    pub port_group: Option<String>,
    /// How many ports it has.
    pub ports: usize,
}

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Display name.
    pub name: String,
    /// SMALL, MEDIUM, LARGE, XLARGE or DLB.
    pub size: String,
    /// What it listens on.
    pub virtual_servers: Vec<VirtualServer>,
}

/// An address and its ports, and what is behind them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VirtualServer {
    /// Display name.
    pub name: String,
    /// The address that clients use.
    pub address: String,
    /// Ports and ranges of ports.
    pub ports: Vec<String>,
    /// `address:port` of the pool's members, or the name of the group they come from.
    pub members: Vec<String>,
}

/// A Supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervisor {
    /// Its name.
    pub name: String,
    /// `MoID` of the vSphere cluster.
    pub cluster: String,
    /// CONFIGURING, RUNNING, REMOVING or ERROR.
    pub config_status: String,
    /// READY, WARNING or ERROR.
    pub kubernetes_status: String,
    /// Address of the Kubernetes API, once there is one.
    pub endpoint: Option<String>,
    /// Its namespaces, by name.
    pub namespaces: Vec<Namespace>,
}

/// A vSphere Namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// CONFIGURING, RUNNING, REMOVING or ERROR.
    pub config_status: String,
    /// CIDRs of its segments, in the order that they were added.
    pub subnets: Vec<String>,
    /// Workload networks, with VDS networking.
    pub networks: Vec<String>,
    /// What its workloads look like from outside, where addresses are translated.
    pub snat: Option<String>,
    /// Its pods and VMs, by name.
    pub workloads: Vec<Workload>,
    /// Its Services of type `LoadBalancer`, by name.
    pub services: Vec<Service>,
    /// Names of its Kubernetes `NetworkPolicies`.
    pub network_policies: Vec<String>,
    /// What is declared for it and not there yet, each with the reason.
    pub waiting: Vec<String>,
    /// What is declared for it and cannot be, each with the reason.
    pub refused: Vec<String>,
    /// Whom it may talk to and hear from.
    pub traffic: Traffic,
}

/// A pod or a VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// `pod` or `VM`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its address in one of the namespace's subnets.
    pub address: String,
}

/// A Service of type `LoadBalancer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The address of its virtual servers, out of the ingress ranges.
    pub address: String,
    /// Its ports, such as `TCP/443`.
    pub ports: Vec<String>,
}

/// What the firewall leaves open for a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Traffic {
    /// NSX has no segment of it, so that no firewall judges.
    Unfiltered,
    /// This is open, and nothing else; a namespace with none of it is closed.
    Open(Vec<Flow>),
}

/// Traffic that the whole rule base lets through at both ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Seen from the namespace.
    pub direction: Direction,
    /// Names of namespaces and segments, load balancers, ranges of addresses, or `outside`.
    pub peers: Vec<String>,
    /// What passes, such as `TCP/8443, ICMP`, or `everything`.
    pub services: String,
}

/// Which way traffic goes, seen from a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Between workloads of the namespace.
    Inside,
    /// To it.
    In,
    /// From it.
    Out,
}

// === impl Topology ===

impl Topology {
    /// What exists now.
    #[must_use]
    pub fn read(tx: &Tx<'_>) -> Self {
        read::topology(tx)
    }

    /// How many objects of each kind there are, by kind. [`changes`] tells two of them apart.
    #[must_use]
    pub fn inventory(&self) -> &BTreeMap<String, usize> {
        &self.inventory
    }
}

/// The lab's topology as a tree.
pub(crate) fn text(tx: &Tx<'_>) -> String {
    Topology::read(tx).to_string()
}
