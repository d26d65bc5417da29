//! Which rule answers which operation. What is not here is not simulated.

use crate::vcenter::routes::Rule;
use crate::vcenter::{
    clusters, compatibility, enable, inventory, load_balancers, namespaces, networks, session,
    sizes, software, supervisors, system, update,
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
        "com.vmware.cis.session.create" => Rule::LogIn(session::create),
        "com.vmware.cis.session.get" => Rule::Read(|tx, call| session::info(tx, call.request())),
        "com.vmware.cis.session.delete" => {
            Rule::Change(|tx, call| session::delete(tx, call.request()))
        }
        "com.vmware.appliance.system.version.get" => Rule::List(system::version),
        "com.vmware.vcenter.datacenter.list" => Rule::List(inventory::list_datacenters),
        "com.vmware.vcenter.datacenter.get" => Rule::Read(inventory::get_datacenter),
        "com.vmware.vcenter.cluster.list" => Rule::List(inventory::list_clusters),
        "com.vmware.vcenter.cluster.get" => Rule::Read(inventory::get_cluster),
        "com.vmware.vcenter.host.list" => Rule::List(inventory::list_hosts),
        "com.vmware.vcenter.network.list" => Rule::List(inventory::list_networks),
        "com.vmware.vcenter.storage.policies.list" => Rule::List(inventory::list_policies),
        "com.vmware.content.library.list" => Rule::List(inventory::list_libraries),
        "com.vmware.content.library.find" => Rule::List(inventory::find_libraries),
        "com.vmware.content.library.get" => Rule::Read(inventory::get_library),
        "com.vmware.content.library.item.list" => Rule::Read(inventory::list_library_items),
        "com.vmware.vcenter.consumption_domains.zones.list" => Rule::List(inventory::list_zones),
        "com.vmware.vcenter.consumption_domains.zones.cluster.associations.get" => {
            Rule::Read(inventory::zone_clusters)
        }
        _ => return None,
    })
}

fn management(operation: &str) -> Option<Rule> {
    Some(match operation {
        "hosts_config.get" => Rule::List(system::capability),
        "namespace_resource_options.get" => Rule::Read(system::resource_options),
        "cluster_size_info.get" => Rule::List(sizes::info),
        "cluster_compatibility.list" => Rule::List(compatibility::clusters),
        "cluster_compatibility.list_v2" => Rule::Read(compatibility::zones),
        "distributed_switch_compatibility.list" => Rule::Read(compatibility::switches),
        "edge_cluster_compatibility.list" => Rule::Read(compatibility::edge_clusters),
        "NSX_tier0_gateway.list" => Rule::List(compatibility::tier0_gateways),
        "networks.nsx.distributed_switches.list"
        | "networks.nsx.distributed_switches.compatibility.check" => {
            Rule::List(compatibility::named_switches)
        }
        "networks.nsx.edges.list" | "networks.nsx.edges.compatibility.check" => {
            Rule::List(compatibility::named_edge_clusters)
        }
        "virtual_machine_classes.list" => Rule::List(inventory::list_vm_classes),
        "virtual_machine_classes.get" => Rule::Read(inventory::get_vm_class),
        _ => return supervisor(operation),
    })
}

/// What is about Supervisors themselves.
fn supervisor(operation: &str) -> Option<Rule> {
    Some(match operation {
        "clusters.enable" => Rule::Change(enable::v1),
        "supervisors.enable_on_compute_cluster" => Rule::Act(enable::on_compute_cluster),
        "supervisors.enable_on_zones" => Rule::Act(enable::on_zones),
        "clusters.list" => Rule::Read(clusters::list),
        "clusters.get" => Rule::Read(clusters::get),
        "clusters.disable" => Rule::Change(clusters::disable),
        "clusters.rotate_password" => Rule::Change(clusters::rotate_password),
        "clusters.update" => Rule::Change(update::patch),
        "clusters.set" => Rule::Change(update::put),
        "cluster_available_versions.list" => Rule::List(software::versions),
        "software.clusters.list" => Rule::Read(software::list),
        "software.clusters.get" => Rule::Read(software::get),
        "software.clusters.upgrade" => Rule::Change(software::upgrade),
        "supervisors.summary.list" => Rule::List(supervisors::summaries),
        "supervisors.summary.get" => Rule::Read(supervisors::summary),
        "supervisors.conditions.get" => Rule::Read(supervisors::conditions),
        "supervisors.topology.get" => Rule::Read(supervisors::topology),
        "networks.list" => Rule::Read(networks::list),
        "networks.get" => Rule::Read(networks::get),
        "networks.create" => Rule::Change(networks::create),
        "networks.update" => Rule::Change(networks::update),
        "networks.set" => Rule::Change(networks::set),
        "networks.delete" => Rule::Change(networks::delete),
        "load_balancers.list" => Rule::Read(load_balancers::list),
        "load_balancers.get" => Rule::Read(load_balancers::get),
        "load_balancers.update" => Rule::Change(load_balancers::update),
        "load_balancers.set" => Rule::Change(load_balancers::set),
        _ => return None,
    })
}

fn namespace(operation: &str) -> Option<Rule> {
    Some(match operation {
        "instances.create" => Rule::Change(namespaces::create),
        "instances.create_v2" => Rule::Change(namespaces::create_v2),
        "instances.list" => Rule::List(namespaces::list),
        "instances.list_v2" => Rule::List(namespaces::list_v2),
        "instances.get" => Rule::Read(namespaces::get),
        "instances.get_v2" => Rule::Read(namespaces::get_v2),
        "instances.update" => Rule::Change(namespaces::patch),
        "instances.set" => Rule::Change(namespaces::put),
        "instances.delete" => Rule::Change(namespaces::delete),
        "access.create" => Rule::Change(namespaces::create_access),
        "access.get" => Rule::Read(namespaces::get_access),
        "access.set" => Rule::Change(namespaces::set_access),
        "access.delete" => Rule::Change(namespaces::delete_access),
        "user.instances.list" => Rule::List(namespaces::of_user),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use api_contract::vcenter;

    use super::rule;

    /// A misspelt id would answer nothing, and show here as one operation too few.
    #[test]
    fn as_many_operations_are_answered_as_the_table_has_ids() {
        let answered = vcenter().operations().filter(|it| rule(it.id()).is_some()).count();
        assert_eq!(answered, 72);
    }
}
