//! `supervisor_port_group`: the port group that an NSX segment is in vCenter.

use nsx::{Id, objects::Segment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Defaulted, Diagnostics, Error, Optional, Path};

use super::network;
use crate::{
    clients::{self, Clients},
    owned::told,
};

/// A port group by its name, or by the NSX segment that it shows in vCenter. A segment of the same
/// configuration tells the id itself (`port_group_id`), also in a plan that changes the segment:
/// there Terraform reads this data source only after the change.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Managed object id, such as `dvportgroup-23`.
    pub id: Computed<String>,

    /// Name in vCenter. This or `segment_path`.
    pub name: Defaulted<String>,

    /// Policy path of an NSX segment: `supervisor_nsx_segment.x.path`. This or `name`.
    pub segment_path: Optional<String>,

    /// Name of its datacenter. Only needed where several datacenters have one of that name.
    pub datacenter: Optional<String>,
}

/// The data source.
#[derive(Debug)]
pub struct PortGroup;

impl DataSource for PortGroup {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_port_group";

    fn validate(config: &Model, found: &mut Diagnostics) {
        let is_set = (!config.name.is_null(), !config.segment_path.is_null());
        if matches!(is_set, (true, true) | (false, false)) {
            let detail = "exactly one of `name` and `segment_path` says which port group is meant";
            found.error_at(Path::of("name"), "exactly one of name, segment_path", detail);
        }
    }

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let name = match config.segment_path.get()? {
            None => config.name.get()?.clone(),
            Some(path) => realized_name(cx, path).await?,
        };
        let found = network::find(cx, &name, &config.datacenter).await?;
        Ok(Model { id: found.id.to_string().into(), name: name.into(), ..config })
    }
}

/// The name by which vCenter shows the segment.
async fn realized_name(cx: &Context<Clients>, path: &str) -> Result<String, Error> {
    let at = Path::of("segment_path");
    let id = Id::<Segment>::parse(path)
        .map_err(|why| Error::new("no path of a segment", why.to_string()).at(&at))?;
    let nsx = clients::nsx(cx)?;
    let doing = format!("read {path}");
    let found = nsx.get(&id).await.map_err(|why| told(&doing, &why))?;
    let segment = found.ok_or_else(|| {
        Error::new("no such segment", format!("NSX has no segment `{path}`")).at(&at)
    })?;
    // vCenter shows a segment once it is realized.
    nsx.wait_realized(&[path]).await.map_err(|why| told(&doing, &why).at(&at))?;
    Ok(segment.meta.display_name.unwrap_or_else(|| id.id().to_owned()))
}
