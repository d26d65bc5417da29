//! Where the next free address or subnet is. Pure, and first-fit in the order of the ranges, as
//! the annotations of real namespaces show (behaviour.md 2.3).

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// First and last address of a CIDR that an external pool hands out: without network and
/// broadcast address.
pub(crate) fn pool_range(cidr: Ipv4Net) -> (Ipv4Addr, Ipv4Addr) {
    let (first, last) = (u32::from(cidr.network()), u32::from(cidr.broadcast()));
    if cidr.prefix_len() >= 31 {
        return (cidr.network(), cidr.broadcast());
    }
    (Ipv4Addr::from(first + 1), Ipv4Addr::from(last - 1))
}

/// The lowest subnet of that size that overlaps nothing of what is taken.
pub(crate) fn free_subnet(blocks: &[Ipv4Net], taken: &[Ipv4Net], prefix: u8) -> Option<Ipv4Net> {
    blocks
        .iter()
        .filter_map(|block| block.subnets(prefix).ok())
        .flatten()
        .find(|subnet| !taken.iter().any(|other| overlap(*subnet, *other)))
}

/// The lowest address of a range that is not taken.
pub(crate) fn free_address(
    (first, last): (Ipv4Addr, Ipv4Addr),
    taken: &BTreeSet<Ipv4Addr>,
) -> Option<Ipv4Addr> {
    (u32::from(first)..=u32::from(last))
        .map(Ipv4Addr::from)
        .find(|address| !taken.contains(address))
}

/// The gateway of a segment: its first host.
pub(crate) fn gateway(subnet: Ipv4Net) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(subnet.network()) + 1)
}

/// What workloads may take of a segment's subnet: all hosts but the gateway.
pub(crate) fn host_range(subnet: Ipv4Net) -> (Ipv4Addr, Ipv4Addr) {
    (
        Ipv4Addr::from(u32::from(subnet.network()) + 2),
        Ipv4Addr::from(u32::from(subnet.broadcast()) - 1),
    )
}

fn overlap(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other.network()) || other.contains(&one.network())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_user_namespace_comes_right_after_the_system() {
        let blocks = [net("10.244.0.0/20")];
        let system = free_subnet(&blocks, &[], 28).unwrap();
        assert_eq!(system, net("10.244.0.0/28"));
        assert_eq!(free_subnet(&blocks, &[system], 28), Some(net("10.244.0.16/28")));
    }

    #[test]
    fn a_pool_of_a_27_gives_out_65_to_94() {
        let range = pool_range(net("192.168.30.64/27"));
        assert_eq!(range, ([192, 168, 30, 65].into(), [192, 168, 30, 94].into()));
        assert_eq!(free_address(range, &BTreeSet::new()), Some([192, 168, 30, 65].into()));
    }

    #[test]
    fn a_28_has_thirteen_addresses_for_workloads() {
        let (first, last) = host_range(net("10.244.0.16/28"));
        assert_eq!(u32::from(last) - u32::from(first) + 1, 13);
        assert_eq!(gateway(net("10.244.0.16/28")), Ipv4Addr::new(10, 244, 0, 17));
    }

    proptest! {
        #[test]
        fn subnets_are_disjoint_and_inside_until_the_blocks_are_full(
            prefix in 24_u8..=29, count in 1_usize..80,
        ) {
            let blocks = [net("10.0.0.0/23"), net("10.9.0.0/24")];
            let mut taken = Vec::new();
            for _ in 0..count {
                let Some(subnet) = free_subnet(&blocks, &taken, prefix) else {
                    prop_assert_eq!(taken.len(), 3 << (prefix - 24));
                    break;
                };
                prop_assert!(blocks.iter().any(|block| block.contains(&subnet)));
                prop_assert!(!taken.iter().any(|other| overlap(subnet, *other)));
                taken.push(subnet);
            }
        }
    }
}
