//! Networks of a Supervisor. With VDS networking they are workload networks: a port group and
//! addresses on it. With NSX they are the networks that some namespaces have of their own.

mod checks;
mod nsx;
mod rules;

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::addresses::{self, Range};
use super::documents;
use super::fault::Fault;
use super::namespace::Namespace;
use crate::Tx;

pub(crate) use self::checks::check;
pub(crate) use self::rules::{create, delete, get, list, set, update};

/// The document at `vcenter:/networks/{cluster}/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WorkloadNetwork {
    pub(crate) name: String,
    /// `MoID` of the port group.
    pub(crate) portgroup: String,
    pub(crate) assignment: Assignment,
}

/// Where a workload's address comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "UPPERCASE")]
pub(crate) enum Assignment {
    /// From a server on the network.
    Dhcp,
    /// Out of these ranges.
    StaticRange { gateway: Ipv4Addr, subnet_mask: Ipv4Addr, ranges: Vec<Range> },
}

// === impl WorkloadNetwork ===

impl WorkloadNetwork {
    /// Reads a `Networks.CreateSpec` whose provider is `VSPHERE_NETWORK`.
    pub(crate) fn read(spec: &Value) -> Result<Self, Fault> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let vsphere = &spec["vsphere_network"];
        Ok(Self {
            name: text(&spec["network"]),
            portgroup: text(&vsphere["portgroup"]),
            assignment: Assignment::read(vsphere)?,
        })
    }

    /// The network of that name.
    pub(crate) fn of(tx: &Tx<'_>, cluster: &str, name: &str) -> Option<Self> {
        documents::read(tx, &path(cluster, name))
    }

    /// The networks of a Supervisor, by name.
    pub(crate) fn all(tx: &Tx<'_>, cluster: &str) -> Vec<Self> {
        documents::all(tx, &format!("vcenter:/networks/{cluster}"))
    }

    /// Keeps it.
    pub(crate) fn save(&self, tx: &mut Tx<'_>, cluster: &str) {
        documents::write(tx, &path(cluster, &self.name), self);
    }

    /// Forgets it.
    pub(crate) fn remove(&self, tx: &mut Tx<'_>, cluster: &str) {
        tx.delete(&path(cluster, &self.name));
    }

    /// What workloads may take.
    pub(crate) fn ranges(&self) -> &[Range] {
        match &self.assignment {
            Assignment::Dhcp => &[],
            Assignment::StaticRange { ranges, .. } => ranges,
        }
    }

    /// `Networks.Info`.
    pub(crate) fn info(&self, tx: &Tx<'_>, cluster: &str) -> Value {
        let users = self.users(tx, cluster);
        let mut vsphere = self.assignment.json();
        vsphere["portgroup"] = json!(self.portgroup);
        json!({
            "network": self.name,
            "network_provider": "VSPHERE_NETWORK",
            "vsphere_network": vsphere,
            "namespaces": users,
        })
    }

    /// Names of the namespaces on it.
    pub(crate) fn users(&self, tx: &Tx<'_>, cluster: &str) -> Vec<String> {
        Namespace::on(tx, cluster)
            .into_iter()
            .filter(|namespace| namespace.networks.contains(&self.name))
            .map(|namespace| namespace.name)
            .collect()
    }
}

fn path(cluster: &str, name: &str) -> String {
    format!("vcenter:/networks/{cluster}/{name}")
}

// === impl Assignment ===

impl Assignment {
    fn read(spec: &Value) -> Result<Self, Fault> {
        if spec["ip_assignment_mode"] == "DHCP" {
            return checks::dhcp(spec).map(|()| Self::Dhcp);
        }
        Ok(Self::StaticRange {
            gateway: addresses::address("gateway", &spec["gateway"])?,
            subnet_mask: addresses::address("subnet_mask", &spec["subnet_mask"])?,
            ranges: addresses::ranges("address_ranges", &spec["address_ranges"])?,
        })
    }

    fn json(&self) -> Value {
        match self {
            Self::Dhcp => json!({
                "ip_assignment_mode": "DHCP", "address_ranges": [], "gateway": "", "subnet_mask": "",
            }),
            Self::StaticRange { gateway, subnet_mask, ranges } => json!({
                "ip_assignment_mode": "STATICRANGE",
                "address_ranges": ranges.iter().copied().map(Range::json).collect::<Vec<_>>(),
                "gateway": gateway,
                "subnet_mask": subnet_mask,
            }),
        }
    }
}
