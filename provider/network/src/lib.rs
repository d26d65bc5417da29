//! Networking of vSphere Namespaces: subnets, default deny, NetworkPolicy, reachability.
//!
//! Pure and synchronous: no I/O, no clock, no Terraform, no HTTP. The wire types of vCenter and
//! NSX are not known here; who calls translates. What is wrong is refused by a parser or a
//! constructor, all of it at once where there is more than one thing, and every error says what
//! would be right. An empty list is nobody, never anybody.
//!
//! # Where to find what
//!
//! What users write, as types that check themselves and can stand in a Terraform model:
//!
//! * [`address`]: [`Cidr`](address::Cidr), [`NetworkCidr`](address::NetworkCidr) (no reserved
//!   range), [`GatewayCidr`](address::GatewayCidr), [`AddressRange`](address::AddressRange),
//!   [`Ip4`](address::Ip4), [`SubnetMask`](address::SubnetMask), and sets of addresses.
//! * [`name`]: [`DnsLabel`](name::DnsLabel), [`DnsName`](name::DnsName).
//! * [`port`]: [`Port`](port::Port), [`PortRange`](port::PortRange),
//!   [`Protocol`](port::Protocol).
//!
//! Where namespaces are:
//!
//! * [`disjoint`]: which of several named ranges overlap.
//! * [`subnets`]: which namespace has which subnet of the pod CIDRs; how much room is left.
//!
//! Who may talk to whom:
//!
//! * [`firewall`]: the distributed firewall's groups, services, rules and policies.
//! * [`isolation`]: default deny: modes, the members' group, the policies, what is let pass; and
//!   whether a given rule base keeps a namespace closed.
//! * [`network_policy`]: Kubernetes NetworkPolicy, read, translated to the firewall, and found
//!   again in it.
//! * [`kubernetes`]: the objects of a cluster, and `NetworkPolicies`, as YAML or JSON.
//! * [`reachability`]: may A open port p on B, and which rule decides at either end.
//! * [`explain`]: the same by names, in words.
//! * [`wildcard`]: patterns for paths.

pub mod address;
pub mod disjoint;
pub mod explain;
pub mod firewall;
mod hash;
pub mod isolation;
pub mod kubernetes;
pub mod name;
pub mod network_policy;
pub mod port;
pub mod reachability;
pub mod subnets;
#[cfg(test)]
mod testing;
mod text;
mod traffic;
pub mod wildcard;
