//! The provider `framework`: every corner of the framework, against a real Terraform.
//!
//! It offers what the `framework6provider` of `hashicorp/terraform-provider-corner` offers, and the list of
//! its `framework5provider`, under the same type names, so that the tests of that provider can be pointed
//! at this one. State stores are left out. No part of it is of use otherwise.
//!
//! `CORNER_STATE` names a file for what has to outlive a process; without it, users live as long as
//! the process. `CORNER_SPY` names a file that gets a line for each time that `framework_lifecycle` is
//! opened, renewed or closed. `CORNER_UPGRADE_VERSION=1` gives `framework_writeonly_upgrade` a newer schema.

#![expect(clippy::struct_field_names, reason = "the names are those that the tests write")]

mod actions;
mod backend;
mod echo;
mod ephemerals;
mod functions;
mod resources;
mod text;

use std::{collections::BTreeMap, process::ExitCode};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Deferral, Diagnostics, Error, Kinds, Optional, Provider, Server,
    serve::{self, ProviderAddress},
};

use backend::Backend;

/// Every corner of the framework.
struct Corner {
    variables: BTreeMap<String, String>,
}

/// What this provider is told.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {
    /// Nothing in particular.
    dummy: Optional<String>,
    /// Whether everything is put off, as if parts of this block were unknown.
    deferral: Optional<bool>,
}

impl Provider for Corner {
    type Config = Config;
    type Data = Backend;

    async fn configure(&self, config: Config, _: &mut Diagnostics) -> Result<Backend, Error> {
        if config.deferral.known() == Some(&true) {
            let error =
                Error::new("everything is put off", "`deferral` in the provider block says so");
            return Err(error.deferred(Deferral::ProviderConfigUnknown));
        }
        let file = |name: &str| self.variables.get(name).map(Into::into);
        Ok(Backend::new(file("CORNER_STATE"), file("CORNER_SPY")))
    }

    fn kinds(&self) -> Kinds<Backend> {
        let newer = self.variables.get("CORNER_UPGRADE_VERSION").is_some_and(|it| it == "1");
        let schemas = if newer { resources::Schemas::Newer } else { resources::Schemas::Older };
        functions::all(actions::all(ephemerals::all(resources::all(schemas))))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let variables: BTreeMap<String, String> = std::env::vars().collect();
    let environment = serve::Environment::from_vars(variables.clone());
    let address = ProviderAddress::new("hashicorp", "framework");
    let server = Server::new(Corner { variables });
    let served = if std::env::args().any(|argument| argument == "--debug") {
        serve::serve_debug(server, environment, &address).await
    } else {
        serve::serve(server, environment, &address).await
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
