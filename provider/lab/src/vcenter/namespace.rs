//! What the lab knows about one vSphere Namespace.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::message::Message;
use super::status::ConfigStatus;

/// The document at `vcenter:/namespaces/{name}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Namespace {
    pub(crate) name: String,
    /// UID of the Kubernetes namespace.
    pub(crate) uid: String,
    /// `MoID` of the Supervisor's cluster.
    pub(crate) cluster: String,
    pub(crate) config_status: ConfigStatus,
    pub(crate) messages: Vec<Message>,
    pub(crate) description: String,
    pub(crate) access: Vec<Access>,
    pub(crate) storage: Vec<Storage>,
    /// Resource quota as it was sent; the contract leaves it open.
    pub(crate) resources: Option<Value>,
    pub(crate) vm_classes: Vec<String>,
    /// Libraries of the VM service.
    pub(crate) vm_libraries: Vec<String>,
    /// `ContentLibrarySpec`s of the VM image service as they were sent.
    pub(crate) content_libraries: Vec<Value>,
    /// Workload networks, with VDS networking only.
    pub(crate) networks: Vec<String>,
    /// The namespace's own network, with NSX only.
    pub(crate) network: Option<NetworkOverride>,
    pub(crate) creator: Option<Value>,
    /// Zones, with a Supervisor on zones only.
    pub(crate) zones: Vec<String>,
}

/// Who may do what in a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Access {
    /// USER or GROUP.
    pub(crate) subject_type: String,
    pub(crate) subject: String,
    pub(crate) domain: String,
    /// OWNER, EDIT or VIEW.
    pub(crate) role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity_provider: Option<String>,
}

/// A storage policy and how much of it the namespace may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Storage {
    pub(crate) policy: String,
    /// MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u64>,
}

/// Where a namespace leaves its Supervisor's network; an empty list means the Supervisor's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NetworkOverride {
    pub(crate) namespace_network_cidrs: Vec<Ipv4Net>,
    pub(crate) ingress_cidrs: Vec<Ipv4Net>,
    pub(crate) egress_cidrs: Vec<Ipv4Net>,
    pub(crate) tier0: Option<String>,
    pub(crate) subnet_prefix_length: Option<u8>,
    pub(crate) routed_mode: bool,
    /// SMALL, MEDIUM or LARGE.
    pub(crate) load_balancer_size: String,
}
