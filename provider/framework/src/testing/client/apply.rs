//! `ApplyResourceChange`: what was planned comes true.

use tfplugin::v6::{apply_resource_change, provider_server};
use tonic::Request;

use super::{
    Action, Client, Instance, Planned, Tainted, answer, decode,
    identity::{Known, answered, present, sent},
    type_of, wire,
};
use crate::{
    Value,
    testing::{
        Told,
        compatible::compatible,
        refusal::{Refused, demand},
        value,
        write_only::write_only,
    },
};

const INVALID: &str = "Provider produced invalid object";
const RESULT: &str = "Provider returned invalid result object after apply";

/// What an apply left behind.
#[derive(Clone, Debug)]
pub struct Applied {
    /// What the provider said.
    pub told: Told,
    /// What is in the state from now on; none if nothing is there.
    pub instance: Option<Instance>,
}

impl<S: provider_server::Provider> Client<S> {
    /// Carries out a plan, over what is there.
    pub async fn apply(
        &self,
        address: &str,
        plan: &Planned,
        there: Option<&Instance>,
        config: &Value,
    ) -> Result<Applied, Refused> {
        let resource = self.resource(address)?;
        let null = Value::Null;
        // What a replacement replaces is gone by now.
        let before = there.filter(|_| !matches!(plan.action, Action::Create | Action::Replace));
        let request = apply_resource_change::Request {
            type_name: type_of(address).to_owned(),
            prior_state: wire(before.map_or(&null, |it| &it.value)),
            planned_state: wire(&plan.value),
            config: wire(config),
            planned_private: plan.private.clone(),
            provider_meta: None,
            planned_identity: sent(&plan.identity),
        };
        let applied = answer(self.server.apply_resource_change(Request::new(request)).await)?;
        let told = Told::of(&applied.diagnostics);
        demand(!applied.legacy_type_system, INVALID, || {
            "the type system of the old SDK is not for a new provider".to_owned()
        })?;
        let identity = answered(resource, applied.new_identity.as_ref(), Known::Wholly, address)?;
        let kind = resource.body.kind();
        let now = decode(&kind, applied.new_state.as_ref(), INVALID, address)?;
        write_only(&resource.body, &now).refuse(INVALID, address)?;
        let message = "the provider still indicated an unknown value after apply";
        value::unknown(&now, message).refuse(RESULT, address)?;
        let deletes = plan.action == Action::Delete;
        if !told.failed() {
            if !deletes {
                let inconsistent = "Provider produced inconsistent result after apply";
                compatible(&resource.body, &plan.value, &now).refuse(inconsistent, address)?;
            }
            demand(deletes == now.is_null(), RESULT, || {
                let what = if deletes { "a non-null object" } else { "a null object" };
                format!("`{address}`: {what} after the plan to {:?} it", plan.action)
            })?;
        }
        if now.is_null() {
            // With an error what was there is kept, so that somebody can see to it.
            let instance = if told.failed() { before.cloned() } else { None };
            return Ok(Applied { told, instance });
        }
        if !told.failed() {
            present(resource, &identity, address)?;
            self.unchanged(resource, &plan.identity, &identity, address)?;
        }
        let tainted = match (before, told.failed()) {
            (None, true) => Tainted::Yes,
            (Some(before), true) => before.tainted,
            (_, false) => Tainted::No,
        };
        let instance = Instance { value: now, private: applied.private, identity, tainted };
        Ok(Applied { told, instance: Some(instance) })
    }
}
