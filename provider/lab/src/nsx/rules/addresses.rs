//! Ranges of addresses.

use std::net::IpAddr;

use ipnet::IpNet;

/// Addresses from the first to the last, as numbers. IPv4 and IPv6 never meet, because a mapped
/// IPv4 address is not used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: u128,
    pub(super) last: u128,
    v6: bool,
}

impl Span {
    pub(super) fn of(net: IpNet) -> Self {
        Self {
            first: number(net.network()),
            last: number(net.broadcast()),
            v6: matches!(net, IpNet::V6(_)),
        }
    }

    /// The addresses from `first` to `last`; none if they are of two families or the wrong way round.
    pub(super) fn between(first: IpAddr, last: IpAddr) -> Option<Self> {
        let (from, to) = (number(first), number(last));
        (first.is_ipv6() == last.is_ipv6() && from <= to).then_some(Self {
            first: from,
            last: to,
            v6: first.is_ipv6(),
        })
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.v6 == other.v6 && self.first <= other.last && other.first <= self.last
    }

    pub(super) fn holds(self, other: Self) -> bool {
        self.v6 == other.v6 && self.first <= other.first && other.last <= self.last
    }

    /// The first run of `size` addresses, aligned to `size`, that meets none of `taken`.
    pub(super) fn free_run(self, size: u128, taken: &[Self]) -> Option<Self> {
        let mut first = self.first.checked_next_multiple_of(size)?;
        loop {
            let last = first.checked_add(size - 1)?;
            let run = Self { first, last, v6: self.v6 };
            if !self.holds(run) {
                return None;
            }
            match taken.iter().find(|other| other.overlaps(run)) {
                None => return Some(run),
                Some(other) => {
                    first = other.last.checked_add(1)?.checked_next_multiple_of(size)?;
                }
            }
        }
    }

    /// The address `offset` after the first, as text.
    pub(super) fn address(self, offset: u128) -> IpAddr {
        let number = self.first + offset;
        if self.v6 {
            IpAddr::V6(number.into())
        } else {
            IpAddr::V4(u32::try_from(number).unwrap_or(u32::MAX).into())
        }
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(net: &str) -> Span {
        Span::of(net.parse().unwrap())
    }

    #[test]
    fn a_run_comes_after_what_is_taken_and_on_its_own_boundary() {
        let run =
            span("10.244.0.0/24").free_run(16, &[span("10.244.0.0/28"), span("10.244.0.32/32")]);
        assert_eq!(run, Some(span("10.244.0.16/28")));
        let run =
            span("10.244.0.0/24").free_run(32, &[span("10.244.0.0/28"), span("10.244.0.32/32")]);
        assert_eq!(run, Some(span("10.244.0.64/27")));
        assert_eq!(span("10.0.0.0/30").free_run(4, &[span("10.0.0.3/32")]), None);
    }

    proptest! {
        #[test]
        fn runs_never_meet(sizes in proptest::collection::vec(0_u32..5, 1..40)) {
            let pool = span("10.0.0.0/24");
            let mut taken: Vec<Span> = Vec::new();
            for size in sizes {
                if let Some(run) = pool.free_run(1 << size, &taken) {
                    prop_assert!(pool.holds(run));
                    prop_assert!(taken.iter().all(|other| !other.overlaps(run)));
                    taken.push(run);
                }
            }
        }
    }
}
