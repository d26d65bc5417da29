//! `ImportResourceState` and `MoveResourceState`: things that exist already.

use std::sync::Arc;

use tfplugin::v6::{import_resource_state, move_resource_state};

use super::{Deferrals, Inner, bugs::settled, identity::Known, time_for, wire};
use crate::{
    Diagnostics, Error, Moved, Private, Provider, Value, moved::MOVED, plan, schema::Shape,
    timeouts::Operation,
};

pub(super) async fn import<P: Provider>(
    server: Arc<Inner<P>>,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = &resource.schema().root;
    let known = Known::by(&server, &request.type_name, request.identity.as_ref())?;
    let id = match known.as_ref().map(Known::import_id).transpose()?.flatten() {
        Some(id) => id,
        None => request.id.clone(),
    };
    printable(&id)?;
    let time = time_for(Operation::Read, &Value::Null, &resource.timeouts());
    let deferrals = Deferrals::of(request.client_capabilities.as_ref());
    let cx = server.context(time, Private::default()).deferring(deferrals);
    let imported = resource.import(&cx, &id).await;
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let imported =
        imported.and_then(|it| settled(resource.name(), "import", schema, &it, &mut found));
    let deferred = imported.as_ref().err().and_then(|error| deferrals.reason(error));
    let imported_resources = match imported {
        Ok(state) => {
            let state = plan::without_write_only(schema, &state);
            let identity = known.and_then(|it| it.of_imported(&state));
            vec![import_resource_state::ImportedResource {
                type_name: request.type_name.clone(),
                state: Some(wire::encode(schema, &state)),
                private: notes.private.to_bytes(),
                identity,
            }]
        }
        Err(_) if deferred.is_some() => Vec::new(),
        Err(error) => {
            found.extend(Diagnostics::from(error));
            Vec::new()
        }
    };
    Ok(import_resource_state::Response {
        imported_resources,
        diagnostics: found.to_wire(),
        deferred,
    })
}

fn printable(id: &str) -> Result<(), Error> {
    match id.chars().find(|it| it.is_control()) {
        None => Ok(()),
        Some(char) => Err(Error::new(
            "the import id has a control character",
            format!("character U+{:04X} cannot be part of an id", u32::from(char)),
        )),
    }
}

pub(super) async fn move_state<P: Provider>(
    server: Arc<Inner<P>>,
    request: move_resource_state::Request,
) -> Result<move_resource_state::Response, Error> {
    let resource = server.resource(&request.target_type_name)?;
    let schema = &resource.schema().root;
    let state = state_to_move(&request)?;
    let (provider, source) = (&request.source_provider_address, &request.source_type_name);
    let identity = request.source_identity.as_ref();
    let identity = identity.and_then(|it| serde_json::from_slice(&it.json).ok());
    let from = Moved::new(provider, source, request.source_schema_version, &state);
    let from = from.known_by(identity.as_ref());
    let mut notes = Diagnostics::new();
    let Some(moved) = resource.moved(&from, &mut notes)? else {
        let detail = format!(
            "cannot move from `{source}` of {provider} to `{}`; import the object in place of \
             moving it: remove the `moved` block, take the old one out of the state, and add an \
             `import` block",
            request.target_type_name
        );
        return Err(Error::new("the resource cannot be moved", detail));
    };
    printable(&moved)?;
    // The state says nothing yet but what it is about, so that a plan that does not read first is
    // refused, and nothing is ever destroyed for what the other provider called otherwise.
    let state = schema.attributes.iter().map(|it| {
        let is_id = it.name == "id" && matches!(it.node.shape, Shape::String);
        (it.name.clone(), if is_id { Value::String(moved.clone()) } else { Value::Null })
    });
    let mut private = Private::default();
    private.set(MOVED, &moved);
    Ok(move_resource_state::Response {
        target_state: Some(wire::encode(schema, &Value::Map(state.collect()))),
        target_private: private.to_bytes(),
        diagnostics: notes.to_wire(),
        ..Default::default()
    })
}

/// The state as JSON; before Terraform 0.12 it was something else.
fn state_to_move(request: &move_resource_state::Request) -> Result<serde_json::Value, Error> {
    let unreadable = |why: String| {
        let what = format!("`{}` of {}", request.source_type_name, request.source_provider_address);
        Error::new("the state to move cannot be read", format!("{what}: {why}"))
    };
    let json = request.source_state.as_ref().map(|it| it.json.as_slice()).unwrap_or_default();
    if json.is_empty() {
        return Err(unreadable("it is not JSON; refresh it with a newer Terraform".to_owned()));
    }
    serde_json::from_slice(json).map_err(|why| unreadable(why.to_string()))
}

#[cfg(test)]
mod tests;
