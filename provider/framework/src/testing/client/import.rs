//! `ImportResourceState` and `MoveResourceState`: what exists already.

use tfplugin::v6::{self, import_resource_state, move_resource_state, provider_server};
use tonic::Request;

use super::{
    Client, Instance, Reason, Tainted, answer, decode,
    identity::{Known, answered, sent},
    read::Read,
    type_of,
};
use crate::{
    Value,
    testing::{
        Told,
        refusal::{Refused, demand},
        value,
        write_only::write_only,
    },
};

/// What an `import` block tells about the thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// Its id.
    Id(String),
    /// Its identity.
    Identity(Value),
}

/// What came of another resource's state.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// What the provider said.
    pub told: Told,
    /// What is in the state from now on; none if it cannot be moved.
    pub instance: Option<Instance>,
}

impl<S: provider_server::Provider> Client<S> {
    /// Imports a thing, and reads it as Terraform does before it believes in it.
    pub async fn import(&self, address: &str, target: &Target) -> Result<Read, Refused> {
        let resource = self.resource(address)?;
        let (id, identity) = match target {
            Target::Id(id) => (id.clone(), None),
            Target::Identity(identity) => (String::new(), sent(identity)),
        };
        let request = import_resource_state::Request {
            type_name: type_of(address).to_owned(),
            id,
            client_capabilities: Some(self.capabilities),
            identity,
        };
        let imported = answer(self.server.import_resource_state(Request::new(request)).await)?;
        let told = Told::of(&imported.diagnostics);
        let deferred = self.deferred(imported.deferred, &told, address)?;
        if told.failed() {
            return Ok(Read { told, instance: None, deferred });
        }
        let mut all = imported.imported_resources.into_iter();
        let first = all.next();
        demand(all.next().is_none(), "Multiple import states not supported", || {
            format!("`{address}`: the provider returned several instances")
        })?;
        demand(first.is_some() || deferred.is_some(), "Import returned no resources", || {
            format!("`{address}`: the provider returned no instance")
        })?;
        let Some(first) = first else { return Ok(Read { told, instance: None, deferred }) };
        demand(!first.type_name.is_empty(), "Import didn't set type", || format!("`{address}`"))?;
        let identity = answered(resource, first.identity.as_ref(), Known::Wholly, address)?;
        let by_identity = matches!(target, Target::Identity(_));
        demand(!by_identity || !identity.is_null(), "Import didn't return an identity", || {
            format!("`{address}` was imported by one")
        })?;
        let summary = "Import returned an invalid object";
        let state = decode(&resource.body.kind(), first.state.as_ref(), summary, address)?;
        let summary = "Import returned a non-null value for a write-only attribute";
        write_only(&resource.body, &state).refuse(summary, address)?;
        demand(
            by_identity || deferred.is_some() || !state.is_null(),
            "Import returned null resource",
            || format!("`{address}`: the provider returned an instance with no state"),
        )?;
        let (private, tainted) = (first.private, Tainted::No);
        let instance = Instance { value: state, private, identity, tainted };
        self.verified(address, instance, told, deferred).await
    }

    async fn verified(
        &self,
        address: &str,
        instance: Instance,
        told: Told,
        deferred: Option<Reason>,
    ) -> Result<Read, Refused> {
        if deferred.is_some() && instance.value.is_null() {
            return Ok(Read { told, instance: None, deferred });
        }
        let read = self.read(address, &instance).await?;
        let mut told = told.and(read.told.clone());
        if !read.told.failed() && read.deferred.is_none() && read.instance.is_none() {
            // Here it is the user's mistake: there is nothing of that name.
            told.errors.push(format!(
                "Cannot import non-existent remote object []: `{address}` was imported, and is not there"
            ));
        }
        let instance = if told.failed() { None } else { read.instance };
        Ok(Read { told, instance, deferred: deferred.or(read.deferred) })
    }

    /// What becomes of another resource's state by a `moved` block. It is read and planned afterwards.
    pub async fn move_state(&self, address: &str, source: &Source) -> Result<Arrived, Refused> {
        let resource = self.resource(address)?;
        let capable = self.schemas.capabilities.move_resource_state;
        demand(capable, "Move resource state not supported", || format!("`{address}`"))?;
        let request = move_resource_state::Request {
            source_provider_address: source.provider.clone(),
            source_type_name: source.type_name.clone(),
            source_schema_version: source.version,
            source_state: Some(raw(&source.state)),
            target_type_name: type_of(address).to_owned(),
            source_private: source.private.clone(),
            source_identity: source.identity.as_ref().map(raw),
            source_identity_schema_version: 0,
        };
        let moved = answer(self.server.move_resource_state(Request::new(request)).await)?;
        let told = Told::of(&moved.diagnostics);
        if told.failed() {
            return Ok(Arrived { told, instance: None });
        }
        let invalid = "Provider returned invalid value";
        let state = decode(&resource.body.kind(), moved.target_state.as_ref(), invalid, address)?;
        demand(!state.is_null(), invalid, || format!("`{address}`: a null value was moved"))?;
        value::unknown(&state, "what was moved is unknown").refuse(invalid, address)?;
        write_only(&resource.body, &state).refuse(invalid, address)?;
        let identity = answered(resource, moved.target_identity.as_ref(), Known::Wholly, address)?;
        let (private, tainted) = (moved.target_private, Tainted::No);
        Ok(Arrived { told, instance: Some(Instance { value: state, private, identity, tainted }) })
    }
}

/// A resource that a `moved` block takes the state from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The full address of its provider.
    pub provider: String,
    /// Its type.
    pub type_name: String,
    /// The version of its state's shape.
    pub version: i64,
    /// Its state.
    pub state: serde_json::Value,
    /// What its provider remembers beside it.
    pub private: Vec<u8>,
    /// What tells it apart from others of its type.
    pub identity: Option<serde_json::Value>,
}

fn raw(json: &serde_json::Value) -> v6::RawState {
    v6::RawState { json: json.to_string().into_bytes(), ..Default::default() }
}
