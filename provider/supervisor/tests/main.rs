//! The provider against an in-process lab, through the calls that Terraform makes.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod docs;
mod driver;
mod segment;
