//! Pods and VMs: a port on one of the namespace's segments, with an address of its subnet.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use namespace_network::network_policy;
use namespace_network::port::{Port, Protocol};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::names::{self, Index, Tags};
use super::object::Object;
use super::site::Site;

/// NSX takes no more tags than this on an object (behaviour.md 4.6).
pub(crate) const MAX_TAGS: usize = 30;

/// Labels that fit beside the five tags of NCP's own.
pub(crate) const MAX_LABELS: usize = MAX_TAGS - 5;

/// A pod or VM that is to be attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewWorkload {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    /// What the containers declare, for ports that are called by name.
    pub(crate) ports: Vec<ContainerPort>,
}

/// A port that a container declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContainerPort {
    pub(crate) name: Option<String>,
    pub(crate) port: u16,
    pub(crate) protocol: Protocol,
}

/// Who asked for an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// Somebody, one by one: it stays until somebody takes it away.
    #[default]
    Request,
    /// What is declared for the namespace: it goes when it is declared no longer.
    Declared,
}

/// A vSphere Pod or a VM of the VM service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Workload {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) ports: Vec<ContainerPort>,
    #[serde(default)]
    pub(crate) origin: Origin,
    /// Which of the namespace's segments it is on.
    pub(crate) segment: Index,
    pub(crate) address: Ipv4Addr,
    /// What is attached to the port.
    pub(crate) vif: String,
}

/// Pods and VMs differ in the tags of their ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Pod,
    Vm,
}

// === impl Kind ===

impl Kind {
    /// What people call it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Pod => "pod",
            Self::Vm => "VM",
        }
    }
}

// === impl Workload ===

impl Workload {
    /// Whether it is what is asked for.
    pub(crate) fn is(&self, new: &NewWorkload) -> bool {
        let NewWorkload { kind, name, labels, ports } = new;
        (&self.kind, &self.name, &self.labels, &self.ports) == (kind, name, labels, ports)
    }

    pub(crate) fn port_path(&self, site: &Site) -> String {
        format!("{}/ports/port_{}", site.project.segment(self.segment), self.vif)
    }

    /// The segment port.
    pub(crate) fn port(&self, site: &Site) -> Object {
        let [_, second, third, fourth] = self.address.octets();
        let fields = json!({
            "admin_state": "UP",
            "attachment": { "id": self.vif },
            "address_bindings": [{
                "ip_address": self.address,
                "mac_address": format!("04:50:56:{second:02x}:{third:02x}:{fourth:02x}"),
            }],
        });
        let name = format!("{}-{}", site.project.name, self.name);
        Object::new("SegmentPort", self.port_path(site), self.tags(site), fields).named(&name)
    }

    /// The tags of its port, labels among them: NCP's groups match these.
    pub(crate) fn tags(&self, site: &Site) -> Tags {
        let (project, own, uid) = match self.kind {
            Kind::Pod => ("ncp/project", "ncp/pod", "ncp/project_uid"),
            Kind::Vm => ("ncp/vif_project", "ncp/vnet_interface", "ncp/vif_project_uid"),
        };
        let tags = site.cluster.tags().with(project, &site.project.name).with(own, &self.name);
        let with_label = |tags: Tags, (name, value): (&str, &str)| tags.with(name, value);
        names::labels(&self.labels).fold(tags, with_label).with(uid, &site.project.uid)
    }
}

// === impl ContainerPort ===

impl From<&network_policy::ContainerPort> for ContainerPort {
    fn from(port: &network_policy::ContainerPort) -> Self {
        Self { name: port.name.clone(), port: port.port.get(), protocol: port.protocol }
    }
}

impl ContainerPort {
    /// The same in the words of the translation of policies.
    pub(crate) fn known(&self) -> Option<network_policy::ContainerPort> {
        let (name, protocol) = (self.name.clone(), self.protocol);
        Port::new(self.port).map(|port| network_policy::ContainerPort { name, port, protocol })
    }
}
