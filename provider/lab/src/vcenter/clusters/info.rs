//! `Clusters.Info`, whose fields' names are irregular.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::stats;
use crate::Tx;
use crate::vcenter::addresses::cidr_json;
use crate::vcenter::load_balancers;
use crate::vcenter::message::Message;
use crate::vcenter::networks::WorkloadNetwork;
use crate::vcenter::states;
use crate::vcenter::supervisor::{Addressing, Management, Ncp, Network, Supervisor, Vsphere};

/// Everything about a Supervisor; what its version does not know is taken out afterwards.
pub(super) fn info(tx: &Tx<'_>, supervisor: &Supervisor) -> Value {
    let mut info = status(supervisor);
    info.extend(control_plane(supervisor));
    info.extend(workloads(supervisor));
    info.extend(match &supervisor.network {
        Network::Ncp(ncp) => nsx(ncp),
        Network::Vsphere(vsphere) => vsphere_networks(tx, supervisor, vsphere),
    });
    Value::Object(info)
}

fn status(supervisor: &Supervisor) -> Map<String, Value> {
    let messages = |all: &[Message]| all.iter().map(Message::json).collect::<Vec<_>>();
    let endpoints = &supervisor.endpoints;
    // Before an endpoint is there the field, which is required, is empty.
    let endpoint = |it: Option<Ipv4Addr>| it.map(|it| it.to_string()).unwrap_or_default();
    object(json!({
        "config_status": supervisor.config_status,
        "kubernetes_status": supervisor.kubernetes_status,
        "messages": messages(&supervisor.messages),
        "kubernetes_status_messages": messages(&supervisor.kubernetes_messages),
        "conditions": states::conditions(supervisor),
        "stat_summary": stats(supervisor),
        "api_servers": endpoints.servers,
        "api_server_management_endpoint": endpoint(endpoints.management),
        "api_server_cluster_endpoint": endpoint(endpoints.cluster),
        "service_cidr": cidr_json(supervisor.service_cidr),
    }))
}

fn control_plane(supervisor: &Supervisor) -> Map<String, Value> {
    let plane = &supervisor.control_plane;
    object(json!({
        "size_hint": plane.size,
        "count": plane.count,
        "master_storage_policy": plane.storage_policy,
        "master_management_network": management(&plane.management),
        "master_DNS": plane.dns_servers,
        "master_DNS_search_domains": plane.dns_search_domains,
        "master_NTP_servers": plane.ntp_servers,
        "Master_DNS_names": plane.dns_names,
        "login_banner": plane.login_banner,
        "cluster_proxy_config": plane.proxy,
    }))
}

fn management(management: &Management) -> Value {
    match &management.addressing {
        Addressing::Dhcp { floating_ip } => json!({
            "mode": "DHCP", "network": management.network, "floating_IP": floating_ip,
        }),
        Addressing::StaticRange { range, gateway, subnet_mask } => json!({
            "mode": "STATICRANGE",
            "network": management.network,
            "address_range": {
                "starting_address": range.address,
                "address_count": range.count,
                "gateway": gateway,
                "subnet_mask": subnet_mask,
            },
        }),
    }
}

fn workloads(supervisor: &Supervisor) -> Map<String, Value> {
    let workloads = &supervisor.workloads;
    object(json!({
        "worker_DNS": workloads.dns_servers,
        "workload_ntp_servers": workloads.ntp_servers,
        "ephemeral_storage_policy": workloads.ephemeral_storage_policy,
        "image_storage": { "storage_policy": workloads.image_storage_policy },
        "default_image_registry": workloads.registry,
        "default_image_repository": workloads.repository,
        "default_kubernetes_service_content_library": workloads.kubernetes_library,
        "content_libraries": workloads.content_libraries,
        "cns_file_config": workloads.file_volumes,
    }))
}

fn nsx(ncp: &Ncp) -> Map<String, Value> {
    let cidrs = |nets: &[ipnet::Ipv4Net]| nets.iter().copied().map(cidr_json).collect::<Vec<_>>();
    object(json!({
        "network_provider": "NSXT_CONTAINER_PLUGIN",
        "ncp_cluster_network_info": {
            "cluster_distributed_switch": ncp.distributed_switch,
            "nsx_edge_cluster": ncp.edge_cluster,
            "nsx_tier0_gateway": ncp.tier0,
            "pod_cidrs": cidrs(&ncp.pod_cidrs),
            "ingress_cidrs": cidrs(&ncp.ingress_cidrs),
            "egress_cidrs": cidrs(&ncp.egress_cidrs),
            "namespace_subnet_prefix": ncp.namespace_subnet_prefix,
            "routed_mode": ncp.routed_mode,
            "default_ingress_tls_certificate": ncp.ingress_certificate,
        },
    }))
}

fn vsphere_networks(tx: &Tx<'_>, supervisor: &Supervisor, vsphere: &Vsphere) -> Map<String, Value> {
    let networks = WorkloadNetwork::all(tx, &supervisor.cluster);
    let (primary, others): (Vec<_>, Vec<_>) =
        networks.into_iter().partition(|network| network.name == vsphere.primary);
    let infos = |all: &[WorkloadNetwork]| -> Vec<Value> {
        all.iter().map(|network| network.info(tx, &supervisor.cluster)).collect()
    };
    object(json!({
        "network_provider": "VSPHERE_NETWORK",
        "supervisor_primary_workload_network": vsphere.primary,
        "workload_networks": {
            "supervisor_primary_workload_network": infos(&primary).pop(),
            "network_list": infos(&others),
        },
        "load_balancers": [load_balancers::info(&vsphere.load_balancer)],
    }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
