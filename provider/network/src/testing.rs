//! What tests of several modules are made of.

use proptest::{collection::vec, prelude::*};

use crate::{
    firewall::{
        Action, Attachment, Category, Condition, Direction, Endpoint, Expression, Firewall, Member,
        Object, Peer, Peers, Policy, Rule, Scope, Service, Services, Tag,
    },
    port::Protocol,
};

/// How often a property is tried: 10,000 times, unless `PROPTEST_CASES` says otherwise, which is for
/// mutation testing. proptest reads that itself; it tries 256 times where nobody says anything.
pub(crate) fn cases() -> ProptestConfig {
    let config = ProptestConfig::default();
    let cases = if config.cases == 256 { 10_000 } else { config.cases };
    ProptestConfig { cases, max_global_rejects: 10 * cases, ..config }
}

/// Pods by name, one per letter; upper case is outside of NSX.
pub(crate) fn endpoints(names: &str) -> Vec<Endpoint> {
    let endpoint = |(number, name): (usize, char)| {
        let tags = [Tag::new("pod", name)];
        let attachment = name.is_lowercase().then(|| Attachment {
            port: Object::new(format!("/infra/segments/s/ports/{name}"), tags),
            segment: Object::new("/infra/segments/s", []),
            machine: None,
        });
        let last = u8::try_from(number + 1).unwrap();
        Endpoint { name: name.into(), addresses: vec![[10, 0, 0, last].into()], attachment }
    };
    names.chars().enumerate().map(endpoint).collect()
}

/// A group of one pod.
fn pod(name: &str) -> (String, Expression) {
    (name.to_owned(), Condition::has(Member::SegmentPort, "pod", name).into())
}

pub(crate) fn policy(category: Category, sequence: u32, rules: Vec<Rule>) -> Policy {
    Policy::new(format!("/policies/{category}-{sequence}"), category, sequence, rules)
}

pub(crate) fn rule(sequence: u32, action: Action) -> Rule {
    Rule::new(format!("{action}-{sequence}"), sequence, action)
}

pub(crate) fn firewall(policies: Vec<Policy>) -> Firewall {
    let groups = ["a", "b", "c"].map(pod).into();
    Firewall { groups, policies, ..Firewall::with_default(Action::Drop) }
}

/// Rules of all sorts over the groups a, b, c.
pub(crate) fn any_rule() -> impl Strategy<Value = Rule> {
    let action = prop_oneof![
        Just(Action::Allow),
        Just(Action::Drop),
        Just(Action::Reject),
        Just(Action::JumpToApplication)
    ];
    let direction = prop_oneof![Just(Direction::In), Just(Direction::Out), Just(Direction::InOut)];
    let group = prop_oneof![Just("a"), Just("b"), Just("c")];
    let peers = (0..4u8, group.clone()).prop_map(|(kind, group)| match kind {
        0 => Peers::Any,
        1 => Peers::group(group),
        2 => Peers::Except(vec![Peer::Group(group.to_owned())]),
        _ => Peers::Only(vec![Peer::Addresses("10.0.0.2-10.0.0.4".parse().unwrap())]),
    });
    let scope = prop_oneof![
        Just(Scope::Everywhere),
        vec(group, 0..3)
            .prop_map(|groups| Scope::Groups(groups.into_iter().map(str::to_owned).collect()))
    ];
    let services = prop_oneof![
        Just(Services::Any),
        Just(Services::Only(vec![Service::ports(Protocol::Tcp, vec!["443".parse().unwrap()])])),
        Just(Services::Only(vec![Service::Protocol(17)])),
    ];
    (0..3u32, action, direction, peers.clone(), peers, scope, services).prop_map(
        |(sequence, action, direction, from, to, scope, services)| Rule {
            direction,
            from,
            to,
            services,
            scope,
            ..rule(sequence, action)
        },
    )
}

pub(crate) fn any_firewall() -> impl Strategy<Value = Firewall> {
    let category = prop_oneof![
        Just(Category::Emergency),
        Just(Category::Environment),
        Just(Category::Application)
    ];
    let policies = vec((category, 0..3u32, vec(any_rule(), 0..4)), 0..4);
    let default = prop_oneof![Just(Action::Allow), Just(Action::Drop)];
    (policies, default, any::<bool>()).prop_map(|(policies, default, excluded)| {
        let policies = policies.into_iter().enumerate().map(|(i, (category, sequence, rules))| {
            Policy { path: format!("/policies/{i}"), ..policy(category, sequence, rules) }
        });
        let mut firewall = Firewall { default, ..firewall(policies.collect()) };
        firewall.excluded.extend(excluded.then(|| "c".to_owned()));
        firewall
    })
}
