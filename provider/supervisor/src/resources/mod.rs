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

use nsx::Meta;
use tf_framework::Kinds;

use crate::{clients::Clients, intent};

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

/// What an object in NSX stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAs {
    /// What users call its type.
    pub kind: String,
    /// What they call it.
    pub name: String,
    /// What it is imported by.
    pub import_id: String,
}

/// The resource that an object stands for; none if it is only a part of one.
#[must_use]
pub fn known_as(meta: &Meta) -> Option<KnownAs> {
    let path = meta.path.as_deref()?;
    let name = meta.display_name.clone().unwrap_or_default();
    let known = |kind: &str, name: String, import_id: String| {
        Some(KnownAs { kind: kind.to_owned(), name, import_id })
    };
    if let Some((kind, key)) = intent::signed(meta) {
        return known(kind, key.to_owned(), key.to_owned());
    }
    if path.starts_with("/infra/segments/") {
        return known(nsx_segment::KIND, name, path.to_owned());
    }
    if let Some(stem) = path.strip_prefix("/infra/tier-1s/") {
        return known(namespace_load_balancer::KIND, name, stem.to_owned());
    }
    if let Some(policy) = namespace_network_policy::imported_by(path) {
        return known(namespace_network_policy::KIND, name, policy);
    }
    let namespace = name.strip_prefix(vsphere_namespace::GROUP_NAME)?.trim_start().to_owned();
    known(vsphere_namespace::KIND, namespace.clone(), namespace)
}
