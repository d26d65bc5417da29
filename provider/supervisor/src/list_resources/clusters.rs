//! The Supervisors of a vCenter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Error, Found, ListResource};

use crate::{
    clients::{self, Clients},
    resources::{
        cluster::{Cluster, candidates},
        identity::ById,
    },
};

/// The Supervisors of the vCenter: clusters, or zones, with Kubernetes on them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Config {}

/// The list.
#[derive(Debug)]
pub struct Clusters;

impl ListResource for Clusters {
    type Resource = Cluster;
    type Config = Config;

    async fn list(
        &self,
        cx: &Context<Clients>,
        _: Config,
        found: &Found<Cluster>,
    ) -> Result<(), Error> {
        for it in candidates(&clients::vcenter(cx)?).await? {
            found.add(&ById { id: it.id().into() }, it.name).await?;
        }
        Ok(())
    }
}
