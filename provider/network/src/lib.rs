//! Networking of vSphere Namespaces: subnets, default deny, NetworkPolicy, reachability.
//!
//! Pure and synchronous: no I/O, no clock, no Terraform, no HTTP. The wire types of vCenter and
//! NSX are not known here; who calls translates.
//!
//! Where to find what:
//!
//! * [`address`]: networks, ranges, gateways, masks, and sets of addresses.
//! * [`disjoint`]: which of several named ranges overlap.
//! * [`subnets`]: which namespace has which subnet of the pod CIDRs.

pub mod address;
pub mod disjoint;
pub mod firewall;
mod hash;
pub mod isolation;
pub mod name;
pub mod network_policy;
pub mod port;
pub mod reachability;
pub mod subnets;
mod text;
