//! Configurations, as tests write them.

use serde_json::Value as Json;

use super::{Client, type_of};
use crate::{
    Value,
    testing::{
        json,
        schema::{Body, Nesting},
    },
};

/// What a configuration is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// The `provider` block.
    Provider,
    /// A resource of this type, or at this address.
    Resource(&'a str),
    /// A data source of this type.
    DataSource(&'a str),
    /// An ephemeral resource of this type.
    EphemeralResource(&'a str),
    /// A list of resources of this type.
    ListResource(&'a str),
    /// An action of this type.
    Action(&'a str),
}

impl<S> Client<S> {
    /// The value of a configuration in JSON, with null for what it leaves out.
    ///
    /// # Panics
    ///
    /// If the provider has no such thing, or that no such attribute.
    #[must_use]
    pub fn config(&self, subject: Subject<'_>, config: &Json) -> Value {
        let schemas = &*self.schemas;
        let found = match subject {
            Subject::Provider => Some(&schemas.provider),
            Subject::Resource(it) => schemas.resources.get(type_of(it)).map(|it| &it.body),
            Subject::DataSource(it) => schemas.data_sources.get(type_of(it)),
            Subject::EphemeralResource(it) => schemas.ephemeral_resources.get(type_of(it)),
            Subject::ListResource(it) => schemas.list_resources.get(type_of(it)),
            Subject::Action(it) => schemas.actions.get(type_of(it)),
        };
        let body = found.unwrap_or_else(|| panic!("the provider has no {subject:?}"));
        let value = json::config(&body.kind(), config);
        with_blocks(body, value)
    }

    /// The value of an identity in JSON, with null for what it leaves out.
    ///
    /// # Panics
    ///
    /// If resources of the type have no identity, or that no such attribute.
    #[must_use]
    pub fn identity_of(&self, address: &str, identity: &Json) -> Value {
        let resource = self.schemas.resources.get(type_of(address));
        let kind = resource.and_then(|it| it.identity.as_ref());
        let kind = kind.unwrap_or_else(|| panic!("`{address}` has no identity"));
        json::config(kind, identity)
    }
}

/// Where a configuration has no block of a kind, there is an empty list of them.
fn with_blocks(body: &Body, value: Value) -> Value {
    let Value::Map(mut entries) = value else { return value };
    for (name, it) in &body.blocks {
        let blocks = match (it.nesting, entries.remove(name).unwrap_or_default()) {
            (Nesting::List | Nesting::Set, Value::Null) => Value::List(Vec::new()),
            (Nesting::Map, Value::Null) => Value::Map([].into()),
            (Nesting::Group, Value::Null) => json::config(&it.body.kind(), &serde_json::json!({})),
            (Nesting::List | Nesting::Set, Value::List(items)) => {
                Value::List(items.into_iter().map(|item| with_blocks(&it.body, item)).collect())
            }
            (Nesting::Single | Nesting::Group, value) => with_blocks(&it.body, value),
            (_, value) => value,
        };
        entries.insert(name.clone(), blocks);
    }
    Value::Map(entries)
}
