//! The networks of a Supervisor: what its namespaces' workloads are attached to.
//!
//! With NSX, NCP makes one for each namespace that has its own subnets; with VDS networking they
//! are port groups that somebody registers here. Creating, changing and deleting them is possible
//! since 7.0.3.

use api_client::{Request, Wants};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::{Vcenter, part};
use crate::error::Error;
use crate::id::{ClusterId, NamespaceId, NetworkId, Tier0Id, WorkloadNetworkId};
use crate::value::{IpRange, Ipv4Cidr, NetworkProvider};

/// Calls about the networks of one Supervisor.
#[derive(Clone, Copy, Debug)]
pub struct Networks<'a> {
    vcenter: &'a Vcenter,
    cluster: &'a ClusterId,
}

api_client::wire_enum! {
    /// How machines on a port group get their addresses.
    pub enum IpAssignment {
        /// From a server of the network.
        Dhcp = "DHCP",
        /// From the ranges given here.
        StaticRange = "STATICRANGE",
        /// Not at all; since 9.1, and never on the primary network.
        None = "NONE",
    }
}

api_client::wire_enum! {
    /// Size of a namespace's load balancer.
    pub enum LoadBalancerSize {
        /// What is taken if nothing is said.
        Small = "SMALL",
        /// More virtual servers.
        Medium = "MEDIUM",
        /// Most virtual servers.
        Large = "LARGE",
    }
}

/// A port group, and the addresses on it. Goes with [`NetworkProvider::Vsphere`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VsphereNetwork {
    /// The port group.
    #[serde(rename = "portgroup")]
    pub port_group: NetworkId,
    /// Its gateway.
    #[serde(default)]
    pub gateway: String,
    /// Its mask, such as `255.255.255.0`.
    #[serde(default)]
    pub subnet_mask: String,
    /// Addresses for workloads; none with DHCP.
    #[serde(default)]
    pub address_ranges: Vec<IpRange>,
    /// How machines get their addresses, by ranges if not given; since 7.0.3, fixed for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_assignment_mode: Option<IpAssignment>,
}

/// What replaces the settings of a port group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VsphereNetworkSet {
    /// The port group.
    #[serde(rename = "portgroup")]
    pub port_group: NetworkId,
    /// Its gateway.
    pub gateway: String,
    /// Its mask.
    pub subnet_mask: String,
    /// Addresses for workloads: those that there are, and more.
    pub address_ranges: Vec<IpRange>,
}

/// What changes in the settings of a port group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VsphereNetworkUpdate {
    /// The port group.
    #[serde(rename = "portgroup", skip_serializing_if = "Option::is_none")]
    pub port_group: Option<NetworkId>,
    /// Its gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// Its mask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_mask: Option<String>,
    /// All addresses for workloads: those that there are, and more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_ranges: Option<Vec<IpRange>>,
}

/// Blocks of a network of NSX. Goes with [`NetworkProvider::Nsx`]. What is not given is the
/// Supervisor's; with a Tier-0 or any block of its own, all three lists are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NsxNetwork {
    /// Blocks that namespaces' subnets are cut out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_network_cidrs: Option<Vec<Ipv4Cidr>>,
    /// Blocks for the addresses of Services and Ingresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_cidrs: Option<Vec<Ipv4Cidr>>,
    /// Blocks for the addresses that workloads are seen with outside; none when routed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress_cidrs: Option<Vec<Ipv4Cidr>>,
    /// Prefix of a subnet; fixed for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_prefix_length: Option<u8>,
    /// Whether workloads are seen with their own addresses outside; fixed for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routed_mode: Option<bool>,
    /// The Tier-0 gateway; fixed for ever.
    #[serde(rename = "nsx_tier0_gateway", skip_serializing_if = "Option::is_none")]
    pub tier0: Option<Tier0Id>,
    /// Size of the load balancer; fixed for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_size: Option<LoadBalancerSize>,
}

/// What of a network of NSX can change: blocks can be added, none can go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NsxNetworkUpdate {
    /// All blocks that namespaces' subnets are cut out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_network_cidrs: Option<Vec<Ipv4Cidr>>,
    /// All blocks for Services and Ingresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_cidrs: Option<Vec<Ipv4Cidr>>,
    /// All blocks for workloads as seen outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress_cidrs: Option<Vec<Ipv4Cidr>>,
}

/// A network to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CreateSpec {
    /// Its name.
    #[serde(rename = "network")]
    pub id: WorkloadNetworkId,
    /// What it is made of. It must be the Supervisor's.
    #[serde(rename = "network_provider")]
    pub provider: NetworkProvider,
    /// Of a port group.
    #[serde(rename = "vsphere_network", skip_serializing_if = "Option::is_none")]
    pub vsphere: Option<VsphereNetwork>,
    /// Of NSX.
    #[serde(rename = "nsx_network", skip_serializing_if = "Option::is_none")]
    pub nsx: Option<NsxNetwork>,
}

/// What replaces a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SetSpec {
    /// What it is made of. It must be what it was.
    #[serde(rename = "network_provider")]
    pub provider: NetworkProvider,
    /// Of a port group.
    #[serde(rename = "vsphere_network", skip_serializing_if = "Option::is_none")]
    pub vsphere: Option<VsphereNetworkSet>,
    /// Of NSX.
    #[serde(rename = "nsx_network", skip_serializing_if = "Option::is_none")]
    pub nsx: Option<NsxNetworkUpdate>,
}

/// What changes in a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UpdateSpec {
    /// What it is made of. It must be what it was.
    #[serde(rename = "network_provider")]
    pub provider: NetworkProvider,
    /// Of a port group.
    #[serde(rename = "vsphere_network", skip_serializing_if = "Option::is_none")]
    pub vsphere: Option<VsphereNetworkUpdate>,
    /// Of NSX.
    #[serde(rename = "nsx_network", skip_serializing_if = "Option::is_none")]
    pub nsx: Option<NsxNetworkUpdate>,
}

/// A network of a Supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Info {
    /// Its name.
    #[serde(rename = "network")]
    pub id: WorkloadNetworkId,
    /// What it is made of.
    #[serde(rename = "network_provider")]
    pub provider: NetworkProvider,
    /// Namespaces on it.
    #[serde(default)]
    pub namespaces: Vec<NamespaceId>,
    /// If it is of a port group.
    #[serde(rename = "vsphere_network")]
    pub vsphere: Option<VsphereNetwork>,
    /// If it is of NSX.
    #[serde(rename = "nsx_network")]
    pub nsx: Option<NsxNetwork>,
}

// === impl CreateSpec ===

impl CreateSpec {
    /// A network of a port group.
    #[must_use]
    pub fn vsphere(id: WorkloadNetworkId, network: VsphereNetwork) -> Self {
        Self { id, provider: NetworkProvider::Vsphere, vsphere: Some(network), nsx: None }
    }
}

// === impl UpdateSpec ===

impl UpdateSpec {
    /// Of a network of a port group.
    #[must_use]
    pub fn vsphere(changes: VsphereNetworkUpdate) -> Self {
        Self { provider: NetworkProvider::Vsphere, vsphere: Some(changes), nsx: None }
    }
}

// === impl Vcenter ===

impl Vcenter {
    /// The networks of the Supervisor on that cluster.
    #[must_use]
    pub fn networks<'a>(&'a self, cluster: &'a ClusterId) -> Networks<'a> {
        Networks { vcenter: self, cluster }
    }
}

// === impl Networks ===

impl Networks<'_> {
    fn path(self) -> String {
        let cluster = part(self.cluster);
        format!("/api/vcenter/namespace-management/clusters/{cluster}/networks")
    }

    fn path_of(self, network: &WorkloadNetworkId) -> String {
        format!("{}/{}", self.path(), part(network))
    }

    /// Every network of the Supervisor.
    pub async fn list(self) -> Result<Vec<Info>, Error> {
        self.vcenter.read(Request::get(self.path())).await
    }

    /// One network.
    pub async fn get(self, network: &WorkloadNetworkId) -> Result<Info, Error> {
        self.vcenter.read(Request::get(self.path_of(network))).await
    }

    /// Makes a network. Sent once: a second one of the same name is refused.
    pub async fn create(self, spec: &CreateSpec) -> Result<(), Error> {
        self.vcenter.write(Request::post(self.path()).json(spec)).await
    }

    /// Replaces a network's settings: what is not given is cleared.
    pub async fn set(self, network: &WorkloadNetworkId, spec: &SetSpec) -> Result<(), Error> {
        let request = Request::put(self.path_of(network)).wants(Wants::Nothing);
        self.vcenter.write(request.json(spec)).await
    }

    /// Changes what is given.
    pub async fn update(self, network: &WorkloadNetworkId, spec: &UpdateSpec) -> Result<(), Error> {
        self.vcenter.write(Request::patch(self.path_of(network)).json(spec)).await
    }

    /// Deletes a network that no namespace uses.
    pub async fn delete(self, network: &WorkloadNetworkId) -> Result<(), Error> {
        self.vcenter.write(Request::delete(self.path_of(network))).await
    }
}
