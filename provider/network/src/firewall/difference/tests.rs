use std::collections::BTreeSet;

use super::*;
use crate::{
    firewall::{Action, Category, Direction, Peer, Peers, Scope, Service, Services, Tag},
    port::Protocol,
};

const GROUP: &str = "/infra/domains/default/groups/banking";

type Edit<T> = fn(&mut T);

/// Rules that have little in common.
fn wanted() -> Policy {
    let drop_in = Rule {
        direction: Direction::In,
        scope: Scope::Groups(vec![GROUP.to_owned()]),
        ..Rule::new("drop-in", 10, Action::Drop)
    };
    let web = Rule {
        name: "Web".to_owned(),
        from: Peers::Only(vec![Peer::Addresses("10.9.0.0-10.9.255.255".parse().unwrap())]),
        to: Peers::group(GROUP),
        services: Services::Only(vec![Service::ports(Protocol::Tcp, vec!["443".parse().unwrap()])]),
        families: Families::V4,
        logging: Logging::Logged,
        ..Rule::new("web", 20, Action::Allow)
    };
    let jump = Rule {
        from: Peers::Except(vec![Peer::Group(GROUP.to_owned())]),
        state: State::Disabled,
        profile: Some("/infra/context-profiles/ssl".to_owned()),
        unknown: vec!["tag".to_owned()],
        ..Rule::new("jump", 30, Action::JumpToApplication)
    };
    Policy::new("/policies/p", Category::Application, 900_000, vec![jump, drop_in, web])
}

/// Every field of a rule as NSX calls it, with values that it can have.
fn values() -> Vec<(&'static str, Vec<Edit<Rule>>)> {
    vec![
        ("display_name", vec![|it| it.name = "other".to_owned()]),
        ("sequence_number", vec![|it| it.sequence = 11]),
        (
            "action",
            vec![
                |it| it.action = Action::Allow,
                |it| it.action = Action::Drop,
                |it| it.action = Action::Reject,
                |it| it.action = Action::JumpToApplication,
            ],
        ),
        (
            "direction",
            vec![|it| it.direction = Direction::In, |it| it.direction = Direction::Out, |it| {
                it.direction = Direction::InOut;
            }],
        ),
        (
            "source_groups",
            vec![
                |it| it.from = Peers::Any,
                |it| it.from = Peers::group(GROUP),
                |it| it.from = Peers::group("/infra/domains/other/groups/banking"),
                |it| it.from = Peers::Except(vec![Peer::Group(GROUP.to_owned())]),
            ],
        ),
        (
            "destination_groups",
            vec![|it| it.to = Peers::Any, |it| {
                it.to = Peers::group("/infra/domains/other/groups/banking");
            }],
        ),
        (
            "services",
            vec![
                |it| it.services = Services::Any,
                |it| it.services = Services::Only(vec![Service::Protocol(6)]),
                |it| it.services = Services::Only(vec![icmp(1)]),
                |it| it.services = Services::Only(vec![icmp(58)]),
            ],
        ),
        (
            "scope",
            vec![|it| it.scope = Scope::Everywhere, |it| {
                it.scope = Scope::Groups(vec!["/infra/domains/other/groups/banking".into()]);
            }],
        ),
        (
            "ip_protocol",
            vec![|it| it.families = Families::V4, |it| it.families = Families::V6, |it| {
                it.families = Families::Both;
            }],
        ),
        ("disabled", vec![|it| it.state = State::Disabled, |it| it.state = State::Enabled]),
        ("logged", vec![|it| it.logging = Logging::Logged, |it| it.logging = Logging::Silent]),
        ("profiles", vec![|it| it.profile = None, |it| it.profile = Some("/infra/p".to_owned())]),
        ("tag", vec![|it| it.unknown = vec![], |it| it.unknown = vec!["tag".to_owned()]]),
    ]
}

fn icmp(protocol: u8) -> Service {
    Service::Icmp { protocol, kind: 3, code: None }
}

#[test]
fn every_change_of_one_field_of_one_rule_is_told_as_that() {
    let wanted = wanted();
    for (place, rule) in wanted.rules.iter().enumerate() {
        let mut told = BTreeSet::new();
        for (field, values) in values() {
            let mut texts = BTreeSet::new();
            for set in values {
                let mut found = wanted.clone();
                set(&mut found.rules[place]);
                let changed = found.rules[place].clone();
                let differences = wanted.differences(&found);
                if changed == *rule {
                    assert_eq!(differences, [], "{field}");
                    continue;
                }
                let [Difference::Changed(at, changes)] = &differences[..] else {
                    panic!("{field}: {differences:?}")
                };
                let [change] = &changes[..] else { panic!("{field}: {changes:?}") };
                assert_eq!((*at, change.field.as_str()), (&changed, field));
                assert_ne!(change.is, change.wanted, "{field}");
                assert!(texts.insert(change.is.clone()), "two values of {field} read the same");
                told.insert(field);
            }
        }
        // As many as a rule has fields, but for its id.
        assert_eq!(told.len(), 13, "{told:?}");
    }
}

#[test]
fn a_rule_that_came_or_went_is_told_and_the_order_of_a_list_is_not() {
    let wanted = wanted();
    let mut found = wanted.clone();
    found.rules.reverse();
    found.name = "renamed".to_owned();
    found.tags = vec![Tag::new("a", "b")];
    assert_eq!(wanted.differences(&found), []);
    for rule in &wanted.rules {
        let mut found = wanted.clone();
        found.rules.retain(|it| it.id != rule.id);
        assert_eq!(wanted.differences(&found), [Difference::Missing(rule)]);
        assert_eq!(found.differences(&wanted), [Difference::Added(rule)]);
    }
}

#[test]
fn the_place_of_a_policy_is_told_field_by_field() {
    let wanted = wanted();
    let edits: [(&str, Edit<Policy>); 4] = [
        ("`category` is Emergency, not Application", |it| it.category = Category::Emergency),
        ("`sequence_number` is 5, not 900000", |it| it.sequence = 5),
        ("`scope` is at /infra/g, not everywhere", |it| {
            it.scope = Scope::Groups(vec!["/infra/g".to_owned()]);
        }),
        ("`scheduler_path` is /infra/s, not none", |it| it.schedule = Some("/infra/s".to_owned())),
    ];
    for (told, edit) in edits {
        let mut found = wanted.clone();
        edit(&mut found);
        let differences = wanted.differences(&found);
        let [Difference::Policy(changes)] = &differences[..] else { panic!("{differences:?}") };
        assert_eq!(changes.iter().map(Change::to_string).collect::<Vec<_>>(), [told]);
    }
}
