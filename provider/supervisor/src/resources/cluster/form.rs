//! The several ways in which a configuration can say the same.
//!
//! The state has everything written out, as vCenter has it, so that an import has nothing to guess.
//! What a configuration leaves out follows here from what it says, and where it says in other words
//! what is there already, the words of the state stay: neither is a change.

use std::collections::BTreeSet;

use namespace_network::address::Ip4;
use tf_framework::{Attr, Defaulted, Optional, Path, Plan};

use super::{
    model::{ManagementNetwork, Mode, Model, Nsx},
    text::{PolicyId, SwitchUuid, ZoneName},
    values::Policies,
};

/// Completes `plan`, and takes changes of mere form out of it.
pub(super) fn settle(plan: &mut Plan<Model>) {
    fill(&plan.config, plan.prior.as_ref(), &mut plan.planned);
    let Some(prior) = plan.prior.clone() else { return };
    let planned = &mut plan.planned;
    let mut same = Vec::new();
    if zones(&prior) == zones(planned) && prior.zones.known().is_some() {
        planned.zones = prior.zones.clone();
        same.push(Path::of("zones"));
    }
    if let Some(switch) = prior.nsx().map(|it| &it.distributed_switch)
        && planned.nsx().and_then(switch_of) == prior.nsx().and_then(switch_of)
    {
        change(&mut planned.workload_network, |network| {
            change(&mut network.nsx, |nsx| nsx.distributed_switch = switch.clone());
        });
        same.push(Path::of("workload_network").attribute("nsx").attribute("distributed_switch"));
    }
    keep_authority(&prior, planned);
    plan.replace.retain(|path| !same.contains(path));
}

/// Gives what `config` leaves out the value that follows from the rest.
pub(super) fn fill(config: &Model, prior: Option<&Model>, planned: &mut Model) {
    let or_common = |own: &Defaulted<PolicyId>| or(own, &config.storage_policy);
    planned.control_plane_storage_policy = or_common(&config.control_plane_storage_policy);
    planned.ephemeral_storage_policy = or_common(&config.ephemeral_storage_policy);
    planned.image_storage_policy = or_common(&config.image_storage_policy);
    if config.storage_policy.is_null() {
        // What stands in for nobody is kept, if nothing changes: an import has guessed it.
        let policies = Policies::of(planned);
        let same = prior.filter(|prior| policies.is_ok() && Policies::of(prior) == policies);
        planned.storage_policy = same.map_or_else(Attr::null, |it| it.storage_policy.clone());
    }
    change(&mut planned.management_network, |network| {
        if config.management_network.known().is_some_and(|it| it.floating_ip.is_null()) {
            network.floating_ip = floating_ip(&network.mode, &network.starting_address);
        }
    });
    let (Some(written), management) =
        (config.workload_network.known(), config.management_network.known())
    else {
        return;
    };
    let unknown = (Attr::unknown(), Attr::unknown());
    let servers = |it: &ManagementNetwork| (it.dns_servers.clone(), it.ntp_servers.clone());
    let (dns, ntp) = management.map_or(unknown, servers);
    change(&mut planned.workload_network, |network| {
        network.dns_servers = or(&written.dns_servers, &dns);
        network.ntp_servers = or(&written.ntp_servers, &ntp);
    });
}

/// The address that floats: the first of a range; with DHCP nobody has written it.
pub(super) fn floating_ip(mode: &Defaulted<Mode>, first: &Optional<Ip4>) -> Defaulted<Ip4> {
    match mode.known() {
        Some(Mode::StaticRange) => or(&Attr::null(), first),
        Some(Mode::Dhcp) => Attr::null(),
        None => Attr::unknown(),
    }
}

/// The certificates in a text of PEM form, without line ends and what is written around them.
pub(super) fn certificates(pem: &str) -> Vec<String> {
    let (mut all, mut inside) = (Vec::new(), false);
    for line in pem.lines().map(str::trim) {
        match line {
            "-----BEGIN CERTIFICATE-----" => {
                all.push(String::new());
                inside = true;
            }
            "-----END CERTIFICATE-----" => inside = false,
            _ if inside => all.last_mut().into_iter().for_each(|it| it.push_str(line)),
            _ => {}
        }
    }
    all
}

/// The value of `own`, or of `common` where that has none.
fn or<T: Clone, R, S>(own: &Attr<T, R>, common: &Attr<T, S>) -> Attr<T, R> {
    if !own.is_null() {
        return own.clone();
    }
    if common.is_unknown() { Attr::unknown() } else { common.known().cloned().into() }
}

fn change<T: Clone, R>(attribute: &mut Attr<T, R>, how: impl FnOnce(&mut T)) {
    if let Some(mut value) = attribute.known().cloned() {
        how(&mut value);
        *attribute = value.into();
    }
}

fn zones(model: &Model) -> Option<BTreeSet<&str>> {
    Some(model.zones.known()?.iter().map(ZoneName::as_str).collect())
}

fn switch_of(nsx: &Nsx) -> Option<String> {
    nsx.distributed_switch.known().map(SwitchUuid::as_vcenter_has_it)
}

fn keep_authority(prior: &Model, planned: &mut Model) {
    let before = prior.load_balancer.known().and_then(|it| it.haproxy.known());
    let Some(before) = before.map(|it| it.certificate_authority.clone()) else { return };
    change(&mut planned.load_balancer, |balancer| {
        change(&mut balancer.haproxy, |it| {
            let now = it.certificate_authority.known().map(|it| certificates(it.as_str()));
            if now.is_some() && now == before.known().map(|it| certificates(it.as_str())) {
                it.certificate_authority = before.clone();
            }
        });
    });
}
