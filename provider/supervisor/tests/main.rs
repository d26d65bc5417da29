//! The provider against an in-process lab, through the calls that Terraform makes.

mod driver;
mod segment;
