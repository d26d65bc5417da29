//! Between the firewall that decides and the one that NSX keeps.
//!
//! `namespace-network` decides over plain facts; NSX has paths, `ANY` and lists whose emptiness
//! means everything. Here each is turned into the other, and nowhere else: what cannot be said
//! exactly is an error on the way out, and doubtful ([`Expression::Opaque`]) on the way in.
//!
//! [`Expression::Opaque`]: namespace_network::firewall::Expression::Opaque

mod fields;
mod from_nsx;
mod near;
mod rule_base;
mod to_nsx;
mod whose;

pub use from_nsx::{decided, expression, policy};
pub use near::Near;
pub use rule_base::{RuleBase, attached, read};
pub use to_nsx::{Unsayable, group, security_policy};
pub use whose::{Asked, Author, author};

#[cfg(test)]
mod tests;
