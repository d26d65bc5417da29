//! Values that several groups of calls share.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::LibraryId;

api_client::wire_enum! {
    /// How far vCenter is with what was asked of a Supervisor or a namespace.
    pub enum ConfigStatus {
        /// It is being applied.
        Configuring = "CONFIGURING",
        /// It is being taken down.
        Removing = "REMOVING",
        /// It is as it was asked for.
        Running = "RUNNING",
        /// Something is wrong; it may heal by itself within minutes.
        Error = "ERROR",
    }
}

api_client::wire_enum! {
    /// How a Supervisor's Kubernetes is. It is ready before the configuration is.
    pub enum KubernetesStatus {
        /// It takes work.
        Ready = "READY",
        /// It takes work, and has trouble.
        Warning = "WARNING",
        /// It may take no work.
        Error = "ERROR",
    }
}

api_client::wire_enum! {
    /// What gives a Supervisor its networks.
    pub enum NetworkProvider {
        /// NSX, by way of NCP.
        Nsx = "NSXT_CONTAINER_PLUGIN",
        /// Port groups that exist; since 7.0.1.
        Vsphere = "VSPHERE_NETWORK",
        /// NSX, with a VPC for each namespace; since 9.0.
        NsxVpc = "NSX_VPC",
    }
}

api_client::wire_enum! {
    /// Size of the control plane's virtual machines.
    pub enum SizingHint {
        /// For trials.
        Tiny = "TINY",
        /// The usual.
        Small = "SMALL",
        /// More.
        Medium = "MEDIUM",
        /// Most.
        Large = "LARGE",
    }
}

api_client::wire_enum! {
    /// Where the proxy of a Supervisor is configured.
    pub enum ProxySource {
        /// In vCenter.
        Vcenter = "VC_INHERITED",
        /// In the Supervisor.
        Supervisor = "CLUSTER_CONFIGURED",
        /// There is none.
        None = "NONE",
    }
}

/// A block of addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Ipv4Cidr {
    /// First address.
    pub address: String,
    /// Length of the prefix.
    pub prefix: u8,
}

/// Addresses in a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct IpRange {
    /// First address.
    pub address: String,
    /// How many.
    pub count: u32,
}

/// A port on a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// Number of the port.
    pub port: u16,
}

/// A registry of container images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImageRegistry {
    /// Its host.
    pub hostname: String,
    /// Its port; 443 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// A content library that a Supervisor takes images from; since 8.0.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LibrarySource {
    /// The library.
    #[serde(rename = "content_library")]
    pub library: LibraryId,
    /// Services that may use it, all if not given; since 9.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervisor_services: Option<Vec<String>>,
}

/// The proxy of a Supervisor; since 7.0.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyConfiguration {
    /// Where it is configured. The other fields go with [`ProxySource::Supervisor`] alone.
    #[serde(rename = "proxy_settings_source")]
    pub source: ProxySource,
    /// Proxy for HTTP, as a URL.
    #[serde(rename = "http_proxy_config", skip_serializing_if = "Option::is_none")]
    pub http: Option<String>,
    /// Proxy for HTTPS, as a URL.
    #[serde(rename = "https_proxy_config", skip_serializing_if = "Option::is_none")]
    pub https: Option<String>,
    /// What is reached without it: addresses, blocks, domains.
    #[serde(rename = "no_proxy_config", skip_serializing_if = "Option::is_none")]
    pub direct: Option<Vec<String>>,
    /// Authorities that its certificate is verified with, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_root_ca_bundle: Option<String>,
}

/// What a Supervisor uses, and what its cluster has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Stats {
    /// In MHz.
    pub cpu_used: i64,
    /// In MHz.
    pub cpu_capacity: i64,
    /// In MiB.
    pub memory_used: i64,
    /// In MiB.
    pub memory_capacity: i64,
    /// In MiB.
    pub storage_used: i64,
    /// In MiB.
    pub storage_capacity: i64,
}

// === impl Ipv4Cidr ===

impl Ipv4Cidr {
    /// The block of that first address and prefix.
    pub fn new(address: impl fmt::Display, prefix: u8) -> Self {
        Self { address: address.to_string(), prefix }
    }
}

impl fmt::Display for Ipv4Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

// === impl IpRange ===

impl IpRange {
    /// That many addresses from that one on.
    pub fn new(address: impl fmt::Display, count: u32) -> Self {
        Self { address: address.to_string(), count }
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} addresses from {}", self.count, self.address)
    }
}
