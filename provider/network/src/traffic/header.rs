//! What is sent: IP protocol, and ports or ICMP type and code.

use std::fmt;

use crate::port::Protocol;

/// A set of IP protocols, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Protocols([u64; 4]);

/// A set of numbers of 16 bits: ranges that neither overlap nor touch, lowest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Numbers(Vec<(u16, u16)>);

/// A set of kinds of packet: those of one of these protocols with one of these numbers in each place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Header {
    pub(crate) protocols: Protocols,
    /// Ports of the receiver, or types of ICMP messages.
    pub(crate) to: Numbers,
    /// Ports of the sender, or codes of ICMP messages.
    pub(crate) from: Numbers,
}

/// The protocols that have ports.
const WITH_PORTS: [u8; 3] = [6, 17, 132];
/// ICMP of either family.
const ICMP: [u8; 2] = [1, 58];

impl Protocols {
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    pub(crate) fn of(numbers: impl IntoIterator<Item = u8>) -> Self {
        let mut words = [0; 4];
        for number in numbers {
            words[usize::from(number / 64)] |= 1 << (number % 64);
        }
        Self(words)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == [0; 4]
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    pub(crate) fn contains(self, number: u8) -> bool {
        self.0[usize::from(number / 64)] >> (number % 64) & 1 == 1
    }

    pub(crate) fn numbers(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |it| self.contains(*it))
    }
}

impl Numbers {
    pub(crate) fn all() -> Self {
        Self(vec![(0, u16::MAX)])
    }

    pub(crate) fn is_all(&self) -> bool {
        self.0 == [(0, u16::MAX)]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn ranges(&self) -> &[(u16, u16)] {
        &self.0
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        let (mut mine, mut its) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (mine.peek(), its.peek()) {
            if a.1 < b.0 {
                mine.next();
            } else if b.1 < a.0 {
                its.next();
            } else {
                return true;
            }
        }
        false
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            let (first, last) = (a.0.max(b.0), a.1.min(b.1));
            if first <= last {
                both.push((first, last));
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        Self(both)
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        self.0.iter().chain(&other.0).copied().collect()
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut gaps = Vec::new();
        let mut start = Some(0);
        for (first, last) in &other.0 {
            if let Some(from) = start.filter(|from| from < first) {
                gaps.push((from, first - 1));
            }
            start = last.checked_add(1);
        }
        gaps.extend(start.map(|from| (from, u16::MAX)));
        self.and(&Self(gaps))
    }
}

impl FromIterator<(u16, u16)> for Numbers {
    fn from_iter<I: IntoIterator<Item = (u16, u16)>>(ranges: I) -> Self {
        let mut ranges: Vec<(u16, u16)> = ranges.into_iter().collect();
        ranges.sort_unstable();
        let mut set: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match set.last_mut() {
                Some(before) if before.1 == u16::MAX || first <= before.1 + 1 => {
                    before.1 = before.1.max(last);
                }
                _ => set.push((first, last)),
            }
        }
        Self(set)
    }
}

impl Header {
    /// Every packet that rules can be about, whatever its numbers.
    pub(crate) fn any() -> Self {
        Self { protocols: Protocols::ALL, to: Numbers::all(), from: Numbers::all() }
    }

    /// The packets that there are: ports are 1-65535, types and codes 0-255, and a protocol without
    /// either has no numbers.
    pub(crate) fn universe() -> [Self; 3] {
        let (ports, icmp) = (Protocols::of(WITH_PORTS), Protocols::of(ICMP));
        let header = |protocols, first, last| {
            let numbers: Numbers = [(first, last)].into_iter().collect();
            Self { protocols, to: numbers.clone(), from: numbers }
        };
        [
            header(ports, 1, u16::MAX),
            header(icmp, 0, u8::MAX.into()),
            header(Protocols::ALL.minus(ports).minus(icmp), 0, 0),
        ]
    }

    pub(crate) fn is_any(&self) -> bool {
        self.protocols == Protocols::ALL && self.to.is_all() && self.from.is_all()
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        !self.protocols.and(other.protocols).is_empty()
            && self.to.meets(&other.to)
            && self.from.meets(&other.from)
    }

    /// What is in both; none if nothing is.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        let protocols = self.protocols.and(other.protocols);
        let (to, from) = (self.to.and(&other.to), self.from.and(&other.from));
        let is_empty = protocols.is_empty() || to.is_empty() || from.is_empty();
        (!is_empty).then_some(Self { protocols, to, from })
    }
}

/// Numbers as people write them, such as `80,8000-8100`.
impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "," })?;
            if first == last { write!(f, "{first}")? } else { write!(f, "{first}-{last}")? }
        }
        Ok(())
    }
}

/// What a number of the Internet Protocol is called.
pub(crate) fn name_of(protocol: u8) -> String {
    let with_ports = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];
    match protocol {
        1 => "ICMP".to_owned(),
        58 => "ICMPv6".to_owned(),
        number => with_ports
            .into_iter()
            .find(|it| it.number() == number)
            .map_or_else(|| format!("IP protocol {number}"), |it| it.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn small() -> impl Strategy<Value = (Numbers, u64)> {
        vec((0u16..64, 0u16..64), 0..6).prop_map(|ends| {
            let ends: Vec<(u16, u16)> =
                ends.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
            let mask = ends.iter().flat_map(|(a, b)| *a..=*b).fold(0, |mask, i| mask | 1u64 << i);
            (ends.into_iter().collect(), mask)
        })
    }

    fn mask(set: &Numbers) -> u64 {
        set.0.iter().flat_map(|(a, b)| *a..=(*b).min(63)).fold(0, |mask, i| mask | 1 << i)
    }

    proptest! {
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn arithmetic_is_that_of_sets(a in small(), b in small()) {
            prop_assert_eq!(mask(&a.0), a.1);
            prop_assert_eq!(mask(&a.0.and(&b.0)), a.1 & b.1);
            prop_assert_eq!(mask(&a.0.or(&b.0)), a.1 | b.1);
            prop_assert_eq!(mask(&a.0.minus(&b.0)), a.1 & !b.1);
            prop_assert_eq!(a.0.meets(&b.0), a.1 & b.1 != 0);
            let rest = Numbers::all().minus(&a.0);
            prop_assert!(!rest.meets(&a.0) && rest.or(&a.0).is_all());
        }
    }

    #[test]
    fn the_universe_has_each_protocol_once() {
        let all = Header::universe();
        let rest = all.iter().fold(Protocols::ALL, |rest, it| rest.minus(it.protocols));
        assert!(rest.is_empty());
        assert_eq!(all.iter().map(|it| it.protocols.numbers().count()).sum::<usize>(), 256);
    }
}
