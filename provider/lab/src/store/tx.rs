//! One transaction: what the rules may do to the state.

use std::cell::RefCell;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Error, Secrets, schema};
use crate::clock::{self, ClockState};
use crate::{LabTime, Settings};

/// The state, held alone for one piece of work. An error of the store is kept, and makes the whole
/// transaction fail at its end, so that rules read as rules.
#[derive(Debug)]
pub struct Tx<'a> {
    pub(super) connection: &'a Connection,
    settings: &'a Settings,
    now: LabTime,
    session_time: u64,
    error: RefCell<Option<Error>>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        settings: &'a Settings,
        clock: ClockState,
    ) -> Self {
        let wall = clock::wall();
        Self {
            connection,
            settings,
            now: clock.lab_time(settings.clock, wall),
            session_time: clock.session_time(wall),
            error: RefCell::new(None),
        }
    }

    /// The same at another time.
    pub(super) fn at(mut self, now: LabTime) -> Self {
        self.now = now;
        self
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        self.error.into_inner().map_or(Ok(()), Err)
    }
}

/// Documents. A path is `half:/a/b/c`; its collection is everything before the last `/`.
impl Tx<'_> {
    /// The document at `path`, such as `nsx:/infra/segments/web`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Value> {
        self.get_text(path).and_then(|json| self.keep(schema::parse(path, &json)))
    }

    /// The same as the JSON text it was stored as.
    #[must_use]
    pub fn get_text(&self, path: &str) -> Option<String> {
        self.one("SELECT json FROM documents WHERE path = ?1", [path], |row| row.get(0))
    }

    /// Whether there is a document at `path`.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.one("SELECT 1 FROM documents WHERE path = ?1", [path], |row| row.get::<_, i64>(0))
            .is_some()
    }

    /// Writes the document at `path`, whether there was one or not.
    pub fn put(&mut self, path: &str, value: &Value) {
        let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
        let changed = self.execute(
            "INSERT INTO documents (path, parent, json) VALUES (?1, ?2, ?3)
             ON CONFLICT (path) DO UPDATE SET json = excluded.json WHERE json <> excluded.json",
            params![path, collection, schema::text(value)],
        );
        self.count_changes(path, changed);
    }

    /// Removes the document at `path`, not those below it, and tells whether there was one.
    pub fn delete(&mut self, path: &str) -> bool {
        let gone = self.execute("DELETE FROM documents WHERE path = ?1", [path]);
        self.count_changes(path, gone);
        gone > 0
    }

    /// The documents directly in a collection such as `nsx:/infra/segments`, with their ids, sorted
    /// by id.
    #[must_use]
    pub fn children(&self, collection: &str) -> Vec<(String, Value)> {
        self.parsed(self.children_text(collection))
    }

    /// The same as the JSON texts they were stored as.
    #[must_use]
    pub fn children_text(&self, collection: &str) -> Vec<(String, String)> {
        let skip = collection.len() + 1;
        self.many(
            "SELECT path, json FROM documents WHERE parent = ?1 ORDER BY path",
            [collection],
            |row| Ok((row.get::<_, String>(0)?.split_off(skip), row.get(1)?)),
        )
    }

    /// Every document below `prefix`, with its whole path, sorted by path. The one at `prefix`
    /// itself is not among them.
    #[must_use]
    pub fn under(&self, prefix: &str) -> Vec<(String, Value)> {
        self.parsed(self.under_text(prefix))
    }

    /// The same as the JSON texts they were stored as.
    #[must_use]
    pub fn under_text(&self, prefix: &str) -> Vec<(String, String)> {
        // `0` is the character after `/`.
        self.many(
            "SELECT path, json FROM documents WHERE path > ?1 AND path < ?2 ORDER BY path",
            [format!("{prefix}/"), format!("{prefix}0")],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn parsed(&self, texts: Vec<(String, String)>) -> Vec<(String, Value)> {
        let parse = |(id, json): (String, String)| {
            self.keep(schema::parse(&id, &json)).map(|value| (id, value))
        };
        texts.into_iter().filter_map(parse).collect()
    }
}

/// Time, events, names.
impl Tx<'_> {
    /// The lab's time; while an event runs, the time it was due at.
    #[must_use]
    pub fn now(&self) -> LabTime {
        self.now
    }

    /// Milliseconds of real time, also where the lab's clock is manual: what sessions' idle time
    /// counts in. Only differences mean something.
    #[must_use]
    pub fn session_time(&self) -> u64 {
        self.session_time
    }

    /// What this lab is.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.settings
    }

    pub(crate) fn set_now(&mut self, now: LabTime) {
        self.now = now;
    }

    /// Moves a manual clock on.
    pub(crate) fn move_clock(&mut self, by: Duration) {
        let Some(mut clock) = self.keep(schema::clock(self.connection)) else { return };
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        clock.advanced = clock.advanced.saturating_add(by);
        self.set_setting("clock", &clock);
        self.now = clock.lab_time(self.settings.clock, clock::wall());
    }

    /// Makes sessions as idle as if nobody had asked for so long.
    pub(crate) fn idle_sessions(&mut self, by: Duration) {
        let Some(mut clock) = self.keep(schema::clock(self.connection)) else { return };
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        clock.idled = clock.idled.saturating_add(by);
        self.set_setting("clock", &clock);
        self.session_time = self.session_time.saturating_add(by);
    }

    /// The next number of the counter `what`: 1, 2, 3 …
    pub fn unique(&mut self, what: &str) -> u64 {
        let value: Option<i64> = self.one(
            "INSERT INTO counters (name, value) VALUES (?1, 1)
             ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            [what],
            |row| row.get(0),
        );
        value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)
    }

    /// A new UUID, the same in every lab of this seed that made as many of `what` before.
    pub fn uuid(&mut self, what: &str) -> String {
        let number = self.unique(what);
        self.uuid_of(&format!("{what}/{number}"))
    }

    /// The UUID of `name`: always the same one in a lab of this seed.
    #[must_use]
    pub fn uuid_of(&self, name: &str) -> String {
        let hash = digest(&[&self.settings.seed, name]);
        let variant = u8::from_str_radix(&hash[16..17], 16).unwrap_or(0) & 3 | 8;
        format!(
            "{}-{}-4{}-{variant:x}{}-{}",
            &hash[..8],
            &hash[8..12],
            &hash[13..16],
            &hash[17..20],
            &hash[20..32]
        )
    }

    /// A new token that cannot be guessed: 32 hexadecimal digits.
    pub fn token(&mut self, what: &str) -> String {
        let number = self.unique(what);
        let secret = self.secrets().map(|secrets| secrets.token_seed).unwrap_or_default();
        digest(&[&secret, &format!("{what}/{number}")])[..32].to_owned()
    }

    /// The lab's secrets. None only if the state failed, and then the transaction does.
    pub(crate) fn secrets(&self) -> Option<Secrets> {
        self.setting("secrets")
    }

    pub(crate) fn setting<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.keep(schema::get(self.connection, name)).flatten()
    }

    pub(crate) fn set_setting<T: Serialize>(&mut self, name: &str, value: &T) {
        self.keep(schema::put(self.connection, name, value));
    }

    /// Runs `work`, and takes back what it did to the state if it ends in an error.
    pub fn attempt<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.batch("SAVEPOINT attempt");
        let result = work(self);
        if result.is_err() {
            self.batch("ROLLBACK TO attempt");
        }
        self.batch("RELEASE attempt");
        result
    }
}

/// Access to the tables, with errors kept.
impl Tx<'_> {
    pub(super) fn keep<T>(&self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.error.borrow_mut().get_or_insert(error);
                None
            }
        }
    }

    fn batch(&self, sql: &str) {
        self.keep(self.connection.execute_batch(sql).map_err(Error::from));
    }

    pub(super) fn execute(&self, sql: &str, params: impl Params) -> usize {
        let run = || Ok(self.connection.prepare_cached(sql)?.execute(params)?);
        self.keep(run()).unwrap_or(0)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T> {
        let run = || Ok(self.connection.prepare_cached(sql)?.query_row(params, read).optional()?);
        self.keep(run()).flatten()
    }

    pub(super) fn many<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map(params, read)?;
            Ok(rows.collect::<rusqlite::Result<Vec<T>>>()?)
        };
        self.keep(run()).unwrap_or_default()
    }
}

/// SHA-256 of the parts, kept apart by a zero, in hexadecimal.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    format!("{:x}", hash.finalize())
}
