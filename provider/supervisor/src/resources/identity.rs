//! What resources are known by. Each is unique in the servers of one `provider` block, and as good
//! as the id for an import.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Error, Identity, Required, Unknown, identity::Stability};

/// What a Supervisor is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ById {
    /// The vSphere cluster's managed object id, such as `domain-c8`; of a Supervisor on zones, the
    /// Supervisor's own id.
    pub id: Required<String>,
}

impl Identity for ById {
    fn import_id(&self) -> Result<String, Error> {
        Ok(self.id.get()?.clone())
    }
}

/// What a namespace is known by: a vCenter has each name once.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ByName {
    /// Name of the namespace.
    pub name: Required<String>,
}

impl Identity for ByName {
    fn import_id(&self) -> Result<String, Error> {
        Ok(self.name.get()?.clone())
    }
}

/// What a network of a Supervisor is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ByCluster {
    /// Managed object id of the Supervisor's cluster, such as `domain-c58`.
    pub cluster: Required<String>,
    /// Name of the network in the Supervisor.
    pub name: Required<String>,
}

impl Identity for ByCluster {
    fn import_id(&self) -> Result<String, Error> {
        Ok(format!("{}/{}", self.cluster.get()?, self.name.get()?))
    }
}

/// What an allocation of subnets is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ByPodCidrs {
    /// The networks that are cut into subnets.
    pub pod_cidrs: Required<Vec<String>>,
}

impl Identity for ByPodCidrs {
    /// Networks are appended.
    const STABILITY: Stability = Stability::Mutable;

    fn import_id(&self) -> Result<String, Error> {
        Ok(self.pod_cidrs.get()?.join(","))
    }
}

/// What an object in NSX is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ByPath {
    /// Its policy path: the attribute `path`.
    pub path: Required<String>,
}

impl ByPath {
    pub(super) fn of(path: &Computed<String>) -> Result<Self, Unknown> {
        Ok(Self { path: path.get()?.clone().into() })
    }
}

impl Identity for ByPath {
    fn import_id(&self) -> Result<String, Error> {
        Ok(self.path.get()?.clone())
    }
}
