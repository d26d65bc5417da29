//! Rules across attributes.

use std::collections::BTreeMap;

use namespace_network::network_policy::NetworkPolicy;
use tf_framework::{Diagnostics, Path};

use super::{
    model::{Model, Transport},
    wire,
};
use crate::resources::namespace_network_policy::translation;

/// Finds everything that is wrong and can be known without a server.
pub(crate) fn validate(config: &Model, found: &mut Diagnostics) {
    each_port_once(config, found);
    not_everywhere(config, found);
    let at = Path::of("pod_selector");
    if let Some(selector) = config.pod_selector.known() {
        selector.check(&at, found);
        if !found.has_errors()
            && let Ok(manifest) = wire::backends_manifest(config)
        {
            match NetworkPolicy::try_from(&manifest) {
                Ok(policy) => translation::limits(&policy, found),
                Err(why) => found.error_at(at, "not a selector", why.to_string()),
            }
        }
    }
}

fn each_port_once(config: &Model, found: &mut Diagnostics) {
    let mut seen = BTreeMap::new();
    for (index, it) in config.ports.known().into_iter().flatten().enumerate() {
        // While a configuration is validated it has no defaults yet.
        let protocol = it.protocol.known().copied().unwrap_or(Transport::Tcp);
        let (Some(port), false) = (it.port.known(), it.protocol.is_unknown()) else { continue };
        if let Some(first) = seen.insert((*port, protocol), index) {
            let at = Path::of("ports").index(index).attribute("port");
            let detail = format!(
                "`{at}` {port} is served by ports[{first}] already; give one of them another port"
            );
            found.error_at(at, "a port twice", detail);
        }
    }
}

fn not_everywhere(config: &Model, found: &mut Diagnostics) {
    let Some(address) = config.address.known() else { return };
    if address.is_unspecified() || address.is_loopback() || address.is_multicast() {
        let at = Path::of("address");
        let detail =
            format!("`{at}` {address} is nothing that clients could reach; give one address");
        found.error_at(at, "not an address for clients", detail);
    }
}
