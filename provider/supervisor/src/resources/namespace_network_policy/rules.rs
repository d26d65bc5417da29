//! Rules across attributes.

use namespace_network::network_policy::{InvalidPolicies, NetworkPolicy};
use tf_framework::{Diagnostics, Optional, Path};

use super::{
    manifest,
    model::{Model, Peer, Ports},
    selector::{LabelSelector, NAMESPACE_NAME},
    translation,
};

/// Finds everything that is wrong and can be known without a server.
pub(crate) fn validate(config: &Model, found: &mut Diagnostics) {
    if config.manifest.is_null() {
        return attributes(config, found);
    }
    manifest::stands_alone(config, found);
    if let Some(text) = config.manifest.known() {
        manifest::validate(config, text, found);
    }
}

fn attributes(config: &Model, found: &mut Diagnostics) {
    let names = [("namespace", config.namespace.is_null()), ("name", config.name.is_null())];
    for (attribute, _) in names.into_iter().filter(|(_, is_missing)| *is_missing) {
        let detail = format!("`{attribute}` is needed, unless a `manifest` says it");
        found.error_at(Path::of(attribute), "a missing name", detail);
    }
    selector(&config.pod_selector, &Path::of("pod_selector"), found);
    for (index, rule) in config.ingress.known().into_iter().flatten().enumerate() {
        let at = Path::of("ingress").index(index);
        peers(&rule.from, &at.attribute("from"), found);
        all_ports(&rule.ports, &at.attribute("ports"), found);
    }
    for (index, rule) in config.egress.known().into_iter().flatten().enumerate() {
        let at = Path::of("egress").index(index);
        peers(&rule.to, &at.attribute("to"), found);
        all_ports(&rule.ports, &at.attribute("ports"), found);
    }
    // What Kubernetes and NSX say of the whole makes sense only if its parts do.
    if !found.has_errors()
        && let Ok(manifest) = config.to_kubernetes()
    {
        match NetworkPolicy::try_from(&manifest) {
            Err(invalid) => refuse(&invalid, found),
            Ok(policy) => translation::limits(&policy, found),
        }
    }
}

fn selector(it: &Optional<LabelSelector>, at: &Path, found: &mut Diagnostics) {
    if let Some(it) = it.known() {
        it.check(at, found);
    }
}

fn peers(peers: &Optional<Vec<Peer>>, at: &Path, found: &mut Diagnostics) {
    if peers.is_unknown() {
        return;
    }
    let peers = peers.known().map(Vec::as_slice).unwrap_or_default();
    if peers.is_empty() {
        let detail = format!("`{at}` names nobody; for anybody write `[{{ any = true }}]`");
        found.error_at(at.clone(), "nobody is named", detail);
    }
    for (index, it) in peers.iter().enumerate() {
        peer(it, peers.len(), &at.index(index), found);
    }
}

fn peer(peer: &Peer, count: usize, at: &Path, found: &mut Diagnostics) {
    selector(&peer.pod_selector, &at.attribute("pod_selector"), found);
    selector(&peer.namespace_selector, &at.attribute("namespace_selector"), found);
    namespaces(peer, at, found);
    let selects = !peer.pod_selector.is_null() || !peer.namespace_selector.is_null();
    let is_block = !peer.ip_block.is_null();
    let is_any = peer.any.is_unknown() || peer.any.known() == Some(&true);
    match (selects, is_block, is_any) {
        (false, false, false) => {
            let detail = format!(
                "`{at}` names nobody; give `pod_selector`, `namespace_selector` or `ip_block`, or \
                 write `any = true` for anybody"
            );
            found.error_at(at.clone(), "nobody is named", detail);
        }
        (true, true, _) => {
            let detail = format!(
                "`{at}`: `ip_block` stands alone; put the selector into an element of its own"
            );
            found.error_at(at.clone(), "two kinds of peer at once", detail);
        }
        (selects, is_block, true) if selects || is_block || count > 1 => {
            let detail =
                format!("`{at}`: `any = true` stands alone; it would make the others void");
            found.error_at(at.attribute("any"), "anybody, and others", detail);
        }
        _ => {}
    }
}

/// NSX knows the names of namespaces, by the tags of NCP, and none of their labels.
fn namespaces(peer: &Peer, at: &Path, found: &mut Diagnostics) {
    let at = at.attribute("namespace_selector");
    let Some(selector) = peer.namespace_selector.known() else { return };
    if selector.is_empty() {
        let detail = format!(
            "`{at}` is empty, and would select every namespace; name them by the label \
             `{NAMESPACE_NAME}`, or ask that it `Exists` if every one is meant"
        );
        found.error_at(at.clone(), "an empty selector", detail);
    }
    for (key, at) in selector.keys(&at) {
        if key != NAMESPACE_NAME {
            let detail = format!(
                "`{at}`: NSX does not know the label `{key}` of a namespace; select namespaces by \
                 `{NAMESPACE_NAME}`, which is their name"
            );
            found.error_at(at.clone(), "a label that NSX does not know", detail);
        }
    }
}

fn all_ports(ports: &Optional<Vec<Ports>>, at: &Path, found: &mut Diagnostics) {
    if ports.is_unknown() {
        return;
    }
    let ports = ports.known().map(Vec::as_slice).unwrap_or_default();
    if ports.is_empty() {
        let detail = format!("`{at}` names no port; for all of them write `[{{ any = true }}]`");
        found.error_at(at.clone(), "no port is named", detail);
    }
    for (index, it) in ports.iter().enumerate() {
        port(it, ports.len(), &at.index(index), found);
    }
}

fn port(port: &Ports, count: usize, at: &Path, found: &mut Diagnostics) {
    let is_any = port.any.is_unknown() || port.any.known() == Some(&true);
    let has_port = !port.port.is_null();
    if !is_any && !has_port {
        let detail = format!("`{at}` names no port; give `port`, or write `any = true` for all");
        found.error_at(at.clone(), "no port is named", detail);
    }
    if port.any.known() == Some(&true) && (has_port || !port.end_port.is_null()) {
        let detail = format!("`{at}`: `any = true` is all ports; leave `port` and `end_port` out");
        found.error_at(at.attribute("any"), "all ports, and one", detail);
    }
    if port.any.known() == Some(&true) && port.protocol.is_null() && count > 1 {
        let detail = format!(
            "`{at}`: `any = true` without a protocol stands alone; it would make the others void"
        );
        found.error_at(at.attribute("any"), "everything, and others", detail);
    }
    if port.port.is_null() && !port.end_port.is_null() {
        let detail = format!("`{at}`: `end_port` needs `port`, the first of the range");
        found.error_at(at.attribute("end_port"), "a range without a start", detail);
    }
    if let (Some(first), Some(last)) = (port.port.known(), port.end_port.known())
        && first > last
    {
        let detail = format!("start is above end: {first}-{last}; did you mean {last}-{first}?");
        found.error_at(at.attribute("end_port"), "a reversed range", detail);
    }
}

fn refuse(invalid: &InvalidPolicies, found: &mut Diagnostics) {
    for it in &invalid.0 {
        let at = attribute(&it.field);
        found.error_at(at.clone(), "not a NetworkPolicy", format!("`{at}`: {}", it.reason));
    }
}

/// The attribute that stands for a field of Kubernetes, such as `spec.ingress[0].from[1].ipBlock`.
fn attribute(field: &str) -> Path {
    let parts = field.strip_prefix("spec.").unwrap_or(field).split('.');
    parts.fold(Path::root(), |path, part| {
        let (name, rest) = part.split_once('[').unwrap_or((part, ""));
        let index = rest.strip_suffix(']').and_then(|it| it.parse().ok());
        let path = path.attribute(&snake_case(name));
        index.map_or_else(|| path.clone(), |index| path.index(index))
    })
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    snake
}
