//! Real Terraform, or `OpenTofu`, against the real provider and the lab.
//!
//! The tests and `cargo demo` share this: they find the tool ([`Tool`]), build the provider
//! ([`Provider`]) and run the one with the other in a folder of their own ([`Workspace`]). It knows
//! the provider as its users do, by its binary and by what Terraform says; of the lab it knows the
//! state file.

pub mod demo;
mod environment;
mod error;
mod plugin;
mod process;
mod provider;
mod run;
mod screen;
mod tool;
mod workspace;

pub use crate::environment::Environment;
pub use crate::error::Error;
pub use crate::plugin::Plugin;
pub use crate::process::{children, interrupt, kill};
pub use crate::provider::{Product, Profile, Provider, repository};
pub use crate::run::{Diagnostic, Run, Severity};
pub use crate::screen::{Screen, Style};
pub use crate::tool::{Tool, Version};
pub use crate::workspace::{Changes, Installed, PLAN, Running, UNPROTECTED, Workspace};
