//! The lab's state: documents by path, events by time, a few settings. `SQLite` keeps it, so that
//! several processes can share the file and a kill loses nothing that was answered.

mod error;
mod events;
mod log;
mod schema;
#[cfg(test)]
mod tests;
mod tx;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, TransactionBehavior};

pub use self::error::Error;
pub use self::tx::Tx;
use crate::clock::{self, ClockState};
use crate::exchange::exchange;
use crate::{
    Clock, Half, LabTime, Request, Response, Settings, Workloads, control_plane, event, faults,
    ncp, nsx, vcenter,
};

pub(crate) use self::events::{Due, Spot};
pub(crate) use self::schema::Secrets;

/// The state of one lab. Cheap to clone; the clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    settings: Arc<Settings>,
}

impl Store {
    /// Opens the lab in `path`, or makes a new one there.
    pub fn open(path: &Path, settings: &Settings) -> Result<Self, Error> {
        let store = Self::over(Connection::open(path)?, Some(settings), path)?;
        if *store.settings != *settings {
            return Err(Error::Settings {
                path: path.to_owned(),
                theirs: schema::text(&*store.settings),
                ours: schema::text(settings),
            });
        }
        Ok(store)
    }

    /// Opens the lab that is in `path`, with the settings it has.
    pub fn existing(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(Error::NoLab { path: path.to_owned() });
        }
        Self::over(Connection::open(path)?, None, path)
    }

    /// A new lab that ends with the process.
    pub fn in_memory(settings: &Settings) -> Result<Self, Error> {
        Self::over(Connection::open_in_memory()?, Some(settings), Path::new(":memory:"))
    }

    fn over(
        mut connection: Connection,
        settings: Option<&Settings>,
        path: &Path,
    ) -> Result<Self, Error> {
        schema::prepare(&connection)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let kept = match (schema::settings(&transaction)?, settings) {
            (Some(kept), _) => kept,
            (None, Some(settings)) => {
                schema::create(&transaction, settings, clock::wall())?;
                let tx = Tx::new(&transaction, settings, ClockState::default());
                let mut tx = tx.at(LabTime::default());
                nsx::populate(&mut tx);
                vcenter::populate(&mut tx);
                tx.finish()?;
                settings.clone()
            }
            (None, None) => return Err(Error::NoLab { path: path.to_owned() }),
        };
        transaction.commit()?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), settings: Arc::new(kept) })
    }

    /// A lab of its own that ends with the process and goes on from where this one is: what happens
    /// in one of the two is unknown to the other.
    pub fn fork(&self) -> Result<Self, Error> {
        let mut connection = Connection::open_in_memory()?;
        let origin = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Backup::new(&origin, &mut connection)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
        drop(origin);
        Self::over(connection, None, Path::new(":memory:"))
    }

    /// Runs `work` alone on the state, in this process and in every other, and keeps what it did
    /// unless the state failed meanwhile. Nothing that is due happens by itself here: that is
    /// [`Store::settle`].
    pub fn transaction<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> T) -> Result<T, Error> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let clock = schema::clock(&transaction)?;
        let mut tx = Tx::new(&transaction, &self.settings, clock);
        let result = work(&mut tx);
        tx.finish()?;
        transaction.commit()?;
        Ok(result)
    }

    /// What this lab is.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lets everything happen that is due.
    pub fn settle(&self) -> Result<(), Error> {
        self.transaction(|tx| {
            event::advance(tx);
        })
    }

    /// Asks one half of the lab, without a connection between: what is due happens, then the
    /// request is answered. Faults, limits and the journal belong to the served lab.
    pub fn ask(&self, half: Half, request: &Request) -> Result<Response, Error> {
        self.transaction(|tx| exchange(tx, half, request))
    }

    /// Moves a manual clock on, and lets everything happen that became due.
    pub fn advance(&self, by: Duration) -> Result<LabTime, Error> {
        if self.settings.clock != Clock::Manual {
            return Err(Error::ClockRuns);
        }
        self.transaction(|tx| {
            tx.move_clock(by);
            event::advance(tx);
            tx.now()
        })
    }

    /// Makes every session as idle as if `by` of real time had passed without a request.
    pub fn idle(&self, by: Duration) -> Result<(), Error> {
        self.transaction(|tx| tx.idle_sessions(by))
    }

    /// Declares what is in namespaces, in place of what was declared before. Where the namespace
    /// exists it is there at once, else as soon as the namespace has its network; what is declared no
    /// longer goes. What the lab's own requests made stays as it is.
    pub fn declare(&self, workloads: &Workloads) -> Result<(), Error> {
        self.transaction(|tx| {
            event::advance(tx);
            ncp::declare(tx, workloads.declared());
        })
    }

    /// A version of Supervisors is released: those that run can be upgraded to it.
    pub fn release(&self, version: &str) -> Result<(), Error> {
        self.transaction(|tx| vcenter::software::release(tx, version))
    }

    /// A Kubernetes cluster comes to be in a namespace, as far as users can log in to it.
    pub fn add_guest(&self, namespace: &str, name: &str) -> Result<(), Error> {
        self.transaction(|tx| control_plane::add_guest(tx, namespace, name))
    }

    /// Adds faults; each applies to the requests it matches from now on.
    pub fn inject(&self, faults: &[faults::Fault]) -> Result<(), Error> {
        self.transaction(|tx| faults.iter().for_each(|fault| tx.add_fault(fault)))
    }

    /// Forgets every fault that has not happened.
    pub fn clear_faults(&self) -> Result<(), Error> {
        self.transaction(|tx: &mut Tx<'_>| tx.clear_faults())
    }

    /// The requests that were answered, oldest first; the oldest of very many are forgotten.
    pub fn journal(&self) -> Result<Vec<crate::JournalEntry>, Error> {
        self.transaction(|tx| tx.journal())
    }

    /// Forgets the requests so far.
    pub fn clear_journal(&self) -> Result<(), Error> {
        self.transaction(|tx: &mut Tx<'_>| tx.clear_journal())
    }
}
