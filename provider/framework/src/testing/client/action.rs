//! Actions: planned, and invoked with word of how far they are.

use tfplugin::v6::{
    invoke_action::{self, event::Type},
    plan_action, provider_server, validate_action_config,
};
use tokio_stream::StreamExt as _;
use tonic::Request;

use super::{Client, Reason, answer, known, type_of, wire};
use crate::{
    Value,
    testing::{
        Told,
        refusal::{Refused, demand, refused},
    },
};

/// A plan of an action.
#[derive(Clone, Debug)]
pub struct PlannedAction {
    /// What the provider said.
    pub told: Told,
    /// Why it was put off, if it was.
    pub deferred: Option<Reason>,
}

/// What an action did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoked {
    /// What the provider said in the end.
    pub told: Told,
    /// What it said on the way.
    pub progress: Vec<String>,
}

const INVALID: &str = "Provider broke off an action";

impl<S: provider_server::Provider> Client<S> {
    /// Validates the configuration of an action.
    pub async fn validate_action(&self, address: &str, config: &Value) -> Result<Told, Refused> {
        known(self.schemas.actions.get(type_of(address)), "action", address)?;
        let action_type = type_of(address).to_owned();
        let request = validate_action_config::Request { action_type, config: wire(config) };
        let call = self.server.validate_action_config(Request::new(request)).await;
        Ok(Told::of(&answer(call)?.diagnostics))
    }

    /// Plans an action. Its configuration may be unknown; only for want of the provider's own is it put
    /// off.
    pub async fn plan_action(
        &self,
        address: &str,
        config: &Value,
    ) -> Result<PlannedAction, Refused> {
        let found = self.validate_action(address, config).await?;
        if found.failed() {
            return Ok(PlannedAction { told: found, deferred: None });
        }
        let request = plan_action::Request {
            action_type: type_of(address).to_owned(),
            config: wire(config),
            client_capabilities: Some(self.capabilities),
        };
        let planned = answer(self.server.plan_action(Request::new(request)).await)?;
        if let Some(deferred) = planned.deferred {
            let allowed = self.capabilities.deferral_allowed;
            demand(allowed, "Invalid deferral", || {
                format!("`{address}` was deferred, and deferrals are disabled")
            })?;
            let reason = deferred.reason();
            demand(reason == Reason::ProviderConfigUnknown, "Invalid deferred reason", || {
                format!("`{address}`: an action is not put off for {}", reason.as_str_name())
            })?;
        }
        let told = found.and(Told::of(&planned.diagnostics));
        Ok(PlannedAction { told, deferred: planned.deferred.map(|it| it.reason()) })
    }

    /// Invokes an action, up to its one and only end.
    pub async fn invoke_action(&self, address: &str, config: &Value) -> Result<Invoked, Refused> {
        self.invoke_action_while(address, config, async |_| {}).await
    }

    /// The same, with something that happens at each word on its progress.
    pub async fn invoke_action_while(
        &self,
        address: &str,
        config: &Value,
        meanwhile: impl AsyncFn(&str),
    ) -> Result<Invoked, Refused> {
        known(self.schemas.actions.get(type_of(address)), "action", address)?;
        let request = invoke_action::Request {
            action_type: type_of(address).to_owned(),
            config: wire(config),
            client_capabilities: Some(self.capabilities),
        };
        let mut events = answer(self.server.invoke_action(Request::new(request)).await)?;
        let mut invoked = Invoked::default();
        let mut ended = false;
        while let Some(event) = events.next().await {
            let event =
                event.or_else(|status| refused("Plugin did not respond", status.message()))?;
            demand(!ended, INVALID, || format!("`{address}`: it goes on after its end"))?;
            match event.r#type {
                Some(Type::Progress(progress)) => {
                    meanwhile(&progress.message).await;
                    invoked.progress.push(progress.message);
                }
                Some(Type::Completed(completed)) => {
                    invoked.told = Told::of(&completed.diagnostics);
                    ended = true;
                }
                // Terraform itself crashes on it.
                None => return refused(INVALID, format!("`{address}`: an event of no kind")),
            }
        }
        demand(ended, INVALID, || format!("`{address}`: it never said that it is completed"))?;
        Ok(invoked)
    }
}
