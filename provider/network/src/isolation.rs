//! Default deny: a namespace is closed, and what is open is written out.
//!
//! Deny is the empty value: an [`Isolation`] with nothing in it drops both directions. Its
//! [`Members`] are a group, its [`Isolation::policies`] the rules, and [`Members::verdict`] reads
//! a whole rule base and says whether the namespace is closed, or which rule opens it.

mod allow;
mod judge;
mod members;
mod misses;
mod mode;
mod policies;
mod preset;
mod slice;
mod strays;
mod verdict;
mod witness;
mod words;

pub use allow::{Allow, Flow, InvalidAllow};
pub use judge::{Judge, Surroundings};
pub use members::{Members, NcpNamespace, scopes};
pub use mode::{InvalidMode, Mode};
pub use policies::{ALLOW_SEQUENCE, DENY_SEQUENCE, Isolation, Paths};
pub use preset::{Facts, InvalidPreset, MissingFact, Preset};
pub use slice::Slice;
pub use strays::{Roll, Strays};
pub use verdict::{
    Cause, Certainty, Doubt, Miss, Opening, Outcome, RuleName, Verdict, What, Who, Whose, Why,
};
