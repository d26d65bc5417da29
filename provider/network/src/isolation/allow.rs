//! What a namespace's isolation lets pass.

use crate::firewall::{
    Peer, Peers, Services,
    limits::{PEERS, RULES},
};

/// One entry of what is let pass: named, so that an entry is itself wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// Its name, unique among the entries of a namespace.
    pub name: String,
    /// Which way it goes, seen from the namespace.
    pub flow: Flow,
    /// Who is at the other end. Never empty: anybody is [`Peers::Any`].
    pub peers: Peers,
    /// What is let pass. Never empty: everything is [`Services::Any`].
    pub services: Services,
}

/// Which way traffic is opened, seen from the namespace. Answers always pass: the DFW is stateful
/// (`SecurityPolicy.stateful`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// Into the namespace.
    In,
    /// Out of the namespace.
    Out,
}

/// Why an entry cannot become a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAllow {
    /// NSX would read an empty list as anybody.
    #[error("allow `{0}`: no peer is left; for anybody write `any = true`")]
    NoPeer(String),
    /// NSX would read an empty list as everything.
    #[error("allow `{0}`: no service is left; for all of them write `any = true`")]
    NoService(String),
    /// Two entries of one name.
    #[error("allow `{0}` is there twice")]
    Twice(String),
    /// More than NSX takes: 128 addresses and groups at one end, and as many groups, the
    /// namespace's own among them, that a rule is applied to.
    #[error(
        "allow `{name}` has {peers} peers, and NSX takes {most} of them in one rule; make two \
         entries of it"
    )]
    Peers {
        /// The entry.
        name: String,
        /// How many addresses and groups, or how many groups, there are.
        peers: usize,
        /// How many there may be.
        most: usize,
    },
    /// More entries than NSX takes rules in one policy, 1,000, and how many.
    #[error("{0} entries of `allow` are {0} rules, and NSX takes {RULES} in one policy")]
    Entries(usize),
}

impl Allow {
    pub(super) fn check(&self) -> Result<(), InvalidAllow> {
        match (&self.peers, &self.services) {
            (Peers::Only(peers) | Peers::Except(peers), _) if peers.is_empty() => {
                Err(InvalidAllow::NoPeer(self.name.clone()))
            }
            (_, Services::Only(services)) if services.is_empty() => {
                Err(InvalidAllow::NoService(self.name.clone()))
            }
            _ => self.fits(),
        }
    }

    fn fits(&self) -> Result<(), InvalidAllow> {
        let counts = [(self.peers.listed().len(), PEERS), (self.groups().count(), PEERS - 1)];
        match counts.into_iter().find(|(peers, most)| peers > most) {
            None => Ok(()),
            Some((peers, most)) => {
                Err(InvalidAllow::Peers { name: self.name.clone(), peers, most })
            }
        }
    }

    /// The groups at the other end, at whose ports the firewall has to let this pass, too. What
    /// is named by address only is not attached by name, and anybody's end is their own affair.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        let peers = match &self.peers {
            Peers::Only(peers) => peers.as_slice(),
            Peers::Any | Peers::Except(_) => &[],
        };
        peers.iter().filter_map(Peer::group)
    }
}
