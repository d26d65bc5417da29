//! The client against a server that answers what a test tells it.

#![expect(clippy::unwrap_used, reason = "a helper that cannot help fails its test")]

mod calls;
mod errors;
mod filters;
mod golden;
mod samples;
mod server;
mod session;
