//! Single IPv4 addresses and masks, as attribute types.

use std::{fmt, net::Ipv4Addr, str::FromStr};

use super::{InvalidAddress, parse};
use crate::text::text_type;

/// An IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ip4(Ipv4Addr);

/// An IPv4 subnet mask: ones, then zeros, as CIDR has it (RFC 4632).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubnetMask(u8);

/// Why a text is no subnet mask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMask {
    /// Not four numbers.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// A zero before a one.
    #[error("`{0}`: mask bits are not contiguous")]
    NotContiguous(Ipv4Addr),
}

// === impl Ip4 ===

impl Ip4 {
    /// The address as the standard library has it.
    #[must_use]
    pub const fn get(self) -> Ipv4Addr {
        self.0
    }
}

impl From<Ipv4Addr> for Ip4 {
    fn from(address: Ipv4Addr) -> Self {
        Self(address)
    }
}

impl FromStr for Ip4 {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        parse::ipv4(text).map(Self)
    }
}

impl fmt::Display for Ip4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type!(Ip4, "Ip4", "ipv4");

// === impl SubnetMask ===

impl SubnetMask {
    /// How many ones the mask has, 0-32.
    #[must_use]
    pub const fn prefix(self) -> u8 {
        self.0
    }

    /// The mask of a prefix length, 0-32 bits; none for a longer one.
    #[must_use]
    pub const fn of_prefix(prefix: u8) -> Option<Self> {
        if prefix <= 32 { Some(Self(prefix)) } else { None }
    }

    /// The mask in dotted notation.
    #[must_use]
    pub fn get(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(u32::MAX.checked_shl(32 - u32::from(self.0)).unwrap_or(0))
    }
}

impl FromStr for SubnetMask {
    type Err = InvalidMask;

    fn from_str(text: &str) -> Result<Self, InvalidMask> {
        let mask = parse::ipv4(text)?;
        let ones = mask.to_bits().leading_ones();
        if mask.to_bits().count_ones() == ones {
            Ok(Self(u8::try_from(ones).expect("a mask has at most 32 ones")))
        } else {
            Err(InvalidMask::NotContiguous(mask))
        }
    }
}

impl fmt::Display for SubnetMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

text_type!(SubnetMask, "SubnetMask", "ipv4-mask");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_has_its_mask_and_back() {
        for prefix in 0..=32 {
            let mask = SubnetMask::of_prefix(prefix).unwrap();
            assert_eq!(mask.to_string().parse::<SubnetMask>().unwrap().prefix(), prefix);
        }
        assert_eq!(SubnetMask::of_prefix(33), None);
        assert_eq!(SubnetMask::of_prefix(20).unwrap().to_string(), "255.255.240.0");
    }

    #[test]
    fn a_mask_with_a_hole_is_refused() {
        let error = "255.0.255.0".parse::<SubnetMask>().unwrap_err();
        assert_eq!(error.to_string(), "`255.0.255.0`: mask bits are not contiguous");
    }

    #[test]
    fn an_address_decodes_from_json_with_the_parsers_message() {
        let error = serde_json::from_str::<Ip4>(r#""dns.example.test""#).unwrap_err();
        assert!(error.to_string().starts_with("`dns.example.test`: IPv4 address required"));
        assert_eq!(serde_json::to_string(&Ip4(Ipv4Addr::LOCALHOST)).unwrap(), r#""127.0.0.1""#);
    }
}
