//! Which cases of a long list are tried: all of them where `CAMPAIGN=all` is set, else some, by a seed
//! that a failure shows and `CAMPAIGN_SEED` repeats.

use std::time::{SystemTime, UNIX_EPOCH};

/// One case in this many is tried.
const EVERY: u64 = 8;

#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    seed: u64,
    every: u64,
}

#[expect(clippy::disallowed_methods, reason = "a test is told how much of it is to run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Sample {
    /// What this run tries. The seed is printed, and shown if the test fails.
    pub(super) fn draw() -> Self {
        Self::one_in(EVERY)
    }

    /// The same of a list so long that fewer of it do.
    pub(super) fn one_in(every: u64) -> Self {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let seed = variable("CAMPAIGN_SEED").map_or_else(now, |it| it.parse().unwrap());
        let every = if variable("CAMPAIGN").as_deref() == Some("all") { 1 } else { every };
        eprintln!("one case in {every}, with CAMPAIGN_SEED={seed}");
        Self { seed, every }
    }

    /// Whether this run tries that case.
    pub(super) fn takes(self, case: usize) -> bool {
        // The finalizer of SplitMix64: neighbours have nothing in common.
        let mut it = self.seed.wrapping_add((case as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (it ^ (it >> 31)).is_multiple_of(self.every)
    }
}
