//! A Supervisor as it is, in the words of the configuration where these mean the same.

use std::str::FromStr;

use namespace_network::address::AddressRange;
use tf_framework::{Attr, Defaulted, Optional, Required};
use vcenter::{
    ConfigStatus, PolicyId, SizingHint,
    clusters::{Info, ManagementMode, NcpInfo},
    load_balancers, networks,
};

use super::{
    form,
    model::{
        HaProxy, LoadBalancer, ManagementNetwork, Mode, Model, Nsx, Size, Vsphere, WorkloadNetwork,
    },
    text::{self, Tier0Path},
    values::{cidr, range},
};
use crate::said;

/// `before` with what vCenter has by now; what vCenter does not tell stays.
pub(super) fn to_model(info: &Info, before: &Model) -> Model {
    let service = cidr(&info.service_cidr);
    let library = info.kubernetes_library.as_ref().map(ToString::to_string);
    let model = Model {
        size: info.size.as_ref().and_then(size).map_or_else(|| before.size.clone(), Attr::from),
        control_plane_count: info
            .control_plane_count
            .map_or_else(|| before.control_plane_count.clone(), Attr::from),
        management_network: management_network(info, before.management_network.known()).into(),
        workload_network: workload_network(info, before.workload_network.known()).into(),
        service_cidr: service.map_or_else(|| before.service_cidr.clone(), Attr::from),
        load_balancer: load_balancer(info, before.load_balancer.known()).into(),
        content_library: library.and_then(|it| it.parse().ok()).into(),
        ..before.clone()
    };
    with_status(with_policies(model, info, before), info)
}

/// `model` with what says how the Supervisor is.
pub(super) fn with_status(model: Model, info: &Info) -> Model {
    let messages = info.messages.iter().chain(&info.kubernetes_status_messages);
    let endpoint = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Model {
        config_status: info.config_status.to_string().into(),
        kubernetes_status: info.kubernetes_status.to_string().into(),
        messages: messages.map(said::message).collect::<Vec<_>>().into(),
        api_server_endpoint: endpoint(&info.api_server_cluster_endpoint).into(),
        management_endpoint: endpoint(&info.api_server_management_endpoint).into(),
        ..model
    }
}

/// `model` as it is before vCenter was asked how it is.
pub(super) fn just_begun(model: Model) -> Model {
    Model {
        config_status: ConfigStatus::Configuring.to_string().into(),
        kubernetes_status: Attr::null(),
        messages: Vec::new().into(),
        api_server_endpoint: Attr::null(),
        management_endpoint: Attr::null(),
        ..model
    }
}

fn size(hint: &SizingHint) -> Option<Size> {
    match hint {
        SizingHint::Tiny => Some(Size::Tiny),
        SizingHint::Small => Some(Size::Small),
        SizingHint::Medium => Some(Size::Medium),
        SizingHint::Large => Some(Size::Large),
        SizingHint::Other(_) => None,
    }
}

/// The policies as they are. An import finds none written that stands in for the others: the one
/// that most have is taken for it.
fn with_policies(model: Model, info: &Info, before: &Model) -> Model {
    let images = info.image_storage.as_ref().map(|it| &it.storage_policy);
    let (Some(control_plane), Some(ephemeral), Some(images)) =
        (&info.control_plane_storage_policy, &info.ephemeral_storage_policy, images)
    else {
        return model;
    };
    let is_import = before.control_plane_storage_policy.is_null();
    let common = if ephemeral == images { images } else { control_plane };
    let storage_policy = if is_import { policy(common) } else { before.storage_policy.clone() };
    Model {
        storage_policy,
        control_plane_storage_policy: policy(control_plane),
        ephemeral_storage_policy: policy(ephemeral),
        image_storage_policy: policy(images),
        ..model
    }
}

fn policy(id: &PolicyId) -> Defaulted<text::PolicyId> {
    id.as_str().parse().ok().into()
}

fn management_network(
    info: &Info,
    before: Option<&ManagementNetwork>,
) -> Option<ManagementNetwork> {
    let Some(now) = &info.management_network else { return before.cloned() };
    let addresses = now.addresses.as_ref();
    let mode = match now.mode {
        ManagementMode::Dhcp => Mode::Dhcp,
        _ => Mode::StaticRange,
    };
    let starting_address = parsed(addresses.map(|it| it.starting_address.as_str()));
    Some(ManagementNetwork {
        network: or_before(now.network.as_str(), before.map(|it| &it.network)),
        mode: mode.into(),
        floating_ip: form::floating_ip(&mode.into(), &starting_address),
        starting_address,
        address_count: addresses.map_or(5, |it| it.address_count).into(),
        subnet_mask: parsed(addresses.map(|it| it.subnet_mask.as_str())),
        gateway: parsed(addresses.map(|it| it.gateway.as_str())),
        dns_servers: all(&info.management_dns).into(),
        dns_search_domains: all(&info.management_dns_search_domains).into(),
        ntp_servers: all(&info.management_ntp_servers).into(),
    })
}

fn workload_network(info: &Info, before: Option<&WorkloadNetwork>) -> WorkloadNetwork {
    let nsx = before.and_then(|it| it.nsx.known());
    let vsphere = before.and_then(|it| it.vsphere.known());
    let primary = info.workload_networks.as_ref().map(|it| &it.primary);
    WorkloadNetwork {
        nsx: info.ncp.as_ref().map(|it| of_ncp(it, nsx)).into(),
        vsphere: primary.and_then(|it| on_port_group(it, vsphere)).into(),
        dns_servers: own_or(&info.workload_dns, &info.management_dns),
        ntp_servers: own_or(&info.workload_ntp_servers, &info.management_ntp_servers),
    }
}

fn of_ncp(now: &NcpInfo, before: Option<&Nsx>) -> Nsx {
    let same_switch = before
        .map(|it| &it.distributed_switch)
        .filter(|it| it.known().is_some_and(|it| it.as_vcenter_has_it() == now.switch.as_str()));
    let cidrs = |blocks: &[vcenter::Ipv4Cidr]| blocks.iter().filter_map(cidr).collect::<Vec<_>>();
    Nsx {
        distributed_switch: same_switch.cloned().unwrap_or_else(|| {
            or_before(now.switch.as_str(), before.map(|it| &it.distributed_switch))
        }),
        edge_cluster: or_before(now.edge_cluster.as_str(), before.map(|it| &it.edge_cluster)),
        tier0_gateway: now.tier0.as_ref().and_then(|it| Tier0Path::of(it.as_str())).into(),
        pod_cidrs: cidrs(&now.pod_cidrs).into(),
        ingress_cidrs: cidrs(&now.ingress_cidrs).into(),
        egress_cidrs: cidrs(&now.egress_cidrs).into(),
        namespace_subnet_prefix: now.namespace_subnet_prefix.unwrap_or(28).into(),
        routed_mode: now.routed_mode.unwrap_or(false).into(),
    }
}

fn on_port_group(now: &networks::Info, before: Option<&Vsphere>) -> Option<Vsphere> {
    let network = now.vsphere.as_ref()?;
    Some(Vsphere {
        name: name(now.id.as_str(), before.map(|it| &it.name)),
        port_group: or_before(network.port_group.as_str(), before.map(|it| &it.port_group)),
        gateway: or_before(&network.gateway, before.map(|it| &it.gateway)),
        subnet_mask: or_before(&network.subnet_mask, before.map(|it| &it.subnet_mask)),
        address_ranges: address_ranges(&network.address_ranges).into(),
    })
}

/// The load balancer, if it is one that can be written here.
fn load_balancer(info: &Info, before: Option<&LoadBalancer>) -> Option<LoadBalancer> {
    let now: &load_balancers::Info = info.load_balancers.first()?;
    let how = now.ha_proxy.as_ref()?;
    let old = before.and_then(|it| it.haproxy.known());
    let servers = how.servers.iter().map(|it| format!("{}:{}", it.host, it.port));
    let same = |it: &Required<crate::config::AuthorityPem>| {
        let was = it.known().map(|pem| form::certificates(pem.as_str()));
        was == Some(form::certificates(&how.certificate_authority_chain))
    };
    let authority = old.map(|it| &it.certificate_authority);
    Some(LoadBalancer {
        name: name(now.id.as_str(), before.map(|it| &it.name)),
        address_ranges: address_ranges(&now.address_ranges).into(),
        haproxy: HaProxy {
            servers: servers.filter_map(|it| it.parse().ok()).collect::<Vec<_>>().into(),
            username: how.username.clone().into(),
            password_wo: Attr::null(),
            password_wo_version: old.map_or(Optional::null(), |it| it.password_wo_version.clone()),
            certificate_authority: match authority {
                Some(it) if same(it) => it.clone(),
                other => or_before(&how.certificate_authority_chain, other),
            },
        }
        .into(),
    })
}

pub(in crate::resources) fn address_ranges(found: &[vcenter::IpRange]) -> Vec<AddressRange> {
    found.iter().filter_map(range).collect()
}

fn name<T: FromStr + Clone>(text: &str, before: Option<&Defaulted<T>>) -> Defaulted<T> {
    let old = |_| before.cloned().unwrap_or_default();
    text.parse::<T>().map_or_else(old, Attr::from)
}

/// What cannot be read is no drift.
fn or_before<T: FromStr + Clone>(text: &str, before: Option<&Required<T>>) -> Required<T> {
    let old = |_| before.cloned().unwrap_or_default();
    text.parse::<T>().map_or_else(old, Attr::from)
}

fn parsed<T: FromStr>(text: Option<&str>) -> Optional<T> {
    text.and_then(|text| text.parse().ok()).into()
}

fn all<T: FromStr>(texts: &[String]) -> Vec<T> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

/// What workloads have of their own; a vCenter that names nothing has given them the control
/// plane's.
fn own_or<T: FromStr>(own: &[String], common: &[String]) -> Defaulted<Vec<T>> {
    all(if own.is_empty() { common } else { own }).into()
}
