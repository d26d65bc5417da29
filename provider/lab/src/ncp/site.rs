//! One namespace on one Supervisor: what NCP makes for it, as objects (behaviour.md 2.2 and 2.3).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::json;

use super::addresses;
use super::names::{self, Cluster, Index, Project, Tags};
use super::network::{Layout, Network, Scope};
use super::object::Object;
use super::{declared, port_groups};
use crate::{Tx, inventory};

/// A namespace, or the system, and what its objects depend on.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) cluster: Cluster,
    pub(crate) project: Project,
    pub(crate) network: Network,
    pub(crate) layout: Layout,
    /// Of the Kubernetes namespace.
    pub(crate) labels: BTreeMap<String, String>,
}

/// The address that a namespace shows to the outside, and the pool it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snat {
    pub(crate) address: Ipv4Addr,
    /// Policy path.
    pub(crate) pool: String,
}

// === impl Site ===

impl Site {
    /// The control plane and all system namespaces; none if NCP has nothing to do on the cluster.
    pub(crate) fn system(tx: &Tx<'_>, moid: &str) -> Option<Self> {
        let cluster = Cluster::of(tx, moid);
        Some(Self {
            project: cluster.system(),
            network: Network::of_supervisor(tx, moid)?,
            layout: Layout::of(&tx.settings().vcenter_version),
            labels: BTreeMap::new(),
            cluster,
        })
    }

    /// A user's namespace.
    pub(crate) fn of(tx: &Tx<'_>, moid: &str, project: Project) -> Option<Self> {
        let system = Self::system(tx, moid)?;
        let network = system.network.of_namespace(tx, &project.name);
        let labels = declared::labels(tx, &project.name);
        Some(Self { project, network, labels, ..system })
    }

    pub(crate) fn is_system(&self) -> bool {
        self.project.uid == self.cluster.system_uid
    }

    /// How many segments the namespace begins with.
    pub(crate) fn segments(&self) -> usize {
        match self.layout {
            Layout::PerNamespace { segments } if !self.is_system() => segments,
            Layout::PerNamespace { .. } | Layout::Shared => 1,
        }
    }

    /// Whose Tier-1 and load balancer the namespace uses.
    pub(crate) fn home(&self) -> Project {
        match self.layout {
            Layout::Shared => self.cluster.system(),
            Layout::PerNamespace { .. } => self.project.clone(),
        }
    }

    /// The namespace whose Tier-1 this one uses.
    pub(crate) fn at_home(&self) -> Self {
        Self { project: self.home(), ..self.clone() }
    }

    /// Whether Tier-1 and load balancer are the namespace's own.
    pub(crate) fn has_gateway(&self) -> bool {
        self.home() == self.project
    }

    /// Tags of what is made for this namespace.
    pub(crate) fn tags(&self) -> Tags {
        self.cluster.tags().of(&self.project, &[])
    }

    /// Tags of blocks and external pools: a namespace that has ranges of its own owns them.
    pub(crate) fn range_tags(&self) -> Tags {
        match self.network.scope {
            Scope::Supervisor => self.cluster.tags(),
            Scope::Namespace => self.tags(),
        }
    }

    fn snat_tags(&self, snat: &Snat) -> Tags {
        let address = snat.address.to_string();
        let between = [("ncp/extpoolid", names::id(&snat.pool)), ("ncp/snat_ip", &address)];
        self.cluster.tags().of(&self.project, &between)
    }

    /// A Tier-1, active on one edge node and standing by on another, and its place on the edge
    /// cluster. The first one is the namespace's router; more carry more load balancers.
    pub(crate) fn router(&self, index: Index, snat: Option<&Snat>) -> [Object; 2] {
        let path = self.project.gateway(index);
        let tags = snat.map_or_else(|| self.tags(), |snat| self.snat_tags(snat));
        let fields = json!({
            "tier0_path": self.network.tier0,
            "ha_mode": "ACTIVE_STANDBY",
            "failover_mode": "NON_PREEMPTIVE",
            "pool_allocation": format!("LB_{}", self.network.balancer_size),
            "route_advertisement_types": [
                "TIER1_STATIC_ROUTES", "TIER1_CONNECTED", "TIER1_NAT", "TIER1_LB_VIP", "TIER1_LB_SNAT"
            ],
        });
        let place = json!({ "edge_cluster_path": self.network.edge_cluster });
        let services = format!("{path}/locale-services/default");
        let name = self.project.gateway_name(&self.cluster, index);
        [
            Object::new("Tier1", path, tags.clone(), fields).named(&name),
            Object::new("LocaleServices", services, tags, place),
        ]
    }

    /// A segment, and before it the pool with the subnet that it takes its addresses from.
    /// `ncp/shared_resource` marks the system's, which all system namespaces use. Labels of the
    /// namespace are tags of its segments: that is how a policy selects namespaces.
    pub(crate) fn segment(&self, index: Index, subnet: Ipv4Net) -> [Object; 3] {
        let pool = self.project.subnet_pool(index);
        let fields = json!({
            "connectivity_path": self.home().gateway(0),
            "transport_zone_path": overlay(),
            "subnets": [{
                "gateway_address": format!("{}/{}", addresses::gateway(subnet), subnet.prefix_len()),
            }],
            "advanced_config": { "address_pool_paths": [pool] },
            "admin_state": "UP",
            "replication_mode": "MTEP",
        });
        let shared = self.is_system().then_some(("ncp/shared_resource", "true"));
        let shared: Vec<_> = shared.into_iter().collect();
        let tags = self.cluster.tags().of(&self.project, &shared);
        let labelled: Vec<_> = shared.into_iter().chain(names::labels(&self.labels)).collect();
        let labelled = self.cluster.tags().of(&self.project, &labelled);
        let name = self.project.segment_name(&self.cluster, index);
        let cut = self.cut(index, subnet, tags.clone());
        [
            Object::new("IpAddressPool", pool, tags, json!({})),
            cut,
            Object::new("Segment", self.project.segment(index), labelled, fields).named(&name),
        ]
    }

    /// The subnet as a piece of its block.
    fn cut(&self, index: Index, subnet: Ipv4Net, tags: Tags) -> Object {
        let block = self.network.pods.iter().find(|block| block.contains(&subnet));
        let fields = json!({
            "ip_block_path": block.map(|block| self.cluster.block(&block.to_string())),
            "size": 1_u32 << (32 - subnet.prefix_len()),
            "start_ip": subnet.network(),
            "auto_assign_gateway": true,
        });
        let path = format!("{}/ip-subnets/subnet-0", self.project.subnet_pool(index));
        Object::new("IpAddressPoolBlockSubnet", path, tags, fields)
    }

    /// Traffic between pods and to Services keeps its source address. Which rules NCP writes for
    /// that is not public; one for each range gives the number counted on a fresh Supervisor.
    pub(crate) fn untranslated(&self) -> Vec<Object> {
        if self.network.egress.is_empty() || !self.has_gateway() {
            return Vec::new();
        }
        let ranges = self.network.pods.iter().chain([&self.network.services]);
        let rule = |range: &Ipv4Net| {
            let fields = json!({
                "action": "NO_SNAT",
                "destination_network": range.to_string(),
                "sequence_number": 10,
                "enabled": true,
                "firewall_match": "MATCH_INTERNAL_ADDRESS",
            });
            let range = names::dashed(&range.to_string());
            let path = self.nat_rule(&format!("nosnat_{}_{range}", self.project.uid));
            Object::new("PolicyNatRule", path, self.tags(), fields)
        };
        ranges.map(rule).collect()
    }

    /// What leaves a segment has the namespace's SNAT address.
    pub(crate) fn translated(&self, index: Index, subnet: Ipv4Net, snat: &Snat) -> Object {
        let fields = json!({
            "action": "SNAT",
            "source_network": subnet.to_string(),
            "translated_network": snat.address.to_string(),
            "sequence_number": 100,
            "enabled": true,
            "firewall_match": "MATCH_INTERNAL_ADDRESS",
        });
        let path = self.nat_rule(&format!("snat_{}_{index}", self.project.uid));
        Object::new("PolicyNatRule", path, self.snat_tags(snat), fields)
    }

    /// 7.0 translates on the Tier-0, later versions on the namespace's Tier-1.
    fn nat_rule(&self, id: &str) -> String {
        let gateway = match self.layout {
            Layout::Shared => self.network.tier0.clone(),
            Layout::PerNamespace { .. } => self.project.gateway(0),
        };
        format!("{gateway}/nat/USER/nat-rules/{id}")
    }

    /// A load balancer for the namespace's Services, on the Tier-1 of the same number.
    pub(crate) fn balancer(&self, index: Index) -> Object {
        let fields = json!({
            "connectivity_path": self.project.gateway(index),
            "size": self.network.balancer_size,
            "enabled": true,
        });
        let name = format!("{}-{}-{index}", self.cluster.name(), self.project.name);
        Object::new("LBService", self.project.balancer(index), self.tags(), fields).named(&name)
    }
}

/// The transport zone of every segment of NCP: the VDS's overlay.
fn overlay() -> String {
    port_groups::transport_zone(inventory::OVERLAY_TZ_ID)
}
