//! `ReadDataSource`: looking things up.

use tfplugin::v6::{provider_server, read_data_source, validate_data_resource_config};
use tonic::Request;

use super::{Client, Reason, answer, decode, known, type_of, wire};
use crate::{
    Value,
    testing::{
        Told,
        propose::proposed,
        refusal::{Refused, demand},
        value,
    },
};

/// What a data source found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What the provider said.
    pub told: Told,
    /// The result; null if that failed.
    pub value: Value,
    /// Why it was put off, if it was.
    pub deferred: Option<Reason>,
}

impl<S: provider_server::Provider> Client<S> {
    /// Reads a data source. With an unknown configuration nobody is asked: what it will be is unknown.
    pub async fn data(&self, address: &str, config: &Value) -> Result<Found, Refused> {
        let body = known(self.schemas.data_sources.get(type_of(address)), "data source", address)?;
        let type_name = type_of(address).to_owned();
        let request = validate_data_resource_config::Request {
            type_name: type_name.clone(),
            config: wire(config),
        };
        let call = self.server.validate_data_resource_config(Request::new(request)).await;
        let found = Told::of(&answer(call)?.diagnostics);
        if found.failed() {
            return Ok(Found { told: found, value: Value::Null, deferred: None });
        }
        let unread = proposed(body, &Value::Unknown, config);
        if !config.is_wholly_known() {
            return Ok(Found { told: found, value: unread, deferred: None });
        }
        let request = read_data_source::Request {
            type_name,
            config: wire(config),
            provider_meta: None,
            client_capabilities: Some(self.capabilities),
        };
        let read = answer(self.server.read_data_source(Request::new(request)).await)?;
        let told = found.and(Told::of(&read.diagnostics));
        let deferred = self.deferred(read.deferred, &told, address)?;
        if told.failed() {
            return Ok(Found { told, value: Value::Null, deferred });
        }
        let invalid = "Provider produced invalid object";
        let value = decode(&body.kind(), read.state.as_ref(), invalid, address)?;
        if deferred.is_none() {
            demand(!value.is_null(), "Provider produced null object", || {
                format!("`{address}`: a data source finds something, or says why not")
            })?;
            value::unknown(&value, "what was found is not known").refuse(invalid, address)?;
        }
        Ok(Found { told, value, deferred })
    }
}
