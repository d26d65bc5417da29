//! Default deny: a namespace is closed, and what is open is written out.
//!
//! Deny is the empty value: an [`Isolation`] with nothing in it drops both directions. Its
//! [`Members`] are a group, its [`Isolation::policies`] the rules, and [`verdict`] reads a whole
//! rule base and says whether the namespace is closed, or which rule opens it.
//!
//! [`verdict`]: crate::isolation::Subject::verdict

mod allow;
mod members;
mod mode;
mod policies;
mod preset;

pub use allow::{Allow, Flow, InvalidAllow};
pub use members::{Members, NcpNamespace, scopes};
pub use mode::{InvalidMode, Mode};
pub use policies::{ALLOW_SEQUENCE, DENY_SEQUENCE, Isolation, Paths};
pub use preset::{Facts, InvalidPreset, MissingFact, Preset};
