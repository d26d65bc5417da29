//! What is to happen later, and how it comes to happen: at the next request.
//!
//! Time that passes costs what happens in it. What failed and is tried again every so often does not
//! happen as long as nothing changed since it failed: it would fail in the same way and change
//! nothing. Its next try is then the first one, of those that it would have had, behind the next
//! thing that does happen, or behind now. So a client sees what it would see had each try been made.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::store::{Due, Spot};
use crate::{LabTime, Tx, ncp, nsx, vcenter};

/// So many events happen at one request; the rest at the next ones, each as at its own time. It is
/// more than one request can bring about.
const MOST_EVENTS: usize = 10_000;
/// So many of them may be tries of what failed before; what is left of these has its next try behind
/// now. Only things that undo one another's work for ever come to this.
const MOST_TRIES: usize = 1000;

/// Something that becomes due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Nsx(nsx::Event),
    Vcenter(vcenter::Event),
    Ncp(ncp::Event),
    Again(Again),
}

/// An event that failed and is tried again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Again {
    event: Box<Event>,
    /// Milliseconds from one try to the next.
    every: u64,
    /// How often the state had changed when it failed ([`Tx::changes`]).
    seen: u64,
}

/// What came to pass at one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    /// Events that happened, tries among them.
    pub(crate) happened: usize,
    /// Tries of what had failed before.
    pub(crate) tries: usize,
    /// Tries that were put off, for nothing had changed.
    pub(crate) put_off: usize,
}

impl Passed {
    /// Whether no more is to be tried at this request.
    fn is_enough(self) -> bool {
        self.tries >= MOST_TRIES
    }
}

/// Has an event that just failed happen again: `every` so often, until it does not fail.
pub(crate) fn again(tx: &mut Tx<'_>, every: Duration, event: Event) {
    let millis = u64::try_from(every.as_millis()).unwrap_or(u64::MAX).max(1);
    let again = Again { event: Box::new(event), every: millis, seen: tx.changes() };
    tx.schedule(every, &Event::Again(again));
}

/// Runs what is due, oldest first. Each event sees the time it was due at, so what it schedules in
/// turn is due when it would have been with somebody watching all along.
pub(crate) fn advance(tx: &mut Tx<'_>) -> Passed {
    let now = tx.now();
    let mut passed = Passed::default();
    while passed.happened < MOST_EVENTS
        && let Some(next) = tx.next_due(Spot::FIRST, now)
    {
        if is_idle(&next, tx.changes(), passed) {
            passed.put_off += put_off(tx, now, passed);
            continue;
        }
        tx.remove_event(next.spot);
        tx.set_now(next.spot.due);
        passed.happened += 1;
        passed.tries += usize::from(matches!(next.event, Event::Again(_)));
        happen(tx, &next.event);
    }
    tx.set_now(now);
    passed
}

fn happen(tx: &mut Tx<'_>, event: &Event) {
    match event {
        Event::Nsx(event) => nsx::due(tx, event),
        Event::Vcenter(event) => vcenter::due(tx, event),
        Event::Ncp(event) => ncp::due(tx, event),
        Event::Again(again) => happen(tx, &again.event),
    }
}

/// Whether an event is a try of which it is known that it fails, or one too many.
fn is_idle(due: &Due, changes: u64, passed: Passed) -> bool {
    match &due.event {
        Event::Again(again) => again.seen == changes || passed.is_enough(),
        _ => false,
    }
}

/// Puts off the idle tries at the head of what is due: behind what happens next, or behind now.
/// They keep to their own times, and among one another to the order that they would have come to.
fn put_off(tx: &mut Tx<'_>, now: LabTime, passed: Passed) -> usize {
    let (idle, next) = head(tx, now, passed);
    let behind_now = now.after(Duration::from_millis(1));
    let until = next.filter(|_| !passed.is_enough()).unwrap_or(behind_now);
    let mut moved: Vec<_> =
        idle.into_iter().map(|(spot, again)| Moved::new(spot, again, until)).collect();
    // Each comes behind what was put down before its last try failed.
    moved.sort_by_key(|it| it.failed);
    for Moved { spot, again, failed } in &moved {
        tx.remove_event(*spot);
        let due = failed.after(Duration::from_millis(again.every));
        tx.schedule_at(due, &Event::Again(again.clone()));
    }
    moved.len()
}

/// The idle tries before anything else, and when that is due.
fn head(tx: &Tx<'_>, now: LabTime, passed: Passed) -> (Vec<(Spot, Again)>, Option<LabTime>) {
    let changes = tx.changes();
    let mut idle = Vec::new();
    let mut spot = Spot::FIRST;
    while let Some(next) = tx.next_due(spot, now) {
        spot = next.spot;
        match next {
            Due { event: Event::Again(ref again), .. } if is_idle(&next, changes, passed) => {
                idle.push((spot, again.clone()));
            }
            _ => return (idle, Some(spot.due)),
        }
    }
    (idle, None)
}

/// A try that is put off.
struct Moved {
    spot: Spot,
    again: Again,
    /// When the try before its next one would have failed.
    failed: LabTime,
}

impl Moved {
    /// With the first of its tries that is not before `until`, and not the one that is put off.
    fn new(spot: Spot, again: Again, until: LabTime) -> Self {
        let every = again.every;
        let left = until.as_millis().saturating_sub(spot.due.as_millis());
        let failures = left.div_ceil(every).max(1) - 1;
        let failed = spot.due.after(Duration::from_millis(failures.saturating_mul(every)));
        Self { spot, again, failed }
    }
}
