//! Terraform's part of the protocol, for tests of a provider.
//!
//! [`Terraform`] has a state and the commands that work on it: `plan`, `apply`, `destroy`, `import`.
//! [`Client`] makes a single call, and asks of the answer what Terraform asks: a plan that honours the
//! configuration, an apply that honours the plan, nothing unknown in a state, nothing write-only
//! anywhere. What Terraform would refuse makes a test fail, with the resource, the attribute and the rule.
//!
//! Nothing here is shared with [`check`](crate::check) and [`plan`](crate::plan), which answer for the
//! provider: both would agree on the same mistake.
//!
//! ```toml
//! [dev-dependencies]
//! tf-framework = { version = "…", features = ["testing"] }
//! ```

mod client;
mod compatible;
mod json;
mod plan_valid;
mod propose;
mod refusal;
mod schema;
mod terraform;
mod told;
mod value;
mod write_only;

#[cfg(test)]
mod tests;

pub use client::{
    Action, Applied, Arrived, Called, Client, Found, Instance, Invoked, Listed, ListedResource,
    Listing, Opened, Planned, PlannedAction, Read, Reason, Renewed, Source, Subject, Tainted,
    Target, stop,
};
pub use json::{UNKNOWN, to_json};
pub use refusal::{Refusal, Refused};
pub use schema::Schemas;
pub use terraform::{Order, Process, State, Terraform};
pub use told::Told;
