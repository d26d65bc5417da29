//! Which addresses of a range are handed out, and which is next: the lowest, as the annotations of
//! real namespaces show (behaviour.md 2.3).

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

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
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
}
