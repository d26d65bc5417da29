//! What the provider manages: one file for each kind of thing.

pub mod cluster;
#[cfg(test)]
mod given;
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
        .resource(cluster::Cluster)
        .resource(namespace_load_balancer::NamespaceLoadBalancer)
        .resource(namespace_network_policy::NamespaceNetworkPolicy)
        .resource(namespace_subnets::NamespaceSubnets)
        .resource(nsx_segment::NsxSegment)
        .resource(vsphere_namespace::VsphereNamespace)
        .resource(workload_network::WorkloadNetwork)
}
