//! Networks of a Supervisor that is to be.

use schemars::JsonSchema;
use serde::Serialize;

use crate::id::{NetworkId, SwitchId, WorkloadNetworkId};
use crate::value::{IpRange, ProxyConfiguration};

/// The management network as the control plane uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ManagementNetwork {
    /// Its name in the Supervisor; vCenter makes one if not given.
    #[serde(rename = "network", skip_serializing_if = "Option::is_none")]
    pub id: Option<WorkloadNetworkId>,
    /// What it is.
    pub backing: ManagementBacking,
    /// Its name and time servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<NetworkServices>,
    /// How the control plane gets its addresses: by DHCP if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_management: Option<IpManagement>,
    /// The address that floats, with DHCP.
    #[serde(rename = "floating_IP_address", skip_serializing_if = "Option::is_none")]
    pub floating_ip: Option<String>,
    /// The proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyConfiguration>,
}

api_client::wire_enum! {
    /// What a management network is.
    pub enum ManagementBackingType {
        /// A network of vSphere.
        Network = "NETWORK",
        /// Networks of several zones, taken as one; since 8.0.3.
        Segment = "NETWORK_SEGMENT",
    }
}

/// What a management network is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ManagementBacking {
    /// What kind it is.
    pub backing: ManagementBackingType,
    /// The network, with [`ManagementBackingType::Network`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkId>,
}

/// The primary network of workloads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkloadNetwork {
    /// Its name; vCenter makes one if not given.
    #[serde(rename = "network", skip_serializing_if = "Option::is_none")]
    pub id: Option<WorkloadNetworkId>,
    /// What it is made of.
    #[serde(rename = "network_type")]
    pub kind: NetworkType,
    /// With [`NetworkType::Nsx`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nsx: Option<NsxWorkloads>,
    /// With [`NetworkType::Vsphere`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vsphere: Option<VsphereWorkloads>,
    /// Its name and time servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<NetworkServices>,
    /// Its addresses: those of pods ([`Assignee::Pod`]; with VDS networking, of nodes), and the
    /// cluster addresses of Services ([`Assignee::Service`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_management: Option<IpManagement>,
}

api_client::wire_enum! {
    /// What a workload network is made of.
    pub enum NetworkType {
        /// Segments of NSX, by way of NCP.
        Nsx = "NSXT",
        /// Port groups that exist.
        Vsphere = "VSPHERE",
        /// VPCs of NSX; since 9.0.
        NsxVpc = "NSX_VPC",
    }
}

/// What NCP needs besides addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NsxWorkloads {
    /// The switch.
    #[serde(rename = "dvs")]
    pub switch: SwitchId,
    /// Prefix of a namespace's subnet, 28 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_subnet_prefix: Option<u8>,
}

/// The port group of a workload network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VsphereWorkloads {
    /// It.
    #[serde(rename = "dvpg")]
    pub port_group: NetworkId,
}

/// How addresses are given out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IpManagement {
    /// Whether a server of the network gives them; it does if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dhcp_enabled: Option<bool>,
    /// The gateway with the prefix of its network, such as `10.0.0.1/24`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_address: Option<String>,
    /// Who gets which.
    #[serde(rename = "ip_assignments", skip_serializing_if = "Option::is_none")]
    pub assignments: Option<Vec<AddressAssignment>>,
}

api_client::wire_enum! {
    /// Who gets addresses.
    pub enum Assignee {
        /// Pods and virtual machines.
        Pod = "POD",
        /// The control plane's machines.
        Node = "NODE",
        /// Services, within the cluster.
        Service = "SERVICE",
    }
}

/// Addresses for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AddressAssignment {
    /// Who gets them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assignee>,
    /// Which.
    pub ranges: Vec<IpRange>,
}

/// Servers of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NetworkServices {
    /// Names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<Dns>,
    /// Time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ntp: Option<Ntp>,
}

/// Name servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dns {
    /// Their addresses.
    pub servers: Vec<String>,
    /// Domains that short names are searched in.
    pub search_domains: Vec<String>,
}

/// Time servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ntp {
    /// Their names or addresses.
    pub servers: Vec<String>,
}

// === impl ManagementBacking ===

impl ManagementBacking {
    /// A network of vSphere.
    #[must_use]
    pub fn network(network: NetworkId) -> Self {
        Self { backing: ManagementBackingType::Network, network: Some(network) }
    }
}
