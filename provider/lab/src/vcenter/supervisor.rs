//! What the lab knows about one Supervisor.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::addresses::Range;
use super::message::Message;
use super::software::Software;
use super::status::{ConfigStatus, KubernetesStatus};
use crate::{LabTime, Tx, vcenter::documents};

/// The document at `vcenter:/supervisors/{cluster}`: the spec of either API generation in one shape, and the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Supervisor {
    /// `MoID` of the vSphere cluster.
    pub(crate) cluster: String,
    /// The UUID that the `supervisors` API goes by.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) config_status: ConfigStatus,
    pub(crate) kubernetes_status: KubernetesStatus,
    /// How far the control loop has come.
    pub(crate) step: Step,
    /// When it came there, step by step.
    pub(crate) reached: Vec<(Step, LabTime)>,
    /// The step that failed and is not tried again by itself.
    pub(crate) stuck: Option<Step>,
    /// Changes with every enable and every change of the spec, so that what was scheduled for an
    /// earlier one is recognised as stale.
    pub(crate) revision: u64,
    pub(crate) messages: Vec<Message>,
    pub(crate) kubernetes_messages: Vec<Message>,
    pub(crate) endpoints: Endpoints,
    pub(crate) control_plane: ControlPlane,
    pub(crate) workloads: Workloads,
    pub(crate) service_cidr: Ipv4Net,
    pub(crate) network: Network,
    #[serde(default)]
    pub(crate) software: Software,
}

/// What the control loop has finished last (behaviour.md 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Step {
    /// The spec was accepted, nothing was made.
    Accepted,
    /// Resource pool, folder and agency exist.
    Infrastructure,
    /// The control plane's VMs exist.
    ControlPlaneVms,
    /// NSX objects exist, or the load balancer is set up.
    NetworkObjects,
    /// The Kubernetes API answers.
    KubernetesUp,
    /// Core services run: the end.
    CoreServices,
}

/// Where the Kubernetes API is reached; unset until the control loop came that far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    /// Floating address on the management network.
    pub(crate) management: Option<Ipv4Addr>,
    /// Address of the load balancer in front of the API servers.
    pub(crate) cluster: Option<Ipv4Addr>,
    /// Management addresses of the control plane's VMs.
    pub(crate) servers: Vec<Ipv4Addr>,
}

/// The control plane's VMs and their management network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ControlPlane {
    /// TINY, SMALL, MEDIUM or LARGE.
    pub(crate) size: String,
    pub(crate) count: u32,
    pub(crate) storage_policy: String,
    pub(crate) management: Management,
    pub(crate) dns_servers: Vec<String>,
    pub(crate) dns_search_domains: Vec<String>,
    pub(crate) ntp_servers: Vec<String>,
    /// Names in the certificate of the API server.
    pub(crate) dns_names: Vec<String>,
    pub(crate) login_banner: Option<String>,
    /// `ProxyConfiguration` as it was sent: nothing in the lab depends on it.
    pub(crate) proxy: Option<Value>,
}

/// How the control plane's VMs get their management addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Management {
    /// `MoID` of the port group.
    pub(crate) network: String,
    pub(crate) addressing: Addressing,
}

/// Static or dynamic addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "UPPERCASE")]
pub(crate) enum Addressing {
    Dhcp {
        /// Given, or taken from the DHCP server.
        floating_ip: Option<Ipv4Addr>,
    },
    StaticRange {
        range: Range,
        gateway: Ipv4Addr,
        subnet_mask: Ipv4Addr,
    },
}

/// What workloads get.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Workloads {
    pub(crate) dns_servers: Vec<String>,
    pub(crate) ntp_servers: Vec<String>,
    pub(crate) ephemeral_storage_policy: String,
    pub(crate) image_storage_policy: String,
    /// `ImageRegistry` as it was sent.
    pub(crate) registry: Option<Value>,
    pub(crate) repository: Option<String>,
    pub(crate) kubernetes_library: Option<String>,
    /// `ContentLibrarySpec`s as they were sent.
    pub(crate) content_libraries: Vec<Value>,
    /// `CNSFileConfig` as it was sent.
    pub(crate) file_volumes: Option<Value>,
}

/// The Supervisor's networking; it never changes its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "provider")]
pub(crate) enum Network {
    /// NSX with NCP.
    #[serde(rename = "NSXT_CONTAINER_PLUGIN")]
    Ncp(Ncp),
    /// Port groups of a VDS, with a load balancer beside them.
    #[serde(rename = "VSPHERE_NETWORK")]
    Vsphere(Vsphere),
}

/// What NCP is configured with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ncp {
    /// UUID of the VDS.
    pub(crate) distributed_switch: String,
    pub(crate) edge_cluster: String,
    pub(crate) tier0: String,
    pub(crate) pod_cidrs: Vec<Ipv4Net>,
    pub(crate) ingress_cidrs: Vec<Ipv4Net>,
    /// Empty in routed mode.
    pub(crate) egress_cidrs: Vec<Ipv4Net>,
    pub(crate) namespace_subnet_prefix: u8,
    pub(crate) routed_mode: bool,
    /// SMALL, MEDIUM or LARGE.
    pub(crate) load_balancer_size: String,
    /// PEM, or empty.
    pub(crate) ingress_certificate: String,
}

/// VDS networking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Vsphere {
    /// Name of the primary workload network; its document is at `vcenter:/networks/{cluster}/{name}`.
    pub(crate) primary: String,
    pub(crate) load_balancer: LoadBalancer,
}

/// The load balancer of a Supervisor with VDS networking; its password is checked and forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LoadBalancer {
    pub(crate) id: String,
    pub(crate) provider: LoadBalancerProvider,
    pub(crate) address_ranges: Vec<Range>,
    pub(crate) servers: Vec<Server>,
    pub(crate) username: String,
    pub(crate) certificate_authority_chain: String,
}

/// Who balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LoadBalancerProvider {
    #[serde(rename = "HA_PROXY")]
    HaProxy,
    #[serde(rename = "AVI")]
    Avi,
}

/// Where a load balancer's own API is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
}

// === impl Supervisor ===

impl Supervisor {
    /// The Supervisor on that cluster.
    pub(crate) fn of(tx: &Tx<'_>, cluster: &str) -> Option<Self> {
        documents::read(tx, &path(cluster))
    }

    /// Every Supervisor, in the order of the clusters' ids.
    pub(crate) fn all(tx: &Tx<'_>) -> Vec<Self> {
        documents::all(tx, "vcenter:/supervisors")
    }

    /// Keeps it.
    pub(crate) fn save(&self, tx: &mut Tx<'_>) {
        documents::write(tx, &path(&self.cluster), self);
    }

    /// Forgets it.
    pub(crate) fn remove(&self, tx: &mut Tx<'_>) {
        tx.delete(&path(&self.cluster));
    }

    /// NCP's configuration, where NCP runs.
    pub(crate) const fn ncp(&self) -> Option<&Ncp> {
        match &self.network {
            Network::Ncp(ncp) => Some(ncp),
            Network::Vsphere(_) => None,
        }
    }
}

fn path(cluster: &str) -> String {
    format!("vcenter:/supervisors/{cluster}")
}

// === impl Step ===

impl Step {
    /// The step after this one.
    pub(crate) const fn next(self) -> Option<Self> {
        match self {
            Self::Accepted => Some(Self::Infrastructure),
            Self::Infrastructure => Some(Self::ControlPlaneVms),
            Self::ControlPlaneVms => Some(Self::NetworkObjects),
            Self::NetworkObjects => Some(Self::KubernetesUp),
            Self::KubernetesUp => Some(Self::CoreServices),
            Self::CoreServices => None,
        }
    }
}
