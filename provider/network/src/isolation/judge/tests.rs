use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{
    firewall::{
        Action, Attachment, Category, Condition, Direction, Expression, Families, Member, Object,
        Peer, Peers, Scope, State, Switch, Tag,
    },
    isolation::{Allow, Facts, Isolation, Mode, NcpNamespace, Paths, Preset, scopes},
    network_policy::{Cluster, Manifest, Names, NetworkPolicy, Translator},
    testing::any_firewall,
};

const CLUSTER: &str = "domain-c8:dd58";
const NCP: &str = "/infra/domains/domain-c8:dd58";

fn namespace(name: &str) -> Members {
    let (cluster, name) = (CLUSTER.to_owned(), name.to_owned());
    Members::Ncp(NcpNamespace { cluster, name, uid: None })
}

fn paths(name: &str) -> Paths {
    let path = |kind: &str, suffix: &str| format!("/infra/domains/default/{kind}/{name}{suffix}");
    Paths {
        group: path("groups", ""),
        deny: path("security-policies", "-deny"),
        allow: path("security-policies", "-allow"),
    }
}

/// A firewall as NSX ships it, with the isolation of a namespace.
fn isolated(name: &str, isolation: &Isolation) -> Firewall {
    let mut firewall = Firewall::with_default(Action::Allow);
    add(&mut firewall, name, isolation);
    firewall
}

fn add(firewall: &mut Firewall, name: &str, isolation: &Isolation) {
    let paths = paths(name);
    firewall.groups.insert(paths.group.clone(), namespace(name).expression());
    firewall.policies.extend(isolation.policies(&paths).unwrap());
}

fn baseline() -> Firewall {
    isolated("banking", &Isolation::closed(Mode::Baseline))
}

fn whose(policy: &Policy) -> Whose {
    if policy.path.starts_with(NCP) {
        Whose::Platform
    } else if policy.path.starts_with("/infra/domains/default/security-policies/") {
        Whose::Ours
    } else {
        Whose::Foreign
    }
}

#[track_caller]
fn check_among(firewall: &Firewall, endpoints: &[Endpoint], expect: &Expect) {
    let around = Surroundings { endpoints, pod_cidrs: &[], whose: &whose };
    expect.assert_eq(&namespace("banking").verdict(firewall, &around).to_string());
}

#[track_caller]
fn check(firewall: &Firewall, expect: &Expect) {
    check_among(firewall, &[], expect);
}

fn policy(path: &str, category: Category, sequence: u32, rules: Vec<Rule>) -> Policy {
    Policy {
        path: path.to_owned(),
        name: path.rsplit('/').next().unwrap().to_owned(),
        category,
        sequence,
        scope: Scope::Everywhere,
        rules,
        tags: vec![],
        schedule: None,
    }
}

fn foreign(rule: Rule) -> Policy {
    policy("/infra/domains/default/foreign", Category::Infrastructure, 1, vec![rule])
}

fn tcp(ports: &[&str]) -> Services {
    let ports = ports.iter().map(|it| it.parse().unwrap()).collect();
    Services::Only(vec![Service::ports(Protocol::Tcp, ports)])
}

/// What NCP may have set up; the names and numbers are made up, nobody public knows them.
fn ncp(rules: Vec<Rule>) -> Firewall {
    let mut firewall = Firewall::with_default(Action::Allow);
    let group = |name: &str| format!("{NCP}/groups/{name}");
    let namespace = |name: &str| {
        let cluster = Condition::has(Member::Segment, scopes::CLUSTER, CLUSTER);
        let project = Condition::has(Member::Segment, scopes::PROJECT, name);
        Expression::All(vec![cluster.into(), project.into()])
    };
    let cluster = Condition::has(Member::Segment, scopes::CLUSTER, CLUSTER);
    firewall.groups.insert(group("banking"), namespace("banking"));
    firewall.groups.insert(group("all"), cluster.into());
    firewall.policies.push(Policy {
        scope: Scope::Groups(vec![group("banking")]),
        ..policy(&format!("{NCP}/security-policies/base"), Category::Application, 99, rules)
    });
    firewall
}

fn within(name: &str) -> Rule {
    let group = || Peers::group(format!("{NCP}/groups/{name}"));
    Rule { from: group(), to: group(), ..Rule::new(format!("within-{name}"), 1, Action::Allow) }
}

fn kubelet() -> Rule {
    let nodes = Peers::Only(vec![Peer::Addresses("10.0.0.10-10.0.0.14".parse().unwrap())]);
    Rule { from: nodes, direction: Direction::In, ..Rule::new("nodes", 2, Action::Allow) }
}

fn drop_all() -> Rule {
    Rule::new("drop", 90, Action::Drop)
}

#[test]
fn our_deny_alone_closes() {
    check(&baseline(), &expect!["closed"]);
    check(&isolated("banking", &Isolation::closed(Mode::Guardrail)), &expect!["closed"]);
}

#[test]
fn without_any_rule_it_is_open() {
    check(
        &isolated("banking", &Isolation::closed(Mode::Observe)),
        &expect![[r"
        open
          everything from everybody, by the default rule, for no other matches
          everything to everybody, by the default rule, for no other matches"]],
    );
}

#[test]
fn the_profiles_of_ncp_are_told_apart() {
    let isolated = ncp(vec![within("banking"), kubelet(), drop_all()]);
    check(
        &isolated,
        &expect![[r"
            closed
            openings:
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)"]],
    );
    let from_cluster = Rule {
        from: Peers::group(format!("{NCP}/groups/all")),
        direction: Direction::In,
        ..Rule::new("drop-cluster", 80, Action::Drop)
    };
    let allow_namespace = ncp(vec![within("banking"), kubelet(), from_cluster]);
    check(
        &allow_namespace,
        &expect![[r"
            open
              everything from everybody, by the default rule, for no other matches
              everything to everybody, by the default rule, for no other matches
            openings:
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)"]],
    );
    let allow_cluster = ncp(vec![within("all"), kubelet(), drop_all()]);
    check(
        &allow_cluster,
        &expect![[r"
            open
              everything from other namespaces, by rule `within-all` of policy `base` (Application 99)
              everything to other namespaces, by rule `within-all` of policy `base` (Application 99)
              rule `drop` of policy `base` (Application 99) would drop that, but comes too late
            openings:
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)
              everything from members of all, by rule `within-all` of policy `base` (Application 99)
              everything to members of all, by rule `within-all` of policy `base` (Application 99)"]],
    );
    let open = ncp(vec![Rule::new("any", 1, Action::Allow)]);
    check(
        &open,
        &expect![[r"
        open
          everything from everybody, by rule `any` of policy `base` (Application 99)
          everything to everybody, by rule `any` of policy `base` (Application 99)"]],
    );
}

#[test]
fn our_baseline_closes_what_ncp_leaves_open_at_the_end() {
    let mut firewall = ncp(vec![within("banking"), kubelet()]);
    add(&mut firewall, "banking", &Isolation::closed(Mode::Baseline));
    check(
        &firewall,
        &expect![[r"
            closed
            openings:
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)"]],
    );
}

#[test]
fn our_guardrail_closes_what_ncp_opens_before() {
    let mut firewall = ncp(vec![Rule::new("any", 1, Action::Allow)]);
    add(&mut firewall, "banking", &Isolation::closed(Mode::Baseline));
    check(
        &firewall,
        &expect![[r"
        open
          everything from everybody, by rule `any` of policy `base` (Application 99)
          everything to everybody, by rule `any` of policy `base` (Application 99)
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    add(&mut firewall, "banking", &Isolation::closed(Mode::Guardrail));
    check(&firewall, &expect!["closed"]);
}

#[test]
fn what_is_let_pass_on_purpose_is_told() {
    let facts = Facts {
        dns_servers: vec![[192, 0, 2, 53].into()],
        load_balancer: vec![[100, 64, 0, 1].into()],
        backend_ports: vec![(Protocol::Tcp, "8443".parse().unwrap())],
        ..Facts::default()
    };
    let presets = [Preset::Dns, Preset::LoadBalancer].map(|it| it.entries(&facts).unwrap());
    let trading = Allow {
        name: "trading".to_owned(),
        flow: Flow::In,
        peers: Peers::group(paths("trading").group),
        services: Services::Any,
    };
    let allow: Vec<Allow> = presets.into_iter().flatten().chain([trading]).collect();
    let shown = [Mode::Baseline, Mode::Guardrail].map(|mode| {
        let isolation = Isolation { allow: allow.clone(), ..Isolation::closed(mode) };
        let mut firewall = isolated("banking", &isolation);
        add(&mut firewall, "trading", &Isolation::closed(Mode::Baseline));
        let around = Surroundings { endpoints: &[], pod_cidrs: &[], whose: &whose };
        namespace("banking").verdict(&firewall, &around).to_string()
    });
    expect![[r"
        closed
        openings:
          TCP/53 to 192.0.2.53, by rule `dns` of policy `banking-allow` (Environment 100000)
          UDP/53 to 192.0.2.53, by rule `dns` of policy `banking-allow` (Environment 100000)
          TCP/8443 from 100.64.0.1, by rule `load_balancer` of policy `banking-allow` (Environment 100000)
          everything from members of trading, by rule `trading` of policy `banking-allow` (Environment 100000)"]].assert_eq(&shown[0]);
    assert_eq!(shown[0], shown[1]);
}

#[test]
fn everything_for_everybody_is_open_even_if_we_say_so() {
    let any = Allow {
        name: "any".to_owned(),
        flow: Flow::Out,
        peers: Peers::Any,
        services: Services::Any,
    };
    let isolation = Isolation { allow: vec![any], ..Isolation::closed(Mode::Baseline) };
    check(
        &isolated("banking", &isolation),
        &expect![[r"
        open
          everything to everybody, by rule `any` of policy `banking-allow` (Environment 100000)
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
}

#[test]
fn drift_of_our_own_deny_is_named() {
    let drifted = |change: fn(&mut Policy)| {
        let mut firewall = baseline();
        change(&mut firewall.policies[0]);
        firewall
    };
    check(
        &drifted(|it| it.rules[0].state = State::Disabled),
        &expect![[r"
        open
          everything from everybody, by the default rule, for no other matches
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but is disabled"]],
    );
    check(
        &drifted(|it| it.rules[1].action = Action::Allow),
        &expect![[r"
        open
          everything to everybody, by rule `drop-out` of policy `banking-deny` (Application 900000)"]],
    );
    check(
        &drifted(|it| it.scope = Scope::Groups(vec!["/infra/domains/default/groups/x".into()])),
        &expect![[r"
            open
              everything from everybody, by the default rule, for no other matches
              everything to everybody, by the default rule, for no other matches
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but is not applied to all of its members
              rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but is not applied to all of its members"]],
    );
    check(
        &drifted(|it| it.schedule = Some("/infra/nights".to_owned())),
        &expect![[r"
        open
          everything from everybody, by the default rule, for no other matches
          everything to everybody, by the default rule, for no other matches
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but holds at times or for some packets only
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but holds at times or for some packets only"]],
    );
    check(
        &drifted(|it| it.rules[0].services = tcp(&["1-1000"])),
        &expect![[r"
        open
          everything from everybody, by the default rule, for no other matches"]],
    );
}

#[test]
fn a_policy_at_the_very_place_of_the_deny_may_come_first() {
    let around = Surroundings { endpoints: &[], pod_cidrs: &[], whose: &whose };
    for name in ["aaa", "zzz"] {
        let mut firewall = baseline();
        let allow = vec![Rule::new("allow", 1, Action::Allow)];
        let path = format!("/infra/domains/default/security-policies/{name}");
        let sequence = crate::isolation::DENY_SEQUENCE;
        firewall.policies.push(policy(&path, Category::Application, sequence, allow));
        assert!(!namespace("banking").verdict(&firewall, &around).is_closed(), "{name}");
    }
}

#[test]
fn foreign_rules_that_shadow_the_deny_are_named() {
    let shadowed = |rule: Rule| {
        let mut firewall = baseline();
        firewall.policies.push(foreign(rule));
        firewall
    };
    let allow = || Rule::new("allow", 1, Action::Allow);
    check(
        &shadowed(allow()),
        &expect![[r"
        open
          everything from everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
          everything to everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    check(
        &shadowed(Rule { services: tcp(&["22"]), ..allow() }),
        &expect![[r"
        open
          TCP/22 from everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
          TCP/22 to everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    let ten = Peers::Only(vec![Peer::Addresses("10.0.0.0-10.255.255.255".parse().unwrap())]);
    check(
        &shadowed(Rule { from: ten.clone(), ..allow() }),
        &expect![[r"
        open
          everything from 10.0.0.0/8, by rule `allow` of policy `foreign` (Infrastructure 1)
          everything to everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    let narrow = Rule { from: ten, services: tcp(&["22"]), direction: Direction::In, ..allow() };
    check(
        &shadowed(narrow),
        &expect![[r"
            open
              TCP/22 from 10.0.0.0/8, by rule `allow` of policy `foreign` (Infrastructure 1)
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    check(
        &shadowed(Rule { from: Peers::group("/infra/groups/unread"), ..allow() }),
        &expect![[r"
            open
              everything from everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
              everything to everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
              rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
}

#[test]
fn a_rule_for_one_family_is_enough() {
    let mut firewall = baseline();
    let families = Families::V6;
    firewall.policies.push(foreign(Rule { families, ..Rule::new("v6", 1, Action::Allow) }));
    check(
        &firewall,
        &expect![[r"
        open
          everything from everybody, by rule `v6` of policy `foreign` (Infrastructure 1)
          everything to everybody, by rule `v6` of policy `foreign` (Infrastructure 1)
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
}

#[test]
fn half_of_all_addresses_is_everybody_and_a_network_is_not() {
    let from = |range: &str| {
        let from = Peers::Only(vec![Peer::Addresses(range.parse().unwrap())]);
        let direction = Direction::In;
        ncp(vec![Rule { direction, from, ..Rule::new("from", 1, Action::Allow) }, drop_all()])
    };
    check(
        &from("1.0.0.0-1.255.255.255"),
        &expect![[r"
        closed
        openings:
          everything from 1.0.0.0/8, by rule `from` of policy `base` (Application 99)"]],
    );
    check(
        &from("0.0.0.0-127.255.255.255"),
        &expect![[r"
        open
          everything from everybody, by rule `from` of policy `base` (Application 99)
          rule `drop` of policy `base` (Application 99) would drop that, but comes too late"]],
    );
}

/// Who is in a group of groups is nobody in particular just as little.
#[test]
fn a_network_in_a_group_of_groups_is_not_everybody_either() {
    let group = |name: &str| format!("/infra/domains/default/groups/{name}");
    let rule = Rule {
        direction: Direction::In,
        from: Peers::group(group("outer")),
        ..Rule::new("from", 1, Action::Allow)
    };
    let mut firewall = ncp(vec![rule, drop_all()]);
    let office = ["1.0.0.0-1.255.255.255".parse::<crate::address::AddressRange>().unwrap()]
        .into_iter()
        .collect();
    firewall.groups.insert(group("inner"), Expression::Addresses(office));
    firewall.groups.insert(group("outer"), Expression::Paths([group("inner")].into()));
    check(
        &firewall,
        &expect![[r"
        closed
        openings:
          everything from members of outer, by rule `from` of policy `base` (Application 99)"]],
    );
}

/// GRE, say: an address has more than ports and ICMP.
#[test]
fn a_protocol_that_nobody_names_is_tried_too() {
    let ports = |protocol| Service::ports(protocol, vec![]);
    let named = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp].map(ports);
    let icmp = [1, 58].map(Service::Protocol);
    let services = Services::Only(named.into_iter().chain(icmp).collect());
    let firewall = ncp(vec![Rule { services, ..drop_all() }]);
    check(
        &firewall,
        &expect![[r"
        open
          everything from everybody, by the default rule, for no other matches
          everything to everybody, by the default rule, for no other matches"]],
    );
}

#[test]
fn a_deny_may_be_applied_by_a_group_of_groups() {
    let mut firewall = baseline();
    let outer = "/infra/domains/default/groups/outer".to_owned();
    let inner = Expression::Paths([paths("banking").group].into());
    firewall.groups.insert(outer.clone(), inner);
    firewall.policies[0].scope = Scope::Groups(vec![outer]);
    check(&firewall, &expect!["closed"]);
}

#[test]
fn a_rule_for_others_does_not_matter() {
    let mut firewall = baseline();
    let elsewhere = Rule {
        scope: Scope::Groups(vec!["/infra/segments/dmz".to_owned()]),
        ..Rule::new("allow", 1, Action::Allow)
    };
    firewall.policies.push(foreign(elsewhere));
    check(&firewall, &expect!["closed"]);
}

#[test]
fn a_firewall_that_does_not_work_is_named() {
    let mut firewall = baseline();
    firewall.excluded.insert(paths("banking").group);
    check(
        &firewall,
        &expect![[r"
        open
          everything from everybody, by an exclude list of the firewall
          everything to everybody, by an exclude list of the firewall"]],
    );
    firewall.switch = Switch::Off;
    check(
        &firewall,
        &expect![[r"
        open
          everything from everybody, by the firewall, which is switched off
          everything to everybody, by the firewall, which is switched off"]],
    );
}

#[test]
fn a_member_that_the_rules_miss_is_found_among_those_there_are() {
    let mut firewall = baseline();
    let group = paths("banking").group;
    let cluster = Condition::has(Member::Segment, scopes::CLUSTER, CLUSTER);
    let pods = Condition::exists(Member::SegmentPort, "ncp/pod");
    firewall.groups.insert(group, Expression::All(vec![cluster.into(), pods.into()]));
    let tags = || [Tag::new(scopes::CLUSTER, CLUSTER), Tag::new(scopes::PROJECT, "banking")];
    let attachment = Attachment {
        port: Object::new("/infra/segments/s/ports/vm", tags()),
        segment: Object::new("/infra/segments/s", tags()),
        machine: None,
    };
    let machine =
        Endpoint { name: "vm".to_owned(), addresses: vec![], attachment: Some(attachment) };
    check_among(
        &firewall,
        &[machine],
        &expect![[r"
        open
          everything from everybody, by the default rule, for no other matches
          everything to everybody, by the default rule, for no other matches
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but is not applied to all of its members
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but is not applied to all of its members"]],
    );
}

#[test]
fn a_rule_for_machines_of_a_tag_may_be_about_a_member() {
    let gold = "/infra/domains/default/groups/gold";
    let with = |from: Peers, to: Peers| {
        let mut firewall = baseline();
        let tagged = Condition::has(Member::VirtualMachine, "tier", "gold");
        firewall.groups.insert(gold.to_owned(), tagged.into());
        let rule = Rule { from, to, ..Rule::new("gold", 10, Action::Allow) };
        firewall.policies.push(Policy {
            path: "/infra/domains/default/policies/theirs".to_owned(),
            name: "theirs".to_owned(),
            category: Category::Emergency,
            sequence: 0,
            scope: Scope::Everywhere,
            rules: vec![rule],
            tags: vec![],
            schedule: None,
        });
        firewall
    };
    check(
        &with(Peers::Any, Peers::group(gold)),
        &expect![[r"
        open
          everything from everybody, by rule `gold` of policy `theirs` (Emergency 0)
          everything to everybody, by rule `gold` of policy `theirs` (Emergency 0)
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    check(
        &with(Peers::group(gold), Peers::group(gold)),
        &expect![[r"
        open
          everything from everybody, by rule `gold` of policy `theirs` (Emergency 0)
          everything to everybody, by rule `gold` of policy `theirs` (Emergency 0)
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    let mut elsewhere = with(Peers::group(gold), Peers::group(gold));
    let policy = elsewhere.policies.last_mut().unwrap();
    policy.scope = Scope::Groups(vec!["/infra/segments/theirs".to_owned()]);
    check(&elsewhere, &expect![[r"closed"]]);
}

#[test]
fn network_policies_open_what_they_say_and_are_named_by_it() {
    let opened = |spec: &str| {
        let json =
            format!(r#"{{"metadata": {{"name": "api", "namespace": "banking"}}, "spec": {spec}}}"#);
        let manifest: Manifest = serde_json::from_str(&json).unwrap();
        let policy = NetworkPolicy::try_from(&manifest).unwrap();
        let none = Cluster::default();
        let translator = Translator { cluster: CLUSTER, domain: NCP, pods: Some(&none) };
        let mut firewall = baseline();
        translator.translate(&policy, &Names::of(&policy)).unwrap().add_to(&mut firewall);
        firewall
    };
    check(
        &opened(
            r#"{"ingress": [{"from": [{"namespaceSelector": {"matchLabels":
                {"kubernetes.io/metadata.name": "trading"}}}], "ports": [{"port": 8443}]}]}"#,
        ),
        &expect![[r"
            closed
            openings:
              TCP/8443 from ingress[0].from[0], by NetworkPolicy banking/api, ingress[0]"]],
    );
    check(
        &opened(r#"{"ingress": [{}]}"#),
        &expect![[r"
        open
          everything from everybody, by NetworkPolicy banking/api, ingress[0]
          rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
          NetworkPolicy banking/api, which allows nothing else in would drop that, but comes too late"]],
    );
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn whatever_passes_at_a_member_is_in_the_verdict(firewall in any_firewall()) {
        // Pods a and b are members; c, d and X, who is not attached, are not.
        let mut endpoints = crate::testing::endpoints("abcdX");
        for member in &mut endpoints[..2] {
            member.attachment.as_mut().unwrap().segment.path = "/infra/segments/own".to_owned();
        }
        let members = Members::Segments(["/infra/segments/own".to_owned()].into());
        let around = Surroundings { endpoints: &endpoints, pod_cidrs: &[], whose: &whose };
        let verdict = members.verdict(&firewall, &around);
        let told = |cause: &Cause, flow| {
            let all = verdict.open.iter().chain(&verdict.openings);
            all.into_iter().any(|it| it.cause == *cause && it.flow == flow)
        };
        let reachability = Reachability::new(&firewall, &endpoints, Assuming::default());
        let port = |number| Traffic::Port(Protocol::Tcp, Port::new(number).unwrap());
        for traffic in [port(443), port(1), Traffic::Protocol(1), Traffic::Protocol(99)] {
            for (member, other) in [(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)] {
                let out = reachability.decide(member, other, traffic).egress;
                prop_assert!(!out.is_allowed() || told(&cause(out, &whose).0, Flow::Out));
                let into = reachability.decide(other, member, traffic).ingress;
                prop_assert!(!into.is_allowed() || told(&cause(into, &whose).0, Flow::In));
            }
        }
    }
}
