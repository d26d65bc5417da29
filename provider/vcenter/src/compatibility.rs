//! What can carry a Supervisor, and why the rest cannot.
//!
//! **Distributed switches.** NSX, and with it all calls of Supervisors, names a switch by its UUID.
//! The REST API of vCenter has no managed object id of a switch at all, and its name only since
//! 8.0.0.1 ([`Compatibility::nsx_switches`]). On 7.x, [`Compatibility::switches`] says which UUIDs
//! are usable from a cluster, without names: where there are several, the UUID must be given.

use std::collections::BTreeMap;

use api_client::Request;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::client::Vcenter;
use crate::error::Error;
use crate::id::{ClusterId, EdgeClusterId, NetworkId, SwitchId, Tier0Id};
use crate::message::LocalizableMessage;
use crate::value::{Ipv4Cidr, NetworkProvider, SizingHint};

/// Calls that say what fits together.
#[derive(Clone, Copy, Debug)]
pub struct Compatibility<'a>(&'a Vcenter);

/// Whether a cluster can become a Supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ClusterCompatibility {
    /// The cluster.
    pub cluster: ClusterId,
    /// Whether it can.
    pub compatible: bool,
    /// Why not: every reason at once.
    #[serde(default, rename = "incompatibility_reasons")]
    pub reasons: Vec<LocalizableMessage>,
}

/// Whether a switch can carry the Supervisor of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct SwitchCompatibility {
    /// The switch.
    #[serde(rename = "distributed_switch")]
    pub switch: SwitchId,
    /// Whether it can.
    pub compatible: bool,
    /// Why not.
    #[serde(default, rename = "incompatibility_reasons")]
    pub reasons: Vec<LocalizableMessage>,
    /// Its port groups that can be workload networks; with [`NetworkProvider::Vsphere`] alone.
    #[serde(default, rename = "compatible_networks")]
    pub networks: Vec<NetworkId>,
}

/// A distributed switch that NSX knows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Switch {
    /// Its UUID.
    #[serde(rename = "distributed_switch")]
    pub id: SwitchId,
    /// Its name, unique in a datacenter only.
    pub name: String,
}

/// Whether an edge cluster of NSX can serve the Supervisor of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct EdgeClusterCompatibility {
    /// The edge cluster.
    pub edge_cluster: EdgeClusterId,
    /// Its name.
    #[serde(rename = "display_name")]
    pub name: String,
    /// Whether it can.
    pub compatible: bool,
    /// Why not.
    #[serde(default, rename = "incompatibility_reasons")]
    pub reasons: Vec<LocalizableMessage>,
}

/// A Tier-0 gateway of NSX.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Tier0 {
    /// Its policy id.
    #[serde(rename = "tier0_gateway")]
    pub id: Tier0Id,
    /// Its name.
    #[serde(rename = "display_name")]
    pub name: String,
    /// Its policy path.
    pub path: String,
}

/// What a size means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct SizeInfo {
    /// How many pods it carries.
    pub num_supported_pods: u64,
    /// How many Kubernetes Services it carries.
    pub num_supported_services: u64,
    /// What the wizard proposes for pods.
    pub default_pod_cidr: Ipv4Cidr,
    /// What the wizard proposes for Services.
    pub default_service_cidr: Ipv4Cidr,
    /// Its control plane's machines.
    #[serde(rename = "master_vm_info")]
    pub control_plane: VmInfo,
}

/// Virtual machines of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct VmInfo {
    /// How many.
    pub count: u32,
    /// Cores of a processor.
    pub cores_per_socket: u32,
    /// In MiB.
    pub memory: u64,
    /// Size of the disk, in MiB.
    pub capacity: u64,
}

const BASE: &str = "/api/vcenter/namespace-management";

// === impl Vcenter ===

impl Vcenter {
    /// What fits together.
    #[must_use]
    pub fn compatibility(&self) -> Compatibility<'_> {
        Compatibility(self)
    }
}

// === impl Compatibility ===

impl Compatibility<'_> {
    /// Whether each cluster can become a Supervisor with that provider of networks.
    pub async fn clusters(
        self,
        provider: &NetworkProvider,
    ) -> Result<Vec<ClusterCompatibility>, Error> {
        let mut request = Request::get(format!("{BASE}/cluster-compatibility"));
        // The parameter exists since 7.0.1; NSX is what vCenter takes without it.
        if *provider != NetworkProvider::Nsx {
            request = request.query("network_provider", provider);
        }
        self.0.read(request).await
    }

    /// Whether each switch of the cluster's hosts can carry its Supervisor. Says nothing of names;
    /// deprecated in 9.1, and still served.
    pub async fn switches(
        self,
        cluster: &ClusterId,
        provider: &NetworkProvider,
    ) -> Result<Vec<SwitchCompatibility>, Error> {
        let mut request = Request::get(format!("{BASE}/distributed-switch-compatibility"))
            .query("cluster", cluster);
        if *provider != NetworkProvider::Nsx {
            request = request.query("network_provider", provider);
        }
        self.0.read(request).await
    }

    /// Every switch that NSX knows, with its name; since 8.0.0.1.
    pub async fn nsx_switches(self) -> Result<Vec<Switch>, Error> {
        self.0.read(Request::get(format!("{BASE}/networks/nsx/distributed-switches"))).await
    }

    /// Whether each edge cluster can serve the cluster's Supervisor on that switch; deprecated in
    /// 9.1, and still served.
    pub async fn edge_clusters(
        self,
        cluster: &ClusterId,
        switch: &SwitchId,
    ) -> Result<Vec<EdgeClusterCompatibility>, Error> {
        let request = Request::get(format!("{BASE}/edge-cluster-compatibility"));
        self.0.read(request.query("cluster", cluster).query("distributed_switch", switch)).await
    }

    /// Tier-0 gateways that can serve Supervisors on that switch; since 7.0.2.
    pub async fn tier0_gateways(self, switch: &SwitchId) -> Result<Vec<Tier0>, Error> {
        let request = Request::get(format!("{BASE}/nsx-tier0-gateways"));
        self.0.read(request.query("distributed_switch", switch)).await
    }

    /// What each size means.
    pub async fn sizes(self) -> Result<BTreeMap<SizingHint, SizeInfo>, Error> {
        self.0.read(Request::get(format!("{BASE}/cluster-size-info"))).await
    }
}
