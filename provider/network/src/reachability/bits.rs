//! Sets of small numbers.

/// A set of numbers below a limit, 64 to a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn none(limit: usize) -> Self {
        Self(vec![0; limit.div_ceil(64)])
    }

    /// All numbers below the limit.
    pub(super) fn all(limit: usize) -> Self {
        let mut words = vec![u64::MAX; limit.div_ceil(64)];
        if let Some(last) = words.last_mut().filter(|_| !limit.is_multiple_of(64)) {
            *last = (1 << (limit % 64)) - 1;
        }
        Self(words)
    }

    pub(super) fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (mine, its) in self.0.iter_mut().zip(&other.0) {
            *mine |= its;
        }
    }

    pub(super) fn remove(&mut self, other: &Self) {
        for (mine, its) in self.0.iter_mut().zip(&other.0) {
            *mine &= !its;
        }
    }

    /// Those that are also in the other set stay.
    pub(super) fn keep(&mut self, other: &Self) {
        for (mine, its) in self.0.iter_mut().zip(&other.0) {
            *mine &= its;
        }
    }

    pub(super) fn minus(mut self, other: &Self) -> Self {
        self.remove(other);
        self
    }

    /// Moves those that are also in a third set.
    pub(super) fn move_to(&mut self, which: &Self, target: &mut Self) {
        for ((mine, which), target) in self.0.iter_mut().zip(&which.0).zip(&mut target.0) {
            *target |= *mine & which;
            *mine &= !which;
        }
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let mut words = Vec::new();
        for (number, bit) in bits.into_iter().enumerate() {
            if number % 64 == 0 {
                words.push(0);
            }
            words[number / 64] |= u64::from(bit) << (number % 64);
        }
        Self(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_go_past_a_word() {
        let every_third: Bits = (0..200).map(|i| i % 3 == 0).collect();
        assert!((0..200).all(|i| every_third.has(i) == (i % 3 == 0)));
        let mut rest = Bits::all(200);
        let mut moved = Bits::none(200);
        rest.move_to(&every_third, &mut moved);
        assert_eq!(moved, every_third);
        assert!((0..200).all(|i| rest.has(i) != every_third.has(i)));
        rest.add(&moved);
        assert_eq!(rest, Bits::all(200));
        rest.keep(&moved);
        assert_eq!(rest, moved);
        assert!(moved.minus(&every_third).is_empty());
    }
}
