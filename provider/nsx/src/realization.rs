//! Waiting until what was written is in force.

mod progress;

use std::collections::BTreeMap;
use std::sync::Mutex;

use api_client::Request;
use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::client::{Nsx, absent_is_none, stopped};
use crate::error::Error;
use crate::id::policy_url;
use crate::objects::{RealizationStatus, RealizedEntity};
pub use progress::Patience;
use progress::{Progress, Step};

/// What a waiter is told.
type Outcome = Option<Result<(), Error>>;

/// Polls for all who wait: a path is asked for once, however many wait for it.
#[derive(Debug)]
pub(crate) struct Poller {
    pub(crate) patience: Patience,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    watched: BTreeMap<String, Watched>,
    is_running: bool,
}

#[derive(Debug)]
struct Watched {
    outcome: watch::Sender<Outcome>,
    progress: Progress,
    due: Instant,
}

impl Poller {
    pub(crate) fn new(patience: Patience) -> Self {
        Self { patience, state: Mutex::default() }
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("nothing panics while it is held"))
    }

    /// Joins those who wait for a path; whether somebody has to begin polling.
    fn join(&self, path: &str) -> (watch::Receiver<Outcome>, bool) {
        self.with(|state| {
            let watched = state.watched.entry(path.to_owned()).or_insert_with(|| Watched {
                outcome: watch::Sender::new(None),
                progress: Progress::new(self.patience),
                due: Instant::now(),
            });
            let receiver = watched.outcome.subscribe();
            (receiver, !std::mem::replace(&mut state.is_running, true))
        })
    }

    /// The paths that are due, or when the first will be. None, and nobody polls any more, when
    /// nobody waits.
    fn due(&self, now: Instant) -> Option<Result<Vec<String>, Instant>> {
        self.with(|state| {
            state.watched.retain(|_, watched| watched.outcome.receiver_count() > 0);
            let Some(first) = state.watched.values().map(|watched| watched.due).min() else {
                state.is_running = false;
                return None;
            };
            if first > now {
                return Some(Err(first));
            }
            let due = state.watched.iter().filter(|(_, watched)| watched.due <= now);
            Some(Ok(due.map(|(path, _)| path.clone()).collect()))
        })
    }

    /// Takes in what the server said about a path.
    fn observe(
        &self,
        path: &str,
        seen: Result<Option<RealizationStatus>, Error>,
    ) -> Option<Vec<String>> {
        self.with(|state| {
            let watched = state.watched.get_mut(path)?;
            let now = Instant::now();
            let outcome = match seen {
                Err(error) => Err(error),
                Ok(status) => match watched.progress.observe(now, status.as_ref()) {
                    Step::Wait(pause) => {
                        watched.due = now + pause;
                        return None;
                    }
                    Step::Done => Ok(()),
                    Step::Failed(alarms) => return Some(alarms),
                },
            };
            let watched = state.watched.remove(path)?;
            watched.outcome.send_replace(Some(outcome));
            None
        })
    }

    fn fail(&self, path: &str, alarms: Vec<String>) {
        let error = Error::Unrealizable { path: path.to_owned(), alarms };
        self.with(|state| {
            if let Some(watched) = state.watched.remove(path) {
                watched.outcome.send_replace(Some(Err(error)));
            }
        });
    }
}

// === impl Nsx ===

impl Nsx {
    /// Waits until all these policy paths are realized on every enforcement point. An error that
    /// NSX reports counts when it stays: it may heal.
    pub async fn wait_realized(&self, paths: &[&str]) -> Result<(), Error> {
        let waits = paths.iter().map(|path| self.wait_one(path));
        join_all(waits).await.into_iter().collect()
    }

    async fn wait_one(&self, path: &str) -> Result<(), Error> {
        let (mut outcome, begin) = self.shared.poller.join(path);
        if begin {
            // Who polls must not end with the one who happened to wait first.
            let nsx = self.within(CancellationToken::new(), None);
            tokio::spawn(async move { nsx.poll().await });
        }
        let told = self.http.unless_stopped(outcome.wait_for(Option::is_some)).await;
        let told = told.map_err(|why| stopped(&format!("the realization of {path}"), why))?;
        let told = told.expect("the poller drops nobody who waits").clone();
        told.expect("an outcome was waited for")
    }

    /// Polls until nobody waits.
    async fn poll(&self) {
        let poller = &self.shared.poller;
        while let Some(due) = poller.due(Instant::now()) {
            match due {
                Err(first) => tokio::time::sleep_until(first).await,
                Ok(paths) => {
                    join_all(paths.iter().map(|path| self.poll_one(path))).await;
                }
            }
        }
    }

    async fn poll_one(&self, path: &str) {
        let poller = &self.shared.poller;
        if let Some(mut alarms) = poller.observe(path, self.realization(path).await) {
            if alarms.is_empty() {
                alarms = self.alarms(path).await;
            }
            poller.fail(path, alarms);
        }
    }

    /// Realization of a policy path; none if NSX knows nothing of it (yet).
    pub async fn realization(&self, path: &str) -> Result<Option<RealizationStatus>, Error> {
        let url = policy_url("/infra/realized-state/status");
        absent_is_none(self.json(Request::get(url).query("intent_path", path)).await)
    }

    /// What realizes a policy path.
    pub async fn realized_entities(&self, path: &str) -> Result<Vec<RealizedEntity>, Error> {
        let url = policy_url("/infra/realized-state/realized-entities");
        let page = self.page(&Request::get(url).query("intent_path", path), None).await?;
        self.typed(path, page.results)
    }

    async fn alarms(&self, path: &str) -> Vec<String> {
        let entities = self.realized_entities(path).await.unwrap_or_default();
        let alarms = entities.into_iter().flat_map(|entity| entity.alarms.unwrap_or_default());
        let mut texts: Vec<String> =
            alarms.filter_map(|alarm| alarm.message).map(|it| self.http.masked(&it)).collect();
        if texts.is_empty() {
            texts.push("it gives no reason".to_owned());
        }
        texts
    }
}
