//! `ReadResource`: what exists, as it is now.

use tfplugin::v6::{provider_server, read_resource};
use tonic::Request;

use super::{
    Client, Instance, Reason, answer, decode,
    identity::{Known, answered, present, sent},
    type_of, wire,
};
use crate::testing::{Told, refusal::Refused, value, write_only::write_only};

const INVALID: &str = "Provider produced invalid object";

/// What a refresh found.
#[derive(Clone, Debug)]
pub struct Read {
    /// What the provider said.
    pub told: Told,
    /// What is in the state from now on; none if it is gone.
    pub instance: Option<Instance>,
    /// Why it was put off, if it was.
    pub deferred: Option<Reason>,
}

impl<S: provider_server::Provider> Client<S> {
    /// Reads a resource. With an error the state stays as it is.
    pub async fn read(&self, address: &str, state: &Instance) -> Result<Read, Refused> {
        let resource = self.resource(address)?;
        let request = read_resource::Request {
            type_name: type_of(address).to_owned(),
            current_state: wire(&state.value),
            private: state.private.clone(),
            provider_meta: None,
            client_capabilities: Some(self.capabilities),
            current_identity: sent(&state.identity),
        };
        let read = answer(self.server.read_resource(Request::new(request)).await)?;
        let told = Told::of(&read.diagnostics);
        let deferred = self.deferred(read.deferred, &told, address)?;
        let identity = answered(resource, read.new_identity.as_ref(), Known::Wholly, address)?;
        if told.failed() {
            return Ok(Read { told, instance: Some(state.clone()), deferred });
        }
        let kind = resource.body.kind();
        let now = decode(&kind, read.new_state.as_ref(), INVALID, address)?;
        if deferred.is_none() {
            let message = "the state that was read has unknown values";
            value::unknown(&now, message).refuse(INVALID, address)?;
        }
        write_only(&resource.body, &now).refuse(INVALID, address)?;
        if now.is_null() {
            return Ok(Read { told, instance: None, deferred });
        }
        if deferred.is_none() {
            present(resource, &identity, address)?;
            self.unchanged(resource, &state.identity, &identity, address)?;
        }
        let (private, tainted) = (read.private, state.tainted);
        let instance = Some(Instance { value: now, private, identity, tainted });
        Ok(Read { told, instance, deferred })
    }
}
