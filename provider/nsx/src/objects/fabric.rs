//! What lies below: transport zones and edge clusters.

use crate::id::{Id, Infra, Node};
use crate::meta::object;

api_client::wire_enum! {
    /// How segments of a transport zone travel.
    pub enum ZoneKind {
        /// In tunnels, by the standard data path.
        OverlayStandard = "OVERLAY_STANDARD",
        /// In tunnels, by the enhanced data path.
        OverlayEns = "OVERLAY_ENS",
        /// In tunnels.
        OverlayBacked = "OVERLAY_BACKED",
        /// In VLANs.
        VlanBacked = "VLAN_BACKED",
    }
}

/// A site; `default`, unless there are several.
#[derive(Debug)]
pub enum Site {}

impl Node for Site {
    type Parent = Infra;
    const TYPE: &'static str = "Site";
    const COLLECTION: &'static str = "sites";
}

/// Where a site enforces policies.
#[derive(Debug)]
pub enum EnforcementPoint {}

impl Node for EnforcementPoint {
    type Parent = Site;
    const TYPE: &'static str = "EnforcementPoint";
    const COLLECTION: &'static str = "enforcement-points";
}

/// The enforcement point of a Manager that has one: `/infra/sites/default/enforcement-points/default`.
#[must_use]
pub fn default_site() -> Id<EnforcementPoint> {
    Id::<Site>::new("default").child("default")
}

object! {
    /// A transport zone: hypervisors and edges that share segments.
    pub struct TransportZone: "PolicyTransportZone" in EnforcementPoint, "transport-zones" {
        /// Whether segments are put here by default.
        is_default: bool,
        /// Its id in the Manager API.
        nsx_id: String,
        /// How its segments travel.
        tz_type: ZoneKind,
    }
}

object! {
    /// An edge cluster: where gateways run.
    pub struct EdgeCluster: "PolicyEdgeCluster" in EnforcementPoint, "edge-clusters" {
        /// Its id in the Manager API, and in vCenter's compatibility lists.
        nsx_id: String,
    }
}
