//! A framework for Terraform providers.
//!
//! One struct is a resource's schema, its documentation and its codec: it
//! derives `Serialize`, `Deserialize` and [`schemars::JsonSchema`]. The role of an
//! attribute is in its type ([`Required`], [`Optional`], [`Defaulted`],
//! [`Computed`], [`WriteOnly`], [`Block`], [`Blocks`]); constraints are domain types, or keywords of
//! JSON Schema; doc comments are the descriptions.
//!
//! | module | is |
//! |---|---|
//! | [`attr`] | attributes: known, null or unknown, tagged with their role |
//! | [`mark`] | what a type can't say: replace, keep, default, distinct |
//! | [`schema`] | what Terraform may ask of a model, read off the struct |
//! | [`value`], [`codec`] | values on the wire, and between them and models |
//! | [`rules`] | rules across attributes |
//! | [`validate`], [`plan`] | what follows from a schema alone |
//! | [`check`] | what Terraform checks afterwards, checked first |
//! | [`resource`], [`ephemeral`], [`action`], [`function`], [`provider`], [`context`] | what an author writes and uses |
//! | [`identity`], [`list`] | what a resource is known by, and finding what exists |
//! | [`server`] | the protocol's calls, one file each |
//! | [`docs`] | registry pages, from schemas and examples |
//! | [`serve`], [`logging`] | the process: go-plugin's handshake, TLS, logs |
//! | `testing` | Terraform's part, for tests (a feature of that name) |
//!
//! The framework knows no vendor's API. It does no I/O but that of a plugin.

pub mod action;
pub mod attr;
pub mod check;
pub mod codec;
pub mod context;
pub mod diagnostics;
pub mod docs;
pub mod ephemeral;
mod erased;
pub mod function;
pub mod identity;
pub mod list;
pub mod logging;
pub mod mark;
mod moved;
pub mod path;
pub mod plan;
pub mod private;
pub mod provider;
pub mod resource;
pub mod rules;
pub mod schema;
pub mod serve;
pub mod server;
mod set;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timeouts;
pub mod validate;
pub mod value;

pub use action::Action;
pub use attr::{
    Attr, Block, Blocks, Computed, Defaulted, Optional, Required, Secret, Unknown, WriteOnly,
};
pub use context::Context;
pub use diagnostics::{Deferral, Diagnostic, Diagnostics, Error, Severity};
pub use ephemeral::{Ephemeral, Opened};
pub use function::{Function, FunctionError};
pub use identity::{Identified, Identity};
pub use list::{Found, ListResource};
pub use moved::Moved;
pub use path::Path;
pub use private::Private;
pub use provider::{Kinds, Provider};
pub use resource::{DataSource, Model, Plan, Resource};
pub use server::Server;
pub use set::Set;
pub use timeouts::{DefaultTimeouts, Span, Timeouts};
pub use value::{Dynamic, Number, Type, Value};
/// What a [`Secret`] can hide: it is wiped with it.
pub use zeroize::Zeroize;
