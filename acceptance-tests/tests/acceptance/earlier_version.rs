//! What an earlier version made, found as it is by this one: its states, its marks in NSX.
//!
//! `tests/data/earlier-version/README.md` says which version that was, and how it made them.

use std::fs;
use std::path::PathBuf;

use acceptance_tests::repository;
use rusqlite::Connection;

use crate::harness::{Bench, bench};

/// Whose the objects are that the earlier version made.
const OWNER: &str = "fixtures/b28bd96";

/// What NCP opens for the platform itself.
macro_rules! accept {
    () => {
        "    accept = [\"/infra/domains/*/security-policies/*-allow-node\",\
                      \"/infra/domains/*/security-policies/*-baseline/rules/system-out\"]\n"
    };
}

/// What the changelog asks a user to edit since that version: in the `main.tf` of which folder, what
/// is written there, and what is to be written in its place.
const EDITS: &[(&str, &str, &str)] = &[
    ("everything", "    mode = \"observe\"\n", concat!("    mode = \"observe\"\n", accept!())),
    ("everything", "    logging = true\n", concat!("    logging = true\n", accept!())),
    ("imported", "    mode  = \"baseline\"\n", concat!("    mode  = \"baseline\"\n", accept!())),
];

/// Lets go of what an import has protected.
const UNPROTECTED: &str = r#"
resource "supervisor_cluster" "bank" {
  deletion_protection = false
}

resource "supervisor_vsphere_namespace" "banking" {
  deletion_protection = false
}
"#;

/// A workspace in which the earlier version has applied or imported what that folder configures.
fn left_by_the_earlier_version(name: &str) -> Option<Bench> {
    let bench = bench(&format!("earlier-version-{name}"))?;
    bench.copy(&folder(name)).unwrap();
    let state = bench.folder().join("state.json");
    fs::rename(state, bench.folder().join("terraform.tfstate")).unwrap();
    load_lab(&bench);
    edit(&bench, name);
    Some(bench)
}

fn folder(name: &str) -> PathBuf {
    repository().join("acceptance-tests/tests/data/earlier-version").join(name)
}

fn load_lab(bench: &Bench) {
    let statements = fs::read_to_string(bench.folder().join("lab.sql")).unwrap();
    let mut lab = Connection::open(bench.lab_state()).unwrap();
    let transaction = lab.transaction().unwrap();
    transaction.execute_batch(&statements).unwrap();
    transaction.commit().unwrap();
}

fn edit(bench: &Bench, name: &str) {
    let mut main = fs::read_to_string(bench.folder().join("main.tf")).unwrap();
    for (_, was, is) in EDITS.iter().filter(|(of, _, _)| *of == name) {
        assert!(main.contains(was), "there is nothing to edit, for `{was}` is not in {name}");
        main = main.replace(was, is);
    }
    bench.write("main.tf", &main).unwrap();
}

/// A plan finds nothing to do, neither an update nor a replacement, and an apply does nothing.
#[track_caller]
fn is_found_as_it_is(bench: &Bench) {
    bench.unchanged(&[]);
    bench.applied(&[]);
    assert_eq!(bench.writes(), [], "something was written to the servers");
}

/// What the edits change is in the state alone: nothing is made anew or deleted, and then there is
/// nothing to do.
#[track_caller]
fn is_found_as_it_is_but_for_the_edits(bench: &Bench) {
    bench.applied(&[]);
    let is_lost = |it: &lab::JournalEntry| it.method == "DELETE" || it.method == "POST";
    let lost: Vec<_> = bench.writes().into_iter().filter(is_lost).collect();
    assert_eq!(lost, [], "something was made anew or deleted");
    bench.unchanged(&[]);
}

/// Destroys, and expects nothing of it to be left: nothing in the state, and no mark in NSX.
#[track_caller]
fn goes_without_a_trace(bench: &Bench) {
    bench.destroy(&[]).unwrap_or_else(|why| panic!("{}", why.report()));
    assert_eq!(bench.addresses().unwrap(), [""; 0], "something is left in the state");
    assert_eq!(marked(bench), [""; 0], "something is left in NSX");
}

/// Paths of the objects in NSX that carry the owner's mark.
fn marked(bench: &Bench) -> Vec<String> {
    let store = bench.store();
    store.settle().unwrap();
    let objects = store.transaction(|tx| tx.under("nsx:")).unwrap();
    let is_marked = |object: &serde_json::Value| {
        object["tags"].as_array().into_iter().flatten().any(|tag| tag["tag"] == OWNER)
    };
    objects.into_iter().filter(|(_, object)| is_marked(object)).map(|(path, _)| path).collect()
}

#[test]
fn everything_with_nsx_that_an_earlier_version_applied_is_found_as_it_is_and_goes() {
    let Some(bench) = left_by_the_earlier_version("everything") else { return };
    is_found_as_it_is_but_for_the_edits(&bench);
    assert!(!marked(&bench).is_empty(), "the earlier version marked nothing");
    goes_without_a_trace(&bench);
}

#[test]
fn everything_on_port_groups_that_an_earlier_version_applied_is_found_as_it_is_and_goes() {
    let Some(bench) = left_by_the_earlier_version("port-groups") else { return };
    is_found_as_it_is(&bench);
    goes_without_a_trace(&bench);
}

#[test]
fn what_an_earlier_version_imported_is_found_as_it_is_and_goes_once_it_is_unprotected() {
    let Some(bench) = left_by_the_earlier_version("imported") else { return };
    is_found_as_it_is_but_for_the_edits(&bench);
    bench.write("lab_override.tf", UNPROTECTED).unwrap();
    // An import knows no claim: what is updated after it gets one.
    bench.applied(&[]);
    bench.unchanged(&[]);
    goes_without_a_trace(&bench);
}
