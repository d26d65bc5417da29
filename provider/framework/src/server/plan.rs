//! `PlanResourceChange`: what apply would do.

use std::sync::Arc;

use tfplugin::v6::{
    self,
    plan_resource_change::{Request, Response},
};

use super::{Inner, bugs::bugs, identity::Known, time_for, wire};
use crate::{
    Context, Diagnostic, Diagnostics, Error, Path, Private, Provider, Value, check,
    erased::{AnyResource, ValuePlan},
    moved::MOVED,
    plan,
    timeouts::Operation,
};

pub(super) async fn plan<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
) -> Result<Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = &resource.schema().root;
    let prior = wire::decode(schema, request.prior_state.as_ref())?;
    let proposed = wire::decode(schema, request.proposed_new_state.as_ref())?;
    let config = wire::decode(schema, request.config.as_ref())?;
    let known = Known::by(&server, &request.type_name, request.prior_identity.as_ref())?;
    let time = time_for(Operation::Read, &config, &resource.timeouts());
    let meta = server.meta(request.provider_meta.as_ref())?;
    let cx = server.context(time, Private::from_bytes(&request.prior_private)).in_module(meta);

    if cx.private::<String>(MOVED).is_some() {
        return Err(Error::new(
            "what was moved has not been read",
            "the state came from another resource and has to be read before it is planned; run \
             Terraform without `-refresh=false`",
        ));
    }
    let outcome = if proposed.is_null() {
        resource.plan_destroy(&cx, prior.clone()).await.map(|()| (Value::Null, Vec::new()))
    } else {
        change(resource, &cx, prior.clone(), config, proposed).await
    };
    let planned_identity = match (&known, &outcome) {
        (None, _) | (_, Err(_)) => Ok(None),
        (Some(known), Ok((planned, _))) if planned.is_null() => Ok(known.before()),
        (Some(known), Ok((planned, replace))) if prior.is_null() || !replace.is_empty() => {
            Ok(known.of_new(planned))
        }
        (Some(known), Ok((planned, _))) => known.of_same(planned),
    };
    let (planned_identity, outcome) = match planned_identity {
        Ok(identity) => (identity, outcome),
        Err(bug) => (None, Err(bug)),
    };
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let (planned, replace) = outcome.unwrap_or_else(|error| {
        found.extend(Diagnostics::from(error));
        (prior, Vec::new())
    });
    Ok(Response {
        planned_state: Some(wire::encode(schema, &planned)),
        requires_replace: replace.iter().map(Path::to_wire).collect::<Vec<v6::AttributePath>>(),
        planned_private: notes.private.to_bytes(),
        planned_identity,
        diagnostics: found.to_wire(),
        ..Default::default()
    })
}

/// A plan to create or to change something.
async fn change<D>(
    resource: &dyn AnyResource<D>,
    cx: &Context<D>,
    prior: Value,
    config: Value,
    proposed: Value,
) -> Result<(Value, Vec<Path>), Error> {
    let schema = &resource.schema().root;
    // 1. Elements of sets are what they were before; where the configuration has no value, its default
    //    takes the place.
    let planned = plan::with_elements(schema, &config, &proposed, &prior);
    let planned = plan::with_defaults(schema, &config, &planned);
    // 2. Write-only values never enter a plan.
    let planned = plan::without_write_only(schema, &planned);
    // 3. What the provider chooses is unknown, unless nothing changes.
    let planned = if schema.same(&planned, &prior) {
        planned
    } else {
        plan::with_unknowns(schema, &config, &planned, &prior)
    };
    // 4. An attribute marked `replace` replaces the resource, if it means something else than before.
    let replace =
        plan::replaced(schema, &resource.understood(&planned), &resource.understood(&prior));
    // 5. The resource may refine the plan: it may know more, never less.
    let refined = ValuePlan {
        prior: prior.clone(),
        config: config.clone(),
        planned: planned.clone(),
        replace,
    };
    let ValuePlan { planned: refined, mut replace, .. } = resource.plan(cx, refined).await?;
    let planned = plan::without_write_only(schema, &refined);
    // 6. A replacement destroys: whoever objects to that is asked.
    replace.sort();
    replace.dedup();
    if !replace.is_empty() && !prior.is_null() {
        resource.plan_destroy(cx, prior.clone()).await.map_err(|error| because(error, &replace))?;
    }
    // 7. What Terraform would refuse is a bug, and is named as one.
    let mut broken = check::typed(schema, &planned);
    broken.extend(check::plan(schema, &config, &prior, &planned));
    broken.extend(check::replaced(schema, &prior, &planned, &replace));
    match Error::try_from(bugs(resource.name(), "plan", broken)) {
        Ok(bug) => Err(bug),
        Err(_) => Ok((planned, replace)),
    }
}

/// The objection to a replacement, with the attributes that ask for one.
fn because(error: Error, replace: &[Path]) -> Error {
    let paths: Vec<String> = replace.iter().map(|path| format!("`{path}`")).collect();
    let paths = paths.join(", ");
    let mut found = Diagnostics::new();
    for it in Diagnostics::from(error) {
        let detail = format!("{} (a change of {paths} forces replacement)", it.detail);
        let path = it.path.or_else(|| replace.first().cloned());
        found.push(Diagnostic { detail, path, ..it });
    }
    let none = || Error::new("replacement refused", format!("a change of {paths} replaces it"));
    Error::try_from(found).unwrap_or_else(|_| none())
}
