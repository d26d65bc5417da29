//! Real Terraform drives the real provider against the lab.
//!
//! Every test has a folder, a state and a lab of its own below `target/acceptance`, which stays
//! there if the test fails. Where Terraform or Python is missing, a test says so and passes; with
//! `CI=true` it fails.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod bad_inputs;
mod banking;
mod corner;
mod crash;
mod demonstration;
mod docs;
mod earlier_version;
mod ephemeral;
mod examples;
mod generations;
mod harness;
mod interrupt;
mod migration;
mod query;
mod refresh;
mod secrets;
mod segments;
mod served;
mod steps;
mod vendor_sdk;
mod verdict;
