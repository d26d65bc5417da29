//! What the provider looks up: one file for each kind of thing.

mod by_name;
pub mod cluster;
pub mod compute_cluster;
pub mod content_library;
pub mod distributed_switch;
pub mod namespace_isolation;
pub mod network;
mod nsx_by_name;
pub mod nsx_edge_cluster;
pub mod nsx_tier0_gateway;
pub mod nsx_transport_zone;
pub mod port_group;
pub mod reachability;
pub mod storage_policy;
pub mod vm_class;

use tf_framework::Kinds;

use crate::clients::Clients;

/// All of them.
#[must_use]
pub fn add_to(kinds: Kinds<Clients>) -> Kinds<Clients> {
    kinds
        .data_source(cluster::Cluster)
        .data_source(compute_cluster::ComputeCluster)
        .data_source(content_library::ContentLibrary)
        .data_source(distributed_switch::DistributedSwitch)
        .data_source(namespace_isolation::NamespaceIsolation)
        .data_source(network::Network)
        .data_source(nsx_edge_cluster::NsxEdgeCluster)
        .data_source(nsx_tier0_gateway::NsxTier0Gateway)
        .data_source(nsx_transport_zone::NsxTransportZone)
        .data_source(port_group::PortGroup)
        .data_source(reachability::Reachability)
        .data_source(storage_policy::StoragePolicy)
        .data_source(vm_class::VmClass)
}
