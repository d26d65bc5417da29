//! `Supervisors.EnableOnComputeClusterSpec` and `EnableOnZonesSpec`.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::Value;

use super::v1::{list, prefix, text, texts, unsupported};
use super::{NetworkSpec, Spec};
use crate::Tx;
use crate::vcenter::addresses::{self, Range};
use crate::vcenter::fault::Fault;
use crate::vcenter::message::Localizable;
use crate::vcenter::networks::{Assignment, WorkloadNetwork};
use crate::vcenter::sizes;
use crate::vcenter::supervisor::{Addressing, ControlPlane, Management, Ncp, Workloads};
use crate::vcenter::{compatibility, load_balancers};

/// The spec, with the defaults that the contract documents.
pub(super) fn read(tx: &Tx<'_>, cluster: &str, body: &Value) -> Result<Spec, Fault> {
    let (plane, workloads) = (&body["control_plane"], &body["workloads"]);
    let size = plane["size"].as_str().unwrap_or("SMALL");
    let network = &workloads["network"];
    let control_plane = control_plane(tx, size, plane, workloads)?;
    let policy = control_plane.storage_policy.clone();
    Ok(Spec {
        name: Some(text(body, "name")),
        control_plane,
        workloads: workload_settings(workloads, &policy),
        service_cidr: service_cidr(size, &network["ip_management"])?,
        network: match text(network, "network_type").as_str() {
            "NSXT" => NetworkSpec::Ncp(ncp(tx, size, workloads)?),
            "VSPHERE" => vsphere(workloads)?,
            other => return Err(unsupported(cluster, other)),
        },
    })
}

fn control_plane(
    tx: &Tx<'_>,
    size: &str,
    plane: &Value,
    workloads: &Value,
) -> Result<ControlPlane, Fault> {
    let network = &plane["network"];
    let dns = &network["services"]["dns"];
    let names = &workloads["kube_API_server_options"]["security"]["certificate_dns_names"];
    Ok(ControlPlane {
        size: size.to_owned(),
        count: plane["count"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(3),
        storage_policy: policy(tx, &plane["storage_policy"]),
        management: management(network)?,
        dns_servers: texts(&dns["servers"]),
        dns_search_domains: texts(&dns["search_domains"]),
        ntp_servers: texts(&network["services"]["ntp"]["servers"]),
        dns_names: texts(names),
        login_banner: plane["login_banner"].as_str().map(str::to_owned),
        proxy: network.get("proxy").cloned(),
    })
}

/// The vendor's own policy if none is given.
fn policy(tx: &Tx<'_>, given: &Value) -> String {
    let default = || {
        let policies = super::inventory::policies(tx);
        policies.into_iter().find(|it| it.name == "vSAN Default Storage Policy")
    };
    match given.as_str() {
        Some(policy) => policy.to_owned(),
        None => default().map(|it| it.policy).unwrap_or_default(),
    }
}

fn management(spec: &Value) -> Result<Management, Fault> {
    let backing = &spec["backing"];
    let network = match backing["backing"].as_str() {
        Some("NETWORK_SEGMENT") => texts(&backing["network_segment"]["networks"]).concat(),
        _ => text(backing, "network"),
    };
    let ip = &spec["ip_management"];
    let ranges = assigned(ip, "NODE")?;
    let addressing = if ranges.is_empty() && ip["dhcp_enabled"] != false {
        let given = spec.get("floating_IP_address");
        let floating_ip = given.map(|ip| addresses::address("floating_IP_address", ip));
        Addressing::Dhcp { floating_ip: floating_ip.transpose()? }
    } else {
        let (gateway, mask) = gateway(ip)?;
        // Several ranges count together; the lab takes the first for its addresses.
        let first = ranges.first().map_or(gateway, |range| range.address);
        let count = ranges.iter().map(|range| range.count).sum();
        Addressing::StaticRange {
            range: Range { address: first, count },
            gateway,
            subnet_mask: mask,
        }
    };
    Ok(Management { network, addressing })
}

/// `gateway_address` is an address with the prefix of its subnet.
fn gateway(ip: &Value) -> Result<(Ipv4Addr, Ipv4Addr), Fault> {
    let text = text(ip, "gateway_address");
    let net: Ipv4Net = text.parse().map_err(|_| {
        Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.gateway.invalid",
            "gateway_address: {0} is not an IPv4 address with a prefix length.",
            [text.as_str()],
        ))
    })?;
    Ok((net.addr(), net.netmask()))
}

/// Ranges that are assigned to pods, nodes or services.
fn assigned(ip: &Value, assignee: &str) -> Result<Vec<Range>, Fault> {
    let assignments = ip["ip_assignments"].as_array().into_iter().flatten();
    let of_assignee = assignments.filter(|it| it["assignee"] == assignee);
    let ranges = of_assignee.map(|it| addresses::ranges(assignee, &it["ranges"]));
    Ok(ranges.collect::<Result<Vec<_>, _>>()?.concat())
}

fn blocks(ranges: &[Range]) -> Vec<Ipv4Net> {
    ranges.iter().copied().flat_map(Range::networks).collect()
}

/// Where addresses are managed at all the service CIDR is required, as a real system said; else the
/// size's default is taken, which is an assumption of the lab.
fn service_cidr(size: &str, ip: &Value) -> Result<Ipv4Net, Fault> {
    let given = blocks(&assigned(ip, "SERVICE")?);
    match (given.as_slice(), ip) {
        ([cidr], _) => Ok(*cidr),
        ([], Value::Null) => {
            Ok(Ipv4Net::new_assert(Ipv4Addr::new(10, 96, 0, 0), sizes::size(size).service_prefix))
        }
        ([], _) => Err(Fault::invalid(Localizable::new(
            "vcenter.wcp.lab.service_cidr.required",
            "Service CIDR is required",
        ))),
        _ => Err(Fault::invalid(Localizable::new(
            "vcenter.wcp.lab.service_cidr.one",
            "The addresses of SERVICE must be one CIDR block.",
        ))),
    }
}

fn pod_cidrs(size: &str, ip: &Value) -> Result<Vec<Ipv4Net>, Fault> {
    if ip["dhcp_enabled"] == true {
        return Err(Fault::invalid(Localizable::new(
            "vcenter.wcp.lab.nsx.dhcp",
            "DHCP is not supported on an NSX workload network.",
        )));
    }
    if ip.is_null() {
        let prefix = sizes::size(size).pod_prefix;
        return Ok(vec![Ipv4Net::new_assert(Ipv4Addr::new(10, 244, 0, 0), prefix)]);
    }
    Ok(blocks(&assigned(ip, "POD")?))
}

fn ncp(tx: &Tx<'_>, size: &str, workloads: &Value) -> Result<Ncp, Fault> {
    let (network, edge) = (&workloads["network"], &workloads["edge"]);
    let nsx = &edge["nsx"];
    let first = |all: Vec<(String, String)>| all.into_iter().next().map(|(id, _)| id);
    // Unset ids take what NSX had first, as the contract says of the edge cluster.
    let given = |field: &str, default: Option<String>| {
        nsx[field].as_str().map(str::to_owned).or(default).unwrap_or_default()
    };
    let egress = addresses::ranges("egress_IP_ranges", &nsx["egress_IP_ranges"])?;
    let ingress = &edge["load_balancer_address_ranges"];
    let ingress = addresses::ranges("load_balancer_address_ranges", ingress)?;
    Ok(Ncp {
        distributed_switch: text(&network["nsx"], "dvs"),
        edge_cluster: given("edge_cluster_ID", first(compatibility::nsx_edge_clusters(tx))),
        tier0: given("t0_gateway", first(compatibility::nsx_tier0s(tx))),
        pod_cidrs: pod_cidrs(size, &network["ip_management"])?,
        ingress_cidrs: blocks(&ingress),
        egress_cidrs: blocks(&egress),
        namespace_subnet_prefix: prefix(&network["nsx"]["namespace_subnet_prefix"]),
        routed_mode: nsx["routing_mode"] == "ROUTED",
        load_balancer_size: nsx["load_balancer_size"].as_str().unwrap_or("SMALL").to_owned(),
        ingress_certificate: text(nsx, "default_ingress_TLS_certificate"),
    })
}

fn vsphere(workloads: &Value) -> Result<NetworkSpec, Fault> {
    let network = &workloads["network"];
    let ip = &network["ip_management"];
    let ranges = assigned(ip, "NODE")?;
    let (name, portgroup) =
        (network["network"].as_str().unwrap_or("network-1"), text(&network["vsphere"], "dvpg"));
    let assignment = if ranges.is_empty() && ip["dhcp_enabled"] != false {
        Assignment::Dhcp
    } else {
        let (gateway, subnet_mask) = gateway(ip)?;
        Assignment::StaticRange { gateway, subnet_mask, ranges }
    };
    Ok(NetworkSpec::Vsphere {
        primary: WorkloadNetwork { name: name.to_owned(), portgroup, assignment },
        others: Vec::new(),
        load_balancer: load_balancers::read_edge(&workloads["edge"])?,
    })
}

/// Storage policies that are not given are the control plane's.
fn workload_settings(workloads: &Value, policy: &str) -> Workloads {
    let (network, images) = (&workloads["network"], &workloads["images"]);
    let storage = &workloads["storage"];
    let or_policy = |field: &str| storage[field].as_str().unwrap_or(policy).to_owned();
    Workloads {
        dns_servers: texts(&network["services"]["dns"]["servers"]),
        ntp_servers: texts(&network["services"]["ntp"]["servers"]),
        ephemeral_storage_policy: or_policy("ephemeral_storage_policy"),
        image_storage_policy: or_policy("image_storage_policy"),
        registry: images.get("registry").map(without_secrets),
        repository: images["repository"].as_str().map(str::to_owned),
        kubernetes_library: images["kubernetes_content_library"].as_str().map(str::to_owned),
        content_libraries: list(&images["content_libraries"]),
        file_volumes: storage.get("cloud_native_file_volume").cloned(),
    }
}

/// A registry is read back by its host and port alone.
fn without_secrets(registry: &Value) -> Value {
    let mut registry = registry.clone();
    if let Some(fields) = registry.as_object_mut() {
        fields.retain(|name, _| name == "hostname" || name == "port");
    }
    registry
}
