//! A Supervisor as it is.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{FileVolumes, ImageStorage, ManagementNetwork};
use crate::id::{EdgeClusterId, LibraryId, PolicyId, SwitchId, Tier0Id, WorkloadNetworkId};
use crate::message::{LocalizableMessage, Severity};
use crate::value::{
    ConfigStatus, ImageRegistry, Ipv4Cidr, KubernetesStatus, LibrarySource, NetworkProvider,
    ProxyConfiguration, SizingHint, Stats,
};
use crate::{load_balancers, networks};

/// A whole Supervisor. What vCenter leaves out is `None` or empty: a Supervisor that was never
/// enabled rightly has little.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Info {
    /// How far vCenter is with it.
    pub config_status: ConfigStatus,
    /// What vCenter says while it is not running; not all of it is fatal.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// How its Kubernetes is.
    pub kubernetes_status: KubernetesStatus,
    /// What Kubernetes says.
    #[serde(default)]
    pub kubernetes_status_messages: Vec<Message>,
    /// Its parts, one by one; since 8.0.0.1, deprecated in 9.1.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// What it uses.
    #[serde(default, rename = "stat_summary")]
    pub stats: Stats,
    /// Where users reach the Kubernetes API: the load balancer's address, once there is one.
    #[serde(default)]
    pub api_server_cluster_endpoint: String,
    /// Where administrators reach the Kubernetes API: the address that floats.
    #[serde(default)]
    pub api_server_management_endpoint: String,
    /// Management addresses of the control plane's machines.
    #[serde(default)]
    pub api_servers: BTreeSet<String>,
    /// Size of the control plane's machines.
    #[serde(rename = "size_hint")]
    pub size: Option<SizingHint>,
    /// How many machines the control plane has; since 9.0.
    #[serde(rename = "count")]
    pub control_plane_count: Option<u32>,
    /// Block of the cluster addresses of Services.
    pub service_cidr: Ipv4Cidr,
    /// Where networks come from.
    pub network_provider: NetworkProvider,
    /// With [`NetworkProvider::Nsx`].
    #[serde(rename = "ncp_cluster_network_info")]
    pub ncp: Option<NcpInfo>,
    /// With [`NetworkProvider::Vsphere`].
    pub workload_networks: Option<WorkloadNetworks>,
    /// Name of the primary workload network; since 9.0.
    #[serde(rename = "supervisor_primary_workload_network")]
    pub primary_workload_network: Option<WorkloadNetworkId>,
    /// With [`NetworkProvider::Vsphere`].
    #[serde(default)]
    pub load_balancers: Vec<load_balancers::Info>,
    /// The management network.
    #[serde(rename = "master_management_network")]
    pub management_network: Option<ManagementNetwork>,
    /// Name servers on the management network.
    #[serde(default, rename = "master_DNS")]
    pub management_dns: Vec<String>,
    /// Domains that short names are searched in.
    #[serde(default, rename = "master_DNS_search_domains")]
    pub management_dns_search_domains: Vec<String>,
    /// Time servers on the management network.
    #[serde(default, rename = "master_NTP_servers")]
    pub management_ntp_servers: Vec<String>,
    /// Name servers of workloads.
    #[serde(default, rename = "worker_DNS")]
    pub workload_dns: Vec<String>,
    /// Time servers of workloads.
    #[serde(default)]
    pub workload_ntp_servers: Vec<String>,
    /// More names in the certificate of the Kubernetes API.
    #[serde(default, rename = "Master_DNS_names")]
    pub api_server_dns_names: Vec<String>,
    /// Storage of the control plane's machines.
    #[serde(rename = "master_storage_policy")]
    pub control_plane_storage_policy: Option<PolicyId>,
    /// Storage of pods' own disks.
    pub ephemeral_storage_policy: Option<PolicyId>,
    /// Storage of container images.
    pub image_storage: Option<ImageStorage>,
    /// Registry that images come from if no other is named.
    pub default_image_registry: Option<ImageRegistry>,
    /// Repository that images come from if no other is named.
    pub default_image_repository: Option<String>,
    /// Library with the images of Kubernetes clusters.
    #[serde(rename = "default_kubernetes_service_content_library")]
    pub kubernetes_library: Option<LibraryId>,
    /// Libraries with images; since 8.0.2.
    #[serde(default)]
    pub content_libraries: Vec<LibrarySource>,
    /// Where volumes that many pods share are kept.
    #[serde(rename = "cns_file_config")]
    pub file_volumes: Option<FileVolumes>,
    /// The proxy.
    #[serde(rename = "cluster_proxy_config")]
    pub proxy: Option<ProxyConfiguration>,
    /// What users see before they log in.
    pub login_banner: Option<String>,
    /// Certificate of the Kubernetes API for users, as PEM.
    pub tls_endpoint_certificate: Option<String>,
    /// Certificate of the Kubernetes API for administrators, as PEM.
    pub tls_management_endpoint_certificate: Option<String>,
    /// Whether pods run on the hosts; since 9.0.
    pub vsphere_pods_enabled: Option<bool>,
    /// Whether Supervisor Services run; since 9.0.
    pub supervisor_services_enabled: Option<bool>,
}

/// A message about a Supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Message {
    /// How bad it is.
    pub severity: Severity,
    /// What it says.
    pub details: Option<LocalizableMessage>,
    /// Where more is written about it, as a URL; since 8.0.2.
    pub kb_article_link: Option<String>,
}

api_client::wire_enum! {
    /// Whether something is so.
    pub enum ConditionStatus {
        /// It is.
        True = "TRUE",
        /// It is not, or not yet.
        False = "FALSE",
        /// Nobody knows.
        Unknown = "UNKNOWN",
    }
}

/// One part of a Supervisor's state.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Condition {
    /// Which part, such as `ControlPlaneVMsDeployed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is so.
    pub status: ConditionStatus,
    /// Why it is not, in a word such as `ManagementDNSServersMissing`.
    #[serde(default)]
    pub reason: String,
    /// How bad that is.
    pub severity: Severity,
    /// What it means.
    #[serde(default)]
    pub description: LocalizableMessage,
    /// More about it.
    #[serde(default)]
    pub messages: Vec<crate::Message>,
    /// Since when it is so, as RFC 3339 writes it.
    pub last_transition_time: Option<String>,
}

/// What NCP works with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct NcpInfo {
    /// Blocks that the subnets of namespaces are cut out of.
    #[serde(default)]
    pub pod_cidrs: Vec<Ipv4Cidr>,
    /// Blocks for the addresses of Services and Ingresses.
    #[serde(default)]
    pub ingress_cidrs: Vec<Ipv4Cidr>,
    /// Blocks for the addresses that workloads are seen with outside.
    #[serde(default)]
    pub egress_cidrs: Vec<Ipv4Cidr>,
    /// The switch.
    #[serde(rename = "cluster_distributed_switch")]
    pub switch: SwitchId,
    /// The edge cluster.
    #[serde(rename = "nsx_edge_cluster")]
    pub edge_cluster: EdgeClusterId,
    /// The Tier-0 gateway; since 7.0.2.
    #[serde(rename = "nsx_tier0_gateway")]
    pub tier0: Option<Tier0Id>,
    /// Prefix of a namespace's subnet; since 7.0.2.
    pub namespace_subnet_prefix: Option<u8>,
    /// Whether workloads are seen with their own addresses outside; since 7.0.2.
    pub routed_mode: Option<bool>,
    /// Certificate of Ingresses that have none, as PEM.
    #[serde(default)]
    pub default_ingress_tls_certificate: String,
}

/// Networks of a Supervisor with VDS networking.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct WorkloadNetworks {
    /// The one of the Supervisor's own workloads.
    #[serde(rename = "supervisor_primary_workload_network")]
    pub primary: networks::Info,
    /// More of them.
    #[serde(default, rename = "network_list")]
    pub more: Vec<networks::Info>,
}
