//! Between the load balancer that users write and the objects of NSX.

use std::{collections::BTreeMap, net::IpAddr};

use namespace_network::{
    address::{AddressRange, AddressSet},
    firewall::{
        Action, Category, Direction, Expression, Peers, Policy, Rule, Scope, Service, Services,
    },
    isolation::{self, Members, NcpNamespace},
    network_policy::{Manifest, Metadata, NetworkPolicy, PolicySpec},
    port::{Port, PortRange, Protocol},
};
use nsx::{
    Id, Meta, Tag,
    objects::{
        Advertised, FailoverMode, Group, HttpMonitor, IpRevision, LbPool, LbService, LbSize,
        LocaleServices, MemberGroup, SnatKind, SnatTranslation, TcpMonitor, Tier1, VirtualServer,
    },
};
use tf_framework::{Error, Path, Unknown};

use super::{
    ids::Ids,
    model::{Algorithm, Model, Monitor, ServedPort, Size, Transport},
};
use crate::{
    dfw,
    resources::namespace_network_policy::{selector::LabelSelector, translation, wire::Objects},
};

/// Scope of the tag that says which load balancer the service is: `namespace/name`.
pub(crate) const ORIGIN_SCOPE: &str = "tf-load-balancer";

/// All that belongs to the load balancer but for the opening in the firewall, which comes last.
#[derive(Clone, Debug)]
pub(crate) struct Balancer {
    pub(crate) tier1: Tier1,
    pub(crate) locale: LocaleServices,
    pub(crate) backends: Group,
    pub(crate) service: LbService,
    pub(crate) monitor: Option<Watch>,
    pub(crate) pools: Vec<(Id<LbPool>, LbPool)>,
    pub(crate) servers: Vec<(Id<VirtualServer>, VirtualServer)>,
}

/// What watches the workloads.
#[derive(Clone, Debug)]
pub(crate) enum Watch {
    Tcp(TcpMonitor),
    Http(HttpMonitor),
}

/// As NSX is to have it.
pub(crate) fn balancer(model: &Model, ids: &Ids) -> Result<Balancer, Error> {
    let name = full_name(model)?;
    let monitor = model.monitor.get()?.map(|it| watch(it, &name)).transpose()?;
    let watched = monitor.as_ref().map(|it| it.path(ids));
    let ports = model.ports.get()?;
    let pool = |it: &ServedPort| pool(it, model, ids, watched.as_deref());
    let server = |it: &ServedPort| server(it, model, ids);
    Ok(Balancer {
        tier1: Tier1 {
            tier0_path: Some(model.tier0_path.get()?.to_string()),
            failover_mode: Some(FailoverMode::NonPreemptive),
            route_advertisement_types: Some(vec![Advertised::LbVip, Advertised::LbSnat]),
            ..Tier1::named(&name)
        },
        locale: LocaleServices {
            edge_cluster_path: Some(model.edge_cluster_path.get()?.to_string()),
            ..LocaleServices::named("default")
        },
        backends: Group {
            expression: Some(dfw::group(&backends(model)?).map_err(|why| unsayable(&why))?),
            ..Group::named(format!("{name} backends"))
        },
        service: LbService {
            meta: Meta {
                display_name: Some(name.clone()),
                tags: Some(vec![Tag::new(ORIGIN_SCOPE, &name)]),
                ..Meta::default()
            },
            connectivity_path: Some(ids.tier1().path().to_owned()),
            enabled: Some(true),
            size: Some(size(*model.size.get()?)),
            ..LbService::default()
        },
        monitor,
        pools: ports.iter().map(pool).collect::<Result<_, _>>()?,
        servers: ports.iter().map(server).collect::<Result<_, _>>()?,
    })
}

/// What people call it: `namespace/name`.
pub(crate) fn full_name(model: &Model) -> Result<String, Unknown> {
    Ok(format!("{}/{}", model.namespace.get()?.as_str(), model.name.get()?.as_str()))
}

fn unsayable(why: &dfw::Unsayable) -> Error {
    Error::new("too much for NSX", why.to_string())
}

fn size(size: Size) -> LbSize {
    match size {
        Size::Small => LbSize::Small,
        Size::Medium => LbSize::Medium,
        Size::Large => LbSize::Large,
        Size::Xlarge => LbSize::Xlarge,
    }
}

fn algorithm(algorithm: Algorithm) -> nsx::objects::Algorithm {
    match algorithm {
        Algorithm::RoundRobin => nsx::objects::Algorithm::RoundRobin,
        Algorithm::LeastConnection => nsx::objects::Algorithm::LeastConnection,
        Algorithm::IpHash => nsx::objects::Algorithm::IpHash,
    }
}

/// Path of the profile that says how to balance a protocol; NSX comes with both.
pub(crate) const fn profile(protocol: Transport) -> &'static str {
    match protocol {
        Transport::Tcp => "/infra/lb-app-profiles/default-tcp-lb-app-profile",
        Transport::Udp => "/infra/lb-app-profiles/default-udp-lb-app-profile",
    }
}

fn pool(
    port: &ServedPort,
    model: &Model,
    ids: &Ids,
    watched: Option<&str>,
) -> Result<(Id<LbPool>, LbPool), Unknown> {
    let name = port.name.get()?.as_str();
    let is_watched = *port.protocol.get()? == Transport::Tcp;
    let families = match model.address.get()? {
        IpAddr::V4(_) => IpRevision::Ipv4,
        IpAddr::V6(_) => IpRevision::Ipv6,
    };
    let pool = LbPool {
        // An empty list clears what was there.
        active_monitor_paths: Some(
            watched.filter(|_| is_watched).map(str::to_owned).into_iter().collect(),
        ),
        algorithm: Some(algorithm(*model.algorithm.get()?)),
        member_group: Some(MemberGroup {
            group_path: Some(ids.backends().path().to_owned()),
            ip_revision_filter: Some(families),
            port: Some(i64::from(port.target()?)),
            ..MemberGroup::default()
        }),
        snat_translation: Some(SnatTranslation {
            kind: Some(SnatKind::AutoMap),
            ..SnatTranslation::default()
        }),
        ..LbPool::named(format!("{} {name}", full_name(model)?))
    };
    Ok((ids.pool(name), pool))
}

fn server(
    port: &ServedPort,
    model: &Model,
    ids: &Ids,
) -> Result<(Id<VirtualServer>, VirtualServer), Unknown> {
    let name = port.name.get()?.as_str();
    let server = VirtualServer {
        application_profile_path: Some(profile(*port.protocol.get()?).to_owned()),
        enabled: Some(true),
        ip_address: Some(model.address.get()?.to_string()),
        lb_service_path: Some(ids.service().path().to_owned()),
        pool_path: Some(ids.pool(name).path().to_owned()),
        ports: Some(vec![port.port.get()?.to_string()]),
        ..VirtualServer::named(format!("{} {name}", full_name(model)?))
    };
    Ok((ids.server(name), server))
}

impl Watch {
    pub(crate) fn path(&self, ids: &Ids) -> String {
        match self {
            Self::Tcp(_) => ids.tcp_monitor().path().to_owned(),
            Self::Http(_) => ids.http_monitor().path().to_owned(),
        }
    }
}

fn watch(monitor: &Monitor, name: &str) -> Result<Watch, Unknown> {
    let interval = Some(*monitor.interval.get()?);
    let timeout = Some(*monitor.timeout.get()?);
    let rise_count = Some(*monitor.rise_count.get()?);
    let fall_count = Some(*monitor.fall_count.get()?);
    Ok(match monitor.http_path.get()? {
        None => Watch::Tcp(TcpMonitor {
            interval,
            timeout,
            rise_count,
            fall_count,
            ..TcpMonitor::named(name)
        }),
        Some(path) => Watch::Http(HttpMonitor {
            interval,
            timeout,
            rise_count,
            fall_count,
            request_url: Some(path.to_string()),
            ..HttpMonitor::named(name)
        }),
    })
}

/// The selector as the policy that it would be the selector of, so that both mean the same.
pub(crate) fn backends_manifest(model: &Model) -> Result<Manifest, Unknown> {
    let selector = model.pod_selector.get()?.map(LabelSelector::to_kubernetes).transpose()?;
    Ok(Manifest {
        api_version: None,
        kind: None,
        metadata: Metadata {
            name: model.name.get()?.to_string(),
            namespace: model.namespace.get()?.to_string(),
        },
        spec: PolicySpec { pod_selector: selector.unwrap_or_default(), ..PolicySpec::default() },
    })
}

/// Who serves: the namespace, or those of its pods that are selected.
pub(crate) fn backends(model: &Model) -> Result<Expression, Error> {
    let cluster = model.ncp_cluster.get()?.clone();
    if model.pod_selector.get()?.is_none_or(LabelSelector::is_empty) {
        let name = model.namespace.get()?.to_string();
        return Ok(Members::Ncp(NcpNamespace { cluster, name, uid: None }).expression());
    }
    let at = Path::of("pod_selector");
    let policy = NetworkPolicy::try_from(&backends_manifest(model)?)
        .map_err(|why| Error::new("not a selector", why.to_string()).at(&at))?;
    let ids = translation::Ids::new("backends");
    let mut groups = translation::translate(&policy, &cluster, &ids)?.groups;
    match (groups.remove(&ids.scope()), groups.is_empty()) {
        (Some(group), true) => Ok(group),
        _ => Err(Error::new(
            "too much for NSX",
            "`pod_selector` needs more than one group of NSX, and a pool takes one; select by \
             fewer values",
        )
        .at(&at)),
    }
}

/// What lets the load balancer in: its own addresses, to the ports of the workloads alone. It
/// stands in category Environment, before what any namespace drops.
pub(crate) fn opening(model: &Model, ids: &Ids, sources: &[IpAddr]) -> Result<Objects, Error> {
    if sources.is_empty() {
        let detail = "NSX names no source address; an empty group is not opened to";
        return Err(Error::new("no source addresses", detail));
    }
    let name = full_name(model)?;
    let addresses: AddressSet = sources.iter().map(|it| AddressRange::from(*it)).collect();
    let group = Group {
        expression: Some(
            dfw::group(&Expression::Addresses(addresses)).map_err(|why| unsayable(&why))?,
        ),
        ..Group::named(format!("{name} sources"))
    };
    let policy = opening_policy(model, ids, &name)?;
    let policy = dfw::security_policy(&policy).map_err(|why| unsayable(&why))?;
    Ok(Objects { groups: vec![(ids.sources(), group)], policies: vec![(ids.opening(), policy)] })
}

fn opening_policy(model: &Model, ids: &Ids, name: &str) -> Result<Policy, Error> {
    let (sources, backends) = (ids.sources(), ids.backends());
    let mut ports: BTreeMap<Protocol, Vec<PortRange>> = BTreeMap::new();
    for it in model.ports.get()? {
        let target = Port::new(it.target()?)
            .ok_or_else(|| Error::new("not a port", "a port is 1-65535").at(&Path::of("ports")))?;
        let all = ports.entry(it.protocol.get()?.protocol()).or_default();
        if !all.contains(&target.into()) {
            all.push(target.into());
        }
    }
    for all in ports.values_mut() {
        all.sort_unstable();
    }
    let services = ports.into_iter().map(|(protocol, ports)| Service::ports(protocol, ports));
    let rule = Rule {
        name: "load-balancer".to_owned(),
        direction: Direction::In,
        from: Peers::group(sources.path()),
        to: Peers::group(backends.path()),
        services: Services::Only(services.collect()),
        scope: Scope::Groups(vec![backends.path().to_owned()]),
        ..Rule::new("load-balancer", 10, Action::Allow)
    };
    let opening = ids.opening();
    let sequence = isolation::ALLOW_SEQUENCE;
    let policy = Policy::new(opening.path(), Category::Environment, sequence, vec![rule]);
    Ok(Policy { name: format!("{name} load balancer"), ..policy })
}
