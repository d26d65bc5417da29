//! The lab's time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::Clock;

/// 2026-01-01T00:00:00Z: the date every lab begins on, so that the dates in its answers do not
/// depend on the day it runs.
const FIRST_DAY: u64 = 1_767_225_600_000;

/// A moment of lab time: milliseconds since the lab was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LabTime(u64);

impl LabTime {
    /// When the lab was made.
    pub(crate) const FIRST: Self = Self(0);
    /// The clock goes no further: beyond it there is room for what is still to come.
    const LAST: Self = Self(u64::MAX / 4);

    /// The moment `millis` milliseconds after the lab's first.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the lab was made.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        self.0
    }

    /// Milliseconds since 1970, by a calendar on which every lab begins on 2026-01-01.
    #[must_use]
    pub fn unix_millis(self) -> u64 {
        FIRST_DAY + self.0
    }

    /// The same as vCenter writes it, such as `2026-01-01T00:00:02.000Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let seconds = i64::try_from(self.unix_millis() / 1000).unwrap_or(i64::MAX);
        let date =
            OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second(),
            self.0 % 1000
        )
    }

    /// `duration` later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// What the state keeps of the clock.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ClockState {
    /// The real moment the lab was made at, milliseconds since 1970.
    pub(crate) epoch: u64,
    /// What was added by hand.
    pub(crate) advanced: u64,
    /// What sessions' idle time was lengthened by.
    #[serde(default)]
    pub(crate) idled: u64,
}

impl ClockState {
    /// The lab's time at the real moment `wall`, milliseconds since 1970.
    pub(crate) fn lab_time(self, clock: Clock, wall: u64) -> LabTime {
        let passed = match clock {
            Clock::Scaled { factor } => {
                wall.saturating_sub(self.epoch).saturating_mul(u64::from(factor))
            }
            Clock::Manual => 0,
        };
        LabTime(passed.saturating_add(self.advanced)).min(LabTime::LAST)
    }

    /// The time that sessions' idle time is counted in: the real one, whatever the lab's clock does.
    pub(crate) fn session_time(self, wall: u64) -> u64 {
        wall.saturating_add(self.idled)
    }
}

/// The real time, milliseconds since 1970.
pub(crate) fn wall() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |passed| u64::try_from(passed.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_takes_ten_milliseconds_by_default() {
        let state = ClockState { epoch: 1_000, advanced: 0, idled: 0 };
        assert_eq!(state.lab_time(Clock::default(), 1_010), LabTime(60_000));
    }

    #[test]
    fn a_manual_clock_ignores_the_real_time() {
        let state = ClockState { epoch: 1_000, advanced: 7, idled: 0 };
        assert_eq!(state.lab_time(Clock::Manual, 99_999), LabTime(7));
    }

    #[test]
    fn a_real_clock_set_back_does_not_underflow() {
        let state = ClockState { epoch: 1_000, advanced: 0, idled: 0 };
        assert_eq!(state.lab_time(Clock::default(), 1), LabTime(0));
    }

    #[test]
    fn every_lab_begins_on_the_same_day() {
        assert_eq!(LabTime(61_005).rfc3339(), "2026-01-01T00:01:01.005Z");
    }
}
