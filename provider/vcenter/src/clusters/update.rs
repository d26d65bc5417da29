//! What may change in a Supervisor.

use api_client::Secret;
use schemars::JsonSchema;
use serde::Serialize;

use super::{FileVolumes, ImageStorage};
use crate::id::{LibraryId, PolicyId};
use crate::value::{
    ImageRegistry, Ipv4Cidr, LibrarySource, NetworkProvider, ProxyConfiguration, SizingHint,
};

/// What changes; the rest stays. What is not here is fixed for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UpdateSpec {
    /// Size of the control plane's machines.
    #[serde(rename = "size_hint", skip_serializing_if = "Option::is_none")]
    pub size: Option<SizingHint>,
    /// Where networks come from; goes with `ncp` and cannot change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_provider: Option<NetworkProvider>,
    /// Blocks of NCP.
    #[serde(rename = "ncp_cluster_network_spec", skip_serializing_if = "Option::is_none")]
    pub ncp: Option<NcpUpdate>,
    /// The address that floats among the control plane's machines; since 7.0.3.
    #[serde(rename = "floating_IP", skip_serializing_if = "Option::is_none")]
    pub floating_ip: Option<String>,
    /// Name servers on the management network.
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
    /// More names in the certificate of the Kubernetes API; since 8.0.2.
    #[serde(rename = "Master_DNS_names", skip_serializing_if = "Option::is_none")]
    pub api_server_dns_names: Option<Vec<String>>,
    /// Storage of the control plane's machines.
    #[serde(rename = "master_storage_policy", skip_serializing_if = "Option::is_none")]
    pub control_plane_storage_policy: Option<PolicyId>,
    /// Storage of pods' own disks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage_policy: Option<PolicyId>,
    /// Storage of container images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_storage: Option<ImageStorage>,
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
    /// The proxy; since 7.0.3. A change restarts what runs containers.
    #[serde(rename = "cluster_proxy_config", skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyConfiguration>,
    /// What users see before they log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_banner: Option<String>,
    /// How many machines the control plane has, from 1 to 3 only; since 9.0.
    #[serde(rename = "count", skip_serializing_if = "Option::is_none")]
    pub control_plane_count: Option<u32>,
    /// Certificate of the Kubernetes API, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_endpoint_certificate: Option<String>,
    /// Its private key, as PEM; since 9.0.
    #[serde(serialize_with = "api_client::reveal_some", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub tls_endpoint_private_key: Option<Secret>,
    /// Turns on pods that run on the hosts; they cannot be turned off. Since 9.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vsphere_pods_enabled: Option<bool>,
    /// Turns on Supervisor Services; they cannot be turned off. Since 9.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervisor_services_enabled: Option<bool>,
}

/// Blocks of NCP: all that there shall be. They can be added, none can change or go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NcpUpdate {
    /// Blocks that the subnets of namespaces are cut out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_cidrs: Option<Vec<Ipv4Cidr>>,
    /// Blocks for the addresses of Services and Ingresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_cidrs: Option<Vec<Ipv4Cidr>>,
    /// Blocks for the addresses that workloads are seen with outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress_cidrs: Option<Vec<Ipv4Cidr>>,
    /// Certificate of Ingresses that have none, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_ingress_tls_certificate: Option<String>,
    /// Its private key, as PEM; since 9.0.
    #[serde(serialize_with = "api_client::reveal_some", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub default_ingress_tls_private_key: Option<Secret>,
}

// === impl UpdateSpec ===

impl UpdateSpec {
    /// A change of NCP's blocks, with the provider that they belong to.
    #[must_use]
    pub fn ncp(blocks: NcpUpdate) -> Self {
        let network_provider = Some(NetworkProvider::Nsx);
        Self { network_provider, ncp: Some(blocks), ..Self::default() }
    }
}
