//! An address in its network, as a gateway is written: `10.1.0.1/24`.

use std::{fmt, net::IpAddr, str::FromStr};

use super::{Cidr, InvalidCidr, split};
use crate::text::text_type;

/// A gateway's address with the prefix of its network.
///
/// It is an address that a machine can have: neither the network nor the broadcast address of an
/// IPv4 network of /1 to /30 (RFC 919), nor link-local (RFC 3927, RFC 4291 2.5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GatewayCidr {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is no gateway.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGateway {
    /// Address or prefix cannot be read.
    #[error(transparent)]
    Cidr(#[from] InvalidCidr),
    /// A network with no room for a gateway and a machine, or all of the address space.
    #[error("`{text}`: a gateway's network is /1 to /{max}")]
    Prefix {
        /// What was given.
        text: String,
        /// The longest prefix of the family, in bits.
        max: u8,
    },
    /// The lowest address, which stands for the network.
    #[error("`{text}` is the network address; did you mean {suggestion}?")]
    Network {
        /// What was given.
        text: String,
        /// The first address of a machine.
        suggestion: GatewayCidr,
    },
    /// The highest address, which stands for all machines.
    #[error("`{text}` is the broadcast address; did you mean {suggestion}?")]
    Broadcast {
        /// What was given.
        text: String,
        /// The first address of a machine.
        suggestion: GatewayCidr,
    },
    /// An address that routers do not forward (RFC 3927 7, RFC 4291 2.5.6).
    #[error("`{0}` is link-local: a gateway needs a routed address")]
    LinkLocal(String),
}

impl GatewayCidr {
    /// The gateway's address.
    #[must_use]
    pub const fn address(self) -> IpAddr {
        self.address
    }

    /// Its prefix length, in bits.
    #[must_use]
    pub const fn prefix(self) -> u8 {
        self.prefix
    }

    /// The network it serves.
    ///
    /// # Panics
    ///
    /// Never: the prefix was checked.
    #[must_use]
    pub fn network(self) -> Cidr {
        Cidr::around(self.address, self.prefix).expect("a gateway's prefix fits its address")
    }

    /// The usual gateway of a network: the first address a machine can have. None where a
    /// network is too small for one, link-local, or all of the address space.
    #[must_use]
    pub fn first_of(network: Cidr) -> Option<Self> {
        format!("{}/{}", network.hosts().first(), network.prefix()).parse().ok()
    }
}

impl FromStr for GatewayCidr {
    type Err = InvalidGateway;

    fn from_str(text: &str) -> Result<Self, InvalidGateway> {
        let (address, prefix) = split(text)?;
        let text = || text.to_owned();
        let max = if address.is_ipv4() { 30 } else { 126 };
        if !(1..=max).contains(&prefix) {
            return Err(InvalidGateway::Prefix { text: text(), max });
        }
        let link_local = match address {
            IpAddr::V4(v4) => v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        };
        if link_local {
            return Err(InvalidGateway::LinkLocal(text()));
        }
        let it = Self { address, prefix };
        let (network, hosts) = (it.network(), it.network().hosts());
        let suggestion = Self { address: hosts.first(), prefix };
        if hosts.contains(address) {
            Ok(it)
        } else if address == network.network() {
            Err(InvalidGateway::Network { text: text(), suggestion })
        } else {
            Err(InvalidGateway::Broadcast { text: text(), suggestion })
        }
    }
}

impl fmt::Display for GatewayCidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

text_type!(GatewayCidr, "GatewayCidr", "gateway-cidr");

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn refused(text: &str, expect: &Expect) {
        expect.assert_eq(&text.parse::<GatewayCidr>().unwrap_err().to_string());
    }

    #[test]
    fn an_address_no_machine_can_have_is_refused() {
        refused(
            "10.1.0.0/24",
            &expect!["`10.1.0.0/24` is the network address; did you mean 10.1.0.1/24?"],
        );
        refused(
            "10.1.0.255/24",
            &expect!["`10.1.0.255/24` is the broadcast address; did you mean 10.1.0.1/24?"],
        );
        refused(
            "fe80::1/64",
            &expect!["`fe80::1/64` is link-local: a gateway needs a routed address"],
        );
    }

    #[test]
    fn a_network_without_room_is_refused() {
        refused("10.1.0.1/0", &expect!["`10.1.0.1/0`: a gateway's network is /1 to /30"]);
        refused("10.1.0.1/31", &expect!["`10.1.0.1/31`: a gateway's network is /1 to /30"]);
        refused(
            "10.1.0.1",
            &expect![
                "`10.1.0.1` has no prefix length: expected address/prefix, such as 10.244.0.0/20"
            ],
        );
    }

    #[test]
    fn a_gateway_knows_its_network() {
        let gateway: GatewayCidr = "10.1.0.129/25".parse().unwrap();
        assert_eq!((gateway.prefix(), gateway.network().to_string()), (25, "10.1.0.128/25".into()));
        assert_eq!(GatewayCidr::first_of(gateway.network()), Some(gateway));
        assert_eq!(GatewayCidr::first_of("10.0.0.0/31".parse().unwrap()), None);
        let v6: GatewayCidr = "2001:db8::1/64".parse().unwrap();
        assert_eq!(v6.network().to_string(), "2001:db8::/64");
    }
}
