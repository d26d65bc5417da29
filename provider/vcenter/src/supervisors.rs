//! Supervisors by their own id: how they are enabled since 8.0.0.1, and what is told about them.
//!
//! [`Supervisors::of_cluster`] says which belongs to a cluster. Reading and changing a
//! Supervisor goes by its cluster: see [`clusters`](crate::clusters).

mod edge;
mod enable;
mod network;

use api_client::{Request, Wants};
use schemars::JsonSchema;
use serde::Deserialize;

pub use edge::{Edge, EdgeProvider, HaProxy, NsxAdvanced, NsxEdge, RoutingMode};
pub use enable::{
    ApiServerOptions, ApiServerSecurity, ControlPlane, EnableOnClusterSpec, EnableOnZonesSpec,
    Images, Workloads, WorkloadsStorage,
};
pub use network::{
    AddressAssignment, Assignee, Dns, IpManagement, ManagementBacking, ManagementBackingType,
    ManagementNetwork, NetworkServices, NetworkType, NsxWorkloads, Ntp, VsphereWorkloads,
    WorkloadNetwork,
};

use crate::client::{Vcenter, part};
use crate::clusters::{Condition, Message};
use crate::error::{Error, found};
use crate::id::{ClusterId, SupervisorId, ZoneId};
use crate::value::{ConfigStatus, KubernetesStatus, Stats};

/// Calls about Supervisors by their own id.
#[derive(Clone, Copy, Debug)]
pub struct Supervisors<'a>(&'a Vcenter);

/// Which Supervisors are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state.
    pub config_status: Option<ConfigStatus>,
    /// With their Kubernetes in this one.
    pub kubernetes_status: Option<KubernetesStatus>,
}

/// A Supervisor in short.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// How far vCenter is with it.
    pub config_status: ConfigStatus,
    /// How its Kubernetes is.
    pub kubernetes_status: KubernetesStatus,
    /// What it uses.
    #[serde(default)]
    pub stats: Stats,
    /// What vCenter says about it; since 9.1.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// Where users reach its Kubernetes API; since 9.1.
    #[serde(rename = "APIEndpoint")]
    pub api_endpoint: Option<String>,
}

/// A Supervisor in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Listed {
    /// Its id.
    pub supervisor: SupervisorId,
    /// It in short.
    pub info: Summary,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct List {
    items: Vec<Listed>,
}

/// A zone of a Supervisor, and what is in it. A Supervisor on a single cluster has one of these.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Zone {
    /// Its name.
    pub zone: ZoneId,
    /// Its clusters.
    pub clusters: Vec<ClusterId>,
}

const BASE: &str = "/api/vcenter/namespace-management/supervisors";

// === impl Vcenter ===

impl Vcenter {
    /// Supervisors by their own id.
    #[must_use]
    pub fn supervisors(&self) -> Supervisors<'_> {
        Supervisors(self)
    }
}

// === impl Supervisors ===

impl Supervisors<'_> {
    fn path(supervisor: &SupervisorId, section: &str) -> String {
        format!("{BASE}/{}/{section}", part(supervisor))
    }

    /// Makes a cluster a Supervisor. Sent once: if the outcome is unknown, look whether the cluster
    /// is in [`Clusters::list`](crate::clusters::Clusters::list) before asking again.
    pub async fn enable_on_cluster(
        self,
        cluster: &ClusterId,
        spec: &EnableOnClusterSpec,
    ) -> Result<SupervisorId, Error> {
        let path = format!("{BASE}/{}", part(cluster));
        let request = Request::post(path).query("action", "enable_on_compute_cluster");
        self.0.read(request.wants(Wants::Json).json(spec)).await
    }

    /// Makes the clusters of one or three zones a Supervisor. Sent once.
    pub async fn enable_on_zones(self, spec: &EnableOnZonesSpec) -> Result<SupervisorId, Error> {
        let request = Request::post(BASE).query("action", "enable_on_zones");
        self.0.read(request.wants(Wants::Json).json(spec)).await
    }

    /// Supervisors in short; all, without a filter.
    pub async fn summaries(self, filter: &Filter) -> Result<Vec<Listed>, Error> {
        let Filter { config_status, kubernetes_status } = filter;
        let mut request = Request::get(format!("{BASE}/summaries"));
        if let Some(status) = config_status {
            request = request.query("config_status", status);
        }
        if let Some(status) = kubernetes_status {
            request = request.query("kubernetes_status", status);
        }
        let List { items } = self.0.read(request).await?;
        Ok(items)
    }

    /// The Supervisor that a cluster belongs to, if it does; a call for each Supervisor until it is
    /// found.
    pub async fn of_cluster(self, cluster: &ClusterId) -> Result<Option<SupervisorId>, Error> {
        for Listed { supervisor, .. } in self.summaries(&Filter::default()).await? {
            let zones = found(self.topology(&supervisor).await)?.unwrap_or_default();
            if zones.iter().any(|zone| zone.clusters.contains(cluster)) {
                return Ok(Some(supervisor));
            }
        }
        Ok(None)
    }

    /// A Supervisor in short.
    pub async fn summary(self, supervisor: &SupervisorId) -> Result<Summary, Error> {
        self.0.read(Request::get(Self::path(supervisor, "summary"))).await
    }

    /// A Supervisor's parts, one by one.
    pub async fn conditions(self, supervisor: &SupervisorId) -> Result<Vec<Condition>, Error> {
        self.0.read(Request::get(Self::path(supervisor, "conditions"))).await
    }

    /// Zones and clusters of a Supervisor.
    pub async fn topology(self, supervisor: &SupervisorId) -> Result<Vec<Zone>, Error> {
        self.0.read(Request::get(Self::path(supervisor, "topology"))).await
    }
}
