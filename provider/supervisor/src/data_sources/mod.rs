//! What the provider looks up: one file for each kind of thing.

mod nsx_by_name;
pub mod nsx_edge_cluster;
pub mod nsx_tier0_gateway;
pub mod nsx_transport_zone;

use tf_framework::Kinds;

use crate::clients::Clients;

/// All of them.
#[must_use]
pub fn add_to(kinds: Kinds<Clients>) -> Kinds<Clients> {
    kinds
        .data_source(nsx_edge_cluster::NsxEdgeCluster)
        .data_source(nsx_tier0_gateway::NsxTier0Gateway)
        .data_source(nsx_transport_zone::NsxTransportZone)
}
