//! Who holds which addresses.

use std::{collections::BTreeMap, net::IpAddr};

use crate::{
    address::{AddressRange, AddressSet},
    disjoint::NamedRange,
};

/// Ranges that do not overlap, each with who holds it.
#[derive(Clone, Debug, Default)]
pub(super) struct Holders(BTreeMap<IpAddr, NamedRange>);

impl Holders {
    /// Notes who holds a range. Where it is held already, the first holder stays.
    pub(super) fn note(&mut self, holder: &NamedRange) {
        let held: AddressSet = self.within(holder.range).map(|it| it.range).collect();
        let mine: AddressSet = [holder.range].into_iter().collect();
        for &range in mine.minus(&held).ranges() {
            self.0.insert(range.first(), NamedRange { range, ..holder.clone() });
        }
    }

    /// The lowest of the holders that share an address with the range.
    pub(super) fn of(&self, range: impl Into<AddressRange>) -> Option<&NamedRange> {
        self.within(range.into()).next()
    }

    fn within(&self, range: AddressRange) -> impl Iterator<Item = &NamedRange> {
        let below = self.0.range(..range.first()).next_back().map(|(_, holder)| holder);
        let inside = self.0.range(range.first()..=range.last()).map(|(_, holder)| holder);
        below.filter(move |holder| holder.range.overlaps(&range)).into_iter().chain(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, range: &str) -> NamedRange {
        NamedRange::new(name, range.parse::<AddressRange>().unwrap())
    }

    #[test]
    fn the_first_holder_stays() {
        let mut holders = Holders::default();
        holders.note(&named("a", "10.0.0.4-10.0.0.7"));
        holders.note(&named("b", "10.0.0.0-10.0.0.15"));
        let of = |range: &str| holders.of(range.parse::<AddressRange>().unwrap());
        assert_eq!(of("10.0.0.5").unwrap().name, "a");
        assert_eq!(of("10.0.0.3").unwrap().name, "b");
        assert_eq!(of("10.0.0.8-10.0.0.9").unwrap().to_string(), "b 10.0.0.8/29");
        assert_eq!(of("10.0.0.7-10.0.0.8").unwrap().name, "a");
        assert_eq!(of("10.0.0.16-10.0.1.0"), None);
    }
}
