//! From the objects of NSX back to what a user would have written.
//!
//! What cannot be told from the objects is told by the next read: it writes down what the result
//! would be in NSX, and every difference is drift.

use namespace_network::name::DnsLabel;
use nsx::{
    Id, Meta, Nsx,
    objects::{HttpMonitor, LbPool, LbSize, TcpMonitor, VirtualServer},
};
use tf_framework::{Error, Optional};

use super::{
    found::{self, Found, Monitors},
    ids::Ids,
    model::{Algorithm, Model, Monitor, ServedPort, Size, Transport},
    wire::{ORIGIN_SCOPE, profile},
};
use crate::{
    dfw,
    owned::told,
    resources::namespace_network_policy::{imported, wire::origin},
};

/// The load balancer with these ids, and what marks it.
pub(crate) async fn import(nsx: &Nsx, ids: &Ids) -> Result<(Model, Meta), Error> {
    let found = found::find(nsx, ids, Monitors::Any).await?;
    let Some(service) = &found.service else {
        let detail = format!(
            "NSX has no `{}`; give `namespace/name` of a load balancer of this owner, its `id`, or \
             its policy path",
            ids.service()
        );
        return Err(Error::new("no such load balancer", detail));
    };
    let (namespace, name) = origin::<DnsLabel>(&service.meta, ORIGIN_SCOPE)?;
    let mut model = Model::empty();
    model.namespace = namespace.into();
    model.name = name.into();
    model.size = match service.size {
        Some(LbSize::Medium) => Size::Medium,
        Some(LbSize::Large) => Size::Large,
        Some(LbSize::Xlarge) => Size::Xlarge,
        _ => Size::Small,
    }
    .into();
    fill(&mut model, &found, ids);
    served(&mut model, nsx, ids).await?;
    whole(&model, ids)?;
    Ok((model, found.tier1.map(|it| it.meta).unwrap_or_default()))
}

/// Half a load balancer does not say what was meant.
fn whole(model: &Model, ids: &Ids) -> Result<(), Error> {
    let missing = [
        (ids.tier1().to_string(), model.tier0_path.is_null()),
        (ids.locale().to_string(), model.edge_cluster_path.is_null()),
        (ids.backends().to_string(), model.ncp_cluster.is_null()),
        (ids.server("…").to_string(), model.address.is_null()),
    ];
    if let Some((path, _)) = missing.iter().find(|(_, is_missing)| *is_missing) {
        let detail = format!(
            "`{path}` is missing, or not what it should be, so that nobody can tell what was \
             meant; delete the rest in NSX, and create the load balancer anew"
        );
        return Err(Error::new("half a load balancer", detail));
    }
    Ok(())
}

fn fill(model: &mut Model, found: &Found, ids: &Ids) {
    let parsed = |text: Option<&String>| text.and_then(|it| it.parse().ok());
    model.tier0_path = parsed(found.tier1.as_ref().and_then(|it| it.tier0_path.as_ref())).into();
    let edges = found.locale.as_ref().and_then(|it| it.edge_cluster_path.as_ref());
    model.edge_cluster_path = edges.and_then(|it| it.parse().ok()).into();
    model.monitor = match (&found.http_monitor, &found.tcp_monitor) {
        (Some(it), _) => http(it).into(),
        (None, Some(it)) => tcp(it).into(),
        (None, None) => Optional::null(),
    };
    let backends = found.firewall.groups.iter().find(|(id, _)| *id == ids.backends());
    if let Some((_, group)) = backends {
        let (cluster, pods) = imported::workloads(&dfw::expression(group));
        model.ncp_cluster = cluster.into();
        model.pod_selector = Some(pods).filter(|it| !it.is_empty()).into();
    }
}

fn tcp(monitor: &TcpMonitor) -> Monitor {
    Monitor {
        interval: monitor.interval.unwrap_or(5).into(),
        timeout: monitor.timeout.unwrap_or(15).into(),
        rise_count: monitor.rise_count.unwrap_or(3).into(),
        fall_count: monitor.fall_count.unwrap_or(3).into(),
        http_path: Optional::null(),
    }
}

fn http(monitor: &HttpMonitor) -> Monitor {
    Monitor {
        interval: monitor.interval.unwrap_or(5).into(),
        timeout: monitor.timeout.unwrap_or(15).into(),
        rise_count: monitor.rise_count.unwrap_or(3).into(),
        fall_count: monitor.fall_count.unwrap_or(3).into(),
        http_path: monitor.request_url.as_ref().and_then(|it| it.parse().ok()).into(),
    }
}

/// Address and ports, in the order of the ports' numbers: NSX keeps none.
async fn served(model: &mut Model, nsx: &Nsx, ids: &Ids) -> Result<(), Error> {
    let servers = nsx.list::<VirtualServer>(&Id::root()).await;
    let servers = servers.map_err(|why| told("list what NSX has of virtual servers", &why))?;
    let service = ids.service();
    let is_its = |it: &&VirtualServer| it.lb_service_path.as_deref() == Some(service.path());
    let mut ports = Vec::new();
    for server in servers.iter().filter(is_its) {
        let name = server.meta.id.as_deref().and_then(|id| ids.port(id)).unwrap_or_default();
        let id = ids.pool(name);
        let pool = nsx.read(&id).await.map_err(|why| told(&format!("read {id}"), &why))?;
        model.address = server.ip_address.as_ref().and_then(|it| it.parse().ok()).into();
        if let Some(pool) = &pool {
            model.algorithm = algorithm(pool).into();
        }
        ports.extend(port(name, server, pool.as_ref()));
    }
    ports.sort_by_key(|it| (it.port.known().copied(), it.protocol.known().copied()));
    model.ports = ports.into();
    Ok(())
}

fn algorithm(pool: &LbPool) -> Algorithm {
    match pool.algorithm {
        Some(nsx::objects::Algorithm::LeastConnection) => Algorithm::LeastConnection,
        Some(nsx::objects::Algorithm::IpHash) => Algorithm::IpHash,
        _ => Algorithm::RoundRobin,
    }
}

fn port(name: &str, server: &VirtualServer, pool: Option<&LbPool>) -> Option<ServedPort> {
    let number: u16 = server.ports.as_ref()?.first()?.parse().ok()?;
    let target = pool.and_then(|it| it.member_group.as_ref()?.port);
    let target = target.and_then(|it| u16::try_from(it).ok()).filter(|it| *it != number);
    let is_udp = server.application_profile_path.as_deref() == Some(profile(Transport::Udp));
    let protocol = if is_udp { Transport::Udp } else { Transport::Tcp };
    Some(ServedPort {
        name: name.parse::<DnsLabel>().ok()?.into(),
        port: number.into(),
        target_port: target.into(),
        protocol: protocol.into(),
    })
}
