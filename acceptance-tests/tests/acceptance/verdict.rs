//! What a run tells of somebody else's rules: those about others, and the one that opens.

use lab::Half;
use serde_json::{Value, json};

use crate::{
    banking::{POLICY_API, bank},
    harness::{Admin, UNPROTECTED},
};

const DOMAIN: &str = "/infra/domains/default";

/// Policies of so many rules each between IP sets that have nothing to do with any namespace.
const CROWD: [(&str, usize); 2] = [("Infrastructure", 250), ("Application", 250)];

fn put(admin: &Admin, path: &str, body: Value) {
    admin.patch(Half::Nsx, &format!("{POLICY_API}{DOMAIN}{path}"), body);
}

fn rule(id: &str, from: &str, to: &str, place: usize) -> Value {
    json!({ "id": id, "display_name": id, "action": "ALLOW", "direction": "IN_OUT",
            "source_groups": [from], "destination_groups": [to], "services": ["ANY"],
            "scope": ["ANY"], "sequence_number": place })
}

fn crowd(admin: &Admin) {
    let set = |number: usize| format!("{DOMAIN}/groups/set-{}", number % 10);
    for number in 0..10 {
        let addresses = json!({ "resource_type": "IPAddressExpression", "ip_addresses": [format!("10.100.{number}.0/24")] });
        put(admin, &format!("/groups/set-{number}"), json!({ "expression": [addresses] }));
    }
    for (category, rules) in CROWD {
        let rules = (1..=rules).map(|it| rule(&format!("r{it}"), &set(it), &set(it * 3 + 1), it));
        let policy = json!({ "category": category, "sequence_number": 1,
                             "rules": rules.collect::<Vec<_>>() });
        put(admin, &format!("/security-policies/crowd-{category}"), policy);
    }
}

#[test]
fn a_rule_that_opens_is_told_among_five_hundred_that_do_not() {
    let Some(bench) = bank("verdict-crowd") else { return };
    let admin = Admin::of(&bench);
    crowd(&admin);
    bench.unchanged(&[UNPROTECTED]);
    assert_eq!(bench.outputs().unwrap()["isolated"]["banking"], json!(true));

    let opens = rule("let-everybody-in", "ANY", "ANY", 1);
    let policy = json!({ "category": "Emergency", "sequence_number": 1, "rules": [opens] });
    put(&admin, "/security-policies/quick-fix", policy);
    let plan = bench.plan(&[UNPROTECTED]).unwrap();
    let warnings = plan.run.warnings();
    let is_named = warnings.iter().any(|it| {
        it.says("namespace `banking` is open")
            && it.says("rule `let-everybody-in` of policy `quick-fix`")
    });
    assert!(is_named, "{warnings:?}");
    let planned = bench.planned().unwrap();
    assert_eq!(planned["planned_values"]["outputs"]["isolated"]["value"]["banking"], json!(false));
    assert_eq!(planned["output_changes"]["isolated"]["before"]["banking"], json!(true));
}
