//! Every call is one of the contract's: verb, path, query and body.

use api_contract::vcenter;
use expect_test::expect;
use vcenter::access::{Grant, Role};
use vcenter::clusters::{NcpUpdate, UpdateSpec};
use vcenter::inventory::{ClusterFilter, NetworkFilter, NetworkType};
use vcenter::load_balancers::{self, LogInUpdate, Provider};
use vcenter::namespaces::{CreateSpec, NamespaceNetwork, Settings};
use vcenter::networks::{self, NsxNetwork, VsphereNetworkSet, VsphereNetworkUpdate};
use vcenter::software::UpgradeSpec;
use vcenter::supervisors::{EnableOnZonesSpec, Filter};
use vcenter::{ConfigStatus, Error, Ipv4Cidr, KubernetesStatus, NetworkProvider, Vcenter};

use crate::samples;
use crate::server::{Reply, Seen, Server};

/// Every answer is a refusal: what is asked is what counts.
#[track_caller]
fn refused<T>(result: Result<T, Error>) {
    assert!(matches!(result.err(), Some(Error::Refused(_))));
}

async fn inventory(vcenter: &Vcenter) {
    let names = || ["a".to_owned(), "b".to_owned()].into();
    let inventory = vcenter.inventory();
    refused(vcenter.version().await);
    refused(inventory.system().await);
    refused(inventory.datacenters(&names()).await);
    let clusters = ["domain-c8".into()].into();
    let datacenters = ["datacenter-3".into()].into();
    refused(inventory.clusters(&ClusterFilter { names: names(), datacenters, clusters }).await);
    let datacenters = ["datacenter-3".into()].into();
    let types = [NetworkType::Distributed, NetworkType::Standard].into();
    let networks = ["network-11".into()].into();
    let filter = NetworkFilter { names: names(), datacenters, types, networks };
    refused(inventory.networks(&filter).await);
    refused(inventory.storage_policies().await);
    refused(inventory.libraries().await);
    refused(inventory.library(&"lib-1".into()).await);
    refused(inventory.library_items(&"lib-1".into()).await);
    refused(inventory.vm_classes().await);
    refused(inventory.vm_class(&"best-effort-small".into()).await);
}

async fn compatibility(vcenter: &Vcenter) {
    let (compatibility, cluster) = (vcenter.compatibility(), "domain-c8".into());
    let switch = "50 1c 69".into();
    for provider in [NetworkProvider::Nsx, NetworkProvider::Vsphere] {
        refused(compatibility.clusters(&provider).await);
        refused(compatibility.switches(&cluster, &provider).await);
    }
    refused(compatibility.nsx_switches().await);
    refused(compatibility.edge_clusters(&cluster, &switch).await);
    refused(compatibility.tier0_gateways(&switch).await);
    refused(compatibility.sizes().await);
}

async fn supervisors(vcenter: &Vcenter) {
    let (cluster, supervisor) = ("domain-c8".into(), "1a2b".into());
    let clusters = vcenter.clusters();
    refused(clusters.list().await);
    refused(clusters.get(&cluster).await);
    refused(clusters.enable(&cluster, &samples::enable_nsx()).await);
    refused(clusters.enable(&cluster, &samples::enable_vsphere()).await);
    let pods = Some(vec![Ipv4Cidr::new("10.244.0.0", 20)]);
    let blocks = NcpUpdate { pod_cidrs: pods, ..NcpUpdate::default() };
    refused(clusters.update(&cluster, &UpdateSpec::ncp(blocks)).await);
    refused(clusters.update(&cluster, &UpdateSpec::default()).await);
    refused(clusters.rotate_password(&cluster).await);
    refused(clusters.disable(&cluster).await);
    let software = vcenter.software();
    refused(software.get(&cluster).await);
    refused(software.releases().await);
    let desired_version = "v1.28.3+vmware.wcp.1-vsc0.1.9-24045921".to_owned();
    let spec = UpgradeSpec { desired_version, ignore_precheck_warnings: Some(true) };
    refused(software.upgrade(&cluster, &spec).await);
    let supervisors = vcenter.supervisors();
    let spec = samples::enable_v2();
    refused(supervisors.enable_on_cluster(&cluster, &spec).await);
    let spec = EnableOnZonesSpec {
        name: spec.name,
        zones: vec!["zone-1".into()],
        control_plane: spec.control_plane,
        workloads: spec.workloads,
    };
    refused(supervisors.enable_on_zones(&spec).await);
    refused(supervisors.summaries(&Filter::default()).await);
    let filter = Filter {
        config_status: Some(ConfigStatus::Running),
        kubernetes_status: Some(KubernetesStatus::Ready),
    };
    refused(supervisors.summaries(&filter).await);
    refused(supervisors.summary(&supervisor).await);
    refused(supervisors.conditions(&supervisor).await);
    refused(supervisors.topology(&supervisor).await);
}

async fn networks(vcenter: &Vcenter) {
    let (cluster, network) = ("domain-c8".into(), "primary".into());
    let networks = vcenter.networks(&cluster);
    refused(networks.list().await);
    refused(networks.get(&network).await);
    let create = samples::workload_network();
    refused(networks.create(&create).await);
    let whole = create.vsphere.unwrap();
    let set = networks::SetSpec {
        provider: NetworkProvider::Vsphere,
        vsphere: Some(VsphereNetworkSet {
            port_group: whole.port_group,
            gateway: whole.gateway,
            subnet_mask: whole.subnet_mask,
            address_ranges: whole.address_ranges.clone(),
        }),
        nsx: None,
    };
    refused(networks.set(&network, &set).await);
    let more = VsphereNetworkUpdate {
        address_ranges: Some(whole.address_ranges),
        ..VsphereNetworkUpdate::default()
    };
    refused(networks.update(&network, &networks::UpdateSpec::vsphere(more)).await);
    refused(networks.delete(&network).await);

    let (balancers, balancer) = (vcenter.load_balancers(&cluster), "lb".into());
    refused(balancers.list().await);
    refused(balancers.get(&balancer).await);
    let log_in = LogInUpdate { password: Some("new-password".into()), ..LogInUpdate::default() };
    let update = load_balancers::UpdateSpec {
        provider: Some(Provider::HaProxy),
        ha_proxy: Some(log_in),
        ..load_balancers::UpdateSpec::default()
    };
    assert!(!format!("{update:?}").contains("new-password"));
    refused(balancers.update(&balancer, &update).await);
}

async fn namespaces(vcenter: &Vcenter) {
    let (namespaces, namespace) = (vcenter.namespaces(), "team-a".into());
    let own = NsxNetwork {
        namespace_network_cidrs: Some(vec![Ipv4Cidr::new("10.10.0.0", 20)]),
        ingress_cidrs: Some(vec![Ipv4Cidr::new("192.0.2.0", 27)]),
        egress_cidrs: Some(vec![Ipv4Cidr::new("198.51.100.0", 27)]),
        subnet_prefix_length: Some(28),
        ..NsxNetwork::default()
    };
    let spec = CreateSpec { network: Some(NamespaceNetwork::nsx(own)), ..samples::namespace() };
    refused(namespaces.create(&"domain-c8".into(), &spec).await);
    refused(namespaces.create_v2(&"1a2b".into(), &spec).await);
    refused(namespaces.get(&namespace).await);
    refused(namespaces.get_v2(&namespace).await);
    refused(namespaces.list().await);
    refused(namespaces.list_v2().await);
    refused(namespaces.update(&namespace, &Settings::default()).await);
    refused(namespaces.set(&namespace, &spec.settings).await);
    refused(namespaces.delete(&namespace).await);

    let (access, devs) = (vcenter.access(&namespace), samples::devs());
    let grant = Grant { role: Role::Owner, identity_provider: None };
    refused(access.get(&devs).await);
    refused(access.create(&devs, &grant).await);
    refused(access.set(&devs, &grant).await);
    refused(access.delete(&devs).await);
}

/// The operation that the request calls, once nothing is wrong with it.
fn operation(seen: &Seen) -> String {
    let (contract, query) = (vcenter(), seen.query());
    let found = contract.operation(&seen.method, &seen.path, &query);
    let operation = found.unwrap_or_else(|| panic!("the contract lacks {seen:?}"));
    let mut wrong = contract.body_violations(operation, &seen.body);
    // A filter that is optional as a whole may be absent as a whole.
    if !(query.is_empty() && operation.query_inputs.values().all(|filter| filter.optional)) {
        wrong.extend(contract.query_violations(operation, &query));
    }
    assert_eq!(wrong, [], "{}", operation.id());
    operation.id().trim_start_matches("com.vmware.").to_owned()
}

#[tokio::test]
async fn every_call_is_one_of_the_contract() {
    let server = Server::start(|_| Reply::refusal(400, "UNSUPPORTED", "id", "No.")).await;
    inventory(&server.vcenter).await;
    compatibility(&server.vcenter).await;
    supervisors(&server.vcenter).await;
    networks(&server.vcenter).await;
    namespaces(&server.vcenter).await;
    server.vcenter.close().await;
    let operations: Vec<String> = server.seen().iter().map(operation).collect();
    expect![[r#"
        [
            "cis.session.create",
            "appliance.system.version.get",
            "appliance.system.version.get",
            "vcenter.datacenter.list",
            "vcenter.cluster.list",
            "vcenter.network.list",
            "vcenter.storage.policies.list",
            "content.library.list",
            "content.library.get",
            "content.library.item.list",
            "vcenter.namespace_management.virtual_machine_classes.list",
            "vcenter.namespace_management.virtual_machine_classes.get",
            "vcenter.namespace_management.cluster_compatibility.list",
            "vcenter.namespace_management.distributed_switch_compatibility.list",
            "vcenter.namespace_management.cluster_compatibility.list",
            "vcenter.namespace_management.distributed_switch_compatibility.list",
            "vcenter.namespace_management.networks.nsx.distributed_switches.list",
            "vcenter.namespace_management.edge_cluster_compatibility.list",
            "vcenter.namespace_management.NSX_tier0_gateway.list",
            "vcenter.namespace_management.cluster_size_info.get",
            "vcenter.namespace_management.clusters.list",
            "vcenter.namespace_management.clusters.get",
            "vcenter.namespace_management.clusters.enable",
            "vcenter.namespace_management.clusters.enable",
            "vcenter.namespace_management.clusters.update",
            "vcenter.namespace_management.clusters.update",
            "vcenter.namespace_management.clusters.rotate_password",
            "vcenter.namespace_management.clusters.disable",
            "vcenter.namespace_management.software.clusters.get",
            "vcenter.namespace_management.cluster_available_versions.list",
            "vcenter.namespace_management.software.clusters.upgrade",
            "vcenter.namespace_management.supervisors.enable_on_compute_cluster",
            "vcenter.namespace_management.supervisors.enable_on_zones",
            "vcenter.namespace_management.supervisors.summary.list",
            "vcenter.namespace_management.supervisors.summary.list",
            "vcenter.namespace_management.supervisors.summary.get",
            "vcenter.namespace_management.supervisors.conditions.get",
            "vcenter.namespace_management.supervisors.topology.get",
            "vcenter.namespace_management.networks.list",
            "vcenter.namespace_management.networks.get",
            "vcenter.namespace_management.networks.create",
            "vcenter.namespace_management.networks.set",
            "vcenter.namespace_management.networks.update",
            "vcenter.namespace_management.networks.delete",
            "vcenter.namespace_management.load_balancers.list",
            "vcenter.namespace_management.load_balancers.get",
            "vcenter.namespace_management.load_balancers.update",
            "vcenter.namespaces.instances.create",
            "vcenter.namespaces.instances.create_v2",
            "vcenter.namespaces.instances.get",
            "vcenter.namespaces.instances.get_v2",
            "vcenter.namespaces.instances.list",
            "vcenter.namespaces.instances.list_v2",
            "vcenter.namespaces.instances.update",
            "vcenter.namespaces.instances.set",
            "vcenter.namespaces.instances.delete",
            "vcenter.namespaces.access.get",
            "vcenter.namespaces.access.create",
            "vcenter.namespaces.access.set",
            "vcenter.namespaces.access.delete",
            "cis.session.delete",
        ]
    "#]]
    .assert_debug_eq(&operations);
}
