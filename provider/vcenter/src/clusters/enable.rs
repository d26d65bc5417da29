//! What a cluster needs to become a Supervisor.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FileVolumes;
use crate::id::{EdgeClusterId, LibraryId, NetworkId, PolicyId, SwitchId, Tier0Id};
use crate::load_balancers;
use crate::networks;
use crate::value::{
    ImageRegistry, Ipv4Cidr, LibrarySource, NetworkProvider, ProxyConfiguration, SizingHint,
};

/// A Supervisor to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EnableSpec {
    /// Size of the control plane's machines.
    #[serde(rename = "size_hint")]
    pub size: SizingHint,
    /// Block of the cluster addresses of Services; fixed for ever.
    pub service_cidr: Ipv4Cidr,
    /// Where networks come from; decides between `ncp` on the one hand, `workload_networks` and
    /// `load_balancer` on the other. Fixed for ever.
    pub network_provider: NetworkProvider,
    /// With [`NetworkProvider::Nsx`].
    #[serde(rename = "ncp_cluster_network_spec", skip_serializing_if = "Option::is_none")]
    pub ncp: Option<NcpEnable>,
    /// With [`NetworkProvider::Vsphere`]; since 7.0.1.
    #[serde(rename = "workload_networks_spec", skip_serializing_if = "Option::is_none")]
    pub workload_networks: Option<WorkloadNetworksEnable>,
    /// With [`NetworkProvider::Vsphere`]; since 7.0.1.
    #[serde(rename = "load_balancer_config_spec", skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<load_balancers::CreateSpec>,
    /// Where the control plane talks to vCenter and NSX.
    #[serde(rename = "master_management_network")]
    pub management_network: ManagementNetwork,
    /// Name servers on the management network. The contract calls them optional, vCenter does not.
    #[serde(rename = "master_DNS", skip_serializing_if = "Option::is_none")]
    pub management_dns: Option<Vec<String>>,
    /// Domains that short names are searched in.
    #[serde(rename = "master_DNS_search_domains", skip_serializing_if = "Option::is_none")]
    pub management_dns_search_domains: Option<Vec<String>>,
    /// Time servers on the management network.
    #[serde(rename = "master_NTP_servers", skip_serializing_if = "Option::is_none")]
    pub management_ntp_servers: Option<Vec<String>>,
    /// Name servers of workloads.
    #[serde(rename = "worker_DNS", skip_serializing_if = "Option::is_none")]
    pub workload_dns: Option<Vec<String>>,
    /// Time servers of workloads; since 7.0.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_ntp_servers: Option<Vec<String>>,
    /// More names in the certificate of the Kubernetes API.
    #[serde(rename = "Master_DNS_names", skip_serializing_if = "Option::is_none")]
    pub api_server_dns_names: Option<Vec<String>>,
    /// Storage of the control plane's machines.
    #[serde(rename = "master_storage_policy")]
    pub control_plane_storage_policy: PolicyId,
    /// Storage of pods' own disks.
    pub ephemeral_storage_policy: PolicyId,
    /// Storage of container images.
    pub image_storage: ImageStorage,
    /// Registry that images come from if no other is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_image_registry: Option<ImageRegistry>,
    /// Repository that images come from if no other is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_image_repository: Option<String>,
    /// Library with the images of Kubernetes clusters; deprecated in 9.0.
    #[serde(
        rename = "default_kubernetes_service_content_library",
        skip_serializing_if = "Option::is_none"
    )]
    pub kubernetes_library: Option<LibraryId>,
    /// Libraries with images; since 8.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_libraries: Option<Vec<LibrarySource>>,
    /// Where volumes that many pods share are kept; since 7.0.3.
    #[serde(rename = "cns_file_config", skip_serializing_if = "Option::is_none")]
    pub file_volumes: Option<FileVolumes>,
    /// The proxy; since 7.0.3.
    #[serde(rename = "cluster_proxy_config", skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyConfiguration>,
    /// What users see before they log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_banner: Option<String>,
    /// How many machines the control plane has, 1 or 3; since 9.0.
    #[serde(rename = "count", skip_serializing_if = "Option::is_none")]
    pub control_plane_count: Option<u32>,
}

/// Storage of container images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImageStorage {
    /// The policy.
    pub storage_policy: PolicyId,
}

api_client::wire_enum! {
    /// How the control plane gets its management addresses.
    pub enum ManagementMode {
        /// From a server of the network; since 7.0.3.
        Dhcp = "DHCP",
        /// From a range given here.
        StaticRange = "STATICRANGE",
    }
}

/// The management network as the control plane uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManagementNetwork {
    /// The network.
    pub network: NetworkId,
    /// How the control plane gets its addresses.
    pub mode: ManagementMode,
    /// Its addresses, with [`ManagementMode::StaticRange`].
    #[serde(rename = "address_range", skip_serializing_if = "Option::is_none")]
    pub addresses: Option<ManagementAddresses>,
    /// The address that the leader takes besides its own, with [`ManagementMode::Dhcp`].
    #[serde(rename = "floating_IP", skip_serializing_if = "Option::is_none")]
    pub floating_ip: Option<String>,
}

/// Addresses of the control plane: its machines', one that floats, one for upgrades.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManagementAddresses {
    /// First of them, the one that floats.
    pub starting_address: String,
    /// How many: five, or more.
    pub address_count: u32,
    /// Mask of their network, such as `255.255.255.0`.
    pub subnet_mask: String,
    /// Gateway of their network.
    pub gateway: String,
}

/// What NCP needs. Blocks must not overlap, neither here nor with the service block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NcpEnable {
    /// Blocks that the subnets of namespaces are cut out of, each /23 or larger.
    pub pod_cidrs: Vec<Ipv4Cidr>,
    /// Blocks for the addresses of Services and Ingresses, each /30 or larger.
    pub ingress_cidrs: Vec<Ipv4Cidr>,
    /// Blocks for the addresses that workloads are seen with outside, each /30 or larger; empty,
    /// but sent, when routed.
    pub egress_cidrs: Vec<Ipv4Cidr>,
    /// The switch.
    #[serde(rename = "cluster_distributed_switch", skip_serializing_if = "Option::is_none")]
    pub switch: Option<SwitchId>,
    /// The edge cluster. The contract calls it optional, vCenter does not.
    #[serde(rename = "nsx_edge_cluster", skip_serializing_if = "Option::is_none")]
    pub edge_cluster: Option<EdgeClusterId>,
    /// The Tier-0 gateway; since 7.0.2, and needed since.
    #[serde(rename = "nsx_tier0_gateway", skip_serializing_if = "Option::is_none")]
    pub tier0: Option<Tier0Id>,
    /// Prefix of a namespace's subnet, 28 if not given; since 7.0.2, fixed for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_subnet_prefix: Option<u8>,
    /// Whether workloads are seen with their own addresses outside; since 7.0.2, fixed for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routed_mode: Option<bool>,
}

/// Networks of a Supervisor with VDS networking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkloadNetworksEnable {
    /// The one of the Supervisor's own workloads.
    #[serde(rename = "supervisor_primary_workload_network")]
    pub primary: networks::CreateSpec,
    /// More of them.
    #[serde(rename = "network_list", skip_serializing_if = "Option::is_none")]
    pub more: Option<Vec<networks::CreateSpec>>,
}

// === impl ManagementNetwork ===

impl ManagementNetwork {
    /// With addresses out of a range.
    #[must_use]
    pub fn fixed(network: NetworkId, addresses: ManagementAddresses) -> Self {
        let mode = ManagementMode::StaticRange;
        Self { network, mode, addresses: Some(addresses), floating_ip: None }
    }

    /// With addresses from a server of the network.
    #[must_use]
    pub fn dhcp(network: NetworkId) -> Self {
        Self { network, mode: ManagementMode::Dhcp, addresses: None, floating_ip: None }
    }
}
