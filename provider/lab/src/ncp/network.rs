//! What NCP is configured with: a Supervisor's network, and what a namespace has instead.

use ipnet::Ipv4Net;
use serde::Deserialize;
use serde_json::Value;

use super::names::Project;
use crate::vcenter::namespace::NetworkOverride;
use crate::vcenter::supervisor::{Ncp, Network as Provider};
use crate::{Tx, inventory};

/// The network of a Supervisor or of one namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    /// Policy path.
    pub(crate) tier0: String,
    /// Policy path.
    pub(crate) edge_cluster: String,
    /// Pod addresses are cut out of these.
    pub(crate) pods: Vec<Ipv4Net>,
    pub(crate) ingress: Vec<Ipv4Net>,
    /// Empty where addresses are not translated.
    pub(crate) egress: Vec<Ipv4Net>,
    pub(crate) subnet_prefix: u8,
    pub(crate) balancer_size: String,
    /// Cluster addresses of Services.
    pub(crate) services: Ipv4Net,
    /// How many VMs the control plane has.
    pub(crate) control_plane: u32,
    pub(crate) scope: Scope,
}

/// Whom pods, ingress and egress belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All namespaces that have nothing of their own.
    Supervisor,
    /// This namespace alone.
    Namespace,
}

/// Which gateways there are (behaviour.md 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// 7.0 to 7.0 U1: one Tier-1 and one load balancer for the Supervisor; translation on the
    /// Tier-0.
    Shared,
    /// 7.0 U1c and later: Tier-1, load balancer and SNAT address for each namespace.
    PerNamespace {
        /// How many segments a user's namespace begins with. Two from 8.0 U2 on: seen on systems
        /// whose load balancer is Avi's, assumed of all.
        segments: usize,
    },
}

/// The fields of a Supervisor's document that NCP reads.
#[derive(Deserialize)]
struct SupervisorView {
    service_cidr: Ipv4Net,
    network: Provider,
    control_plane: ControlPlaneView,
}

#[derive(Deserialize)]
struct ControlPlaneView {
    count: u32,
}

/// The fields of a namespace's document that NCP reads.
#[derive(Deserialize)]
struct NamespaceView {
    uid: String,
    cluster: String,
    network: Option<NetworkOverride>,
}

// === impl Network ===

impl Network {
    /// The network of a Supervisor; none if NCP has nothing to do there.
    pub(crate) fn of_supervisor(tx: &Tx<'_>, moid: &str) -> Option<Self> {
        let view: SupervisorView = view(tx, &format!("vcenter:/supervisors/{moid}"))?;
        match view.network {
            Provider::Ncp(ncp) => Some(Self::new(ncp, view.service_cidr, view.control_plane.count)),
            Provider::Vsphere(_) => None,
        }
    }

    fn new(ncp: Ncp, services: Ipv4Net, control_plane: u32) -> Self {
        Self {
            tier0: tier0(&ncp.tier0),
            edge_cluster: format!(
                "{}/edge-clusters/{}",
                inventory::ENFORCEMENT_POINT,
                ncp.edge_cluster
            ),
            pods: ncp.pod_cidrs,
            ingress: ncp.ingress_cidrs,
            egress: if ncp.routed_mode { Vec::new() } else { ncp.egress_cidrs },
            subnet_prefix: ncp.namespace_subnet_prefix,
            balancer_size: ncp.load_balancer_size,
            services,
            control_plane,
            scope: Scope::Supervisor,
        }
    }

    /// The network of a namespace on this Supervisor.
    pub(crate) fn of_namespace(self, tx: &Tx<'_>, name: &str) -> Self {
        let view: Option<NamespaceView> = view(tx, &format!("vcenter:/namespaces/{name}"));
        match view.and_then(|view| view.network) {
            Some(own) => self.with(own),
            None => self,
        }
    }

    /// A Tier-0 or any CIDR of its own wants all three lists (behaviour.md 3.2), so an override
    /// has its own ranges or the Supervisor's, never a mixture; vCenter sees to that.
    fn with(self, own: NetworkOverride) -> Self {
        let scope = if own.namespace_network_cidrs.is_empty() {
            Scope::Supervisor
        } else {
            Scope::Namespace
        };
        let or = |own: Vec<Ipv4Net>, else_: Vec<Ipv4Net>| if own.is_empty() { else_ } else { own };
        let egress = if own.routed_mode { Vec::new() } else { or(own.egress_cidrs, self.egress) };
        Self {
            tier0: own.tier0.as_deref().map_or(self.tier0, tier0),
            pods: or(own.namespace_network_cidrs, self.pods),
            ingress: or(own.ingress_cidrs, self.ingress),
            egress,
            subnet_prefix: own.subnet_prefix_length.unwrap_or(self.subnet_prefix),
            balancer_size: own.load_balancer_size,
            scope,
            ..self
        }
    }
}

// === impl Layout ===

impl Layout {
    /// The layout that a vCenter of this version makes.
    pub(crate) fn of(version: &str) -> Self {
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<u32>().ok());
        let mut parts = version.split('.').map(Some).map(number).map(Option::unwrap_or_default);
        let mut next = || parts.next().unwrap_or_default();
        let version = (next(), next(), next(), next());
        // 7.0 U1c is 7.0.1.00200, 8.0 U2 is 8.0.2.
        if version < (7, 0, 1, 200) {
            Self::Shared
        } else if version < (8, 0, 2, 0) {
            Self::PerNamespace { segments: 1 }
        } else {
            Self::PerNamespace { segments: 2 }
        }
    }
}

/// The cluster and UID of a namespace; none if vCenter has none of that name.
pub(crate) fn namespace(tx: &Tx<'_>, name: &str) -> Option<(String, Project)> {
    let view: NamespaceView = view(tx, &format!("vcenter:/namespaces/{name}"))?;
    Some((view.cluster, Project { name: name.to_owned(), uid: view.uid }))
}

/// The namespaces of a Supervisor, by name.
pub(crate) fn namespaces(tx: &Tx<'_>, moid: &str) -> Vec<Project> {
    let names = tx.children_text("vcenter:/namespaces").into_iter().map(|(name, _)| name);
    names
        .filter_map(|name| namespace(tx, &name))
        .filter_map(|(cluster, project)| (cluster == moid).then_some(project))
        .collect()
}

fn view<T: for<'de> Deserialize<'de>>(tx: &Tx<'_>, path: &str) -> Option<T> {
    let document: Value = tx.get(path)?;
    Some(serde_json::from_value(document).expect("vCenter's documents have the fields it promises"))
}

/// What the API takes is an id; a whole path is taken too.
fn tier0(id: &str) -> String {
    format!("/infra/tier-0s/{}", super::names::id(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_are_shared_until_7_0_u1c() {
        assert_eq!(Layout::of("7.0.1.00100"), Layout::Shared);
        assert_eq!(Layout::of("7.0.1.00200"), Layout::PerNamespace { segments: 1 });
        assert_eq!(Layout::of("7.0.3.00500"), Layout::PerNamespace { segments: 1 });
        assert_eq!(Layout::of("8.0.1.00000"), Layout::PerNamespace { segments: 1 });
        assert_eq!(Layout::of("8.0.3.00000"), Layout::PerNamespace { segments: 2 });
        assert_eq!(Layout::of("9.1.0.0"), Layout::PerNamespace { segments: 2 });
    }
}
