//! Services: what kind of traffic is meant.

use std::fmt;

use super::membership::Tri;
use crate::port::{Port, PortRange, Protocol};

/// Which traffic a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Services {
    /// All of it.
    Any,
    /// That of these services; of none, nothing.
    Only(Vec<Service>),
}

/// A kind of traffic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// To one of these ports; to all if there are none (`L4PortSetServiceEntry`).
    Ports {
        /// The protocol.
        protocol: Protocol,
        /// Ports of the receiver.
        to: Vec<PortRange>,
        /// Ports of the sender; all if there are none.
        from: Vec<PortRange>,
    },
    /// An IP protocol by its number, 0-255, whatever its ports (`IPProtocolServiceEntry`).
    Protocol(u8),
    /// ICMP messages (protocol 1, RFC 792, or 58 for IPv6, RFC 4443) of one type only
    /// (`ICMPTypeServiceEntry`).
    Icmp {
        /// The number of the protocol, 1 or 58.
        protocol: u8,
        /// The type, 0-255.
        kind: u8,
        /// The code, 0-255; any if absent.
        code: Option<u8>,
    },
    /// What this model does not know, in NSX's words.
    Opaque(String),
}

/// Traffic to ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Traffic {
    /// To a port; that of the sender is any.
    Port(Protocol, Port),
    /// Of an IP protocol without ports, by its number, 0-255, such as 1, ICMP.
    Protocol(u8),
}

impl Services {
    pub(crate) fn matches(&self, traffic: Traffic) -> Tri {
        match self {
            Self::Any => Tri::Yes,
            Self::Only(services) => {
                services.iter().map(|it| it.matches(traffic)).max().unwrap_or(Tri::No)
            }
        }
    }
}

impl Service {
    /// Traffic to these ports, whatever port it comes from.
    #[must_use]
    pub const fn ports(protocol: Protocol, to: Vec<PortRange>) -> Self {
        Self::Ports { protocol, to, from: Vec::new() }
    }

    fn matches(&self, traffic: Traffic) -> Tri {
        match (self, traffic) {
            (Self::Ports { protocol, to, from }, Traffic::Port(asked, port)) => {
                let to = to.is_empty() || to.iter().any(|range| range.contains(port));
                match *protocol == asked && to {
                    true if from.is_empty() || from.contains(&PortRange::ALL) => Tri::Yes,
                    true => Tri::Maybe,
                    false => Tri::No,
                }
            }
            (Self::Protocol(number), Traffic::Port(asked, _)) => (*number == asked.number()).into(),
            (Self::Protocol(number), Traffic::Protocol(asked)) => (*number == asked).into(),
            (Self::Icmp { protocol, .. }, Traffic::Protocol(asked)) if *protocol == asked => {
                Tri::Maybe
            }
            (Self::Ports { .. } | Self::Icmp { .. }, _) => Tri::No,
            (Self::Opaque(_), _) => Tri::Maybe,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ports { protocol, to, from } => {
                protocol.fmt(f)?;
                list(f, "/", to)?;
                list(f, " from ", from)
            }
            Self::Protocol(1) => f.write_str("ICMP"),
            Self::Protocol(58) => f.write_str("ICMPv6"),
            Self::Protocol(number) => write!(f, "IP protocol {number}"),
            Self::Icmp { protocol, kind, code } => {
                write!(f, "{} type {kind}", Self::Protocol(*protocol))?;
                code.map_or(Ok(()), |code| write!(f, " code {code}"))
            }
            Self::Opaque(text) => write!(f, "unknown: {text}"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, before: &str, ports: &[PortRange]) -> fmt::Result {
    for (index, range) in ports.iter().enumerate() {
        write!(f, "{}{range}", if index == 0 { before } else { "," })?;
    }
    Ok(())
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any service"),
            Self::Only(services) if services.is_empty() => f.write_str("no service"),
            Self::Only(services) => {
                f.write_str(&services.iter().map(Service::to_string).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(protocol, port) => write!(f, "{protocol}/{port}"),
            Self::Protocol(number) => Service::Protocol(*number).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTPS: Traffic = Traffic::Port(Protocol::Tcp, Port::new(443).unwrap());
    const PING: Traffic = Traffic::Protocol(1);

    fn tcp(to: &[&str], from: &[&str]) -> Service {
        let ports = |texts: &[&str]| texts.iter().map(|it| it.parse().unwrap()).collect();
        Service::Ports { protocol: Protocol::Tcp, to: ports(to), from: ports(from) }
    }

    #[test]
    fn no_ports_are_all_ports_and_no_services_are_none() {
        assert_eq!(tcp(&[], &[]).matches(HTTPS), Tri::Yes);
        assert_eq!(Services::Only(vec![]).matches(HTTPS), Tri::No);
        assert_eq!(Services::Any.matches(PING), Tri::Yes);
    }

    #[test]
    fn ports_are_those_of_the_receiver() {
        assert_eq!(tcp(&["80", "440-450"], &[]).matches(HTTPS), Tri::Yes);
        assert_eq!(tcp(&["80"], &[]).matches(HTTPS), Tri::No);
        assert_eq!(tcp(&["443"], &["1024-65535"]).matches(HTTPS), Tri::Maybe);
        assert_eq!(tcp(&["80"], &["1024-65535"]).matches(HTTPS), Tri::No);
        assert_eq!(tcp(&["443"], &["1-65535"]).matches(HTTPS), Tri::Yes);
        let udp = Service::ports(Protocol::Udp, vec![]);
        assert_eq!(udp.matches(HTTPS), Tri::No);
        assert_eq!(udp.matches(Traffic::Protocol(17)), Tri::No);
    }

    #[test]
    fn a_protocol_number_holds_for_its_ports() {
        assert_eq!(Service::Protocol(6).matches(HTTPS), Tri::Yes);
        assert_eq!(Service::Protocol(17).matches(HTTPS), Tri::No);
        assert_eq!(Service::Protocol(1).matches(PING), Tri::Yes);
    }

    #[test]
    fn one_type_of_icmp_is_not_all_of_it() {
        let echo = Service::Icmp { protocol: 1, kind: 8, code: None };
        assert_eq!(echo.matches(PING), Tri::Maybe);
        assert_eq!(echo.matches(HTTPS), Tri::No);
        assert_eq!(echo.matches(Traffic::Protocol(58)), Tri::No);
    }

    #[test]
    fn services_read_as_people_write_them() {
        let services = Services::Only(vec![tcp(&["80", "440-450"], &[]), Service::Protocol(1)]);
        assert_eq!(services.to_string(), "TCP/80,440-450 ICMP");
        assert_eq!(tcp(&[], &["1-2"]).to_string(), "TCP from 1-2");
    }
}
