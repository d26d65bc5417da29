//! The simulated vCenter: inventory, sessions, Supervisors and vSphere Namespaces.
//!
//! State and rules know no HTTP; [`routes`] is the thin skin that turns a request into a call and a
//! [`fault::Fault`] into an error body. What a real server says is taken from the contract and from
//! public observations; where nobody public knows, a comment says that the lab assumes.
//!
//! # The two documents that NCP reads
//!
//! A Supervisor is one document at `vcenter:/supervisors/{cluster MoID}`, see [`supervisor::Supervisor`]:
//!
//! ```json
//! { "cluster": "domain-c8",
//!   "id": "4f2c….-uuid",
//!   "name": "compute-1",
//!   "config_status": "CONFIGURING", "kubernetes_status": "ERROR",
//!   "step": "NetworkObjects",
//!   "service_cidr": "10.96.0.0/23",
//!   "network": { "provider": "NSXT_CONTAINER_PLUGIN",
//!                "distributed_switch": "50 1c 2e …",
//!                "edge_cluster": "4c1d…", "tier0": "tier0-1",
//!                "pod_cidrs": ["10.244.0.0/20"],
//!                "ingress_cidrs": ["192.0.2.0/26"],
//!                "egress_cidrs": ["198.51.100.0/26"],
//!                "namespace_subnet_prefix": 28,
//!                "routed_mode": false,
//!                "load_balancer_size": "SMALL",
//!                "ingress_certificate": "" },
//!   "endpoints": { "management": "10.10.0.10", "cluster": "192.0.2.1", "servers": ["10.10.0.11"] } }
//! ```
//!
//! With VDS networking `network` is `{ "provider": "VSPHERE_NETWORK", "primary": …,
//! "load_balancer": … }`, and NCP has nothing to do. A namespace is one document at
//! `vcenter:/namespaces/{name}`, see [`namespace::Namespace`]:
//!
//! ```json
//! { "name": "banking", "uid": "0b7d…-uuid", "cluster": "domain-c8", "config_status": "CONFIGURING",
//!   "network": { "namespace_network_cidrs": ["10.20.0.0/22"], "ingress_cidrs": [], "egress_cidrs": [],
//!                "tier0": "tier0-2", "subnet_prefix_length": 27, "routed_mode": false,
//!                "load_balancer_size": "SMALL" } }
//! ```
//!
//! `network` is there only if the namespace overrides its Supervisor's network; an empty list in it
//! means that the Supervisor's holds. Both documents are written before NCP is called, and
//! `ncp::supervisor_disabled` and `ncp::namespace_deleted` are called while the document still
//! exists.

mod addresses;
mod blocks;
mod clusters;
mod compatibility;
mod documents;
mod enable;
mod fault;
mod inventory;
mod load_balancers;
mod message;
pub(crate) mod namespace;
mod namespaces;
mod networks;
mod routes;
mod script;
mod session;
mod shape;
mod sizes;
pub(crate) mod software;
mod states;
mod status;
pub(crate) mod supervisor;
mod supervisors;
mod system;
#[cfg(test)]
mod tests;
mod update;
mod version;

use serde::{Deserialize, Serialize};

use crate::Tx;

pub(crate) use self::routes::handle;
pub(crate) use self::session::credentials;

/// What happens in vCenter by itself. A `revision` that is no longer the object's makes it stale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// Something about the Supervisor on a cluster.
    Supervisor { cluster: String, revision: u64, due: states::Due },
    /// A step of an upgrade.
    Upgrade { cluster: String, revision: u64 },
    /// Something about a namespace.
    Namespace { name: String, revision: u64, due: namespaces::Due },
}

/// Does what became due.
pub(crate) fn due(tx: &mut Tx<'_>, event: &Event) {
    match event {
        Event::Supervisor { cluster, revision, due } => states::due(tx, cluster, *revision, *due),
        Event::Upgrade { cluster, revision } => software::due(tx, cluster, *revision),
        Event::Namespace { name, revision, due } => namespaces::due(tx, name, *revision, *due),
    }
}

/// Fills a new lab's inventory.
pub(crate) fn populate(tx: &mut Tx<'_>) {
    inventory::seed(tx);
}
