//! Addresses, networks and ranges of addresses, and the arithmetic between them.
//!
//! Everything here is total: what could not hold an invariant is refused by its parser or
//! constructor, with a message that says what would be right.

mod cidr;
mod family;
mod gateway;
mod parse;
mod range;
mod reserved;
mod set;
mod single;

pub use cidr::{Cidr, InvalidCidr, NotIpv4, TooSmall};
pub use family::Family;
pub use gateway::{GatewayCidr, InvalidGateway};
pub use parse::InvalidAddress;
pub use range::{AddressRange, InvalidRange};
pub use reserved::{NetworkCidr, Reserved, ReservedRange};
pub use set::AddressSet;
pub use single::{InvalidMask, Ip4, SubnetMask};

pub(crate) use cidr::split;
pub(crate) use parse::digits;
pub(crate) use range::{bits, from_bits, width};
