//! A namespace that is opened step by step: what is proven at each.

use acceptance_tests::UNPROTECTED;
use serde_json::{Value, json};

use crate::harness::{Bench, bench_of};

#[track_caller]
fn verdicts(bench: &Bench) -> Value {
    bench.outputs().unwrap()["verdicts"].clone()
}

#[test]
fn each_step_changes_the_verdicts_it_is_meant_to_and_no_other() {
    let Some(bench) = bench_of("steps", "scenarios/opening-step-by-step") else { return };
    let denied = "denied";
    for (step, web) in [("1", denied), ("2", denied), ("3", "allowed"), ("1", denied)] {
        let step = format!("-var=step={step}");
        bench.applied(&[UNPROTECTED, &step]);
        bench.unchanged(&[UNPROTECTED, &step]);
        let expected = json!({ "web": web, "batch": denied, "outside": denied });
        assert_eq!(verdicts(&bench), expected, "{step}");
        assert_eq!(bench.outputs().unwrap()["banking_is_isolated"], true, "{step}");
    }
    bench.applied(&[UNPROTECTED, "-var=step=3"]);
    let why = bench.outputs().unwrap()["why"]["web"].to_string();
    assert!(why.contains("NetworkPolicy trading/to-banking, egress[0]"), "{why}");
    assert!(why.contains("NetworkPolicy banking/from-trading, ingress[0]"), "{why}");
    bench.destroyed(&[UNPROTECTED, "-var=step=3"]);
}
