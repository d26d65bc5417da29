//! Inputs that must be refused, each at its stage or earlier, and the nearest that must be accepted.
//!
//! `tests/data/bad-inputs.json` holds them, with names that are placeholders; `table` maps every id
//! to a real configuration, to the test that tries it, or to the reason why it is not tried.

mod bases;
mod planned;
mod rpc;
mod served;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use acceptance_tests::Diagnostic;
use serde::Deserialize;

use self::bases::Base;
use self::table::CASES;
use crate::harness::{Bench, VERSIONS, bench, example_folder};

/// An entry of the file, as far as a test needs it.
#[derive(Debug, Deserialize)]
struct Input {
    id: String,
    expect: String,
}

/// What became of an id.
struct Case {
    id: &'static str,
    how: How,
}

enum How {
    /// `terraform validate` refuses the one and accepts the other.
    Validated(Validated),
    /// This test tries it.
    Tested(#[expect(dead_code, reason = "it is there to be named")] fn()),
    /// There is nothing to try it on, and why.
    NotHere(&'static str),
}

/// A configuration and its twin, as changes to one that is valid.
struct Validated {
    base: Base,
    bad: &'static [(&'static str, &'static str)],
    twin: &'static [(&'static str, &'static str)],
    /// What the diagnostic must be about.
    attribute: &'static str,
    /// What it must say; what the file expects, if empty.
    says: &'static str,
}

fn inputs() -> Vec<Input> {
    serde_json::from_str(include_str!("../../data/bad-inputs.json")).unwrap()
}

/// The key of PRV-017.
const KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ";

/// The words that the file wants to see: its first quotation.
fn expected(input: &Input) -> &str {
    input.expect.split('"').nth(1).unwrap_or("")
}

#[test]
fn every_id_is_mapped_once() {
    let ids: BTreeSet<_> = inputs().into_iter().map(|input| input.id).collect();
    let mapped: BTreeSet<_> = CASES.iter().map(|case| case.id.to_owned()).collect();
    assert_eq!(ids, mapped);
    assert_eq!(mapped.len(), CASES.len(), "an id is mapped twice");
}

#[test]
fn what_is_not_tried_says_why() {
    for case in CASES {
        if let How::NotHere(reason) = case.how {
            assert!(reason.len() > 20, "{}: {reason}", case.id);
        }
    }
}

/// All at once: Terraform reports every error of a configuration.
#[test]
fn bad_inputs_are_refused_at_validate_with_the_attribute_named() {
    let Some(bench) = bench("bad-inputs") else { return };
    let found = validated(&bench, |case| case.bad);
    let mut wrong = String::new();
    for (input, id, case) in validated_cases() {
        let says = if case.says.is_empty() { expected(&input) } else { case.says };
        let said = found.get(id).map(Vec::as_slice).unwrap_or_default();
        let is_right = |it: &&Diagnostic| it.says(says) && it.names(case.attribute);
        if !said.iter().any(|it| is_right(&it)) {
            let (attribute, said) = (case.attribute, listed(said));
            writeln!(wrong, "{id}: `{says}` about `{attribute}` is not in:\n{said}").unwrap();
        }
        if said.iter().any(|it| it.says(KEY)) {
            writeln!(wrong, "{id}: a private key is shown").unwrap();
        }
        for long in said.iter().filter(|it| it.summary.len() + it.detail.len() > 2_000) {
            writeln!(wrong, "{id}: {} bytes of text", long.detail.len()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(!bench.lab_state().exists(), "validate opened a lab");
}

#[test]
fn their_valid_twins_are_accepted() {
    let Some(bench) = bench("valid-twins") else { return };
    let found = validated(&bench, |case| case.twin);
    let said = found.iter().map(|(id, said)| format!("{id}:\n{}\n", listed(said)));
    let said: Vec<String> = said.collect();
    assert!(said.is_empty(), "{}", said.concat());
}

fn listed(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn validated_cases() -> Vec<(Input, &'static str, &'static Validated)> {
    let mut inputs: BTreeMap<_, _> = inputs().into_iter().map(|it| (it.id.clone(), it)).collect();
    let cases = CASES.iter().filter_map(|case| match &case.how {
        How::Validated(validated) => Some((inputs.remove(case.id)?, case.id, validated)),
        How::Tested(_) | How::NotHere(_) => None,
    });
    cases.collect()
}

/// The errors by id of one `validate` over a file for each id.
fn validated(
    bench: &Bench,
    changes: impl Fn(&Validated) -> &'static [(&'static str, &'static str)],
) -> BTreeMap<String, Vec<Diagnostic>> {
    bench.write("versions.tf", VERSIONS).unwrap();
    let authority = example_folder("scenarios/vds-networking").join("haproxy-ca.pem");
    std::fs::copy(authority, bench.folder().join("haproxy-ca.pem")).unwrap();
    for (_, id, case) in validated_cases() {
        bench.write(&format!("{id}.tf"), &case.base.with(id, changes(case))).unwrap();
    }
    let mut found: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for diagnostic in bench.validate().unwrap().errors() {
        let id = diagnostic.file().unwrap_or("").trim_end_matches(".tf").to_owned();
        found.entry(id).or_default().push(diagnostic);
    }
    found
}
