//! Labs for tests.

use lab::{Clock, Settings, Strictness};

/// A lab for tests: strict, and so quick that an hour takes 60 milliseconds.
pub(crate) fn quick() -> Settings {
    let clock = Clock::Scaled { factor: 60_000 };
    Settings { clock, strict: Strictness::Strict, ..Settings::default() }
}

/// The same, whose time stands still until a test moves it.
pub(crate) fn still() -> Settings {
    Settings { clock: Clock::Manual, ..quick() }
}
