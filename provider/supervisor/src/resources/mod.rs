//! What the provider manages: one file for each kind of thing.

pub mod cluster;
#[cfg(test)]
mod given;
pub mod identity;
mod lifecycle;
pub mod namespace_load_balancer;
pub mod namespace_network_policy;
pub mod namespace_subnets;
pub mod nsx_segment;
mod peers;
pub mod vsphere_namespace;
pub mod workload_network;

use tf_framework::Kinds;

use crate::clients::Clients;

/// All of them.
#[must_use]
pub fn add_to(kinds: Kinds<Clients>) -> Kinds<Clients> {
    kinds
        .identified(cluster::Cluster)
        .identified(namespace_load_balancer::NamespaceLoadBalancer)
        .identified(namespace_network_policy::NamespaceNetworkPolicy)
        .identified(namespace_subnets::NamespaceSubnets)
        .identified(nsx_segment::NsxSegment)
        .identified(vsphere_namespace::VsphereNamespace)
        .identified(workload_network::WorkloadNetwork)
}
