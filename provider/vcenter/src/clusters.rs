//! Supervisors by their cluster: the only way on 7.x, and on every version the way to read a
//! Supervisor whole, to change it and to disable it.
//!
//! Nothing here waits. Enabling is accepted at once and takes most of an hour; disabling likewise,
//! until the cluster leaves the list. [`Info::config_status`] says how far it is.

mod enable;
mod info;
mod update;

use api_client::Request;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use enable::{
    EnableSpec, ImageStorage, ManagementAddresses, ManagementMode, ManagementNetwork, NcpEnable,
    WorkloadNetworksEnable,
};
pub use info::{Condition, ConditionStatus, Info, Message, NcpInfo, WorkloadNetworks};
pub use update::{NcpUpdate, UpdateSpec};

use crate::client::{Vcenter, part};
use crate::error::{Error, ErrorType, found};
use crate::id::ClusterId;
use crate::value::{ConfigStatus, KubernetesStatus, Stats};

/// Calls about Supervisors by their cluster.
#[derive(Clone, Copy, Debug)]
pub struct Clusters<'a>(&'a Vcenter);

/// A Supervisor in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Summary {
    /// Its cluster.
    pub cluster: ClusterId,
    /// Name of its cluster.
    pub cluster_name: String,
    /// How far vCenter is with it.
    pub config_status: ConfigStatus,
    /// How its Kubernetes is.
    pub kubernetes_status: KubernetesStatus,
    /// What it uses.
    #[serde(default)]
    pub stats: Stats,
}

/// Where volumes that many pods share are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileVolumes {
    /// Clusters of vSAN with a file service.
    pub vsan_clusters: Vec<ClusterId>,
}

const BASE: &str = "/api/vcenter/namespace-management/clusters";

// === impl Vcenter ===

impl Vcenter {
    /// Supervisors by their cluster.
    #[must_use]
    pub fn clusters(&self) -> Clusters<'_> {
        Clusters(self)
    }
}

// === impl Clusters ===

impl Clusters<'_> {
    fn path(cluster: &ClusterId) -> String {
        format!("{BASE}/{}", part(cluster))
    }

    /// Every Supervisor: also those that are being enabled or disabled, and those in trouble.
    pub async fn list(self) -> Result<Vec<Summary>, Error> {
        self.0.read(Request::get(BASE)).await
    }

    /// The Supervisor of a cluster, if that has one. vCenter says of a cluster without that this is
    /// unsupported there, and of a cluster that it does not know that it is not found.
    pub async fn find(self, cluster: &ClusterId) -> Result<Option<Info>, Error> {
        match found(self.get(cluster).await) {
            Err(error) if error.error_type() == Some(&ErrorType::Unsupported) => Ok(None),
            other => other,
        }
    }

    /// A whole Supervisor. A cluster without one is refused.
    pub async fn get(self, cluster: &ClusterId) -> Result<Info, Error> {
        self.0.read(Request::get(Self::path(cluster))).await
    }

    /// Makes a cluster a Supervisor; deprecated in 9.0, and still served. Sent once.
    pub async fn enable(self, cluster: &ClusterId, spec: &EnableSpec) -> Result<(), Error> {
        let request = Request::post(Self::path(cluster)).query("action", "enable");
        self.0.write(request.json(spec)).await
    }

    /// Changes what is given; lists are replaced whole. Blocks of addresses can be added, none can
    /// go.
    pub async fn update(self, cluster: &ClusterId, spec: &UpdateSpec) -> Result<(), Error> {
        self.0.write(Request::patch(Self::path(cluster)).json(spec)).await
    }

    /// Gives the users of the control plane's VMs new passwords. Sent once.
    pub async fn rotate_password(self, cluster: &ClusterId) -> Result<(), Error> {
        self.0.write(Request::post(Self::path(cluster)).query("action", "rotate_password")).await
    }

    /// Takes the Supervisor down, with all that is in it; whatever state it is in. Sent once.
    pub async fn disable(self, cluster: &ClusterId) -> Result<(), Error> {
        self.0.write(Request::post(Self::path(cluster)).query("action", "disable")).await
    }
}
