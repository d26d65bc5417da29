//! How NCP names, identifies and tags what it makes (behaviour.md 2.1 and 2.3).
//!
//! Known from public sources: the cluster's name, the Tier-1's id, the external pools' names, the
//! virtual servers' ids, the DLB's and its group's names, every tag's scope and the tags' order.
//! Inferred: the ids of segments, subnet pools, blocks, NAT rules, load balancers, groups and
//! policies. They follow the pattern of the Tier-1's: kind, namespace UID, number.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use namespace_network::network_policy::is_ncps;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Tx, inventory};

/// The version that NCP writes into `ncp/version`, as seen in 2025.
const VERSION: &str = "1.2.0";

/// The namespace whose Tier-1, load balancer and SNAT address all system namespaces share.
pub(crate) const SYSTEM: &str = "kube-system";

/// A Supervisor as NCP knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cluster {
    /// vCenter's id of the vSphere cluster, such as `domain-c8`.
    pub(crate) moid: String,
    /// The vCenter's instance UUID.
    pub(crate) vcenter: String,
    /// UID of the cluster's [`SYSTEM`] namespace.
    pub(crate) system_uid: String,
}

/// A namespace as NCP knows it: it calls it a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) name: String,
    /// UID of the Kubernetes namespace. Ids are made of it, so a namespace that is made again
    /// under its old name meets nothing of the old one.
    pub(crate) uid: String,
}

/// Tags in NCP's order.
#[derive(Clone, Debug)]
pub(crate) struct Tags(Vec<Value>);

/// A number of a namespace's segments, gateways or load balancers, in order of creation.
pub(crate) type Index = usize;

// === impl Cluster ===

impl Cluster {
    /// The Supervisor on the vSphere cluster `moid`.
    pub(crate) fn of(tx: &Tx<'_>, moid: &str) -> Self {
        Self {
            moid: moid.to_owned(),
            vcenter: inventory::VCENTER_INSTANCE.to_owned(),
            system_uid: tx.uuid_of(&format!("namespace/{moid}/{SYSTEM}")),
        }
    }

    /// The value of `ncp/cluster`, and the id of the cluster's domain.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.moid, self.vcenter)
    }

    /// The principal that creates the objects.
    pub(crate) fn user(&self) -> String {
        format!("wcp-cluster-user-{}-{}", self.moid, self.vcenter)
    }

    /// The project of the control plane and of all system namespaces.
    pub(crate) fn system(&self) -> Project {
        Project { name: SYSTEM.to_owned(), uid: self.system_uid.clone() }
    }

    pub(crate) fn domain(&self) -> String {
        format!("/infra/domains/{}", self.name())
    }

    pub(crate) fn group(&self, id: &str) -> String {
        format!("{}/groups/{id}", self.domain())
    }

    pub(crate) fn policy(&self, id: &str) -> String {
        format!("{}/security-policies/{id}", self.domain())
    }

    /// The group of every segment of the cluster: the distributed load balancer works there.
    pub(crate) fn all_segments(&self) -> String {
        self.group(&format!("clusterip_{}_all_segments", self.name()))
    }

    /// The distributed load balancer, which serves the cluster addresses of Services.
    pub(crate) fn distributed_balancer(&self) -> String {
        format!("/infra/lb-services/clusterip_{}_dlb", self.name())
    }

    /// A block of pod addresses, one for each pod CIDR.
    pub(crate) fn block(&self, cidr: &str) -> String {
        format!("/infra/ip-blocks/{}-ipblock-{}", self.name(), dashed(cidr))
    }

    /// The pool of an ingress or egress range, named after its first and last address.
    pub(crate) fn external_pool(&self, first: Ipv4Addr, last: Ipv4Addr) -> String {
        let (first, last) = (dashed(&first.to_string()), dashed(&last.to_string()));
        format!("/infra/ip-pools/{}-ippool-{first}-{last}", self.name())
    }

    /// The tags that everything of the cluster carries.
    pub(crate) fn tags(&self) -> Tags {
        Tags(Vec::new()).with("ncp/version", VERSION).with("ncp/cluster", &self.name())
    }

    /// The domain has tags of its own: these two, in this order, and no version.
    pub(crate) fn domain_tags(&self) -> Tags {
        Tags(Vec::new()).with("ncp/cluster_domain", "true").with("ncp/cluster", &self.name())
    }
}

// === impl Project ===

impl Project {
    /// The namespace's router; further ones carry further load balancers.
    pub(crate) fn gateway(&self, index: Index) -> String {
        match index {
            0 => format!("/infra/tier-1s/t1_{}_rtr", self.uid),
            more => format!("/infra/tier-1s/t1_{}_lb{more}", self.uid),
        }
    }

    pub(crate) fn segment(&self, index: Index) -> String {
        format!("/infra/segments/seg_{}_{index}", self.uid)
    }

    /// The pool that a segment takes its addresses from.
    pub(crate) fn subnet_pool(&self, index: Index) -> String {
        format!("/infra/ip-pools/ipp_{}_{index}", self.uid)
    }

    pub(crate) fn balancer(&self, index: Index) -> String {
        format!("/infra/lb-services/lbs_{}_{index}", self.uid)
    }

    pub(crate) fn gateway_name(&self, cluster: &Cluster, index: Index) -> String {
        match index {
            0 => format!("t1-{}-{}-rtr", cluster.name(), self.name),
            more => format!("t1-{}-{}-lb{more}", cluster.name(), self.name),
        }
    }

    /// Name of the segment, and so of its port group.
    pub(crate) fn segment_name(&self, cluster: &Cluster, index: Index) -> String {
        format!("seg-{}-{}-{index}", cluster.name(), self.name)
    }
}

// === impl Tags ===

impl Tags {
    pub(crate) fn with(mut self, scope: &str, tag: &str) -> Self {
        self.0.push(json!({ "scope": scope, "tag": tag }));
        self
    }

    /// Name and UID of a project. By NCP's order everything else stands `between` these two.
    pub(crate) fn of(self, project: &Project, between: &[(&str, &str)]) -> Self {
        between
            .iter()
            .fold(self.with("ncp/project", &project.name), |tags, (scope, tag)| {
                tags.with(scope, tag)
            })
            .with("ncp/project_uid", &project.uid)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl From<Tags> for Value {
    fn from(tags: Tags) -> Self {
        Self::Array(tags.0)
    }
}

/// The labels that become tags, scope and value. NCP tells by its own tags whose an object is, so
/// those are not written from labels. (What NCP does is not public; nsx-operator, in VPC mode, writes
/// every label of a namespace.)
pub(crate) fn labels(labels: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    let labels = labels.iter().filter(|(key, _)| !is_ncps(key));
    labels.map(|(key, value)| (key.as_str(), value.as_str()))
}

/// The five characters that NCP appends where a name alone is not unique.
pub(crate) fn suffix(of: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    Sha256::digest(of)
        .iter()
        .take(5)
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}

/// The last component of a path.
pub(crate) fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// An address or CIDR as it stands in ids.
pub(crate) fn dashed(address: &str) -> String {
    address.replace(['.', '/'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> Cluster {
        Cluster {
            moid: "domain-c1006".to_owned(),
            vcenter: "19677842-d097-4df6-b428".to_owned(),
            system_uid: "s".to_owned(),
        }
    }

    #[test]
    fn an_external_pool_is_named_as_in_the_dumps() {
        let pool = cluster().external_pool([192, 168, 30, 65].into(), [192, 168, 30, 94].into());
        assert_eq!(
            id(&pool),
            "domain-c1006:19677842-d097-4df6-b428-ippool-192-168-30-65-192-168-30-94"
        );
    }

    #[test]
    fn the_cluster_comes_before_the_project_and_the_projects_uid_last() {
        let project = Project { name: "banking".to_owned(), uid: "u".to_owned() };
        let tags = Value::from(cluster().tags().of(&project, &[("ncp/snat_ip", "192.0.2.1")]));
        let scopes: Vec<_> =
            tags.as_array().unwrap().iter().map(|tag| tag["scope"].as_str().unwrap()).collect();
        assert_eq!(
            scopes,
            ["ncp/version", "ncp/cluster", "ncp/project", "ncp/snat_ip", "ncp/project_uid"]
        );
    }
}
