//! `PlanResourceChange`: what apply would do.

use std::sync::Arc;

use tfplugin::v6::{
    self,
    plan_resource_change::{Request, Response},
};

use super::{Deferrals, Inner, bugs::bugs, identity::Known, time_for, wire};
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
    let deferrals = Deferrals::of(request.client_capabilities.as_ref());
    let cx = cx.deferring(deferrals);
    let outcome = if proposed.is_null() {
        destroy(resource, &cx, prior.clone(), deferrals).await
    } else {
        change(resource, &cx, prior.clone(), config, proposed, deferrals).await
    };
    let planned_identity = match (&known, &outcome) {
        (None, _) | (_, Err(_)) => Ok(None),
        (Some(known), Ok(it)) if it.planned.is_null() => Ok(known.before()),
        (Some(known), Ok(it)) if prior.is_null() || !it.replace.is_empty() => {
            Ok(known.of_new(&it.planned))
        }
        (Some(known), Ok(it)) => known.of_same(&it.planned),
    };
    let (planned_identity, outcome) = match planned_identity {
        Ok(identity) => (identity, outcome),
        Err(bug) => (None, Err(bug)),
    };
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let Change { planned, replace, deferred } = outcome.unwrap_or_else(|error| {
        found.extend(Diagnostics::from(error));
        Change { planned: prior, replace: Vec::new(), deferred: None }
    });
    Ok(Response {
        planned_state: Some(wire::encode(schema, &planned)),
        requires_replace: replace.iter().map(Path::to_wire).collect::<Vec<v6::AttributePath>>(),
        planned_private: notes.private.to_bytes(),
        planned_identity,
        deferred,
        diagnostics: found.to_wire(),
        ..Default::default()
    })
}

/// What is planned.
struct Change {
    planned: Value,
    replace: Vec<Path>,
    /// Why no more than the schema says is planned yet.
    deferred: Option<v6::Deferred>,
}

/// A plan to destroy something.
async fn destroy<D>(
    resource: &dyn AnyResource<D>,
    cx: &Context<D>,
    prior: Value,
    deferrals: Deferrals,
) -> Result<Change, Error> {
    let objection = resource.plan_destroy(cx, prior).await.err();
    let deferred = objection.as_ref().and_then(|error| deferrals.reason(error));
    match objection {
        Some(error) if deferred.is_none() => Err(error),
        _ => Ok(Change { planned: Value::Null, replace: Vec::new(), deferred }),
    }
}

/// A plan to create or to change something.
async fn change<D>(
    resource: &dyn AnyResource<D>,
    cx: &Context<D>,
    prior: Value,
    config: Value,
    proposed: Value,
    deferrals: Deferrals,
) -> Result<Change, Error> {
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
    // 5. The resource may refine the plan: it may know more, never less. What it does not know enough for
    //    may be put off, and is planned as it is up to here.
    let refined = ValuePlan {
        prior: prior.clone(),
        config: config.clone(),
        planned: planned.clone(),
        replace,
    };
    let put_off = |deferred| {
        let (planned, replace) = (planned.clone(), refined.replace.clone());
        Change { planned, replace, deferred: Some(deferred) }
    };
    let (now, mut replace) = match resource.plan(cx, refined.clone()).await {
        Ok(ValuePlan { planned, replace, .. }) => (planned, replace),
        Err(error) => return deferrals.reason(&error).map(put_off).ok_or(error),
    };
    let now = plan::without_write_only(schema, &now);
    // 6. A replacement destroys: whoever objects to that is asked.
    replace.sort();
    replace.dedup();
    if !replace.is_empty()
        && !prior.is_null()
        && let Err(error) = resource.plan_destroy(cx, prior.clone()).await
    {
        let put_off = deferrals.reason(&error).map(put_off);
        return put_off.ok_or_else(|| because(error, &replace));
    }
    // 7. What Terraform would refuse is a bug, and is named as one.
    let mut broken = check::typed(schema, &now);
    broken.extend(check::plan(schema, &config, &prior, &now));
    broken.extend(check::replaced(schema, &prior, &now, &replace));
    match Error::try_from(bugs(resource.name(), "plan", broken)) {
        Ok(bug) => Err(bug),
        Err(_) => Ok(Change { planned: now, replace, deferred: None }),
    }
}

/// The objection to a replacement, with the attributes that ask for one.
fn because(error: Error, replace: &[Path]) -> Error {
    let paths: Vec<String> = replace.iter().map(|path| format!("`{path}`")).collect();
    let paths = paths.join(", ");
    error.map(|it| {
        let detail = format!("{} (a change of {paths} forces replacement)", it.detail);
        let path = it.path.or_else(|| replace.first().cloned());
        Diagnostic { detail, path, ..it }
    })
}
