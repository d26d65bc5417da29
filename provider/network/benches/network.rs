//! How long it takes to plan subnets, and to ask everybody about everybody, and how that grows.
//!
//! `cargo bench -p namespace-network` runs it; `docs/performance.md` has the figures.

#![expect(clippy::unwrap_used, reason = "a benchmark whose data is wrong stops")]

use std::{collections::BTreeMap, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use namespace_network::{
    firewall::{Endpoint, Firewall, Traffic},
    kubernetes::{self, Baseline},
    port::{Port, Protocol},
    reachability::{Assuming, Reachability},
    subnets::{Planner, Pool, Wanted},
};

/// So many namespaces with a /28 each out of 10.0.0.0/8, which has 1,048,576 of them.
fn plan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(10);
    let planner =
        Planner::new(Pool::new("pod_cidrs", vec!["10.0.0.0/8".parse().unwrap()]).unwrap());
    for count in [10_000_u64, 100_000, 1_000_000] {
        let name = |i| (format!("namespace-{i}"), Wanted::default());
        let wanted: BTreeMap<String, Wanted> = (0..count).map(name).collect();
        group.throughput(Throughput::Elements(count));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter_with_large_drop(|| planner.plan(black_box(&wanted), &BTreeMap::new()));
        });
    }
    group.finish();
}

/// A cluster of pods, a hundred namespaces, and policies of four rules each: what may come in to and
/// go out of one application of a namespace, and that nothing else may.
fn cluster(pods: usize, rules: usize) -> (Firewall, Vec<Endpoint>) {
    let namespaces = (0..100).map(|i| {
        format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{ name: n{i}, labels: {{ team: t{} }} }}",
            i % 10
        )
    });
    let pods = (0..pods).map(|i| {
        format!(
            "apiVersion: v1\nkind: Pod\n\
             metadata: {{ name: p{i}, namespace: n{}, labels: {{ app: a{} }} }}\n\
             status: {{ podIP: 10.{}.{}.{} }}",
            i % 100,
            i / 100 % 5,
            i >> 16,
            i >> 8 & 255,
            i & 255,
        )
    });
    let policies = (0..rules / 4).map(|i| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\
             metadata: {{ name: np{i}, namespace: n{} }}\n\
             spec:\n  podSelector: {{ matchLabels: {{ app: a{} }} }}\n  policyTypes: [Ingress, Egress]\n  \
             ingress: [{{ from: [{{ namespaceSelector: {{ matchLabels: {{ team: t{} }} }} }}], ports: [{{ port: 8443 }}] }}]\n  \
             egress: [{{ to: [{{ podSelector: {{}} }}, {{ ipBlock: {{ cidr: 10.0.{}.0/24 }} }}] }}]",
            i % 100,
            i / 100 % 5,
            i % 10,
            i % 8,
        )
    });
    let text: Vec<String> = namespaces.chain(pods).chain(policies).collect();
    let objects = kubernetes::read(&text.join("\n---\n")).unwrap();
    (objects.firewall(Baseline::Allow).unwrap().firewall, objects.endpoints())
}

/// Everybody to everybody on one port, groups worked out anew each time.
fn matrix(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matrix");
    group.sample_size(10);
    let traffic = Traffic::Port(Protocol::Tcp, Port::new(8443).unwrap());
    for (endpoints, rules) in
        [(500, 500), (1_000, 500), (2_000, 125), (2_000, 250), (2_000, 500), (4_000, 500)]
    {
        let (firewall, pods) = cluster(endpoints, rules);
        let counted: usize = firewall.policies.iter().map(|it| it.rules.len()).sum();
        assert_eq!((pods.len(), counted), (endpoints, rules / 4 * 4));
        group.throughput(Throughput::Elements((endpoints * endpoints) as u64));
        group.bench_function(
            BenchmarkId::from_parameter(format!("{endpoints}x{rules}")),
            |bencher| {
                bencher.iter(|| {
                    Reachability::new(black_box(&firewall), &pods, Assuming::default())
                        .matrix(traffic)
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, plan, matrix);
criterion_main!(benches);
