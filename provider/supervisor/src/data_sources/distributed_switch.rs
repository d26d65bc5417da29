//! `supervisor_distributed_switch`: a distributed switch by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Optional, Path, Required};
use vcenter::{NetworkProvider, inventory::ClusterFilter};

use super::by_name::{self, Kind};
use crate::{
    clients::{self, Clients},
    said,
};

/// A distributed switch that NSX uses, by its name. vCenter's REST API tells names of switches
/// since 8.0.0.1; with 7.x write the UUID itself.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// UUID, by which `supervisor_cluster` wants it.
    pub id: Computed<String>,

    /// The same.
    pub uuid: Computed<String>,

    /// Name in vCenter.
    #[schemars(length(min = 1))]
    pub name: Required<String>,

    /// Name of its datacenter. Only switches that vCenter finds compatible with a cluster of it are
    /// looked at then.
    pub datacenter: Optional<String>,
}

/// The data source.
#[derive(Debug)]
pub struct DistributedSwitch;

impl DataSource for DistributedSwitch {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_distributed_switch";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let vcenter = clients::vcenter(cx)?;
        let mut all = match vcenter.compatibility().nsx_switches().await {
            Ok(all) => all,
            Err(why) if why.is_unknown_call() => return Err(nameless()),
            Err(why) => return Err(said::told("list the distributed switches", &why)),
        };
        let datacenters = by_name::datacenter(cx, &config.datacenter).await?;
        if !datacenters.is_empty() {
            let filter = ClusterFilter { datacenters, ..ClusterFilter::default() };
            let clusters = vcenter.inventory().clusters(&filter).await;
            let clusters = clusters.map_err(|why| said::told("list the clusters", &why))?;
            let mut near = Vec::new();
            for cluster in clusters {
                let list =
                    vcenter.compatibility().switches(&cluster.id, &NetworkProvider::Nsx).await;
                let doing = format!("read the switches of `{}`", cluster.name);
                near.extend(list.map_err(|why| said::told(&doing, &why))?);
            }
            all.retain(|it| near.iter().any(|other| other.switch == it.id));
        }
        let tell_apart = "name its `datacenter`, or write its UUID";
        let kind = Kind {
            server: "vCenter",
            one: "distributed switch",
            many: "distributed switches",
            tell_apart,
        };
        let found =
            by_name::only(kind, config.name.get()?, all, |it| &it.name, |it| it.id.to_string())?;
        let uuid = found.id.to_string();
        Ok(Model { id: uuid.clone().into(), uuid: uuid.into(), ..config })
    }
}

fn nameless() -> Error {
    Error::new(
        "this vCenter tells no names of switches",
        "the REST API of 7.x has none; write the UUID of the switch where it is wanted, in the form \
         that vCenter shows: `50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13`",
    )
    .at(&Path::of("name"))
}
