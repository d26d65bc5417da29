//! `supervisor_nsx_tier0_gateway`: a Tier-0 gateway by name.

use nsx::{Id, objects::Tier0};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Required};

use super::nsx_by_name;
use crate::clients::Clients;

/// A Tier-0 gateway: the way out of NSX.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Identifier in NSX.
    pub id: Computed<String>,

    /// Policy path.
    pub path: Computed<String>,

    /// Display name in NSX.
    #[schemars(length(min = 1))]
    pub name: Required<String>,
}

/// The data source.
#[derive(Debug)]
pub struct NsxTier0Gateway;

impl DataSource for NsxTier0Gateway {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_nsx_tier0_gateway";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let parent = Id::root();
        let name = config.name.get()?;
        let found: Tier0 =
            nsx_by_name::find(cx, &parent, ["Tier-0 gateway", "Tier-0 gateways"], name).await?;
        let path = found.meta.path;
        Ok(Model { id: found.meta.id.into(), path: path.into(), name: config.name })
    }
}
