//! The segments of an NSX.

use nsx::{Id, Meta, objects::Segment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Error, Found, ListResource, Optional};

use super::{in_order, is_of};
use crate::{
    clients::{self, Clients},
    config::Owner,
    owned::told,
    resources::{
        identity::ByPath,
        nsx_segment::{NsxSegment, TransportZonePath},
    },
};

/// The segments of NSX that can be managed here: neither NCP's, which alone may change them, nor
/// NSX's own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// Only those on this transport zone: its policy path.
    transport_zone_path: Optional<TransportZonePath>,

    /// Only those that carry this owner's mark.
    owner: Optional<Owner>,
}

/// The list.
#[derive(Debug)]
pub struct Segments;

impl ListResource for Segments {
    type Resource = NsxSegment;
    type Config = Config;

    async fn list(
        &self,
        cx: &Context<Clients>,
        config: Config,
        found: &Found<NsxSegment>,
    ) -> Result<(), Error> {
        let all = clients::nsx(cx)?.list::<Segment>(&Id::root()).await;
        let all = all.map_err(|why| told("list the segments", &why))?;
        let zone = config.transport_zone_path.get()?.map(ToString::to_string);
        let owner = config.owner.get()?;
        let is_wanted = |it: &Segment| {
            let is_there = zone.is_none() || it.transport_zone_path == zone;
            is_there && is_of(&it.meta, owner) && is_free(&it.meta)
        };
        let wanted = all.into_iter().filter(is_wanted).map(|it| it.meta);
        for meta in in_order(wanted) {
            let Some(path) = meta.path else { continue };
            let name = meta.display_name.unwrap_or_else(|| path.clone());
            found.add(&ByPath { path: path.into() }, name).await?;
        }
        Ok(())
    }
}

/// Whether anybody but NSX and its plugins may change it.
fn is_free(meta: &Meta) -> bool {
    !meta.is_of_container_plugin()
        && meta.system_owned != Some(true)
        && meta.marked_for_delete != Some(true)
}
