//! `Clusters.EnableSpec`: the names of its fields are irregular.

use serde_json::Value;

use super::{NetworkSpec, Spec};
use crate::vcenter::addresses::{self, Range};
use crate::vcenter::fault::{Fault, Kind};
use crate::vcenter::load_balancers;
use crate::vcenter::message::Localizable;
use crate::vcenter::networks::WorkloadNetwork;
use crate::vcenter::supervisor::{Addressing, ControlPlane, Management, Ncp, Workloads};
use crate::vcenter::version::Version;

/// The spec, if its addresses can be read.
pub(super) fn read(version: &Version, cluster: &str, body: &Value) -> Result<Spec, Fault> {
    Ok(Spec {
        name: None,
        control_plane: control_plane(body)?,
        workloads: workloads(body),
        service_cidr: addresses::cidr("service_cidr", &body["service_cidr"])?,
        network: match text(body, "network_provider").as_str() {
            "NSXT_CONTAINER_PLUGIN" => {
                NetworkSpec::Ncp(ncp(version, &body["ncp_cluster_network_spec"])?)
            }
            "VSPHERE_NETWORK" => vsphere(body)?,
            other => return Err(unsupported(cluster, other)),
        },
    })
}

/// The contract has VPCs, the lab has none.
pub(super) fn unsupported(cluster: &str, provider: &str) -> Fault {
    Fault::new(
        Kind::Unsupported,
        Localizable::with(
            "vcenter.wcp.lab.network_provider",
            "Cluster {0} does not support network provider {1}.",
            [cluster, provider],
        ),
    )
}

fn control_plane(body: &Value) -> Result<ControlPlane, Fault> {
    Ok(ControlPlane {
        size: text(body, "size_hint"),
        // Before 9.0 there were always three.
        count: body["count"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(3),
        storage_policy: text(body, "master_storage_policy"),
        management: management(&body["master_management_network"])?,
        dns_servers: texts(&body["master_DNS"]),
        dns_search_domains: texts(&body["master_DNS_search_domains"]),
        ntp_servers: texts(&body["master_NTP_servers"]),
        dns_names: texts(&body["Master_DNS_names"]),
        login_banner: body["login_banner"].as_str().map(str::to_owned),
        proxy: body.get("cluster_proxy_config").cloned(),
    })
}

fn management(spec: &Value) -> Result<Management, Fault> {
    let network = text(spec, "network");
    if spec["mode"] == "DHCP" {
        let given = spec.get("floating_IP");
        let floating_ip = given.map(|ip| addresses::address("floating_IP", ip)).transpose()?;
        return Ok(Management { network, addressing: Addressing::Dhcp { floating_ip } });
    }
    let range = &spec["address_range"];
    let addressing = Addressing::StaticRange {
        range: Range {
            address: addresses::address("starting_address", &range["starting_address"])?,
            count: range["address_count"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        },
        gateway: addresses::address("gateway", &range["gateway"])?,
        subnet_mask: addresses::address("subnet_mask", &range["subnet_mask"])?,
    };
    Ok(Management { network, addressing })
}

fn workloads(body: &Value) -> Workloads {
    Workloads {
        dns_servers: texts(&body["worker_DNS"]),
        ntp_servers: texts(&body["workload_ntp_servers"]),
        ephemeral_storage_policy: text(body, "ephemeral_storage_policy"),
        image_storage_policy: text(&body["image_storage"], "storage_policy"),
        registry: body.get("default_image_registry").cloned(),
        repository: body["default_image_repository"].as_str().map(str::to_owned),
        kubernetes_library: body["default_kubernetes_service_content_library"]
            .as_str()
            .map(str::to_owned),
        content_libraries: list(&body["content_libraries"]),
        file_volumes: body.get("cns_file_config").cloned(),
    }
}

fn ncp(version: &Version, spec: &Value) -> Result<Ncp, Fault> {
    let field = |camel: &str, name: &str| {
        spec[name].as_str().map(str::to_owned).ok_or_else(|| {
            Fault::invalid(Localizable::with(
                "vcenter.wcp.lab.ncp.field",
                "The {0} field in NCPClusterNetworkInfo is required",
                [camel],
            ))
        })
    };
    Ok(Ncp {
        distributed_switch: field("clusterDistributedSwitch", "cluster_distributed_switch")?,
        edge_cluster: field("nsxEdgeCluster", "nsx_edge_cluster")?,
        // Before 7.0.2 WCP found the Tier-0 through the edge cluster; checks do the same.
        tier0: if version.has(Some("7.0.2.0")) {
            field("nsxTier0Gateway", "nsx_tier0_gateway")?
        } else {
            String::new()
        },
        pod_cidrs: addresses::cidrs("pod_cidrs", &spec["pod_cidrs"])?,
        ingress_cidrs: addresses::cidrs("ingress_cidrs", &spec["ingress_cidrs"])?,
        egress_cidrs: addresses::cidrs("egress_cidrs", &spec["egress_cidrs"])?,
        namespace_subnet_prefix: prefix(&spec["namespace_subnet_prefix"]),
        routed_mode: spec["routed_mode"].as_bool().unwrap_or_default(),
        load_balancer_size: "SMALL".to_owned(),
        ingress_certificate: String::new(),
    })
}

/// /28 by default; what is no prefix at all fails the check.
pub(super) fn prefix(value: &Value) -> u8 {
    value.as_u64().map_or(28, |prefix| u8::try_from(prefix).unwrap_or(u8::MAX))
}

fn vsphere(body: &Value) -> Result<NetworkSpec, Fault> {
    let networks = &body["workload_networks_spec"];
    let missing = |field: &str| {
        Fault::invalid(Localizable::with(
            "vapi.data.structure.union.missing",
            "Structure has a union missing required field '{0}'",
            [field],
        ))
    };
    if networks.is_null() {
        return Err(missing("workload_networks_spec"));
    }
    if body["load_balancer_config_spec"].is_null() {
        return Err(missing("load_balancer_config_spec"));
    }
    let others = networks["network_list"].as_array().into_iter().flatten();
    Ok(NetworkSpec::Vsphere {
        primary: WorkloadNetwork::read(&networks["supervisor_primary_workload_network"])?,
        others: others.map(WorkloadNetwork::read).collect::<Result<_, _>>()?,
        load_balancer: load_balancers::read(&body["load_balancer_config_spec"])?,
    })
}

/// The text of a field, empty if there is none.
pub(super) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// A list of texts.
pub(super) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

/// A list as it is.
pub(super) fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
