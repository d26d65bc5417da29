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

/// A segment in the state, and a server that answers from now on as it is told.
fn bench_with_a_segment(name: &str) -> Option<Bench> {
    let bench = bench(name)?;
    bench.write("versions.tf", VERSIONS).unwrap();
    bench.write("a.tf", &Base::Segment.with("a", &[])).unwrap();
    bench.applied(&[]);
    Some(bench)
}

/// Requests for anything of the policy API with this verb are answered so.
fn answer(store: &Store, verb: &str, status: u16, headers: &[(&str, &str)], body: FaultBody) {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let kind = FaultKind::Answer(FaultAnswer { status, headers: headers.collect(), body });
    let fault = Fault::new(kind).on(verb, "*/infra*").times(u64::from(u32::MAX));
    store.inject(&[fault]).unwrap();
}

/// A plan fails at this answer, and the segment is still in the state, as it was.
#[track_caller]
fn is_no_answer(name: &str, status: u16, body: FaultBody, says: &str) {
    let Some(bench) = bench_with_a_segment(name) else { return };
    answer(&bench.store(), "GET", status, &[], body);
    let run = bench.run(&["plan", "-json", "-input=false"]).unwrap();
    assert_eq!(run.code, Some(1), "accepted: {:?}", run.changes("planned_change"));
    assert!(run.what_it_said().contains(says), "{}", run.what_it_said());
    bench.store().clear_faults().unwrap();
    bench.unchanged(&[]);
}

#[test]
pub(super) fn a_page_for_people_is_no_answer() {
    is_no_answer("bad-page", 200, FaultBody::Html, "expected JSON");
}

#[test]
pub(super) fn an_object_without_an_id_is_no_answer() {
    is_no_answer("bad-object", 200, FaultBody::Json(json!({})), "");
}

#[test]
pub(super) fn a_right_that_was_taken_away_is_no_absence() {
    let refusal = json!({ "httpStatus": "FORBIDDEN", "error_code": 403, "error_message": "no" });
    is_no_answer("bad-right", 403, FaultBody::Json(refusal), "");
}

#[test]
pub(super) fn a_value_of_a_newer_server_is_no_error() {
    let Some(bench) = bench_with_a_segment("bad-newer") else { return };
    let path = bench.attributes("supervisor_nsx_segment.a").unwrap()["path"].clone();
    let path = format!("/policy/api/v1{}", path.as_str().unwrap());
    let mut segment = Admin::of(&bench).get(Half::Nsx, &path);
    segment["admin_state"] = json!("HALF_UP");
    answer(&bench.store(), "GET", 200, &[], FaultBody::Json(segment));
    let run = bench.run(&["plan", "-json", "-input=false"]).unwrap();
    assert_eq!(run.errors(), [], "a value of tomorrow is an error");
}

#[test]
pub(super) fn a_pause_without_end_ends_with_the_time_to_wait() {
    let Some(bench) = bench_with_a_segment("bad-pause") else { return };
    let changes = [("timeouts", "{ create = \"1s\" }"), ("display_name", "\"later\"")];
    bench.write("b.tf", &Base::Segment.with("b", &changes)).unwrap();
    for verb in ["PUT", "PATCH"] {
        answer(&bench.store(), verb, 503, &[("retry-after", "99999999")], FaultBody::Empty);
    }
    let run = bench.run(&["apply", "-json", "-input=false", "-auto-approve"]).unwrap();
    assert_eq!(run.code, Some(1));
    assert!(run.what_it_said().contains("503"), "{}", run.what_it_said());
}
