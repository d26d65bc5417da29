//! The tables, and what is written once when a lab is made.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension as _, params};
use rustls::crypto::ring;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Error;
use crate::Settings;
use crate::clock::ClockState;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS documents (
        path TEXT PRIMARY KEY, parent TEXT NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS documents_by_parent ON documents (parent, path);
    CREATE TABLE IF NOT EXISTS events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER NOT NULL, json TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS events_by_time ON events (due, id);
    CREATE TABLE IF NOT EXISTS counters (
        name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, json TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, json TEXT NOT NULL);
";

/// How long a process waits for another one's transaction. None takes longer than a request.
const PATIENCE: Duration = Duration::from_secs(20);

/// What nobody outside may be able to compute. Its `Debug` does not show it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// The password of vCenter's and NSX's user.
    pub(crate) password: String,
    /// What session tokens are derived from.
    pub(crate) token_seed: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

pub(super) fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(PATIENCE)?;
    // A process that dies loses nothing in this mode; only a machine that loses power might.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(TABLES)?;
    Ok(())
}

pub(super) fn create(connection: &Connection, settings: &Settings, wall: u64) -> Result<(), Error> {
    let secrets = Secrets { password: format!("{}-1a!", random()?), token_seed: random()? };
    put(connection, "settings", settings)?;
    put(connection, "clock", &ClockState { epoch: wall, ..ClockState::default() })?;
    put(connection, "secrets", &secrets)
}

fn random() -> Result<String, Error> {
    let mut bytes = [0; 18];
    ring::default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Error::Certificate("the machine gives no random numbers".to_owned()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn settings(connection: &Connection) -> Result<Option<Settings>, Error> {
    get(connection, "settings")
}

pub(super) fn clock(connection: &Connection) -> Result<ClockState, Error> {
    Ok(get(connection, "clock")?.unwrap_or_default())
}

pub(super) fn get<T: DeserializeOwned>(
    connection: &Connection,
    name: &str,
) -> Result<Option<T>, Error> {
    let json: Option<String> = connection
        .prepare_cached("SELECT json FROM settings WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    json.map(|json| parse(name, &json)).transpose()
}

pub(super) fn put<T: Serialize>(
    connection: &Connection,
    name: &str,
    value: &T,
) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO settings (name, json) VALUES (?1, ?2)")?
        .execute(params![name, text(value)])?;
    Ok(())
}

pub(super) fn parse<T: DeserializeOwned>(place: &str, json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|source| Error::Corrupt { place: place.to_owned(), source })
}

/// JSON of one of our own types.
pub(super) fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own types have string keys and no failing fields")
}
