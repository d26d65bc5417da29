//! The whole rule base, read at once: a constant number of calls, however many namespaces ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use namespace_network::{
    firewall::{Action, Attachment, Endpoint, Firewall, Object, Switch, Tag},
    isolation::Judge,
};
use nsx::{
    Fabric, Nsx,
    objects::{self as wire},
};

use super::from_nsx;
use crate::ownership::Mark;

/// Everything the firewall's decisions depend on.
#[derive(Debug)]
pub struct RuleBase {
    /// Groups, policies, switch and exclude lists.
    pub firewall: Arc<Firewall>,
    judge: OnceLock<Judge>,
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

impl RuleBase {
    /// The rules, worked out once for all namespaces.
    pub fn judge(&self) -> &Judge {
        self.judge.get_or_init(|| Judge::new(Arc::clone(&self.firewall)))
    }
}

/// Reads it, as it is meant to be at this moment.
pub async fn read(nsx: &Nsx) -> Result<RuleBase, nsx::Error> {
    let (read, fabric) = futures_util::try_join!(nsx.firewall(), nsx.fabric())?;
    let Fabric { segments, ports, gateways } = fabric;
    let lists = [read.excluded, read.system_excluded];
    let excluded = lists.into_iter().flat_map(|it| it.members.unwrap_or_default());
    // A switch that is not told is judged as off: nothing is closed on a guess.
    let is_on = read.settings.enable_firewall == Some(true);
    let groups = &read.groups;
    let firewall = Firewall {
        switch: if is_on { Switch::On } else { Switch::Off },
        excluded: excluded.collect(),
        groups: groups
            .iter()
            .filter_map(|it| Some((it.meta.path.clone()?, from_nsx::expression(it))))
            .collect(),
        group_names: groups
            .iter()
            .filter_map(|it| Some((it.meta.path.clone()?, it.meta.display_name.clone()?)))
            .collect(),
        alarms: alarms(&read.alarms),
        ..with_policies(&read.policies, &read.services)
    };
    let endpoints = endpoints(&ports, &segments);
    let marks = groups.iter().filter_map(|it| Some((it.meta.path.clone()?, Mark::of(&it.meta))));
    let marks = marks.filter(|(_, mark)| mark.owner.is_some()).collect();
    let (firewall, judge) = (Arc::new(firewall), OnceLock::new());
    Ok(RuleBase { firewall, judge, endpoints, domains: read.domains, segments, gateways, marks })
}

/// The segments, and what is attached to them, at this moment.
pub async fn attached(nsx: &Nsx) -> Result<(Vec<wire::Segment>, Vec<Endpoint>), nsx::Error> {
    let Fabric { segments, ports, .. } = nsx.fabric().await?;
    let endpoints = endpoints(&ports, &segments);
    Ok((segments, endpoints))
}

/// Policies with their rules. What NSX's own last section does not decide passes, for all that is
/// known.
fn with_policies(policies: &[wire::SecurityPolicy], services: &[wire::Service]) -> Firewall {
    let services: BTreeMap<String, Vec<wire::ServiceEntry>> = services
        .iter()
        .filter_map(|it| Some((it.meta.path.clone()?, it.service_entries.clone()?)))
        .collect();
    let mut firewall = Firewall::with_default(Action::Allow);
    for policy in policies {
        let rules = policy.rules.as_deref().unwrap_or_default();
        firewall.policies.extend(from_nsx::policy(policy, rules, &services));
    }
    firewall
}

/// Why something is not in force as it is written, by its path. What is for information only says
/// nothing of that.
fn alarms(all: &[wire::Alarm]) -> BTreeMap<String, String> {
    let raised = all.iter().filter(|it| it.severity.as_deref() != Some("INFO"));
    let by_path = raised.flat_map(|it| {
        let paths = it.intent_paths.iter().flatten().chain(&it.source_reference);
        paths.map(|path| (path.clone(), it.message.clone().unwrap_or_default()))
    });
    by_path.collect()
}

/// What is attached, by name: NSX promises no order.
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
    let mut attached: Vec<Endpoint> = attached.collect();
    attached.sort_by(|one, other| one.name.cmp(&other.name));
    attached
}

fn object(path: &str, meta: &nsx::Meta) -> Object {
    Object { path: path.to_owned(), tags: tags(meta) }
}

fn tags(meta: &nsx::Meta) -> BTreeSet<Tag> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    meta.tags.iter().flatten().map(|it| Tag::new(text(&it.scope), text(&it.tag))).collect()
}

#[cfg(test)]
mod tests;
