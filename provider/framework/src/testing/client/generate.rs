//! `GenerateResourceConfig`: the configuration that would bring a state about.

use tfplugin::v6::{generate_resource_config, provider_server};
use tonic::Request;

use super::{Client, Instance, answer, decode, type_of, wire};
use crate::{
    Value,
    testing::{
        Told,
        refusal::{Refused, demand},
        value,
    },
};

impl<S: provider_server::Provider> Client<S> {
    /// The configuration that a provider writes for a resource; null if that fails.
    pub async fn generate(
        &self,
        address: &str,
        there: &Instance,
    ) -> Result<(Value, Told), Refused> {
        let resource = self.resource(address)?;
        let invalid = "Provider generated an invalid configuration";
        demand(self.schemas.capabilities.generate_resource_config, invalid, || {
            format!("`{address}`: it does not say that it can")
        })?;
        let type_name = type_of(address).to_owned();
        let request = generate_resource_config::Request { type_name, state: wire(&there.value) };
        let call = self.server.generate_resource_config(Request::new(request)).await;
        let generated = answer(call)?;
        let told = Told::of(&generated.diagnostics);
        if told.failed() {
            return Ok((Value::Null, told));
        }
        let kind = resource.body.kind();
        let config = decode(&kind, generated.config.as_ref(), invalid, address)?;
        demand(!config.is_null(), invalid, || format!("`{address}`: there is none"))?;
        value::unknown(&config, "nothing in it may be unknown").refuse(invalid, address)?;
        Ok((config, told))
    }
}
