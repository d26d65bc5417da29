//! `terraform query`, and what Terraform makes of its result.

use futures_util::StreamExt as _;
use serde_json::Value as Json;
use tf_framework::{Value, server::Subject};
use tfplugin::v6::{self, provider_server::Provider as _};
use tonic::Request;

use super::{
    Instance, Tainted, Told, World,
    values::{kind, leak, read, to_json, wire},
};

/// What a list tells of a thing.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) identity: Json,
    /// Null if it is not there.
    pub(crate) state: Json,
}

impl World {
    /// All that a `list` block finds, states included, without a word.
    pub(crate) async fn list(&self, type_name: &str, config: &Json) -> Vec<Listed> {
        let config = self.config(Subject::List(leak(type_name)), config);
        let request = v6::validate_list_resource_config::Request {
            type_name: type_name.to_owned(),
            config: config.clone(),
            ..Default::default()
        };
        let validated = self.server.validate_list_resource_config(Request::new(request)).await;
        Told::of(&validated.unwrap().into_inner().diagnostics).nothing();
        let request = v6::list_resource::Request {
            type_name: type_name.to_owned(),
            config,
            include_resource_object: true,
            limit: 100,
        };
        let mut events =
            self.server.list_resource(Request::new(request)).await.unwrap().into_inner();
        let mut listed = Vec::new();
        while let Some(event) = events.next().await {
            let event = event.unwrap();
            Told::of(&event.diagnostic).nothing();
            let identity = event.identity.and_then(|it| it.identity_data);
            listed.push(Listed {
                name: event.display_name,
                identity: to_json(&read(identity.as_ref())),
                state: to_json(&read(event.resource_object.as_ref())),
            });
        }
        listed
    }

    /// An `import` block with an `identity`.
    pub(crate) async fn import_by_identity(&mut self, address: &str, identity: &Json) -> Told {
        let identity_data = wire(&Value::from_json(identity));
        let request = v6::import_resource_state::Request {
            type_name: kind(address).to_owned(),
            identity: Some(v6::ResourceIdentityData { identity_data }),
            ..Default::default()
        };
        let answer = self.server.import_resource_state(Request::new(request)).await.unwrap();
        let answer = answer.into_inner();
        let told = Told::of(&answer.diagnostics);
        let Some(imported) = answer.imported_resources.into_iter().next() else { return told };
        let known = imported.identity.and_then(|it| it.identity_data);
        assert_eq!(to_json(&read(known.as_ref())), *identity, "the identity that was given");
        let value = read(imported.state.as_ref());
        let instance = Instance { value, private: imported.private, tainted: Tainted::No };
        self.state.insert(address.to_owned(), instance);
        told.and(self.refresh(address).await)
    }

    /// The configuration that Terraform writes for a state.
    pub(crate) async fn written(&self, address: &str) -> Json {
        let request = v6::generate_resource_config::Request {
            type_name: kind(address).to_owned(),
            state: wire(&self.state[address].value),
        };
        let answer = self.server.generate_resource_config(Request::new(request)).await.unwrap();
        let answer = answer.into_inner();
        Told::of(&answer.diagnostics).nothing();
        to_json(&read(answer.config.as_ref()))
    }
}
