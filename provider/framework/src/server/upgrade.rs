//! `UpgradeResourceState`: stored states, which come before every read.

use std::sync::Arc;

use tfplugin::v6::upgrade_resource_state::{Request, Response};

use super::{Inner, bugs::bugs, wire};
use crate::{
    Error, Provider, Value, check, plan,
    schema::{self, Role, Schema},
};

pub(super) async fn upgrade<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
) -> Result<Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = resource.schema();
    let raw = request.raw_state.unwrap_or_default();
    if raw.json.is_empty() {
        return Err(Error::new(
            "the stored state cannot be read",
            "it is in the form that Terraform before 0.12 used; refresh it with an older version",
        ));
    }
    if request.version > schema.version {
        return Err(Error::new(
            "the stored state is newer than this provider",
            format!(
                "it has version {}, this provider knows {} at most; upgrade the provider",
                request.version, schema.version
            ),
        ));
    }
    let state = if request.version == schema.version {
        schema::from_state_json(&schema.root, &raw.json)
            .map_err(|err| Error::new("the stored state cannot be read", err.to_string()))?
    } else {
        let json = serde_json::from_slice(&raw.json)
            .map_err(|err| Error::new("the stored state cannot be read", err.to_string()))?;
        resource.upgrade(request.version, &json)?
    };
    demand_id(&request.type_name, schema, &state)?;
    let mut broken = check::typed(&schema.root, &state);
    broken.extend(check::known(&state));
    if let Ok(bug) = Error::try_from(bugs(&request.type_name, "upgraded state", broken)) {
        return Err(bug);
    }
    let state = plan::without_write_only(&schema.root, &state);
    let upgraded_state = Some(wire::encode(&schema.root, &state));
    Ok(Response { upgraded_state, ..Default::default() })
}

/// Without its id nothing can be found again, unless that is one that may be left out.
fn demand_id(name: &str, schema: &Schema, state: &Value) -> Result<(), Error> {
    let id = schema.root.attribute("id").map(|it| it.role);
    let has_id = id.is_some_and(|it| it == Role::Required || it.is_computed());
    if has_id && matches!(state, Value::Map(_)) && state.get("id").is_null() {
        return Err(Error::new(
            "id missing in the stored state",
            format!(
                "without its id this `{name}` cannot be found; remove it from the state, then import it"
            ),
        ));
    }
    Ok(())
}
