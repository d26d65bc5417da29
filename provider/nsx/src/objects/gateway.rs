//! Gateways, and what hangs on them.

use crate::meta::{object, wire};
use crate::{Infra, Node};

api_client::wire_enum! {
    /// How a gateway fails over.
    pub enum FailoverMode {
        /// The preferred edge takes it back.
        Preemptive = "PREEMPTIVE",
        /// It stays where it went.
        NonPreemptive = "NON_PREEMPTIVE",
    }
}

api_client::wire_enum! {
    /// How many edges serve a gateway at once.
    pub enum HaMode {
        /// All.
        ActiveActive = "ACTIVE_ACTIVE",
        /// One.
        ActiveStandby = "ACTIVE_STANDBY",
    }
}

api_client::wire_enum! {
    /// What room a gateway takes on its edges.
    pub enum PoolAllocation {
        /// That of routing.
        Routing = "ROUTING",
        /// That of a small load balancer.
        LbSmall = "LB_SMALL",
        /// That of a medium load balancer.
        LbMedium = "LB_MEDIUM",
        /// That of a large load balancer.
        LbLarge = "LB_LARGE",
        /// That of a very large load balancer.
        LbXlarge = "LB_XLARGE",
    }
}

api_client::wire_enum! {
    /// What a Tier-1 tells its Tier-0.
    pub enum Advertised {
        /// Static routes.
        StaticRoutes = "TIER1_STATIC_ROUTES",
        /// Connected segments.
        Connected = "TIER1_CONNECTED",
        /// NAT addresses.
        Nat = "TIER1_NAT",
        /// Virtual servers.
        LbVip = "TIER1_LB_VIP",
        /// Source addresses of load balancers.
        LbSnat = "TIER1_LB_SNAT",
        /// DNS forwarders.
        DnsForwarder = "TIER1_DNS_FORWARDER_IP",
        /// IPsec endpoints.
        IpsecEndpoint = "TIER1_IPSEC_LOCAL_ENDPOINT",
    }
}

api_client::wire_enum! {
    /// How a Tier-1 is connected.
    pub enum Tier1Kind {
        /// Routed.
        Routed = "ROUTED",
        /// Not at all.
        Isolated = "ISOLATED",
        /// Behind NAT.
        Natted = "NATTED",
    }
}

api_client::wire_enum! {
    /// Whether a route is told.
    pub enum RouteAction {
        /// It is.
        Permit = "PERMIT",
        /// It is not.
        Deny = "DENY",
    }
}

api_client::wire_enum! {
    /// Which prefixes match.
    pub enum PrefixOperator {
        /// The same and longer ones.
        Ge = "GE",
        /// The same.
        Eq = "EQ",
    }
}

api_client::wire_enum! {
    /// What a NAT rule does.
    pub enum NatAction {
        /// Changes the source.
        Snat = "SNAT",
        /// Changes the destination.
        Dnat = "DNAT",
        /// Maps statelessly.
        Reflexive = "REFLEXIVE",
        /// Keeps the source.
        NoSnat = "NO_SNAT",
        /// Keeps the destination.
        NoDnat = "NO_DNAT",
        /// From IPv6 to IPv4.
        Nat64 = "NAT64",
    }
}

object! {
    /// A Tier-1 gateway.
    pub struct Tier1: "Tier1" in Infra, "tier-1s" {
        /// Whether its firewall is off.
        disable_firewall: bool,
        /// How it fails over.
        failover_mode: FailoverMode,
        /// How many edges serve it at once.
        ha_mode: HaMode,
        /// What room it takes on its edges.
        pool_allocation: PoolAllocation,
        /// What of it is told, by prefix.
        route_advertisement_rules: Vec<RouteAdvertisementRule>,
        /// What of it is told.
        route_advertisement_types: Vec<Advertised>,
        /// Policy path of its Tier-0.
        tier0_path: String,
        /// How it is connected.
        #[serde(rename = "type")]
        kind: Tier1Kind,
    }
}

object! {
    /// Where a Tier-1's services run.
    pub struct LocaleServices: "LocaleServices" in Tier1, "locale-services" {
        /// Policy path of the edge cluster.
        edge_cluster_path: String,
        /// Policy paths of the preferred edges.
        preferred_edge_paths: Vec<String>,
    }
}

object! {
    /// A Tier-0 gateway.
    pub struct Tier0: "Tier0" in Infra, "tier-0s" {
        /// How it fails over.
        failover_mode: FailoverMode,
        /// How many edges serve it at once.
        ha_mode: HaMode,
        /// Networks between its parts.
        internal_transit_subnets: Vec<String>,
        /// Networks to its Tier-1s.
        transit_subnets: Vec<String>,
    }
}

wire! {
    /// Which prefixes a Tier-1 tells.
    pub struct RouteAdvertisementRule {
        /// Whether it does.
        action: RouteAction,
        /// Name of the rule.
        name: String,
        /// Which prefixes match.
        prefix_operator: PrefixOperator,
        /// Kinds of routes.
        route_advertisement_types: Vec<Advertised>,
        /// Prefixes.
        subnets: Vec<String>,
    }
}

/// A section of a Tier-1's NAT: `INTERNAL`, `USER` or `DEFAULT`.
#[derive(Debug)]
pub enum Nat {}

impl Node for Nat {
    type Parent = Tier1;
    const TYPE: &'static str = "PolicyNat";
    const COLLECTION: &'static str = "nat";
}

object! {
    /// A NAT rule.
    pub struct NatRule: "PolicyNatRule" in Nat, "nat-rules" {
        /// What it does.
        action: NatAction,
        /// Destination it matches.
        destination_network: String,
        /// Whether it counts.
        enabled: bool,
        /// Its place among the rules.
        sequence_number: i64,
        /// Source it matches.
        source_network: String,
        /// What the address becomes.
        translated_network: String,
    }
}
