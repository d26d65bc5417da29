//! One session, opened once however many wait for it.

use std::fmt;

use http::HeaderMap;
use tokio::sync::Mutex;

use crate::error::Error;

/// A session's headers, and which session it is. Its `Debug` does not show them.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) headers: HeaderMap,
    generation: u64,
}

#[cfg(test)]
impl Ticket {
    pub(crate) fn of(headers: HeaderMap) -> Self {
        Self { headers, generation: 0 }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("generation", &self.generation).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Closed,
    Open(Ticket),
    /// The credentials are wrong. They are not tried again: that would lock the account.
    Refused(Error),
}

#[derive(Debug, Default)]
pub(crate) struct Session {
    state: Mutex<(u64, State)>,
}

impl Session {
    /// A session that is not the lapsed one. `log_in` runs for one caller, the others wait; if it
    /// is dropped half-way, the next one runs its own.
    pub(crate) async fn ticket<F>(
        &self,
        lapsed: Option<&Ticket>,
        log_in: F,
    ) -> Result<Ticket, Error>
    where
        F: AsyncFnOnce() -> Result<HeaderMap, Error>,
    {
        let mut guard = self.state.lock().await;
        let (generation, state) = &mut *guard;
        match state {
            State::Refused(error) => return Err(error.clone()),
            State::Open(open) if lapsed.is_none_or(|old| old.generation != open.generation) => {
                return Ok(open.clone());
            }
            State::Open(_) | State::Closed => {}
        }
        *state = State::Closed;
        match log_in().await {
            Ok(headers) => {
                *generation += 1;
                let ticket = Ticket { headers, generation: *generation };
                *state = State::Open(ticket.clone());
                Ok(ticket)
            }
            Err(error) => {
                if error.is_bad_credentials() {
                    *state = State::Refused(error.clone());
                }
                Err(error)
            }
        }
    }

    /// A session that stays apart from this one. Credentials that were refused are not tried for it.
    pub(crate) async fn apart<F>(&self, log_in: F) -> Result<HeaderMap, Error>
    where
        F: AsyncFnOnce() -> Result<HeaderMap, Error>,
    {
        let mut guard = self.state.lock().await;
        if let State::Refused(error) = &guard.1 {
            return Err(error.clone());
        }
        let opened = log_in().await;
        if let Err(error) = &opened
            && error.is_bad_credentials()
        {
            guard.1 = State::Refused(error.clone());
        }
        opened
    }

    /// Forgets the session; it is to be ended.
    pub(crate) async fn take(&self) -> Option<Ticket> {
        let mut guard = self.state.lock().await;
        match std::mem::take(&mut guard.1) {
            State::Open(ticket) => Some(ticket),
            State::Closed => None,
            refused @ State::Refused(_) => {
                guard.1 = refused;
                None
            }
        }
    }
}
