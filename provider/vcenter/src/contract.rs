//! Every structure beside the vendor's contract, and what of the golden requests can be typed.

use std::collections::BTreeMap;

use api_contract::{Side, vcenter};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::{
    access, clusters, compatibility, error, inventory, load_balancers, message, namespaces,
    networks, supervisors,
};

fn schema<T: JsonSchema>(side: Side) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let settings = match side {
        Side::Request => settings.for_serialize(),
        Side::Answer => settings.for_deserialize(),
    };
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Compares a body with that of an operation, which it names without `com.vmware.`.
#[track_caller]
fn asks<T: JsonSchema>(operation: &str) {
    let operation = vcenter().operation_by_id(&format!("com.vmware.{operation}")).unwrap();
    let found = vcenter().mismatches(
        operation.request_type().unwrap(),
        &schema::<T>(Side::Request),
        Side::Request,
    );
    assert_eq!(found, Vec::<String>::new(), "{}", operation.id());
}

/// The same with an answer. Of a list or a map, `T` is one element.
#[track_caller]
fn tells<T: JsonSchema>(operation: &str) {
    let operation = vcenter().operation_by_id(&format!("com.vmware.{operation}")).unwrap();
    let ty = operation.answer_type().unwrap();
    let ty = ty.strip_prefix("list<").and_then(|ty| ty.strip_suffix('>')).unwrap_or(ty);
    let ty = ty
        .strip_prefix("map<")
        .and_then(|ty| ty.strip_suffix('>'))
        .map_or(ty, |ty| ty.split_once(',').unwrap().1);
    let found = vcenter().mismatches(ty, &schema::<T>(Side::Answer), Side::Answer);
    assert_eq!(found, Vec::<String>::new(), "{}", operation.id());
}

#[test]
fn inventory_is_the_contracts() {
    tells::<crate::SystemVersion>("appliance.system.version.get");
    tells::<crate::sessions::Info>("cis.session.get");
    tells::<inventory::Datacenter>("vcenter.datacenter.list");
    tells::<inventory::Cluster>("vcenter.cluster.list");
    tells::<inventory::Network>("vcenter.network.list");
    tells::<inventory::StoragePolicy>("vcenter.storage.policies.list");
    tells::<inventory::Library>("content.library.get");
    tells::<inventory::VmClass>("vcenter.namespace_management.virtual_machine_classes.list");
    tells::<inventory::VmClass>("vcenter.namespace_management.virtual_machine_classes.get");
}

#[test]
fn compatibility_is_the_contracts() {
    use compatibility::{
        ClusterCompatibility, EdgeClusterCompatibility, SizeInfo, Switch, SwitchCompatibility,
        Tier0,
    };
    tells::<ClusterCompatibility>("vcenter.namespace_management.cluster_compatibility.list");
    tells::<SwitchCompatibility>(
        "vcenter.namespace_management.distributed_switch_compatibility.list",
    );
    tells::<Switch>("vcenter.namespace_management.networks.nsx.distributed_switches.list");
    tells::<EdgeClusterCompatibility>(
        "vcenter.namespace_management.edge_cluster_compatibility.list",
    );
    tells::<Tier0>("vcenter.namespace_management.NSX_tier0_gateway.list");
    tells::<SizeInfo>("vcenter.namespace_management.cluster_size_info.get");
}

#[test]
fn supervisors_are_the_contracts() {
    asks::<clusters::EnableSpec>("vcenter.namespace_management.clusters.enable");
    asks::<clusters::UpdateSpec>("vcenter.namespace_management.clusters.update");
    tells::<clusters::Info>("vcenter.namespace_management.clusters.get");
    tells::<clusters::Summary>("vcenter.namespace_management.clusters.list");
    asks::<supervisors::EnableOnClusterSpec>(
        "vcenter.namespace_management.supervisors.enable_on_compute_cluster",
    );
    asks::<supervisors::EnableOnZonesSpec>(
        "vcenter.namespace_management.supervisors.enable_on_zones",
    );
    tells::<supervisors::List>("vcenter.namespace_management.supervisors.summary.list");
    tells::<supervisors::Summary>("vcenter.namespace_management.supervisors.summary.get");
    tells::<clusters::Condition>("vcenter.namespace_management.supervisors.conditions.get");
    tells::<supervisors::Zone>("vcenter.namespace_management.supervisors.topology.get");
}

#[test]
fn upgrades_are_the_contracts() {
    use crate::software::{Info, Release, UpgradeSpec};
    tells::<Info>("vcenter.namespace_management.software.clusters.get");
    asks::<UpgradeSpec>("vcenter.namespace_management.software.clusters.upgrade");
    tells::<Release>("vcenter.namespace_management.cluster_available_versions.list");
}

#[test]
fn networks_and_load_balancers_are_the_contracts() {
    tells::<networks::Info>("vcenter.namespace_management.networks.list");
    tells::<networks::Info>("vcenter.namespace_management.networks.get");
    asks::<networks::CreateSpec>("vcenter.namespace_management.networks.create");
    asks::<networks::SetSpec>("vcenter.namespace_management.networks.set");
    asks::<networks::UpdateSpec>("vcenter.namespace_management.networks.update");
    tells::<load_balancers::Summary>("vcenter.namespace_management.load_balancers.list");
    tells::<load_balancers::Info>("vcenter.namespace_management.load_balancers.get");
    asks::<load_balancers::UpdateSpec>("vcenter.namespace_management.load_balancers.update");
}

#[test]
fn namespaces_are_the_contracts() {
    asks::<namespaces::InCluster<'_>>("vcenter.namespaces.instances.create");
    asks::<namespaces::InSupervisor<'_>>("vcenter.namespaces.instances.create_v2");
    asks::<namespaces::Settings>("vcenter.namespaces.instances.update");
    asks::<namespaces::Settings>("vcenter.namespaces.instances.set");
    tells::<namespaces::Info>("vcenter.namespaces.instances.get");
    tells::<namespaces::InfoV2>("vcenter.namespaces.instances.get_v2");
    tells::<namespaces::Summary>("vcenter.namespaces.instances.list");
    tells::<namespaces::SummaryV2>("vcenter.namespaces.instances.list_v2");
    asks::<access::Grant>("vcenter.namespaces.access.create");
    asks::<access::Grant>("vcenter.namespaces.access.set");
    tells::<access::Info>("vcenter.namespaces.access.get");
}

#[test]
fn errors_are_the_contracts() {
    let known = vcenter().enum_values("com.vmware.vapi.std.errors.Error.Type").unwrap();
    for value in known {
        let read = error::ErrorType::from(value.as_str());
        assert!(!matches!(read, error::ErrorType::Other(_)), "{value}");
    }
    let found = vcenter().mismatches(
        "com.vmware.vapi.std.LocalizableMessage",
        &schema::<message::LocalizableMessage>(Side::Answer),
        Side::Answer,
    );
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn values_that_the_client_does_not_know_are_kept() {
    let sizes: BTreeMap<crate::SizingHint, u8> = serde_json::from_str(r#"{"HUGE": 1}"#).unwrap();
    assert_eq!(serde_json::to_string(&sizes).unwrap(), r#"{"HUGE":1}"#);
}
