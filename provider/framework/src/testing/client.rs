//! The calls that Terraform makes, each with the checks that Terraform makes of the answer.

mod action;
mod apply;
mod config;
mod data;
mod ephemeral;
mod function;
mod generate;
mod identity;
mod import;
mod list;
mod plan;
mod read;
mod replaced;
mod upgrade;

use std::{collections::BTreeSet, fmt, sync::Arc};

use serde_json::Value as Json;
use tfplugin::v6::{self, DynamicValue, provider_server};
use tonic::{Request, Response, Status};

pub use action::{Invoked, PlannedAction};
pub use apply::Applied;
pub use config::Subject;
pub use data::Found;
pub use ephemeral::{Opened, Renewed};
pub use function::Called;
pub use import::{Arrived, Source, Target};
pub use list::{Listed, ListedResource, Listing};
pub use plan::{Action, Planned};
pub use read::Read;

use super::{
    Told, json,
    refusal::{Refused, demand, refused},
    schema::{Resource, Schemas},
    value,
};
use crate::{Value, value::Type};

/// Terraform's side of a connection to one process of a provider.
///
/// A resource is known by its address, such as `supervisor_cluster.bank`, of which its type is enough.
#[derive(Clone)]
pub struct Client<S> {
    server: S,
    schemas: Arc<Schemas>,
    capabilities: v6::ClientCapabilities,
    /// The types whose identity may change.
    changing: BTreeSet<String>,
}

/// What Terraform keeps of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The state.
    pub value: Value,
    /// What the provider remembers beside it.
    pub private: Vec<u8>,
    /// What tells it apart from others of its type; null if nothing does.
    pub identity: Value,
    /// Whether the next apply replaces it.
    pub tainted: Tainted,
}

impl Instance {
    /// The state as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        json::to_json(&self.value)
    }
}

/// Whether the next apply replaces a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the type says it")]
pub enum Tainted {
    Yes,
    No,
}

/// Why a provider puts something off, as the protocol has it.
pub use v6::deferred::Reason;

impl<S: provider_server::Provider> Client<S> {
    /// Asks the first process of a command for its schemas.
    pub async fn new(server: S) -> Result<Self, Refused> {
        let request = Request::new(v6::get_provider_schema::Request {});
        let schemas = answer(server.get_provider_schema(request).await)?;
        let told = Told::of(&schemas.diagnostics);
        demand(!told.failed(), "Failed to load plugin schemas", || told.errors.join("\n"))?;
        let request = Request::new(v6::get_resource_identity_schemas::Request {});
        let identities = match server.get_resource_identity_schemas(request).await {
            // The one call that an older provider may leave out.
            Err(status) if status.code() == tonic::Code::Unimplemented => {
                v6::get_resource_identity_schemas::Response::default()
            }
            other => answer(other)?,
        };
        let told = Told::of(&identities.diagnostics);
        demand(!told.failed(), "Failed to load plugin schemas", || told.errors.join("\n"))?;
        let schemas = Arc::new(super::schema::read(schemas, &identities)?);
        let capabilities =
            v6::ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true };
        Ok(Self { server, schemas, capabilities, changing: BTreeSet::new() })
    }

    /// The same with another process, which nobody asks for schemas any more.
    #[must_use]
    pub fn over(&self, server: S) -> Self {
        Self {
            server,
            schemas: Arc::clone(&self.schemas),
            capabilities: self.capabilities,
            changing: self.changing.clone(),
        }
    }

    /// As Terraform with `-allow-deferral`: what cannot be planned yet may be put off.
    #[must_use]
    pub fn allowing_deferral(mut self) -> Self {
        self.capabilities.deferral_allowed = true;
        self
    }

    /// As a Terraform that knows no write-only attributes.
    #[must_use]
    pub fn without_write_only(mut self) -> Self {
        self.capabilities.write_only_attributes_allowed = false;
        self
    }

    /// With a type of resources whose identity may change.
    #[must_use]
    pub fn with_changing_identity(mut self, type_name: &str) -> Self {
        self.changing.insert(type_name.to_owned());
        self
    }

    /// What the provider says that it has.
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The process.
    pub fn server(&self) -> &S {
        &self.server
    }

    /// Validates the `provider` block.
    pub async fn validate_provider(&self, config: &Value) -> Result<Told, Refused> {
        let request = v6::validate_provider_config::Request { config: wire(config) };
        let call = self.server.validate_provider_config(Request::new(request)).await;
        Ok(Told::of(&answer(call)?.diagnostics))
    }

    /// Configures the provider.
    pub async fn configure(&self, config: &Value) -> Result<Told, Refused> {
        let request = v6::configure_provider::Request {
            terraform_version: "1.14.0".to_owned(),
            config: wire(config),
            client_capabilities: Some(self.capabilities),
        };
        let call = self.server.configure_provider(Request::new(request)).await;
        Ok(Told::of(&answer(call)?.diagnostics))
    }

    /// Interrupts what is under way.
    pub async fn stop(&self) -> Result<(), Refused> {
        stop(&self.server).await
    }

    /// Validates the configuration of a resource.
    pub async fn validate(&self, address: &str, config: &Value) -> Result<Told, Refused> {
        let request = v6::validate_resource_config::Request {
            type_name: type_of(address).to_owned(),
            config: wire(config),
            client_capabilities: Some(self.capabilities),
        };
        let call = self.server.validate_resource_config(Request::new(request)).await;
        Ok(Told::of(&answer(call)?.diagnostics))
    }

    fn resource(&self, address: &str) -> Result<&Resource, Refused> {
        known(self.schemas.resources.get(type_of(address)), "resource type", address)
    }

    /// Whether something was put off that may be.
    fn deferred(
        &self,
        deferred: Option<v6::Deferred>,
        told: &Told,
        address: &str,
    ) -> Result<Option<Reason>, Refused> {
        let Some(deferred) = deferred else { return Ok(None) };
        let fits = self.capabilities.deferral_allowed || told.failed();
        demand(fits, "Provider deferred changes when Terraform did not allow deferrals", || {
            format!("`{address}` was deferred, and deferrals are disabled")
        })?;
        Ok(Some(deferred.reason()))
    }
}

/// Interrupts the calls that a process has under way.
pub async fn stop<S: provider_server::Provider>(server: &S) -> Result<(), Refused> {
    let call = server.stop_provider(Request::new(v6::stop_provider::Request {})).await;
    let error = answer(call)?.error;
    demand(error.is_empty(), "Failed to stop the provider", || error)
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("capabilities", &self.capabilities).finish_non_exhaustive()
    }
}

/// The type in an address such as `supervisor_cluster.bank`.
fn type_of(address: &str) -> &str {
    address.split('.').next().unwrap_or(address)
}

fn known<'a, T>(found: Option<&'a T>, what: &str, name: &str) -> Result<&'a T, Refused> {
    found.map_or_else(
        || refused("Invalid type", format!("the provider has no {what} `{}`", type_of(name))),
        Ok,
    )
}

/// The answer of a call; a status in place of it is the plugin's failure.
fn answer<T>(call: Result<Response<T>, Status>) -> Result<T, Refused> {
    match call {
        Ok(response) => Ok(response.into_inner()),
        Err(status) if status.code() == tonic::Code::Unimplemented => {
            refused("Unsupported plugin method", status.message())
        }
        Err(status) => refused("Plugin did not respond", status.message()),
    }
}

/// A value that the provider answered; what cannot be read is refused under that name.
fn decode(
    kind: &Type,
    wire: Option<&DynamicValue>,
    summary: &'static str,
    address: &str,
) -> Result<Value, Refused> {
    value::decode(kind, wire).or_else(|why| refused(summary, format!("`{address}`: {why}")))
}

#[expect(clippy::unnecessary_wraps, reason = "the protocol's messages want it wrapped")]
fn wire(value: &Value) -> Option<DynamicValue> {
    Some(value::encode(value))
}
