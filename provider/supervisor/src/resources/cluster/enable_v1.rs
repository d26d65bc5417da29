//! A Supervisor to be, as the calls by cluster want it: the only ones on vCenter 7.

use api_client::Version;
use tf_framework::{Error, Unknown};
use vcenter::{
    NetworkId, NetworkProvider,
    clusters::{
        EnableSpec, ImageStorage, ManagementAddresses, ManagementNetwork, NcpEnable,
        WorkloadNetworksEnable,
    },
    load_balancers::{CreateSpec as Balancer, HaProxyCreate},
    networks::{self, VsphereNetwork},
};

use super::{
    model::{HaProxy, Mode, Model, Nsx, Vsphere},
    values::{Policies, Services, blocks, needed, password, ranges, servers, sizing},
};

/// The specification that follows from a plan with its write-only values, without the fields that
/// a vCenter of that version does not know.
pub(super) fn spec(plan: &Model, version: &Version) -> Result<EnableSpec, Error> {
    let mut spec = newest(plan)?;
    if *version < Version::new(&[7, 0, 2]) {
        spec.ncp = spec.ncp.map(|ncp| NcpEnable {
            tier0: None,
            namespace_subnet_prefix: None,
            routed_mode: None,
            ..ncp
        });
    }
    if *version < Version::new(&[7, 0, 1]) {
        spec.workload_ntp_servers = None;
    }
    Ok(spec)
}

fn newest(plan: &Model) -> Result<EnableSpec, Error> {
    let policies = Policies::of(plan)?;
    let services = Services::of(plan)?;
    let network = plan.workload_network.get()?;
    let (nsx, vsphere) = (network.nsx.get()?, network.vsphere.get()?);
    let network_provider =
        if nsx.is_some() { NetworkProvider::Nsx } else { NetworkProvider::Vsphere };
    let service = plan.service_cidr.get()?.cidr();
    Ok(EnableSpec {
        size: sizing(*plan.size.get()?),
        service_cidr: vcenter::Ipv4Cidr::new(service.network(), service.prefix()),
        network_provider,
        ncp: nsx.map(ncp).transpose()?,
        workload_networks: vsphere.map(workload_networks).transpose()?,
        load_balancer: load_balancer(plan)?,
        management_network: management_network(plan)?,
        management_dns: Some(services.management_dns),
        management_dns_search_domains: Some(services.search_domains),
        management_ntp_servers: Some(services.management_ntp),
        workload_dns: Some(services.workload_dns),
        workload_ntp_servers: Some(services.workload_ntp),
        api_server_dns_names: None,
        control_plane_storage_policy: policies.control_plane,
        ephemeral_storage_policy: policies.ephemeral,
        image_storage: ImageStorage { storage_policy: policies.images },
        default_image_registry: None,
        default_image_repository: None,
        kubernetes_library: plan.content_library.get()?.map(|it| it.as_str().into()),
        content_libraries: None,
        file_volumes: None,
        proxy: None,
        login_banner: None,
        control_plane_count: None,
    })
}

fn management_network(plan: &Model) -> Result<ManagementNetwork, Error> {
    let it = plan.management_network.get()?;
    let network = NetworkId::from(it.network.get()?.as_str());
    if *it.mode.get()? == Mode::Dhcp {
        return Ok(ManagementNetwork::dhcp(network));
    }
    let addresses = ManagementAddresses {
        starting_address: needed(it.starting_address.get()?, "starting_address")?.to_string(),
        address_count: *it.address_count.get()?,
        subnet_mask: needed(it.subnet_mask.get()?, "subnet_mask")?.to_string(),
        gateway: needed(it.gateway.get()?, "gateway")?.to_string(),
    };
    Ok(ManagementNetwork::fixed(network, addresses))
}

fn ncp(nsx: &Nsx) -> Result<NcpEnable, Unknown> {
    Ok(NcpEnable {
        pod_cidrs: blocks(nsx.pod_cidrs.get()?),
        ingress_cidrs: blocks(nsx.ingress_cidrs.get()?),
        egress_cidrs: blocks(nsx.egress_cidrs.get()?),
        switch: Some(nsx.distributed_switch.get()?.as_vcenter_has_it().into()),
        edge_cluster: Some(nsx.edge_cluster.get()?.as_str().into()),
        tier0: nsx.tier0_gateway.get()?.map(|it| it.id().into()),
        namespace_subnet_prefix: Some(*nsx.namespace_subnet_prefix.get()?),
        routed_mode: Some(*nsx.routed_mode.get()?),
    })
}

fn workload_networks(vsphere: &Vsphere) -> Result<WorkloadNetworksEnable, Unknown> {
    let network = VsphereNetwork {
        port_group: vsphere.port_group.get()?.as_str().into(),
        gateway: vsphere.gateway.get()?.to_string(),
        subnet_mask: vsphere.subnet_mask.get()?.to_string(),
        address_ranges: ranges(vsphere.address_ranges.get()?),
        ip_assignment_mode: None,
    };
    let primary = networks::CreateSpec::vsphere(vsphere.name.get()?.as_str().into(), network);
    Ok(WorkloadNetworksEnable { primary, more: None })
}

fn load_balancer(plan: &Model) -> Result<Option<Balancer>, Error> {
    let Some(it) = plan.load_balancer.get()? else { return Ok(None) };
    let (id, addresses) = (it.name.get()?.as_str().into(), ranges(it.address_ranges.get()?));
    Ok(Some(Balancer::ha_proxy(id, addresses, ha_proxy(it.haproxy.get()?)?)))
}

fn ha_proxy(it: &HaProxy) -> Result<HaProxyCreate, Error> {
    let password = password(it)?;
    Ok(HaProxyCreate {
        servers: servers(it.servers.get()?),
        username: it.username.get()?.clone(),
        password,
        certificate_authority_chain: it.certificate_authority.get()?.as_str().to_owned(),
    })
}
