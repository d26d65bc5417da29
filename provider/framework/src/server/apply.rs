//! `ApplyResourceChange`: what was planned comes true.

mod kept;

use std::sync::Arc;

use tfplugin::v6::apply_resource_change::{Request, Response};

use super::{
    Inner,
    bugs::{bugs, warnings},
    identity::Known,
    time_for, wire,
};
use crate::{
    Context, Diagnostics, Error, Private, Provider, Value, check, erased::AnyResource, plan,
    timeouts::Operation,
};

pub(super) async fn apply<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
) -> Result<Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = &resource.schema().root;
    let prior = wire::decode(schema, request.prior_state.as_ref())?;
    let planned = wire::decode(schema, request.planned_state.as_ref())?;
    let config = wire::decode(schema, request.config.as_ref())?;
    let known = Known::by(&server, &request.type_name, request.planned_identity.as_ref())?;
    let operation = match (&prior, &planned) {
        (_, Value::Null) => Operation::Delete,
        (Value::Null, _) => Operation::Create,
        _ => Operation::Update,
    };
    let granted = if operation == Operation::Delete { &prior } else { &planned };
    let time = time_for(operation, granted, &resource.timeouts());
    let meta = server.meta(request.provider_meta.as_ref())?;
    let cx = server.context(time, Private::from_bytes(&request.planned_private)).in_module(meta);

    let with_secrets = plan::with_write_only(schema, &config, &planned);
    let outcome = run(resource, &cx, operation, prior.clone(), with_secrets).await;
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let state = match outcome {
        Ok(state) => {
            let state = plan::without_write_only(schema, &state);
            settle(resource, &planned, &state, &mut found)
        }
        Err(error) => {
            found.extend(Diagnostics::from(error));
            // What was saved exists. Else nothing new does, and the old stays.
            notes.saved.map_or(prior, |saved| {
                let saved = resource.as_it_came(&planned, saved);
                let broken = check::typed(schema, &saved);
                let is_typed = broken.is_empty();
                found.extend(warnings(resource.name(), "result", broken));
                if is_typed { saved.settled() } else { kept::kept(schema, &planned, &saved) }
            })
        }
    };
    let state = plan::without_write_only(schema, &state);
    let new_identity = known.and_then(|it| it.of_made(&state, &mut found));
    let private = if state.is_null() {
        Vec::new()
    } else {
        notes.afterwards.run().await;
        notes.private.to_bytes()
    };
    Ok(Response {
        new_state: Some(wire::encode(schema, &state)),
        private,
        new_identity,
        diagnostics: found.to_wire(),
        ..Default::default()
    })
}

async fn run<D>(
    resource: &dyn AnyResource<D>,
    cx: &Context<D>,
    operation: Operation,
    prior: Value,
    planned: Value,
) -> Result<Value, Error> {
    match operation {
        Operation::Create => resource.create(cx, planned).await,
        Operation::Delete => resource.delete(cx, prior).await.map(|()| Value::Null),
        Operation::Update | Operation::Read => resource.update(cx, prior, planned).await,
    }
}

/// The state as Terraform accepts it: known, and as it was planned.
///
/// What differs from the plan is a bug, and said to be one. It is a warning, and
/// the planned value is stored: an error would taint what was just created, and
/// the next refresh brings the truth. Where nothing can stand for what was
/// promised it is an error, which Terraform would make of it anyway.
fn settle<D>(
    resource: &dyn AnyResource<D>,
    planned: &Value,
    state: &Value,
    found: &mut Diagnostics,
) -> Value {
    let schema = &resource.schema().root;
    if planned.is_null() {
        return Value::Null;
    }
    let mut broken = check::typed(schema, state);
    if broken.is_empty() {
        broken.extend(check::applied(schema, planned, state));
        broken.extend(check::known(state));
    }
    if broken.is_empty() {
        return state.clone();
    }
    let kept = kept::kept(schema, planned, state);
    let left = check::applied(schema, planned, &kept);
    broken.retain(|it| left.iter().all(|left| left.path != it.path));
    found.extend(bugs(resource.name(), "result", left));
    found.extend(warnings(resource.name(), "result", broken));
    kept
}
