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
    // The REST API of version 7 has no names of switches.
    let main = std::fs::read_to_string(bench.folder().join("main.tf")).unwrap();
    let lookup = main.find("data \"supervisor_distributed_switch\"").unwrap();
    let end = lookup + main[lookup..].find("\n}\n").unwrap() + 3;
    let by_id = format!("{}{}", &main[..lookup], &main[end..]);
    let uuid = "\"50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13\"";
    let by_id = by_id.replace("data.supervisor_distributed_switch.bank.uuid", uuid);
    bench.write("main.tf", &by_id).unwrap();
    comes_and_goes(&bench);
    assert_eq!(enabled_by(&bench), ["/api/vcenter/namespace-management/clusters/domain-c8"]);
}

#[test]
fn vcenter_8_is_asked_by_supervisors() {
    let Some(bench) = bank("generation-8", "8.0.3.00000") else { return };
    comes_and_goes(&bench);
    assert_eq!(enabled_by(&bench), ["/api/vcenter/namespace-management/supervisors/domain-c8"]);
}
