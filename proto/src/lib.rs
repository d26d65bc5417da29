//! Terraform's plugin protocol 6 and go-plugin's services, as Rust types.
//!
//! The code is generated from the `.proto` files of this crate and committed, so that a build needs
//! no generator. `tests/protocol` makes it again, and proves the `.proto` files against the facts.
//! A method that a provider leaves out answers UNIMPLEMENTED.

/// Terraform's plugin protocol 6: what `tfplugin6.proto` declares.
#[expect(
    missing_docs,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::pedantic,
    reason = "generated"
)]
pub mod v6 {
    include!("generated/tfplugin6.rs");
}

/// What go-plugin wants beside it: broker, controller and stdio.
#[expect(
    missing_docs,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::pedantic,
    reason = "generated"
)]
pub mod plugin {
    include!("generated/plugin.rs");
}
