//! The distributed firewall.

use crate::meta::{Meta, Others};
use crate::objects::{Domain, ServiceEntry};
use crate::{Node, Object};

api_client::wire_enum! {
    /// What happens to a packet.
    pub enum Action {
        /// It passes.
        Allow = "ALLOW",
        /// It vanishes.
        Drop = "DROP",
        /// It is refused.
        Reject = "REJECT",
        /// The category Application decides.
        JumpToApplication = "JUMP_TO_APPLICATION",
    }
}

api_client::wire_enum! {
    /// Which way a packet goes, as its workload sees it.
    pub enum Direction {
        /// To it.
        In = "IN",
        /// From it.
        Out = "OUT",
        /// Either.
        InOut = "IN_OUT",
    }
}

api_client::wire_enum! {
    /// Which protocols.
    pub enum IpProtocol {
        /// IPv4.
        Ipv4 = "IPV4",
        /// IPv6.
        Ipv6 = "IPV6",
        /// Both.
        Both = "IPV4_IPV6",
    }
}

/// A security policy. A list leaves its rules out; a GET has them.
#[derive(
    Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct SecurityPolicy {
    /// What every object has.
    #[serde(flatten)]
    pub meta: Meta,
    /// `Ethernet`, `Emergency`, `Infrastructure`, `Environment` or `Application`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How many rules it has, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_count: Option<i64>,
    /// Its rules. Writing the policy by PUT replaces them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<Rule>>,
    /// Policy paths of the groups that it applies to; `ANY` for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
    /// Its place in the category, 0 to 999999.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<i64>,
    /// Whether answers pass by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stateful: Option<bool>,
    /// Whether a TCP connection must begin with its handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_strict: Option<bool>,
    /// Whether another may not change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    /// Whether it is NSX's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    /// What else NSX sent.
    #[serde(flatten)]
    pub others: Others,
}

impl SecurityPolicy {
    /// One of that display name, and nothing else.
    #[must_use]
    pub fn named(display_name: impl Into<String>) -> Self {
        let meta = Meta { display_name: Some(display_name.into()), ..Meta::default() };
        Self { meta, ..Self::default() }
    }
}

impl Node for SecurityPolicy {
    type Parent = Domain;
    const TYPE: &'static str = "SecurityPolicy";
    const COLLECTION: &'static str = "security-policies";
}

impl Object for SecurityPolicy {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }

    fn is_whole(&self) -> bool {
        self.rules.is_some()
    }
}

crate::meta::object! {
    /// A rule of a security policy.
    pub struct Rule: "Rule" in SecurityPolicy, "rules" {
        /// What happens.
        action: Action,
        /// Policy paths of groups, addresses, or `ANY`.
        destination_groups: Vec<String>,
        /// Whether the destinations are all others.
        destinations_excluded: bool,
        /// Which way.
        direction: Direction,
        /// Whether it does not count.
        disabled: bool,
        /// Which protocols.
        ip_protocol: IpProtocol,
        /// Whether NSX writes down what it decides.
        logged: bool,
        /// What it is for.
        notes: String,
        /// Policy paths of context profiles, or `ANY`.
        profiles: Vec<String>,
        /// Its number in the firewall's logs.
        rule_id: i64,
        /// Policy paths of the groups that it applies to; `ANY` for those of the policy.
        scope: Vec<String>,
        /// Its place in the policy.
        sequence_number: i64,
        /// Services without an object of their own.
        service_entries: Vec<ServiceEntry>,
        /// Policy paths of services, or `ANY`.
        services: Vec<String>,
        /// Policy paths of groups, addresses, or `ANY`.
        source_groups: Vec<String>,
        /// Whether the sources are all others.
        sources_excluded: bool,
        /// Label in the firewall's logs.
        tag: String,
    }
}

crate::meta::wire! {
    /// Settings of the distributed firewall.
    pub struct FirewallSettings {
        /// Whether it is on.
        enable_firewall: bool,
    }

    /// What the distributed firewall does not judge.
    pub struct ExcludeList {
        /// Policy paths.
        members: Vec<String>,
    }
}
