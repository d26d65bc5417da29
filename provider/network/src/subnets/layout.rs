//! Who has which address of a subnet.

use std::fmt;

use serde::Serialize;

use crate::address::{AddressRange, Cidr, GatewayCidr, bits, from_bits};

/// How NSX uses a subnet of an IP block: the first host address is the gateway, network and
/// broadcast address are nobody's, the rest is for pods and VMs (VCF, "Developer Ready
/// Infrastructure").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// The whole subnet.
    pub subnet: Cidr,
    /// The address of the Tier-1 gateway in it.
    pub gateway: GatewayCidr,
    /// The addresses for pods and VMs.
    pub usable: AddressRange,
}

impl Layout {
    /// The layout of a subnet; none if it has no room for a gateway and one machine (longer
    /// than /30, or /126).
    #[must_use]
    pub fn of(subnet: Cidr) -> Option<Self> {
        let gateway = GatewayCidr::first_of(subnet)?;
        let second = from_bits(bits(gateway.address()) + 1, gateway.address());
        let usable = AddressRange::new(second, subnet.hosts().last()).ok()?;
        Some(Self { subnet, gateway, usable })
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subnet, gateway, usable } = self;
        write!(f, "{subnet}: gateway {}, {} addresses {usable}", gateway.address(), usable.size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn layout(subnet: &str) -> String {
        Layout::of(subnet.parse().unwrap()).map_or("none".to_owned(), |it| it.to_string())
    }

    #[test]
    fn a_default_subnet_has_thirteen_addresses() {
        let expected = "10.244.0.16/28: gateway 10.244.0.17, 13 addresses 10.244.0.18-10.244.0.30";
        assert_eq!(layout("10.244.0.16/28"), expected);
    }

    #[test]
    fn the_smallest_subnet_has_one() {
        assert_eq!(layout("10.0.0.0/30"), "10.0.0.0/30: gateway 10.0.0.1, 1 addresses 10.0.0.2");
        assert_eq!(layout("10.0.0.0/31"), "none");
        assert_eq!(layout("10.0.0.0/32"), "none");
    }
}
