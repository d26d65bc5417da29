//! What is to happen later, and how it comes to happen: at the next request.

use serde::{Deserialize, Serialize};

use crate::{Tx, ncp, nsx, vcenter};

/// Something that becomes due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Nsx(nsx::Event),
    Vcenter(vcenter::Event),
    Ncp(ncp::Event),
}

/// Runs what is due, oldest first. Each event sees the time it was due at, so what it schedules in
/// turn is due when it would have been with somebody watching all along.
pub(crate) fn advance(tx: &mut Tx<'_>) {
    let now = tx.now();
    while let Some((due, event)) = tx.take_due(now) {
        tx.set_now(due);
        match event {
            Event::Nsx(event) => nsx::due(tx, &event),
            Event::Vcenter(event) => vcenter::due(tx, &event),
            Event::Ncp(event) => ncp::due(tx, &event),
        }
    }
    tx.set_now(now);
}
