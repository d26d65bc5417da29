//! NCP: what it builds in NSX for Supervisors and namespaces.
//!
//! NCP itself is closed source. What is public about its objects, names and tags is kept to
//! (behaviour.md 2); what is inferred is said where it is: ids in [`names`], address translation in
//! [`site`], the firewall in [`firewall`]. NCP acts on events: it makes an object be as it wants
//! it when something happens to that object, and nothing repairs what others edit meanwhile.
//!
//! NCP has no memory of its own beside Kubernetes' objects (`ncp:/projects/{uid}`): which subnet and
//! which address is whose, stands in NSX.

mod addresses;
mod allocation;
mod api;
mod cluster;
mod control_plane;
mod declared;
mod dfw;
mod firewall;
mod lifecycle;
mod manifest;
mod names;
mod network;
mod object;
mod policies;
mod port_groups;
mod removal;
mod service;
mod shown;
mod site;
mod tenants;
#[cfg(test)]
mod tests;
mod trouble;
mod workload;
mod write;

use serde::{Deserialize, Serialize};

use crate::Tx;

pub(crate) use self::api::lab_api;
pub(crate) use self::declared::{Residents, declare, residents};
pub(crate) use self::lifecycle::{namespace_created, ranges_changed, supervisor_enabled};
pub(crate) use self::manifest::Declared;
pub(crate) use self::port_groups::port_groups;
pub(crate) use self::removal::{namespace_deleted, supervisor_disabled};
pub(crate) use self::service::{Service, ServicePort};
pub(crate) use self::workload::Workload;

/// What happens in NCP by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// An address of an external pool is free again.
    Release {
        /// `MoID` of the Supervisor's cluster.
        cluster: String,
        /// Policy path of the allocation.
        allocation: String,
    },
}

/// Does what became due.
pub(crate) fn due(tx: &mut Tx<'_>, event: &Event) {
    match event {
        Event::Release { cluster, allocation } => removal::release(tx, cluster, allocation),
    }
}
