//! `supervisor_storage_policy`: a storage policy by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Required};

use super::by_name::{self, Kind};
use crate::{
    clients::{self, Clients},
    said,
};

/// A storage policy. Policies belong to the whole vCenter, not to a datacenter.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// UUID.
    pub id: Computed<String>,

    /// Name in vCenter.
    #[schemars(length(min = 1))]
    pub name: Required<String>,
}

/// The data source.
#[derive(Debug)]
pub struct StoragePolicy;

impl DataSource for StoragePolicy {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_storage_policy";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let all = clients::vcenter(cx)?.inventory().storage_policies().await;
        let all = all.map_err(|why| said::told("list the storage policies", &why))?;
        let tell_apart = "rename all but one, or write the id";
        let kind =
            Kind { server: "vCenter", one: "storage policy", many: "storage policies", tell_apart };
        let found =
            by_name::only(kind, config.name.get()?, all, |it| &it.name, |it| it.id.to_string())?;
        Ok(Model { id: found.id.to_string().into(), ..config })
    }
}
