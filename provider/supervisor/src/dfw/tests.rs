//! What goes out comes back the same, and what NSX cannot say is refused.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::{
    firewall::{
        Action, Condition, Expression, Member, Peers, Policy, Rule, Scope, Service, Services,
    },
    isolation::{Isolation, Members, Mode, NcpNamespace, Paths},
    port::Protocol,
};
use nsx::objects as wire;

use super::*;

mod oracle;

const GROUP: &str = "/infra/domains/default/groups/banking";

fn isolation() -> Vec<Policy> {
    let paths = Paths {
        group: GROUP.to_owned(),
        deny: "/infra/domains/default/security-policies/banking-deny".to_owned(),
        allow: "/infra/domains/default/security-policies/banking-allow".to_owned(),
    };
    Isolation::closed(Mode::Baseline).policies(&paths).unwrap()
}

fn there_and_back(policy: &Policy) -> Policy {
    let mut out = security_policy(policy).unwrap();
    out.meta.path = Some(policy.path.clone());
    let rules = out.rules.clone().unwrap();
    super::policy(&out, &rules, &BTreeMap::new()).unwrap()
}

#[test]
fn a_deny_comes_back_as_it_went() {
    for policy in isolation() {
        assert_eq!(there_and_back(&policy), policy);
    }
}

#[test]
fn services_and_peers_come_back_as_they_went() {
    let ports = (1..=20).map(|n| format!("{}", n * 100).parse().unwrap()).collect();
    let rule = Rule {
        from: Peers::group(GROUP),
        services: Services::Only(vec![Service::ports(Protocol::Tcp, ports)]),
        scope: Scope::Groups(vec![GROUP.to_owned()]),
        ..Rule::new("many", 10, Action::Allow)
    };
    let mut policy = isolation().remove(0);
    policy.rules = vec![rule];
    let back = there_and_back(&policy);
    // Twenty ports do not fit an entry of fifteen.
    let Services::Only(services) = &back.rules[0].services else { panic!("some services") };
    assert_eq!(services.len(), 2);
    assert_eq!(back.rules[0].from, policy.rules[0].from);
}

#[test]
fn the_members_of_a_namespace_come_back_as_they_went() {
    let namespace = NcpNamespace {
        cluster: "domain-c8:dd58".to_owned(),
        name: "banking".to_owned(),
        uid: Some("1234".to_owned()),
    };
    let segments = Members::Segments(BTreeSet::from(["/infra/segments/a".to_owned()]));
    for members in [Members::Ncp(namespace), segments] {
        let expression = Some(group(&members.expression()).unwrap());
        let back = super::expression(&wire::Group { expression, ..wire::Group::default() });
        assert_eq!(back, members.expression());
    }
}

#[test]
fn each_kind_of_condition_comes_back_as_it_went() {
    let has = Condition::has(Member::SegmentPort, "app", "web");
    let exists = Condition::exists(Member::Segment, "ncp/project");
    for condition in [has.clone(), has.lacking(), exists.clone(), exists.lacking()] {
        let expression = Expression::from(condition);
        let group =
            wire::Group { expression: Some(group(&expression).unwrap()), ..wire::Group::default() };
        assert_eq!(super::expression(&group), expression);
    }
    // NSX would read an empty value as any.
    let empty = Condition::has(Member::SegmentPort, "app", "");
    assert!(group(&empty.into()).is_err());
}

#[test]
fn nobody_is_a_group_without_an_expression() {
    assert_eq!(group(&Expression::Any(vec![])), Ok(vec![]));
    let empty = super::expression(&wire::Group::default());
    assert_eq!(empty, Expression::Any(vec![]));
}

#[test]
fn a_list_that_nsx_would_read_as_anybody_never_leaves() {
    let mut policy = isolation().remove(0);
    for broken in [
        Rule { from: Peers::Only(vec![]), ..Rule::new("a", 1, Action::Allow) },
        Rule { to: Peers::Except(vec![]), ..Rule::new("a", 1, Action::Allow) },
        Rule { services: Services::Only(vec![]), ..Rule::new("a", 1, Action::Allow) },
        Rule { scope: Scope::Groups(vec![]), ..Rule::new("a", 1, Action::Allow) },
    ] {
        policy.rules = vec![broken];
        assert!(security_policy(&policy).is_err());
    }
}

#[test]
fn what_is_not_understood_is_doubtful_and_an_unknown_action_allows() {
    let rule = wire::Rule { action: Some("TELEPORT".into()), ..wire::Rule::named("odd") };
    let policy = super::policy(&wire::SecurityPolicy::named("p"), &[rule], &BTreeMap::new());
    assert_eq!(policy.unwrap().rules[0].action, Action::Allow);
    let condition = wire::Condition { key: Some(nsx::objects::Key::OsName), ..Default::default() };
    let expression = Some(vec![wire::Expression::Condition(condition)]);
    let group = wire::Group { expression, ..wire::Group::default() };
    assert!(matches!(super::expression(&group), Expression::Opaque(_)));
}
