//! Changing a Supervisor. What is not in the contract's `UpdateSpec` and `SetSpec` cannot change:
//! service CIDR, switch, edge cluster, Tier-0, subnet prefix, mode, management network.

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use super::fault::Fault;
use super::message::Localizable;
use super::routes::Call;
use super::supervisor::{Addressing, ControlPlane, Ncp, Network, Supervisor};
use super::{addresses, blocks, clusters, inventory, states};
use crate::Tx;

/// `PATCH /clusters/{cluster}`: what is not given stays.
pub(crate) fn patch(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    change(tx, call, &call.body)
}

/// `PUT /clusters/{cluster}`: what is not given is cleared, lists by an empty one.
pub(crate) fn put(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let mut body = call.body.clone();
    for list in [
        "Master_DNS_names",
        "content_libraries",
        "master_DNS",
        "master_DNS_search_domains",
        "master_NTP_servers",
        "worker_DNS",
        "workload_ntp_servers",
    ] {
        if body.get(list).is_none() {
            body[list] = json!([]);
        }
    }
    for single in [
        "cluster_proxy_config",
        "cns_file_config",
        "default_image_registry",
        "default_image_repository",
        "default_kubernetes_service_content_library",
        "login_banner",
    ] {
        if body.get(single).is_none() {
            body[single] = Value::Null;
        }
    }
    change(tx, call, &body)
}

/// `body` holds what changes; an explicit null clears.
fn change(tx: &mut Tx<'_>, call: &Call<'_>, body: &Value) -> Result<(), Fault> {
    let mut supervisor = clusters::changeable(tx, call.path("cluster"))?;
    provider(&supervisor, body)?;
    control_plane(&mut supervisor, body)?;
    storage(tx, &mut supervisor, body)?;
    workloads(tx, &mut supervisor, body)?;
    let ncp = &body["ncp_cluster_network_spec"];
    if let (Network::Ncp(settings), false) = (&mut supervisor.network, ncp.is_null()) {
        ranges(settings, ncp)?;
        blocks::large_enough(settings)?;
        blocks::disjoint(&blocks::of(tx, &supervisor)?)?;
    }
    states::apply(tx, supervisor);
    Ok(())
}

fn provider(supervisor: &Supervisor, body: &Value) -> Result<(), Fault> {
    let own = match supervisor.network {
        Network::Ncp(_) => "NSXT_CONTAINER_PLUGIN",
        Network::Vsphere(_) => "VSPHERE_NETWORK",
    };
    match body["network_provider"].as_str() {
        Some(other) if other != own => Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.provider.fixed",
            "Network provider of cluster {0} is {1} and cannot change to {2}.",
            [supervisor.cluster.as_str(), own, other],
        ))),
        _ => Ok(()),
    }
}

fn control_plane(supervisor: &mut Supervisor, body: &Value) -> Result<(), Fault> {
    let plane = &mut supervisor.control_plane;
    if let Some(size) = body["size_hint"].as_str() {
        size.clone_into(&mut plane.size);
    }
    match (body["count"].as_u64(), plane.count) {
        (None, _) | (Some(1), 1) => {}
        (Some(3), _) => plane.count = 3,
        _ => {
            return Err(Fault::invalid(Localizable::with(
                "vcenter.wcp.lab.count",
                "A control plane of {0} can have 1 or 3 VMs, and grow from 1 to 3 only.",
                [plane.count.to_string().as_str()],
            )));
        }
    }
    for (field, list) in [
        ("master_DNS", &mut plane.dns_servers),
        ("master_DNS_search_domains", &mut plane.dns_search_domains),
        ("master_NTP_servers", &mut plane.ntp_servers),
        ("Master_DNS_names", &mut plane.dns_names),
    ] {
        replace(body, field, list);
    }
    optional(body, "login_banner", &mut plane.login_banner);
    whole(body, "cluster_proxy_config", &mut plane.proxy);
    if let (Addressing::Dhcp { floating_ip }, Some(given)) =
        (&mut plane.management.addressing, body.get("floating_IP"))
    {
        *floating_ip = Some(addresses::address("floating_IP", given)?);
        supervisor.endpoints.management = *floating_ip;
    }
    resolvable(&supervisor.control_plane)
}

/// Only a DHCP server can make up for missing DNS servers.
fn resolvable(plane: &ControlPlane) -> Result<(), Fault> {
    let dhcp = matches!(plane.management.addressing, Addressing::Dhcp { .. });
    if plane.dns_servers.is_empty() && !dhcp {
        return Err(Fault::invalid(Localizable::new(
            "vcenter.wcp.masterdns.empty",
            "No management network DNS servers were specified",
        )));
    }
    Ok(())
}

fn storage(tx: &Tx<'_>, supervisor: &mut Supervisor, body: &Value) -> Result<(), Fault> {
    let policies = [
        (&body["master_storage_policy"], &mut supervisor.control_plane.storage_policy),
        (&body["ephemeral_storage_policy"], &mut supervisor.workloads.ephemeral_storage_policy),
        (&body["image_storage"]["storage_policy"], &mut supervisor.workloads.image_storage_policy),
    ];
    for (given, policy) in policies {
        let Some(given) = given.as_str() else { continue };
        if !inventory::has_policy(tx, given) {
            return Err(Fault::not_found("Storage policy", given));
        }
        given.clone_into(policy);
    }
    Ok(())
}

fn workloads(tx: &Tx<'_>, supervisor: &mut Supervisor, body: &Value) -> Result<(), Fault> {
    let workloads = &mut supervisor.workloads;
    replace(body, "worker_DNS", &mut workloads.dns_servers);
    replace(body, "workload_ntp_servers", &mut workloads.ntp_servers);
    whole(body, "default_image_registry", &mut workloads.registry);
    optional(body, "default_image_repository", &mut workloads.repository);
    optional(body, "default_kubernetes_service_content_library", &mut workloads.kubernetes_library);
    whole(body, "cns_file_config", &mut workloads.file_volumes);
    if let Some(libraries) = body["content_libraries"].as_array() {
        workloads.content_libraries.clone_from(libraries);
    }
    let listed = workloads.content_libraries.iter();
    let listed = listed.filter_map(|it| it["content_library"].as_str());
    let mut all = listed.chain(workloads.kubernetes_library.as_deref());
    match all.find(|library| !inventory::has_library(tx, library)) {
        Some(library) => Err(Fault::not_found("Content library", library)),
        None => Ok(()),
    }
}

/// CIDRs are append only, in PATCH and in PUT (behaviour.md 1.6).
fn ranges(ncp: &mut Ncp, spec: &Value) -> Result<(), Fault> {
    let routed = ncp.routed_mode;
    for (field, cidrs) in [
        ("pod_cidrs", &mut ncp.pod_cidrs),
        ("ingress_cidrs", &mut ncp.ingress_cidrs),
        ("egress_cidrs", &mut ncp.egress_cidrs),
    ] {
        let Some(given) = spec.get(field) else { continue };
        let given = addresses::cidrs(field, given)?;
        appended(field, cidrs, &given)?;
        if routed && field == "egress_cidrs" && !given.is_empty() {
            return Err(Fault::invalid(Localizable::new(
                "vcenter.wcp.lab.routed.egress",
                "Egress CIDRs are not allowed in routed mode.",
            )));
        }
        *cidrs = given;
    }
    if let Some(certificate) = spec["default_ingress_tls_certificate"].as_str() {
        certificate.clone_into(&mut ncp.ingress_certificate);
    }
    Ok(())
}

fn appended(field: &str, old: &[Ipv4Net], new: &[Ipv4Net]) -> Result<(), Fault> {
    match old.iter().find(|cidr| !new.contains(cidr)) {
        None => Ok(()),
        Some(gone) => Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.cidr.append_only",
            "{0}: CIDR block {1} can be neither changed nor removed.",
            [field, &gone.to_string()],
        ))),
    }
}

fn replace(body: &Value, field: &str, list: &mut Vec<String>) {
    if let Some(items) = body[field].as_array() {
        *list = items.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
    }
}

fn optional(body: &Value, field: &str, text: &mut Option<String>) {
    if let Some(given) = body.get(field) {
        *text = given.as_str().map(str::to_owned);
    }
}

fn whole(body: &Value, field: &str, value: &mut Option<Value>) {
    if let Some(given) = body.get(field) {
        *value = Some(given.clone()).filter(|it| !it.is_null());
    }
}
