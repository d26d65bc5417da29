//! Whether a Supervisor that is there is the planned one, as far as it can never change.

use super::model::Model;

/// Names of the attributes that are fixed for ever and differ.
pub(super) fn fixed(is: &Model, plan: &Model) -> Vec<&'static str> {
    let mut differs = Vec::new();
    let mut compare = |name, same: bool| {
        if !same {
            differs.push(name);
        }
    };
    compare("service_cidr", is.service_cidr == plan.service_cidr);
    if let (Some(a), Some(b)) = (is.management_network.known(), plan.management_network.known()) {
        compare("management_network.network", a.network == b.network);
        compare("management_network.mode", a.mode == b.mode);
        let fixed = [(&a.starting_address, &b.starting_address), (&a.gateway, &b.gateway)];
        let same = fixed.iter().all(|(a, b)| a == b) && a.subnet_mask == b.subnet_mask;
        compare("management_network.starting_address", same);
    }
    compare("workload_network", is.nsx().is_some() == plan.nsx().is_some());
    if let (Some(a), Some(b)) = (is.nsx(), plan.nsx()) {
        compare(
            "workload_network.nsx.distributed_switch",
            a.distributed_switch == b.distributed_switch,
        );
        compare("workload_network.nsx.edge_cluster", a.edge_cluster == b.edge_cluster);
        compare("workload_network.nsx.tier0_gateway", a.tier0_gateway == b.tier0_gateway);
        compare("workload_network.nsx.routed_mode", a.routed_mode == b.routed_mode);
        let prefix = a.namespace_subnet_prefix == b.namespace_subnet_prefix;
        compare("workload_network.nsx.namespace_subnet_prefix", prefix);
    }
    if let (Some(a), Some(b)) = (is.vsphere(), plan.vsphere()) {
        compare("workload_network.vsphere.name", a.name == b.name);
        compare("workload_network.vsphere.port_group", a.port_group == b.port_group);
        compare("workload_network.vsphere.gateway", a.gateway == b.gateway);
        compare("workload_network.vsphere.subnet_mask", a.subnet_mask == b.subnet_mask);
    }
    differs
}
