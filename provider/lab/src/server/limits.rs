//! How often and how many at once one client may ask NSX.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Requests of one client in any second (NSX's `client_api_rate_limit`).
const PER_SECOND: usize = 100;
/// Requests of one client at one time (NSX's `client_api_concurrency_limit`).
const AT_ONCE: usize = 40;
const SECOND: Duration = Duration::from_secs(1);

/// Who asked how often. Time is passed in: how long the lab has been served.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    clients: BTreeMap<String, Client>,
}

#[derive(Debug, Default)]
struct Client {
    recent: VecDeque<Duration>,
    inside: usize,
}

/// Whether a request may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Granted,
    TooFast,
    TooMany,
}

impl Limiter {
    /// Counts a request in, unless the client has asked too much. A refused request does not count.
    pub(super) fn enter(&mut self, client: &str, now: Duration) -> Admission {
        let client = self.clients.entry(client.to_owned()).or_default();
        while client.recent.front().is_some_and(|&then| then + SECOND <= now) {
            client.recent.pop_front();
        }
        if client.recent.len() >= PER_SECOND {
            return Admission::TooFast;
        }
        if client.inside >= AT_ONCE {
            return Admission::TooMany;
        }
        client.recent.push_back(now);
        client.inside += 1;
        Admission::Granted
    }

    /// Counts a granted request out.
    pub(super) fn leave(&mut self, client: &str) {
        if let Some(client) = self.clients.get_mut(client) {
            client.inside = client.inside.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hundred_and_first_request_of_a_second_is_refused() {
        let mut limiter = Limiter::default();
        for millis in 0..100 {
            let now = Duration::from_millis(millis);
            assert_eq!(limiter.enter("admin", now), Admission::Granted);
            limiter.leave("admin");
        }

        assert_eq!(limiter.enter("admin", Duration::from_millis(999)), Admission::TooFast);
        assert_eq!(limiter.enter("other", Duration::from_millis(999)), Admission::Granted);
        assert_eq!(limiter.enter("admin", SECOND), Admission::Granted);
    }

    #[test]
    fn forty_requests_may_be_under_way() {
        let mut limiter = Limiter::default();
        for _ in 0..40 {
            assert_eq!(limiter.enter("admin", Duration::ZERO), Admission::Granted);
        }

        assert_eq!(limiter.enter("admin", SECOND), Admission::TooMany);
        limiter.leave("admin");
        assert_eq!(limiter.enter("admin", SECOND), Admission::Granted);
    }
}
