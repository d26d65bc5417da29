//! Objects of Kubernetes as they are written: YAML or JSON, one document, several, or a `List`.
//!
//! [`read`] takes a cluster's state, as `kubectl get -o yaml` prints it, for questions about
//! reachability; [`read_policies`] takes `NetworkPolicies` and nothing else, as a repository has
//! them. [`Objects::firewall`] makes the firewall that enforces them. Text is read as the API server reads it: YAML by way of JSON, so that an unquoted `yes`
//! or `1` is no text. What is refused is said with the document, the object and the field, and all
//! of it at once, but for text that is no YAML. [`write_policy`] goes the other way.

mod baseline;
mod document;
mod object;
mod pod;
mod read;
mod refusal;
mod scalar;
mod write;

pub use baseline::{Baseline, Enforced, UntranslatablePolicies};
pub use object::{Metadata, Object};
pub use read::{Objects, PassedOver, WrittenPolicy, read, read_objects, read_policies};
pub use refusal::{InvalidObject, InvalidObjects, Place};
pub use write::write_policy;

#[cfg(test)]
mod tests;
