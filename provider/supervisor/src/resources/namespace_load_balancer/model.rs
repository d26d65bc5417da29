//! The load balancer as users write it.

use std::net::IpAddr;

use namespace_network::{name::DnsLabel, port::Protocol};
use nsx::{
    Id,
    objects::{EdgeCluster, Tier0, Tier1},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Defaulted, Optional, Required, Timeouts,
    mark::{default, distinct_by, keep, replace},
};

use crate::{resources::namespace_network_policy::selector::LabelSelector, text::text_type};

/// An address outside of a vSphere Namespace that leads to its workloads: an NSX load balancer on
/// a Tier-1 gateway of its own. Workloads see the load balancer's own addresses as the source, and
/// the firewall lets in these addresses alone, on the ports that are served.
///
/// That opening stands in category Environment, before whatever isolates the namespace. It is
/// written once NSX has realized the addresses, and is the first to go.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Identifier: what the ids of all its objects in NSX begin with. It follows from owner,
    /// namespace and name.
    #[schemars(transform = keep)]
    pub id: Computed<String>,

    /// Policy path of the load balancer.
    #[schemars(transform = keep)]
    pub path: Computed<String>,

    /// Policy path of its Tier-1 gateway.
    #[schemars(transform = keep)]
    pub tier1_path: Computed<String>,

    /// Policy path of the group of workloads that serve.
    #[schemars(transform = keep)]
    pub group_path: Computed<String>,

    /// Policy path of the security policy that lets the load balancer in.
    #[schemars(transform = keep)]
    pub policy_path: Computed<String>,

    /// Owner whose mark the objects carry in NSX.
    pub owner: Computed<String>,

    /// Name by which NCP knows the Supervisor, read from NSX.
    #[schemars(transform = keep)]
    pub ncp_cluster: Computed<String>,

    /// Addresses from which the load balancer reaches the workloads, as NSX realized them. They
    /// are not the address that clients use.
    pub source_addresses: Computed<Vec<IpAddr>>,

    /// `ready`; `pending` while NSX has not realized the source addresses, so that the firewall
    /// lets nothing in yet; `drifted` if somebody changed it in NSX.
    pub status: Computed<String>,

    /// What in NSX is not as it should be; the next apply repairs it.
    pub differences: Computed<Vec<String>>,

    /// Name of the load balancer, unique in its namespace.
    #[schemars(transform = replace)]
    pub name: Required<DnsLabel>,

    /// Name of the vSphere Namespace.
    #[schemars(transform = replace)]
    pub namespace: Required<DnsLabel>,

    /// Identifier of the vSphere cluster of the Supervisor, such as `domain-c8`. Only needed where
    /// one NSX serves several Supervisors.
    #[schemars(length(min = 1))]
    pub cluster: Optional<String>,

    /// Policy path of the Tier-0 gateway that leads to the clients.
    #[schemars(transform = replace)]
    pub tier0_path: Required<Tier0Path>,

    /// Policy path of the edge cluster that the load balancer runs on.
    #[schemars(transform = replace)]
    pub edge_cluster_path: Required<EdgeClusterPath>,

    /// How large the load balancer is.
    #[schemars(transform = default("SMALL"))]
    pub size: Defaulted<Size>,

    /// Address that clients use. It lies outside of the networks of NSX and of the ingress and
    /// egress CIDRs of the Supervisor: those are NCP's to give out.
    pub address: Required<IpAddr>,

    /// Ports on which the load balancer serves.
    #[schemars(length(min = 1), transform = distinct_by("name"))]
    pub ports: Required<Vec<ServedPort>>,

    /// Which workloads serve, by the labels of pods. Left out, all workloads of the namespace do,
    /// pods and VMs.
    pub pod_selector: Optional<LabelSelector>,

    /// Which workload gets the next connection.
    #[schemars(transform = default("ROUND_ROBIN"))]
    pub algorithm: Defaulted<Algorithm>,

    /// How to find out whether a workload serves. Without, each is taken to do so. UDP ports are
    /// not watched.
    pub monitor: Optional<Monitor>,

    /// Times to wait.
    pub timeouts: Optional<Timeouts>,
}

/// A port that is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServedPort {
    /// Name of the port, unique in the load balancer. Another name is another port.
    pub name: Required<DnsLabel>,

    /// Port that clients use.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Required<u16>,

    /// Port of the workloads, if it is another.
    #[schemars(range(min = 1, max = 65535))]
    pub target_port: Optional<u16>,

    /// `TCP` or `UDP`.
    #[schemars(transform = default("TCP"))]
    pub protocol: Defaulted<Transport>,
}

/// How to find out whether a workload serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Monitor {
    /// Time between two checks, in seconds.
    #[schemars(range(min = 1, max = 2_147_483_647_u32), transform = default(5))]
    pub interval: Defaulted<i64>,

    /// Time after which a check has failed, in seconds.
    #[schemars(range(min = 1, max = 2_147_483_647_u32), transform = default(15))]
    pub timeout: Defaulted<i64>,

    /// Checks in a row that must succeed.
    #[schemars(range(min = 1, max = 2_147_483_647_u32), transform = default(3))]
    pub rise_count: Defaulted<i64>,

    /// Checks in a row that must fail.
    #[schemars(range(min = 1, max = 2_147_483_647_u32), transform = default(3))]
    pub fall_count: Defaulted<i64>,

    /// Path that is asked for by HTTP, such as `/healthz`. Left out, it is enough that the port
    /// accepts connections.
    pub http_path: Optional<HttpPath>,
}

/// How large a load balancer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Size {
    /// For a few ports.
    Small,
    /// For about a hundred.
    Medium,
    /// For about a thousand.
    Large,
    /// For more.
    Xlarge,
}

/// Which workload gets the next connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Algorithm {
    /// Each in turn.
    RoundRobin,
    /// The one that has fewest.
    LeastConnection,
    /// The same for the same client.
    IpHash,
}

/// A protocol that NSX balances.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

text_type! {
    /// Policy path of a Tier-0 gateway.
    Tier0Path, "policy-path", |text| {
        if Id::<Tier1>::parse(text).is_ok() {
            return Err(format!("`{text}`: expected a tier-0 path, got tier-1"));
        }
        Id::<Tier0>::parse(text).map(|_| ()).map_err(|why| why.to_string())
    }
}

text_type! {
    /// Policy path of an edge cluster.
    EdgeClusterPath, "policy-path", |text| {
        Id::<EdgeCluster>::parse(text).map(|_| ()).map_err(|why| why.to_string())
    }
}

text_type! {
    /// Path of a URL.
    HttpPath, "http-path", |text| {
        if text.starts_with('/') && text.chars().all(|c| c.is_ascii_graphic()) {
            Ok(())
        } else {
            Err(format!("`{text}` is no path of a URL, which looks like `/healthz`"))
        }
    }
}

impl ServedPort {
    /// Port of the workloads.
    pub fn target(&self) -> Result<u16, tf_framework::Unknown> {
        Ok(match self.target_port.get()? {
            Some(port) => *port,
            None => *self.port.get()?,
        })
    }
}

impl Transport {
    /// The same, as the firewall has it.
    #[must_use]
    pub const fn protocol(self) -> Protocol {
        match self {
            Self::Tcp => Protocol::Tcp,
            Self::Udp => Protocol::Udp,
        }
    }
}

impl Model {
    /// Nothing, for what an import fills in.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            id: Computed::null(),
            path: Computed::null(),
            tier1_path: Computed::null(),
            group_path: Computed::null(),
            policy_path: Computed::null(),
            owner: Computed::null(),
            ncp_cluster: Computed::null(),
            source_addresses: Computed::null(),
            status: Computed::null(),
            differences: Computed::null(),
            name: Required::null(),
            namespace: Required::null(),
            cluster: Optional::null(),
            tier0_path: Required::null(),
            edge_cluster_path: Required::null(),
            size: Defaulted::null(),
            address: Required::null(),
            ports: Required::null(),
            pod_selector: Optional::null(),
            algorithm: Defaulted::null(),
            monitor: Optional::null(),
            timeouts: Optional::null(),
        }
    }
}
