//! `supervisor_nsx_edge_cluster`: an edge cluster by name.

use nsx::objects::{EdgeCluster, default_site};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Required};

use super::nsx_by_name;
use crate::clients::Clients;

/// An NSX edge cluster: where gateways and load balancers run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Identifier by which vCenter knows it, as `supervisor_cluster` wants it.
    pub id: Computed<String>,

    /// Policy path.
    pub path: Computed<String>,

    /// Display name in NSX.
    #[schemars(length(min = 1))]
    pub name: Required<String>,
}

/// The data source.
#[derive(Debug)]
pub struct NsxEdgeCluster;

impl DataSource for NsxEdgeCluster {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_nsx_edge_cluster";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let parent = default_site();
        let name = config.name.get()?;
        let found: EdgeCluster =
            nsx_by_name::find(cx, &parent, ["edge cluster", "edge clusters"], name).await?;
        let path = found.meta.path;
        Ok(Model {
            id: found.nsx_id.or(found.meta.id).into(),
            path: path.into(),
            name: config.name,
        })
    }
}
