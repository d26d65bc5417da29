//! The names that both halves of a fresh lab know.

/// Who logs in to vCenter.
pub(crate) const VCENTER_USER: &str = "administrator@vsphere.local";
/// Who logs in to NSX.
pub(crate) const NSX_USER: &str = "admin";

/// The vCenter's own id, as NCP writes it into its cluster's name.
pub(crate) const VCENTER_INSTANCE: &str = "dd5825a9-0f1c-4f5c-a1a7-5b6c1f3d2e10";

/// The only datacenter's name.
pub(crate) const DATACENTER: &str = "dc-1";
/// Its managed object id.
pub(crate) const DATACENTER_ID: &str = "datacenter-3";

/// The first vSphere cluster's name.
pub(crate) const CLUSTER: &str = "compute-1";
/// Its managed object id.
pub(crate) const CLUSTER_ID: &str = "domain-c8";
/// The second vSphere cluster's name.
pub(crate) const SECOND_CLUSTER: &str = "compute-2";
/// Its managed object id.
pub(crate) const SECOND_CLUSTER_ID: &str = "domain-c34";

/// The distributed switch of both clusters, prepared for NSX.
pub(crate) const VDS: &str = "banking-vds";
/// Its managed object id.
pub(crate) const VDS_ID: &str = "dvs-21";
/// Its UUID in the form that vCenter shows and that enabling with NSX wants.
pub(crate) const VDS_UUID: &str = "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13";
/// Management network: a port group on the VDS.
pub(crate) const MANAGEMENT_NETWORK: &str = "management";
/// Its managed object id.
pub(crate) const MANAGEMENT_NETWORK_ID: &str = "dvportgroup-23";

/// The NSX edge cluster's display name.
pub(crate) const EDGE_CLUSTER: &str = "edge-1";
/// Its id, which enabling wants.
pub(crate) const EDGE_CLUSTER_ID: &str = "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44";
/// The Tier-0s: id and display name are the same.
pub(crate) const TIER0_A: &str = "tier0-a";
/// The other one.
pub(crate) const TIER0_B: &str = "tier0-b";
/// The overlay transport zone's display name.
pub(crate) const OVERLAY_TZ: &str = "overlay-tz";
/// Its id.
pub(crate) const OVERLAY_TZ_ID: &str = "1b3a2f36-bfd1-443e-a0f6-4de01abc963e";
/// The VLAN transport zone's display name.
pub(crate) const VLAN_TZ: &str = "vlan-tz";
/// Its id.
pub(crate) const VLAN_TZ_ID: &str = "a95c914d-748d-497c-94ab-10d4647daeba";

/// Where NSX keeps what the enforcement point tells it.
pub(crate) const ENFORCEMENT_POINT: &str = "/infra/sites/default/enforcement-points/default";
