//! The free space of a network.

use crate::address::Cidr;

/// Which parts of a network are free, as a tree of halves: any question costs a walk from the
/// root to a leaf, so as many steps as prefixes differ.
#[derive(Clone, Debug)]
pub(super) struct Space {
    root: Cidr,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    Free,
    Taken,
    /// Positions of its halves, and the prefix of the widest free network below.
    Split {
        low: u32,
        high: u32,
        widest: u8,
    },
}

/// Wider than no network.
const NOTHING: u8 = u8::MAX;

impl Space {
    pub(super) fn of(root: Cidr) -> Self {
        Self { root, nodes: vec![Node::Free] }
    }

    pub(super) const fn cidr(&self) -> Cidr {
        self.root
    }

    /// Takes all of a network that lies in this space, whatever of it was taken before.
    pub(super) fn take(&mut self, cidr: Cidr) {
        if cidr.covers(self.root) {
            self.nodes[0] = Node::Taken;
        } else if self.root.covers(cidr) {
            self.take_below(0, self.root, cidr);
        }
    }

    fn take_below(&mut self, node: u32, at: Cidr, cidr: Cidr) {
        if at == cidr {
            self.nodes[node as usize] = Node::Taken;
            return;
        }
        let (low, high) = match self.nodes[node as usize] {
            Node::Taken => return,
            Node::Split { low, high, .. } => (low, high),
            Node::Free => (self.add(Node::Free), self.add(Node::Free)),
        };
        let (below, above) = at.halves().expect("a network around a smaller one has halves");
        if below.covers(cidr) {
            self.take_below(low, below, cidr);
        } else {
            self.take_below(high, above, cidr);
        }
        let widest = self.widest(low, below).min(self.widest(high, above));
        self.nodes[node as usize] = Node::Split { low, high, widest };
    }

    fn add(&mut self, node: Node) -> u32 {
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).expect("a space has fewer than 2^32 parts")
    }

    /// Prefix of the widest free network at or below a node.
    fn widest(&self, node: u32, at: Cidr) -> u8 {
        match self.nodes[node as usize] {
            Node::Free => at.prefix(),
            Node::Taken => NOTHING,
            Node::Split { widest, .. } => widest,
        }
    }

    /// Whether no address of a network within this space is taken.
    pub(super) fn is_free(&self, cidr: Cidr) -> bool {
        self.first_from(cidr) == Some(cidr)
    }

    /// The lowest free network of this prefix.
    pub(super) fn first(&self, prefix: u8) -> Option<Cidr> {
        let low = Cidr::around(self.root.network(), prefix)?;
        self.first_from(low).filter(|_| prefix >= self.root.prefix())
    }

    /// The free network of the same size that is nearest at or above this one.
    pub(super) fn first_from(&self, start: Cidr) -> Option<Cidr> {
        self.first_below(0, self.root, start)
    }

    fn first_below(&self, node: u32, at: Cidr, start: Cidr) -> Option<Cidr> {
        if self.widest(node, at) > start.prefix() || at.last() < start.network() {
            return None;
        }
        match self.nodes[node as usize] {
            Node::Taken => None,
            Node::Free if at.covers(start) => Some(start),
            Node::Free => Cidr::around(at.network(), start.prefix()),
            Node::Split { low, high, .. } => {
                let (below, above) = at.halves().expect("what is split has halves");
                let first = self.first_below(low, below, start);
                first.or_else(|| self.first_below(high, above, start))
            }
        }
    }

    /// The free parts, as few as possible, lowest first.
    pub(super) fn free(&self) -> Vec<Cidr> {
        let mut free = Vec::new();
        let mut open = vec![(0, self.root)];
        while let Some((node, at)) = open.pop() {
            match self.nodes[node as usize] {
                Node::Taken => {}
                Node::Free => free.push(at),
                Node::Split { low, high, .. } => {
                    let (below, above) = at.halves().expect("what is split has halves");
                    open.extend([(high, above), (low, below)]);
                }
            }
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_taken_is_not_offered() {
        let mut space = Space::of(cidr("10.0.0.0/24"));
        space.take(cidr("10.0.0.0/28"));
        space.take(cidr("10.0.0.32/28"));
        assert_eq!(space.first(28), Some(cidr("10.0.0.16/28")));
        assert_eq!(space.first(27), Some(cidr("10.0.0.64/27")));
        assert_eq!(space.first_from(cidr("10.0.0.32/28")), Some(cidr("10.0.0.48/28")));
        assert_eq!(space.first(24), None);
        assert_eq!(space.first(23), None);
    }

    #[test]
    fn a_network_around_the_space_takes_all_of_it() {
        let mut space = Space::of(cidr("10.0.0.0/24"));
        space.take(cidr("10.0.0.0/16"));
        assert_eq!((space.first(32), space.free()), (None, vec![]));
    }

    #[test]
    fn ipv6_is_no_larger_than_ipv4() {
        let mut space = Space::of(cidr("::/0"));
        space.take(cidr("::/128"));
        assert_eq!(space.first(128), Some(cidr("::1/128")));
        assert_eq!(space.free().len(), 128);
    }

    /// Networks within 10.0.0.0/26.
    fn small() -> impl Strategy<Value = Cidr> {
        (0u32..64, 26u8..=32).prop_map(|(a, p)| {
            Cidr::around(std::net::IpAddr::V4((0x0a00_0000 + a).into()), p).unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn answers_are_those_of_a_search_through_all(taken in vec(small(), 0..12), start in small()) {
            let root = cidr("10.0.0.0/26");
            let mut space = Space::of(root);
            for it in &taken {
                space.take(*it);
            }
            let free = |it: &Cidr| !taken.iter().any(|taken| taken.overlaps(*it));
            let all: Vec<Cidr> = root.subnets(start.prefix()).filter(free).collect();
            prop_assert_eq!(space.first(start.prefix()), all.first().copied());
            prop_assert_eq!(space.first_from(start), all.iter().find(|it| **it >= start).copied());
            prop_assert_eq!(space.is_free(start), free(&start));
            let size: u128 = space.free().iter().map(|it| it.size()).sum();
            prop_assert_eq!(size, root.subnets(32).filter(free).count() as u128);
        }
    }
}
