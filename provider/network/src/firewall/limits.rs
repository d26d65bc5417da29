//! How much NSX takes of each thing. More is refused, by it or by a future version.

/// Criteria in one group (NSX 4.0 administration guide, "Group Membership Criteria").
pub const CRITERIA: usize = 5;

/// Conditions in all criteria of a group together (the same).
pub const CONDITIONS: usize = 35;

/// Conditions in one criterion, if all are about one kind of object (the same).
pub const CONDITIONS_OF_ONE_KIND: usize = 5;

/// Conditions in one criterion, if they are about several kinds (the same).
pub const CONDITIONS_OF_SEVERAL_KINDS: usize = 15;

/// Addresses, networks and ranges in one group, each of which counts once (`maxItems` of
/// `IPAddressExpression.ip_addresses` in the vendor's reference; the bindings have no such number).
/// All of them are of one family (the same).
pub const ADDRESSES: usize = 4_000;

/// Groups and addresses together at one end of a rule (`maxItems` of `Rule.source_groups` and
/// `destination_groups` in the vendor's reference). Groups that a rule is applied to are held to
/// it, too: for `scope` no number is published.
pub const PEERS: usize = 128;

/// Values of ports in one entry of a service; a range has two (`L4PortSetServiceEntry`).
pub const PORTS: usize = 15;

/// Rules in one policy (`maxItems` of `FirewallRuleList.rules`, the section that realizes it; for
/// `SecurityPolicy.rules` no number is published).
pub const RULES: usize = 1_000;

/// Tags of one object (NCP's documentation, "Configuring Network Resources").
pub const TAGS: usize = 30;

/// Characters in the scope of a tag (`Tag.scope`).
pub const TAG_SCOPE: usize = 128;

/// Characters in the value of a tag (`Tag.tag`).
pub const TAG_VALUE: usize = 256;

/// Characters in the id of an object and in its display name (`ManagedResource`).
pub const NAME: usize = 255;
