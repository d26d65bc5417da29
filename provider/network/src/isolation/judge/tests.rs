use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{
    firewall::{
        Attachment, Category, Condition, Direction, Doubtful, Expression, Families, Member, Object,
        Peer, Peers, Scope, Sense, Service, Services, State, Switch, Tag, TagPattern, Text,
        Traffic,
    },
    isolation::{
        Allow, Cause, Facts, Isolation, Mode, NcpNamespace, Opening, Outcome, Paths, Preset,
        RuleName, scopes,
    },
    network_policy::{Cluster, Manifest, Names, NetworkPolicy, Translator},
    port::{Port, Protocol},
    reachability::{Assuming, By, Reachability, Ruling},
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

/// What our own deny allows, if somebody changes it, nobody asked for; nor for NCP's baseline.
fn whose(policy: &Policy, rule: &Rule) -> Whose {
    let Some(id) = policy.path.strip_prefix("/infra/domains/default/security-policies/") else {
        let is_baseline = !policy.path.starts_with(NCP) || policy.path.ends_with("/base");
        return if is_baseline { Whose::Foreign } else { Whose::Platform };
    };
    let is_asked = id.ends_with("-allow") || id.ends_with("-deny") && rule.action == Action::Drop;
    if is_asked { Whose::Ours } else { Whose::Foreign }
}

/// Nothing is known but who is there.
fn around(endpoints: &[Endpoint]) -> Surroundings<'_> {
    const NOWHERE: &BTreeSet<String> = &BTreeSet::new();
    static UNKNOWN: std::sync::LazyLock<AddressSet> = std::sync::LazyLock::new(AddressSet::default);
    Surroundings {
        endpoints,
        segments: NOWHERE,
        subnets: &UNKNOWN,
        pod_cidrs: &[],
        others: &UNKNOWN,
        whose: &whose,
        stop: &|| false,
    }
}

/// A proof that needs a range to be split: nothing is proven by one that is not finished.
#[test]
fn who_gives_up_has_proven_nothing() {
    let [some, more] = ["1000-2000", "1500-1600"].map(|it| tcp(&[it]));
    let rules = vec![
        Rule { services: some, ..Rule::new("drop", 1, Action::Drop) },
        Rule { services: more, ..Rule::new("allow", 2, Action::Allow) },
    ];
    let mut firewall = baseline();
    firewall.policies.push(Policy::new("/p", Category::Emergency, 1, rules));
    let outcome = |stop| {
        let around = Surroundings { stop, ..around(&[]) };
        namespace("banking").verdict(&firewall, &around).outcome
    };
    assert_eq!(outcome(&|| false), Outcome::Closed);
    assert_eq!(outcome(&|| true), Outcome::Doubtful);
    // Interrupted while it looks.
    let looks = std::cell::Cell::new(0);
    let later = || looks.replace(looks.get() + 1) > 0;
    assert_eq!(outcome(&later), Outcome::Doubtful);
}

/// What is not in force as it is written may close nothing, and may open: a deny, its policy, and the
/// group that it is for.
#[test]
fn what_nsx_could_not_put_into_force_proves_nothing() {
    let closed = baseline();
    let deny = paths("banking").deny;
    let alarmed: Vec<String> = [paths("banking").group, deny.clone()]
        .into_iter()
        .chain(closed.policies[0].rules.iter().map(|it| format!("{deny}/rules/{}", it.id)))
        .collect();
    assert_eq!(alarmed.len(), 4, "a group, a policy and its rules");
    for path in alarmed {
        let alarms = [(path.clone(), "the host is full".to_owned())].into();
        let firewall = Firewall { alarms, ..closed.clone() };
        let verdict = namespace("banking").verdict(&firewall, &around(&[]));
        assert_eq!(verdict.outcome, Outcome::Doubtful, "{path}\n{verdict}");
        assert!(verdict.to_string().contains("the host is full"), "{path}\n{verdict}");
    }
    let elsewhere = [("/infra/segments/s".to_owned(), "no".to_owned())].into();
    let firewall = Firewall { alarms: elsewhere, ..closed };
    assert!(namespace("banking").verdict(&firewall, &around(&[])).is_closed());
}

#[track_caller]
fn check_among(firewall: &Firewall, endpoints: &[Endpoint], expect: &Expect) {
    let around = around(endpoints);
    expect.assert_eq(&namespace("banking").verdict(firewall, &around).to_string());
}

#[track_caller]
fn check(firewall: &Firewall, expect: &Expect) {
    check_among(firewall, &[], expect);
}

fn foreign(rule: Rule) -> Policy {
    Policy::new("/infra/domains/default/foreign", Category::Infrastructure, 1, vec![rule])
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
        ..Policy::new(format!("{NCP}/security-policies/base"), Category::Application, 99, rules)
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
fn our_deny_closes_all_that_is_on_our_segments() {
    let paths_of = |some: &[&str]| some.iter().map(|it| format!("/infra/segments/{it}")).collect();
    let verdict = |members: &[&str], denied: &[&str]| {
        let (members, denied) = (Members::Segments(paths_of(members)), paths_of(denied));
        let mut firewall = isolated("banking", &Isolation::closed(Mode::Baseline));
        firewall.groups.insert(paths("banking").group, Expression::Paths(denied));
        members.verdict(&firewall, &around(&[])).outcome
    };
    assert_eq!(verdict(&["a"], &["a"]), Outcome::Closed);
    assert_eq!(verdict(&["a", "b"], &["a", "b", "c"]), Outcome::Closed);
    assert_eq!(verdict(&["a", "b"], &["a"]), Outcome::Open);
    assert_eq!(verdict(&["a"], &["a/ports/p"]), Outcome::Open);
}

#[test]
fn without_any_rule_it_is_open() {
    check(
        &isolated("banking", &Isolation::closed(Mode::Observe)),
        &expect![[r"
            open
              everything from everybody, by the default, for no rule decides
              everything to everybody, by the default, for no rule decides"]],
    );
}

#[test]
fn the_profiles_of_ncp_are_told_apart() {
    let isolated = ncp(vec![within("banking"), kubelet(), drop_all()]);
    check(
        &isolated,
        &expect![[r"
            open
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)
              rule `drop` of policy `base` (Application 99) would drop that, but comes too late"]],
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
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)
              everything from everybody but 10.0.0.10-10.0.0.14, by the default, for no rule decides
              everything to everybody, by the default, for no rule decides"]],
    );
    let allow_cluster = ncp(vec![within("all"), kubelet(), drop_all()]);
    check(
        &allow_cluster,
        &expect![[r"
            open
              everything from members of all, by rule `within-all` of policy `base` (Application 99)
              everything to members of all, by rule `within-all` of policy `base` (Application 99)
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)
              rule `drop` of policy `base` (Application 99) would drop that, but comes too late"]],
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
            open
              everything from 10.0.0.10-10.0.0.14, by rule `nodes` of policy `base` (Application 99)
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
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
        let around = around(&[]);
        namespace("banking").verdict(&firewall, &around).to_string()
    });
    expect![[r"
        closed
        openings:
          everything from members of trading, by rule `trading` of policy `banking-allow` (Environment 100000)
          TCP/8443 from 100.64.0.1, by rule `load_balancer` of policy `banking-allow` (Environment 100000)
          TCP/53, UDP/53 to 192.0.2.53, by rule `dns` of policy `banking-allow` (Environment 100000)"]].assert_eq(&shown[0]);
    assert_eq!(shown[0], shown[1]);
}

#[test]
fn everything_for_everybody_is_listed_if_we_say_so() {
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
            closed
            openings:
              everything to everybody, by rule `any` of policy `banking-allow` (Environment 100000)"]],
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
              everything from everybody, by the default, for no rule decides
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
            doubtful
              perhaps everything from everybody, by the default, for no rule decides
              perhaps everything to everybody, by the default, for no rule decides
              in doubt: rule `drop-in` of policy `banking-deny` (Application 900000): group `/infra/domains/default/groups/x` was not read
              in doubt: rule `drop-out` of policy `banking-deny` (Application 900000): group `/infra/domains/default/groups/x` was not read
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but is not applied to all of its members
              rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but is not applied to all of its members"]],
    );
    check(
        &drifted(|it| it.schedule = Some("/infra/nights".to_owned())),
        &expect![[r"
            doubtful
              perhaps everything from everybody, by the default, for no rule decides
              perhaps everything to everybody, by the default, for no rule decides
              in doubt: rule `drop-in` of policy `banking-deny` (Application 900000): it follows the schedule `/infra/nights`
              in doubt: rule `drop-out` of policy `banking-deny` (Application 900000): it follows the schedule `/infra/nights`
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but holds at times or for some packets only
              rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but holds at times or for some packets only"]],
    );
    check(
        &drifted(|it| it.rules[0].services = tcp(&["1-1000"])),
        &expect![[r"
            open
              everything but TCP/1-1000 from everybody, by the default, for no rule decides"]],
    );
}

#[test]
fn a_policy_at_the_very_place_of_the_deny_may_come_first() {
    let around = around(&[]);
    for name in ["aaa", "zzz"] {
        let mut firewall = baseline();
        let allow = vec![Rule::new("allow", 1, Action::Allow)];
        let path = format!("/infra/domains/default/security-policies/{name}");
        let sequence = crate::isolation::DENY_SEQUENCE;
        firewall.policies.push(Policy::new(&path, Category::Application, sequence, allow));
        assert!(!namespace("banking").verdict(&firewall, &around).is_closed(), "{name}");
    }
}

/// A namespace with a network of its own gets its next subnet from there, and not from the pod CIDRs.
#[test]
fn where_the_next_subnet_comes_from_is_known_only_by_those_that_are_there() {
    let set = |text: &str| [text.parse::<Cidr>().unwrap()].into_iter().collect::<AddressSet>();
    let mut firewall = baseline();
    let to = Peers::Only(vec![Peer::Addresses("10.60.3.7-10.60.3.9".parse().unwrap())]);
    let allow = Rule { to, direction: Direction::In, ..Rule::new("allow", 1, Action::Allow) };
    firewall.policies.push(foreign(allow));
    let outcome = |subnet: &str, blocks: &[&str]| {
        let (subnets, others) = (set(subnet), AddressSet::default());
        let blocks: Vec<Cidr> = blocks.iter().map(|it| it.parse().unwrap()).collect();
        let around =
            Surroundings { subnets: &subnets, others: &others, pod_cidrs: &blocks, ..around(&[]) };
        namespace("banking").verdict(&firewall, &around).outcome
    };
    assert_eq!(outcome("10.244.1.0/28", &["10.244.0.0/16"]), Outcome::Closed);
    assert_eq!(outcome("10.60.1.0/28", &["10.60.1.0/24"]), Outcome::Closed);
    assert_eq!(outcome("10.60.1.0/28", &["10.60.0.0/16"]), Outcome::Open);
    assert_eq!(outcome("10.60.1.0/28", &["10.244.0.0/16"]), Outcome::Open, "it is elsewhere");
}

/// What opens a closed namespace beside rules of somebody else in Emergency.
fn opened_by(rules: Vec<Rule>) -> Vec<String> {
    let mut firewall = baseline();
    let group = |name: &str| format!("/infra/domains/default/groups/{name}");
    let networks = |some: &[&str]| {
        let ranges = some.iter().map(|it| it.parse::<Cidr>().unwrap());
        Expression::Addresses(ranges.collect())
    };
    firewall.groups.insert(group("sites"), networks(&["10.20.0.0/24", "10.30.0.0/24"]));
    let app = |tag| TagPattern { scope: Some("app".to_owned()), tag };
    let tagged = |tag| Condition { member: Member::SegmentPort, tag, sense: Sense::Has }.into();
    firewall.groups.insert(group("web"), tagged(app(Text::Is("web".to_owned()))));
    firewall.groups.insert(group("webs"), tagged(app(Text::Contains("web".to_owned()))));
    firewall.policies.push(Policy::new("/infra/x", Category::Emergency, 1, rules));
    let known = |text: &str| [text.parse::<Cidr>().unwrap()].into_iter().collect();
    let subnets: AddressSet = known("10.244.1.0/28");
    let others: AddressSet = known("10.244.2.0/24");
    let pods = ["10.244.0.0/16".parse().unwrap()];
    let around =
        Surroundings { subnets: &subnets, others: &others, pod_cidrs: &pods, ..around(&[]) };
    let verdict = namespace("banking").verdict(&firewall, &around);
    assert_eq!(verdict.is_closed(), verdict.open.is_empty());
    verdict
        .open
        .iter()
        .map(|it| it.to_string().replace(" of policy `x` (Emergency 1)", ""))
        .collect()
}

fn inward(sequence: u32, action: Action) -> Rule {
    Rule { direction: Direction::In, ..Rule::new(format!("r{sequence}"), sequence, action) }
}

fn at(range: &str) -> Peers {
    Peers::Only(vec![Peer::Addresses(range.parse::<Cidr>().unwrap().range())])
}

#[test]
fn what_is_left_of_a_range_is_open_and_nothing_else() {
    let ports = |sequence, action, ports: &str| Rule {
        services: tcp(&[ports]),
        ..inward(sequence, action)
    };
    let open =
        opened_by(vec![ports(1, Action::Drop, "1000-2000"), ports(2, Action::Allow, "1000-3000")]);
    assert_eq!(open, ["TCP/2001-3000 from everybody, by rule `r2`"]);
    let from = |sequence, action, from| Rule { from, ..inward(sequence, action) };
    let open = opened_by(vec![
        from(1, Action::Drop, at("10.20.0.0/25")),
        from(2, Action::Allow, at("10.20.0.0/24")),
    ]);
    assert_eq!(open, ["everything from 10.20.0.128/25, by rule `r2`"]);
    let group = |name: &str| Peers::group(format!("/infra/domains/default/groups/{name}"));
    let open = opened_by(vec![
        from(1, Action::Drop, at("10.20.0.0/24")),
        from(2, Action::Allow, group("sites")),
    ]);
    assert_eq!(open, ["everything from members of sites (10.30.0.0/24), by rule `r2`"]);
    let open =
        opened_by(vec![from(1, Action::Drop, group("web")), from(2, Action::Allow, group("webs"))]);
    assert_eq!(open, ["everything from members of webs, by rule `r2`"]);
    let none =
        opened_by(vec![from(1, Action::Drop, group("webs")), from(2, Action::Allow, group("web"))]);
    assert_eq!(none, [""; 0]);
}

#[test]
fn rules_between_addresses_of_others_open_nothing() {
    let between =
        |from, to| Rule { from: at(from), to: at(to), ..Rule::new("r", 1, Action::Allow) };
    assert_eq!(opened_by(vec![between("10.99.0.10/32", "10.99.0.20/32")]), [""; 0]);
    assert_eq!(opened_by(vec![between("10.244.2.0/28", "10.244.2.16/28")]), [""; 0]);
    let open = opened_by(vec![between("10.99.0.10/32", "10.244.1.0/28")]);
    assert_eq!(open, ["everything from 10.99.0.10, by rule `r`"]);
    // A subnet that the namespace may still get.
    let open = opened_by(vec![between("10.99.0.10/32", "10.244.9.0/28")]);
    assert_eq!(open, ["everything from 10.99.0.10, by rule `r`"]);
}

/// It is the address of none of them, and all who listen receive it; nobody sends from it.
#[test]
fn what_is_sent_to_many_gets_in() {
    for many in ["224.0.0.0/24", "255.255.255.255/32"] {
        let open = opened_by(vec![Rule { to: at(many), ..inward(1, Action::Allow) }]);
        assert_eq!(open.len(), 1, "{open:?}");
        let outward =
            Rule { from: at(many), direction: Direction::Out, ..inward(1, Action::Allow) };
        assert_eq!(opened_by(vec![outward]), [""; 0]);
    }
}

/// Found by chance: a jump in a place that it shares leads past a deny before Application.
#[test]
fn a_jump_that_may_be_asked_first_leads_past_a_deny() {
    let deny = Policy::new("/infra/deny", Category::Environment, 1, vec![inward(1, Action::Drop)]);
    let one =
        |path: &str, action| Policy::new(path, Category::Emergency, 1, vec![inward(1, action)]);
    let mut firewall = Firewall::with_default(Action::Allow);
    firewall.policies =
        vec![one("/infra/jump", Action::JumpToApplication), one("/infra/drop", Action::Drop), deny];
    let verdict = namespace("banking").verdict(&firewall, &around(&[]));
    let inward: Vec<_> = verdict.open.iter().filter(|it| it.flow == Flow::In).collect();
    let [opening] = inward[..] else { panic!("{verdict}") };
    assert_eq!(opening.cause, Cause::Default);
}

#[test]
fn in_whatever_order_two_of_one_place_are_asked_it_has_to_be_closed() {
    let open = opened_by(vec![
        inward(1, Action::Drop),
        Rule { id: "other".to_owned(), name: "other".to_owned(), ..inward(1, Action::Allow) },
    ]);
    assert_eq!(open, ["perhaps everything from everybody, by rule `other`"]);
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
              everything to everybody over IPv4, by rule `allow` of policy `foreign` (Infrastructure 1)
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
            doubtful
              perhaps everything from members of unread, by rule `allow` of policy `foreign` (Infrastructure 1)
              perhaps everything to everybody, by rule `allow` of policy `foreign` (Infrastructure 1)
              in doubt: rule `allow` of policy `foreign` (Infrastructure 1): group `/infra/groups/unread` was not read
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
              everything from everybody over IPv6, by rule `v6` of policy `foreign` (Infrastructure 1)
              everything to everybody over IPv6, by rule `v6` of policy `foreign` (Infrastructure 1)
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
              rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
}

#[test]
fn addresses_are_named_as_they_are() {
    let from = |range: &str| {
        let from = Peers::Only(vec![Peer::Addresses(range.parse().unwrap())]);
        let direction = Direction::In;
        ncp(vec![Rule { direction, from, ..Rule::new("from", 1, Action::Allow) }, drop_all()])
    };
    check(
        &from("1.0.0.0-1.255.255.255"),
        &expect![[r"
            open
              everything from 1.0.0.0/8, by rule `from` of policy `base` (Application 99)
              rule `drop` of policy `base` (Application 99) would drop that, but comes too late"]],
    );
    check(
        &from("0.0.0.0-127.255.255.255"),
        &expect![[r"
            open
              everything from 0.0.0.0/1, by rule `from` of policy `base` (Application 99)
              rule `drop` of policy `base` (Application 99) would drop that, but comes too late"]],
    );
}

#[test]
fn the_addresses_of_a_group_of_groups_are_named() {
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
            open
              everything from members of outer (1.0.0.0/8), by rule `from` of policy `base` (Application 99)
              rule `drop` of policy `base` (Application 99) would drop that, but comes too late"]],
    );
}

/// Both of two that are called the same, and one that contains itself.
#[test]
fn groups_go_by_their_display_names() {
    let group = |name: &str| format!("/infra/domains/default/groups/{name}");
    let theirs = format!("{NCP}/groups/backup");
    let from = |sequence, from| Rule { from, ..inward(sequence, Action::Allow) };
    let except = Peers::Except(vec![Peer::Group(group("g-2"))]);
    let rules = vec![
        from(1, Peers::Only(vec![Peer::Group(group("g-1")), Peer::Group(theirs.clone())])),
        from(2, Peers::group(group("g-2"))),
        from(3, except),
    ];
    let mut firewall = ncp(rules);
    let tagged = |tag: &str| Condition::has(Member::SegmentPort, "app", tag).into();
    firewall.groups.insert(group("g-1"), tagged("backup"));
    firewall.groups.insert(theirs.clone(), tagged("backups"));
    firewall.groups.insert(group("g-2"), Expression::Paths([group("g-2")].into()));
    let names =
        [(group("g-1"), "Backup"), (theirs, "Backup"), (group("g-2"), "Branch offices (EMEA)")];
    firewall.group_names = names.map(|(path, name)| (path, name.to_owned())).into_iter().collect();
    check(
        &firewall,
        &expect![[r"
        open
          everything from members of Backup (/infra/domains/default/groups/g-1), members of Backup (/infra/domains/domain-c8:dd58/groups/backup), by rule `r1` of policy `base` (Application 99)
          perhaps everything from members of Branch offices (EMEA), by rule `r2` of policy `base` (Application 99)
          perhaps everything from any but members of Branch offices (EMEA), by rule `r3` of policy `base` (Application 99)
          everything from everybody, by the default, for no rule decides
          everything to everybody, by the default, for no rule decides
          in doubt: rule `r2` of policy `base` (Application 99): group `Branch offices (EMEA)` is within itself
          in doubt: rule `r3` of policy `base` (Application 99): group `Branch offices (EMEA)` is within itself"]],
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
              everything but ICMP, TCP, UDP, ICMPv6, SCTP from everybody, by the default, for no rule decides
              everything but ICMP, TCP, UDP, ICMPv6, SCTP to everybody, by the default, for no rule decides"]],
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
              everything from everybody, by the default, for no rule decides
              everything to everybody, by the default, for no rule decides
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
        let path = "/infra/domains/default/policies/theirs";
        firewall.policies.push(Policy::new(path, Category::Emergency, 0, vec![rule]));
        firewall
    };
    check(
        &with(Peers::Any, Peers::group(gold)),
        &expect![[r"
            open
              everything from everybody, by rule `gold` of policy `theirs` (Emergency 0)
              everything to members of gold, by rule `gold` of policy `theirs` (Emergency 0)
              rule `drop-in` of policy `banking-deny` (Application 900000) would drop that, but comes too late
              rule `drop-out` of policy `banking-deny` (Application 900000) would drop that, but comes too late"]],
    );
    check(
        &with(Peers::group(gold), Peers::group(gold)),
        &expect![[r"
            open
              everything from members of gold, by rule `gold` of policy `theirs` (Emergency 0)
              everything to members of gold, by rule `gold` of policy `theirs` (Emergency 0)
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
            closed
            openings:
              everything from everybody, by NetworkPolicy banking/api, ingress[0]"]],
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
        let around = around(&endpoints);
        let verdict = members.verdict(&firewall, &around);
        let cause = |ruling: Ruling<'_>| match (ruling.jump, ruling.by) {
            (Some(jump), _) if whose(jump.policy, jump.rule) == Whose::Ours => {
                Cause::Rule(RuleName::of(jump))
            }
            (_, By::Rule(it) | By::Doubtful(it, _)) => Cause::Rule(RuleName::of(it)),
            (_, By::Default(_)) => Cause::Default,
            (_, By::Excluded) => Cause::Excluded,
            (_, By::SwitchedOff | By::Outside) => Cause::SwitchedOff,
        };
        let is_in = |openings: &[Opening], ruling, flow| {
            openings.iter().any(|it| it.cause == cause(ruling) && it.flow == flow)
        };
        let told = |ruling, flow| {
            is_in(&verdict.open, ruling, flow) || is_in(&verdict.openings, ruling, flow)
        };
        let reading = |doubtful| {
            Reachability::new(&firewall, &endpoints, Assuming { doubtful, ..Assuming::default() })
        };
        let (most, least) = (reading(Doubtful::Opens), reading(Doubtful::Closes));
        let port = |number| Traffic::Port(Protocol::Tcp, Port::new(number).unwrap());
        for traffic in [port(443), port(1), Traffic::Protocol(1), Traffic::Protocol(99)] {
            for (member, other) in [(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)] {
                let [(out, into), (least_out, least_into)] = [&most, &least].map(|it| {
                    let decide = |from, to| it.decide(from, to, traffic);
                    (decide(member, other).egress, decide(other, member).ingress)
                });
                for (most, least, flow) in [
                    (out, least_out, Flow::Out),
                    (into, least_into, Flow::In),
                ] {
                    prop_assert!(!most.is_allowed() || told(most, flow), "{most}\n{verdict}");
                    let is_open = least.is_allowed() && is_in(&verdict.open, least, flow);
                    prop_assert!(
                        !is_open || verdict.outcome == Outcome::Open,
                        "{least}\n{verdict}"
                    );
                }
            }
        }
    }
}
