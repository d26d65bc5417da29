use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{
    firewall::{Condition, Expression, Families, Member, Peers, Policy, Rule, Scope, State, Text},
    port::{Port, Protocol},
    testing::{any_firewall, any_rule, endpoints, firewall, policy, rule},
};

const HTTPS: Traffic = Traffic::Port(Protocol::Tcp, Port::new(443).unwrap());

/// Whether a reaches b on 443, and who says so.
#[track_caller]
fn check(firewall: &Firewall, expect: &Expect) {
    let endpoints = endpoints("abcX");
    let reachability = Reachability::new(firewall, &endpoints, Assuming::default());
    expect.assert_eq(&reachability.decide(0, 1, HTTPS).to_string());
}

#[test]
fn categories_come_before_places_and_places_before_ids() {
    use Category::{Application, Emergency, Environment};
    check(
        &firewall(vec![
            policy(Application, 1, vec![rule(1, Action::Drop)]),
            policy(Environment, 9, vec![rule(2, Action::Drop), rule(1, Action::Allow)]),
            policy(Environment, 10, vec![rule(0, Action::Reject)]),
        ]),
        &expect![[r"
            allowed
              at the sender: allowed by rule `allow-1` of policy `Environment-9` (Environment 9)
              at the receiver: allowed by rule `allow-1` of policy `Environment-9` (Environment 9)"]],
    );
    check(
        &firewall(vec![
            policy(Environment, 1, vec![rule(1, Action::Allow)]),
            policy(Emergency, 900, vec![rule(1, Action::Reject)]),
        ]),
        &expect![[r"
            denied
              at the sender: rejected by rule `reject-1` of policy `Emergency-900` (Emergency 900)
              at the receiver: rejected by rule `reject-1` of policy `Emergency-900` (Emergency 900)"]],
    );
}

#[test]
fn a_rule_holds_only_where_it_is_applied() {
    let only_a = Rule { scope: Scope::Groups(vec!["a".into()]), ..rule(1, Action::Allow) };
    check(
        &firewall(vec![policy(Category::Application, 1, vec![only_a.clone()])]),
        &expect![[r"
        denied
          at the sender: allowed by rule `allow-1` of policy `Application-1` (Application 1)
          at the receiver: dropped by the default rule: no other matches"]],
    );
    // What the policy says about that replaces what the rule says.
    let scope = Scope::Groups(vec!["b".into()]);
    let policy = Policy { scope, ..policy(Category::Application, 1, vec![only_a]) };
    check(
        &firewall(vec![policy]),
        &expect![[r"
        denied
          at the sender: dropped by the default rule: no other matches
          at the receiver: allowed by rule `allow-1` of policy `Application-1` (Application 1)"]],
    );
}

#[test]
fn directions_are_those_of_the_port() {
    let one_way = |direction| Rule { direction, ..rule(1, Action::Allow) };
    let egress = policy(Category::Application, 1, vec![one_way(Direction::Out)]);
    check(
        &firewall(vec![egress]),
        &expect![[r"
        denied
          at the sender: allowed by rule `allow-1` of policy `Application-1` (Application 1)
          at the receiver: dropped by the default rule: no other matches"]],
    );
    let ingress = policy(Category::Application, 1, vec![one_way(Direction::In)]);
    check(
        &firewall(vec![ingress]),
        &expect![[r"
        denied
          at the sender: dropped by the default rule: no other matches
          at the receiver: allowed by rule `allow-1` of policy `Application-1` (Application 1)"]],
    );
}

#[test]
fn disabled_rules_and_other_families_are_passed_over() {
    let disabled = Rule { state: State::Disabled, ..rule(1, Action::Allow) };
    let v6 = Rule { families: Families::V6, ..rule(2, Action::Allow) };
    let v4 = Rule { families: Families::V4, ..rule(3, Action::Allow) };
    check(
        &firewall(vec![policy(Category::Application, 1, vec![disabled, v6, v4])]),
        &expect![[r"
            allowed
              at the sender: allowed by rule `allow-3` of policy `Application-1` (Application 1)
              at the receiver: allowed by rule `allow-3` of policy `Application-1` (Application 1)"]],
    );
}

#[test]
fn a_jump_goes_on_in_category_application() {
    use Category::{Application, Environment};
    check(
        &firewall(vec![
            policy(Environment, 1, vec![rule(1, Action::JumpToApplication), rule(2, Action::Drop)]),
            policy(Environment, 2, vec![rule(1, Action::Drop)]),
            policy(Application, 1, vec![rule(1, Action::Allow)]),
        ]),
        &expect![[r"
            allowed
              at the sender: permitted by rule `jump to Application-1` of policy `Environment-1` (Environment 1), and allowed by rule `allow-1` of policy `Application-1` (Application 1)
              at the receiver: permitted by rule `jump to Application-1` of policy `Environment-1` (Environment 1), and allowed by rule `allow-1` of policy `Application-1` (Application 1)"]],
    );
}

/// NSX has no such rule; one that was read wrong must not end what comes after it.
#[test]
fn from_the_last_category_a_jump_leads_nowhere() {
    let rules = vec![rule(1, Action::JumpToApplication), rule(2, Action::Allow)];
    let firewall = firewall(vec![policy(Category::Application, 1, rules)]);
    check(
        &firewall,
        &expect![[r"
        allowed
          at the sender: allowed by rule `allow-2` of policy `Application-1` (Application 1)
          at the receiver: allowed by rule `allow-2` of policy `Application-1` (Application 1)"]],
    );
}

#[test]
fn what_is_excluded_or_switched_off_passes() {
    let mut firewall = firewall(vec![]);
    check(
        &firewall,
        &expect![[r"
        denied
          at the sender: dropped by the default rule: no other matches
          at the receiver: dropped by the default rule: no other matches"]],
    );
    firewall.excluded.insert("b".to_owned());
    check(
        &firewall,
        &expect![[r"
        denied
          at the sender: dropped by the default rule: no other matches
          at the receiver: allowed: it is on an exclude list of the firewall"]],
    );
    firewall.switch = Switch::Off;
    check(
        &firewall,
        &expect![[r"
        allowed
          at the sender: allowed: the firewall is switched off
          at the receiver: allowed: the firewall is switched off"]],
    );
}

#[test]
fn outside_of_nsx_nobody_judges() {
    let (firewall, endpoints) = (firewall(vec![]), endpoints("aX"));
    let reachability = Reachability::new(&firewall, &endpoints, Assuming::default());
    expect![[r"
        denied
          at the sender: not judged: it is outside of NSX
          at the receiver: dropped by the default rule: no other matches"]]
    .assert_eq(&reachability.decide(1, 0, HTTPS).to_string());
}

#[test]
fn doubt_is_read_as_asked() {
    let mut firewall = firewall(vec![policy(
        Category::Application,
        1,
        vec![Rule { from: Peers::group("opaque"), ..rule(1, Action::Allow) }],
    )]);
    firewall.groups.insert("opaque".to_owned(), Expression::Opaque("NodeType".to_owned()));
    let endpoints = endpoints("ab");
    let allowed = |firewall: &Firewall, doubtful| {
        let assuming = Assuming { doubtful, ..Assuming::default() };
        Reachability::new(firewall, &endpoints, assuming).decide(0, 1, HTTPS).is_allowed()
    };
    assert!(allowed(&firewall, Doubtful::Opens));
    assert!(!allowed(&firewall, Doubtful::Closes));
    firewall.default = Action::Allow;
    firewall.policies[0].rules[0].action = Action::Drop;
    assert!(allowed(&firewall, Doubtful::Opens));
    assert!(!allowed(&firewall, Doubtful::Closes));
    // A schedule or a context profile leaves the same doubt.
    firewall.policies[0].rules[0].from = Peers::Any;
    assert!(!allowed(&firewall, Doubtful::Opens));
    firewall.policies[0].schedule = Some("/infra/firewall-schedulers/nights".to_owned());
    assert!(allowed(&firewall, Doubtful::Opens));
    assert!(!allowed(&firewall, Doubtful::Closes));
    // So does a field that is not understood, and what NSX could not put into force.
    firewall.policies[0].schedule = None;
    firewall.policies[0].rules[0].unknown = vec!["new".to_owned()];
    assert!(allowed(&firewall, Doubtful::Opens));
    firewall.policies[0].rules[0].unknown.clear();
    assert!(!allowed(&firewall, Doubtful::Opens));
    firewall.alarms = [(firewall.policies[0].path.clone(), "full".to_owned())].into();
    assert!(allowed(&firewall, Doubtful::Opens));
    assert!(!allowed(&firewall, Doubtful::Closes));
}

/// The same firewall once for each order that NSX may mean, with numbers that are all different; none if
/// they are too many to be tried.
fn orders(firewall: &Firewall) -> Vec<Firewall> {
    let mut all = vec![Vec::new()];
    for tier in firewall.tiers() {
        let tied = permutations(tier.policies.iter().map(|it| it.at).collect());
        let mut lists = Vec::new();
        for order in tied {
            let mut of_order = vec![Vec::new()];
            for at in order {
                let ways = written_out(&firewall.policies[at]);
                of_order = then(&of_order, &ways);
            }
            lists.extend(of_order);
        }
        all = all
            .iter()
            .flat_map(|some| lists.iter().map(|it| [some, it.as_slice()].concat()))
            .collect();
        if all.len() > 60 {
            return Vec::new();
        }
    }
    let renumbered = |policies: Vec<Policy>| {
        let policies =
            policies.into_iter().zip(0..).map(|(it, sequence)| Policy { sequence, ..it });
        Firewall { policies: policies.collect(), ..firewall.clone() }
    };
    all.into_iter().map(renumbered).collect()
}

/// A policy in each order of its rules.
fn written_out(policy: &Policy) -> Vec<Policy> {
    let firewall = firewall(vec![policy.clone()]);
    let tiers = firewall.tiers();
    let mut all = vec![Vec::new()];
    for rank in &tiers[0].policies[0].ranks {
        let ways: Vec<Vec<Rule>> = permutations(rank.iter().map(|it| it.1.clone()).collect());
        all = all
            .iter()
            .flat_map(|some| ways.iter().map(|it| [some, it.as_slice()].concat()))
            .collect();
    }
    let renumbered = |rules: Vec<Rule>| {
        let rules = rules.into_iter().zip(0..).map(|(it, sequence)| Rule { sequence, ..it });
        Policy { rules: rules.collect(), ..policy.clone() }
    };
    all.into_iter().map(renumbered).collect()
}

fn then(some: &[Vec<Policy>], ways: &[Policy]) -> Vec<Vec<Policy>> {
    let with =
        |before: &Vec<Policy>, it: &Policy| [before.as_slice(), std::slice::from_ref(it)].concat();
    some.iter().flat_map(|before| ways.iter().map(move |it| with(before, it))).collect()
}

fn permutations<T: Clone>(all: Vec<T>) -> Vec<Vec<T>> {
    if all.len() < 2 {
        return vec![all];
    }
    let without = |at: usize| {
        let rest = all.iter().enumerate().filter(move |(other, _)| *other != at);
        permutations(rest.map(|it| it.1.clone()).collect())
    };
    let first = |at: usize| {
        let one = all[at].clone();
        without(at).into_iter().map(move |rest| [vec![one.clone()], rest].concat())
    };
    (0..all.len()).flat_map(first).collect()
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn a_matrix_is_all_decisions(firewall in any_firewall()) {
        let endpoints = endpoints("abcdX");
        let reachability = Reachability::new(&firewall, &endpoints, Assuming::default());
        let matrix = reachability.matrix(HTTPS);
        for from in 0..matrix.size() {
            for to in 0..matrix.size() {
                let Decision { egress, ingress } = reachability.decide(from, to, HTTPS);
                let expected = match (egress.is_allowed(), ingress.is_allowed()) {
                    (true, true) => Ends::Both,
                    (true, false) => Ends::Egress,
                    (false, true) => Ends::Ingress,
                    (false, false) => Ends::Neither,
                };
                prop_assert_eq!(matrix.ends(from, to), expected);
            }
        }
    }

    #[test]
    fn an_allow_more_closes_nothing(
        firewall in any_firewall(), more in any_rule(), which in any::<prop::sample::Index>(),
    ) {
        let endpoints = endpoints("abcdX");
        let mut opened = firewall.clone();
        prop_assume!(!opened.policies.is_empty());
        let at = which.index(opened.policies.len());
        // No other rule of the policy has its id.
        let more = Rule { action: Action::Allow, id: "more".to_owned(), ..more };
        opened.policies[at].rules.push(more);
        let matrix = |firewall| {
            Reachability::new(firewall, &endpoints, Assuming::default()).matrix(HTTPS)
        };
        let (before, after) = (matrix(&firewall), matrix(&opened));
        for (from, to) in (0..5).flat_map(|from| (0..5).map(move |to| (from, to))) {
            let ends = |it: &Matrix| match it.ends(from, to) {
                Ends::Both => [true, true],
                Ends::Egress => [true, false],
                Ends::Ingress => [false, true],
                Ends::Neither => [false, false],
            };
            let (before, after) = (ends(&before), ends(&after));
            prop_assert!(before[0] <= after[0] && before[1] <= after[1], "{:?} {:?}", before, after);
        }
    }

    #[test]
    fn doubt_that_opens_never_closes(firewall in any_firewall(), which in 0..3usize) {
        let mut firewall = firewall;
        let doubtful = [
            Expression::Opaque("?".to_owned()),
            Expression::All(vec![
                Expression::Opaque("?".to_owned()),
                Condition::exists(Member::SegmentPort, "pod").into(),
            ]),
            Expression::Condition(Condition {
                member: Member::SegmentPort,
                tag: crate::firewall::TagPattern { scope: None, tag: Text::Contains("a".into()) },
                sense: crate::firewall::Sense::Has,
            }),
        ];
        firewall.groups.insert("b".to_owned(), doubtful[which].clone());
        let endpoints = endpoints("abcd");
        let of = |doubtful| {
            let assuming = Assuming { doubtful, ..Assuming::default() };
            let reachability = Reachability::new(&firewall, &endpoints, assuming);
            (0..16).map(|i| reachability.decide(i / 4, i % 4, HTTPS).is_allowed()).collect::<Vec<_>>()
        };
        let (most, least) = (of(Doubtful::Opens), of(Doubtful::Closes));
        prop_assert!(most.iter().zip(&least).all(|(most, least)| most >= least));
    }
}

proptest! {
    // Each case is as many firewalls as there are orders.
    #![proptest_config(ProptestConfig { cases: crate::testing::cases().cases / 20, ..crate::testing::cases() })]

    /// Every order that NSX may mean lies between the two readings, and each reading is one of them.
    #[test]
    fn both_orders_of_a_tie_are_reckoned_with(firewall in any_firewall()) {
        let endpoints = endpoints("abcX");
        let allowed = |firewall: &Firewall, doubtful| -> Vec<[bool; 2]> {
            let assuming = Assuming { doubtful, ..Assuming::default() };
            let reachability = Reachability::new(firewall, &endpoints, assuming);
            let decide = |it: usize| reachability.decide(it / 4, it % 4, HTTPS);
            let ends = |it: Decision<'_>| [it.egress.is_allowed(), it.ingress.is_allowed()];
            (0..16).map(|it| ends(decide(it))).collect()
        };
        let [most, least] = [Doubtful::Opens, Doubtful::Closes].map(|it| allowed(&firewall, it));
        let orders = orders(&firewall);
        prop_assume!(!orders.is_empty());
        let all: Vec<_> = orders.iter().map(|it| allowed(it, Doubtful::Opens)).collect();
        for (pair, end) in (0..16).flat_map(|pair| [(pair, 0), (pair, 1)]) {
            let found: Vec<bool> = all.iter().map(|it| it[pair][end]).collect();
            prop_assert_eq!(most[pair][end], found.contains(&true), "{:?}", firewall);
            prop_assert_eq!(least[pair][end], !found.contains(&false), "{:?}", firewall);
        }
    }
}
