//! NetworkPolicy as it is meant.

use std::fmt;

use super::Selector;
use crate::{
    address::{AddressSet, Cidr},
    port::{PortRange, Protocol},
};

/// What one policy says. Several add up: what any of them lets pass, passes (Kubernetes, "Network
/// Policies").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The pods of its namespace that it is for.
    pub pods: Selector,
    /// What may come in to them; none if it is not about that direction, which is not the same
    /// as nothing.
    pub ingress: Option<Vec<Item>>,
    /// What may go out of them; none if it is not about that direction.
    pub egress: Option<Vec<Item>>,
}

/// What may pass: with these peers, to these ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who is at the other end.
    pub peers: Peers,
    /// Which ports of the receiver.
    pub ports: Ports,
}

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peers {
    /// Anybody, inside the cluster or outside.
    Any,
    /// One of these.
    Only(Vec<SelectedPeer>),
}

/// Who is meant by one peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectedPeer {
    /// Pods.
    Pods(Selection),
    /// Addresses.
    Block(Block),
}

/// Pods by their labels and those of their namespaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The namespaces; none for the policy's own.
    pub namespaces: Option<Selector>,
    /// The pods in them.
    pub pods: Selector,
}

/// A network with holes (`ipBlock`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The network.
    pub cidr: Cidr,
    /// The networks left out.
    pub except: Vec<Cidr>,
}

/// Which ports of the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Any, of any protocol.
    Any,
    /// One of these.
    Only(Vec<SelectedPort>),
}

/// Ports of one protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectedPort {
    /// All of it.
    All(Protocol),
    /// These numbers.
    Numbers(Protocol, PortRange),
    /// Whatever port the receiving pod calls so.
    Named(Protocol, String),
}

impl NetworkPolicy {
    /// `namespace/name`, as people refer to it.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

impl Block {
    /// The addresses that are left.
    #[must_use]
    pub fn addresses(&self) -> AddressSet {
        let all: AddressSet = [self.cidr].into_iter().collect();
        all.minus(&self.except.iter().copied().collect())
    }
}

impl fmt::Display for SelectedPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block(Block { cidr, except }) => {
                cidr.fmt(f)?;
                for (index, hole) in except.iter().enumerate() {
                    write!(f, "{}{hole}", if index == 0 { " except " } else { ", " })?;
                }
                Ok(())
            }
            Self::Pods(Selection { namespaces, pods }) => {
                match pods.0.as_slice() {
                    [] => f.write_str("all pods")?,
                    _ => write!(f, "pods {pods}")?,
                }
                match namespaces {
                    None => f.write_str(" of this namespace"),
                    Some(Selector(all)) if all.is_empty() => f.write_str(" of all namespaces"),
                    Some(namespaces) => write!(f, " of namespaces {namespaces}"),
                }
            }
        }
    }
}

impl fmt::Display for SelectedPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(protocol) => write!(f, "{protocol}"),
            Self::Numbers(protocol, range) => write!(f, "{protocol}/{range}"),
            Self::Named(protocol, name) => write!(f, "{protocol}/{name}"),
        }
    }
}
