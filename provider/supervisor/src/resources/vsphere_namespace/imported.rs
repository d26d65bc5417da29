//! Reading a configuration back from the rules that it once became.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::{
    firewall::{Logging, Peer, Peers, Policy, Rule, Service, Services},
    isolation::Preset,
};
use nsx::{Id, objects::SecurityPolicy};
use tf_framework::{Context, Error, Optional};

use super::{
    isolate,
    model::{Allow, Direction, Isolation},
};
use crate::{
    clients::{self, Clients},
    dfw,
    owned::Steward,
};

/// What isolates the namespace, if something of this provider's does; whoever's it is. Its mark is taken
/// along.
pub(super) async fn isolation(
    cx: &Context<Clients>,
    cluster: &str,
    name: &str,
) -> Result<Option<Isolation>, Error> {
    let own = isolate::group(cx.data()?.owner()?, cluster, name);
    isolate::purpose(cx, cluster, name)?.take_along(cx, &clients::nsx(cx)?, &own).await?;
    let steward = &isolate::steward(cx, &own, name, None)?;
    let Some(mode) = isolate::found_mode(steward, cluster, name).await? else { return Ok(None) };
    let paths = isolate::paths(&steward.names(), cluster, name, mode);
    let logging = policy(steward, &paths.deny)
        .await?
        .is_some_and(|it| it.rules.iter().any(|rule| rule.logging == Logging::Logged));
    let rules = policy(steward, &paths.allow).await?.map(|it| it.rules).unwrap_or_default();
    let entries = entries(&rules, &paths.group);
    Ok(Some(Isolation {
        mode: mode.into(),
        allow: Some(entries).filter(|it| !it.is_empty()).into(),
        accept: Optional::null(),
        logging: logging.into(),
    }))
}

async fn policy(steward: &Steward<'_>, path: &str) -> Result<Option<Policy>, Error> {
    let id = Id::<SecurityPolicy>::parse(path)
        .map_err(|why| Error::new("no path of a policy", why.to_string()))?;
    let found = steward.get(&id).await?;
    Ok(found.as_ref().and_then(dfw::decided))
}

/// The entries that such rules come from, by name.
fn entries(rules: &[Rule], group: &str) -> Vec<Allow> {
    let mut entries = BTreeMap::new();
    let mut presets = BTreeSet::new();
    for rule in rules {
        match preset_of(&rule.id) {
            Some(preset) => {
                presets.insert(preset);
            }
            None => {
                entries.extend(entry(rule, group).map(|it| (rule.id.clone(), it)));
            }
        }
    }
    for preset in presets {
        let name = preset.to_string().replace('_', "-");
        let allow = name.parse().ok().map(|label: namespace_network::name::DnsLabel| Allow {
            name: label.into(),
            preset: preset.into(),
            ..Allow::default()
        });
        entries.extend(allow.map(|it| (name, it)));
    }
    entries.into_values().collect()
}

/// The preset whose rules have such names: its own, or its own with a suffix.
fn preset_of(rule: &str) -> Option<Preset> {
    Preset::ALL.into_iter().find(|preset| {
        let rest = rule.strip_prefix(&preset.to_string());
        rest.is_some_and(|rest| rest.is_empty() || rest == "-api-server")
    })
}

fn entry(rule: &Rule, group: &str) -> Option<Allow> {
    let own = Peers::group(group);
    let (direction, peers) = if rule.to == own && rule.from != own {
        (Direction::In, &rule.from)
    } else {
        (Direction::Out, &rule.to)
    };
    let mut allow = Allow {
        name: rule.id.parse::<namespace_network::name::DnsLabel>().ok()?.into(),
        direction: direction.into(),
        ..Allow::default()
    };
    match peers {
        Peers::Any => allow.any_peer = true.into(),
        Peers::Only(peers) => {
            let cidrs = peers.iter().filter_map(|it| match it {
                Peer::Addresses(range) => Some(range.cidrs()),
                Peer::Group(_) => None,
            });
            let groups = peers.iter().filter_map(|it| match it {
                Peer::Group(path) => path.parse().ok(),
                Peer::Addresses(_) => None,
            });
            allow.cidrs = some(cidrs.flatten().collect());
            allow.groups = some(groups.collect());
        }
        Peers::Except(_) => return None,
    }
    match &rule.services {
        Services::Any => allow.any_port = true.into(),
        Services::Only(services) => {
            let mut all = Vec::new();
            for service in services {
                let Service::Ports { protocol, to, .. } = service else { return None };
                allow.protocol = (*protocol).into();
                all.extend(to.iter().copied());
            }
            allow.ports = some(all);
        }
    }
    Some(allow)
}

fn some<T>(list: Vec<T>) -> Optional<Vec<T>> {
    Some(list).filter(|it| !it.is_empty()).into()
}

#[cfg(test)]
mod tests {
    use namespace_network::isolation::{Facts, Isolation as Rules, Mode, Paths};

    use super::*;

    const GROUP: &str = "/infra/domains/default/groups/banking";

    fn rules(allow: Vec<namespace_network::isolation::Allow>) -> Vec<Rule> {
        let paths = Paths {
            group: GROUP.to_owned(),
            deny: "/infra/domains/default/security-policies/deny".to_owned(),
            allow: "/infra/domains/default/security-policies/allow".to_owned(),
        };
        let logging = Logging::Silent;
        Rules { mode: Mode::Baseline, allow, logging }.policies(&paths).unwrap().remove(0).rules
    }

    #[test]
    fn a_preset_is_known_by_its_rules() {
        let facts = Facts {
            control_plane: vec!["10.0.0.10-10.0.0.14".parse().unwrap()],
            api_server: vec![[192, 0, 2, 65].into()],
            group: GROUP.to_owned(),
            ..Facts::default()
        };
        let found = entries(&rules(Preset::ControlPlane.entries(&facts).unwrap()), GROUP);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].preset.known(), Some(&Preset::ControlPlane));
        assert_eq!(found[0].name.known().unwrap().as_str(), "control-plane");
    }

    #[test]
    fn an_entry_is_read_back_as_it_was_written() {
        let written = namespace_network::isolation::Allow {
            name: "web".to_owned(),
            flow: namespace_network::isolation::Flow::In,
            peers: Peers::Only(vec![
                Peer::Addresses("10.9.0.0-10.9.255.255".parse().unwrap()),
                Peer::Group("/infra/domains/default/groups/trading".to_owned()),
            ]),
            services: Services::Only(vec![Service::ports(
                namespace_network::port::Protocol::Tcp,
                vec!["443".parse().unwrap(), "8000-8080".parse().unwrap()],
            )]),
        };
        let found = entries(&rules(vec![written]), GROUP).remove(0);
        assert!(matches!(found.direction.known(), Some(Direction::In)));
        assert_eq!(found.cidrs.known().unwrap()[0].to_string(), "10.9.0.0/16");
        assert_eq!(found.groups.known().unwrap().len(), 1);
        assert_eq!(found.ports.known().unwrap().len(), 2);
        assert_eq!(found.any_peer.known(), None);
    }
}
