//! When a call is repeated, and after how long. No clock and no chance in here.

use std::time::Duration;

use http::StatusCode;

use crate::dialect::Temper;
use crate::request::Effect;

/// How long to wait between attempts, and how often to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Upper bound of the first wait; each further one is twice as long.
    pub base: Duration,
    /// Upper bound of every wait.
    pub cap: Duration,
    /// Attempts at one call, the first included.
    pub attempts: u32,
    /// Attempts at a call whose answers keep breaking off.
    pub broken_attempts: u32,
    /// Longest `Retry-After` that is obeyed by a call without a deadline.
    pub longest_wish: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(250),
            cap: Duration::from_secs(20),
            attempts: 8,
            broken_attempts: 3,
            longest_wish: Duration::from_mins(2),
        }
    }
}

impl Policy {
    /// Full jitter: anything between nothing and the bound, but at least what the server asks for.
    /// `jitter` lies in 0..1 and spreads what is added to the server's wish as well, so that not
    /// all who were told the same come back at once.
    #[must_use]
    pub fn delay(&self, retry: u32, jitter: f64, wish: Option<Duration>) -> Duration {
        let bound = self.base.saturating_mul(2_u32.saturating_pow(retry)).min(self.cap);
        let own = bound.mul_f64(jitter.clamp(0.0, 1.0));
        wish.map_or(own, |wish| own.max(wish + self.base.mul_f64(jitter.clamp(0.0, 1.0))))
    }
}

/// What one attempt ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// An answer.
    Status {
        status: StatusCode,
        /// Whether its body is the API's own error.
        is_own: bool,
        /// What the API says about it besides.
        temper: Temper,
    },
    /// The request never left.
    NotSent,
    /// It never left, since the server is not the right one.
    Untrusted,
    /// It left; no answer, or half of one.
    Broken,
    /// It left; the answer is larger than what is read of one.
    TooLarge,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Hand it to the caller: a success, or a refusal that repeating does not change.
    Final,
    /// Again; the server has too much to do.
    Throttled,
    /// Again; something broke.
    Transient,
    /// Nobody knows whether it took effect, and repeating might double it.
    Lost,
}

/// The table of the project's failure model: what repeats, and what must not.
pub(crate) fn judge(effect: Effect, ending: Ending) -> Verdict {
    let repeat_or_lose = |verdict| if effect == Effect::Once { Verdict::Lost } else { verdict };
    match ending {
        Ending::NotSent => Verdict::Transient,
        Ending::Broken => repeat_or_lose(Verdict::Transient),
        Ending::Status { temper: Temper::Passes, .. } => Verdict::Throttled,
        // Another answer would be as large.
        Ending::Untrusted | Ending::TooLarge | Ending::Status { temper: Temper::Stays, .. } => {
            Verdict::Final
        }
        // The limiter refuses before any effect, and so does an API that is not ready.
        Ending::Status { status, is_own, .. } if is_early(status, is_own) => Verdict::Throttled,
        Ending::Status { status, is_own, .. } => match status.as_u16() {
            // A gateway that gave up may have passed the request on.
            408 | 503 => repeat_or_lose(Verdict::Throttled),
            // A 500 in the API's own words is an answer: to an action, a final one.
            500 if effect == Effect::Once && is_own => Verdict::Final,
            500 | 502 | 504 => repeat_or_lose(Verdict::Transient),
            _ => Verdict::Final,
        },
    }
}

fn is_early(status: StatusCode, is_own: bool) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || (status == StatusCode::SERVICE_UNAVAILABLE && is_own)
}

/// How many repetitions a whole client has left, so that a broken server is not buried under
/// them: each costs, each success gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    left: u32,
}

impl Budget {
    const FULL: u32 = 500;
    const TRANSIENT: u32 = 14;
    const THROTTLED: u32 = 5;

    pub(crate) const fn full() -> Self {
        Self { left: Self::FULL }
    }

    /// Pays for a repetition; false if there is not enough left.
    pub(crate) fn pay(&mut self, verdict: Verdict) -> bool {
        let cost = if verdict == Verdict::Throttled { Self::THROTTLED } else { Self::TRANSIENT };
        let left = self.left.checked_sub(cost);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// A call went well; `paid` is what its last repetition was for.
    pub(crate) fn refund(&mut self, paid: Option<Verdict>) {
        let back = match paid {
            None => 1,
            Some(Verdict::Throttled) => Self::THROTTLED,
            Some(_) => Self::TRANSIENT,
        };
        self.left = (self.left + back).min(Self::FULL);
    }
}

/// `Retry-After`: seconds, or a date. The date is measured against the answer's own `Date`, so
/// that our clock does not matter; without one it says nothing.
pub(crate) fn retry_after(value: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let value = value?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(value).ok()?;
    let now = httpdate::parse_http_date(date?.trim()).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests;
