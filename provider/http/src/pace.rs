//! Fewer requests than the server refuses: so many a second, so many at once.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Limits of our own, under the server's (NSX: 100 a second, 40 at once, per user).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Requests a second.
    pub rate: f64,
    /// Requests that may start together after a pause.
    pub burst: f64,
    /// Requests in flight.
    pub in_flight: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rate: 80.0, burst: 16.0, in_flight: 32.0 }
    }
}

/// What the limits are now, and when the next request may start. Pure: the time is passed in.
#[derive(Clone, Copy, Debug)]
struct State {
    limits: Limits,
    rate: f64,
    window: f64,
    in_flight: f64,
    /// When a request would start if all had come evenly (the generic cell rate algorithm).
    due: Instant,
    cut_at: Option<Instant>,
}

impl State {
    fn new(limits: Limits, now: Instant) -> Self {
        let Limits { rate, in_flight: window, .. } = limits;
        Self { limits, rate, window, in_flight: 0.0, due: now, cut_at: None }
    }

    /// Takes a place; the time is when the request may start. None if all places are taken.
    fn enter(&mut self, now: Instant) -> Option<Instant> {
        if self.in_flight + 1.0 > self.window {
            return None;
        }
        self.in_flight += 1.0;
        let interval = Duration::from_secs_f64(1.0 / self.rate);
        let slack = interval.mul_f64(self.limits.burst - 1.0);
        let start = self.due.checked_sub(slack).map_or(now, |earliest| earliest.max(now));
        self.due = self.due.max(now) + interval;
        Some(start)
    }

    fn leave(&mut self) {
        self.in_flight -= 1.0;
    }

    /// The server had too much: half of everything, once a second at most, because those in
    /// flight together are refused together.
    fn slow_down(&mut self, now: Instant) {
        if self.cut_at.is_some_and(|cut| now < cut + Duration::from_secs(1)) {
            return;
        }
        self.cut_at = Some(now);
        self.rate = (self.rate / 2.0).max(1.0);
        self.window = (self.window / 2.0).max(1.0);
    }

    /// The server kept up: a little more, up to the limits.
    fn speed_up(&mut self) {
        self.rate = (self.rate + 0.1).min(self.limits.rate);
        self.window = (self.window + 1.0 / self.window).min(self.limits.in_flight);
    }
}

/// The limits of one client, shared by all its calls.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    freed: Notify,
}

/// A place among the requests in flight.
#[derive(Debug)]
pub(crate) struct Place<'a>(&'a Pace);

impl Pace {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { state: Mutex::new(State::new(limits, Instant::now())), freed: Notify::new() }
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("no change of the pace panics"))
    }

    /// Waits for a place and for its turn.
    pub(crate) async fn enter(&self) -> Place<'_> {
        loop {
            // Made before the look, so that a place freed after it wakes us.
            let freed = self.freed.notified();
            if let Some(start) = self.with(|state| state.enter(Instant::now())) {
                let place = Place(self);
                tokio::time::sleep_until(start).await;
                return place;
            }
            freed.await;
        }
    }

    pub(crate) fn slow_down(&self) {
        self.with(|state| state.slow_down(Instant::now()));
    }

    pub(crate) fn speed_up(&self) {
        self.with(State::speed_up);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.with(State::leave);
        self.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(state: &mut State, epoch: Instant, at: u64) -> Option<u128> {
        let start = state.enter(epoch + Duration::from_millis(at))?;
        Some(start.duration_since(epoch).as_millis())
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_starts_at_once_and_the_rest_evenly() {
        let epoch = Instant::now();
        let limits = Limits { rate: 80.0, burst: 4.0, in_flight: 100.0 };
        let mut state = State::new(limits, epoch);
        let starts: Vec<_> = (0..8).filter_map(|_| milliseconds(&mut state, epoch, 0)).collect();
        assert_eq!(starts, [0, 0, 0, 0, 12, 25, 37, 50]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_than_the_server_allows() {
        let epoch = Instant::now();
        let limits = Limits { in_flight: 1e6, ..Limits::default() };
        let mut state = State::new(limits, epoch);
        let starts: Vec<_> = (0..400).filter_map(|_| milliseconds(&mut state, epoch, 0)).collect();
        let most = starts.iter().map(|from| {
            starts.iter().filter(|start| (*from..*from + 1000).contains(*start)).count()
        });
        assert_eq!(most.max(), Some(95));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_halves_once_a_second_and_successes_heal() {
        let epoch = Instant::now();
        let mut state = State::new(Limits::default(), epoch);
        for at in [0, 10, 999, 1000] {
            state.slow_down(epoch + Duration::from_millis(at));
        }
        assert!((state.rate - 20.0).abs() < 1e-9 && (state.window - 8.0).abs() < 1e-9);
        for _ in 0..10_000 {
            state.speed_up();
        }
        assert!((state.rate - 80.0).abs() < 1e-9 && (state.window - 32.0).abs() < 1e-9);
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_place_waits_until_one_is_left() {
        let pace = Pace::new(Limits { in_flight: 1.0, ..Limits::default() });
        let first = pace.enter().await;
        assert!(tokio::time::timeout(Duration::from_secs(9), pace.enter()).await.is_err());
        drop(first);
        assert!(tokio::time::timeout(Duration::from_secs(9), pace.enter()).await.is_ok());
    }
}
