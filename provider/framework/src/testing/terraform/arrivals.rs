//! What comes into a state, or a configuration, from elsewhere.

use serde_json::Value as Json;

use super::{Process, Terraform, accepted, heard};
use crate::testing::{Found, Source, Subject, Target, Told, json::to_json};

impl<S: Process> Terraform<S> {
    /// `terraform import` of one resource, by its id.
    pub async fn import(&mut self, address: &str, id: &str) -> Told {
        self.import_target(address, &Target::Id(id.to_owned())).await
    }

    /// The same by its identity.
    pub async fn import_by_identity(&mut self, address: &str, identity: &Json) -> Told {
        let identity = self.client.identity_of(address, identity);
        self.import_target(address, &Target::Identity(identity)).await
    }

    async fn import_target(&mut self, address: &str, target: &Target) -> Told {
        let read = accepted(self.client.import(address, target).await);
        if let Some(instance) = read.instance {
            self.state.insert(address.to_owned(), instance);
        }
        heard(read.told)
    }

    /// The configuration that `-generate-config-out` writes for what is in the state.
    ///
    /// # Panics
    ///
    /// If there is no such resource in it, or the provider has something to say.
    pub async fn written(&self, address: &str) -> Json {
        let there = self.state.get(address).unwrap_or_else(|| panic!("there is no `{address}`"));
        let (config, told) = accepted(self.client.generate(address, there).await);
        heard(told).nothing();
        to_json(&config)
    }

    /// What a `moved` block does with a resource of another provider or type: it is not read yet.
    pub async fn moved(&mut self, address: &str, source: &Source) -> Told {
        let arrived = accepted(self.client.move_state(address, source).await);
        if let Some(instance) = arrived.instance {
            self.state.insert(address.to_owned(), instance);
        }
        heard(arrived.told)
    }

    /// Reads a data source; its result is null if that fails.
    pub async fn data(&self, type_name: &str, config: &Json) -> (Json, Told) {
        let found = self.look_up(type_name, config).await;
        (to_json(&found.value), found.told)
    }

    /// Reads a data source, with what may put it off.
    pub async fn look_up(&self, type_name: &str, config: &Json) -> Found {
        let config = self.client.config(Subject::DataSource(type_name), config);
        let mut found = accepted(self.client.data(type_name, &config).await);
        found.told = heard(found.told);
        found
    }
}
