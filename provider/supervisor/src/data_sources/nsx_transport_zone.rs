//! `supervisor_nsx_transport_zone`: a transport zone by name.

use nsx::objects::{TransportZone, default_site};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Required};

use super::nsx_by_name;
use crate::clients::Clients;

/// A transport zone: the hypervisors and edges that share segments.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Identifier in NSX.
    pub id: Computed<String>,

    /// Policy path.
    pub path: Computed<String>,

    /// How its segments travel: `OVERLAY_STANDARD`, `OVERLAY_ENS`, `OVERLAY_BACKED` or
    /// `VLAN_BACKED`.
    #[serde(rename = "type")]
    pub kind: Computed<String>,

    /// Display name in NSX.
    #[schemars(length(min = 1))]
    pub name: Required<String>,
}

/// The data source.
#[derive(Debug)]
pub struct NsxTransportZone;

impl DataSource for NsxTransportZone {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_nsx_transport_zone";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let parent = default_site();
        let name = config.name.get()?;
        let found: TransportZone =
            nsx_by_name::find(cx, &parent, ["transport zone", "transport zones"], name).await?;
        let path = found.meta.path;
        let kind = found.tz_type.map(|it| it.to_string());
        Ok(Model {
            id: found.meta.id.into(),
            path: path.into(),
            kind: kind.into(),
            name: config.name,
        })
    }
}
