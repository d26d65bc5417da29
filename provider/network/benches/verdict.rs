//! How long it takes to judge fifty namespaces, and how that grows with the rules of others.
//!
//! `cargo bench -p namespace-network --bench verdict` runs it; `docs/performance.md` has the figures.

#![expect(clippy::unwrap_used, reason = "a benchmark whose data is wrong stops")]

use std::{collections::BTreeSet, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use namespace_network::{
    address::{AddressRange, AddressSet, Cidr},
    firewall::{
        Action, Category, Condition, Expression, Firewall, Member, Peer, Peers, Policy, Rule,
        Scope, Service, Services,
    },
    isolation::{Isolation, Judge, Members, Mode, NcpNamespace, Paths, Surroundings, Whose},
    port::{PortRange, Protocol},
};

const NAMESPACES: usize = 50;
const CLUSTER: &str = "domain-c8:dd58";
const DOMAIN: &str = "/infra/domains/default";

fn namespace(number: usize) -> Members {
    Members::Ncp(NcpNamespace {
        cluster: CLUSTER.to_owned(),
        name: format!("n{number}"),
        uid: Some(format!("uid-{number}")),
    })
}

fn subnet(number: usize) -> Cidr {
    let number = number * 16;
    format!("10.244.{}.{}/28", number / 256, number % 256).parse().unwrap()
}

/// Fifty namespaces that are closed, and so many rules of others: 40 % between addresses of the pod
/// blocks, 30 % between tags, 10 % between groups of groups, 10 % for ports of everybody, 10 % jumps
/// and such as stand in one place.
fn firewall(foreign: usize) -> Firewall {
    let mut firewall = Firewall::with_default(Action::Allow);
    for number in 0..NAMESPACES {
        let path = |kind: &str, end: &str| format!("{DOMAIN}/{kind}/n{number}{end}");
        let paths = Paths {
            group: path("groups", ""),
            deny: path("security-policies", "-deny"),
            allow: path("security-policies", "-allow"),
        };
        firewall.groups.insert(paths.group.clone(), namespace(number).expression());
        firewall.policies.extend(Isolation::closed(Mode::Baseline).policies(&paths).unwrap());
    }
    for (number, rules) in (0..foreign).collect::<Vec<_>>().chunks(50).enumerate() {
        let rules = rules.iter().map(|it| rule(*it, &mut firewall)).collect();
        firewall.policies.push(policy(number, rules));
    }
    firewall
}

fn policy(number: usize, rules: Vec<Rule>) -> Policy {
    let category = [Category::Infrastructure, Category::Application][number % 2];
    let path = format!("{DOMAIN}/security-policies/p{number}");
    Policy::new(path, category, u32::try_from(number / 2).unwrap(), rules)
}

fn rule(number: usize, firewall: &mut Firewall) -> Rule {
    let action = if number.is_multiple_of(3) { Action::Drop } else { Action::Allow };
    let base = Rule::new(format!("r{number}"), u32::try_from(number).unwrap(), action);
    match number % 10 {
        // Between namespaces that are not judged.
        0..4 => {
            let at = |it: usize| Peers::Only(vec![Peer::Addresses(subnet(100 + it % 900).range())]);
            Rule { from: at(number), to: at(7 * number), ..base }
        }
        4..7 => {
            let from = tagged(firewall, number % 40);
            let (to, scope) = (Peers::group(from.clone()), vec![tagged(firewall, number % 37)]);
            Rule { from: Peers::group(from), to, scope: Scope::Groups(scope), ..base }
        }
        7 => {
            let (a, b) = (tagged(firewall, number % 31), tagged(firewall, number % 29));
            let nested = format!("{DOMAIN}/groups/nested-{}", number % 97);
            firewall.groups.insert(nested.clone(), Expression::Paths([a, b].into()));
            let scope = Scope::Groups(vec![nested.clone()]);
            Rule { from: Peers::group(nested.clone()), to: Peers::group(nested), scope, ..base }
        }
        8 => {
            let port = PortRange::from(
                namespace_network::port::Port::new(u16::try_from(1 + number % 60_000).unwrap())
                    .unwrap(),
            );
            let services = Services::Only(vec![Service::ports(Protocol::Tcp, vec![port])]);
            Rule { services, action: Action::Drop, ..base }
        }
        _ => {
            let outside: AddressRange = "192.0.2.0-192.0.2.255".parse().unwrap();
            let from = Peers::Only(vec![Peer::Addresses(outside)]);
            let jumps = number.is_multiple_of(20);
            let action = if jumps { Action::JumpToApplication } else { Action::Drop };
            Rule { from, action, sequence: base.sequence / 20, ..base }
        }
    }
}

/// A group of machines outside of the Supervisor, by a tag.
fn tagged(firewall: &mut Firewall, number: usize) -> String {
    let path = format!("{DOMAIN}/groups/t{number}");
    let tag = Condition::has(Member::VirtualMachine, "app", format!("a{number}"));
    let elsewhere = Condition::has(Member::Segment, "ncp/cluster", "another");
    let both = Expression::All(vec![tag.into(), elsewhere.into()]);
    firewall.groups.insert(path.clone(), both);
    path
}

fn verdicts(judge: &Judge, others: &AddressSet) -> usize {
    let nothing = BTreeSet::new();
    let pods: [Cidr; 1] = ["10.244.0.0/16".parse().unwrap()];
    let whose = |policy: &Policy, _: &Rule| {
        let is_ours = policy.path.ends_with("-deny");
        if is_ours { Whose::Ours } else { Whose::Foreign }
    };
    let all = (0..NAMESPACES).map(|number| {
        let subnets = [subnet(number)].into_iter().collect();
        let around = Surroundings {
            endpoints: &[],
            segments: &nothing,
            subnets: &subnets,
            pod_cidrs: &pods,
            others,
            whose: &whose,
            stop: &|| false,
        };
        judge.verdict(&namespace(number), &around).is_closed()
    });
    all.filter(|it| *it).count()
}

fn judge(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verdict");
    group.sample_size(10);
    let others: AddressSet = (0..1_000).map(subnet).collect();
    for rules in [500, 1_000, 2_000, 5_000, 10_000] {
        let firewall = firewall(rules);
        group.throughput(Throughput::Elements(u64::try_from(rules).unwrap()));
        group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
            bencher.iter(|| {
                let judge = Judge::new(black_box(firewall.clone()));
                verdicts(&judge, &others)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, judge);
criterion_main!(benches);
