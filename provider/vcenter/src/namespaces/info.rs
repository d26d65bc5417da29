//! A namespace as it is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{AccessEntry, LibraryAccess, Principal, StorageSpec, VmService};
use crate::id::{ClusterId, NamespaceId, SupervisorId, WorkloadNetworkId};
use crate::message::Message;
use crate::value::ConfigStatus;

/// A namespace, with the cluster of its Supervisor.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Info {
    /// The cluster.
    pub cluster: ClusterId,
    /// The namespace.
    #[serde(flatten)]
    pub details: Details,
}

/// A namespace, with its Supervisor.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct InfoV2 {
    /// The Supervisor.
    pub supervisor: SupervisorId,
    /// The namespace.
    #[serde(flatten)]
    pub details: Details,
}

/// A whole namespace, but for its name and place.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Details {
    /// How far vCenter is with it.
    pub config_status: ConfigStatus,
    /// What vCenter says about it.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// What it uses.
    #[serde(default)]
    pub stats: NamespaceStats,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Who may do what.
    #[serde(default, rename = "access_list")]
    pub access: Vec<AccessEntry>,
    /// Storage it may use.
    #[serde(default, rename = "storage_specs")]
    pub storage: Vec<StorageSpec>,
    /// Limits, in the form that vCenter has for them.
    #[serde(default, rename = "resource_spec")]
    pub resources: BTreeMap<String, Value>,
    /// Networks of the Supervisor that its workloads may use.
    #[serde(default)]
    pub networks: Vec<WorkloadNetworkId>,
    /// What its virtual machines may be made of.
    #[serde(rename = "vm_service_spec")]
    pub vm_service: Option<VmService>,
    /// Libraries it may use, and how; since 8.0.2.
    #[serde(default)]
    pub content_libraries: Vec<LibraryAccess>,
    /// Who made it.
    pub creator: Option<Principal>,
    /// Whether somebody made it by way of Kubernetes.
    #[serde(rename = "self_service_namespace")]
    pub is_self_service: Option<bool>,
}

/// What the workloads of a namespace ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct NamespaceStats {
    /// In MHz.
    pub cpu_used: i64,
    /// In MiB.
    pub memory_used: i64,
    /// In MiB.
    pub storage_used: i64,
}

/// A namespace in a list, with the cluster of its Supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Summary {
    /// The cluster.
    pub cluster: ClusterId,
    /// The namespace.
    #[serde(flatten)]
    pub details: SummaryDetails,
}

/// A namespace in a list, with its Supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct SummaryV2 {
    /// The Supervisor.
    pub supervisor: SupervisorId,
    /// The namespace.
    #[serde(flatten)]
    pub details: SummaryDetails,
}

/// A namespace in a list, but for its place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct SummaryDetails {
    /// Its name.
    pub namespace: NamespaceId,
    /// How far vCenter is with it.
    pub config_status: ConfigStatus,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What it uses.
    #[serde(default)]
    pub stats: NamespaceStats,
    /// Whether somebody made it by way of Kubernetes.
    #[serde(rename = "self_service_namespace")]
    pub is_self_service: Option<bool>,
}
