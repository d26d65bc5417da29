//! What is to happen, as the state keeps it, and how often the state changed.

use std::time::Duration;

use rusqlite::params;

use super::{Tx, schema};
use crate::LabTime;
use crate::event::Event;

/// The counter of changes.
const CHANGES: &str = "changes";

/// Documents that nothing depends on which happens by itself: every request writes to them.
const SESSIONS: [&str; 2] = ["vcenter:/sessions/", "nsx-session:/"];

/// A place in the order in which events happen: when one is due, and after which ones of that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) due: LabTime,
    id: i64,
}

/// An event that is due.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Due {
    pub(crate) spot: Spot,
    pub(crate) event: Event,
}

impl Spot {
    /// Before every event.
    pub(crate) const FIRST: Self = Self { due: LabTime::FIRST, id: 0 };
}

impl Tx<'_> {
    /// Makes `event` happen `after` from now, in lab time.
    pub(crate) fn schedule(&mut self, after: Duration, event: &Event) {
        self.schedule_at(self.now().after(after), event);
    }

    /// Makes `event` happen then, after all that is to happen at that moment already.
    pub(crate) fn schedule_at(&mut self, due: LabTime, event: &Event) {
        self.execute(
            "INSERT INTO events (due, json) VALUES (?1, ?2)",
            params![column(due), schema::text(event)],
        );
    }

    /// The first event behind `spot` that is due at `now`.
    pub(crate) fn next_due(&self, spot: Spot, now: LabTime) -> Option<Due> {
        let (id, due, json): (i64, i64, String) = self.one(
            "SELECT id, due, json FROM events WHERE (due, id) > (?1, ?2) AND due <= ?3
             ORDER BY due, id LIMIT 1",
            params![column(spot.due), spot.id, column(now)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let event = self.keep(schema::parse("an event", &json))?;
        let due = LabTime::from_millis(u64::try_from(due).unwrap_or(0));
        Some(Due { spot: Spot { due, id }, event })
    }

    /// Takes an event out of the state.
    pub(crate) fn remove_event(&mut self, spot: Spot) {
        self.execute("DELETE FROM events WHERE id = ?1", [spot.id]);
    }

    /// How often something changed of what events depend on. As long as this stays the same, what
    /// failed would fail again.
    pub(crate) fn changes(&self) -> u64 {
        let sql = "SELECT value FROM counters WHERE name = ?1";
        let value: Option<i64> = self.one(sql, [CHANGES], |row| row.get(0));
        value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)
    }

    /// Counts a write that changed so many documents.
    pub(super) fn count_changes(&mut self, path: &str, documents: usize) {
        if documents > 0 && !SESSIONS.iter().any(|sessions| path.starts_with(sessions)) {
            self.unique(CHANGES);
        }
    }
}

/// A moment as the tables hold it.
fn column(moment: LabTime) -> i64 {
    i64::try_from(moment.as_millis()).unwrap_or(i64::MAX)
}
