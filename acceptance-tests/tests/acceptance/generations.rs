//! What a user writes does not depend on which generation of vCenter's API answers.

use lab::Half;

use crate::harness::{Bench, UNPROTECTED, bench_of};

fn bank(name: &str, version: &str) -> Option<Bench> {
    let bench = bench_of(name, "scenarios/banking")?;
    let main = std::fs::read_to_string(bench.folder().join("main.tf")).unwrap();
    let lab = format!("lab = {{ vcenter_version = {version:?} }}");
    bench.write("main.tf", &main.replace("lab = {}", &lab)).unwrap();
    Some(bench)
}

/// The paths by which the Supervisor was enabled.
fn enabled_by(bench: &Bench) -> Vec<String> {
    let mut writes = bench.writes();
    writes.retain(|it| it.half == Half::Vcenter && it.query.contains("action=enable"));
    writes.into_iter().map(|it| it.path).collect()
}

fn comes_and_goes(bench: &Bench) {
    bench.applied(&[UNPROTECTED]);
    bench.unchanged(&[UNPROTECTED]);
    bench.destroyed(&[UNPROTECTED]);
}

#[test]
fn vcenter_7_is_asked_by_clusters() {
    let Some(bench) = bank("generation-7", "7.0.3.00000") else { return };
    // Version 7 has one size of control plane.
    let main = std::fs::read_to_string(bench.folder().join("main.tf")).unwrap();
    let without = main.replace("  control_plane_count = 3\n", "");
    bench.write("main.tf", &without).unwrap();
    comes_and_goes(&bench);
    assert_eq!(enabled_by(&bench), ["/api/vcenter/namespace-management/clusters/domain-c8"]);
}

#[test]
fn vcenter_8_is_asked_by_supervisors() {
    let Some(bench) = bank("generation-8", "8.0.3.00000") else { return };
    comes_and_goes(&bench);
    assert_eq!(enabled_by(&bench), ["/api/vcenter/namespace-management/supervisors/domain-c8"]);
}
