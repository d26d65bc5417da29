//! `ImportResourceState` and `MoveResourceState`: things that exist already.

use std::sync::Arc;

use tfplugin::v6::{import_resource_state, move_resource_state};

use super::{Inner, bugs::settled, time_for, wire};
use crate::{Diagnostics, Error, Private, Provider, Value, plan, timeouts::Operation};

pub(super) async fn import<P: Provider>(
    server: Arc<Inner<P>>,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = &resource.schema().root;
    if let Some(char) = request.id.chars().find(|it| it.is_control()) {
        return Err(Error::new(
            "the import id has a control character",
            format!("character U+{:04X} cannot be part of an id", u32::from(char)),
        ));
    }
    let time = time_for(Operation::Read, &Value::Null, &resource.timeouts());
    let cx = server.context(time, Private::default());
    let imported = resource.import(&cx, &request.id).await;
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let imported_resources = match imported {
        Ok(state) => {
            let state = settled(resource.name(), "import", schema, &state, &mut found);
            let state = plan::without_write_only(schema, &state);
            vec![import_resource_state::ImportedResource {
                type_name: request.type_name.clone(),
                state: Some(wire::encode(schema, &state)),
                private: notes.private.to_bytes(),
                ..Default::default()
            }]
        }
        Err(error) => {
            found.extend(Diagnostics::from(error));
            Vec::new()
        }
    };
    Ok(import_resource_state::Response {
        imported_resources,
        diagnostics: found.to_wire(),
        ..Default::default()
    })
}

pub(super) async fn move_state<P: Provider>(
    _: Arc<Inner<P>>,
    request: move_resource_state::Request,
) -> Result<move_resource_state::Response, Error> {
    Err(Error::new(
        "the resource cannot be moved",
        format!(
            "cannot move from `{}` of {} to `{}`; import the object in place of moving it",
            request.source_type_name, request.source_provider_address, request.target_type_name
        ),
    ))
}
