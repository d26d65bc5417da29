//! Servers that answer what they should not, or that are not who they should be.

use lab::{Fault, FaultAnswer, FaultBody, FaultKind, Half, Store};
use serde_json::json;

use super::bases::Base;
use crate::harness::{Admin, Bench, VERSIONS, bench};
use crate::served::Served;

#[test]
pub(super) fn a_certificate_of_an_unknown_issuer_is_refused_and_shown() {
    let Some(bench) = bench("bad-issuer") else { return };
    let served = Served::by(&bench);
    let connections = served.connections("");
    let lab = format!("  owner = \"bank\"\n{connections}");
    let policy = "data \"supervisor_storage_policy\" \"a\" {\n  name = \"gold\"\n}\n";
    bench.write("versions.tf", &VERSIONS.replace("  lab = {}\n", &lab)).unwrap();
    bench.write("main.tf", policy).unwrap();
    let run = bench.run(&["plan", "-json", "-input=false"]).unwrap();
    let said = run.what_it_said();
    assert!(said.contains("certificate is not trusted"), "{said}");
    let digits = |word: &str| word.chars().filter(char::is_ascii_hexdigit).count() == 64;
    assert!(said.split(|c: char| !c.is_ascii_hexdigit() && c != ':').any(digits), "{said}");
    assert_eq!(bench.store().journal().unwrap(), [], "something was sent");
}

/// A status and a body that no read of a segment has.
fn strange_answers() -> [(&'static str, u16, FaultBody); 3] {
    [
        ("expected JSON", 200, FaultBody::Html),
        ("", 200, FaultBody::Json(json!({}))),
        ("", 403, FaultBody::Json(json!({ "error_code": 403, "error_message": "Forbidden" }))),
    ]
}

#[test]
pub(super) fn answers_that_are_none_keep_the_state() {
    let Some(bench) = bench("bad-answers") else { return };
    bench.write("versions.tf", VERSIONS).unwrap();
    bench.write("a.tf", &Base::Segment.with("a", &[])).unwrap();
    bench.applied(&[]);
    let store = bench.store();
    for (says, status, body) in strange_answers() {
        answer(&store, "GET", status, Vec::new(), body);
        let run = bench.run(&["plan", "-json", "-input=false"]).unwrap();
        store.clear_faults().unwrap();
        assert_eq!(run.code, Some(1), "{status} {says}: {:?}", run.changes("planned_change"));
        assert!(run.what_it_said().contains(says), "{}", run.what_it_said());
        bench.unchanged(&[]);
    }
    a_value_of_tomorrow(&bench, &store);
    a_pause_without_end(&bench, &store);
    bench.destroyed(&[]);
}

/// Requests for segments with this verb are answered so.
fn answer(store: &Store, verb: &str, status: u16, headers: Vec<(String, String)>, body: FaultBody) {
    let kind = FaultKind::Answer(FaultAnswer { status, headers, body });
    let fault = Fault::new(kind).on(verb, "*/infra*").times(u64::from(u32::MAX));
    store.inject(&[fault]).unwrap();
}

/// A newer server's value for `admin_state` is shown as a difference, and no error.
fn a_value_of_tomorrow(bench: &Bench, store: &Store) {
    let path = bench.attributes("supervisor_nsx_segment.a").unwrap()["path"].clone();
    let path = path.as_str().unwrap().to_owned();
    let mut segment = Admin::of(bench).get(Half::Nsx, &format!("/policy/api/v1{path}"));
    segment["admin_state"] = json!("HALF_UP");
    answer(store, "GET", 200, Vec::new(), FaultBody::Json(segment));
    let run = bench.run(&["plan", "-json", "-input=false"]).unwrap();
    store.clear_faults().unwrap();
    assert_eq!(run.errors(), [], "a value of tomorrow is an error");
}

/// A server that wants to be asked again in years is asked until the time is over.
fn a_pause_without_end(bench: &Bench, store: &Store) {
    let changes = [("timeouts", "{ create = \"1s\" }"), ("display_name", "\"later\"")];
    bench.write("b.tf", &Base::Segment.with("b", &changes)).unwrap();
    let never = vec![("retry-after".to_owned(), "99999999".to_owned())];
    for verb in ["PUT", "PATCH"] {
        answer(store, verb, 503, never.clone(), FaultBody::Empty);
    }
    let run = bench.run(&["apply", "-json", "-input=false", "-auto-approve"]).unwrap();
    store.clear_faults().unwrap();
    assert_eq!(run.code, Some(1));
    assert!(run.what_it_said().contains("503"), "{}", run.what_it_said());
    bench.write("b.tf", "").unwrap();
}
