//! Where a namespace is: on which kind of network, and what NCP made for it.

use std::{collections::BTreeSet, net::IpAddr};

use namespace_network::{
    address::{AddressRange, Cidr},
    firewall::{Endpoint, Object, Tag},
    isolation::{Facts, Members, Mode, NcpNamespace, scopes},
};
use nsx::objects::Segment;
use tf_framework::{Context, Error, Path};
use vcenter::{ClusterId, NetworkProvider, clusters::Info, inventory::NetworkFilter};

use super::model::Model;
use crate::{
    clients::{self, Clients},
    dfw::RuleBase,
    owned::told,
    said, segments,
};

/// What NCP made for a namespace.
#[derive(Debug, Default)]
pub(super) struct Ncp {
    pub(super) uid: Option<String>,
    pub(super) subnets: Vec<Cidr>,
    pub(super) snat_address: Option<String>,
}

/// The namespace that members are looked for of.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) name: String,
    /// The workload networks it may use; the primary one if none are given. With VDS networking.
    pub(crate) networks: Option<Vec<String>>,
    pub(crate) mode: Mode,
}

impl Subject {
    pub(super) fn of(model: &Model) -> Result<Self, Error> {
        let networks = model.networks.get()?;
        Ok(Self {
            name: model.name.get()?.as_str().to_owned(),
            networks: networks.map(|it| it.iter().map(ToString::to_string).collect()),
            mode: super::model::Isolation::mode(&model.isolation),
        })
    }
}

/// Who is to be closed in; none where there is no NSX to do it.
pub(crate) async fn members(
    cx: &Context<Clients>,
    cluster: &ClusterId,
    supervisor: &Info,
    subject: &Subject,
) -> Result<Option<Members>, Error> {
    if !cx.data()?.has_nsx() {
        return Ok(None);
    }
    let rule_base = clients::rule_base(cx).await?;
    let name = subject.name.as_str();
    match supervisor.network_provider {
        NetworkProvider::Nsx => {
            let tag = ncp_cluster(&rule_base, cluster)?;
            let uid = uid(&rule_base, &tag, name);
            let namespace = NcpNamespace { cluster: tag, name: name.to_owned(), uid };
            Ok(Some(Members::Ncp(namespace)))
        }
        NetworkProvider::Vsphere => on_segments(cx, cluster, supervisor, subject, &rule_base).await,
        ref other => Err(Error::new(
            "a kind of networking that is not supported",
            format!("the Supervisor of `{cluster}` has `{other}`; NSX with NCP, or VDS, is wanted"),
        )),
    }
}

/// NCP's name for the cluster, read from the tag of its domain and never computed.
fn ncp_cluster(rule_base: &RuleBase, cluster: &ClusterId) -> Result<String, Error> {
    let prefix = format!("{cluster}:");
    let tags = rule_base.domains.iter().filter_map(|it| it.meta.tag(scopes::CLUSTER));
    let found: BTreeSet<&str> = tags.filter(|tag| tag.starts_with(&prefix)).collect();
    let found: Vec<&str> = found.into_iter().collect();
    match found[..] {
        [tag] => Ok(tag.to_owned()),
        [] => Err(Error::new(
            "NCP's domain is missing",
            format!("NSX has no domain tagged `ncp/cluster|{prefix}…`; is this the NSX of that Supervisor?"),
        )
        .at(&Path::of("cluster"))),
        _ => Err(Error::new(
            "several NCPs of that name",
            format!(
                "NSX has {}, which are all called `{cluster}` by their vCenters; connect each \
                 vCenter to an NSX of its own",
                found.join(", ")
            ),
        )
        .at(&Path::of("cluster"))),
    }
}

/// The namespace's UID, as the tags of its segments tell it, or else those of its workloads' ports.
fn uid(rule_base: &RuleBase, cluster: &str, name: &str) -> Option<String> {
    let mut of_segments = segments_of(rule_base, cluster, name);
    let uid = of_segments.find_map(|it| it.meta.tag(scopes::PROJECT_UID)).map(str::to_owned);
    uid.or_else(|| rule_base.endpoints.iter().find_map(|it| uid_of_port(it, cluster, name)))
}

/// The UID of the namespace of that name that a port is in, if it says so.
fn uid_of_port(endpoint: &Endpoint, cluster: &str, name: &str) -> Option<String> {
    let at = endpoint.attachment.as_ref()?;
    let has = |object: &Object, scope: &str, tag: &str| object.tags.contains(&Tag::new(scope, tag));
    let kinds =
        [(scopes::PROJECT, scopes::PROJECT_UID), (scopes::VIF_PROJECT, scopes::VIF_PROJECT_UID)];
    let named = kinds.into_iter().find(|(scope, _)| has(&at.port, scope, name));
    let (_, uid) = named.filter(|_| has(&at.segment, scopes::CLUSTER, cluster))?;
    at.port.tag(uid).map(str::to_owned)
}

fn segments_of<'a>(
    rule_base: &'a RuleBase,
    cluster: &'a str,
    name: &'a str,
) -> impl Iterator<Item = &'a nsx::objects::Segment> {
    rule_base.segments.iter().filter(move |it| {
        it.meta.tag(scopes::CLUSTER) == Some(cluster) && it.meta.tag(scopes::PROJECT) == Some(name)
    })
}

/// What NCP made for the namespace, as far as it has.
pub(super) async fn ncp(cx: &Context<Clients>, members: Option<&Members>) -> Result<Ncp, Error> {
    let Some(Members::Ncp(namespace)) = members else { return Ok(Ncp::default()) };
    let rule_base = clients::rule_base(cx).await?;
    let (cluster, name) = (&namespace.cluster, &namespace.name);
    let mut subnets = BTreeSet::new();
    for segment in segments_of(&rule_base, cluster, name) {
        subnets.extend(segments::subnets_of(cx, segment).await?);
    }
    let snat = rule_base.gateways.iter().find(|it| {
        it.meta.tag(scopes::CLUSTER) == Some(cluster) && it.meta.tag(scopes::PROJECT) == Some(name)
    });
    Ok(Ncp {
        uid: uid(&rule_base, cluster, name),
        subnets: subnets.into_iter().collect(),
        snat_address: snat.and_then(|it| it.meta.tag("ncp/snat_ip")).map(str::to_owned),
    })
}

/// With VDS networking the members are all on the segments behind the port groups.
async fn on_segments(
    cx: &Context<Clients>,
    cluster: &ClusterId,
    supervisor: &Info,
    subject: &Subject,
    rule_base: &RuleBase,
) -> Result<Option<Members>, Error> {
    if subject.mode == Mode::None {
        return Ok(None);
    }
    let vcenter = clients::vcenter(cx)?;
    let doing = || format!("read the networks of `{cluster}`");
    let networks =
        vcenter.networks(cluster).list().await.map_err(|why| said::told(&doing(), &why))?;
    let primary = supervisor.workload_networks.as_ref();
    let wanted: Vec<String> = match &subject.networks {
        Some(names) => names.clone(),
        None => primary.into_iter().map(|it| it.primary.id.to_string()).collect(),
    };
    let networks: Vec<_> =
        networks.iter().filter(|it| wanted.iter().any(|name| *name == it.id.as_str())).collect();
    let on = |it: &&vcenter::networks::Info| it.vsphere.as_ref().map(|it| it.port_group.clone());
    let filter = NetworkFilter {
        networks: networks.iter().filter_map(on).collect(),
        ..NetworkFilter::default()
    };
    let groups = vcenter.inventory().networks(&filter).await;
    let groups = groups.map_err(|why| said::told("read the port groups", &why))?;
    let mut paths = BTreeSet::new();
    for network in networks {
        let name = groups.iter().find(|it| Some(&it.id) == on(&network).as_ref());
        let name = name.map(|it| it.name.clone()).unwrap_or_default();
        let indexed = segments_called(&rule_base.segments, &name);
        let found = if indexed.is_empty() {
            // The rule base may be older than what was just made or renamed.
            let all = clients::nsx(cx)?.list::<Segment>(&nsx::Id::root()).await;
            segments_called(&all.map_err(|why| told("list the segments", &why))?, &name)
        } else {
            indexed
        };
        paths.insert(only(&found, &name, network.id.as_str())?);
    }
    Ok(Some(Members::Segments(paths)))
}

/// Paths of the segments that vCenter shows as a port group of that name.
fn segments_called(segments: &[Segment], name: &str) -> Vec<String> {
    let called = segments.iter().filter(|it| it.meta.display_name.as_deref() == Some(name));
    called.map(|it| it.meta.path.clone().unwrap_or_default()).collect()
}

/// The only segment of that name.
fn only(found: &[String], name: &str, network: &str) -> Result<String, Error> {
    let at = Path::of("isolation").attribute("mode");
    match found {
        [path] => Ok(path.clone()),
        [] => Err(Error::new(
            "no firewall on that network",
            format!(
                "network `{network}` is on port group `{name}`, which is no NSX segment, so there is \
                 no distributed firewall to isolate it with; write `isolation = {{ mode = \"none\" }}`"
            ),
        )
        .at(&at)),
        _ => Err(Error::new(
            "several segments of that name",
            format!("NSX has {} segments called `{name}`; give each a name of its own", found.len()),
        )
        .at(&at)),
    }
}

/// What presets stand for on this Supervisor.
pub(super) fn facts(supervisor: &Info, group: &str) -> Facts {
    let addresses = |texts: &mut dyn Iterator<Item = &String>| -> Vec<IpAddr> {
        texts.filter_map(|it| it.parse().ok()).collect()
    };
    let machines = addresses(&mut supervisor.api_servers.iter());
    Facts {
        dns_servers: addresses(&mut supervisor.workload_dns.iter()),
        control_plane: machines.into_iter().map(AddressRange::from).collect(),
        api_server: addresses(&mut std::iter::once(&supervisor.api_server_cluster_endpoint)),
        load_balancer: Vec::new(),
        backend_ports: Vec::new(),
        group: group.to_owned(),
    }
}

/// Where a namespace gets its subnets: from its own network, if it has one.
pub(super) fn pod_cidrs_of(model: &Model, supervisor: &Info) -> Vec<Cidr> {
    let own = model.network.known().and_then(|it| it.namespace_network_cidrs.known());
    own.filter(|it| !it.is_empty()).cloned().unwrap_or_else(|| pod_cidrs(supervisor))
}

/// The pod CIDRs of the Supervisor: where other namespaces' workloads have their addresses.
pub(crate) fn pod_cidrs(supervisor: &Info) -> Vec<Cidr> {
    let blocks = supervisor.ncp.iter().flat_map(|it| &it.pod_cidrs);
    blocks.filter_map(|it| Cidr::new(it.address.parse().ok()?, it.prefix).ok()).collect()
}
