//! Identifiers, one type for each kind, so that none is taken for another.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => { $(
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

ids! {
    /// A datacenter's managed object id, such as `datacenter-3`.
    DatacenterId;
    /// A vSphere cluster's managed object id, such as `domain-c8`. The Supervisor on it is addressed
    /// by the same id, but for the calls that want a [`SupervisorId`].
    ClusterId;
    /// A Supervisor's UUID. The API has it since 8.0.0.1.
    SupervisorId;
    /// A network's managed object id, such as `dvportgroup-11` or `network-12`.
    NetworkId;
    /// The name of a Supervisor's network: a DNS label that whoever makes it chooses.
    WorkloadNetworkId;
    /// The name of a Supervisor's load balancer: a DNS label that whoever makes it chooses.
    LoadBalancerId;
    /// A storage policy's UUID.
    PolicyId;
    /// A content library's UUID.
    LibraryId;
    /// The UUID of what is in a content library.
    LibraryItemId;
    /// A distributed switch's UUID as NSX knows it, such as `50 1c 69 …`; not its managed object id.
    SwitchId;
    /// The UUID of an edge cluster of NSX.
    EdgeClusterId;
    /// The policy id of a Tier-0 gateway of NSX.
    Tier0Id;
    /// A vSphere Namespace's name: a DNS label, unique in the whole vCenter.
    NamespaceId;
    /// The name of a class of virtual machines, such as `best-effort-small`.
    VmClassId;
    /// The name of a zone.
    ZoneId;
}
