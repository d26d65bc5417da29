//! What NCP makes when a Supervisor or a namespace comes, in its order (behaviour.md 2.4). Each
//! step leaves alone what is already so, hence all of it can be asked for again after trouble.

use std::net::Ipv4Addr;

use super::names::{Index, Project};
use super::network;
use super::site::{Site, Snat};
use super::trouble::Trouble;
use super::write::{write, write_all};
use super::{allocation, cluster, control_plane, declared, firewall};
use crate::Tx;

/// Where the Kubernetes API of a Supervisor is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The virtual servers' address, out of the ingress CIDRs; ports 443 and 6443.
    pub(crate) address: Ipv4Addr,
}

/// Makes what a new Supervisor needs. None where NCP has nothing to do: VDS networking.
pub(crate) fn supervisor_enabled(tx: &mut Tx<'_>, moid: &str) -> Result<Option<Endpoint>, Trouble> {
    let Some(site) = Site::system(tx, moid) else { return Ok(None) };
    write_all(tx, &site.cluster, &cluster::profiles(&site.cluster))?;
    write(tx, &site.cluster, &cluster::domain(&site.cluster))?;
    ranges(tx, &site)?;
    write(tx, &site.cluster, &cluster::dhcp_server(&site.cluster, &site.network))?;
    gateway_and_segments(tx, &site)?;
    write_all(tx, &site.cluster, &cluster::distributed_balancer(&site.cluster))?;
    let address = control_plane::serve(tx, &site)?;
    Ok(Some(Endpoint { address }))
}

/// Makes what a new namespace needs: nothing where NCP has nothing to do.
pub(crate) fn namespace_created(
    tx: &mut Tx<'_>,
    moid: &str,
    name: &str,
    uid: &str,
) -> Result<(), Trouble> {
    let project = Project { name: name.to_owned(), uid: uid.to_owned() };
    let Some(site) = Site::of(tx, moid, project) else { return Ok(()) };
    ranges(tx, &site)?;
    gateway_and_segments(tx, &site)?;
    baseline(tx, &site)?;
    declared::apply(tx, &site);
    Ok(())
}

/// Takes up what was appended to the pod, ingress and egress CIDRs of a Supervisor or of its
/// namespaces.
pub(crate) fn ranges_changed(tx: &mut Tx<'_>, moid: &str) -> Result<(), Trouble> {
    let Some(system) = Site::system(tx, moid) else { return Ok(()) };
    let users = network::namespaces(tx, moid);
    let sites: Vec<_> = users.into_iter().filter_map(|user| Site::of(tx, moid, user)).collect();
    for site in std::iter::once(&system).chain(&sites) {
        ranges(tx, site)?;
        write_all(tx, &site.cluster, &site.untranslated())?;
        baseline(tx, site)?;
    }
    // What waited for an address may have one now.
    for site in &sites {
        declared::apply(tx, site);
    }
    Ok(())
}

/// Tags the segments of a namespace with its labels.
pub(crate) fn label_segments(tx: &mut Tx<'_>, site: &Site) -> Result<(), Trouble> {
    for (index, subnet) in allocation::subnets(tx, &site.project).into_iter().enumerate() {
        write_all(tx, &site.cluster, &site.segment(index, subnet))?;
    }
    Ok(())
}

/// Makes one more segment, for a namespace whose segments are full.
pub(crate) fn add_segment(tx: &mut Tx<'_>, site: &Site, index: Index) -> Result<(), Trouble> {
    let snat = allocation::snat(tx, site)?;
    segment(tx, site, index, snat.as_ref())
}

/// Makes a Tier-1 with a load balancer on it, for a namespace whose load balancers are full.
pub(crate) fn add_balancer(tx: &mut Tx<'_>, site: &Site, index: Index) -> Result<(), Trouble> {
    write_all(tx, &site.cluster, &site.router(index, None))?;
    write(tx, &site.cluster, &site.balancer(index))
}

fn ranges(tx: &mut Tx<'_>, site: &Site) -> Result<(), Trouble> {
    let (tags, network) = (site.range_tags(), &site.network);
    write_all(tx, &site.cluster, &cluster::blocks(&site.cluster, &network.pods, &tags))?;
    for ranges in [&network.egress, &network.ingress] {
        write_all(tx, &site.cluster, &cluster::external_pools(&site.cluster, ranges, &tags))?;
    }
    if site.is_system() {
        write_all(tx, &site.cluster, &cluster::hidden_subnets(&site.cluster, network))?;
    }
    Ok(())
}

fn gateway_and_segments(tx: &mut Tx<'_>, site: &Site) -> Result<(), Trouble> {
    let snat = allocation::snat(tx, site)?;
    if site.has_gateway() {
        write_all(tx, &site.cluster, &site.router(0, snat.as_ref()))?;
        write_all(tx, &site.cluster, &site.untranslated())?;
    }
    for index in 0..site.segments() {
        segment(tx, site, index, snat.as_ref())?;
    }
    if site.has_gateway() {
        write(tx, &site.cluster, &site.balancer(0))?;
    }
    Ok(())
}

fn segment(tx: &mut Tx<'_>, site: &Site, index: Index, snat: Option<&Snat>) -> Result<(), Trouble> {
    let subnet = allocation::subnet_for(tx, site, index)?;
    write_all(tx, &site.cluster, &site.segment(index, subnet))?;
    match snat {
        Some(snat) => write(tx, &site.cluster, &site.translated(index, subnet, snat)),
        None => Ok(()),
    }
}

fn baseline(tx: &mut Tx<'_>, site: &Site) -> Result<(), Trouble> {
    let system = allocation::subnets(tx, &site.cluster.system());
    let system: Vec<_> = system.iter().map(ToString::to_string).collect();
    let objects = firewall::baseline(site, tx.settings().isolation_profile, &system);
    write_all(tx, &site.cluster, &objects)
}
