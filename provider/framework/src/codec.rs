//! Between [`Value`]s and models, with every error at its attribute.
//!
//! Decoding does not stop at the first error: an attribute that cannot be read
//! is reported, and counts as unknown, so that whatever else is wrong is found
//! in the same run.

mod node;
mod writer;

use serde::{Serialize, de::DeserializeOwned};

use crate::{Path, Value};
use node::{Failure, Findings, Node};
use writer::Writer;

/// An attribute that is not what its type takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where it stands.
    pub path: Path,
    /// What its type says about it.
    pub message: String,
}

/// The model in `value`, and what of it cannot be read.
///
/// Attributes that cannot be read are unknown in the model. There is no model
/// where `T` has no room for that.
#[must_use]
pub fn decode<T: DeserializeOwned>(value: &Value) -> (Option<T>, Vec<Misfit>) {
    let findings = Findings::default();
    let root = Node::root(value, &findings);
    let model = match T::deserialize(root) {
        Ok(model) => Some(model),
        Err(Failure::Message(message)) => {
            findings.add(Path::root(), message);
            None
        }
        Err(Failure::Unknown | Failure::Reported) => None,
    };
    (model, findings.take())
}

/// The value of `model`.
///
/// # Panics
///
/// If the model is no plain data, or holds a float that is no number.
pub fn encode<T: Serialize>(model: &T) -> Value {
    match model.serialize(Writer) {
        Ok(value) => value,
        Err(err) => panic!("a model of {} is no plain data: {err}", std::any::type_name::<T>()),
    }
}

/// `value` as a model of `T` understands it: what it cannot hold is unknown, and what it takes to be
/// the same is written the same. None if there is no model in it.
#[must_use]
pub fn understood<T: Serialize + DeserializeOwned>(value: &Value) -> Option<Value> {
    decode::<T>(value).0.map(|model| encode(&model))
}

#[cfg(test)]
mod tests;
