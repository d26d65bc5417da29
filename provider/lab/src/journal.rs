//! What was asked of the lab: enough for a test to count round trips, and no secret.

use serde::{Deserialize, Serialize};

use crate::LabTime;

/// Which part of the lab was asked: one of its halves, or what vCenter makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// The vCenter.
    Vcenter,
    /// The NSX manager.
    Nsx,
    /// The control plane of a Supervisor.
    ControlPlane,
}

/// One request, without its headers and body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Which half was asked.
    pub half: Half,
    /// The verb.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as it came, without its `?`.
    pub query: String,
    /// What was answered; 0 where the connection was cut instead.
    pub status: u16,
    /// What it did to the state.
    pub effect: Effect,
    /// When, by the lab's clock.
    pub at: LabTime,
}

/// What a request did to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It only read, or was refused.
    None,
    /// It was an accepted write: any verb but GET and HEAD, log-ins and log-outs aside.
    Wrote,
}
