//! Labs for tests.

use lab::{Clock, PatchMode, Settings, Strictness};

/// A lab for tests: strict, and so quick that an hour takes 60 milliseconds.
pub(crate) fn quick() -> Settings {
    let clock = Clock::Scaled { factor: 60_000 };
    Settings { clock, strict: Strictness::Strict, patch: patch(), ..Settings::default() }
}

/// How NSX takes a PATCH: as `LAB_PATCH` says, else as it does by default.
#[expect(clippy::disallowed_methods, reason = "a run is told which of three servers it meets")]
fn patch() -> PatchMode {
    match std::env::var("LAB_PATCH").as_deref() {
        Ok("merge") => PatchMode::Merge,
        Ok("mixed") => PatchMode::Mixed,
        Ok("clear") | Err(_) => PatchMode::default(),
        Ok(other) => panic!("LAB_PATCH is clear, merge or mixed, not {other}"),
    }
}

/// The same, whose time stands still until a test moves it.
pub(crate) fn still() -> Settings {
    Settings { clock: Clock::Manual, ..quick() }
}
