//! What a namespace is made of.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::{Role, Subject, SubjectType};
use crate::id::{
    ClusterId, LibraryId, NamespaceId, PolicyId, SupervisorId, VmClassId, WorkloadNetworkId,
};
use crate::networks::NsxNetwork;
use crate::value::NetworkProvider;

/// A namespace to be.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CreateSpec {
    /// Its name.
    pub namespace: NamespaceId,
    /// Networks of the Supervisor that its workloads may use, the primary one if not given. With
    /// VDS networking alone; fixed for ever. Since 7.0.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub networks: Option<Vec<WorkloadNetworkId>>,
    /// A network of its own. With NSX alone; since 7.0.2.
    #[serde(rename = "namespace_network", skip_serializing_if = "Option::is_none")]
    pub network: Option<NamespaceNetwork>,
    /// Who made it, the one who calls if not given; since 7.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<Principal>,
    /// What may change later.
    #[serde(flatten)]
    pub settings: Settings,
}

/// What may change in a namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Settings {
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may do what.
    #[serde(rename = "access_list", skip_serializing_if = "Option::is_none")]
    pub access: Option<Vec<AccessEntry>>,
    /// Storage it may use.
    #[serde(rename = "storage_specs", skip_serializing_if = "Option::is_none")]
    pub storage: Option<Vec<StorageSpec>>,
    /// Limits, in the form that vCenter has for them: `cpu_limit` in MHz, `memory_limit` in MiB,
    /// and more. The contract does not say which.
    #[serde(rename = "resource_spec", skip_serializing_if = "Option::is_none")]
    pub resources: Option<BTreeMap<String, Value>>,
    /// What its virtual machines may be made of; since 7.0.2.
    #[serde(rename = "vm_service_spec", skip_serializing_if = "Option::is_none")]
    pub vm_service: Option<VmService>,
    /// Libraries it may use, and how; since 8.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_libraries: Option<Vec<LibraryAccess>>,
}

/// A role of somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct AccessEntry {
    /// Whether it is one person or many.
    pub subject_type: SubjectType,
    /// Name without the domain.
    pub subject: String,
    /// Domain of vCenter's identity source, such as `vsphere.local`.
    pub domain: String,
    /// What they may do.
    pub role: Role,
    /// Id of the identity provider, if it is not vCenter's own; since 8.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<String>,
}

/// Storage of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct StorageSpec {
    /// Its policy.
    pub policy: PolicyId,
    /// Most of it, in MiB; all that there is, if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// What virtual machines may be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VmService {
    /// Their classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_classes: Option<BTreeSet<VmClassId>>,
    /// Libraries of their images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_libraries: Option<BTreeSet<LibraryId>>,
}

/// How a namespace may use a library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LibraryAccess {
    /// The library.
    #[serde(rename = "content_library")]
    pub library: LibraryId,
    /// Whether it may put items into it, no if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writable: Option<bool>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Principal {
    /// Name without the domain.
    pub subject: String,
    /// Domain of vCenter's identity source.
    pub domain: String,
}

/// A network of a namespace's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamespaceNetwork {
    /// What it is made of: NSX.
    #[serde(rename = "network_provider")]
    pub provider: NetworkProvider,
    /// Its blocks, and more.
    #[serde(rename = "network", skip_serializing_if = "Option::is_none")]
    pub nsx: Option<NsxNetwork>,
}

/// A namespace to be in the Supervisor of a cluster.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InCluster<'a> {
    pub(crate) cluster: &'a ClusterId,
    #[serde(flatten)]
    pub(crate) spec: &'a CreateSpec,
}

/// A namespace to be in a Supervisor.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InSupervisor<'a> {
    pub(crate) supervisor: &'a SupervisorId,
    #[serde(flatten)]
    pub(crate) spec: &'a CreateSpec,
}

// === impl CreateSpec ===

impl CreateSpec {
    /// A namespace of that name, on the networks that the Supervisor gives it.
    #[must_use]
    pub fn new(namespace: NamespaceId, settings: Settings) -> Self {
        Self { namespace, networks: None, network: None, creator: None, settings }
    }
}

// === impl NamespaceNetwork ===

impl NamespaceNetwork {
    /// A network of NSX.
    #[must_use]
    pub fn nsx(network: NsxNetwork) -> Self {
        Self { provider: NetworkProvider::Nsx, nsx: Some(network) }
    }
}

// === impl AccessEntry ===

impl AccessEntry {
    /// A role of somebody that vCenter itself knows.
    #[must_use]
    pub fn new(subject: Subject, role: Role) -> Self {
        let Subject { domain, name, kind } = subject;
        Self { subject_type: kind, subject: name, domain, role, identity_provider: None }
    }
}
