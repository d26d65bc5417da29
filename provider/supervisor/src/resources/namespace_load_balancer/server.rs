//! The load balancer's objects in NSX: all but the opening in one call, the opening last; removed
//! the other way round.

use std::net::IpAddr;

use nsx::{
    Id, Nsx, Object,
    objects::{LbPool, RealizedEntity, Tier1, VirtualServer},
};
use tf_framework::{Context, Error};

use super::{
    ids::Ids,
    wire::{Balancer, Watch},
};
use crate::{
    clients::{self, Clients, Cut},
    owned::{Changes, Place, Steward, told},
    resources::namespace_network_policy::wire::Objects,
};

/// Pools and virtual servers that carry our owner's mark and one of our ids.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    pub(crate) pools: Vec<Id<LbPool>>,
    pub(crate) servers: Vec<Id<VirtualServer>>,
}

/// Makes the load balancer, or goes on with one that a cut-off run began: the gateway that stands for it
/// first.
pub(crate) async fn make(
    steward: &Steward<'_>,
    place: Place<Tier1>,
    ids: &Ids,
    wanted: &Balancer,
) -> Result<(), Error> {
    steward.take(&ids.tier1(), place, wanted.tier1.clone()).await?;
    write(steward, ids, wanted).await
}

/// Writes everything but the opening, and removes ports that are not served any more, in one call.
pub(crate) async fn write(
    steward: &Steward<'_>,
    ids: &Ids,
    wanted: &Balancer,
) -> Result<(), Error> {
    let found = ports(steward, ids).await?;
    let mut changes = Changes::default();
    changes
        .put(&ids.tier1(), wanted.tier1.clone())
        .put(&ids.locale(), wanted.locale.clone())
        .put(&ids.backends(), wanted.backends.clone())
        .put(&ids.service(), wanted.service.clone());
    match &wanted.monitor {
        Some(Watch::Tcp(it)) => changes.put(&ids.tcp_monitor(), it.clone()),
        Some(Watch::Http(it)) => changes.put(&ids.http_monitor(), it.clone()),
        None => &mut changes,
    };
    for (id, pool) in &wanted.pools {
        changes.put(id, pool.clone());
    }
    for (id, server) in &wanted.servers {
        changes.put(id, server.clone());
    }
    for id in found.servers.iter().filter(|id| wanted.servers.iter().all(|(it, _)| it != *id)) {
        changes.delete(id);
    }
    for id in found.pools.iter().filter(|id| wanted.pools.iter().all(|(it, _)| it != *id)) {
        changes.delete(id);
    }
    steward.apply(&changes, &format!("write the load balancer {}", ids.stem())).await?;
    // Nobody refers to a monitor of the other kind any more.
    if !matches!(wanted.monitor, Some(Watch::Tcp(_))) {
        steward.remove(&ids.tcp_monitor()).await?;
    }
    if !matches!(wanted.monitor, Some(Watch::Http(_))) {
        steward.remove(&ids.http_monitor()).await?;
    }
    Ok(())
}

async fn ports(steward: &Steward<'_>, ids: &Ids) -> Result<Ports, Error> {
    let servers = of_ours::<VirtualServer>(steward, ids).await?;
    let pools = of_ours::<LbPool>(steward, ids).await?;
    let pools = pools.iter().filter_map(|id| Some(ids.pool(ids.port(id)?))).collect();
    let servers = servers.iter().filter_map(|id| Some(ids.server(ids.port(id)?))).collect();
    Ok(Ports { pools, servers })
}

/// The ids of the objects of a kind that carry our owner's mark and whose ids begin as ours do.
async fn of_ours<T: Object<Parent = nsx::Infra>>(
    steward: &Steward<'_>,
    ids: &Ids,
) -> Result<Vec<String>, Error> {
    let all = steward.nsx().list::<T>(&Id::root()).await;
    let all = all.map_err(|why| told(&format!("list what NSX has of {}", T::COLLECTION), &why))?;
    let ours = all.iter().filter(|it| steward.is_part(*it));
    let found = ours.filter_map(|it| it.meta().id.clone());
    Ok(found.filter(|id| ids.port(id).is_some()).collect())
}

/// Lets the load balancer in. Somebody else's rule in our policy would open what nobody asked for, and
/// goes.
pub(crate) async fn open(steward: &Steward<'_>, wanted: &Objects) -> Result<(), Error> {
    let mut changes = Changes::default();
    for (id, group) in &wanted.groups {
        changes.put(id, group.clone());
    }
    for (id, policy) in &wanted.policies {
        changes.put(id, policy.clone());
    }
    steward.apply(&changes, "let the load balancer in").await
}

/// Closes the firewall first, then removes the rest from the ports to the gateway. Whoever calls
/// this has the turn.
pub(crate) async fn delete(steward: &Steward<'_>, ids: &Ids) -> Result<(), Error> {
    let anchor = ids.tier1();
    if steward.get(&anchor).await?.is_some() && !steward.is_mine(&anchor).await? {
        // It says that a newer instance has it.
        return steward.delete_in_turn(&anchor).await;
    }
    steward.remove(&ids.opening()).await?;
    steward.remove(&ids.sources()).await?;
    let found = ports(steward, ids).await?;
    for id in &found.servers {
        steward.remove(id).await?;
    }
    steward.remove(&ids.service()).await?;
    for id in &found.pools {
        steward.remove(id).await?;
    }
    steward.remove(&ids.tcp_monitor()).await?;
    steward.remove(&ids.http_monitor()).await?;
    steward.remove(&ids.backends()).await?;
    steward.remove(&ids.locale()).await?;
    steward.delete_in_turn(&anchor).await
}

/// The addresses that the load balancer speaks from: those of its gateway's ports, as NSX has
/// realized them; none until it has.
///
/// Under automap that is the port towards the Tier-0. NSX shows it among what realizes the gateway
/// and documents neither kind nor key, which are those that the vendor's own Terraform provider
/// reads (`nsxt_policy_gateway_interface_realization`).
pub(crate) async fn source_addresses(nsx: &Nsx, ids: &Ids) -> Result<Vec<IpAddr>, Error> {
    let path = ids.tier1();
    let found = nsx.realized_entities(path.path()).await;
    match found {
        Ok(entities) => Ok(addresses(&entities)),
        // It is not known yet.
        Err(why) if why.is_not_found() => Ok(Vec::new()),
        Err(why) => Err(told(&format!("read what realizes {path}"), &why)),
    }
}

const ROUTER_PORT: &str = "RealizedLogicalRouterPort";
const ADDRESSES: &str = "IpAddresses";

fn addresses(entities: &[RealizedEntity]) -> Vec<IpAddr> {
    let ports = entities.iter().filter(|it| it.entity_type.as_deref() == Some(ROUTER_PORT));
    let texts = ports.flat_map(|it| it.attribute(ADDRESSES)).flat_map(|it| it.split(','));
    let texts = texts.map(|text| text.trim().split('/').next().unwrap_or_default());
    let mut found: Vec<IpAddr> = texts.filter_map(|text| text.parse().ok()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Waits for them, as long as there is time.
pub(crate) async fn wait_for_source_addresses(
    cx: &Context<Clients>,
    ids: &Ids,
) -> Result<Result<Vec<IpAddr>, Cut>, Error> {
    let (nsx, pace) = (clients::nsx(cx)?, cx.data()?.pace());
    let mut wait = pace.first;
    loop {
        let found = source_addresses(&nsx, ids).await?;
        if !found.is_empty() {
            return Ok(Ok(found));
        }
        tracing::info!(gateway = ids.stem(), "waiting for the load balancer's source addresses");
        if let Err(cut) = clients::pause(cx, wait).await {
            return Ok(Err(cut));
        }
        wait = pace.after(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(kind: &str, key: &str, values: &[&str]) -> RealizedEntity {
        serde_json::from_value(serde_json::json!({
            "entity_type": kind,
            "extended_attributes": [{ "key": key, "values": values }],
        }))
        .unwrap()
    }

    #[test]
    fn source_addresses_are_those_of_the_gateways_ports() {
        let entities = [
            entity("RealizedLogicalRouter", "IpAddresses", &["10.0.0.1"]),
            entity(ROUTER_PORT, "MacAddress", &["02:50:56:56:44:52"]),
            entity(ROUTER_PORT, ADDRESSES, &["100.64.0.3/31", "fd00::3/64, 100.64.0.1/31"]),
        ];
        let shown: Vec<_> = addresses(&entities).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["100.64.0.1", "100.64.0.3", "fd00::3"]);
        assert!(addresses(&entities[..2]).is_empty());
    }
}
