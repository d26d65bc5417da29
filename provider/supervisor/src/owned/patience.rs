//! What a write waits for because it passes by itself: an id that is being purged, and what refers
//! to an object that is to go.

use std::time::Duration;

use tf_framework::Error;
use tokio::time::Instant;

use super::{Steward, holders::Holders, told};
use crate::clients::{self, Pace};

/// The wait of one write, from its first attempt to its last.
#[derive(Debug)]
pub(super) struct Patience {
    pace: Pace,
    pause: Duration,
    holders: Holders,
}

impl Patience {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, pause: pace.first, holders: Holders::default() }
    }

    /// Waits before the next attempt. An error is returned if `why` does not pass by itself, if the
    /// user interrupts, if there is no more time, or if a stranger holds the object for too long.
    pub(super) async fn bear(
        &mut self,
        steward: &Steward<'_>,
        doing: &str,
        why: &nsx::Error,
    ) -> Result<(), Error> {
        if why.is_in_use() {
            self.holders.look(&steward.nsx, steward.owner, doing, why).await;
        } else if why.is_marked_for_delete() {
            self.holders = Holders::default();
            tracing::info!(doing, %why, "waiting until NSX has purged what had this id before");
        } else {
            return Err(told(doing, why));
        }
        let is_stuck = self.holders.is_stuck(Instant::now());
        if is_stuck || clients::pause(steward.cx, self.pause).await.is_err() {
            return Err(self.holders.error(doing, why));
        }
        self.pause = self.pace.after(self.pause);
        Ok(())
    }
}
