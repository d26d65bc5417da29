//! Values of a plan, as vCenter wants them in all of its calls.

use api_client::Secret;
use namespace_network::address::{AddressRange, Cidr, NetworkCidr};
use tf_framework::{Defaulted, Error, Path, Unknown};
use vcenter::{IpRange, Ipv4Cidr, PolicyId, Server, SizingHint};

use super::{
    model::{HaProxy, Model, Size},
    text::{self, HostPort},
};

/// The three storage policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policies {
    /// Of the control plane's machines.
    pub(super) control_plane: PolicyId,
    /// Of pods' own disks.
    pub(super) ephemeral: PolicyId,
    /// Of container images.
    pub(super) images: PolicyId,
}

impl Policies {
    /// Those of a plan or a state.
    pub(super) fn of(model: &Model) -> Result<Self, Unknown> {
        let policy = |it: &Defaulted<text::PolicyId>| it.get().map(|it| it.as_str().into());
        Ok(Self {
            control_plane: policy(&model.control_plane_storage_policy)?,
            ephemeral: policy(&model.ephemeral_storage_policy)?,
            images: policy(&model.image_storage_policy)?,
        })
    }
}

/// Name and time servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Services {
    /// Name servers of the control plane.
    pub(super) management_dns: Vec<String>,
    /// Where the control plane searches short names.
    pub(super) search_domains: Vec<String>,
    /// Time servers of the control plane.
    pub(super) management_ntp: Vec<String>,
    /// Name servers of workloads.
    pub(super) workload_dns: Vec<String>,
    /// Time servers of workloads.
    pub(super) workload_ntp: Vec<String>,
}

impl Services {
    /// Those of a plan or a state.
    pub(super) fn of(model: &Model) -> Result<Self, Unknown> {
        let (management, workload) =
            (model.management_network.get()?, model.workload_network.get()?);
        Ok(Self {
            management_dns: texts(management.dns_servers.get()?),
            search_domains: texts(management.dns_search_domains.get()?),
            management_ntp: texts(management.ntp_servers.get()?),
            workload_dns: texts(workload.dns_servers.get()?),
            workload_ntp: texts(workload.ntp_servers.get()?),
        })
    }
}

/// A value that [validation](super::rules) has seen to be there.
pub(super) fn needed<'a, T: ?Sized>(value: Option<&'a T>, name: &str) -> Result<&'a T, Error> {
    value.ok_or_else(|| {
        Error::new("missing attribute", format!("`{name}` has no value, and is needed here"))
    })
}

/// The password, which only the configuration has.
pub(super) fn password(it: &HaProxy) -> Result<Secret, Error> {
    let path = Path::of("load_balancer").attribute("haproxy").attribute("password_wo");
    let password = it.password_wo.get()?.ok_or_else(|| {
        let detail = "`load_balancer.haproxy.password_wo` is needed to log in to the load balancer";
        Error::new("no password", detail).at(&path)
    })?;
    Ok(Secret::from(password.expose().as_str()))
}

pub(super) fn sizing(size: Size) -> SizingHint {
    match size {
        Size::Tiny => SizingHint::Tiny,
        Size::Small => SizingHint::Small,
        Size::Medium => SizingHint::Medium,
        Size::Large => SizingHint::Large,
    }
}

pub(super) fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

/// Networks as blocks.
pub(super) fn blocks(cidrs: &[NetworkCidr]) -> Vec<Ipv4Cidr> {
    cidrs.iter().map(|it| Ipv4Cidr::new(it.cidr().network(), it.cidr().prefix())).collect()
}

/// Networks as so many addresses from their first one on.
pub(super) fn block_ranges(cidrs: &[NetworkCidr]) -> Vec<IpRange> {
    cidrs.iter().map(|it| counted(&it.cidr().range())).collect()
}

/// Ranges as so many addresses from their first one on.
pub(in crate::resources) fn ranges(ranges: &[AddressRange]) -> Vec<IpRange> {
    ranges.iter().map(counted).collect()
}

fn counted(range: &AddressRange) -> IpRange {
    // A range of IPv4 has 2^32 addresses at most, and 0.0.0.0/0 is no range for machines.
    IpRange::new(range.first(), u32::try_from(range.size()).unwrap_or(u32::MAX))
}

/// So many addresses from a first one on, as a range.
pub(in crate::resources) fn range(it: &IpRange) -> Option<AddressRange> {
    AddressRange::counted(it.address.parse().ok()?, it.count.into()).ok()
}

/// A block, as a network.
pub(super) fn cidr(block: &Ipv4Cidr) -> Option<NetworkCidr> {
    let cidr = Cidr::new(block.address.parse().ok()?, block.prefix).ok()?;
    NetworkCidr::try_from(cidr).ok()
}

pub(super) fn servers(servers: &[HostPort]) -> Vec<Server> {
    servers.iter().map(|it| Server { host: it.host().to_owned(), port: it.port() }).collect()
}
