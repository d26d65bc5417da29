//! The kinds of objects the lab simulates.

use super::{Embeds, Kind, LeftOut, Shape, Writers};

const RULES: Embeds =
    Embeds { field: "rules", collection: "rules", in_lists: false, order: "sequence_number" };

const SERVICE_ENTRIES: Embeds =
    Embeds { field: "service_entries", collection: "service-entries", in_lists: true, order: "id" };

/// What most kinds have in common.
const PLAIN: Kind = Kind {
    name: "",
    collections: &[],
    shape: Shape::One,
    references: &[],
    required: &[],
    defaults: "{}",
    embeds: None,
    left_out: LeftOut::Goes,
    entity: "",
    writers: Writers::Everybody,
};

/// Every kind.
pub(crate) static KINDS: &[Kind] = &[
    Kind {
        name: "Segment",
        collections: &["/infra/segments", "/infra/tier-1s/*/segments"],
        references: &[
            "connectivity_path",
            "transport_zone_path",
            "dhcp_config_path",
            "advanced_config/address_pool_paths/*",
        ],
        defaults: r#"{"admin_state": "UP", "replication_mode": "MTEP", "advanced_config":
            {"address_pool_paths": [], "hybrid": false, "inter_router": false,
             "local_egress": false, "urpf_mode": "STRICT", "connectivity": "ON"}}"#,
        entity: "RealizedLogicalSwitch",
        ..PLAIN
    },
    Kind {
        name: "SegmentPort",
        collections: &["/infra/segments/*/ports", "/infra/tier-1s/*/segments/*/ports"],
        defaults: r#"{"admin_state": "UP"}"#,
        entity: "RealizedLogicalPort",
        ..PLAIN
    },
    Kind {
        name: "Tier0",
        collections: &["/infra/tier-0s"],
        defaults: r#"{"ha_mode": "ACTIVE_STANDBY", "failover_mode": "NON_PREEMPTIVE",
            "transit_subnets": ["100.64.0.0/16"], "internal_transit_subnets": ["169.254.0.0/24"],
            "disable_firewall": false, "force_whitelisting": false}"#,
        entity: "RealizedLogicalRouter",
        ..PLAIN
    },
    Kind {
        name: "Tier1",
        collections: &["/infra/tier-1s"],
        references: &["tier0_path", "dhcp_config_paths/*"],
        defaults: r#"{"type": "ROUTED", "failover_mode": "NON_PREEMPTIVE",
            "pool_allocation": "ROUTING", "route_advertisement_types": [],
            "disable_firewall": false, "force_whitelisting": false,
            "enable_standby_relocation": false}"#,
        entity: "RealizedLogicalRouter",
        ..PLAIN
    },
    Kind {
        name: "LocaleServices",
        collections: &["/infra/tier-0s/*/locale-services", "/infra/tier-1s/*/locale-services"],
        references: &["edge_cluster_path", "preferred_edge_paths/*"],
        entity: "RealizedLogicalRouter",
        ..PLAIN
    },
    Kind {
        name: "PolicyNat",
        collections: &["/infra/tier-0s/*/nat", "/infra/tier-1s/*/nat"],
        writers: Writers::NobodyElse,
        ..PLAIN
    },
    Kind {
        name: "PolicyNatRule",
        collections: &["/infra/tier-0s/*/nat/*/nat-rules", "/infra/tier-1s/*/nat/*/nat-rules"],
        references: &["service", "scope/*"],
        required: &["action"],
        defaults: r#"{"sequence_number": 0, "enabled": true, "logging": false,
            "firewall_match": "MATCH_INTERNAL_ADDRESS", "scope": []}"#,
        entity: "RealizedNATRule",
        ..PLAIN
    },
    Kind {
        name: "PrefixList",
        collections: &["/infra/tier-0s/*/prefix-lists"],
        required: &["prefixes"],
        ..PLAIN
    },
    Kind {
        name: "StaticRoutes",
        collections: &["/infra/tier-0s/*/static-routes", "/infra/tier-1s/*/static-routes"],
        required: &["network", "next_hops"],
        ..PLAIN
    },
    Kind { name: "Domain", collections: &["/infra/domains"], ..PLAIN },
    Kind {
        name: "Group",
        collections: &["/infra/domains/*/groups"],
        references: &["expression/*/paths/*", "expression/*/expressions/*/paths/*"],
        defaults: r#"{"expression": []}"#,
        entity: "RealizedNSGroup",
        ..PLAIN
    },
    Kind {
        name: "SecurityPolicy",
        collections: &["/infra/domains/*/security-policies"],
        references: &["scope/*"],
        defaults: r#"{"category": "Application", "sequence_number": 0, "stateful": true,
            "tcp_strict": true, "locked": false, "scope": ["ANY"]}"#,
        embeds: Some(&RULES),
        left_out: LeftOut::Stays,
        entity: "RealizedFirewallSection",
        ..PLAIN
    },
    Kind {
        name: "Rule",
        collections: &["/infra/domains/*/security-policies/*/rules"],
        references: &["source_groups/*", "destination_groups/*", "services/*", "scope/*"],
        required: &["action"],
        defaults: r#"{"sequence_number": 0, "source_groups": ["ANY"],
            "destination_groups": ["ANY"], "services": ["ANY"], "profiles": ["ANY"],
            "scope": ["ANY"], "direction": "IN_OUT", "ip_protocol": "IPV4_IPV6",
            "disabled": false, "logged": false, "sources_excluded": false,
            "destinations_excluded": false}"#,
        left_out: LeftOut::Stays,
        entity: "RealizedFirewallRule",
        ..PLAIN
    },
    Kind {
        name: "Service",
        collections: &["/infra/services"],
        defaults: r#"{"is_default": false, "service_type": "NON_ETHER"}"#,
        embeds: Some(&SERVICE_ENTRIES),
        entity: "RealizedNSService",
        ..PLAIN
    },
    Kind {
        name: "ServiceEntry",
        collections: &["/infra/services/*/service-entries"],
        shape: Shape::Several,
        entity: "RealizedNSService",
        ..PLAIN
    },
    Kind {
        name: "IpAddressBlock",
        collections: &["/infra/ip-blocks"],
        required: &["cidr"],
        defaults: r#"{"visibility": "PRIVATE"}"#,
        entity: "RealizedIpBlock",
        ..PLAIN
    },
    Kind {
        name: "IpAddressPool",
        collections: &["/infra/ip-pools"],
        defaults: r#"{"check_overlap_with_existing_pools": false}"#,
        entity: "RealizedIpPool",
        ..PLAIN
    },
    Kind {
        name: "IpAddressPoolSubnet",
        collections: &["/infra/ip-pools/*/ip-subnets"],
        shape: Shape::Several,
        references: &["ip_block_path"],
        entity: "IpBlockSubnet",
        ..PLAIN
    },
    Kind {
        name: "IpAddressAllocation",
        collections: &["/infra/ip-pools/*/ip-allocations"],
        entity: "AllocationIpAddress",
        ..PLAIN
    },
    Kind {
        name: "LBService",
        collections: &["/infra/lb-services"],
        references: &["connectivity_path"],
        defaults: r#"{"enabled": true, "size": "SMALL", "error_log_level": "INFO",
            "relax_scale_validation": false}"#,
        entity: "RealizedLbService",
        ..PLAIN
    },
    Kind {
        name: "LBVirtualServer",
        collections: &["/infra/lb-virtual-servers"],
        references: &[
            "application_profile_path",
            "lb_service_path",
            "pool_path",
            "sorry_pool_path",
            "lb_persistence_profile_path",
        ],
        required: &["application_profile_path", "ip_address", "ports"],
        defaults: r#"{"enabled": true, "access_log_enabled": false,
            "log_significant_event_only": false}"#,
        entity: "RealizedLbVirtualServer",
        ..PLAIN
    },
    Kind {
        name: "LBPool",
        collections: &["/infra/lb-pools"],
        references: &["active_monitor_paths/*", "passive_monitor_path", "member_group/group_path"],
        defaults: r#"{"algorithm": "ROUND_ROBIN", "min_active_members": 1,
            "tcp_multiplexing_enabled": false, "tcp_multiplexing_number": 6,
            "snat_translation": {"type": "LBSnatAutoMap"}}"#,
        entity: "RealizedLbPool",
        ..PLAIN
    },
    Kind {
        name: "LBAppProfile",
        collections: &["/infra/lb-app-profiles"],
        shape: Shape::Several,
        ..PLAIN
    },
    Kind {
        name: "LBMonitorProfile",
        collections: &["/infra/lb-monitor-profiles"],
        shape: Shape::Several,
        ..PLAIN
    },
    Kind {
        name: "LBPersistenceProfile",
        collections: &["/infra/lb-persistence-profiles"],
        shape: Shape::Several,
        ..PLAIN
    },
    Kind {
        name: "DhcpServerConfig",
        collections: &["/infra/dhcp-server-configs"],
        references: &["edge_cluster_path"],
        ..PLAIN
    },
    Kind {
        name: "DfwFirewallConfiguration",
        collections: &["/infra/settings/firewall"],
        defaults: r#"{"enable_firewall": true, "disable_auto_drafts": false,
            "idfw_enabled": false}"#,
        ..PLAIN
    },
    Kind {
        name: "PolicyExcludeList",
        collections: &["/infra/settings/firewall/security"],
        references: &["members/*"],
        defaults: r#"{"members": []}"#,
        ..PLAIN
    },
    Kind { name: "Site", collections: &["/infra/sites"], writers: Writers::NobodyElse, ..PLAIN },
    Kind {
        name: "EnforcementPoint",
        collections: &["/infra/sites/*/enforcement-points"],
        writers: Writers::NobodyElse,
        ..PLAIN
    },
    Kind {
        name: "PolicyTransportZone",
        collections: &["/infra/sites/*/enforcement-points/*/transport-zones"],
        writers: Writers::NobodyElse,
        ..PLAIN
    },
    Kind {
        name: "PolicyEdgeCluster",
        collections: &["/infra/sites/*/enforcement-points/*/edge-clusters"],
        writers: Writers::NobodyElse,
        ..PLAIN
    },
    Kind {
        name: "PolicyEdgeNode",
        collections: &["/infra/sites/*/enforcement-points/*/edge-clusters/*/edge-nodes"],
        writers: Writers::NobodyElse,
        ..PLAIN
    },
];
