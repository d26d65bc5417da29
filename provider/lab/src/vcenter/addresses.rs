//! Address arithmetic, in the shapes in which vCenter writes addresses.

use std::net::Ipv4Addr;

use ipnet::{Ipv4Net, Ipv4Subnets};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fault::Fault;
use super::message::Localizable;

/// So many consecutive addresses, from the first one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Range {
    pub(crate) address: Ipv4Addr,
    pub(crate) count: u32,
}

// === impl Range ===

impl Range {
    /// The address that many places behind the first; none if the address space ends before.
    pub(crate) fn nth(self, index: u32) -> Option<Ipv4Addr> {
        (index < self.count)
            .then(|| u32::from(self.address).checked_add(index))
            .flatten()
            .map(Ipv4Addr::from)
    }

    /// The last address.
    pub(crate) fn last(self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.address).saturating_add(self.count.saturating_sub(1)))
    }

    /// Whether some address is in both.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.address <= other.last() && other.address <= self.last()
    }

    /// The fewest networks that hold these addresses and no other.
    pub(crate) fn networks(self) -> Vec<Ipv4Net> {
        Ipv4Subnets::new(self.address, self.last(), 0).collect()
    }

    /// As it goes over the wire.
    pub(crate) fn json(self) -> Value {
        json!({ "address": self.address, "count": self.count })
    }
}

impl From<Ipv4Net> for Range {
    fn from(net: Ipv4Net) -> Self {
        Self {
            address: net.network(),
            count: 1_u32.checked_shl(u32::from(32 - net.prefix_len())).unwrap_or(u32::MAX),
        }
    }
}

/// `Ipv4Cidr` as it goes over the wire.
pub(crate) fn cidr_json(net: Ipv4Net) -> Value {
    json!({ "address": net.addr(), "prefix": net.prefix_len() })
}

/// An address; `field` is for the message.
pub(crate) fn address(field: &str, value: &Value) -> Result<Ipv4Addr, Fault> {
    let text = value.as_str().unwrap_or_default();
    text.parse().map_err(|_| {
        Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.address.invalid",
            "{0}: {1} is not an IPv4 address.",
            [field, text],
        ))
    })
}

/// An `Ipv4Cidr`, without host bits.
pub(crate) fn cidr(field: &str, value: &Value) -> Result<Ipv4Net, Fault> {
    let address = address(field, &value["address"])?;
    let net = value["prefix"]
        .as_u64()
        .and_then(|prefix| u8::try_from(prefix).ok())
        .and_then(|prefix| Ipv4Net::new(address, prefix).ok());
    match net {
        Some(net) if net.trunc() == net => Ok(net),
        _ => Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.cidr.invalid",
            "{0}: {1}/{2} is not the network address of an IPv4 CIDR block.",
            [field, &address.to_string(), &value["prefix"].to_string()],
        ))),
    }
}

/// A list of `Ipv4Cidr`; what is no list is empty.
pub(crate) fn cidrs(field: &str, value: &Value) -> Result<Vec<Ipv4Net>, Fault> {
    value.as_array().into_iter().flatten().map(|item| cidr(field, item)).collect()
}

/// An `IPRange`: at least one address, and no more than there are.
pub(crate) fn range(field: &str, value: &Value) -> Result<Range, Fault> {
    let address = address(field, &value["address"])?;
    let count =
        value["count"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    let range = Range { address, count };
    if count == 0 || range.nth(count - 1).is_none() {
        return Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.range.invalid",
            "{0}: {1} addresses from {2} on is not a range of IPv4 addresses.",
            [field, &value["count"].to_string(), &address.to_string()],
        )));
    }
    Ok(range)
}

/// A list of `IPRange`; what is no list is empty.
pub(crate) fn ranges(field: &str, value: &Value) -> Result<Vec<Range>, Fault> {
    value.as_array().into_iter().flatten().map(|item| range(field, item)).collect()
}

/// The network that an address with a dotted mask is in.
pub(crate) fn masked(field: &str, address: Ipv4Addr, mask: Ipv4Addr) -> Result<Ipv4Net, Fault> {
    Ipv4Net::with_netmask(address, mask).map(|net| net.trunc()).map_err(|_| {
        Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.mask.invalid",
            "{0}: {1} is not a subnet mask.",
            [field, &mask.to_string()],
        ))
    })
}

/// A range as a reader knows it.
pub(crate) fn text(range: Range) -> String {
    format!("{}-{}", range.address, range.last())
}

/// Whether some address is in both networks.
pub(crate) fn overlap(a: Ipv4Net, b: Ipv4Net) -> bool {
    a.contains(&b.network()) || b.contains(&a.network())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_networks_of_a_range_hold_exactly_its_addresses(first in 0x0a00_0000_u32..0x0a00_ffff, count in 1_u32..5000) {
            let range = Range { address: first.into(), count };
            let networks = range.networks();
            let total: u64 = networks.iter().map(|net| u64::from(Range::from(*net).count)).sum();
            prop_assert_eq!(total, u64::from(count));
            prop_assert_eq!(networks[0].network(), range.address);
            prop_assert_eq!(networks[networks.len() - 1].broadcast(), range.last());
        }

        #[test]
        fn ranges_overlap_if_an_address_is_in_both(a in 0_u32..64, m in 1_u32..32, b in 0_u32..64, n in 1_u32..32) {
            let one = Range { address: a.into(), count: m };
            let other = Range { address: b.into(), count: n };
            let shared = (a..a + m).any(|address| (b..b + n).contains(&address));
            prop_assert_eq!(one.overlaps(other), shared);
        }
    }

    #[test]
    fn a_cidr_with_host_bits_is_refused() {
        let fault =
            cidr("pod_cidrs", &json!({ "address": "10.244.0.1", "prefix": 20 })).unwrap_err();
        assert_eq!(
            fault.messages[0].text,
            "pod_cidrs: 10.244.0.1/20 is not the network address of an IPv4 CIDR block."
        );
    }

    #[test]
    fn a_range_that_leaves_the_address_space_is_refused() {
        assert!(range("r", &json!({ "address": "255.255.255.250", "count": 6 })).is_ok());
        assert!(range("r", &json!({ "address": "255.255.255.250", "count": 7 })).is_err());
        assert!(range("r", &json!({ "address": "10.0.0.0", "count": 0 })).is_err());
    }
}
