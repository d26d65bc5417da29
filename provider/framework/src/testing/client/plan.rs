//! `PlanResourceChange`: what an apply would do.

use serde_json::Value as Json;
use tfplugin::v6::{plan_resource_change, provider_server};
use tonic::Request;

use super::{
    Client, Instance, Reason, Tainted, answer, decode,
    identity::{Known, answered, sent},
    replaced::replaced,
    type_of, wire,
};
use crate::{
    Path, Value,
    testing::{
        Told,
        compatible::compatible,
        json::to_json,
        plan_valid::plan_valid,
        propose::proposed,
        refusal::{Refused, demand, refused},
        schema::Resource,
        value::same,
        write_only::write_only,
    },
};

const INVALID: &str = "Provider produced invalid plan";
const INCONSISTENT: &str = "Provider produced inconsistent final plan";

/// What a plan would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the actions are Terraform's, under their names")]
pub enum Action {
    Nothing,
    Create,
    Update,
    Replace,
    Delete,
}

/// A plan for one resource.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it would do; nothing, if it failed.
    pub action: Action,
    /// What the provider said.
    pub told: Told,
    /// Why it was put off, if it was.
    pub deferred: Option<Reason>,
    /// The planned state.
    pub value: Value,
    /// What the provider remembers until apply.
    pub private: Vec<u8>,
    /// The identity, as far as it is known.
    pub identity: Value,
    /// The attributes whose change replaces the resource.
    pub replaced: Vec<Path>,
}

impl Planned {
    /// The planned state as JSON, with `(known after apply)` for what is not known.
    #[must_use]
    pub fn json(&self) -> Json {
        to_json(&self.value)
    }

    fn failed(told: Told) -> Self {
        Self {
            action: Action::Nothing,
            told,
            deferred: None,
            value: Value::Null,
            private: Vec::new(),
            identity: Value::Null,
            replaced: Vec::new(),
        }
    }
}

/// What a resource is planned from.
struct Before<'a> {
    value: &'a Value,
    private: &'a [u8],
    identity: &'a Value,
}

impl<S: provider_server::Provider> Client<S> {
    /// Plans a resource over what is there, as Terraform does at plan and once more at apply.
    pub async fn plan(
        &self,
        address: &str,
        there: Option<&Instance>,
        config: &Value,
    ) -> Result<Planned, Refused> {
        let resource = self.resource(address)?;
        let found = self.validate(address, config).await?;
        if found.failed() {
            return Ok(Planned::failed(found));
        }
        // What is tainted is planned as if nothing were there.
        let prior = there.filter(|it| it.tainted == Tainted::No);
        let mut planned = self.over_prior(address, resource, prior, config).await?;
        planned.told = found.and(planned.told);
        if planned.told.failed() {
            return Ok(Planned::failed(planned.told));
        }
        if planned.action == Action::Replace {
            planned = self.in_place_of(address, resource, planned, config).await?;
        }
        if there.is_some() && prior.is_none() && planned.action == Action::Create {
            planned.action = Action::Replace;
        }
        Ok(planned)
    }

    /// Plans a resource once more at apply, when more is known, and holds it against the plan.
    pub async fn replan(
        &self,
        address: &str,
        plan: &Planned,
        there: Option<&Instance>,
        config: &Value,
    ) -> Result<Planned, Refused> {
        let resource = self.resource(address)?;
        let mut now = self.plan(address, there, config).await?;
        if now.told.failed() {
            return Ok(now);
        }
        demand(
            now.deferred.is_none(),
            "Resource deferred during apply, but not during plan",
            || format!("`{address}` was planned before, and is put off now"),
        )?;
        if plan.action == Action::Replace && now.action == Action::Create {
            now.action = Action::Replace;
        }
        let fits = plan.action == now.action
            || plan.action == Action::Update && now.action == Action::Nothing;
        demand(fits, INCONSISTENT, || {
            format!("`{address}`: the action changed from {:?} to {:?}", plan.action, now.action)
        })?;
        compatible(&resource.body, &plan.value, &now.value).refuse(INCONSISTENT, address)?;
        Ok(now)
    }

    /// Plans to destroy a resource.
    pub async fn plan_destroy(&self, address: &str, there: &Instance) -> Result<Planned, Refused> {
        let resource = self.resource(address)?;
        if !self.schemas.capabilities.plan_destroy {
            let (private, identity) = (there.private.clone(), there.identity.clone());
            let action = Action::Delete;
            return Ok(Planned { action, private, identity, ..Planned::failed(Told::default()) });
        }
        let before =
            Before { value: &there.value, private: &there.private, identity: &there.identity };
        let (answer, told) = self.ask(address, before, &Value::Null, &Value::Null).await?;
        let deferred = self.deferred(answer.deferred, &told, address)?;
        let identity =
            answered(resource, answer.planned_identity.as_ref(), Known::Wholly, address)?;
        if told.failed() {
            return Ok(Planned::failed(told));
        }
        let kind = resource.body.kind();
        let value = decode(&kind, answer.planned_state.as_ref(), INVALID, address)?;
        demand(value.is_null() || deferred.is_some(), INVALID, || {
            format!("`{address}`: planned a non-null destroy value")
        })?;
        let private = answer.planned_private;
        let action = Action::Delete;
        Ok(Planned { action, told, deferred, value, private, identity, replaced: Vec::new() })
    }

    async fn over_prior(
        &self,
        address: &str,
        resource: &Resource,
        prior: Option<&Instance>,
        config: &Value,
    ) -> Result<Planned, Refused> {
        let null = Value::Null;
        let value = prior.map_or(&null, |it| &it.value);
        let before = Before {
            value,
            private: prior.map_or(&[], |it| &it.private),
            identity: prior.map_or(&null, |it| &it.identity),
        };
        let proposed = proposed(&resource.body, value, config);
        let (answer, told) = self.ask(address, before, &proposed, config).await?;
        let deferred = self.deferred(answer.deferred, &told, address)?;
        if told.failed() {
            return Ok(Planned { deferred, ..Planned::failed(told) });
        }
        let kind = resource.body.kind();
        let planned = decode(&kind, answer.planned_state.as_ref(), INVALID, address)?;
        if deferred.is_none() {
            write_only(&resource.body, &planned).refuse(INVALID, address)?;
            plan_valid(&resource.body, value, config, &planned).refuse(INVALID, address)?;
        }
        let replaced =
            replaced(&resource.body, value, &planned, &answer.requires_replace, address)?;
        let action = match prior {
            None => Action::Create,
            Some(_) if !replaced.is_empty() => Action::Replace,
            Some(_) if planned.is_wholly_known() && same(&kind, &planned, value) => Action::Nothing,
            Some(_) => Action::Update,
        };
        let is_new = matches!(action, Action::Create | Action::Replace);
        let known = if is_new { Known::InPart } else { Known::Wholly };
        let identity = answered(resource, answer.planned_identity.as_ref(), known, address)?;
        if let (Some(prior), false) = (prior, is_new || deferred.is_some()) {
            self.unchanged(resource, &prior.identity, &identity, address)?;
        }
        let private = answer.planned_private;
        Ok(Planned { action, told, deferred, value: planned, private, identity, replaced })
    }

    /// The new one in a replacement, which nothing is there for any more.
    async fn in_place_of(
        &self,
        address: &str,
        resource: &Resource,
        old: Planned,
        config: &Value,
    ) -> Result<Planned, Refused> {
        let before = Before { value: &Value::Null, private: &old.private, identity: &old.identity };
        let proposed = proposed(&resource.body, &Value::Null, config);
        let (answer, told) = self.ask(address, before, &proposed, config).await?;
        let deferred = self.deferred(answer.deferred, &told, address)?;
        let identity =
            answered(resource, answer.planned_identity.as_ref(), Known::InPart, address)?;
        // What it warns of has most likely been told by now.
        let told = old.told.and(told);
        if told.failed() {
            return Ok(Planned::failed(told));
        }
        let kind = resource.body.kind();
        let value = decode(&kind, answer.planned_state.as_ref(), INVALID, address)?;
        write_only(&resource.body, &value).refuse(INVALID, address)?;
        let (private, deferred) = (answer.planned_private, old.deferred.or(deferred));
        Ok(Planned { told, deferred, value, private, identity, ..old })
    }

    async fn ask(
        &self,
        address: &str,
        before: Before<'_>,
        proposed: &Value,
        config: &Value,
    ) -> Result<(plan_resource_change::Response, Told), Refused> {
        let request = plan_resource_change::Request {
            type_name: type_of(address).to_owned(),
            prior_state: wire(before.value),
            proposed_new_state: wire(proposed),
            config: wire(config),
            prior_private: before.private.to_vec(),
            provider_meta: None,
            client_capabilities: Some(self.capabilities),
            prior_identity: sent(before.identity),
        };
        let answer = answer(self.server.plan_resource_change(Request::new(request)).await)?;
        if answer.legacy_type_system {
            return refused(INVALID, "the type system of the old SDK is not for a new provider");
        }
        let told = Told::of(&answer.diagnostics);
        Ok((answer, told))
    }
}
