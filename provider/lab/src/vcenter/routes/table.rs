//! Which rule answers which operation. What is not here is not simulated.

use crate::vcenter::routes::{Reply, Rule};
use crate::vcenter::{
    clusters, compatibility, enable, inventory, load_balancers, namespaces, networks, session,
    sizes, supervisors, system, update,
};

const MANAGEMENT: &str = "com.vmware.vcenter.namespace_management.";
const NAMESPACES: &str = "com.vmware.vcenter.namespaces.";

/// The rule for the operation of that id.
pub(super) fn rule(id: &str) -> Option<Rule> {
    if let Some(operation) = id.strip_prefix(MANAGEMENT) {
        return management(operation);
    }
    if let Some(operation) = id.strip_prefix(NAMESPACES) {
        return namespace(operation);
    }
    Some(match id {
        "com.vmware.cis.session.create" => {
            |tx, call| session::create(tx, call.request()).map(Reply::Created)
        }
        "com.vmware.cis.session.get" => {
            |tx, call| session::info(tx, call.request()).map(Reply::Value)
        }
        "com.vmware.cis.session.delete" => {
            |tx, call| session::delete(tx, call.request()).map(|()| Reply::Nothing)
        }
        "com.vmware.appliance.system.version.get" => system::version,
        "com.vmware.vcenter.datacenter.list" => inventory::list_datacenters,
        "com.vmware.vcenter.datacenter.get" => inventory::get_datacenter,
        "com.vmware.vcenter.cluster.list" => inventory::list_clusters,
        "com.vmware.vcenter.cluster.get" => inventory::get_cluster,
        "com.vmware.vcenter.host.list" => inventory::list_hosts,
        "com.vmware.vcenter.network.list" => inventory::list_networks,
        "com.vmware.vcenter.storage.policies.list" => inventory::list_policies,
        "com.vmware.content.library.list" => inventory::list_libraries,
        "com.vmware.content.library.find" => inventory::find_libraries,
        "com.vmware.content.library.get" => inventory::get_library,
        "com.vmware.vcenter.consumption_domains.zones.list" => inventory::list_zones,
        "com.vmware.vcenter.consumption_domains.zones.cluster.associations.get" => {
            inventory::zone_clusters
        }
        _ => return None,
    })
}

fn management(operation: &str) -> Option<Rule> {
    Some(match operation {
        "hosts_config.get" => system::capability,
        "namespace_resource_options.get" => system::resource_options,
        "cluster_size_info.get" => sizes::info,
        "cluster_compatibility.list" => compatibility::clusters,
        "cluster_compatibility.list_v2" => compatibility::zones,
        "distributed_switch_compatibility.list" => compatibility::switches,
        "edge_cluster_compatibility.list" => compatibility::edge_clusters,
        "NSX_tier0_gateway.list" => compatibility::tier0_gateways,
        "networks.nsx.distributed_switches.list"
        | "networks.nsx.distributed_switches.compatibility.check" => compatibility::named_switches,
        "networks.nsx.edges.list" | "networks.nsx.edges.compatibility.check" => {
            compatibility::named_edge_clusters
        }
        "virtual_machine_classes.list" => inventory::list_vm_classes,
        "virtual_machine_classes.get" => inventory::get_vm_class,
        "clusters.enable" => enable::v1,
        "supervisors.enable_on_compute_cluster" => enable::on_compute_cluster,
        "supervisors.enable_on_zones" => enable::on_zones,
        "clusters.list" => clusters::list,
        "clusters.get" => clusters::get,
        "clusters.disable" => clusters::disable,
        "clusters.rotate_password" => clusters::rotate_password,
        "clusters.update" => update::patch,
        "clusters.set" => update::put,
        "supervisors.summary.list" => supervisors::summaries,
        "supervisors.summary.get" => supervisors::summary,
        "supervisors.conditions.get" => supervisors::conditions,
        "supervisors.topology.get" => supervisors::topology,
        "networks.list" => networks::list,
        "networks.get" => networks::get,
        "networks.create" => networks::create,
        "networks.update" => networks::update,
        "networks.set" => networks::set,
        "networks.delete" => networks::delete,
        "load_balancers.list" => load_balancers::list,
        "load_balancers.get" => load_balancers::get,
        "load_balancers.update" => load_balancers::update,
        "load_balancers.set" => load_balancers::set,
        _ => return None,
    })
}

fn namespace(operation: &str) -> Option<Rule> {
    Some(match operation {
        "instances.create" => namespaces::create,
        "instances.create_v2" => namespaces::create_v2,
        "instances.list" => namespaces::list,
        "instances.list_v2" => namespaces::list_v2,
        "instances.get" => namespaces::get,
        "instances.get_v2" => namespaces::get_v2,
        "instances.update" => namespaces::patch,
        "instances.set" => namespaces::put,
        "instances.delete" => namespaces::delete,
        "access.create" => namespaces::create_access,
        "access.get" => namespaces::get_access,
        "access.set" => namespaces::set_access,
        "access.delete" => namespaces::delete_access,
        "user.instances.list" => namespaces::of_user,
        _ => return None,
    })
}
