//! A strict simulation of vCenter, NSX and NCP that fits in a process.
//!
//! A lab is a [`Store`] (its state, which several processes may share) and, while it is served, a
//! [`Lab`]. The rules of vCenter, NSX and NCP are functions of a transaction ([`Tx`]) and a
//! [`Request`]; they know no socket. There is no background work: whatever is due by the lab's clock
//! happens at the start of the next request.

mod clock;
mod control;
mod control_plane;
mod event;
mod exchange;
mod faults;
mod inventory;
mod journal;
mod message;
mod ncp;
mod nsx;
mod server;
mod settings;
mod store;
pub mod topology;
mod vcenter;
mod workloads;

pub use crate::clock::LabTime;
pub use crate::faults::{Fault, FaultAnswer, FaultBody, FaultKind};
pub use crate::journal::{Effect, Half, JournalEntry};
pub use crate::message::{Body, Request, Response};
pub use crate::server::{Lab, Options, Transport};
pub use crate::settings::{Clock, IsolationProfile, Limits, PatchMode, Settings, Strictness};
pub use crate::store::{Error, Store, Tx};
pub use crate::topology::{Topology, changes};
pub use crate::workloads::{InvalidWorkloads, Workloads};
