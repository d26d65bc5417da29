//! The place that a name chooses. These numbers are part of the interface: another hash would
//! send a namespace that comes back to another subnet.

use crate::{
    address::{Cidr, bits, from_bits, width},
    hash,
};

/// The subnet of a pool's CIDR that the `index`th subnet of a name prefers; none if the CIDR is
/// too small for one.
pub(super) fn preferred(cidr: Cidr, prefix: u8, name: &str, index: usize) -> Option<Cidr> {
    let order = prefix.checked_sub(cidr.prefix()).filter(|_| prefix <= width(cidr.network()))?;
    let slot =
        u128::MAX.checked_shl(128 - u32::from(order)).map_or(0, |top| wide(name, index) & top);
    // The top bits of the hash, moved to where the subnet's number stands in an address.
    let number = slot.checked_shr(128 - u32::from(order)).unwrap_or(0);
    let offset = number.checked_shl(u32::from(width(cidr.network()) - prefix)).unwrap_or(0);
    Cidr::around(from_bits(bits(cidr.network()) + offset, cidr.network()), prefix)
}

/// 128 well mixed bits of a name and a number.
fn wide(name: &str, index: usize) -> u128 {
    let high = hash::hash(name, index);
    (u128::from(high) << 64) | u128::from(hash::mix(high ^ 0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use expect_test::expect;

    use super::*;

    fn preferred_in(cidr: &str, prefix: u8, name: &str, index: usize) -> String {
        let cidr = cidr.parse().unwrap();
        preferred(cidr, prefix, name, index).map_or("none".to_owned(), |it| it.to_string())
    }

    #[test]
    fn the_choice_of_a_name_never_changes() {
        let choices = [
            preferred_in("10.244.0.0/20", 28, "banking", 0),
            preferred_in("10.244.0.0/20", 28, "banking", 1),
            preferred_in("10.244.0.0/20", 28, "trading", 0),
            preferred_in("10.0.0.0/8", 28, "banking", 0),
            preferred_in("fd00::/48", 64, "banking", 0),
            preferred_in("::/0", 128, "banking", 0),
        ];
        expect![[r"
            10.244.15.32/28
            10.244.15.176/28
            10.244.12.112/28
            10.242.203.112/28
            fd00:0:0:f2cb::/64
            f2cb:776f:3246:be78:531c:56df:2cea:e0a4/128"]]
        .assert_eq(&choices.join("\n"));
    }

    #[test]
    fn a_network_of_one_subnet_is_everyones_choice() {
        assert_eq!(preferred_in("10.244.0.0/28", 28, "banking", 0), "10.244.0.0/28");
        assert_eq!(preferred_in("10.244.0.0/29", 28, "banking", 0), "none");
        assert_eq!(preferred_in("10.244.0.0/29", 33, "banking", 0), "none");
    }

    #[test]
    fn choices_spread_over_the_network() {
        let choices: BTreeSet<_> =
            (0..256).map(|i| preferred_in("10.0.0.0/20", 28, &format!("ns-{i}"), 0)).collect();
        // 256 balls in 256 bins fill 162 of them on average.
        assert!((140..185).contains(&choices.len()), "{}", choices.len());
    }
}
