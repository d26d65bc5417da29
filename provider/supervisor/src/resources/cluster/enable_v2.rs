//! A Supervisor to be, as the calls of vCenter 8 want it.

use tf_framework::{Error, Unknown};
use vcenter::{
    IpRange, NetworkId,
    supervisors::{
        AddressAssignment, Assignee, ControlPlane, Dns, Edge, EnableOnClusterSpec,
        EnableOnZonesSpec, HaProxy, Images, IpManagement, ManagementBacking, ManagementNetwork,
        NetworkServices, NetworkType, NsxEdge, NsxWorkloads, Ntp, RoutingMode, VsphereWorkloads,
        WorkloadNetwork, Workloads, WorkloadsStorage,
    },
};

use super::{
    model::{LoadBalancer, Mode, Model, Nsx, Vsphere},
    values::{Policies, Services, block_ranges, needed, password, ranges, servers, sizing},
};

/// How many machines a control plane has if nothing is said.
const MACHINES: u32 = 3;

/// The specification for one cluster.
pub(super) fn on_cluster(plan: &Model, name: String) -> Result<EnableOnClusterSpec, Error> {
    let (control_plane, workloads) = (control_plane(plan)?, workloads(plan)?);
    Ok(EnableOnClusterSpec { name, zone: None, control_plane, workloads })
}

/// The specification for the clusters of zones.
pub(super) fn on_zones(plan: &Model) -> Result<EnableOnZonesSpec, Error> {
    let zones = needed(plan.zones.get()?, "zones")?;
    let zones = zones.iter().map(|zone| zone.as_str().into()).collect();
    let name = plan.name.get()?.clone();
    let (control_plane, workloads) = (control_plane(plan)?, workloads(plan)?);
    Ok(EnableOnZonesSpec { name, zones, control_plane, workloads })
}

fn control_plane(plan: &Model) -> Result<ControlPlane, Error> {
    let count = *plan.control_plane_count.get()?;
    Ok(ControlPlane {
        network: management_network(plan)?,
        size: Some(sizing(*plan.size.get()?)),
        storage_policy: Some(Policies::of(plan)?.control_plane),
        // Versions before 9.0 know three machines alone, and no word for it.
        count: (count != MACHINES).then_some(count),
        login_banner: None,
    })
}

fn management_network(plan: &Model) -> Result<ManagementNetwork, Error> {
    let it = plan.management_network.get()?;
    let services = Services::of(plan)?;
    let ip_management = match it.mode.get()? {
        Mode::Dhcp => IpManagement { dhcp_enabled: Some(true), ..IpManagement::default() },
        Mode::StaticRange => {
            let first = needed(it.starting_address.get()?, "starting_address")?;
            let gateway = needed(it.gateway.get()?, "gateway")?;
            let mask = needed(it.subnet_mask.get()?, "subnet_mask")?;
            let nodes = vec![IpRange::new(first, *it.address_count.get()?)];
            fixed(format!("{gateway}/{}", mask.prefix()), vec![assign(Assignee::Node, nodes)])
        }
    };
    Ok(ManagementNetwork {
        id: None,
        backing: ManagementBacking::network(NetworkId::from(it.network.get()?.as_str())),
        services: Some(NetworkServices {
            dns: Some(Dns {
                servers: services.management_dns,
                search_domains: services.search_domains,
            }),
            ntp: Some(Ntp { servers: services.management_ntp }),
        }),
        ip_management: Some(ip_management),
        floating_ip: None,
        proxy: None,
    })
}

fn workloads(plan: &Model) -> Result<Workloads, Error> {
    let policies = Policies::of(plan)?;
    let library = plan.content_library.get()?;
    Ok(Workloads {
        network: workload_network(plan)?,
        edge: edge(plan)?,
        images: library.map(|library| Images {
            kubernetes_library: Some(library.as_str().into()),
            ..Images::default()
        }),
        api_server: None,
        storage: Some(WorkloadsStorage {
            ephemeral_storage_policy: Some(policies.ephemeral),
            image_storage_policy: Some(policies.images),
            file_volumes: None,
        }),
    })
}

fn workload_network(plan: &Model) -> Result<WorkloadNetwork, Error> {
    let services = Services::of(plan)?;
    let service = assign(Assignee::Service, block_ranges(&[*plan.service_cidr.get()?]));
    let network = plan.workload_network.get()?;
    let services = Some(NetworkServices {
        dns: Some(Dns { servers: services.workload_dns, search_domains: Vec::new() }),
        ntp: Some(Ntp { servers: services.workload_ntp }),
    });
    if let Some(nsx) = network.nsx.get()? {
        let pods = assign(Assignee::Pod, block_ranges(nsx.pod_cidrs.get()?));
        return Ok(WorkloadNetwork {
            id: None,
            kind: NetworkType::Nsx,
            nsx: Some(NsxWorkloads {
                switch: nsx.distributed_switch.get()?.as_vcenter_has_it().into(),
                namespace_subnet_prefix: Some(*nsx.namespace_subnet_prefix.get()?),
            }),
            vsphere: None,
            services,
            ip_management: Some(IpManagement {
                dhcp_enabled: Some(false),
                gateway_address: None,
                assignments: Some(vec![pods, service]),
            }),
        });
    }
    let vsphere = needed(network.vsphere.get()?, "workload_network.vsphere")?;
    Ok(on_port_group(vsphere, services, service)?)
}

fn on_port_group(
    vsphere: &Vsphere,
    services: Option<NetworkServices>,
    service: AddressAssignment,
) -> Result<WorkloadNetwork, Unknown> {
    let nodes = assign(Assignee::Node, ranges(vsphere.address_ranges.get()?));
    let gateway = format!("{}/{}", vsphere.gateway.get()?, vsphere.subnet_mask.get()?.prefix());
    Ok(WorkloadNetwork {
        id: Some(vsphere.name.get()?.as_str().into()),
        kind: NetworkType::Vsphere,
        nsx: None,
        vsphere: Some(VsphereWorkloads { port_group: vsphere.port_group.get()?.as_str().into() }),
        services,
        ip_management: Some(fixed(gateway, vec![nodes, service])),
    })
}

fn edge(plan: &Model) -> Result<Edge, Error> {
    let network = plan.workload_network.get()?;
    if let Some(nsx) = network.nsx.get()? {
        return Ok(Edge::nsx(block_ranges(nsx.ingress_cidrs.get()?), nsx_edge(nsx)?));
    }
    let balancer: &LoadBalancer = needed(plan.load_balancer.get()?, "load_balancer")?;
    let it = balancer.haproxy.get()?;
    let ha_proxy = HaProxy {
        servers: servers(it.servers.get()?),
        username: it.username.get()?.clone(),
        password: password(it)?,
        certificate_authority_chain: it.certificate_authority.get()?.as_str().to_owned(),
    };
    let addresses = ranges(balancer.address_ranges.get()?);
    Ok(Edge::ha_proxy(balancer.name.get()?.as_str().into(), addresses, ha_proxy))
}

fn nsx_edge(nsx: &Nsx) -> Result<NsxEdge, Unknown> {
    let is_routed = *nsx.routed_mode.get()?;
    let egress = block_ranges(nsx.egress_cidrs.get()?);
    Ok(NsxEdge {
        edge_cluster: Some(nsx.edge_cluster.get()?.as_str().into()),
        tier0: nsx.tier0_gateway.get()?.map(|it| it.id().into()),
        routing_mode: Some(if is_routed { RoutingMode::Routed } else { RoutingMode::Nat }),
        egress_ranges: (!is_routed).then_some(egress),
        ..NsxEdge::default()
    })
}

fn fixed(gateway: String, assignments: Vec<AddressAssignment>) -> IpManagement {
    IpManagement {
        dhcp_enabled: Some(false),
        gateway_address: Some(gateway),
        assignments: Some(assignments),
    }
}

fn assign(assignee: Assignee, ranges: Vec<IpRange>) -> AddressAssignment {
    AddressAssignment { assignee: Some(assignee), ranges }
}
