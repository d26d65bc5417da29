//! What a resource remembers beside its state, unseen by the user.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

/// Private data of one resource, by key.
///
/// It travels with the state: it must hold no secret, for Terraform does not
/// encrypt it. Only that of an ephemeral resource stays in memory. Data that
/// cannot be read counts as none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Private(BTreeMap<String, Json>);

impl Private {
    /// As it was stored.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(serde_json::from_slice(bytes).unwrap_or_default())
    }

    /// As it is to be stored.
    ///
    /// # Panics
    ///
    /// Never: JSON values always have a JSON form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.0.is_empty() {
            return Vec::new();
        }
        serde_json::to_vec(&self.0).expect("JSON has a JSON form")
    }

    /// What stands at `key`, if it is there and a `T`.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_value(self.0.get(key)?.clone()).ok()
    }

    /// Remembers `value` at `key`.
    ///
    /// # Panics
    ///
    /// If `value` is no plain data.
    pub fn set(&mut self, key: &str, value: &impl Serialize) {
        let json = serde_json::to_value(value).expect("private data is plain data");
        self.0.insert(key.to_owned(), json);
    }

    /// Forgets what stands at `key`.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }
}
