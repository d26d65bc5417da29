//! Out to NSX: exactly, or not at all.

use namespace_network::address::AddressRange;
use namespace_network::firewall::{
    Action, Category, Condition, Direction, Expression, Families, Logging, Member, Peer, Peers,
    Policy, Rule, Scope, Sense, Service, Services, State, Text, limits::PORTS,
};
use nsx::{
    Meta, Tag,
    objects::{self as wire, MemberType},
};

/// Something that NSX has no exact words for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("NSX cannot say this exactly: {0}")]
pub struct Unsayable(String);

const ANY: &str = "ANY";

/// The expression of a group. Nobody is an empty one: such a group has no members.
pub fn group(expression: &Expression) -> Result<Vec<wire::Expression>, Unsayable> {
    match expression {
        Expression::Any(parts) => {
            let parts = parts.iter().map(part).collect::<Result<Vec<_>, _>>()?;
            Ok(wire::Expression::any(parts))
        }
        single => Ok(vec![part(single)?]),
    }
}

fn part(expression: &Expression) -> Result<wire::Expression, Unsayable> {
    Ok(match expression {
        Expression::Condition(it) => condition(it)?,
        Expression::All(parts) if !parts.is_empty() => {
            let parts = parts.iter().map(|it| match it {
                Expression::Condition(it) => condition(it),
                other => Err(Unsayable(format!("`{other}` inside a conjunction"))),
            });
            wire::Expression::all(parts.collect::<Result<_, _>>()?)
        }
        Expression::Addresses(set) if !set.is_empty() => {
            wire::Expression::addresses(set.ranges().iter().map(AddressRange::shortest).collect())
        }
        Expression::Paths(paths) if !paths.is_empty() => {
            wire::Expression::paths(paths.iter().cloned().collect())
        }
        other => return Err(Unsayable(format!("`{other}` as a part of a group"))),
    })
}

fn condition(condition: &Condition) -> Result<wire::Expression, Unsayable> {
    let Condition { member, tag, sense } = condition;
    let kind = match member {
        Member::Segment => MemberType::Segment,
        Member::SegmentPort => MemberType::SegmentPort,
        Member::VirtualMachine => MemberType::VirtualMachine,
    };
    let scope = tag.scope.as_deref().unwrap_or_default();
    let text = match &tag.tag {
        Text::Is(text) if !text.is_empty() => text,
        Text::Any => "",
        _ => return Err(Unsayable(format!("condition `{condition}`"))),
    };
    let mut tagged = wire::Expression::tagged(kind, scope, text);
    if *sense == Sense::Lacks
        && let wire::Expression::Condition(it) = &mut tagged
    {
        it.operator = Some(wire::Operator::NotEquals);
    }
    Ok(tagged)
}

/// The policy with all its rules. Its id is the last part of its path.
pub fn security_policy(policy: &Policy) -> Result<wire::SecurityPolicy, Unsayable> {
    let category = match policy.category {
        Category::Emergency => "Emergency",
        Category::Infrastructure => "Infrastructure",
        Category::Environment => "Environment",
        Category::Application | Category::Last => "Application",
    };
    let tags = policy.tags.iter().map(|tag| Tag::new(&tag.scope, &tag.tag));
    Ok(wire::SecurityPolicy {
        meta: Meta {
            display_name: Some(policy.name.clone()),
            tags: Some(tags.collect()),
            ..Meta::default()
        },
        category: Some(category.to_owned()),
        sequence_number: Some(policy.sequence.into()),
        scope: Some(scope(&policy.scope)?),
        rules: Some(policy.ordered().into_iter().map(rule).collect::<Result<_, _>>()?),
        stateful: Some(true),
        ..wire::SecurityPolicy::default()
    })
}

fn rule(rule: &Rule) -> Result<wire::Rule, Unsayable> {
    let (sources, sources_excluded) = peers(&rule.from)?;
    let (destinations, destinations_excluded) = peers(&rule.to)?;
    let (service_entries, services) = services(&rule.services)?;
    if rule.profile.is_some() {
        return Err(Unsayable(format!("a context profile on rule `{}`", rule.id)));
    }
    Ok(wire::Rule {
        meta: Meta {
            id: Some(rule.id.clone()),
            resource_type: Some("Rule".to_owned()),
            display_name: Some(rule.name.clone()),
            ..Meta::default()
        },
        action: Some(action(rule.action)),
        direction: Some(direction(rule.direction)),
        ip_protocol: Some(families(rule.families)),
        sequence_number: Some(rule.sequence.into()),
        source_groups: Some(sources),
        sources_excluded: Some(sources_excluded),
        destination_groups: Some(destinations),
        destinations_excluded: Some(destinations_excluded),
        services: Some(services),
        service_entries,
        scope: Some(scope(&rule.scope)?),
        disabled: Some(rule.state == State::Disabled),
        logged: Some(rule.logging == Logging::Logged),
        ..wire::Rule::default()
    })
}

fn action(action: Action) -> wire::Action {
    match action {
        Action::Allow => wire::Action::Allow,
        Action::Drop => wire::Action::Drop,
        Action::Reject => wire::Action::Reject,
        Action::JumpToApplication => wire::Action::JumpToApplication,
    }
}

fn direction(direction: Direction) -> wire::Direction {
    match direction {
        Direction::In => wire::Direction::In,
        Direction::Out => wire::Direction::Out,
        Direction::InOut => wire::Direction::InOut,
    }
}

fn families(families: Families) -> wire::IpProtocol {
    match families {
        Families::V4 => wire::IpProtocol::Ipv4,
        Families::V6 => wire::IpProtocol::Ipv6,
        Families::Both => wire::IpProtocol::Both,
    }
}

/// An empty list would be anybody to NSX, so it is refused.
fn peers(peers: &Peers) -> Result<(Vec<String>, bool), Unsayable> {
    let list = |peers: &[Peer]| -> Vec<String> {
        let each = peers.iter().map(|peer| match peer {
            Peer::Group(path) => path.clone(),
            Peer::Addresses(range) => range.shortest(),
        });
        each.collect()
    };
    match peers {
        Peers::Any => Ok((vec![ANY.to_owned()], false)),
        Peers::Only(some) if !some.is_empty() => Ok((list(some), false)),
        Peers::Except(some) if !some.is_empty() => Ok((list(some), true)),
        Peers::Only(_) | Peers::Except(_) => Err(Unsayable("an end with nobody at it".to_owned())),
    }
}

fn scope(scope: &Scope) -> Result<Vec<String>, Unsayable> {
    match scope {
        Scope::Everywhere => Ok(vec![ANY.to_owned()]),
        Scope::Groups(groups) if groups.is_empty() => {
            Err(Unsayable("a rule that applies nowhere".to_owned()))
        }
        Scope::Groups(groups) => Ok(groups.clone()),
    }
}

type Sayable = (Option<Vec<wire::ServiceEntry>>, Vec<String>);

/// Entries of the rule itself, so that no service has to exist before it. NSX wants `ANY` beside
/// them in `services`, where only services with a path of their own are listed.
fn services(services: &Services) -> Result<Sayable, Unsayable> {
    let any = vec![ANY.to_owned()];
    match services {
        Services::Any => Ok((Some(Vec::new()), any)),
        Services::Only(some) if some.is_empty() => {
            Err(Unsayable("a rule for no service".to_owned()))
        }
        Services::Only(some) => {
            let mut entries = Vec::new();
            for service in some {
                entry(service, &mut entries)?;
            }
            Ok((Some(entries), any))
        }
    }
}

fn entry(service: &Service, entries: &mut Vec<wire::ServiceEntry>) -> Result<(), Unsayable> {
    match service {
        Service::Ports { protocol, to, from } => {
            let l4_protocol = match protocol.to_string().as_str() {
                "TCP" => wire::L4Protocol::Tcp,
                "UDP" => wire::L4Protocol::Udp,
                _ => return Err(Unsayable(format!("ports of {protocol}"))),
            };
            let source_ports = Some(from.iter().map(ToString::to_string).collect());
            let texts: Vec<String> = to.iter().map(ToString::to_string).collect();
            let parts = if texts.is_empty() { vec![Vec::new()] } else { chunks(&texts) };
            for ports in parts {
                let id = format!("{protocol}-{}", entries.len()).to_lowercase();
                entries.push(wire::ServiceEntry::L4(wire::L4Entry {
                    id: Some(id.clone()),
                    display_name: Some(id),
                    l4_protocol: Some(l4_protocol.clone()),
                    destination_ports: Some(ports),
                    source_ports: source_ports.clone(),
                    ..wire::L4Entry::default()
                }));
            }
        }
        Service::Protocol(number) => {
            let id = format!("protocol-{}", entries.len());
            entries.push(wire::ServiceEntry::Protocol(wire::ProtocolEntry {
                id: Some(id.clone()),
                display_name: Some(id),
                protocol_number: Some(i64::from(*number)),
                ..wire::ProtocolEntry::default()
            }));
        }
        other => return Err(Unsayable(format!("service `{other}`"))),
    }
    Ok(())
}

/// Ports in parts that an entry takes.
fn chunks(ports: &[String]) -> Vec<Vec<String>> {
    let weight = |port: &String| if port.contains('-') { 2 } else { 1 };
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    let mut used = 0;
    for port in ports {
        if used + weight(port) > PORTS {
            parts.push(Vec::new());
            used = 0;
        }
        used += weight(port);
        parts.last_mut().expect("there is always a part").push(port.clone());
    }
    parts
}
