//! What a plan costs: at most one read for each object, and a constant number beside.

use lab::{Effect, JournalEntry};

use crate::harness::{Bench, UNPROTECTED, VERSIONS, bench, bench_of};

const SEGMENTS: &str = r#"
variable "number" {
  type = number
}

resource "supervisor_nsx_segment" "many" {
  count = var.number

  display_name        = "segment-${count.index}"
  transport_zone_path = "/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1-443e-a0f6-4de01abc963e"
}
"#;

/// What the lab is asked by a plan that finds nothing to do, sessions aside.
fn asked_by_a_plan(bench: &Bench, variables: &[&str]) -> Vec<JournalEntry> {
    bench.store().clear_journal().unwrap();
    bench.unchanged(variables);
    let mut journal = bench.store().journal().unwrap();
    journal.retain(|entry| !entry.path.contains("/session"));
    let writes: Vec<_> = journal.iter().filter(|entry| entry.effect == Effect::Wrote).collect();
    assert_eq!(writes, [&journal[0]; 0], "a plan wrote");
    journal
}

#[test]
fn twenty_more_segments_cost_twenty_more_reads_at_most() {
    let Some(bench) = bench("refresh-segments") else { return };
    bench.write("versions.tf", VERSIONS).unwrap();
    bench.write("main.tf", SEGMENTS).unwrap();
    let requests = |number: usize| {
        let variable = format!("-var=number={number}");
        bench.applied(&[&variable]);
        asked_by_a_plan(&bench, &[&variable]).len()
    };
    let (few, many) = (requests(3), requests(23));
    assert!(many <= few + 20, "{few} requests for 3 segments, {many} for 23");
}

#[test]
fn a_plan_of_the_bank_reads_each_object_once() {
    let Some(bench) = bench_of("refresh-bank", "scenarios/banking") else { return };
    bench.applied(&[UNPROTECTED]);
    let mut asked: Vec<_> = asked_by_a_plan(&bench, &[UNPROTECTED])
        .into_iter()
        .map(|it| format!("{:?} {} {}?{}", it.half, it.method, it.path, it.query))
        .collect();
    asked.sort();
    let number = asked.len();
    // Lists are shared by what is read together; an object has an id at its end.
    let twice = asked.windows(2).filter(|pair| pair[0] == pair[1]);
    let twice: Vec<_> = twice.map(|pair| &pair[0]).filter(|it| is_of_an_object(it)).collect();
    assert!(twice.is_empty(), "asked more than once, of {number} requests: {twice:#?}");
}

/// Whether the path ends in an id, which has a digit as a rule, or in the name of a namespace.
fn is_of_an_object(request: &str) -> bool {
    let path = request.split('?').next().unwrap_or(request);
    let last = path.rsplit('/').next().unwrap_or(path);
    last.contains(|c: char| c.is_ascii_digit()) || path.contains("/instances/")
}
