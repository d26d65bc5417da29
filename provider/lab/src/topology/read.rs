//! From the state to the topology.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::Ipv4Net;
use serde_json::Value;

use super::{LoadBalancer, Segment, Tier0, Tier1, Topology, VirtualServer, inventory, supervisors};
use crate::{Tx, ncp, nsx};

/// What NSX has, by policy path, and what vCenter makes of it.
pub(super) struct Nsx {
    pub(super) objects: BTreeMap<String, Value>,
    /// `MoID`s of port groups by the segment's path.
    pub(super) port_groups: BTreeMap<String, String>,
    /// Addresses of Tier-1s towards their Tier-0, with prefix length, by path: load balancers
    /// speak from there.
    pub(super) links: BTreeMap<String, String>,
    /// Paths of what NCP made for a namespace, by the namespace's UID.
    projects: BTreeMap<String, Vec<String>>,
}

pub(super) fn topology(tx: &Tx<'_>) -> Topology {
    let nsx = Nsx::read(tx);
    Topology {
        vcenter_version: tx.settings().vcenter_version.clone(),
        nsx_version: tx.settings().nsx_version.clone(),
        tier0s: nsx.each("/infra/tier-0s", |path, tier0| Tier0 {
            name: name(path, tier0),
            tier1s: nsx.tier1s(Some(path)),
            segments: nsx.segments(Some(path)),
        }),
        tier1s: nsx.tier1s(None),
        segments: nsx.segments(None),
        load_balancers: nsx.load_balancers(None),
        supervisors: supervisors::read(tx, &nsx),
        inventory: inventory::count(tx),
    }
}

// === impl Nsx ===

impl Nsx {
    fn read(tx: &Tx<'_>) -> Self {
        let objects = tx.under("nsx:/infra").into_iter();
        let live = objects.filter(|(_, object)| object["marked_for_delete"] != Value::Bool(true));
        let port_groups = ncp::port_groups(tx).into_iter();
        let links = tx.children_text("nsx:/infra/tier-1s").into_iter().filter_map(|(id, _)| {
            let path = format!("/infra/tier-1s/{id}");
            nsx::link_addresses(tx, &path).map(|link| (path, link))
        });
        let objects: BTreeMap<String, Value> = live
            .map(|(path, object)| (path.trim_start_matches("nsx:").to_owned(), object))
            .collect();
        let mut projects: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, object) in &objects {
            if let Some(uid) = tag(object, "ncp/project_uid") {
                projects.entry(uid.to_owned()).or_default().push(path.clone());
            }
        }
        Self {
            objects,
            projects,
            port_groups: port_groups.map(|group| (group.segment_path, group.moid)).collect(),
            links: links.collect(),
        }
    }

    /// The paths of all segments.
    pub(super) fn segment_paths(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str).filter(|path| is_segment(path))
    }

    /// What NCP made for the namespace of that UID, by path.
    pub(super) fn of_project(&self, uid: &str) -> impl Iterator<Item = (&str, &Value)> {
        let paths = self.projects.get(uid).into_iter().flatten();
        paths.filter_map(|path| Some((path.as_str(), self.objects.get(path)?)))
    }

    /// The objects directly in a collection.
    pub(super) fn children<'n>(
        &'n self,
        collection: &str,
    ) -> impl Iterator<Item = (&'n str, &'n Value)> + use<'n> {
        let prefix = format!("{collection}/");
        self.objects
            .range(prefix.clone()..)
            .map_while(move |(path, object)| {
                path.strip_prefix(&prefix).map(|rest| (path.as_str(), object, rest.contains('/')))
            })
            .filter(|(_, _, deeper)| !deeper)
            .map(|(path, object, _)| (path, object))
    }

    /// What `make` makes of the objects of a collection, in the order of their names.
    pub(super) fn each<T>(&self, collection: &str, make: impl Fn(&str, &Value) -> T) -> Vec<T> {
        let mut objects: Vec<_> = self.children(collection).collect();
        objects.sort_by_key(|(path, object)| (name(path, object), *path));
        objects.into_iter().map(|(path, object)| make(path, object)).collect()
    }

    /// Those of a Tier-0, or those of none.
    fn tier1s(&self, tier0: Option<&str>) -> Vec<Tier1> {
        let mine = |tier1: &Value| tier1["tier0_path"].as_str() == tier0;
        self.chosen("/infra/tier-1s", mine, |path, tier1| Tier1 {
            name: name(path, tier1),
            snat: self.snat(path),
            segments: self.segments(Some(path)),
            load_balancers: self.load_balancers(Some(path)),
        })
    }

    /// Those of a gateway, or those of none. Segments may also be kept below their Tier-1.
    fn segments(&self, gateway: Option<&str>) -> Vec<Segment> {
        let mine = |segment: &Value| segment["connectivity_path"].as_str() == gateway;
        let make = |path: &str, segment: &Value| self.segment(path, segment);
        let mut segments = self.chosen("/infra/segments", mine, make);
        if let Some(gateway) = gateway {
            segments.extend(self.each(&format!("{gateway}/segments"), make));
        }
        segments
    }

    pub(super) fn segment(&self, path: &str, segment: &Value) -> Segment {
        let subnets = list(&segment["subnets"]);
        let cidr = |subnet: &Value| subnet["gateway_address"].as_str().map(network);
        Segment {
            name: name(path, segment),
            subnets: subnets.iter().filter_map(cidr).collect(),
            port_group: self.port_groups.get(path).cloned(),
            ports: self.children(&format!("{path}/ports")).count(),
        }
    }

    /// What the SNAT rules of a gateway translate to.
    fn snat(&self, gateway: &str) -> Vec<String> {
        let rules = self.children_of_nat(gateway).filter(|rule| rule["action"] == "SNAT");
        let addresses = rules.filter_map(|rule| rule["translated_network"].as_str());
        addresses.map(ToOwned::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn children_of_nat(&self, gateway: &str) -> impl Iterator<Item = &Value> {
        ["INTERNAL", "USER", "DEFAULT"].into_iter().flat_map(move |list| {
            let rules = self.children(&format!("{gateway}/nat/{list}/nat-rules"));
            rules.map(|(_, rule)| rule).collect::<Vec<_>>()
        })
    }

    /// Those of a Tier-1, or those of none.
    fn load_balancers(&self, tier1: Option<&str>) -> Vec<LoadBalancer> {
        let on = |service: &Value| {
            let path = service["connectivity_path"].as_str();
            path.filter(|path| path.starts_with("/infra/tier-1s/")) == tier1
        };
        self.chosen("/infra/lb-services", on, |path, service| LoadBalancer {
            name: name(path, service),
            size: text(&service["size"]),
            virtual_servers: self.virtual_servers(path),
        })
    }

    pub(super) fn virtual_servers(&self, balancer: &str) -> Vec<VirtualServer> {
        let mine = |server: &Value| server["lb_service_path"] == *balancer;
        self.chosen("/infra/lb-virtual-servers", mine, |path, server| VirtualServer {
            name: name(path, server),
            address: text(&server["ip_address"]),
            ports: list(&server["ports"]).iter().map(text).collect(),
            members: self.members(&text(&server["pool_path"])),
        })
    }

    fn members(&self, pool: &str) -> Vec<String> {
        let Some(pool) = self.objects.get(pool) else { return Vec::new() };
        let group = pool["member_group"]["group_path"].as_str();
        let name_of = |path: &str| self.objects.get(path).map(|group| name(path, group));
        let listed = list(&pool["members"]).iter();
        let address = |member: &Value| match member["port"].as_str() {
            Some(port) => format!("{}:{port}", text(&member["ip_address"])),
            None => text(&member["ip_address"]),
        };
        listed.map(address).chain(group.and_then(name_of)).collect()
    }

    /// As [`Nsx::each`], of those that `mine` is true for.
    fn chosen<T>(
        &self,
        collection: &str,
        mine: impl Fn(&Value) -> bool,
        make: impl Fn(&str, &Value) -> T,
    ) -> Vec<T> {
        let made = self.each(collection, |path, object| mine(object).then(|| make(path, object)));
        made.into_iter().flatten().collect()
    }
}

/// Segments are below `/infra` or below their Tier-1.
pub(super) fn is_segment(path: &str) -> bool {
    path.rsplit('/').nth(1) == Some("segments")
}

/// The value of an object's tag.
pub(super) fn tag<'o>(object: &'o Value, scope: &str) -> Option<&'o str> {
    list(&object["tags"]).iter().find(|tag| tag["scope"] == scope)?["tag"].as_str()
}

pub(super) fn name(path: &str, object: &Value) -> String {
    let id = || path.rsplit('/').next().unwrap_or(path);
    object["display_name"].as_str().unwrap_or_else(id).to_owned()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The network that a gateway's address is in; as it is written if it is no IPv4 address.
fn network(gateway: &str) -> String {
    let net: Option<Ipv4Net> = gateway.parse().ok();
    net.map_or_else(|| gateway.to_owned(), |net| net.trunc().to_string())
}
