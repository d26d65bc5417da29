//! The journal of requests and the faults to come, as the state keeps them.

use rusqlite::params;

use super::{Tx, schema};
use crate::JournalEntry;
use crate::faults::Fault;

/// More requests than the journal keeps are forgotten, oldest first.
const JOURNAL_LENGTH: i64 = 100_000;

impl Tx<'_> {
    pub(crate) fn record(&mut self, entry: &JournalEntry) {
        self.execute("INSERT INTO journal (json) VALUES (?1)", [schema::text(entry)]);
        let last = self.connection.last_insert_rowid();
        self.execute("DELETE FROM journal WHERE id <= ?1", [last - JOURNAL_LENGTH]);
    }

    pub(crate) fn journal(&self) -> Vec<JournalEntry> {
        let texts: Vec<String> =
            self.many("SELECT json FROM journal ORDER BY id", [], |row| row.get(0));
        texts.iter().filter_map(|json| self.keep(schema::parse("the journal", json))).collect()
    }

    pub(crate) fn clear_journal(&mut self) {
        self.execute("DELETE FROM journal", []);
    }

    pub(crate) fn add_fault(&mut self, fault: &Fault) {
        self.execute("INSERT INTO faults (json) VALUES (?1)", [schema::text(fault)]);
    }

    /// The faults to come, oldest first, with what names them.
    pub(crate) fn faults(&self) -> Vec<(i64, Fault)> {
        let rows: Vec<(i64, String)> =
            self.many("SELECT id, json FROM faults ORDER BY id", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
        let parse = |(id, json): (i64, String)| {
            self.keep(schema::parse("a fault", &json)).map(|fault| (id, fault))
        };
        rows.into_iter().filter_map(parse).collect()
    }

    pub(crate) fn update_fault(&mut self, id: i64, fault: &Fault) {
        self.execute("UPDATE faults SET json = ?2 WHERE id = ?1", params![id, schema::text(fault)]);
    }

    pub(crate) fn remove_fault(&mut self, id: i64) {
        self.execute("DELETE FROM faults WHERE id = ?1", [id]);
    }

    pub(crate) fn clear_faults(&mut self) {
        self.execute("DELETE FROM faults", []);
    }
}
