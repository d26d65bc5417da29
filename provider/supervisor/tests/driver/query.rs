//! `terraform query`.

use serde_json::Value as Json;
use tf_framework::testing::{Listing, Subject, to_json};

use super::World;

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
        let config = self.client().config(Subject::ListResource(type_name), config);
        let listed = self.client().list(type_name, &config, Listing::Objects, 100).await.unwrap();
        listed.told.nothing();
        let listed = listed.found.into_iter().map(|it| Listed {
            name: it.display_name,
            identity: to_json(&it.identity),
            state: to_json(&it.object),
        });
        listed.collect()
    }
}
