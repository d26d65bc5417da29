//! The free space of a network.

use crate::address::{Cidr, bits, from_bits, width};

/// Which parts of a network are free, and who holds the others, as a tree of halves: any question
/// costs a walk from the root to a leaf, so as many steps as prefixes differ.
#[derive(Clone, Debug)]
pub(super) struct Space {
    root: Cidr,
    nodes: Vec<Node>,
}

/// Who holds a part: a number that only whoever takes it understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder(pub(super) u32);

#[derive(Clone, Copy, Debug)]
enum Node {
    Free,
    Taken(Holder),
    /// Position of its lower half, which the upper one follows, and the steps from the root to the
    /// widest free part below.
    Split {
        low: u32,
        widest: u8,
    },
}

/// More steps than there can be.
const NOTHING: u8 = u8::MAX;

/// A part of the space, by the way to it: at each step the lower half (0) or the upper one (1), the
/// first in the topmost bit.
#[derive(Clone, Copy, Debug)]
struct Part {
    way: u128,
    steps: u8,
}

impl Part {
    const ALL: Self = Self { way: 0, steps: 0 };

    /// Which half to take after so many steps.
    fn turn(self, steps: u8) -> u32 {
        u32::from((self.way >> (127 - steps)) & 1 == 1)
    }

    const fn upper_half(self) -> Self {
        Self { way: self.way | (1 << (127 - self.steps)), steps: self.steps + 1 }
    }

    const fn lower_half(self) -> Self {
        Self { way: self.way, steps: self.steps + 1 }
    }
}

impl Space {
    pub(super) fn of(root: Cidr) -> Self {
        Self { root, nodes: vec![Node::Free] }
    }

    pub(super) const fn cidr(&self) -> Cidr {
        self.root
    }

    /// Takes what is free of a network. What was taken before stays with its holder.
    pub(super) fn take(&mut self, cidr: Cidr, holder: Holder) {
        if cidr.covers(self.root) {
            self.fill(0, holder);
        } else if self.root.covers(cidr) {
            self.take_part(self.part(cidr), holder);
        }
    }

    fn take_part(&mut self, part: Part, holder: Holder) {
        let mut way = [0; 128];
        let mut node = 0;
        for steps in 0..part.steps {
            way[usize::from(steps)] = node;
            let low = match self.nodes[node as usize] {
                Node::Taken(_) => return,
                Node::Split { low, .. } => low,
                Node::Free => self.split(node),
            };
            node = low + part.turn(steps);
        }
        self.fill(node, holder);
        for steps in (0..part.steps).rev() {
            let node = way[usize::from(steps)] as usize;
            let Node::Split { low, widest: before } = self.nodes[node] else { return };
            let widest = self.widest(low, steps + 1).min(self.widest(low + 1, steps + 1));
            if widest == before {
                return;
            }
            self.nodes[node] = Node::Split { low, widest };
        }
    }

    /// Halves a free part; the position of the lower half. What is free in it is to be found out.
    fn split(&mut self, node: u32) -> u32 {
        let low = u32::try_from(self.nodes.len()).expect("a space has fewer than 2^32 parts");
        self.nodes.extend([Node::Free, Node::Free]);
        self.nodes[node as usize] = Node::Split { low, widest: NOTHING };
        low
    }

    fn fill(&mut self, node: u32, holder: Holder) {
        match self.nodes[node as usize] {
            Node::Free => self.nodes[node as usize] = Node::Taken(holder),
            Node::Taken(_) => {}
            Node::Split { low, .. } => {
                self.fill(low, holder);
                self.fill(low + 1, holder);
                self.nodes[node as usize] = Node::Split { low, widest: NOTHING };
            }
        }
    }

    /// Steps to the widest free part at or below a node that is so many steps down.
    fn widest(&self, node: u32, steps: u8) -> u8 {
        match self.nodes[node as usize] {
            Node::Free => steps,
            Node::Taken(_) => NOTHING,
            Node::Split { widest, .. } => widest,
        }
    }

    /// The node of a network within this space, or the leaf that it lies in.
    fn find(&self, cidr: Cidr) -> u32 {
        let part = self.part(cidr);
        let mut node = 0;
        for steps in 0..part.steps {
            match self.nodes[node as usize] {
                Node::Split { low, .. } => node = low + part.turn(steps),
                Node::Free | Node::Taken(_) => break,
            }
        }
        node
    }

    /// Whether no address of a network within this space is taken.
    pub(super) fn is_free(&self, cidr: Cidr) -> bool {
        matches!(self.nodes[self.find(cidr) as usize], Node::Free)
    }

    /// Who holds the lowest address that is taken of a network within this space.
    pub(super) fn holder(&self, cidr: Cidr) -> Option<Holder> {
        let mut open = vec![self.find(cidr)];
        while let Some(node) = open.pop() {
            match self.nodes[node as usize] {
                Node::Free => {}
                Node::Taken(holder) => return Some(holder),
                Node::Split { low, .. } => open.extend([low + 1, low]),
            }
        }
        None
    }

    /// The lowest free network of this prefix.
    pub(super) fn first(&self, prefix: u8) -> Option<Cidr> {
        self.first_from(Cidr::around(self.root.network(), prefix)?)
    }

    /// The free network of the same size that is nearest at or above this one; none if that is not
    /// within this space.
    pub(super) fn first_from(&self, start: Cidr) -> Option<Cidr> {
        let start = self.root.covers(start).then(|| self.part(start))?;
        self.first_below(0, Part::ALL, start, Bound::Start).map(|it| self.network(it))
    }

    fn first_below(&self, node: u32, at: Part, start: Part, bound: Bound) -> Option<Part> {
        if self.widest(node, at.steps) > start.steps {
            return None;
        }
        match (self.nodes[node as usize], bound) {
            (Node::Taken(_), _) => None,
            (Node::Free, Bound::Start) => Some(start),
            (Node::Free, Bound::None) => Some(Part { way: at.way, steps: start.steps }),
            (Node::Split { low, .. }, Bound::Start) if start.turn(at.steps) == 1 => {
                self.first_below(low + 1, at.upper_half(), start, bound)
            }
            (Node::Split { low, .. }, _) => self
                .first_below(low, at.lower_half(), start, bound)
                .or_else(|| self.first_below(low + 1, at.upper_half(), start, Bound::None)),
        }
    }

    /// The free parts, as few as possible, lowest first.
    pub(super) fn free(&self) -> Vec<Cidr> {
        let mut free = Vec::new();
        let mut open = vec![(0, Part::ALL)];
        while let Some((node, at)) = open.pop() {
            match self.nodes[node as usize] {
                Node::Free => free.push(self.network(at)),
                Node::Split { low, widest } if widest != NOTHING => {
                    open.extend([(low + 1, at.upper_half()), (low, at.lower_half())]);
                }
                Node::Taken(_) | Node::Split { .. } => {}
            }
        }
        free
    }

    /// How far bits of an address within this space are from where a way begins.
    fn shift(&self) -> u32 {
        128 - u32::from(width(self.root.network()) - self.root.prefix())
    }

    /// The way to a network within this space.
    fn part(&self, cidr: Cidr) -> Part {
        let offset = bits(cidr.network()) - bits(self.root.network());
        let way = offset.checked_shl(self.shift()).unwrap_or(0);
        Part { way, steps: cidr.prefix() - self.root.prefix() }
    }

    /// The network that a way leads to.
    fn network(&self, Part { way, steps }: Part) -> Cidr {
        let offset = way.checked_shr(self.shift()).unwrap_or(0);
        let address = from_bits(bits(self.root.network()) + offset, self.root.network());
        Cidr::around(address, self.root.prefix() + steps).expect("a part of a network is one")
    }
}

/// Whether a search still has to stay at or above where it began.
#[derive(Clone, Copy, Debug)]
enum Bound {
    Start,
    None,
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const ME: Holder = Holder(7);

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_taken_is_not_offered() {
        let mut space = Space::of(cidr("10.0.0.0/24"));
        space.take(cidr("10.0.0.0/28"), ME);
        space.take(cidr("10.0.0.32/28"), ME);
        assert_eq!(space.first(28), Some(cidr("10.0.0.16/28")));
        assert_eq!(space.first(27), Some(cidr("10.0.0.64/27")));
        assert_eq!(space.first_from(cidr("10.0.0.32/28")), Some(cidr("10.0.0.48/28")));
        assert_eq!(space.first(24), None);
        assert_eq!(space.first(23), None);
    }

    #[test]
    fn a_network_around_the_space_takes_all_of_it() {
        let mut space = Space::of(cidr("10.0.0.0/24"));
        space.take(cidr("10.0.0.0/16"), ME);
        assert_eq!((space.first(32), space.free()), (None, vec![]));
    }

    #[test]
    fn ipv6_is_no_larger_than_ipv4() {
        let mut space = Space::of(cidr("::/0"));
        space.take(cidr("::/128"), ME);
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
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn answers_are_those_of_a_search_through_all(taken in vec(small(), 0..12), start in small()) {
            let root = cidr("10.0.0.0/26");
            let mut space = Space::of(root);
            for (number, it) in (0..).zip(&taken) {
                space.take(*it, Holder(number));
            }
            let free = |it: &Cidr| !taken.iter().any(|taken| taken.overlaps(*it));
            let all: Vec<Cidr> = root.subnets(start.prefix()).filter(free).collect();
            prop_assert_eq!(space.first(start.prefix()), all.first().copied());
            prop_assert_eq!(space.first_from(start), all.iter().find(|it| **it >= start).copied());
            prop_assert_eq!(space.is_free(start), free(&start));
            let holder = |address: Cidr| taken.iter().position(|it| it.covers(address));
            let lowest = start.subnets(32).find_map(holder);
            prop_assert_eq!(space.holder(start).map(|it| it.0 as usize), lowest);
            let size: u128 = space.free().iter().map(|it| it.size()).sum();
            prop_assert_eq!(size, root.subnets(32).filter(free).count() as u128);
        }
    }
}
