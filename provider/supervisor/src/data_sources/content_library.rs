//! `supervisor_content_library`: a content library by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Required};

use super::by_name::{self, Kind};
use crate::clients::{self, Clients};

/// A content library. Libraries belong to the whole vCenter, not to a datacenter.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// UUID.
    pub id: Computed<String>,

    /// Name in vCenter.
    #[schemars(length(min = 1))]
    pub name: Required<String>,

    /// What it is for.
    pub description: Computed<String>,

    /// Where its items come from: `LOCAL` or `SUBSCRIBED`.
    pub r#type: Computed<String>,
}

/// The data source.
#[derive(Debug)]
pub struct ContentLibrary;

impl DataSource for ContentLibrary {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_content_library";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let all = clients::libraries(cx).await?.to_vec();
        let tell_apart = "rename all but one, or write the id";
        let kind = Kind {
            server: "vCenter",
            one: "content library",
            many: "content libraries",
            tell_apart,
        };
        let name = |it: &(vcenter::LibraryId, vcenter::inventory::Library)| it.1.name.clone();
        let named = all.into_iter().map(|it| (name(&it).unwrap_or_default(), it)).collect();
        let (_, (id, library)) =
            by_name::only(kind, config.name.get()?, named, |it| &it.0, |it| it.1.0.to_string())?;
        Ok(Model {
            id: id.to_string().into(),
            description: library.description.unwrap_or_default().into(),
            r#type: library.kind.map(|it| it.to_string()).into(),
            ..config
        })
    }
}
