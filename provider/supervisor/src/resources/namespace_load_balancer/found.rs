//! What there is of a load balancer, and how it differs from what is to be.

use futures_util::future::try_join_all;
use nsx::{
    Id, Nsx, Object,
    objects::{Group, HttpMonitor, LbService, LocaleServices, SecurityPolicy, TcpMonitor, Tier1},
};
use serde_json::Value;
use tf_framework::Error;

use super::{
    ids::Ids,
    wire::{Balancer, Watch},
};
use crate::{
    owned::told,
    resources::namespace_network_policy::{
        translation,
        wire::{Objects, differences},
    },
};

/// Every object, as far as it is there.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) tier1: Option<Tier1>,
    pub(crate) locale: Option<LocaleServices>,
    pub(crate) service: Option<LbService>,
    pub(crate) tcp_monitor: Option<TcpMonitor>,
    pub(crate) http_monitor: Option<HttpMonitor>,
    /// The groups, and the policy that lets the load balancer in.
    pub(crate) firewall: Objects,
}

async fn read<T: Object>(nsx: &Nsx, id: &Id<T>) -> Result<Option<T>, Error> {
    // Several of them at once would be a large future.
    Box::pin(nsx.read(id)).await.map_err(|why| told(&format!("read {}", id.path()), &why))
}

/// Which monitors to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Monitors {
    /// Both kinds.
    Any,
    /// The kind that checks ports.
    Tcp,
    /// The kind that asks for a page.
    Http,
    /// None.
    None,
}

impl Monitors {
    /// The one that is wanted.
    pub(crate) fn of(wanted: &Balancer) -> Self {
        match wanted.monitor {
            None => Self::None,
            Some(Watch::Tcp(_)) => Self::Tcp,
            Some(Watch::Http(_)) => Self::Http,
        }
    }
}

/// All but pools and virtual servers.
pub(crate) async fn find(nsx: &Nsx, ids: &Ids, monitors: Monitors) -> Result<Found, Error> {
    let (backends, sources, opening) = (ids.backends(), ids.sources(), ids.opening());
    let (gateway, edges, balancer) = (ids.tier1(), ids.locale(), ids.service());
    let (tier1, locale, service, members, froms, policy) = futures_util::try_join!(
        read(nsx, &gateway),
        read(nsx, &edges),
        read(nsx, &balancer),
        read(nsx, &backends),
        read(nsx, &sources),
        read(nsx, &opening),
    )?;
    let tcp_monitor = match monitors {
        Monitors::Any | Monitors::Tcp => read(nsx, &ids.tcp_monitor()).await?,
        Monitors::Http | Monitors::None => None,
    };
    let http_monitor = match monitors {
        Monitors::Any | Monitors::Http => read(nsx, &ids.http_monitor()).await?,
        Monitors::Tcp | Monitors::None => None,
    };
    let groups: [(Id<Group>, Option<Group>); 2] = [(backends, members), (sources, froms)];
    let policy: Option<SecurityPolicy> = policy;
    let firewall = Objects {
        groups: groups.into_iter().filter_map(|(id, it)| Some((id, it?))).collect(),
        policies: policy.map(|it| (opening, it)).into_iter().collect(),
    };
    Ok(Found { tier1, locale, service, tcp_monitor, http_monitor, firewall })
}

/// What of the load balancer is missing or different, the opening apart.
pub(crate) async fn balancer_differences(
    nsx: &Nsx,
    ids: &Ids,
    found: &Found,
    wanted: &Balancer,
) -> Result<Vec<String>, Error> {
    let mut all = Vec::new();
    compare(&ids.tier1(), found.tier1.as_ref(), &wanted.tier1, &mut all);
    compare(&ids.locale(), found.locale.as_ref(), &wanted.locale, &mut all);
    compare(&ids.service(), found.service.as_ref(), &wanted.service, &mut all);
    match &wanted.monitor {
        Some(Watch::Tcp(it)) => {
            compare(&ids.tcp_monitor(), found.tcp_monitor.as_ref(), it, &mut all);
        }
        Some(Watch::Http(it)) => {
            compare(&ids.http_monitor(), found.http_monitor.as_ref(), it, &mut all);
        }
        None => {}
    }
    let pools = wanted.pools.iter().map(|(id, _)| read(nsx, id));
    let servers = wanted.servers.iter().map(|(id, _)| read(nsx, id));
    let (pools, servers) = futures_util::try_join!(try_join_all(pools), try_join_all(servers))?;
    for ((id, pool), found) in wanted.pools.iter().zip(&pools) {
        compare(id, found.as_ref(), pool, &mut all);
    }
    for ((id, server), found) in wanted.servers.iter().zip(&servers) {
        compare(id, found.as_ref(), server, &mut all);
    }
    let backends = |objects: &Objects| Objects {
        groups: objects.groups.iter().filter(|(id, _)| *id == ids.backends()).cloned().collect(),
        policies: Vec::new(),
    };
    let wanted =
        Objects { groups: vec![(ids.backends(), wanted.backends.clone())], policies: Vec::new() };
    all.extend(differences(&backends(&found.firewall), &wanted, &names(ids)));
    Ok(all)
}

/// Whether nothing of the opening is there: then it is not drift, but still to come.
pub(crate) fn is_closed(found: &Found, ids: &Ids) -> bool {
    found.firewall.policies.is_empty()
        && found.firewall.groups.iter().all(|(id, _)| *id != ids.sources())
}

/// What of the opening is missing or different.
pub(crate) fn opening_differences(found: &Found, ids: &Ids, wanted: &Objects) -> Vec<String> {
    let groups = found.firewall.groups.iter().filter(|(id, _)| *id == ids.sources()).cloned();
    let found = Objects { groups: groups.collect(), policies: found.firewall.policies.clone() };
    differences(&found, wanted, &names(ids))
}

/// What the groups and rules of a load balancer begin with.
fn names(ids: &Ids) -> translation::Ids {
    translation::Ids::new(ids.stem())
}

/// Field by field what we write; what others set beside is theirs.
fn compare<T: Object>(id: &Id<T>, found: Option<&T>, wanted: &T, told: &mut Vec<String>) {
    let Some(found) = found else {
        told.push(format!("{} `{}` is missing", T::TYPE, id.id()));
        return;
    };
    let value = |it: &T| serde_json::to_value(it).unwrap_or_default();
    let (found, wanted) = (value(found), value(wanted));
    for (field, wanted) in wanted.as_object().into_iter().flatten() {
        let has = found.get(field).unwrap_or(&Value::Null);
        if !matches!(field.as_str(), "tags" | "resource_type") && !covers(has, wanted) {
            told.push(format!("{} `{}`: `{field}` is {has}, not {wanted}", T::TYPE, id.id()));
        }
    }
}

/// Whether one value holds all of another; NSX may add to objects, and leaves out empty lists.
fn covers(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| covers(found.get(name).unwrap_or(&Value::Null), wanted)),
        (Value::Null, Value::Array(wanted)) => wanted.is_empty(),
        _ => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_and_an_addition_is_not() {
        let wanted = LbService { enabled: Some(true), ..LbService::named("web") };
        let mut found = wanted.clone();
        found.others.insert("error_log_level".to_owned(), "INFO".into());
        found.meta.tags = Some(vec![nsx::Tag::new("a", "b")]);
        let mut told = Vec::new();
        compare(&Id::new("web"), Some(&found), &wanted, &mut told);
        assert_eq!(told, [""; 0]);
        found.enabled = Some(false);
        compare(&Id::new("web"), Some(&found), &wanted, &mut told);
        assert_eq!(told, ["LBService `web`: `enabled` is false, not true"]);
        told.clear();
        compare(&Id::new("web"), None, &wanted, &mut told);
        assert_eq!(told, ["LBService `web` is missing"]);
    }
}
