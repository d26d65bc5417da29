//! Documents as structs.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Tx;

/// The document at `path`.
pub(crate) fn read<T: DeserializeOwned>(tx: &Tx<'_>, path: &str) -> Option<T> {
    tx.get_text(path).map(|text| parse(&text))
}

/// The documents directly in a collection, in the order of their ids.
pub(crate) fn all<T: DeserializeOwned>(tx: &Tx<'_>, collection: &str) -> Vec<T> {
    tx.children_text(collection).iter().map(|(_, text)| parse(text)).collect()
}

/// Writes the document at `path`.
pub(crate) fn write<T: Serialize>(tx: &mut Tx<'_>, path: &str, document: &T) {
    tx.put(path, &json(document));
}

/// A value of ours as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("the lab's own types are JSON")
}

fn parse<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("vCenter's documents are written by this module alone")
}
