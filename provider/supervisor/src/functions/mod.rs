//! The provider's functions, one file each: what is decided without a server, for any expression.

mod cidr_overlaps;
mod namespace_subnets;
mod network_policy_rules;
mod usable_hosts;

use tf_framework::Kinds;

use crate::clients::Clients;

/// Adds all of them.
pub(crate) fn add_to(kinds: Kinds<Clients>) -> Kinds<Clients> {
    kinds
        .function::<cidr_overlaps::CidrOverlaps>()
        .function::<namespace_subnets::NamespaceSubnets>()
        .function::<network_policy_rules::NetworkPolicyRules>()
        .function::<usable_hosts::UsableHosts>()
}
