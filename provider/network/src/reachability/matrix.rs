//! Everybody to everybody.

use std::fmt;

use super::bits::Bits;

/// Which traffic passes, for each pair of endpoints by their numbers, from 0.
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
        Ends::of([self.egress[from].has(to), self.ingress[to].has(from)])
    }
}

impl Ends {
    /// Those of the sender and the receiver at which it passes.
    pub(super) const fn of(passes: [bool; 2]) -> Self {
        match passes {
            [true, true] => Self::Both,
            [true, false] => Self::Egress,
            [false, true] => Self::Ingress,
            [false, false] => Self::Neither,
        }
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Both => "both",
            Self::Egress => "egress",
            Self::Ingress => "ingress",
            Self::Neither => "neither",
        })
    }
}
