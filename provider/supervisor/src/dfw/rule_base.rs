//! The whole rule base, read at once: a constant number of searches, however many namespaces ask.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::firewall::{Action, Attachment, Endpoint, Firewall, Object, Switch, Tag};
use nsx::{
    Nsx, Query,
    objects::{self as wire},
};

use super::from_nsx;
use crate::ownership::Mark;

/// Everything the firewall's decisions depend on.
#[derive(Clone, Debug)]
pub struct RuleBase {
    /// Groups, policies, switch and exclude lists.
    pub firewall: Firewall,
    /// Everything that is attached to a segment.
    pub endpoints: Vec<Endpoint>,
    /// The domains: `default`, and one for each NCP.
    pub domains: Vec<wire::Domain>,
    /// The segments.
    pub segments: Vec<wire::Segment>,
    /// The Tier-1 gateways.
    pub gateways: Vec<wire::Tier1>,
    /// The marks of groups that states of this provider have, by path.
    pub marks: BTreeMap<String, Mark>,
}

/// Id of the policy that NSX puts behind all others.
const DEFAULT_POLICY: &str = "default-layer3-section";

/// Reads it. Searches lag some seconds behind writes: what was just written is read by itself.
pub async fn read(nsx: &Nsx) -> Result<RuleBase, nsx::Error> {
    let (groups, policies, rules, services) =
        (Query::of("Group"), Query::of("SecurityPolicy"), Query::of("Rule"), Query::of("Service"));
    let (groups, policies, rules, services) =
        (groups.alive(), policies.alive(), rules.alive(), services.alive());
    let (groups, policies, rules, services) = futures_util::try_join!(
        nsx.search::<wire::Group>(&groups),
        nsx.search::<wire::SecurityPolicy>(&policies),
        nsx.search::<wire::Rule>(&rules),
        nsx.search::<wire::Service>(&services),
    )?;
    let (ports, segments, domains, gateways) = (
        Query::of("SegmentPort").alive(),
        Query::of("Segment").alive(),
        Query::of("Domain").alive(),
        Query::of("Tier1").alive(),
    );
    let (ports, segments, domains, gateways) = futures_util::try_join!(
        nsx.search::<wire::SegmentPort>(&ports),
        nsx.search::<wire::Segment>(&segments),
        nsx.search::<wire::Domain>(&domains),
        nsx.search::<wire::Tier1>(&gateways),
    )?;
    let (settings, excluded, system_excluded) = futures_util::try_join!(
        nsx.firewall_settings(),
        nsx.exclude_list(),
        nsx.system_exclude_list(),
    )?;
    let lists = [excluded, system_excluded];
    let excluded = lists.into_iter().flat_map(|it| it.members.unwrap_or_default());
    // A switch that is not told is judged as off: nothing is closed on a guess.
    let switch = if settings.enable_firewall == Some(true) { Switch::On } else { Switch::Off };
    let firewall = Firewall {
        switch,
        excluded: excluded.collect(),
        groups: groups
            .iter()
            .filter_map(|it| Some((it.meta.path.clone()?, from_nsx::expression(it))))
            .collect(),
        ..with_policies(&policies, rules, &services)
    };
    let endpoints = endpoints(&ports, &segments);
    let marks = groups.iter().filter_map(|it| Some((it.meta.path.clone()?, Mark::of(&it.meta))));
    let marks = marks.filter(|(_, mark)| mark.owner.is_some()).collect();
    Ok(RuleBase { firewall, endpoints, domains, segments, gateways, marks })
}

/// Policies with their rules; what NSX does by default is its own policy's only rule.
fn with_policies(
    policies: &[wire::SecurityPolicy],
    rules: Vec<wire::Rule>,
    services: &[wire::Service],
) -> Firewall {
    let services: BTreeMap<String, Vec<wire::ServiceEntry>> = services
        .iter()
        .filter_map(|it| Some((it.meta.path.clone()?, it.service_entries.clone()?)))
        .collect();
    let mut by_policy: BTreeMap<String, Vec<wire::Rule>> = BTreeMap::new();
    for rule in rules {
        let parent = rule.meta.parent_path.clone().or_else(|| {
            let path = rule.meta.path.as_deref()?;
            path.rsplit_once("/rules/").map(|(policy, _)| policy.to_owned())
        });
        by_policy.entry(parent.unwrap_or_default()).or_default().push(rule);
    }
    let mut firewall = Firewall::with_default(Action::Allow);
    for policy in policies {
        let path = policy.meta.path.clone().unwrap_or_default();
        let rules = by_policy.remove(&path).unwrap_or_default();
        if policy.meta.id.as_deref() == Some(DEFAULT_POLICY) {
            let found = from_nsx::policy(policy, &rules, &services);
            let last = found.as_ref().and_then(|it| it.ordered().pop().map(|it| it.action));
            firewall.default = last.unwrap_or(Action::Allow);
            continue;
        }
        firewall.policies.extend(from_nsx::policy(policy, &rules, &services));
    }
    firewall
}

fn endpoints(ports: &[wire::SegmentPort], segments: &[wire::Segment]) -> Vec<Endpoint> {
    let segments: BTreeMap<&str, &wire::Segment> =
        segments.iter().filter_map(|it| Some((it.meta.path.as_deref()?, it))).collect();
    let attached = ports.iter().filter_map(|port| {
        let path = port.meta.path.as_deref()?;
        let (segment_path, _) = path.rsplit_once("/ports/")?;
        let segment = segments.get(segment_path);
        let addresses = port.address_bindings.iter().flatten();
        Some(Endpoint {
            name: port.meta.display_name.clone().unwrap_or_else(|| path.to_owned()),
            addresses: addresses.filter_map(|it| it.ip_address.as_deref()?.parse().ok()).collect(),
            attachment: Some(Attachment {
                port: object(path, &port.meta),
                segment: Object {
                    path: segment_path.to_owned(),
                    tags: segment.map(|it| tags(&it.meta)).unwrap_or_default(),
                },
                machine: None,
            }),
        })
    });
    attached.collect()
}

fn object(path: &str, meta: &nsx::Meta) -> Object {
    Object { path: path.to_owned(), tags: tags(meta) }
}

fn tags(meta: &nsx::Meta) -> BTreeSet<Tag> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    meta.tags.iter().flatten().map(|it| Tag::new(text(&it.scope), text(&it.tag))).collect()
}
