//! `ReadResource`: the thing as it is now.

use std::sync::Arc;

use tfplugin::v6::read_resource::{Request, Response};

use super::{Deferrals, Inner, bugs::settled, identity::Known, time_for, wire};
use crate::{
    Context, Diagnostics, Error, Private, Provider, Value, erased::AnyResource, moved::MOVED, plan,
    timeouts::Operation,
};

pub(super) async fn read<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
) -> Result<Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = &resource.schema().root;
    let state = wire::decode(schema, request.current_state.as_ref())?;
    let known = Known::by(&server, &request.type_name, request.current_identity.as_ref())?;
    let time = time_for(Operation::Read, &state, &resource.timeouts());
    let meta = server.meta(request.provider_meta.as_ref())?;
    let cx = server.context(time, Private::from_bytes(&request.private)).in_module(meta);
    let deferrals = Deferrals::of(request.client_capabilities.as_ref());
    let cx = cx.deferring(deferrals);
    let read = match cx.private::<String>(MOVED) {
        None => resource.read(&cx, state.clone()).await,
        Some(id) => arrive(resource, &cx, &id).await,
    };
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let read = read.and_then(|now| match (&known, now) {
        (_, None) => Ok((Value::Null, None)),
        (None, Some(now)) => Ok((now, None)),
        (Some(known), Some(now)) => known.of_same(&now).map(|identity| (now, identity)),
    });
    let read = read.and_then(|(now, identity)| match now {
        Value::Null => Ok((now, None)),
        now => {
            let now = settled(resource.name(), "state", schema, &now, &mut found)?;
            Ok((plan::without_write_only(schema, &now), identity))
        }
    });
    // With an error the state stays as it is: nothing is dropped on a guess.
    let deferred = read.as_ref().err().and_then(|error| deferrals.reason(error));
    let (state, new_identity) = match read {
        Ok(read) => read,
        Err(_) if deferred.is_some() => (state, known.and_then(|it| it.before())),
        Err(error) => {
            found.extend(Diagnostics::from(error));
            (state, known.and_then(|it| it.before()))
        }
    };
    Ok(Response {
        new_state: Some(wire::encode(schema, &state)),
        diagnostics: found.to_wire(),
        private: notes.private.to_bytes(),
        new_identity,
        deferred,
    })
}

/// The first reading of what is known by its import id alone: a `moved` block handed it over, or a list
/// found it.
pub(super) async fn arrive<D>(
    resource: &dyn AnyResource<D>,
    cx: &Context<D>,
    id: &str,
) -> Result<Option<Value>, Error> {
    let imported = resource.import(cx, id).await?;
    let read = resource.read(cx, imported).await?;
    cx.forget(MOVED);
    Ok(read)
}
