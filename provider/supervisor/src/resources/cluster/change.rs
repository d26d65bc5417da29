//! What may change in a Supervisor that is there, and how that is said to vCenter.

use tf_framework::{Attr, Diagnostics, Error, Optional, Path, Unknown};
use vcenter::{
    LoadBalancerId, WorkloadNetworkId,
    clusters::{self, ImageStorage, NcpUpdate},
    load_balancers::{self, LogInUpdate, Provider},
    networks::{self, VsphereNetworkUpdate},
};

use super::{
    model::{HaProxy, LoadBalancer, Model, Nsx},
    values::{Policies, Services, blocks, password, ranges, sizing},
};

/// What stands against a change in place, all of it.
pub(super) fn refused(prior: &Model, planned: &Model, found: &mut Diagnostics) {
    let workloads = Path::of("workload_network");
    if let (Some(old), Some(new)) = (prior.nsx(), planned.nsx()) {
        let at = workloads.attribute("nsx");
        all_grow(&old.pod_cidrs, &new.pod_cidrs, &at.attribute("pod_cidrs"), found);
        all_grow(&old.ingress_cidrs, &new.ingress_cidrs, &at.attribute("ingress_cidrs"), found);
        all_grow(&old.egress_cidrs, &new.egress_cidrs, &at.attribute("egress_cidrs"), found);
    }
    if let (Some(old), Some(new)) = (prior.vsphere(), planned.vsphere()) {
        let at = workloads.attribute("vsphere").attribute("address_ranges");
        all_grow(&old.address_ranges, &new.address_ranges, &at, found);
    }
    if let (Some(old), Some(new)) = (prior.load_balancer.known(), planned.load_balancer.known()) {
        let at = Path::of("load_balancer").attribute("address_ranges");
        all_grow(&old.address_ranges, &new.address_ranges, &at, found);
    }
    if prior.content_library.known().is_some() && planned.content_library.is_null() {
        let detail = "`content_library` can be replaced by another one, not taken away: vCenter has \
                      no way to clear it";
        found.error_at(Path::of("content_library"), "the library cannot go", detail);
    }
    let counts = (prior.control_plane_count.known(), planned.control_plane_count.known());
    if counts == (Some(&3), Some(&1)) {
        let detail = "`control_plane_count` can become 3 and stays so; leave it at 3";
        found.error_at(Path::of("control_plane_count"), "fewer machines are not possible", detail);
    }
}

fn texts<T: ToString>(items: Option<&Vec<T>>) -> Vec<String> {
    items.into_iter().flatten().map(ToString::to_string).collect()
}

/// Addresses can be added, none can change or go.
pub(in crate::resources) fn all_grow<T: ToString, R>(
    old: &Attr<Vec<T>, R>,
    new: &Attr<Vec<T>, R>,
    at: &Path,
    found: &mut Diagnostics,
) {
    if new.is_unknown() {
        return;
    }
    let kept = texts(new.known());
    let gone: Vec<String> =
        texts(old.known()).into_iter().filter(|it| !kept.contains(it)).collect();
    if !gone.is_empty() {
        let detail = format!(
            "`{at}` is append only: {} is in use and must stay as it is; add to it in place of \
             changing it",
            gone.join(", ")
        );
        found.error_at(at.clone(), "addresses in use would go", detail);
    }
}

/// Whether vCenter has nothing to do: only what the provider itself goes by differs.
pub(super) fn is_none(state: &Model, plan: &Model) -> bool {
    let cluster = of_cluster(state, plan).is_ok_and(|it| it == clusters::UpdateSpec::default());
    cluster
        && matches!(of_network(state, plan), Ok(None))
        && matches!(of_load_balancer(state, plan), Ok(None))
}

/// The change of the Supervisor itself; empty if nothing of it changes.
pub(super) fn of_cluster(state: &Model, plan: &Model) -> Result<clusters::UpdateSpec, Error> {
    let (was, will) = (Services::of(state)?, Services::of(plan)?);
    let policies = (Policies::of(state).ok(), Policies::of(plan)?);
    let policy = |pick: fn(&Policies) -> &vcenter::PolicyId| {
        let is = pick(&policies.1);
        (policies.0.as_ref().map(pick) != Some(is)).then(|| is.clone())
    };
    let blocks = of_ncp(state.nsx(), plan.nsx())?;
    let spec = blocks.map_or_else(clusters::UpdateSpec::default, clusters::UpdateSpec::ncp);
    let changed = |was: Vec<String>, will: Vec<String>| (was != will).then_some(will);
    let size = *plan.size.get()?;
    let count = *plan.control_plane_count.get()?;
    let library =
        plan.content_library.get()?.filter(|it| state.content_library.known() != Some(it));
    Ok(clusters::UpdateSpec {
        size: (state.size.known() != Some(&size)).then(|| sizing(size)),
        management_dns: changed(was.management_dns, will.management_dns),
        management_dns_search_domains: changed(was.search_domains, will.search_domains),
        management_ntp_servers: changed(was.management_ntp, will.management_ntp),
        workload_dns: changed(was.workload_dns, will.workload_dns),
        workload_ntp_servers: changed(was.workload_ntp, will.workload_ntp),
        control_plane_storage_policy: policy(|it| &it.control_plane),
        ephemeral_storage_policy: policy(|it| &it.ephemeral),
        image_storage: policy(|it| &it.images)
            .map(|storage_policy| ImageStorage { storage_policy }),
        kubernetes_library: library.map(|it| it.as_str().into()),
        control_plane_count: (state.control_plane_count.known() != Some(&count)).then_some(count),
        ..spec
    })
}

fn of_ncp(state: Option<&Nsx>, plan: Option<&Nsx>) -> Result<Option<NcpUpdate>, Unknown> {
    let Some(plan) = plan else { return Ok(None) };
    let pods = state.map(|it| &it.pod_cidrs) != Some(&plan.pod_cidrs);
    let ingress = state.map(|it| &it.ingress_cidrs) != Some(&plan.ingress_cidrs);
    let egress = state.map(|it| &it.egress_cidrs) != Some(&plan.egress_cidrs);
    if !(pods || ingress || egress) {
        return Ok(None);
    }
    let (pod_cidrs, ingress_cidrs) =
        (blocks(plan.pod_cidrs.get()?), blocks(plan.ingress_cidrs.get()?));
    let egress_cidrs = blocks(plan.egress_cidrs.get()?);
    Ok(Some(NcpUpdate {
        pod_cidrs: pods.then_some(pod_cidrs),
        ingress_cidrs: ingress.then_some(ingress_cidrs),
        egress_cidrs: egress.then_some(egress_cidrs),
        ..NcpUpdate::default()
    }))
}

/// The change of the primary network on a port group, if it changes.
pub(super) fn of_network(
    state: &Model,
    plan: &Model,
) -> Result<Option<(WorkloadNetworkId, networks::UpdateSpec)>, Unknown> {
    let Some(network) = plan.vsphere() else { return Ok(None) };
    if state.vsphere().map(|it| &it.address_ranges) == Some(&network.address_ranges) {
        return Ok(None);
    }
    let address_ranges = Some(ranges(network.address_ranges.get()?));
    let changes = VsphereNetworkUpdate { address_ranges, ..VsphereNetworkUpdate::default() };
    let id = network.name.get()?.as_str().into();
    Ok(Some((id, networks::UpdateSpec::vsphere(changes))))
}

/// The change of the load balancer, if it changes.
pub(super) fn of_load_balancer(
    state: &Model,
    plan: &Model,
) -> Result<Option<(LoadBalancerId, load_balancers::UpdateSpec)>, Error> {
    let (Some(will), was) = (plan.load_balancer.get()?, state.load_balancer.known()) else {
        return Ok(None);
    };
    let more = was.map(|it| &it.address_ranges) != Some(&will.address_ranges);
    let log_in = log_in(was, will.haproxy.get()?)?;
    if !more && log_in.is_none() {
        return Ok(None);
    }
    let address_ranges = Some(ranges(will.address_ranges.get()?)).filter(|_| more);
    let provider = Some(Provider::HaProxy);
    let spec = load_balancers::UpdateSpec { provider, address_ranges, ha_proxy: log_in, avi: None };
    Ok(Some((will.name.get()?.as_str().into(), spec)))
}

fn log_in(was: Option<&LoadBalancer>, will: &HaProxy) -> Result<Option<LogInUpdate>, Error> {
    let was = was.and_then(|it| it.haproxy.known());
    let username = was.map(|it| &it.username) != Some(&will.username);
    let authority = was.map(|it| &it.certificate_authority) != Some(&will.certificate_authority);
    let version = |it: &HaProxy| -> Optional<i64> { it.password_wo_version.clone() };
    let secret = was.map(version) != Some(version(will));
    if !(username || authority || secret) {
        return Ok(None);
    }
    let username = username.then_some(will.username.get()?.clone());
    let chain = authority.then_some(will.certificate_authority.get()?.as_str().to_owned());
    let password = if secret { Some(password(will)?) } else { None };
    Ok(Some(LogInUpdate { username, password, certificate_authority_chain: chain }))
}
