//! Services of type `LoadBalancer`: an address, and a virtual server with its pool for each port.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::names::{Index, Tags, suffix};
use super::object::Object;
use super::site::Site;
use super::workload::{Origin, Workload};

/// A Service that is to be served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewService {
    pub(crate) name: String,
    pub(crate) ports: Vec<ServicePort>,
    /// Labels of the workloads behind it; an empty one selects none.
    pub(crate) selector: BTreeMap<String, String>,
}

/// A Kubernetes Service, as far as the load balancer is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) ports: Vec<ServicePort>,
    /// Labels of the workloads behind it; an empty one selects none.
    pub(crate) selector: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) origin: Origin,
    /// Which of the namespace's load balancers serves it.
    pub(crate) balancer: Index,
    pub(crate) address: Ipv4Addr,
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServicePort {
    /// Port of the virtual server.
    pub(crate) port: u16,
    /// Port of the workloads.
    pub(crate) target_port: Target,
    pub(crate) protocol: Protocol,
}

/// A port of workloads, by number or as they call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Target {
    Number(u16),
    Name(String),
}

/// What a load balancer of layer 4 understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

// === impl Service ===

impl Service {
    /// Whether it is what is asked for.
    pub(crate) fn is(&self, new: &NewService) -> bool {
        let NewService { name, ports, selector } = new;
        (&self.name, &self.ports, &self.selector) == (name, ports, selector)
    }

    /// Whether a workload with these labels is behind it.
    pub(crate) fn selects(&self, labels: &BTreeMap<String, String>) -> bool {
        !self.selector.is_empty()
            && self.selector.iter().all(|(name, value)| labels.get(name) == Some(value))
    }

    /// Pool and virtual server of each port, every pool before what uses it.
    pub(crate) fn objects(&self, site: &Site, workloads: &[Workload]) -> Vec<Object> {
        let both = |port| [self.pool(site, port, workloads), self.server(site, port)];
        self.ports.iter().flat_map(both).collect()
    }

    /// The pool of a port with the workloads that are behind it now.
    pub(crate) fn pool(&self, site: &Site, port: &ServicePort, workloads: &[Workload]) -> Object {
        let behind = workloads.iter().filter(|workload| self.selects(&workload.labels));
        let members: Vec<_> = behind
            .filter_map(|workload| {
                Some(json!({
                    "display_name": format!("{}.{}", self.name, workload.name),
                    "ip_address": workload.address,
                    "port": port.target(workload)?.to_string(),
                    "weight": 1,
                    "admin_state": "ENABLED",
                }))
            })
            .collect();
        let fields = json!({
            "algorithm": "ROUND_ROBIN",
            "min_active_members": 1,
            "snat_translation": { "type": "LBSnatAutoMap" },
            "members": members,
        });
        Object::new("LBPool", self.pool_path(port), self.tags(site, port), fields)
            .named(&self.display_name(port))
    }

    fn server(&self, site: &Site, port: &ServicePort) -> Object {
        let profile = match port.protocol {
            Protocol::Tcp => "default-tcp-lb-app-profile",
            Protocol::Udp => "default-udp-lb-app-profile",
        };
        let fields = json!({
            "application_profile_path": format!("/infra/lb-app-profiles/{profile}"),
            "ip_address": self.address,
            "ports": [port.port.to_string()],
            "access_log_enabled": false,
            "enabled": true,
            "lb_service_path": site.home().balancer(self.balancer),
            "pool_path": self.pool_path(port),
        });
        let path = self.server_path(port);
        Object::new("LBVirtualServer", path, self.tags(site, port), fields)
            .named(&self.display_name(port))
    }

    pub(crate) fn server_path(&self, port: &ServicePort) -> String {
        format!("/infra/lb-virtual-servers/{}", self.id(port))
    }

    pub(crate) fn pool_path(&self, port: &ServicePort) -> String {
        format!("/infra/lb-pools/{}", self.id(port))
    }

    fn display_name(&self, port: &ServicePort) -> String {
        format!("{}_{}_{}", self.name, port.port, port.protocol.name())
    }

    fn id(&self, port: &ServicePort) -> String {
        format!("{}_{}", self.display_name(port), suffix(&self.uid))
    }

    fn tags(&self, site: &Site, port: &ServicePort) -> Tags {
        let number = port.port.to_string();
        let between = [
            ("external_id", self.uid.as_str()),
            ("ncp/service", &self.name),
            ("ncp/service_uid", &self.uid),
            ("ncp/service_port", &number),
            ("ncp/service_port_protocol", port.protocol.name()),
            ("ncp/created_for", "SLB"),
            ("ncp/lb_vs_type", "layer_4"),
        ];
        site.cluster.tags().of(&site.project, &between)
    }
}

// === impl ServicePort ===

impl ServicePort {
    /// As in `TCP/443`.
    pub(crate) fn shown(&self) -> String {
        format!("{}/{}", self.protocol.name(), self.port)
    }

    /// Where a workload is reached; none if it calls no port so.
    fn target(&self, workload: &Workload) -> Option<u16> {
        match &self.target_port {
            Target::Number(number) => Some(*number),
            Target::Name(name) => {
                let mut ports = workload.ports.iter();
                let called = ports.find(|it| {
                    it.name.as_ref() == Some(name)
                        && it.protocol.to_string() == self.protocol.name()
                });
                called.map(|it| it.port)
            }
        }
    }
}

// === impl Protocol ===

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}
