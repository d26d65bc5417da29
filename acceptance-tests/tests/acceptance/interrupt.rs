//! Ctrl-C: the run ends soon, and everything that exists is in the state.

use std::time::{Duration, Instant};

use acceptance_tests::interrupt;
use lab::{Fault, FaultAnswer, FaultBody, FaultKind, Half};
use serde_json::json;

use crate::harness::{bench_of, wait_until};

/// What the provider may take to stop, and Terraform to write the state.
const BOUND: Duration = Duration::from_secs(5);
const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

#[test]
fn an_interrupt_while_the_supervisor_is_enabled_loses_nothing() {
    let Some(bench) = bench_of("interrupt", "resources/supervisor_cluster") else { return };
    let store = bench.store();
    // It stays where it is for as long as it is asked.
    let configuring = FaultAnswer {
        status: 503,
        headers: vec![("retry-after".to_owned(), "1".to_owned())],
        body: FaultBody::Json(json!({ "error_type": "SERVICE_UNAVAILABLE", "messages": [] })),
    };
    let path = "/api/vcenter/namespace-management/clusters/domain-c34";
    let mut fault =
        Fault::new(FaultKind::Answer(configuring)).on("GET", path).times(u64::from(u32::MAX));
    fault.half = Some(Half::Vcenter);

    let running = bench.start(&APPLY).unwrap();
    let enabled = || bench.writes().iter().any(|it| it.query.contains("action=enable"));
    wait_until("it is enabled", enabled);
    store.inject(&[fault]).unwrap();
    let asked = Instant::now();
    interrupt(running.id()).unwrap();
    let run = running.finish(|_| ()).unwrap();
    let took = asked.elapsed();
    assert!(took < BOUND, "it took {took:?}\n{}", run.what_it_said());
    assert_eq!(bench.addresses().unwrap().iter().filter(|it| !it.starts_with("data.")).count(), 1);

    store.clear_faults().unwrap();
    bench.applied(&[]);
    bench.unchanged(&[]);
    bench.destroyed(&[]);
}
