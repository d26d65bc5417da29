//! What a verdict may cost.

use std::cell::Cell;

/// Splits of sets that a verdict may cost; what takes more is in doubt.
const SPLITS: usize = 400_000;
/// How many of them there are between two looks whether to give up.
const BETWEEN_LOOKS: usize = 1_000;

/// What is left of it.
pub(super) struct Budget<'a> {
    left: Cell<usize>,
    stop: &'a dyn Fn() -> bool,
}

impl<'a> Budget<'a> {
    pub(super) fn new(stop: &'a dyn Fn() -> bool) -> Self {
        Self { left: Cell::new(if stop() { 0 } else { SPLITS }), stop }
    }

    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.left() == 0
    }

    /// Takes that many splits off, or all that is left if it is time to give up.
    pub(super) fn spend(&self, splits: usize) {
        let before = self.left();
        let after = before.saturating_sub(splits);
        let is_to_look = before / BETWEEN_LOOKS != after / BETWEEN_LOOKS;
        self.left.set(if is_to_look && (self.stop)() { 0 } else { after });
    }
}
