//! The objects, as they travel. Every field is optional, because NSX says of none that it is not.

mod fabric;
mod firewall;
mod gateway;
mod group;
mod ip;
mod load_balancer;
mod realized;
mod segment;
mod service;

pub use fabric::{EdgeCluster, EnforcementPoint, Site, TransportZone, ZoneKind, default_site};
pub use firewall::{
    Action, Direction, ExcludeList, FirewallSettings, IpProtocol, Rule, SecurityPolicy,
};
pub use gateway::{
    Advertised, FailoverMode, HaMode, LocaleServices, Nat, NatAction, NatRule, PoolAllocation,
    PrefixOperator, RouteAction, RouteAdvertisementRule, Tier0, Tier1, Tier1Kind,
};
pub use group::{
    Condition, Conjunction, Domain, Expression, Group, GroupMember, IpAddresses, Key, MemberType,
    Nested, Operator, Paths, ScopeOperator, Word,
};
pub use ip::{BlockSubnet, IpBlock, IpPool, IpPoolSubnet, IpRange, StaticSubnet, Visibility};
pub use load_balancer::{
    Algorithm, HttpMonitor, IpRevision, LbPool, LbService, LbSize, MemberGroup, MemberState,
    PoolMember, SnatKind, SnatTranslation, TcpMonitor, VirtualServer,
};
pub use realized::{
    Alarm, Attribute, PublishStatus, RealizationStatus, RealizedEntity, RuntimeAlarm, SegmentState,
    SegmentStateKind, StatusAtPoint, StatusValue,
};
pub use segment::{
    AddressBinding, AdminState, Attachment, AttachmentKind, Connectivity, Replication, Segment,
    SegmentAdvanced, SegmentDhcpConfig, SegmentPort, SegmentSubnet,
};
pub use service::{
    IcmpEntry, IcmpProtocol, L4Entry, L4Protocol, ProtocolEntry, Service, ServiceEntry,
};
