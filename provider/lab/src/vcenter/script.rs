//! Trouble on purpose: what goes wrong in the control loop, and whether it heals.
//!
//! The document `vcenter:/lab/wcp` holds a list of outcomes. The first one that fits what is about
//! to happen is taken out of the list and happens instead:
//!
//! ```json
//! { "outcomes": [ { "of": "domain-c8", "at": "NetworkObjects", "message": "no more room",
//!                   "heals_after_minutes": 4 } ] }
//! ```
//!
//! `of` is a cluster's id, a namespace's name, or `*`; `at` is a step of [`Step`], `Removal`,
//! `Namespace`, `Precheck` or `Upgrade`. Without `heals_after_minutes` it stays in ERROR until somebody changes the
//! Supervisor or namespace, or asks for its removal again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::documents;
use super::message::{Localizable, Message};
use super::supervisor::Step;
use crate::Tx;

const PATH: &str = "vcenter:/lab/wcp";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Script {
    outcomes: Vec<Outcome>,
}

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    of: String,
    at: Stage,
    message: String,
    #[serde(default)]
    heals_after_minutes: Option<u64>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Stage {
    /// A step of the control loop.
    Step(Step),
    /// Another piece of work.
    Work(Work),
}

/// Work that is no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// Taking a Supervisor down.
    Removal,
    /// Setting a namespace up.
    Namespace,
    /// Looking whether a Supervisor can be upgraded: this warns.
    Precheck,
    /// Upgrading a Supervisor.
    Upgrade,
}

// === impl Outcome ===

impl Outcome {
    /// As vCenter would report it.
    pub(crate) fn message(&self) -> Message {
        Message::error(Localizable::new("vcenter.wcp.lab.scripted", &self.message))
    }

    /// When it is tried again; never by itself if none.
    pub(crate) fn heals_after(&self) -> Option<Duration> {
        self.heals_after_minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)))
    }
}

/// Takes the outcome that is scripted for this, if there is one.
pub(crate) fn take(tx: &mut Tx<'_>, of: &str, at: Stage) -> Option<Outcome> {
    let mut script: Script = documents::read(tx, PATH)?;
    let fits = |outcome: &Outcome| (outcome.of == of || outcome.of == "*") && outcome.at == at;
    let index = script.outcomes.iter().position(fits)?;
    let outcome = script.outcomes.remove(index);
    documents::write(tx, PATH, &script);
    Some(outcome)
}
