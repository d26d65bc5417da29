//! Why a plan cannot be made, with both sides and what would fit.

use std::fmt;

use super::Room;
use crate::{address::Cidr, disjoint::NamedRange};

/// All that stands against a plan; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub Vec<Refusal>);

/// One thing that stands against a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An allocated or pinned subnet meets another one or a range to avoid.
    #[error("`{name}`: subnet {subnet} overlaps {other}; {}", fits(*.fitting, .subnet.prefix()))]
    Overlap {
        /// The namespace.
        name: String,
        /// Its subnet.
        subnet: Cidr,
        /// Who holds what it meets.
        other: NamedRange,
        /// The lowest free subnet of that size.
        fitting: Option<Cidr>,
    },
    /// An allocated or pinned subnet lies in no network of the pool.
    #[error(
        "`{name}`: subnet {subnet} is outside {pool} ({}); {}",
        join(.cidrs),
        fits(*.fitting, .subnet.prefix())
    )]
    Outside {
        /// The namespace.
        name: String,
        /// Its subnet.
        subnet: Cidr,
        /// What the pool is called.
        pool: String,
        /// The networks of the pool.
        cidrs: Vec<Cidr>,
        /// The lowest free subnet of that size.
        fitting: Option<Cidr>,
    },
    /// A pin for a name that has all its subnets elsewhere.
    #[error(
        "`{name}`: pinned to {pin}, but allocated {}, and what is allocated never moves; pin that, \
         or want one subnet more",
        join(.allocated)
    )]
    PinMoves {
        /// The namespace.
        name: String,
        /// Where it would be.
        pin: Cidr,
        /// Where it is.
        allocated: Vec<Cidr>,
    },
    /// A prefix that makes no subnet.
    #[error("`{name}`: a subnet of /{prefix} is not possible: prefix must be {min}-{max}")]
    Prefix {
        /// The namespace.
        name: String,
        /// What was asked for, in bits.
        prefix: u8,
        /// That of the largest network of the pool, in bits.
        min: u8,
        /// The longest with room for a gateway and a machine, in bits.
        max: u8,
    },
    /// The pool is too small.
    #[error("{0}")]
    Exhausted(Box<Exhausted>),
}

/// More subnets are wanted than there is room for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// What the pool is called.
    pub pool: String,
    /// How many of the wanted subnets there is room for.
    pub holds: usize,
    /// How many names want one.
    pub names: usize,
    /// How many subnets they want.
    pub wanted: usize,
    /// Those left without, with the prefix of what they lack, in bits, by size and name.
    pub left: Vec<(String, u8)>,
    /// The prefix of one further CIDR that would be enough, in bits.
    pub missing: u8,
    /// What is still free.
    pub room: Room,
}

impl Refusal {
    /// The namespace that it is about; none when it is the pool that is too small.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Overlap { name, .. }
            | Self::Outside { name, .. }
            | Self::PinMoves { name, .. }
            | Self::Prefix { name, .. } => Some(name),
            Self::Exhausted(_) => None,
        }
    }
}

fn fits(fitting: Option<Cidr>, prefix: u8) -> String {
    match fitting {
        Some(fitting) => format!("{fitting} would fit"),
        None => format!("no /{prefix} is free"),
    }
}

fn join(cidrs: &[Cidr]) -> String {
    cidrs.iter().map(Cidr::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pool, holds, names, wanted, left, missing, room } = self;
        write!(f, "{pool} hold {holds} namespace subnets; configuration has {names} namespaces")?;
        if wanted != names {
            write!(f, " with {wanted} subnets")?;
        }
        f.write_str(": no place for ")?;
        for (index, (name, prefix)) in left.iter().take(3).enumerate() {
            write!(f, "{}`{name}` (/{prefix})", if index == 0 { "" } else { ", " })?;
        }
        if left.len() > 3 {
            write!(f, " and {} more", left.len() - 3)?;
        }
        if room.largest.is_some() {
            write!(f, "; {room}")?;
        }
        write!(f, "; a further CIDR of /{missing} or larger would do")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.0.iter().enumerate() {
            write!(f, "{}{refusal}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}
