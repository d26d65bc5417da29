//! `supervisor_compute_cluster`: a vSphere cluster by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Optional, Required};
use vcenter::{NetworkProvider, inventory::ClusterFilter};

use super::by_name::{self, Kind};
use crate::{
    clients::{self, Clients},
    said,
};

/// A vSphere cluster, and whether it can become a Supervisor.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Managed object id, such as `domain-c8`.
    pub id: Computed<String>,

    /// Name in vCenter.
    #[schemars(length(min = 1))]
    pub name: Required<String>,

    /// Name of its datacenter. Only needed where several datacenters have a cluster of that name.
    pub datacenter: Optional<String>,

    /// Whether it can become a Supervisor with NSX networking. A cluster that is one already is
    /// compatible.
    pub compatible: Computed<bool>,

    /// Why it cannot: every reason.
    pub incompatibility_reasons: Computed<Vec<String>>,
}

/// The data source.
#[derive(Debug)]
pub struct ComputeCluster;

impl DataSource for ComputeCluster {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_compute_cluster";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let datacenters = by_name::datacenter(cx, &config.datacenter).await?;
        let vcenter = clients::vcenter(cx)?;
        let filter = ClusterFilter { datacenters, ..ClusterFilter::default() };
        let all = vcenter.inventory().clusters(&filter).await;
        let all = all.map_err(|why| said::told("list the clusters", &why))?;
        let kind = Kind {
            server: "vCenter",
            one: "cluster",
            many: "clusters",
            tell_apart: "name its `datacenter`",
        };
        let found =
            by_name::only(kind, config.name.get()?, all, |it| &it.name, |it| it.id.to_string())?;
        let list = vcenter.compatibility().clusters(&NetworkProvider::Nsx).await;
        let list = list.map_err(|why| said::told("read the compatibility of clusters", &why))?;
        let judged = list.into_iter().find(|it| it.cluster == found.id);
        let reasons = judged.as_ref().map(|it| it.reasons.iter().map(said::text).collect());
        Ok(Model {
            id: found.id.to_string().into(),
            compatible: judged.is_some_and(|it| it.compatible).into(),
            incompatibility_reasons: reasons.unwrap_or_else(Vec::new).into(),
            ..config
        })
    }
}
