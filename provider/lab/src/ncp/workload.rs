//! Pods and VMs: a port on one of the namespace's segments, with an address of its subnet.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::names::{Index, Tags};
use super::object::Object;
use super::site::Site;

/// NSX takes no more tags than this on an object (behaviour.md 4.6).
pub(crate) const MAX_TAGS: usize = 30;

/// A vSphere Pod or a VM of the VM service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Workload {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
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

// === impl Workload ===

impl Workload {
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
        let with_label = |tags: Tags, (name, value): (&String, &String)| tags.with(name, value);
        self.labels.iter().fold(tags, with_label).with(uid, &site.project.uid)
    }
}
