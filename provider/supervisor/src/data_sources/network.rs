//! `supervisor_network`: a network by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Optional, Required};
use vcenter::inventory::NetworkFilter;

use super::by_name::{self, Kind};
use crate::{
    clients::{self, Clients},
    said,
};

/// A network that machines can be attached to: a port group of a distributed or a standard switch.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Managed object id, such as `dvportgroup-23`.
    pub id: Computed<String>,

    /// Name in vCenter.
    #[schemars(length(min = 1))]
    pub name: Required<String>,

    /// Name of its datacenter. Only needed where several datacenters have a network of that name.
    pub datacenter: Optional<String>,

    /// Kind of network: `DISTRIBUTED_PORTGROUP`, `STANDARD_PORTGROUP` or `OPAQUE_NETWORK`.
    pub r#type: Computed<String>,
}

/// The data source.
#[derive(Debug)]
pub struct Network;

impl DataSource for Network {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_network";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let found = find(cx, config.name.get()?, &config.datacenter).await?;
        Ok(Model {
            id: found.id.to_string().into(),
            r#type: found.kind.to_string().into(),
            ..config
        })
    }
}

/// The network of that name, in that datacenter if one is named.
pub(super) async fn find(
    cx: &Context<Clients>,
    name: &str,
    datacenter: &Optional<String>,
) -> Result<vcenter::inventory::Network, Error> {
    let datacenters = by_name::datacenter(cx, datacenter).await?;
    // vCenter refuses long lists, so the name goes into the question. All are only asked for to
    // say what there is.
    let here = NetworkFilter { datacenters, ..NetworkFilter::default() };
    let named = NetworkFilter { names: [name.to_owned()].into(), ..here.clone() };
    let vcenter = clients::vcenter(cx)?;
    let all = vcenter.inventory().networks(&named).await;
    let mut all = all.map_err(|why| said::told("list the networks", &why))?;
    if all.is_empty() {
        all = vcenter.inventory().networks(&here).await.unwrap_or_default();
    }
    let kind = Kind {
        server: "vCenter",
        one: "network",
        many: "networks",
        tell_apart: "name its `datacenter`",
    };
    by_name::only(kind, name, all, |it| &it.name, |it| it.id.to_string())
}
