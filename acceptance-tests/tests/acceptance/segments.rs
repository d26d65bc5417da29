//! The bank whose port groups are NSX segments, when somebody renames one of them.

use lab::Half;
use serde_json::json;

use crate::harness::{Admin, UNPROTECTED, bench_of};

#[test]
fn a_segment_that_somebody_renamed_gets_its_name_back_and_nothing_that_hangs_on_it_is_replaced() {
    const SEGMENTS: &str = "/policy/api/v1/infra/segments";
    let Some(bench) = bench_of("renamed-segment", "scenarios/vds-on-nsx-segments") else { return };
    bench.applied(&[UNPROTECTED]);
    let admin = Admin::of(&bench);
    let all = admin.get(Half::Nsx, SEGMENTS);
    let mut all = all["results"].as_array().unwrap().iter();
    let banking = all.find(|it| it["display_name"] == "bank-banking").unwrap();
    let path = format!("{SEGMENTS}/{}", banking["id"].as_str().unwrap());
    admin.patch(Half::Nsx, &path, json!({ "display_name": "theirs" }));

    let plan = bench.plan(&[UNPROTECTED]).unwrap_or_else(|why| panic!("{}", why.report()));
    let segment = r#"supervisor_nsx_segment.bank["banking"]"#;
    assert_eq!(plan.resources, [(segment.to_owned(), "update".to_owned())]);
    bench.applied(&[UNPROTECTED]);
    assert_eq!(admin.get(Half::Nsx, &path)["display_name"], "bank-banking");
    bench.unchanged(&[UNPROTECTED]);
}
