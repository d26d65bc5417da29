//! Everybody to everybody.

use super::bits::Bits;

/// Which traffic passes, for each pair of endpoints by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Per sender, the receivers that it may talk to.
    egress: Vec<Bits>,
    /// Per receiver, the senders that it may hear from.
    ingress: Vec<Bits>,
}

/// The ends at which traffic passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// It gets through.
    Both,
    /// It leaves the sender and is stopped at the receiver.
    Egress,
    /// The receiver would take it, but it is stopped at the sender.
    Ingress,
    /// It is stopped at the sender, and would be at the receiver.
    Neither,
}

impl Matrix {
    pub(super) const fn new(egress: Vec<Bits>, ingress: Vec<Bits>) -> Self {
        Self { egress, ingress }
    }

    /// How many endpoints there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.egress.len()
    }

    /// Where traffic between two of them passes.
    ///
    /// # Panics
    ///
    /// If there is no endpoint of such a number.
    #[must_use]
    pub fn ends(&self, from: usize, to: usize) -> Ends {
        match (self.egress[from].has(to), self.ingress[to].has(from)) {
            (true, true) => Ends::Both,
            (true, false) => Ends::Egress,
            (false, true) => Ends::Ingress,
            (false, false) => Ends::Neither,
        }
    }
}
