//! Structures as a caller fills them in.

use vcenter::access::{Role, Subject, SubjectType};
use vcenter::clusters::{
    EnableSpec, ImageStorage, ManagementAddresses, ManagementNetwork, NcpEnable,
    WorkloadNetworksEnable,
};
use vcenter::load_balancers::{self, HaProxyCreate};
use vcenter::namespaces::{AccessEntry, CreateSpec, Settings, StorageSpec, VmService};
use vcenter::networks::{self, VsphereNetwork};
use vcenter::supervisors::{
    ControlPlane, Edge, EdgeProvider, EnableOnClusterSpec, ManagementBacking, NetworkType, NsxEdge,
    NsxWorkloads, WorkloadNetwork, Workloads,
};
use vcenter::{IpRange, Ipv4Cidr, NetworkProvider, Server, SizingHint};

fn one(value: &str) -> Vec<String> {
    vec![value.to_owned()]
}

pub(crate) fn enable_nsx() -> EnableSpec {
    EnableSpec {
        size: SizingHint::Small,
        service_cidr: Ipv4Cidr::new("10.96.0.0", 23),
        network_provider: NetworkProvider::Nsx,
        ncp: Some(NcpEnable {
            pod_cidrs: vec![Ipv4Cidr::new("10.244.0.0", 20)],
            ingress_cidrs: vec![Ipv4Cidr::new("192.0.2.0", 26)],
            egress_cidrs: vec![Ipv4Cidr::new("198.51.100.0", 26)],
            switch: Some("50 1a-dvs".into()),
            edge_cluster: Some("edge-cluster-1".into()),
            tier0: Some("tier0-1".into()),
            namespace_subnet_prefix: Some(28),
            routed_mode: Some(false),
        }),
        workload_networks: None,
        load_balancer: None,
        management_network: ManagementNetwork::fixed(
            "network-11".into(),
            ManagementAddresses {
                starting_address: "203.0.113.10".to_owned(),
                address_count: 5,
                subnet_mask: "255.255.255.0".to_owned(),
                gateway: "203.0.113.1".to_owned(),
            },
        ),
        management_dns: Some(one("203.0.113.53")),
        management_dns_search_domains: Some(one("example.test")),
        management_ntp_servers: Some(one("203.0.113.123")),
        workload_dns: Some(one("203.0.113.53")),
        workload_ntp_servers: None,
        api_server_dns_names: Some(one("api.example.test")),
        control_plane_storage_policy: "policy-1".into(),
        ephemeral_storage_policy: "policy-1".into(),
        image_storage: ImageStorage { storage_policy: "policy-1".into() },
        default_image_registry: None,
        default_image_repository: None,
        kubernetes_library: None,
        content_libraries: None,
        file_volumes: None,
        proxy: None,
        login_banner: None,
        control_plane_count: None,
    }
}

pub(crate) fn workload_network() -> networks::CreateSpec {
    networks::CreateSpec::vsphere(
        "primary".into(),
        VsphereNetwork {
            port_group: "dvportgroup-21".into(),
            gateway: "10.1.0.1".to_owned(),
            subnet_mask: "255.255.255.0".to_owned(),
            address_ranges: vec![IpRange::new("10.1.0.10", 50)],
            ip_assignment_mode: None,
        },
    )
}

pub(crate) fn enable_vsphere() -> EnableSpec {
    let ha_proxy = HaProxyCreate {
        servers: vec![Server { host: "10.0.0.9".to_owned(), port: 5556 }],
        username: "client".to_owned(),
        password: "lb-password".into(),
        certificate_authority_chain: "PEM".to_owned(),
    };
    EnableSpec {
        network_provider: NetworkProvider::Vsphere,
        ncp: None,
        workload_networks: Some(WorkloadNetworksEnable { primary: workload_network(), more: None }),
        load_balancer: Some(load_balancers::CreateSpec::ha_proxy(
            "lb".into(),
            vec![IpRange::new("10.2.0.10", 30)],
            ha_proxy,
        )),
        ..enable_nsx()
    }
}

pub(crate) fn enable_v2() -> EnableOnClusterSpec {
    EnableOnClusterSpec {
        name: "supervisor-1".to_owned(),
        zone: None,
        control_plane: ControlPlane {
            network: vcenter::supervisors::ManagementNetwork {
                id: Some("mgmt".into()),
                backing: ManagementBacking::network("network-11".into()),
                services: None,
                ip_management: None,
                floating_ip: None,
                proxy: None,
            },
            size: Some(SizingHint::Small),
            storage_policy: Some("policy-1".into()),
            count: None,
            login_banner: None,
        },
        workloads: Workloads {
            network: WorkloadNetwork {
                id: Some("workload".into()),
                kind: NetworkType::Nsx,
                nsx: Some(NsxWorkloads {
                    switch: "50 1a-dvs".into(),
                    namespace_subnet_prefix: Some(28),
                }),
                vsphere: None,
                services: None,
                ip_management: None,
            },
            edge: Edge {
                id: Some("edge-1".into()),
                provider: Some(EdgeProvider::Nsx),
                load_balancer_address_ranges: None,
                nsx: Some(NsxEdge {
                    edge_cluster: Some("edge-cluster-1".into()),
                    tier0: Some("tier0-1".into()),
                    ..NsxEdge::default()
                }),
                ha_proxy: None,
                nsx_advanced: None,
            },
            images: None,
            api_server: None,
            storage: None,
        },
    }
}

pub(crate) fn devs() -> Subject {
    Subject {
        domain: "vsphere.local".to_owned(),
        name: "devs".to_owned(),
        kind: SubjectType::Group,
    }
}

pub(crate) fn namespace() -> CreateSpec {
    let settings = Settings {
        description: Some("Team A".to_owned()),
        access: Some(vec![AccessEntry::new(devs(), Role::Edit)]),
        storage: Some(vec![StorageSpec { policy: "policy-1".into(), limit: Some(10240) }]),
        vm_service: Some(VmService {
            vm_classes: Some(["best-effort-small".into()].into()),
            content_libraries: Some(["lib-1".into()].into()),
        }),
        ..Settings::default()
    };
    CreateSpec::new("team-a".into(), settings)
}
