//! What can be said about a namespace's configuration without a server.

use namespace_network::{
    disjoint::{self, NamedRange},
    firewall::limits::PEERS,
    isolation::{Mode, Preset},
};
use tf_framework::{Diagnostics, Error, Optional, Path};

use super::model::{Allow, Isolation, Model, Network, Resources};

/// Rules across attributes.
pub(super) fn validate(config: &Model, found: &mut Diagnostics) {
    if let Some(resources) = config.resources.known() {
        limits(resources, found);
    }
    if let Some(network) = config.network.known() {
        own_network(network, found);
        if config.networks.known().is_some() {
            let detail = "`networks` is for VDS networking and `network` for NSX; remove one";
            found.error_at(Path::of("networks"), "two kinds of network at once", detail);
        }
    }
    if let Some(isolation) = config.isolation.known() {
        allowed(isolation, found);
    }
}

/// A default above its limit could never be used.
fn limits(resources: &Resources, found: &mut Diagnostics) {
    let at = Path::of("resources");
    let pairs = [
        (
            "cpu_limit_default_mhz",
            &resources.cpu_limit_default_mhz,
            "cpu_limit",
            &resources.cpu_limit_mhz,
        ),
        (
            "memory_limit_default_mib",
            &resources.memory_limit_default_mib,
            "memory_limit",
            &resources.memory_limit_mib,
        ),
        (
            "cpu_request_default_mhz",
            &resources.cpu_request_default_mhz,
            "cpu_limit_default",
            &resources.cpu_limit_default_mhz,
        ),
        (
            "memory_request_default_mib",
            &resources.memory_request_default_mib,
            "memory_limit_default",
            &resources.memory_limit_default_mib,
        ),
    ];
    for (name, value, limit_name, limit) in pairs {
        if let (Some(value), Some(limit)) = (value.known(), limit.known())
            && value > limit
        {
            let detail = format!("`resources.{name}` {value} exceeds {limit_name} {limit}");
            found.error_at(at.attribute(name), "default above its limit", detail);
        }
    }
}

/// vCenter wants all three lists as soon as one of them, or a Tier-0, is given.
fn own_network(network: &Network, found: &mut Diagnostics) {
    let at = Path::of("network");
    let lists = [
        ("namespace_network_cidrs", &network.namespace_network_cidrs),
        ("ingress_cidrs", &network.ingress_cidrs),
        ("egress_cidrs", &network.egress_cidrs),
    ];
    let given = lists.iter().find(|(_, list)| !list.is_null()).map(|(name, _)| *name);
    let given = given.or((!network.tier0_gateway.is_null()).then_some("tier0_gateway"));
    let is_routed = network.routed_mode.known() == Some(&true);
    if is_routed && network.egress_cidrs.known().is_some() {
        let detail = "`network.egress_cidrs` has no meaning with `routed_mode`; remove it";
        found.error_at(at.attribute("egress_cidrs"), "no egress when routed", detail);
    }
    for (name, list) in &lists {
        let exempt = *name == "egress_cidrs" && (is_routed || network.routed_mode.is_unknown());
        if let Some(given) = given.filter(|_| list.is_null() && !exempt) {
            let detail = format!("{name} is required with {given}");
            found.error_at(at.attribute(name), "incomplete network", detail);
        }
    }
    for overlap in disjoint::overlaps(ranges(network)) {
        found.error_at(at.clone(), "overlapping networks", overlap.to_string());
    }
}

/// The ranges of a namespace's own network, by the names that messages use.
pub(super) fn ranges(network: &Network) -> Vec<NamedRange> {
    let lists = [
        ("namespace_network_cidrs", &network.namespace_network_cidrs),
        ("ingress_cidrs", &network.ingress_cidrs),
        ("egress_cidrs", &network.egress_cidrs),
    ];
    let known = lists.into_iter().filter_map(|(name, list)| Some((name, list.known()?)));
    known.flat_map(|(name, list)| NamedRange::list(name, list.iter().copied())).collect()
}

/// Every entry says whom it lets through, and what.
fn allowed(isolation: &Isolation, found: &mut Diagnostics) {
    let at = Path::of("isolation").attribute("allow");
    let entries = isolation.allow.known().map(Vec::as_slice).unwrap_or_default();
    let mode = isolation.mode.known().copied();
    if !entries.is_empty() && matches!(mode, Some(Mode::Observe | Mode::None)) {
        let detail =
            "`isolation.allow` needs mode `baseline` or `guardrail`: the others write no rule";
        found.error_at(at.clone(), "nothing to allow", detail);
    }
    for (index, entry) in entries.iter().enumerate() {
        allow(entry, &at.index(index), found);
    }
}

fn allow(entry: &Allow, at: &Path, found: &mut Diagnostics) {
    if entry.preset.is_unknown() {
        return;
    }
    if entry.preset.known().is_some() {
        return preset_alone(entry, at, found);
    }
    if entry.direction.is_null() {
        let detail = format!("`{at}`: direction is missing; write `in` or `out`, or name a preset");
        found.error_at(at.attribute("direction"), "incomplete entry", detail);
    }
    let none =
        |list: bool, any: &Optional<bool>| list && any.known() != Some(&true) && !any.is_unknown();
    let no_peer = is_empty(&entry.cidrs) && is_empty(&entry.groups);
    if none(no_peer, &entry.any_peer) {
        let detail = format!(
            "`{at}` names nobody at the other end; give `cidrs` or `groups`, or write `any_peer = true`"
        );
        found.error_at(at.clone(), "nobody at the other end", detail);
    }
    too_many_peers(entry, at, found);
    if none(is_empty(&entry.ports), &entry.any_port) {
        let detail = format!("`{at}` names no ports; give `ports`, or write `any_port = true`");
        found.error_at(at.clone(), "no ports", detail);
    }
    let both = [
        ("any_peer", &entry.any_peer, !no_peer),
        ("any_port", &entry.any_port, !is_empty(&entry.ports)),
    ];
    for (name, any, listed) in both {
        if listed && any.known() == Some(&true) {
            let detail =
                format!("`{at}.{name}` makes the list beside it pointless; keep one of them");
            found.error_at(at.attribute(name), "any, and some", detail);
        }
    }
    if entry.protocol.is_null() && entry.ports.known().is_some_and(|it| !it.is_empty()) {
        let detail = format!("`{at}.ports` need a `protocol`: TCP or UDP");
        found.error_at(at.attribute("protocol"), "ports without protocol", detail);
    }
}

/// One rule holds so many peers and no more.
fn too_many_peers(entry: &Allow, at: &Path, found: &mut Diagnostics) {
    let groups = entry.groups.known().map_or(0, Vec::len);
    let all = groups + entry.cidrs.known().map_or(0, Vec::len);
    // A rule is applied to the groups, and to the namespace's own.
    if all > PEERS || groups >= PEERS {
        let detail = format!(
            "`{at}` has {all} elements in `cidrs` and `groups`, {groups} of them groups, and NSX \
             takes {PEERS} in one rule, {} of them groups; make two entries of it",
            PEERS - 1
        );
        found.error_at(at.clone(), "too much for NSX", detail);
    }
}

fn preset_alone(entry: &Allow, at: &Path, found: &mut Diagnostics) {
    if entry.preset.known() == Some(&Preset::LoadBalancer) {
        let detail = format!(
            "`{at}`: a `supervisor_namespace_load_balancer` opens its backends' ports itself; remove \
             the entry"
        );
        found.error_at(at.attribute("preset"), "nothing to open here", detail);
    }
    let beside = [
        ("direction", !entry.direction.is_null()),
        ("cidrs", !entry.cidrs.is_null()),
        ("groups", !entry.groups.is_null()),
        ("any_peer", !entry.any_peer.is_null()),
        ("protocol", !entry.protocol.is_null()),
        ("ports", !entry.ports.is_null()),
        ("any_port", !entry.any_port.is_null()),
    ];
    for (name, _) in beside.into_iter().filter(|(_, is_set)| *is_set) {
        let detail = format!("`{at}`: a preset says everything itself; remove `{name}`");
        found.error_at(at.attribute(name), "preset and more", detail);
    }
}

/// Whether a list is known to hold nothing.
fn is_empty<T>(list: &Optional<Vec<T>>) -> bool {
    !list.is_unknown() && list.known().is_none_or(Vec::is_empty)
}

/// What vCenter never changes in a namespace. A replacement would destroy what is in it, so that is
/// an error and no plan.
pub(super) fn immutable(prior: &Model, planned: &Model) -> Result<(), Error> {
    let at = Path::of("network");
    let (Some(before), Some(after)) = (prior.network.known(), planned.network.known()) else {
        if prior.network.is_null() != planned.network.is_null() && !planned.network.is_unknown() {
            return Err(cannot_change(&at, "network"));
        }
        return Ok(());
    };
    let fixed = [
        ("subnet_prefix", changes(&before.subnet_prefix, &after.subnet_prefix)),
        ("routed_mode", changes(&before.routed_mode, &after.routed_mode)),
        ("tier0_gateway", changes(&before.tier0_gateway, &after.tier0_gateway)),
        ("load_balancer_size", changes(&before.load_balancer_size, &after.load_balancer_size)),
    ];
    if let Some((name, _)) = fixed.into_iter().find(|(_, changes)| *changes) {
        return Err(cannot_change(&at.attribute(name), name));
    }
    let lists = [
        (
            "namespace_network_cidrs",
            &before.namespace_network_cidrs,
            &after.namespace_network_cidrs,
        ),
        ("ingress_cidrs", &before.ingress_cidrs, &after.ingress_cidrs),
        ("egress_cidrs", &before.egress_cidrs, &after.egress_cidrs),
    ];
    for (name, before, after) in lists {
        let before = before.known().map(Vec::as_slice).unwrap_or_default();
        let kept = after.known().map(Vec::as_slice).unwrap_or_default();
        if after.is_unknown() {
            continue;
        }
        if let Some(gone) = before.iter().find(|it| !kept.contains(it)) {
            let detail = format!("`network.{name}` is append only: {gone} must stay");
            return Err(Error::new("a network would go", detail).at(&at.attribute(name)));
        }
    }
    Ok(())
}

fn changes<T: PartialEq>(before: &Optional<T>, after: &Optional<T>) -> bool {
    !after.is_unknown() && before != after
}

fn cannot_change(path: &Path, name: &str) -> Error {
    let detail = format!(
        "`{path}`: {name} cannot change after create; make a new namespace with another name, move \
         the workloads, and remove this one"
    );
    Error::new("cannot change after create", detail).at(path)
}
