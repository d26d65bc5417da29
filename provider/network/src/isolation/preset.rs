//! Ready-made entries for what almost every namespace needs.

use std::{fmt, net::IpAddr, str::FromStr};

use super::{Allow, Flow};
use crate::{
    address::{AddressRange, AddressSet},
    firewall::{Peer, Peers, Service, Services},
    port::{Port, PortRange, Protocol},
    text::text_type,
};

/// A ready-made set of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preset {
    /// Name resolution: out to the workloads' DNS servers, ports 53 of UDP and TCP (RFC 1035 4.2).
    Dns,
    /// The Supervisor: in from its control plane (probes, webhooks, `kubectl exec`), out to its
    /// API server on ports 443 and 6443 of TCP, both of which NCP's load balancer serves.
    ControlPlane,
    /// The load balancer: in from its own addresses, to the ports of its backends only.
    LoadBalancer,
    /// Kubernetes clusters in the namespace: all traffic within the namespace, and the API
    /// server of the Supervisor.
    Vks,
}

/// What presets stand for in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The DNS servers of the workload network.
    pub dns_servers: Vec<IpAddr>,
    /// The addresses of the control plane's machines, from which it talks.
    pub control_plane: Vec<AddressRange>,
    /// The virtual addresses of the Supervisor's API server.
    pub api_server: Vec<IpAddr>,
    /// The realized addresses that the load balancer talks to its backends from; not its virtual
    /// ones.
    pub load_balancer: Vec<IpAddr>,
    /// The ports of the load balancer's backends.
    pub backend_ports: Vec<(Protocol, PortRange)>,
    /// The path of the namespace's own group.
    pub group: String,
}

/// A preset that needs to know more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("allow preset `{preset}`: {fact}, so it would open nothing")]
pub struct MissingFact {
    /// The preset.
    pub preset: Preset,
    /// What is not known.
    pub fact: &'static str,
}

/// Not the name of a preset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a preset: one of dns, control_plane, load_balancer, vks")]
pub struct InvalidPreset(String);

impl Preset {
    /// All presets.
    pub const ALL: [Self; 4] = [Self::Dns, Self::ControlPlane, Self::LoadBalancer, Self::Vks];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::ControlPlane => "control_plane",
            Self::LoadBalancer => "load_balancer",
            Self::Vks => "vks",
        }
    }

    /// The entries that the preset stands for; names begin with that of the preset.
    ///
    /// # Errors
    ///
    /// If an address or a port that it is about is not known, with the first such: an entry would
    /// open nothing.
    pub fn entries(self, facts: &Facts) -> Result<Vec<Allow>, MissingFact> {
        let peers = |addresses: AddressSet, fact| match addresses.ranges() {
            [] => Err(MissingFact { preset: self, fact }),
            ranges => Ok(Peers::Only(ranges.iter().copied().map(Peer::Addresses).collect())),
        };
        let entry = |suffix: &str, flow, peers, services| Allow {
            name: format!("{self}{suffix}"),
            flow,
            peers,
            services,
        };
        let api_server = || {
            let addresses = facts.api_server.iter().copied().collect();
            let peers = peers(addresses, "the API server has no address yet")?;
            Ok(entry("-api-server", Flow::Out, peers, tcp(&[443, 6443])))
        };
        match self {
            Self::Dns => {
                let addresses = facts.dns_servers.iter().copied().collect();
                let peers = peers(addresses, "no DNS server is known")?;
                Ok(vec![entry("", Flow::Out, peers, dns())])
            }
            Self::ControlPlane => {
                let addresses = facts.control_plane.iter().copied().collect();
                let peers = peers(addresses, "no address of the control plane is known")?;
                Ok(vec![entry("", Flow::In, peers, Services::Any), api_server()?])
            }
            Self::LoadBalancer => {
                let addresses = facts.load_balancer.iter().copied().collect();
                let peers = peers(addresses, "the load balancer has no realized address yet")?;
                if facts.backend_ports.is_empty() {
                    return Err(MissingFact { preset: self, fact: "it has no backend port" });
                }
                Ok(vec![entry("", Flow::In, peers, backends(facts))])
            }
            Self::Vks => {
                let own = || Peers::group(&facts.group);
                Ok(vec![entry("", Flow::In, own(), Services::Any), api_server()?])
            }
        }
    }
}

fn backends(facts: &Facts) -> Services {
    let port = |&(protocol, ports)| Service::ports(protocol, vec![ports]);
    Services::Only(facts.backend_ports.iter().map(port).collect())
}

fn tcp(ports: &[u16]) -> Services {
    let ports = ports.iter().filter_map(|port| Port::new(*port)).map(PortRange::from).collect();
    Services::Only(vec![Service::ports(Protocol::Tcp, ports)])
}

fn dns() -> Services {
    let ports: Vec<PortRange> = Port::new(53).map(PortRange::from).into_iter().collect();
    let service = |protocol| Service::ports(protocol, ports.clone());
    Services::Only(vec![service(Protocol::Udp), service(Protocol::Tcp)])
}

impl FromStr for Preset {
    type Err = InvalidPreset;

    fn from_str(text: &str) -> Result<Self, InvalidPreset> {
        let preset = Self::ALL.into_iter().find(|preset| preset.as_str() == text);
        preset.ok_or_else(|| InvalidPreset(text.to_owned()))
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

text_type!(Preset, "Preset", one of Preset::ALL.map(Preset::as_str));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_without_its_facts_is_an_error_and_not_an_empty_rule() {
        for preset in Preset::ALL {
            let error = preset.entries(&Facts::default()).unwrap_err().to_string();
            assert!(error.ends_with("so it would open nothing"), "{error}");
        }
    }

    #[test]
    fn a_load_balancer_needs_ports_beside_addresses() {
        let facts = Facts { load_balancer: vec![[10, 0, 0, 1].into()], ..Facts::default() };
        let error = Preset::LoadBalancer.entries(&facts).unwrap_err();
        assert_eq!(error.fact, "it has no backend port");
    }

    #[test]
    fn every_preset_is_read_as_it_is_written() {
        for preset in Preset::ALL {
            assert_eq!(preset.to_string().parse(), Ok(preset));
        }
        assert!("ntp".parse::<Preset>().is_err());
    }
}
