//! Segments and their ports.

use crate::Infra;
use crate::meta::{object, wire};

api_client::wire_enum! {
    /// Whether traffic passes at all.
    pub enum AdminState {
        /// It does.
        Up = "UP",
        /// It does not.
        Down = "DOWN",
    }
}

api_client::wire_enum! {
    /// Whether a segment is connected to its gateway.
    pub enum Connectivity {
        /// It is.
        On = "ON",
        /// It is not.
        Off = "OFF",
    }
}

api_client::wire_enum! {
    /// How broadcasts reach the other hypervisors.
    pub enum Replication {
        /// Through one of each subnet.
        Mtep = "MTEP",
        /// From the source to each.
        Source = "SOURCE",
    }
}

api_client::wire_enum! {
    /// What is attached to a port.
    pub enum AttachmentKind {
        /// A virtual machine that has containers.
        Parent = "PARENT",
        /// A container in a virtual machine.
        Child = "CHILD",
        /// A virtual machine of its own.
        Independent = "INDEPENDENT",
        /// Something that is not managed.
        Static = "STATIC",
    }
}

object! {
    /// A segment: a network of its own, and a port group on the VDS of its transport zone.
    pub struct Segment: "Segment" in Infra, "segments" {
        /// Whether traffic passes.
        admin_state: AdminState,
        /// Further settings.
        advanced_config: SegmentAdvanced,
        /// Policy path of the gateway that routes it.
        connectivity_path: String,
        /// Policy path of its DHCP server's configuration.
        dhcp_config_path: String,
        /// DNS suffix.
        domain_name: String,
        /// Its number in the overlay.
        overlay_id: i64,
        /// How broadcasts travel.
        replication_mode: Replication,
        /// Its subnets.
        subnets: Vec<SegmentSubnet>,
        /// Policy path of its transport zone; it never changes.
        transport_zone_path: String,
        /// VLANs and ranges of them, on a VLAN transport zone.
        vlan_ids: Vec<String>,
    }
}

object! {
    /// A port of a segment: where a virtual machine or a pod is attached.
    pub struct SegmentPort: "SegmentPort" in Segment, "ports" {
        /// Addresses that it must have.
        address_bindings: Vec<AddressBinding>,
        /// Whether traffic passes.
        admin_state: AdminState,
        /// What is attached.
        attachment: Attachment,
    }
}

wire! {
    /// Further settings of a segment.
    pub struct SegmentAdvanced {
        /// IP pools that its ports take their addresses from.
        address_pool_paths: Vec<String>,
        /// Whether its gateway is reachable.
        connectivity: Connectivity,
        /// Uplinks by name.
        uplink_teaming_policy_name: String,
    }

    /// A DHCP server on a segment.
    pub struct SegmentDhcpConfig {
        /// DNS servers that clients are told.
        dns_servers: Vec<String>,
        /// Seconds for which an address is lent.
        lease_time: i64,
        /// `SegmentDhcpV4Config` or `SegmentDhcpV6Config`.
        resource_type: String,
        /// Its address and prefix length, such as `10.0.0.2/24`.
        server_address: String,
    }

    /// A subnet of a segment.
    pub struct SegmentSubnet {
        /// Its DHCP server.
        dhcp_config: SegmentDhcpConfig,
        /// Ranges that DHCP serves.
        dhcp_ranges: Vec<String>,
        /// Gateway and prefix length, such as `10.0.0.1/24`.
        gateway_address: String,
        /// The network, computed by NSX.
        network: String,
    }

    /// An address that a port must have.
    pub struct AddressBinding {
        /// IP address.
        ip_address: String,
        /// MAC address.
        mac_address: String,
        /// VLAN.
        vlan_id: i64,
    }

    /// What is attached to a port.
    pub struct Attachment {
        /// Identifier of the VIF.
        id: String,
        /// What it is.
        #[serde(rename = "type")]
        kind: AttachmentKind,
    }
}
