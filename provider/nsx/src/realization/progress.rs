//! When a path is realized, when it has failed, and when to ask again. No clock in here.

use std::time::Duration;

use tokio::time::Instant;

use crate::objects::RealizationStatus;

/// How patiently realization is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The first pause between two polls; each further one is twice as long.
    pub base: Duration,
    /// The longest pause.
    pub cap: Duration,
    /// How long an error must stay until it counts.
    pub healing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(15),
            healing: Duration::from_mins(1),
        }
    }
}

impl Patience {
    pub(crate) fn next(&self, pause: Duration) -> Duration {
        (pause * 2).min(self.cap)
    }
}

/// What to do after a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Wait(Duration),
    Done,
    /// With what NSX says about it.
    Failed(Vec<String>),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    patience: Patience,
    pause: Duration,
    failing_since: Option<Instant>,
}

impl Progress {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, pause: patience.base, failing_since: None }
    }

    /// A look; none if NSX knows nothing of the path.
    pub(super) fn observe(&mut self, now: Instant, status: Option<&RealizationStatus>) -> Step {
        if status.is_some_and(RealizationStatus::is_realized) {
            return Step::Done;
        }
        let failed = status.filter(|status| status.is_error());
        self.failing_since = failed.and(self.failing_since.or(Some(now)));
        let stays = self
            .failing_since
            .is_some_and(|since| since < now && now.duration_since(since) >= self.patience.healing);
        if let (true, Some(status)) = (stays, failed) {
            return Step::Failed(status.alarms());
        }
        let pause = self.pause;
        self.pause = self.patience.next(pause);
        Step::Wait(pause)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status(consolidated: &str) -> RealizationStatus {
        let alarm = json!({ "alarm": { "message": "no host" } });
        serde_json::from_value(json!({
            "consolidated_status": { "consolidated_status": consolidated },
            "consolidated_status_per_enforcement_point": [alarm]
        }))
        .unwrap()
    }

    #[test]
    fn pauses_grow_from_the_base_to_the_cap() {
        let (mut progress, now) = (Progress::new(Patience::default()), Instant::now());
        let pauses: Vec<_> = (0..6)
            .map(|_| match progress.observe(now, Some(&status("IN_PROGRESS"))) {
                Step::Wait(pause) => pause.as_secs(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 15, 15]);
        assert_eq!(progress.observe(now, Some(&status("SUCCESS"))), Step::Done);
    }

    #[test]
    fn an_error_counts_when_it_stays_for_a_minute() {
        let (mut progress, now) = (Progress::new(Patience::default()), Instant::now());
        let at = |seconds| now + Duration::from_secs(seconds);
        let error = status("ERROR");
        assert!(matches!(progress.observe(at(0), Some(&error)), Step::Wait(_)));
        assert!(matches!(progress.observe(at(59), Some(&error)), Step::Wait(_)));
        let failed = Step::Failed(vec!["no host".to_owned()]);
        assert_eq!(progress.observe(at(60), Some(&error)), failed);
    }

    #[test]
    fn an_error_that_heals_is_forgotten() {
        let (mut progress, now) = (Progress::new(Patience::default()), Instant::now());
        let at = |seconds| now + Duration::from_secs(seconds);
        progress.observe(at(0), Some(&status("ERROR")));
        progress.observe(at(30), Some(&status("IN_PROGRESS")));
        assert!(matches!(progress.observe(at(70), Some(&status("ERROR"))), Step::Wait(_)));
        assert!(matches!(progress.observe(at(80), None), Step::Wait(_)));
    }

    #[test]
    fn an_error_seen_once_never_counts() {
        let patience = Patience { healing: Duration::ZERO, ..Patience::default() };
        let (mut progress, now) = (Progress::new(patience), Instant::now());
        assert!(matches!(progress.observe(now, Some(&status("ERROR"))), Step::Wait(_)));
    }
}
