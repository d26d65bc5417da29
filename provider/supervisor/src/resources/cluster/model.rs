//! The Supervisor as users write it.

use namespace_network::{
    address::{AddressRange, Ip4, NetworkCidr, SubnetMask},
    name::{DnsLabel, DnsName},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Defaulted, Optional, Required, Secret, Timeouts, WriteOnly,
    mark::{default, keep, replace},
};

use super::text::{
    ClusterMoid, EdgeClusterUuid, HostPort, LibraryUuid, NetworkMoid, PolicyId, SwitchUuid,
    Tier0Path, TimeServer, ZoneName,
};
use crate::{config::AuthorityPem, resources::lifecycle::OnTimeout};

/// A Supervisor: Kubernetes on a vSphere cluster, or on the clusters of three zones.
///
/// Enabling one takes most of an hour. Where it takes longer, is interrupted, or ends in an error,
/// the Supervisor is kept, with a warning, and the next apply goes on where this one stopped: a
/// `postcondition` on `config_status` makes the run fail without losing it.
///
/// Most of a Supervisor cannot be changed once it is there, and replacing one takes everything in
/// it down: `deletion_protection` makes both an error at plan.
///
/// An import reads all that vCenter has. What is known to the configuration alone is taken to be as
/// if it were left out: the plan after an import shows a `deletion_protection`, an `on_timeout` or
/// `timeouts` that say something else, which no server is told, and a `password_wo_version`, with
/// which the password is sent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// The vSphere cluster's managed object id; of a Supervisor on zones, the Supervisor's own id.
    #[schemars(transform = keep)]
    pub id: Computed<String>,

    /// The Supervisor's own id; null on vCenter 7.
    #[schemars(transform = keep)]
    pub supervisor_id: Computed<String>,

    /// Owner whose mark stands for the Supervisor in NSX: by it a create that was cut off finds
    /// its Supervisor again. Null where the provider has no NSX.
    pub owner: Computed<String>,

    /// Name of the Supervisor; the cluster's, if left out. Needed with `zones`. vCenter 7 has no
    /// other name than the cluster's.
    #[schemars(transform = keep, transform = replace)]
    pub name: Defaulted<String>,

    /// Managed object id of the vSphere cluster, such as `domain-c8`;
    /// `data.supervisor_compute_cluster` finds it by name. With `zones`, one of their clusters:
    /// that is how the Supervisor is addressed from other resources.
    #[schemars(transform = keep, transform = replace)]
    pub cluster: Defaulted<ClusterMoid>,

    /// Names of one or three vSphere zones, in place of `cluster`. From vCenter 8.0 on. An import
    /// takes a Supervisor in one zone for one on a cluster: write `cluster` for it.
    #[schemars(transform = replace)]
    pub zones: Optional<Vec<ZoneName>>,

    /// Size of the control plane's virtual machines.
    #[schemars(transform = default("SMALL"))]
    pub size: Defaulted<Size>,

    /// How many virtual machines the control plane has: 1 or 3. One can become three, and stays
    /// so. Versions before 9.0 always have three.
    #[schemars(transform = default(3))]
    pub control_plane_count: Defaulted<u32>,

    /// Where the control plane talks to vCenter and NSX.
    pub management_network: Required<ManagementNetwork>,

    /// What workloads are attached to.
    pub workload_network: Required<WorkloadNetwork>,

    /// Addresses of Kubernetes Services within the Supervisor, such as `10.96.0.0/22`. They are
    /// seen nowhere else, and must not be in use anywhere that workloads talk to.
    #[schemars(transform = replace)]
    pub service_cidr: Required<NetworkCidr>,

    /// What stands in front of Services where `workload_network` is `vsphere`. NSX brings its own.
    pub load_balancer: Optional<LoadBalancer>,

    /// Id of the storage policy of whatever has none of its own below;
    /// `data.supervisor_storage_policy` finds it by name. May be left out if all three are written.
    pub storage_policy: Defaulted<PolicyId>,

    /// Id of the storage policy of the control plane's virtual machines; `storage_policy`, if left
    /// out.
    pub control_plane_storage_policy: Defaulted<PolicyId>,

    /// Id of the storage policy of the disks that pods come and go with; `storage_policy`, if left
    /// out.
    pub ephemeral_storage_policy: Defaulted<PolicyId>,

    /// Id of the storage policy of container images; `storage_policy`, if left out.
    pub image_storage_policy: Defaulted<PolicyId>,

    /// Id of the content library with the images of Kubernetes clusters, a subscribed one as a
    /// rule; `data.supervisor_content_library` finds it by name.
    pub content_library: Optional<LibraryUuid>,

    /// Whether destroying or replacing the Supervisor is refused. To do either, apply
    /// `deletion_protection = false` first.
    #[schemars(transform = default(true))]
    pub deletion_protection: Defaulted<bool>,

    /// What happens when the Supervisor is not running in time, or not at all: with `warn` it is
    /// kept, and the next apply goes on; with `error` the run fails, and a Supervisor that was to
    /// be created is tainted: the next apply replaces it, unless `deletion_protection` refuses.
    #[schemars(transform = default("warn"))]
    pub on_timeout: Defaulted<OnTimeout>,

    /// How far vCenter is with it: `RUNNING`, `CONFIGURING`, `ERROR` or `REMOVING`; `MISSING` where
    /// it was taken down and its mark in NSX is left: the next apply makes it again.
    pub config_status: Computed<String>,

    /// How its Kubernetes is: `READY`, `WARNING` or `ERROR`.
    pub kubernetes_status: Computed<String>,

    /// What vCenter and Kubernetes say about it, each with its severity in front.
    pub messages: Computed<Vec<String>>,

    /// Address of the Kubernetes API for users, at the load balancer.
    pub api_server_endpoint: Computed<String>,

    /// Address of the Kubernetes API in the management network.
    pub management_endpoint: Computed<String>,

    /// Name under which NCP tags this Supervisor's objects in NSX, such as
    /// `domain-c8:dd5825a9-…`; null without NSX. It is read from NSX. Only where several
    /// Supervisors of that cluster id share an NSX, of several vCenters, it has to be written here.
    pub ncp_cluster: Defaulted<String>,

    /// Times to wait.
    pub timeouts: Optional<Timeouts>,
}

/// Size of the control plane's virtual machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Size {
    /// For trials.
    Tiny,
    /// The usual.
    Small,
    /// More.
    Medium,
    /// Most.
    Large,
}

/// The management network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ManagementNetwork {
    /// Managed object id of the network, such as `dvportgroup-23`; `data.supervisor_network` finds
    /// it by name.
    #[schemars(transform = replace)]
    pub network: Required<NetworkMoid>,

    /// How the control plane gets its addresses: `STATICRANGE`, from the range below, or `DHCP`,
    /// from vCenter 7.0.3 on.
    #[schemars(transform = default("STATICRANGE"), transform = replace)]
    pub mode: Defaulted<Mode>,

    /// First address of the range: the one that floats among the control plane's virtual machines.
    #[schemars(transform = replace)]
    pub starting_address: Optional<Ip4>,

    /// How many addresses the range has: five for three virtual machines, the floating address and
    /// upgrades.
    #[schemars(transform = default(5), transform = replace)]
    pub address_count: Defaulted<u32>,

    /// Mask of the network, such as `255.255.255.0`.
    #[schemars(transform = replace)]
    pub subnet_mask: Optional<SubnetMask>,

    /// Gateway of the network.
    #[schemars(transform = replace)]
    pub gateway: Optional<Ip4>,

    /// The address that floats. It is the first of the range, and may be written out to be checked;
    /// null with `DHCP`.
    pub floating_ip: Defaulted<Ip4>,

    /// Name servers of the control plane.
    #[schemars(length(min = 1))]
    pub dns_servers: Required<Vec<Ip4>>,

    /// Domains that the control plane searches short names in.
    #[schemars(transform = default([""; 0]))]
    pub dns_search_domains: Defaulted<Vec<DnsName>>,

    /// Time servers of the control plane, by name or address.
    #[schemars(length(min = 1))]
    pub ntp_servers: Required<Vec<TimeServer>>,
}

/// How the control plane gets its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Mode {
    /// From a range given here.
    #[serde(rename = "STATICRANGE")]
    StaticRange,
    /// From a server of the network.
    #[serde(rename = "DHCP")]
    Dhcp,
}

/// What workloads are attached to: exactly one of `nsx` and `vsphere`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkloadNetwork {
    /// Segments that NCP makes in NSX, for each namespace its own.
    pub nsx: Optional<Nsx>,

    /// Port groups of a distributed switch that exist already.
    pub vsphere: Optional<Vsphere>,

    /// Name servers of workloads; the control plane's, if left out.
    #[schemars(length(min = 1))]
    pub dns_servers: Defaulted<Vec<Ip4>>,

    /// Time servers of workloads; the control plane's, if left out.
    #[schemars(length(min = 1))]
    pub ntp_servers: Defaulted<Vec<TimeServer>>,
}

/// Networks that NCP makes in NSX.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Nsx {
    /// UUID of the distributed switch, such as `50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13`;
    /// `data.supervisor_distributed_switch` finds it by name.
    #[schemars(transform = replace)]
    pub distributed_switch: Required<SwitchUuid>,

    /// UUID of the edge cluster; `data.supervisor_nsx_edge_cluster` finds it by name.
    #[schemars(transform = replace)]
    pub edge_cluster: Required<EdgeClusterUuid>,

    /// Policy path of the Tier-0 gateway, such as `/infra/tier-0s/edge`. Needed from vCenter 7.0.2
    /// on; `data.supervisor_nsx_tier0_gateway` finds it by name.
    #[schemars(transform = replace)]
    pub tier0_gateway: Optional<Tier0Path>,

    /// Networks that the subnets of namespaces are cut out of, each /23 or larger: the wizard's
    /// "Namespace Network". Append only.
    #[schemars(length(min = 1))]
    pub pod_cidrs: Required<Vec<NetworkCidr>>,

    /// Addresses of Services and Ingresses that are reached from outside, each /30 or larger and
    /// better /27. Append only.
    #[schemars(length(min = 1))]
    pub ingress_cidrs: Required<Vec<NetworkCidr>>,

    /// Addresses that workloads are seen with outside, each /30 or larger and better /27. Append
    /// only. None with `routed_mode`.
    #[schemars(transform = default([""; 0]))]
    pub egress_cidrs: Defaulted<Vec<NetworkCidr>>,

    /// Prefix of a namespace's subnets, in bits.
    #[schemars(range(min = 16, max = 29), transform = default(28), transform = replace)]
    pub namespace_subnet_prefix: Defaulted<u8>,

    /// Whether workloads are seen outside with their own addresses, which `pod_cidrs` are then
    /// routed for.
    #[schemars(transform = default(false), transform = replace)]
    pub routed_mode: Defaulted<bool>,
}

/// The primary network on a port group: of the control plane, and of every namespace that names no
/// other one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Vsphere {
    /// Name of the network in the Supervisor.
    #[schemars(transform = default("primary"), transform = replace)]
    pub name: Defaulted<DnsLabel>,

    /// Managed object id of the port group, such as `dvportgroup-31`; `data.supervisor_port_group`
    /// finds it by name.
    #[schemars(transform = replace)]
    pub port_group: Required<NetworkMoid>,

    /// Gateway of the network.
    #[schemars(transform = replace)]
    pub gateway: Required<Ip4>,

    /// Mask of the network, such as `255.255.255.0`.
    #[schemars(transform = replace)]
    pub subnet_mask: Required<SubnetMask>,

    /// Addresses for workloads, such as `10.32.0.10-10.32.0.200`. Append only.
    #[schemars(length(min = 1))]
    pub address_ranges: Required<Vec<AddressRange>>,
}

/// What stands in front of Services.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LoadBalancer {
    /// Name of the load balancer in the Supervisor.
    #[schemars(transform = default("lb"), transform = replace)]
    pub name: Defaulted<DnsLabel>,

    /// Addresses for Services, such as `10.32.1.10-10.32.1.200`. Append only.
    #[schemars(length(min = 1))]
    pub address_ranges: Required<Vec<AddressRange>>,

    /// An `HAProxy` with the data plane API.
    pub haproxy: Required<HaProxy>,
}

/// How an `HAProxy` is reached.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HaProxy {
    /// Where its data plane API listens, such as `10.10.0.20:5556`.
    #[schemars(length(min = 1), transform = replace)]
    pub servers: Required<Vec<HostPort>>,

    /// User to log in as.
    #[schemars(length(min = 1))]
    pub username: Required<String>,

    /// Password of the user. It is in no plan and no state: to change it, change
    /// `password_wo_version` too.
    pub password_wo: WriteOnly<Secret<String>>,

    /// Any number; a new one sends the password again.
    pub password_wo_version: Optional<i64>,

    /// Certificates of the authorities that its certificate is verified with, in PEM form.
    pub certificate_authority: Required<AuthorityPem>,
}

impl Model {
    /// Nothing, for what an import fills in.
    pub(super) fn empty() -> Self {
        Self {
            id: Computed::null(),
            supervisor_id: Computed::null(),
            owner: Computed::null(),
            name: Defaulted::null(),
            cluster: Defaulted::null(),
            zones: Optional::null(),
            size: Defaulted::null(),
            control_plane_count: 3.into(),
            management_network: Required::null(),
            workload_network: Required::null(),
            service_cidr: Required::null(),
            load_balancer: Optional::null(),
            storage_policy: Defaulted::null(),
            control_plane_storage_policy: Defaulted::null(),
            ephemeral_storage_policy: Defaulted::null(),
            image_storage_policy: Defaulted::null(),
            content_library: Optional::null(),
            deletion_protection: true.into(),
            on_timeout: OnTimeout::Warn.into(),
            config_status: Computed::null(),
            kubernetes_status: Computed::null(),
            messages: Computed::null(),
            api_server_endpoint: Computed::null(),
            management_endpoint: Computed::null(),
            ncp_cluster: Defaulted::null(),
            timeouts: Optional::null(),
        }
    }

    /// The networks that NCP makes, if it does.
    pub(super) fn nsx(&self) -> Option<&Nsx> {
        self.workload_network.known()?.nsx.known()
    }

    /// The primary network on a port group, if there is one.
    pub(super) fn vsphere(&self) -> Option<&Vsphere> {
        self.workload_network.known()?.vsphere.known()
    }
}
