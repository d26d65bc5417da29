//! Who has which address and which subnet. NSX's own objects are the only record.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use namespace_network::address::Cidr;
use namespace_network::subnets::Pool;
use serde_json::json;

use super::addresses;
use super::names::{Index, Project};
use super::object::Object;
use super::site::{Site, Snat};
use super::trouble::Trouble;
use super::write::write;
use crate::{Tx, nsx};

/// The subnet of a namespace's segment, if it has that segment's pool.
pub(crate) fn subnet(tx: &Tx<'_>, project: &Project, index: Index) -> Option<Ipv4Net> {
    let path = format!("{}/ip-subnets/subnet-0", project.subnet_pool(index));
    nsx::allocated(tx, &path)?.parse().ok()
}

/// All subnets of a namespace, in the order they were added.
pub(crate) fn subnets(tx: &Tx<'_>, project: &Project) -> Vec<Ipv4Net> {
    (0..).map_while(|index| subnet(tx, project, index)).collect()
}

/// The subnet of a namespace's segment, or the next free one for it.
pub(crate) fn subnet_for(tx: &Tx<'_>, site: &Site, index: Index) -> Result<Ipv4Net, Trouble> {
    if let Some(subnet) = subnet(tx, &site.project, index) {
        return Ok(subnet);
    }
    let subnets = tx.under_text("nsx:/infra/ip-pools").into_iter();
    let taken = subnets
        .filter(|(path, _)| path.contains("/ip-subnets/"))
        .filter_map(|(path, _)| nsx::allocated(tx, path.trim_start_matches("nsx:"))?.parse().ok());
    let (blocks, prefix) = (&site.network.pods, site.network.subnet_prefix);
    let free = Pool::new("pod_cidrs", blocks.iter().copied().filter_map(cidr).collect())
        .ok()
        .and_then(|pool| pool.next_free(prefix, taken));
    free.and_then(net).ok_or_else(|| Trouble::Exhausted {
        pool: "Pod IP Block",
        want: format!("a /{prefix} for namespace `{}`", site.project.name),
        ranges: listed(blocks),
    })
}

/// The SNAT address of a namespace, taken out of the egress pools if it has none; none where
/// addresses are not translated.
pub(crate) fn snat(tx: &mut Tx<'_>, site: &Site) -> Result<Option<Snat>, Trouble> {
    if site.network.egress.is_empty() {
        return Ok(None);
    }
    let id = format!("snat_{}", site.project.uid);
    let (address, pool) = external(tx, site, &site.network.egress, "Egress IP Pool", &id)?;
    Ok(Some(Snat { address, pool }))
}

/// The address of a Service of type `LoadBalancer`, taken out of the ingress pools if it has none.
pub(crate) fn virtual_address(
    tx: &mut Tx<'_>,
    site: &Site,
    service_uid: &str,
) -> Result<Ipv4Addr, Trouble> {
    let id = format!("vip_{service_uid}");
    external(tx, site, &site.network.ingress, "Ingress IP Pool", &id).map(|(address, _)| address)
}

/// Where the allocation `id` is, if there is one in the pools of these ranges.
pub(crate) fn find(tx: &Tx<'_>, site: &Site, ranges: &[Ipv4Net], id: &str) -> Option<String> {
    let paths = ranges.iter().map(|range| format!("{}/ip-allocations/{id}", pool(site, *range)));
    paths.into_iter().find(|path| tx.has(&format!("nsx:{path}")))
}

/// The address of an allocation, and the pool it is in.
fn external(
    tx: &mut Tx<'_>,
    site: &Site,
    ranges: &[Ipv4Net],
    name: &'static str,
    id: &str,
) -> Result<(Ipv4Addr, String), Trouble> {
    for range in ranges {
        let pool = pool(site, *range);
        if let Some(address) = allocated(tx, &pool, id) {
            return Ok((address, pool));
        }
    }
    for range in ranges {
        let pool = pool(site, *range);
        let others = tx.children_text(&format!("nsx:{pool}/ip-allocations"));
        let taken: BTreeSet<_> =
            others.iter().filter_map(|(other, _)| allocated(tx, &pool, other)).collect();
        if let Some(address) = addresses::free_address(addresses::pool_range(*range), &taken) {
            let path = format!("{pool}/ip-allocations/{id}");
            let fields = json!({ "allocation_ip": address });
            let object = Object::new("IpAddressAllocation", path, site.tags(), fields);
            write(tx, &site.cluster, &object)?;
            return Ok((address, pool));
        }
    }
    let want = format!("an address for namespace `{}`", site.project.name);
    Err(Trouble::Exhausted { pool: name, want, ranges: listed(ranges) })
}

fn pool(site: &Site, range: Ipv4Net) -> String {
    let (first, last) = addresses::pool_range(range);
    site.cluster.external_pool(first, last)
}

fn allocated(tx: &Tx<'_>, pool: &str, id: &str) -> Option<Ipv4Addr> {
    nsx::allocated(tx, &format!("{pool}/ip-allocations/{id}"))?.parse().ok()
}

fn cidr(net: Ipv4Net) -> Option<Cidr> {
    Cidr::new(net.network().into(), net.prefix_len()).ok()
}

fn net(cidr: Cidr) -> Option<Ipv4Net> {
    cidr.to_string().parse().ok()
}

fn listed(ranges: &[Ipv4Net]) -> String {
    ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
