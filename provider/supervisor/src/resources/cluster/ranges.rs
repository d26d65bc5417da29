//! All ranges of addresses in a configuration, by the names that users know them by.

use namespace_network::{
    address::{AddressRange, Cidr, NetworkCidr},
    disjoint::{NamedRange, overlaps},
};
use tf_framework::{Diagnostics, Path};

use super::model::{LoadBalancer, ManagementNetwork, Mode, Model, Nsx, Vsphere};

/// A range, and the attribute that it was written in.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// What it is called, and its addresses.
    pub(super) range: NamedRange,
    /// The attribute to complain about.
    pub(super) at: Path,
}

/// No two of the configuration's ranges share an address.
pub(super) fn validate(config: &Model, found: &mut Diagnostics) {
    let all = all(config);
    for overlap in overlaps(all.iter().map(|it| it.range.clone())) {
        let later = all.iter().find(|it| it.range == overlap.later);
        let at = later.map_or_else(Path::root, |it| it.at.clone());
        found.error_at(at, "overlapping addresses", overlap.to_string());
    }
    service_is_apart(config, found);
}

/// On port groups, ranges may share a network; the addresses of Services may not be in one.
fn service_is_apart(config: &Model, found: &mut Diagnostics) {
    let (Some(service), Some(vsphere)) = (config.service_cidr.known(), config.vsphere()) else {
        return;
    };
    let management = config.management_network.known().and_then(management_subnet);
    let workload = vsphere.subnet_mask.known().zip(vsphere.gateway.known());
    let workload = workload.and_then(|(mask, it)| Cidr::around(it.get().into(), mask.prefix()));
    let named = [("management_network", management), ("workload_network.vsphere", workload)];
    for (name, network) in named {
        if let Some(network) = network.filter(|it| it.overlaps(service.cidr())) {
            let detail =
                format!("service_cidr overlaps {name} {network}; service_cidr is {service}");
            found.error_at(Path::of("service_cidr"), "overlapping addresses", detail);
        }
    }
}

/// Every range that is known: those that others are compared with first.
pub(super) fn all(model: &Model) -> Vec<Placed> {
    let mut all = Vec::new();
    let workloads = Path::of("workload_network");
    if let Some(management) = model.management_network.known() {
        all.extend(management_range(management, model.nsx().is_some()));
    }
    if let Some(nsx) = model.nsx() {
        all.extend(of_nsx(nsx, &workloads.attribute("nsx")));
    }
    if let Some(vsphere) = model.vsphere() {
        all.extend(of_vsphere(vsphere, &workloads.attribute("vsphere")));
    }
    if let Some(balancer) = model.load_balancer.known() {
        all.extend(of_load_balancer(balancer));
    }
    if let Some(service) = model.service_cidr.known() {
        let range = NamedRange::new("service_cidr", service.cidr());
        all.push(Placed { range, at: Path::of("service_cidr") });
    }
    all
}

/// The ranges that NCP works with, which no other Supervisor may have.
pub(super) fn of_nsx(nsx: &Nsx, at: &Path) -> Vec<Placed> {
    let none = Vec::new();
    let lists = [
        ("pod_cidrs", nsx.pod_cidrs.known().unwrap_or(&none)),
        ("ingress_cidrs", nsx.ingress_cidrs.known().unwrap_or(&none)),
        ("egress_cidrs", nsx.egress_cidrs.known().unwrap_or(&none)),
    ];
    let each = |(name, cidrs): (&'static str, &Vec<NetworkCidr>)| {
        list(name, cidrs.iter().map(|it| it.cidr()), &at.attribute(name))
    };
    lists.into_iter().flat_map(each).collect()
}

/// With NSX nothing else may be in the management network; on port groups a load balancer or
/// workloads may share it, and only the control plane's own addresses are taken.
fn management_range(management: &ManagementNetwork, with_nsx: bool) -> Option<Placed> {
    let at = Path::of("management_network");
    if management.mode.known() == Some(&Mode::Dhcp) {
        return None;
    }
    let range = if with_nsx {
        management_subnet(management)?.range()
    } else {
        management_addresses(management)?
    };
    Some(Placed { range: NamedRange::new("management_network", range), at })
}

/// The management network as far as gateway and mask tell.
pub(super) fn management_subnet(management: &ManagementNetwork) -> Option<Cidr> {
    let mask = management.subnet_mask.known()?;
    Cidr::around(management.starting_address.known()?.get().into(), mask.prefix())
}

/// The control plane's own addresses.
pub(super) fn management_addresses(management: &ManagementNetwork) -> Option<AddressRange> {
    let first = management.starting_address.known()?.get().into();
    let count = management.address_count.known().copied().unwrap_or(5);
    AddressRange::counted(first, count.into()).ok()
}

fn of_vsphere(vsphere: &Vsphere, at: &Path) -> Vec<Placed> {
    let at = at.attribute("address_ranges");
    let ranges = vsphere.address_ranges.known().cloned().unwrap_or_default();
    list("address_ranges", ranges, &at)
}

fn of_load_balancer(balancer: &LoadBalancer) -> Vec<Placed> {
    let at = Path::of("load_balancer").attribute("address_ranges");
    let ranges = balancer.address_ranges.known().cloned().unwrap_or_default();
    list("load_balancer.address_ranges", ranges, &at)
}

fn list<R: Into<AddressRange>>(
    name: &str,
    ranges: impl IntoIterator<Item = R>,
    at: &Path,
) -> Vec<Placed> {
    let named = NamedRange::list(name, ranges).enumerate();
    named.map(|(index, range)| Placed { range, at: at.index(index) }).collect()
}
