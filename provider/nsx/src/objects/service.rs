//! Services: what a rule is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::meta::{object, wire};
use crate::{Infra, Others};

api_client::wire_enum! {
    /// A protocol with ports.
    pub enum L4Protocol {
        /// TCP.
        Tcp = "TCP",
        /// UDP.
        Udp = "UDP",
    }
}

api_client::wire_enum! {
    /// A version of ICMP.
    pub enum IcmpProtocol {
        /// That of IPv4.
        V4 = "ICMPv4",
        /// That of IPv6.
        V6 = "ICMPv6",
    }
}

object! {
    /// A service.
    pub struct Service: "Service" in Infra, "services" {
        /// Any of these.
        service_entries: Vec<ServiceEntry>,
        /// Whether it is NSX's own.
        is_default: bool,
    }
}

/// One protocol of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "resource_type")]
pub enum ServiceEntry {
    /// Ports.
    #[serde(rename = "L4PortSetServiceEntry")]
    L4(L4Entry),
    /// ICMP.
    #[serde(rename = "ICMPTypeServiceEntry")]
    Icmp(IcmpEntry),
    /// An IP protocol by number.
    #[serde(rename = "IPProtocolServiceEntry")]
    Protocol(ProtocolEntry),
    /// What this client does not know, as it came.
    #[serde(untagged)]
    Other(Others),
}

wire! {
    /// Ports of a protocol.
    pub struct L4Entry {
        /// Name in the service; it must differ from the others'.
        id: String,
        /// Name shown.
        display_name: String,
        /// Which protocol.
        l4_protocol: L4Protocol,
        /// Ports and ranges such as `8000-8080`; at most 15. Any, if there are none.
        destination_ports: Vec<String>,
        /// The same for the source.
        source_ports: Vec<String>,
    }

    /// A kind of ICMP message.
    pub struct IcmpEntry {
        /// Name in the service.
        id: String,
        /// Name shown.
        display_name: String,
        /// Which ICMP.
        protocol: IcmpProtocol,
        /// Type; any, if there is none.
        icmp_type: i64,
        /// Code; any, if there is none.
        icmp_code: i64,
    }

    /// An IP protocol.
    pub struct ProtocolEntry {
        /// Name in the service.
        id: String,
        /// Name shown.
        display_name: String,
        /// Its number.
        protocol_number: i64,
    }
}
