//! A Supervisor's network as users write it.

use namespace_network::{
    address::{AddressRange, Ip4, SubnetMask},
    name::DnsLabel,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Diagnostics, Optional, Path, Required, Timeouts,
    mark::{keep, replace},
};
use vcenter::networks::{Info, VsphereNetwork};

use crate::resources::cluster::{ClusterMoid, NetworkMoid, address_ranges, all_grow, port_group};

/// A network of a Supervisor with VDS networking: a port group, and the addresses on it that
/// workloads may have. Namespaces name the networks that their workloads are attached to.
///
/// From vCenter 7.0.3 on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// The cluster and the name, with a slash between.
    #[schemars(transform = keep)]
    pub id: Computed<String>,

    /// Managed object id of the Supervisor's cluster: `supervisor_cluster.….cluster`.
    #[schemars(transform = replace)]
    pub cluster: Required<ClusterMoid>,

    /// Name of the network in the Supervisor: a DNS label.
    #[schemars(transform = replace)]
    pub name: Required<DnsLabel>,

    /// Managed object id of the port group, such as `dvportgroup-31`; `data.supervisor_port_group`
    /// finds it by name.
    #[schemars(transform = replace)]
    pub port_group: Required<NetworkMoid>,

    /// Gateway of the network.
    pub gateway: Required<Ip4>,

    /// Mask of the network, such as `255.255.255.0`.
    pub subnet_mask: Required<SubnetMask>,

    /// Addresses for workloads, such as `10.32.0.10-10.32.0.200`. Append only.
    #[schemars(length(min = 1))]
    pub address_ranges: Required<Vec<AddressRange>>,

    /// Namespaces on the network.
    pub namespaces: Computed<Vec<String>>,

    /// Times to wait.
    pub timeouts: Optional<Timeouts>,
}

impl Model {
    /// Nothing but the names, for what an import fills in.
    pub(super) fn named(cluster: ClusterMoid, name: DnsLabel) -> Self {
        Self {
            id: id(&cluster, &name).into(),
            cluster: cluster.into(),
            name: name.into(),
            port_group: Required::null(),
            gateway: Required::null(),
            subnet_mask: Required::null(),
            address_ranges: Required::null(),
            namespaces: Computed::null(),
            timeouts: Optional::null(),
        }
    }
}

/// What tells a network from all others.
pub(super) fn id(cluster: &ClusterMoid, name: &DnsLabel) -> String {
    format!("{cluster}/{name}")
}

/// Rules across attributes.
pub(super) fn validate(config: &Model, found: &mut Diagnostics) {
    let (Some(gateway), Some(mask)) = (config.gateway.known(), config.subnet_mask.known()) else {
        return;
    };
    let ranges = config.address_ranges.known().map(Vec::as_slice).unwrap_or_default();
    port_group(*gateway, *mask, ranges, &Path::root(), found);
    for (index, range) in ranges.iter().enumerate() {
        if let Some(other) = ranges[..index].iter().position(|it| it.overlaps(range)) {
            let at = Path::of("address_ranges").index(index);
            let detail = format!(
                "address_ranges[{index}] {range} overlaps address_ranges[{other}] {}",
                ranges[other]
            );
            found.error_at(at, "overlapping addresses", detail);
        }
    }
}

/// What stands against a change in place.
pub(super) fn refused(prior: &Model, planned: &Model, found: &mut Diagnostics) {
    let at = Path::of("address_ranges");
    all_grow(&prior.address_ranges, &planned.address_ranges, &at, found);
}

/// The network as vCenter has it; `before` tells what vCenter does not.
pub(super) fn to_model(info: &Info, network: &VsphereNetwork, before: &Model) -> Model {
    let namespaces = info.namespaces.iter().map(ToString::to_string);
    let ranges = address_ranges(&network.address_ranges);
    Model {
        port_group: parsed(network.port_group.as_str()),
        gateway: parsed(&network.gateway),
        subnet_mask: parsed(&network.subnet_mask),
        address_ranges: ranges.into(),
        namespaces: namespaces.collect::<Vec<_>>().into(),
        ..before.clone()
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> Required<T> {
    text.parse::<T>().map_or_else(|_| Required::null(), Required::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(gateway: &str, ranges: &[&str]) -> Model {
        let ranges: Vec<AddressRange> = ranges.iter().map(|it| it.parse().unwrap()).collect();
        Model {
            port_group: "dvportgroup-31".parse::<NetworkMoid>().unwrap().into(),
            gateway: gateway.parse::<Ip4>().unwrap().into(),
            subnet_mask: "255.255.255.0".parse::<SubnetMask>().unwrap().into(),
            address_ranges: ranges.into(),
            ..Model::named("domain-c8".parse().unwrap(), "banking".parse().unwrap())
        }
    }

    fn told(work: impl FnOnce(&mut Diagnostics)) -> Vec<String> {
        let mut found = Diagnostics::new();
        work(&mut found);
        let path = |it: &tf_framework::Diagnostic| it.path.clone().unwrap_or_default();
        found.iter().map(|it| format!("{}: {}", path(it), it.summary)).collect()
    }

    #[test]
    fn gateway_mask_and_ranges_fit_together() {
        let check = |gateway, ranges: &[&str]| told(|it| validate(&model(gateway, ranges), it));
        assert!(check("10.32.0.1", &["10.32.0.10-10.32.0.20"]).is_empty());
        assert_eq!(check("10.32.0.0", &[]), ["gateway: no address for a gateway"]);
        assert_eq!(check("10.32.0.255", &[]), ["gateway: no address for a gateway"]);
        assert_eq!(
            check("10.32.0.1", &["10.32.0.1-10.32.0.20", "10.32.1.2-10.32.1.3"]),
            [
                "address_ranges[0]: the gateway's address",
                "address_ranges[1]: addresses outside their network"
            ]
        );
        assert_eq!(
            check("10.32.0.1", &["10.32.0.5-10.32.0.20", "10.32.0.20-10.32.0.30"]),
            ["address_ranges[1]: overlapping addresses"]
        );
    }

    #[test]
    fn ranges_are_added_and_never_taken_away() {
        let before = model("10.32.0.1", &["10.32.0.10-10.32.0.20"]);
        let more = model("10.32.0.1", &["10.32.0.10-10.32.0.20", "10.32.0.30-10.32.0.40"]);
        assert!(told(|it| refused(&before, &more, it)).is_empty());
        assert_eq!(
            told(|it| refused(&more, &before, it)),
            ["address_ranges: addresses in use would go"]
        );
    }
}
