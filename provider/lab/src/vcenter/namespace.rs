//! What the lab knows about one vSphere Namespace.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::message::Message;
use super::status::ConfigStatus;
use crate::{Tx, vcenter::documents};

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
    /// Changes with every change of the spec, so that what was scheduled before is recognised.
    pub(crate) revision: u64,
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

// === impl Namespace ===

impl Namespace {
    /// The namespace of that name.
    pub(crate) fn of(tx: &Tx<'_>, name: &str) -> Option<Self> {
        documents::read(tx, &path(name))
    }

    /// Every namespace, by name.
    pub(crate) fn all(tx: &Tx<'_>) -> Vec<Self> {
        documents::all(tx, "vcenter:/namespaces")
    }

    /// The namespaces of a Supervisor.
    pub(crate) fn on(tx: &Tx<'_>, cluster: &str) -> Vec<Self> {
        Self::all(tx).into_iter().filter(|namespace| namespace.cluster == cluster).collect()
    }

    /// Keeps it.
    pub(crate) fn save(&self, tx: &mut Tx<'_>) {
        documents::write(tx, &path(&self.name), self);
    }

    /// Forgets it.
    pub(crate) fn remove(&self, tx: &mut Tx<'_>) {
        tx.delete(&path(&self.name));
    }
}

fn path(name: &str) -> String {
    format!("vcenter:/namespaces/{name}")
}
