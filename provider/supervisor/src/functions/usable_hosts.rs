//! `usable_hosts`: what of a subnet is left for machines.

use std::net::IpAddr;

use namespace_network::{address::Cidr, subnets::Layout};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Function, FunctionError};

/// The addresses of a subnet that pods and virtual machines can have.
///
/// As NSX uses a subnet: the first host address is the gateway's, the network's own address and
/// the broadcast address are nobody's.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct UsableHosts {
    /// The subnet, such as `10.244.0.16/28`.
    cidr: Cidr,
}

/// What is left.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Hosts {
    /// How many addresses there are for machines.
    count: u64,
    /// Address of the gateway.
    gateway: IpAddr,
    /// The first address for a machine.
    first: IpAddr,
    /// The last one.
    last: IpAddr,
}

impl Function for UsableHosts {
    type Output = Hosts;
    const NAME: &'static str = "usable_hosts";

    fn call(self) -> Result<Hosts, FunctionError> {
        let Layout { usable, gateway, subnet: _ } = Layout::of(self.cidr).ok_or_else(|| {
            let longest = if self.cidr.is_ipv4() { 30 } else { 126 };
            let text = format!(
                "{} has no room for a gateway and one machine; a /{longest} is the smallest that has",
                self.cidr
            );
            FunctionError::at("cidr", text)
        })?;
        let count = u64::try_from(usable.size()).unwrap_or(u64::MAX);
        let (first, last) = (usable.first(), usable.last());
        Ok(Hosts { count, gateway: gateway.address(), first, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(cidr: &str) -> Result<Hosts, FunctionError> {
        UsableHosts { cidr: cidr.parse().unwrap() }.call()
    }

    #[test]
    fn the_gateway_has_the_first_address_and_machines_the_rest() {
        let ip = |text: &str| text.parse().unwrap();
        let expected = Hosts {
            count: 13,
            gateway: ip("10.244.0.17"),
            first: ip("10.244.0.18"),
            last: ip("10.244.0.30"),
        };
        assert_eq!(call("10.244.0.16/28"), Ok(expected));
    }

    #[test]
    fn a_subnet_without_room_says_what_has_room() {
        let error = call("10.0.0.0/31").unwrap_err();
        assert_eq!(error.parameter, Some("cidr"));
        assert!(error.text.contains("a /30 is the smallest"), "{error}");
    }
}
