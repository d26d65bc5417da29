//! Groups and rules as NSX has them. What it has no words for is an error.

use namespace_network::address::AddressRange;
use namespace_network::firewall::{
    Action, Condition, Direction, Expression, Member, Peer, Peers, Policy, Rule, Scope, Sense,
    Service, Services, Text,
};
use serde_json::{Value, json};

use super::names::Tags;
use super::object::Object;

/// A group.
pub(crate) fn group(path: &str, tags: Tags, members: &Expression) -> Result<Object, String> {
    let expression = match members {
        Expression::Any(parts) => joined("OR", parts.iter().map(part).collect::<Result<_, _>>()?),
        single => vec![part(single)?],
    };
    Ok(Object::new("Group", path.to_owned(), tags, json!({ "expression": expression })))
}

/// A policy with its rules, in category Application.
pub(crate) fn section(path: &str, tags: Tags, policy: &Policy) -> Result<Object, String> {
    let Scope::Groups(scope) = &policy.scope else {
        return Err(format!("policy `{}` is applied everywhere", policy.name));
    };
    let rules = policy.ordered().into_iter().map(|it| rule(it, scope));
    let fields = json!({
        "category": "Application",
        "sequence_number": policy.sequence,
        "stateful": true,
        "scope": scope,
        "rules": rules.collect::<Result<Vec<_>, _>>()?,
    });
    Ok(Object::new("SecurityPolicy", path.to_owned(), tags, fields))
}

fn rule(rule: &Rule, scope: &[String]) -> Result<Value, String> {
    let action = match rule.action {
        Action::Allow => "ALLOW",
        Action::Drop => "DROP",
        Action::Reject => "REJECT",
        Action::JumpToApplication => "JUMP_TO_APPLICATION",
    };
    let direction = match rule.direction {
        Direction::In => "IN",
        Direction::Out => "OUT",
        Direction::InOut => "IN_OUT",
    };
    let mut fields = json!({
        "resource_type": "Rule",
        "id": rule.id,
        "display_name": rule.id,
        "action": action,
        "direction": direction,
        "sequence_number": rule.sequence,
        "source_groups": peers(&rule.from)?,
        "destination_groups": peers(&rule.to)?,
        "services": ["ANY"],
        "ip_protocol": "IPV4_IPV6",
        "scope": scope,
    });
    if let Services::Only(services) = &rule.services {
        let entries = services.iter().enumerate().map(|(index, it)| entry(index, it));
        fields["service_entries"] = json!(entries.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(fields)
}

fn peers(peers: &Peers) -> Result<Vec<String>, String> {
    match peers {
        Peers::Any => Ok(vec!["ANY".to_owned()]),
        Peers::Only(peers) if !peers.is_empty() => Ok(peers.iter().map(peer).collect()),
        Peers::Only(_) | Peers::Except(_) => Err("a rule about nobody, or all but some".to_owned()),
    }
}

fn peer(peer: &Peer) -> String {
    match peer {
        Peer::Group(path) => path.clone(),
        Peer::Addresses(range) => range.shortest(),
    }
}

fn entry(index: usize, service: &Service) -> Result<Value, String> {
    let id = format!("service-{index}");
    match service {
        Service::Ports { protocol, to, from } if from.is_empty() => Ok(json!({
            "resource_type": "L4PortSetServiceEntry",
            "id": id,
            "display_name": id,
            "l4_protocol": protocol.to_string(),
            "destination_ports": to.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })),
        Service::Protocol(number) => Ok(json!({
            "resource_type": "IPProtocolServiceEntry",
            "id": id,
            "display_name": id,
            "protocol_number": number,
        })),
        other => Err(format!("no service of NSX is `{other}`")),
    }
}

/// Operands with a conjunction between each two.
fn joined(operator: &str, operands: Vec<Value>) -> Vec<Value> {
    let between = json!({
        "resource_type": "ConjunctionOperator", "conjunction_operator": operator,
    });
    let mut list = Vec::new();
    for operand in operands {
        if !list.is_empty() {
            list.push(between.clone());
        }
        list.push(operand);
    }
    list
}

fn part(expression: &Expression) -> Result<Value, String> {
    match expression {
        Expression::Condition(it) => condition(it),
        Expression::All(parts) if parts.len() == 1 => part(&parts[0]),
        Expression::All(parts) if !parts.is_empty() => Ok(json!({
            "resource_type": "NestedExpression",
            "expressions": joined("AND", parts.iter().map(part).collect::<Result<_, _>>()?),
        })),
        Expression::Addresses(set) if !set.is_empty() => Ok(json!({
            "resource_type": "IPAddressExpression",
            "ip_addresses": set.ranges().iter().map(AddressRange::shortest).collect::<Vec<_>>(),
        })),
        other => Err(format!("no expression of NSX is `{other}`")),
    }
}

fn condition(condition: &Condition) -> Result<Value, String> {
    let member = match condition.member {
        Member::Segment => "Segment",
        Member::SegmentPort => "SegmentPort",
        Member::VirtualMachine => "VirtualMachine",
    };
    let value = match &condition.tag.tag {
        Text::Is(text) => text.as_str(),
        Text::Any => "",
        _ => return Err(format!("no condition of NSX is `{condition}`")),
    };
    let operator = match condition.sense {
        Sense::Has => "EQUALS",
        Sense::Lacks => "NOTEQUALS",
    };
    Ok(json!({
        "resource_type": "Condition",
        "member_type": member,
        "key": "Tag",
        "operator": operator,
        "value": format!("{}|{value}", condition.tag.scope.as_deref().unwrap_or_default()),
    }))
}
