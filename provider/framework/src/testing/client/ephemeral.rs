//! Ephemeral resources: opened, renewed for as long as they are used, and closed.

use std::time::{Duration, SystemTime};

use tfplugin::v6::{
    close_ephemeral_resource, open_ephemeral_resource, provider_server, renew_ephemeral_resource,
    validate_ephemeral_resource_config,
};
use tonic::Request;

use super::{Client, Reason, answer, decode, known, type_of, wire};
use crate::{
    Value,
    testing::{Told, plan_valid::plan_valid, propose::proposed, refusal::Refused},
};

/// An ephemeral resource that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What the provider said.
    pub told: Told,
    /// What it is; null if it could not be opened, unknown where its configuration is.
    pub value: Value,
    /// What the provider remembers until it is closed.
    pub private: Option<Vec<u8>>,
    /// When it has to be renewed, if at all.
    pub renew_at: Option<SystemTime>,
    /// Why it was put off, if it was.
    pub deferred: Option<Reason>,
}

/// What a renewal said.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// What the provider said.
    pub told: Told,
    /// What it remembers from now on.
    pub private: Option<Vec<u8>>,
    /// When it has to be renewed again, if at all.
    pub renew_at: Option<SystemTime>,
}

impl<S: provider_server::Provider> Client<S> {
    /// Opens an ephemeral resource. With an unknown configuration nobody is asked.
    pub async fn open(&self, address: &str, config: &Value) -> Result<Opened, Refused> {
        let schemas = &self.schemas.ephemeral_resources;
        let body = known(schemas.get(type_of(address)), "ephemeral resource", address)?;
        let opened =
            |told, value| Opened { told, value, private: None, renew_at: None, deferred: None };
        if !config.is_wholly_known() {
            return Ok(opened(Told::default(), proposed(body, &Value::Unknown, config)));
        }
        let type_name = type_of(address).to_owned();
        let request = validate_ephemeral_resource_config::Request {
            type_name: type_name.clone(),
            config: wire(config),
        };
        let call = self.server.validate_ephemeral_resource_config(Request::new(request)).await;
        let found = Told::of(&answer(call)?.diagnostics);
        if found.failed() {
            return Ok(opened(found, Value::Null));
        }
        let request = open_ephemeral_resource::Request {
            type_name,
            config: wire(config),
            client_capabilities: Some(self.capabilities),
        };
        let answer = answer(self.server.open_ephemeral_resource(Request::new(request)).await)?;
        let told = found.and(Told::of(&answer.diagnostics));
        let deferred = self.deferred(answer.deferred, &told, address)?;
        if told.failed() {
            return Ok(opened(told, Value::Null));
        }
        if deferred.is_some() {
            return Ok(Opened {
                deferred,
                ..opened(told, proposed(body, &Value::Unknown, config))
            });
        }
        let invalid = "Provider produced invalid ephemeral resource instance";
        let value = decode(&body.kind(), answer.result.as_ref(), invalid, address)?;
        plan_valid(body, &Value::Null, config, &value).refuse(invalid, address)?;
        let renew_at = answer.renew_at.and_then(time);
        Ok(Opened { private: answer.private, renew_at, ..opened(told, value) })
    }

    /// Renews what was opened.
    pub async fn renew(&self, address: &str, private: Option<Vec<u8>>) -> Result<Renewed, Refused> {
        let type_name = type_of(address).to_owned();
        let request = renew_ephemeral_resource::Request { type_name, private };
        let renewed = answer(self.server.renew_ephemeral_resource(Request::new(request)).await)?;
        let (told, renew_at) = (Told::of(&renewed.diagnostics), renewed.renew_at.and_then(time));
        Ok(Renewed { told, private: renewed.private, renew_at })
    }

    /// Closes what was opened.
    pub async fn close(&self, address: &str, private: Option<Vec<u8>>) -> Result<Told, Refused> {
        let type_name = type_of(address).to_owned();
        let request = close_ephemeral_resource::Request { type_name, private };
        let closed = answer(self.server.close_ephemeral_resource(Request::new(request)).await)?;
        Ok(Told::of(&closed.diagnostics))
    }
}

/// None of a time that is none.
fn time(wire: prost_types::Timestamp) -> Option<SystemTime> {
    let seconds = u64::try_from(wire.seconds).ok()?;
    let nanos = u32::try_from(wire.nanos).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos))
}
