//! What an entry of `isolation.allow` stands for.

use namespace_network::{
    firewall::{Peer, Peers, Service, Services},
    isolation::{Allow as Entry, Facts, Flow},
};

use super::super::model::{Allow, Direction};

/// What an entry stands for.
pub(super) fn to_entries(allow: &Allow, facts: &Facts) -> Result<Vec<Entry>, String> {
    let unknown = |_| "a value is still unknown".to_owned();
    if let Some(preset) = allow.preset.get().map_err(unknown)? {
        return preset.entries(facts).map_err(|why| why.to_string());
    }
    let flow = match allow.direction.get().map_err(unknown)? {
        Some(Direction::Out) => Flow::Out,
        Some(Direction::In) | None => Flow::In,
    };
    let cidrs = allow.cidrs.get().map_err(unknown)?.into_iter().flatten();
    let groups = allow.groups.get().map_err(unknown)?.into_iter().flatten();
    let peers = cidrs
        .map(|it| Peer::Addresses(it.range()))
        .chain(groups.map(|it| Peer::Group(it.to_string())));
    let any = |flag: &tf_framework::Optional<bool>| flag.known() == Some(&true);
    let ports = allow.ports.get().map_err(unknown)?.cloned().unwrap_or_default();
    let protocol = allow.protocol.get().map_err(unknown)?.copied().unwrap_or_default();
    Ok(vec![Entry {
        name: allow.name.get().map_err(unknown)?.to_string(),
        flow,
        peers: if any(&allow.any_peer) { Peers::Any } else { Peers::Only(peers.collect()) },
        services: match ports.is_empty() {
            true if any(&allow.any_port) => Services::Any,
            true => Services::Only(Vec::new()),
            false => Services::Only(vec![Service::ports(protocol, ports)]),
        },
    }])
}
