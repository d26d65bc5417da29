//! Who is meant by a name.

use std::{collections::BTreeSet, net::IpAddr};

use namespace_network::{
    address::GatewayCidr,
    firewall::{Attachment, Endpoint},
    isolation::{Members, NcpNamespace, scopes},
};
use tf_framework::{Context, Error};
use vcenter::{NamespaceId, found};

use crate::{
    clients::{self, Clients},
    data_sources::namespace_isolation::subject,
    dfw::RuleBase,
    ncp::belongs_to,
    resources::vsphere_namespace::members,
    said,
};

/// Names that are listed where one was mistaken.
const SHOWN: usize = 10;

/// One end of the question.
#[derive(Debug)]
pub(super) struct End {
    /// As it was asked for.
    pub(super) title: String,
    /// At least one.
    pub(super) endpoints: Vec<Endpoint>,
    /// What the answer has to say about it.
    pub(super) note: Option<String>,
}

/// Finds an end.
pub(super) async fn find(
    cx: &Context<Clients>,
    rule_base: &RuleBase,
    text: &str,
    cluster: Option<&str>,
) -> Result<End, Error> {
    let end = |endpoints| End { title: text.to_owned(), endpoints, note: None };
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(end(at(rule_base, address)));
    }
    if let Some((namespace, workload)) = text.split_once('/') {
        return one_workload(rule_base, namespace, workload, cluster).map(|it| end(vec![it]));
    }
    if let Some(namespace) = namespace(rule_base, text, cluster)? {
        return Ok(of_members(rule_base, text, &Members::Ncp(namespace)));
    }
    let called = |it: &&Endpoint| it.name == text;
    let ports: Vec<&Endpoint> = rule_base.endpoints.iter().filter(called).collect();
    match ports[..] {
        [port] => return Ok(end(vec![port.clone()])),
        [] => {}
        _ => {
            let detail = format!(
                "NSX has {} segment ports called `{text}`; give an address of one",
                ports.len()
            );
            return Err(Error::new("several ports of that name", detail));
        }
    }
    match beside_ncp(cx, text, cluster).await? {
        Some(members) => Ok(of_members(rule_base, text, &members)),
        None => Err(unknown(rule_base, text)),
    }
}

/// Whoever has an address, or somebody outside of NSX.
fn at(rule_base: &RuleBase, address: IpAddr) -> Vec<Endpoint> {
    let has = |it: &&Endpoint| it.addresses.contains(&address);
    let found: Vec<Endpoint> = rule_base.endpoints.iter().filter(has).map(shown).collect();
    if found.is_empty() {
        let name = address.to_string();
        vec![Endpoint { name, addresses: vec![address], attachment: None }]
    } else {
        found
    }
}

/// The namespace of that name, as NCP's tags tell; none if there is none.
fn namespace(
    rule_base: &RuleBase,
    name: &str,
    cluster: Option<&str>,
) -> Result<Option<NcpNamespace>, Error> {
    let own = rule_base.segments.iter().filter(|it| it.meta.tag(scopes::PROJECT) == Some(name));
    let tags: Vec<(&str, Option<&str>)> = own
        .filter_map(|it| Some((it.meta.tag(scopes::CLUSTER)?, it.meta.tag(scopes::PROJECT_UID))))
        .filter(|(tag, _)| cluster.is_none_or(|cluster| belongs_to(tag, cluster)))
        .collect();
    let clusters: BTreeSet<&str> = tags.iter().map(|it| it.0).collect();
    if clusters.len() > 1 {
        let list = clusters.into_iter().collect::<Vec<_>>().join(", ");
        let detail =
            format!("NSX has a namespace `{name}` of {list}; say which is meant by `cluster`");
        return Err(Error::new("several namespaces of that name", detail));
    }
    Ok(tags.first().map(|(cluster, uid)| NcpNamespace {
        cluster: (*cluster).to_owned(),
        name: name.to_owned(),
        uid: uid.map(str::to_owned),
    }))
}

/// A namespace on the segments of a VDS, or one that NCP has made nothing for yet.
async fn beside_ncp(
    cx: &Context<Clients>,
    name: &str,
    cluster: Option<&str>,
) -> Result<Option<Members>, Error> {
    let Ok(vcenter) = clients::vcenter(cx) else { return Ok(None) };
    let info = found(vcenter.namespaces().get(&NamespaceId::from(name)).await);
    let info = info.map_err(|why| said::told(&format!("read namespace `{name}`"), &why))?;
    let is_meant = |on: &str| cluster.is_none_or(|cluster| cluster == on);
    let Some(info) = info.filter(|it| is_meant(it.cluster.as_str())) else { return Ok(None) };
    let supervisor = clients::supervisor(cx, &info.cluster).await?;
    members(cx, &info.cluster, &supervisor, &subject(name, &info)).await
}

fn of_members(rule_base: &RuleBase, title: &str, members: &Members) -> End {
    let there = members.among(&rule_base.firewall, &rule_base.endpoints);
    let mut endpoints: Vec<Endpoint> = there.iter().map(shown).collect();
    let mut note = None;
    if endpoints.is_empty() {
        note = Some(format!(
            "`{title}` has no pods or VMs yet: a made-up one stands for those that may come"
        ));
        endpoints = made_up(rule_base, members).into_iter().collect();
    }
    End { title: title.to_owned(), endpoints, note }
}

/// A pod as the namespace would get one, at an address of its subnet if that is known.
pub(super) fn made_up(rule_base: &RuleBase, members: &Members) -> Option<Endpoint> {
    let mut pod = members.made_up().into_iter().next()?;
    let is_own = |segment: &&nsx::objects::Segment| match members {
        Members::Ncp(namespace) => {
            segment.meta.tag(scopes::CLUSTER) == Some(&namespace.cluster)
                && segment.meta.tag(scopes::PROJECT) == Some(&namespace.name)
        }
        Members::Segments(paths) => segment.meta.path.as_ref().is_some_and(|it| paths.contains(it)),
    };
    let segment = rule_base.segments.iter().find(is_own)?;
    let gateway = segment.subnets.iter().flatten().find_map(|it| it.gateway_address.clone());
    let gateway: Option<GatewayCidr> = gateway.and_then(|it| it.parse().ok());
    pod.addresses = gateway.map(|it| it.network().hosts().last()).into_iter().collect();
    if let Some(Attachment { segment: on, .. }) = &mut pod.attachment {
        let tags = segment.meta.tags.iter().flatten();
        on.path = segment.meta.path.clone().unwrap_or_default();
        on.tags.extend(tags.map(|tag| {
            let text = |it: &Option<String>| it.clone().unwrap_or_default();
            namespace_network::firewall::Tag::new(text(&tag.scope), text(&tag.tag))
        }));
    }
    Some(pod)
}

/// A pod or VM of a namespace, by the tags that NCP gives its port.
fn one_workload(
    rule_base: &RuleBase,
    namespace: &str,
    workload: &str,
    cluster: Option<&str>,
) -> Result<Endpoint, Error> {
    let own = rule_base.endpoints.iter().filter(|it| {
        let of = tag(it, scopes::CLUSTER);
        cluster.is_none_or(|cluster| of.is_some_and(|tag| belongs_to(tag, cluster)))
            && workload_of(it).is_some_and(|it| it.0 == namespace)
    });
    let own: Vec<&Endpoint> = own.collect();
    let called = |it: &&&Endpoint| workload_of(it).is_some_and(|it| it.1 == workload);
    let found: Vec<&&Endpoint> = own.iter().filter(called).collect();
    match found[..] {
        [one] => Ok(shown(one)),
        [] => {
            let there: Vec<_> =
                own.iter().filter_map(|it| workload_of(it)).map(|it| it.1).collect();
            let detail = format!(
                "namespace `{namespace}` has no pod or VM `{workload}` in NSX; it has {}",
                listed(&there)
            );
            Err(Error::new("no such workload", detail))
        }
        _ => {
            let detail = format!(
                "several Supervisors have `{namespace}/{workload}`; say which is \
                                  meant by `cluster`"
            );
            Err(Error::new("several workloads of that name", detail))
        }
    }
}

/// Namespace and name, if NCP attached it.
fn workload_of(endpoint: &Endpoint) -> Option<(&str, &str)> {
    let namespace = tag(endpoint, scopes::PROJECT).or(tag(endpoint, scopes::VIF_PROJECT))?;
    let name = tag(endpoint, "ncp/pod").or(tag(endpoint, "ncp/vnet_interface"))?;
    Some((namespace, name))
}

fn tag<'e>(endpoint: &'e Endpoint, scope: &str) -> Option<&'e str> {
    endpoint.attachment.as_ref()?.port.tag(scope)
}

/// The same under the name that its users know.
fn shown(endpoint: &Endpoint) -> Endpoint {
    let name = workload_of(endpoint).map(|(namespace, name)| format!("{namespace}/{name}"));
    Endpoint { name: name.unwrap_or_else(|| endpoint.name.clone()), ..endpoint.clone() }
}

fn unknown(rule_base: &RuleBase, text: &str) -> Error {
    let namespaces = rule_base.segments.iter().filter_map(|it| it.meta.tag(scopes::PROJECT));
    let namespaces: BTreeSet<&str> = namespaces.collect();
    let detail = format!(
        "`{text}` is no namespace, no segment port and no address; give `namespace`, \
         `namespace/pod`, the name of a port, or an address; NSX has the namespaces {}",
        listed(&namespaces.into_iter().collect::<Vec<_>>())
    );
    Error::new("nobody of that name", detail)
}

fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|it| format!("`{it}`")).collect();
    match (names.len().saturating_sub(SHOWN), shown.is_empty()) {
        (_, true) => "none".to_owned(),
        (0, _) => shown.join(", "),
        (more, _) => format!("{}, and {more} more", shown.join(", ")),
    }
}
