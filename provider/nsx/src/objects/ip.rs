//! Address blocks, pools and their subnets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::meta::{object, wire};
use crate::{Infra, Others};

api_client::wire_enum! {
    /// Who may use a block.
    pub enum Visibility {
        /// Those inside.
        Private = "PRIVATE",
        /// Everybody.
        External = "EXTERNAL",
    }
}

object! {
    /// A block of addresses that subnets are cut from.
    pub struct IpBlock: "IpAddressBlock" in Infra, "ip-blocks" {
        /// The block.
        cidr: String,
        /// The blocks, on newer versions.
        cidrs: Vec<String>,
        /// Who may use it.
        visibility: Visibility,
    }
}

object! {
    /// A pool of addresses.
    pub struct IpPool: "IpAddressPool" in Infra, "ip-pools" {
        /// Seconds until an address that was given back is given out again.
        ip_release_delay: i64,
    }
}

wire! {
    /// A range of addresses.
    pub struct IpRange {
        /// First address.
        start: String,
        /// Last address.
        end: String,
    }

    /// A subnet that is cut from a block.
    pub struct BlockSubnet {
        /// Its id.
        id: String,
        /// Its policy path.
        path: String,
        /// The network; there once it is realized.
        cidr: String,
        /// Gateway; there once it is realized.
        gateway_address: String,
        /// Policy path of the block.
        ip_block_path: String,
        /// How many addresses.
        size: i64,
        /// First address.
        start_ip: String,
    }

    /// A subnet that is given.
    pub struct StaticSubnet {
        /// Its id.
        id: String,
        /// Its policy path.
        path: String,
        /// Ranges that are given out.
        allocation_ranges: Vec<IpRange>,
        /// The network.
        cidr: String,
        /// Gateway.
        gateway_ip: String,
    }
}

/// A subnet of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "resource_type")]
pub enum IpPoolSubnet {
    /// Cut from a block.
    #[serde(rename = "IpAddressPoolBlockSubnet")]
    Block(BlockSubnet),
    /// Given.
    #[serde(rename = "IpAddressPoolStaticSubnet")]
    Static(StaticSubnet),
    /// What this client does not know, as it came.
    #[serde(untagged)]
    Other(Others),
}
