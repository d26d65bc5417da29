//! `UpgradeResourceState`: a stored state, which comes before every read.

use tfplugin::v6::{self, provider_server, upgrade_resource_identity, upgrade_resource_state};
use tonic::Request;

use super::{
    Client, Instance, answer, decode,
    identity::{self, Known},
    type_of,
};
use crate::{
    Value,
    testing::{
        Told, json,
        refusal::{Refused, demand},
        value,
        write_only::write_only,
    },
};

const INVALID: &str = "Invalid resource state upgrade";

impl<S: provider_server::Provider> Client<S> {
    /// A state that was stored as JSON, in the shape of this provider; null if that fails.
    pub async fn upgrade(
        &self,
        address: &str,
        version: i64,
        json: &str,
    ) -> Result<(Value, Told), Refused> {
        let resource = self.resource(address)?;
        demand(
            version <= resource.version,
            "Resource instance managed by newer provider version",
            || format!("`{address}` has version {version}, the provider {}", resource.version),
        )?;
        let raw_state = v6::RawState { json: json.as_bytes().to_vec(), ..Default::default() };
        let request = upgrade_resource_state::Request {
            type_name: type_of(address).to_owned(),
            version,
            raw_state: Some(raw_state),
        };
        let upgraded = answer(self.server.upgrade_resource_state(Request::new(request)).await)?;
        let told = Told::of(&upgraded.diagnostics);
        if told.failed() {
            return Ok((Value::Null, told));
        }
        let (kind, state) = (resource.body.kind(), upgraded.upgraded_state.as_ref());
        let state = decode(&kind, state, INVALID, address)?;
        value::unknown(&state, "the state has unknown values").refuse(INVALID, address)?;
        write_only(&resource.body, &state).refuse(INVALID, address)?;
        Ok((state, told))
    }

    /// An identity that was stored as JSON, in the shape of this provider; null if that fails.
    pub async fn upgrade_identity(
        &self,
        address: &str,
        version: i64,
        json: &str,
    ) -> Result<(Value, Told), Refused> {
        let invalid = "Invalid resource identity upgrade";
        let resource = self.resource(address)?;
        let raw_identity = v6::RawState { json: json.as_bytes().to_vec(), ..Default::default() };
        let request = upgrade_resource_identity::Request {
            type_name: type_of(address).to_owned(),
            version,
            raw_identity: Some(raw_identity),
        };
        let call = self.server.upgrade_resource_identity(Request::new(request)).await;
        let upgraded = answer(call)?;
        let told = Told::of(&upgraded.diagnostics);
        if told.failed() {
            return Ok((Value::Null, told));
        }
        let data = upgraded.upgraded_identity.as_ref();
        let identity = identity::answered(resource, data, Known::Wholly, address)?;
        demand(!identity.is_null(), invalid, || format!("`{address}`: there is none"))?;
        Ok((identity, told))
    }

    /// A resource as it comes from a state file of this version of the provider.
    pub async fn stored(
        &self,
        address: &str,
        instance: &Instance,
    ) -> Result<(Instance, Told), Refused> {
        let resource = self.resource(address)?;
        let json = json::stored(&resource.body.kind(), &instance.value);
        let (value, told) = self.upgrade(address, resource.version, &json).await?;
        if told.failed() {
            return Ok((instance.clone(), told));
        }
        Ok((Instance { value, ..instance.clone() }, told))
    }
}
