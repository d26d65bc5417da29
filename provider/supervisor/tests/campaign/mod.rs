//! What the provider does when things go wrong, found by enumeration: every call of a run times
//! every fault, every death of the process, every moment of an interrupt.
//!
//! Everything is in one process and in virtual time: the provider, the lab, and the [`line`]
//! between them. A run without faults says how many calls there are and where they lead; each
//! other run has to lead there too, at the latest with one more apply.

mod actors;
mod case;
mod cluster;
pub(crate) mod line;
mod lost_state;
mod namespace;
mod network_policy;
mod oracle;
mod refresh;
mod sample;
mod scenario;
mod segment;
mod subjects;
mod trouble;
