//! `cidr_overlaps`: whether two networks share addresses.

use namespace_network::address::Cidr;
use schemars::JsonSchema;
use serde::Deserialize;
use tf_framework::{Function, FunctionError};

/// Whether two networks have an address in common.
///
/// A network of IPv4 never overlaps one of IPv6. A network with host bits set, such as
/// `10.244.0.1/20`, is refused: it is as likely a slip of the prefix as one of the address.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct CidrOverlaps {
    /// One network, such as `10.244.0.0/20`.
    a: Cidr,
    /// The other one.
    b: Cidr,
}

impl Function for CidrOverlaps {
    type Output = bool;
    const NAME: &'static str = "cidr_overlaps";

    fn call(self) -> Result<bool, FunctionError> {
        Ok(self.a.overlaps(self.b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_overlap_if_one_is_in_the_other() {
        for (a, b, expected) in [
            ("10.244.0.0/20", "10.244.15.240/28", true),
            ("10.244.0.0/20", "10.244.16.0/20", false),
            ("10.0.0.0/8", "10.0.0.0/8", true),
            ("0.0.0.0/0", "::/0", false),
        ] {
            let call = |a: &str, b: &str| {
                CidrOverlaps { a: a.parse().unwrap(), b: b.parse().unwrap() }.call()
            };
            assert_eq!([call(a, b), call(b, a)], [Ok(expected), Ok(expected)], "{a} {b}");
        }
    }
}
