//! Rules across attributes of a Supervisor: what can be said without a server.

use namespace_network::address::{Cidr, Ip4, NetworkCidr, SubnetMask};
use tf_framework::{Attr, Diagnostics, Path};

use super::{
    model::{LoadBalancer, ManagementNetwork, Mode, Model, Nsx, Vsphere},
    ranges,
};

/// Every violation.
pub(super) fn validate(config: &Model, found: &mut Diagnostics) {
    name(config, found);
    placement(config, found);
    control_plane(config, found);
    storage(config, found);
    if let Some(management) = config.management_network.known() {
        management_network(management, found);
    }
    workload_network(config, found);
    ranges::validate(config, found);
}

fn name(config: &Model, found: &mut Diagnostics) {
    let Some(name) = config.name.known() else { return };
    let length = name.chars().count();
    let is_end = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let why = match name.chars().find(|c| c.is_control()) {
        Some(c) => format!("U+{:04X} control character; use printable text", u32::from(c)),
        None if length == 0 => "an empty name: 1-63 characters are needed".to_owned(),
        None if length > 63 => format!("63 characters at most, got {length}"),
        None if !is_end(name.chars().next()) => {
            format!("`{name}` must start with a letter or digit")
        }
        None if !is_end(name.chars().last()) => format!("`{name}` must end with a letter or digit"),
        None => return,
    };
    found.error_at(Path::of("name"), "no name for a Supervisor", why);
}

fn placement(config: &Model, found: &mut Diagnostics) {
    if config.cluster.is_null() == config.zones.is_null()
        && !config.cluster.is_unknown()
        && !config.zones.is_unknown()
    {
        let detail =
            "exactly one of cluster, zones says where the Supervisor is; write one of them";
        found.error_at(Path::of("cluster"), "no one place for the Supervisor", detail);
    }
    let Some(zones) = config.zones.known() else { return };
    let at = Path::of("zones");
    if !matches!(zones.len(), 1 | 3) {
        let detail = format!("`zones` has {} elements; a Supervisor has 1 zone or 3", zones.len());
        found.error_at(at.clone(), "wrong number of zones", detail);
    }
    for (index, zone) in zones.iter().enumerate() {
        if let Some(first) = zones[..index].iter().position(|it| it == zone) {
            let detail = format!("zones[{index}] repeats zones[{first}]; each may be there once");
            found.error_at(at.index(index), "repeated zone", detail);
        }
    }
    if config.name.is_null() {
        let detail = "`name` is needed with `zones`: there is no one cluster to take it from";
        found.error_at(Path::of("name"), "missing attribute", detail);
    }
}

fn control_plane(config: &Model, found: &mut Diagnostics) {
    if let Some(count) = config.control_plane_count.known().filter(|it| !matches!(it, 1 | 3)) {
        let detail =
            format!("`control_plane_count` is {count}; 1 or 3 virtual machines are possible");
        found.error_at(Path::of("control_plane_count"), "wrong size of a control plane", detail);
    }
}

fn storage(config: &Model, found: &mut Diagnostics) {
    if !config.storage_policy.is_null() {
        return;
    }
    let own = [
        ("control_plane_storage_policy", config.control_plane_storage_policy.is_null()),
        ("ephemeral_storage_policy", config.ephemeral_storage_policy.is_null()),
        ("image_storage_policy", config.image_storage_policy.is_null()),
    ];
    for (name, _) in own.into_iter().filter(|(_, is_null)| *is_null) {
        let detail = format!("`{name}` has no value, and no `storage_policy` stands in for it");
        found.error_at(Path::of(name), "no storage policy", detail);
    }
}

fn management_network(management: &ManagementNetwork, found: &mut Diagnostics) {
    let at = Path::of("management_network");
    match management.mode.known() {
        Some(Mode::Dhcp) => return with_dhcp(management, &at, found),
        None if management.mode.is_unknown() => return,
        Some(Mode::StaticRange) | None => {}
    }
    let needed = [
        ("starting_address", management.starting_address.is_null()),
        ("subnet_mask", management.subnet_mask.is_null()),
        ("gateway", management.gateway.is_null()),
    ];
    for (name, _) in needed.into_iter().filter(|(_, is_null)| *is_null) {
        let detail = format!("`{at}.{name}` is needed with `mode = \"STATICRANGE\"`");
        found.error_at(at.attribute(name), "missing attribute", detail);
    }
    if let Some(count) = management.address_count.known().filter(|count| **count < 5) {
        let detail = format!(
            "`{at}.address_count` is {count}; it must be >= 5: three virtual machines, the \
             floating address, and one for upgrades"
        );
        found.error_at(at.attribute("address_count"), "too few addresses", detail);
    }
    if let (Some(floats), Some(first)) =
        (management.floating_ip.known(), management.starting_address.known())
        && floats != first
    {
        let detail = format!(
            "`{at}.floating_ip` is {floats}, and the first of the range is {first}: \
            that is the one that floats"
        );
        found.error_at(at.attribute("floating_ip"), "another address floats", detail);
    }
    if let Some(network) = ranges::management_subnet(management) {
        gateway(&management.gateway, network, &at, found);
        management_range(management, network, &at, found);
    }
}

fn with_dhcp(management: &ManagementNetwork, at: &Path, found: &mut Diagnostics) {
    let fixed = [
        ("starting_address", management.starting_address.is_null()),
        ("subnet_mask", management.subnet_mask.is_null()),
        ("gateway", management.gateway.is_null()),
        ("floating_ip", management.floating_ip.is_null()),
    ];
    for (name, _) in fixed.into_iter().filter(|(_, is_null)| !is_null) {
        let detail = format!("`{at}.{name}`: {name} is only valid with STATICRANGE; remove it");
        found.error_at(at.attribute(name), "a fixed address with DHCP", detail);
    }
}

fn management_range(
    management: &ManagementNetwork,
    network: Cidr,
    at: &Path,
    found: &mut Diagnostics,
) {
    let start = at.attribute("starting_address");
    let Some(range) = ranges::management_addresses(management) else { return };
    if !network.hosts().covers(&range) {
        let detail = format!("{range} does not fit into {network}, which has {}", network.hosts());
        found.error_at(start, "addresses outside their network", detail);
    } else if let Some(gateway) = management.gateway.known()
        && range.contains(gateway.get().into())
    {
        let detail =
            format!("{range} has the gateway {gateway} in it; it cannot be a machine's too");
        found.error_at(start, "the gateway's address", detail);
    }
}

fn workload_network(config: &Model, found: &mut Diagnostics) {
    let Some(network) = config.workload_network.known() else { return };
    let at = Path::of("workload_network");
    let unsure = network.nsx.is_unknown() || network.vsphere.is_unknown();
    if !unsure && network.nsx.is_null() == network.vsphere.is_null() {
        let detail = "exactly one of nsx, nsx_vpc, vsphere makes a Supervisor's networks, and this \
                      provider knows `nsx` and `vsphere`: write one of these two";
        found.error_at(at.clone(), "no one kind of network", detail);
    }
    if let Some(nsx) = network.nsx.known() {
        nsx_network(nsx, &at.attribute("nsx"), found);
        if !config.load_balancer.is_null() {
            let detail = "`load_balancer` goes with `workload_network.vsphere`; NSX brings its own";
            found.error_at(Path::of("load_balancer"), "two load balancers", detail);
        }
    }
    if let Some(vsphere) = network.vsphere.known() {
        vsphere_network(vsphere, &at.attribute("vsphere"), found);
        if config.load_balancer.is_null() {
            let detail = "`load_balancer` is needed with `workload_network.vsphere`";
            found.error_at(Path::of("load_balancer"), "missing attribute", detail);
        }
        if let Some(balancer) = config.load_balancer.known() {
            gateway_is_nobodys(vsphere, balancer, found);
        }
    }
}

fn nsx_network(nsx: &Nsx, at: &Path, found: &mut Diagnostics) {
    let lists = [
        ("pod_cidrs", nsx.pod_cidrs.known(), 23),
        ("ingress_cidrs", nsx.ingress_cidrs.known(), 30),
        ("egress_cidrs", nsx.egress_cidrs.known(), 30),
    ];
    for (name, cidrs, prefix) in lists {
        sizes(cidrs.map(Vec::as_slice).unwrap_or_default(), prefix, &at.attribute(name), found);
    }
    let egress = at.attribute("egress_cidrs");
    let is_empty =
        !nsx.egress_cidrs.is_unknown() && nsx.egress_cidrs.known().is_none_or(Vec::is_empty);
    match nsx.routed_mode.known().copied() {
        Some(true) if !is_empty && !nsx.egress_cidrs.is_unknown() => {
            let detail = "egress_cidrs is not possible with routed_mode: workloads are seen outside \
                          with their own addresses";
            found.error_at(egress, "addresses without a use", detail);
        }
        Some(false) | None if is_empty && !nsx.routed_mode.is_unknown() => {
            let detail = "egress_cidrs is required unless routed_mode";
            found.error_at(egress, "missing attribute", detail);
        }
        _ => {}
    }
    subnets_fit(nsx, at, found);
}

/// What the vendor advises for addresses that are seen outside.
const PLENTY: u8 = 27;

fn sizes(cidrs: &[NetworkCidr], prefix: u8, at: &Path, found: &mut Diagnostics) {
    for (index, cidr) in cidrs.iter().map(|it| it.cidr()).enumerate() {
        let at = at.index(index);
        if !cidr.is_ipv4() {
            let detail = format!("`{at}` {cidr}: an IPv4 network is needed");
            found.error_at(at, "network of another family", detail);
        } else if cidr.prefix() > prefix {
            let detail = format!("`{at}` {cidr}: /{prefix} or larger is needed");
            found.error_at(at, "too small a network", detail);
        } else if cidr.prefix() > PLENTY {
            let detail = format!(
                "`{at}` {cidr} has {} addresses; the vendor advises a /{PLENTY} or larger, and \
                 networks can be added later but not changed",
                cidr.size()
            );
            found.warning_at(at, "a small network", detail);
        }
    }
}

/// A namespace's subnet comes out of one network.
fn subnets_fit(nsx: &Nsx, at: &Path, found: &mut Diagnostics) {
    let prefix = nsx.namespace_subnet_prefix.known().copied().unwrap_or(28);
    for (index, cidr) in nsx.pod_cidrs.known().into_iter().flatten().enumerate() {
        if cidr.cidr().prefix() > prefix {
            let at = at.attribute("namespace_subnet_prefix");
            let detail = format!(
                "`{at}` is {prefix}, and pod_cidrs[{index}] {cidr} has no room for one such subnet"
            );
            found.error_at(at, "subnets larger than their network", detail);
        }
    }
}

fn vsphere_network(vsphere: &Vsphere, at: &Path, found: &mut Diagnostics) {
    let (Some(address), Some(mask)) = (vsphere.gateway.known(), vsphere.subnet_mask.known()) else {
        return;
    };
    let ranges = vsphere.address_ranges.known().map(Vec::as_slice).unwrap_or_default();
    port_group(*address, *mask, ranges, at, found);
}

/// Gateway, mask and ranges of a port group fit together.
pub(in crate::resources) fn port_group(
    address: Ip4,
    mask: SubnetMask,
    ranges: &[namespace_network::address::AddressRange],
    at: &Path,
    found: &mut Diagnostics,
) {
    let Some(network) = Cidr::around(address.get().into(), mask.prefix()) else { return };
    is_host("gateway", address, network, at, found);
    for (index, range) in ranges.iter().enumerate() {
        let at = at.attribute("address_ranges").index(index);
        if !network.hosts().covers(range) {
            let detail =
                format!("`{at}` {range} is not inside {network}, which has {}", network.hosts());
            found.error_at(at, "addresses outside their network", detail);
        } else if range.contains(address.get().into()) {
            let detail = format!("`{at}` {range} has the gateway {address} in it; leave it out");
            found.error_at(at, "the gateway's address", detail);
        }
    }
}

fn gateway_is_nobodys(vsphere: &Vsphere, balancer: &LoadBalancer, found: &mut Diagnostics) {
    let Some(gateway) = vsphere.gateway.known() else { return };
    let at = Path::of("load_balancer").attribute("address_ranges");
    for (index, range) in balancer.address_ranges.known().into_iter().flatten().enumerate() {
        if range.contains(gateway.get().into()) {
            let at = at.index(index);
            let detail = format!(
                "`{at}` {range} has the gateway {gateway} of the workload network in it; leave it out"
            );
            found.error_at(at, "the gateway's address", detail);
        }
    }
}

fn gateway<R>(address: &Attr<Ip4, R>, network: Cidr, at: &Path, found: &mut Diagnostics) {
    if let Some(address) = address.known() {
        is_host("gateway", *address, network, at, found);
    }
}

fn is_host(name: &str, address: Ip4, network: Cidr, at: &Path, found: &mut Diagnostics) {
    let at = at.attribute(name);
    let address = address.get().into();
    let detail = if !network.contains(address) {
        format!("`{at}` {address}: {name} is not in {network}")
    } else if network.hosts().contains(address) {
        return;
    } else if address == network.network() {
        format!(
            "`{at}` {address} is the network address of {network}; use one of {}",
            network.hosts()
        )
    } else {
        format!(
            "`{at}` {address} is the broadcast address of {network}; use one of {}",
            network.hosts()
        )
    };
    found.error_at(at, "no address for a gateway", detail);
}
