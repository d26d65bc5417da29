//! What stands between a Supervisor's workloads and the world.

use api_client::Secret;
use schemars::JsonSchema;
use serde::Serialize;

use crate::id::{EdgeClusterId, LoadBalancerId, Tier0Id};
use crate::networks::LoadBalancerSize;
use crate::value::{IpRange, Server};

/// A load balancer, and with NSX the gateway too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Edge {
    /// Its name; vCenter makes one if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<LoadBalancerId>,
    /// Which product it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<EdgeProvider>,
    /// Addresses for Services and Ingresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_address_ranges: Option<Vec<IpRange>>,
    /// With [`EdgeProvider::Nsx`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nsx: Option<NsxEdge>,
    /// With [`EdgeProvider::HaProxy`].
    #[serde(rename = "haproxy", skip_serializing_if = "Option::is_none")]
    pub ha_proxy: Option<HaProxy>,
    /// With [`EdgeProvider::NsxAdvanced`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nsx_advanced: Option<NsxAdvanced>,
}

api_client::wire_enum! {
    /// Which product it is.
    pub enum EdgeProvider {
        /// `HAProxy`; deprecated in 9.0.
        HaProxy = "HAPROXY",
        /// NSX, by way of NCP.
        Nsx = "NSX",
        /// NSX Advanced Load Balancer, also called Avi.
        NsxAdvanced = "NSX_ADVANCED",
        /// NSX with VPCs; since 9.0.
        NsxVpc = "NSX_VPC",
        /// vSphere's own; since 9.0.
        Foundation = "VSPHERE_FOUNDATION",
    }
}

/// NSX as an edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NsxEdge {
    /// The edge cluster.
    #[serde(rename = "edge_cluster_ID", skip_serializing_if = "Option::is_none")]
    pub edge_cluster: Option<EdgeClusterId>,
    /// The Tier-0 gateway.
    #[serde(rename = "t0_gateway", skip_serializing_if = "Option::is_none")]
    pub tier0: Option<Tier0Id>,
    /// How workloads are seen outside, by NAT if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_mode: Option<RoutingMode>,
    /// Addresses that workloads are seen with outside, with [`RoutingMode::Nat`].
    #[serde(rename = "egress_IP_ranges", skip_serializing_if = "Option::is_none")]
    pub egress_ranges: Option<Vec<IpRange>>,
    /// Size of each load balancer, small if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_size: Option<LoadBalancerSize>,
    /// Certificate of Ingresses that have none, as PEM.
    #[serde(rename = "default_ingress_TLS_certificate", skip_serializing_if = "Option::is_none")]
    pub default_ingress_tls_certificate: Option<String>,
}

api_client::wire_enum! {
    /// How workloads are seen outside.
    pub enum RoutingMode {
        /// With their own addresses.
        Routed = "ROUTED",
        /// With addresses for that.
        Nat = "NAT",
    }
}

/// `HAProxy` as an edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HaProxy {
    /// Where its data plane API listens; port 5556 as a rule.
    pub servers: Vec<Server>,
    /// Who logs in.
    pub username: String,
    /// With this password.
    #[serde(serialize_with = "api_client::reveal")]
    #[schemars(with = "String")]
    pub password: Secret,
    /// Authorities that the server is verified with, as PEM.
    pub certificate_authority_chain: String,
}

/// Avi as an edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NsxAdvanced {
    /// Where its controller listens.
    pub server: Server,
    /// Who logs in.
    pub username: String,
    /// With this password.
    #[serde(serialize_with = "api_client::reveal")]
    #[schemars(with = "String")]
    pub password: Secret,
    /// Authorities that the controller is verified with, as PEM.
    pub certificate_authority_chain: String,
    /// Cloud in which virtual services are made; since 8.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_name: Option<String>,
}

// === impl Edge ===

impl Edge {
    /// NSX with these addresses for Services and Ingresses.
    #[must_use]
    pub fn nsx(addresses: Vec<IpRange>, nsx: NsxEdge) -> Self {
        Self {
            id: None,
            provider: Some(EdgeProvider::Nsx),
            load_balancer_address_ranges: Some(addresses),
            nsx: Some(nsx),
            ha_proxy: None,
            nsx_advanced: None,
        }
    }

    /// `HAProxy` with these addresses for Services.
    #[must_use]
    pub fn ha_proxy(id: LoadBalancerId, addresses: Vec<IpRange>, ha_proxy: HaProxy) -> Self {
        Self {
            id: Some(id),
            provider: Some(EdgeProvider::HaProxy),
            load_balancer_address_ranges: Some(addresses),
            nsx: None,
            ha_proxy: Some(ha_proxy),
            nsx_advanced: None,
        }
    }
}
