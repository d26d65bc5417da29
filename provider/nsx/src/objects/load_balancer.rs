//! Load balancing.

use crate::Infra;
use crate::meta::{Meta, Others, object, wire};
use crate::{Node, Object};

api_client::wire_enum! {
    /// How large a load balancer is.
    pub enum LbSize {
        /// Small.
        Small = "SMALL",
        /// Medium.
        Medium = "MEDIUM",
        /// Large.
        Large = "LARGE",
        /// Very large.
        Xlarge = "XLARGE",
        /// Distributed over the hypervisors.
        Dlb = "DLB",
    }
}

api_client::wire_enum! {
    /// Who gets the next connection.
    pub enum Algorithm {
        /// Each in turn.
        RoundRobin = "ROUND_ROBIN",
        /// Each in turn, by weight.
        WeightedRoundRobin = "WEIGHTED_ROUND_ROBIN",
        /// Who has fewest.
        LeastConnection = "LEAST_CONNECTION",
        /// Who has fewest, by weight.
        WeightedLeastConnection = "WEIGHTED_LEAST_CONNECTION",
        /// By the client's address.
        IpHash = "IP_HASH",
    }
}

api_client::wire_enum! {
    /// Whether a member gets connections.
    pub enum MemberState {
        /// It does.
        Enabled = "ENABLED",
        /// It does not.
        Disabled = "DISABLED",
        /// It keeps those it has.
        GracefulDisabled = "GRACEFUL_DISABLED",
    }
}

api_client::wire_enum! {
    /// Which addresses of a group are members.
    pub enum IpRevision {
        /// IPv4.
        Ipv4 = "IPV4",
        /// IPv6.
        Ipv6 = "IPV6",
        /// Both.
        Both = "IPV4_IPV6",
    }
}

api_client::wire_enum! {
    /// What source address the members see.
    pub enum SnatKind {
        /// One of the load balancer's own.
        AutoMap = "LBSnatAutoMap",
        /// One of a pool.
        IpPool = "LBSnatIpPool",
        /// The client's.
        Disabled = "LBSnatDisabled",
    }
}

object! {
    /// A load balancer. A Tier-1 takes one.
    pub struct LbService: "LBService" in Infra, "lb-services" {
        /// Policy path of its Tier-1.
        connectivity_path: String,
        /// Whether it works.
        enabled: bool,
        /// How large it is.
        size: LbSize,
    }
}

object! {
    /// An address with ports.
    pub struct VirtualServer: "LBVirtualServer" in Infra, "lb-virtual-servers" {
        /// Policy path of the profile that says TCP, UDP or HTTP.
        application_profile_path: String,
        /// Ports of the members, if they are not those of the server.
        default_pool_member_ports: Vec<String>,
        /// Whether it works.
        enabled: bool,
        /// Its address.
        ip_address: String,
        /// Policy path of its load balancer.
        lb_service_path: String,
        /// Policy path of its pool.
        pool_path: String,
        /// Ports and ranges.
        ports: Vec<String>,
    }
}

object! {
    /// Who serves.
    pub struct LbPool: "LBPool" in Infra, "lb-pools" {
        /// Policy paths of what watches the members.
        active_monitor_paths: Vec<String>,
        /// Who gets the next connection.
        algorithm: Algorithm,
        /// Members by group.
        member_group: MemberGroup,
        /// Members by address.
        members: Vec<PoolMember>,
        /// How many must be up.
        min_active_members: i64,
        /// What source address they see.
        snat_translation: SnatTranslation,
    }
}

wire! {
    /// Members that are those of a group.
    pub struct MemberGroup {
        /// Policy path of the group.
        group_path: String,
        /// Which of its addresses.
        ip_revision_filter: IpRevision,
        /// Most members.
        max_ip_list_size: i64,
        /// Their port; that of the virtual server, if there is none.
        port: i64,
    }

    /// One member.
    pub struct PoolMember {
        /// Whether it gets connections.
        admin_state: MemberState,
        /// Its name.
        display_name: String,
        /// Its address.
        ip_address: String,
        /// Its port.
        port: String,
        /// Its share.
        weight: i64,
    }

    /// What source address the members see.
    pub struct SnatTranslation {
        /// Whose.
        #[serde(rename = "type")]
        kind: SnatKind,
    }
}

/// A monitor: an object of a family that shares a collection.
macro_rules! monitor {
    ($(#[$meta:meta])* $name:ident, $wire:literal, {
        $($(#[$field_meta:meta])* $field:ident: $ty:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub struct $name {
            /// What every object has.
            #[serde(flatten)]
            pub meta: Meta,
            /// Seconds between two checks.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub interval: Option<i64>,
            /// Seconds until a check has failed.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub timeout: Option<i64>,
            /// Failures until a member is down.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub fall_count: Option<i64>,
            /// Successes until it is up.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub rise_count: Option<i64>,
            /// Port that is checked; the member's, if there is none.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub monitor_port: Option<i64>,
            $(
                $(#[$field_meta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$ty>,
            )*
            /// What else NSX sent.
            #[serde(flatten)]
            pub others: Others,
        }

        impl $name {
            /// One of that display name, and nothing else.
            #[must_use]
            pub fn named(display_name: impl Into<String>) -> Self {
                let meta = Meta {
                    display_name: Some(display_name.into()),
                    // The collection holds several types: the object says which it is.
                    resource_type: Some($wire.to_owned()),
                    ..Meta::default()
                };
                Self {
                    meta,
                    interval: None,
                    timeout: None,
                    fall_count: None,
                    rise_count: None,
                    monitor_port: None,
                    $($field: None,)*
                    others: Others::new(),
                }
            }
        }

        impl Node for $name {
            type Parent = Infra;
            const TYPE: &'static str = $wire;
            const COLLECTION: &'static str = "lb-monitor-profiles";
            const FAMILY: &'static str = "LBMonitorProfile";
        }

        impl Object for $name {
            fn meta(&self) -> &Meta {
                &self.meta
            }

            fn meta_mut(&mut self) -> &mut Meta {
                &mut self.meta
            }
        }
    };
}

monitor! {
    /// Checks that a member accepts connections.
    TcpMonitor, "LBTcpMonitorProfile", {}
}

monitor! {
    /// Checks that a member answers a request.
    HttpMonitor, "LBHttpMonitorProfile", {
        /// What is asked for.
        request_url: String,
        /// Statuses that count as success.
        response_status_codes: Vec<i64>,
    }
}
