//! The bank: what it says of itself, how it changes, and what happens when others change it.

use acceptance_tests::Severity;
use lab::Half;
use serde_json::{Value, json};

use crate::harness::{Admin, Bench, UNPROTECTED, bench_of, differences};

const BANKING: &str = "supervisor_vsphere_namespace.banking";
pub(crate) const POLICY_API: &str = "/policy/api/v1";

pub(crate) fn bank(name: &str) -> Option<Bench> {
    let bench = bench_of(name, "scenarios/banking")?;
    bench.applied(&[UNPROTECTED]);
    Some(bench)
}

/// What the next plan would do to each resource.
#[track_caller]
fn planned(bench: &Bench) -> Vec<(String, String)> {
    bench.plan(&[UNPROTECTED]).unwrap_or_else(|why| panic!("{}", why.report())).resources
}

fn update(address: &str) -> (String, String) {
    (address.to_owned(), "update".to_owned())
}

#[test]
fn outputs_say_where_everything_is() {
    let Some(bench) = bank("banking-outputs") else { return };
    let outputs = bench.outputs().unwrap();
    let within = |value: &Value, prefix: &str| {
        let text = value.as_str().unwrap_or_default();
        assert!(text.starts_with(prefix), "{value} is not in {prefix}");
    };
    within(&outputs["api_endpoint"], "192.168.20.");
    for name in ["banking", "trading"] {
        let subnets = outputs["namespace_subnets"][name].as_array().unwrap();
        assert!(!subnets.is_empty(), "{name} has no subnet");
        for subnet in subnets {
            within(subnet, "10.244.");
        }
        assert_eq!(outputs["isolated"][name], json!(true), "{name}");
    }
    assert_ne!(outputs["namespace_subnets"]["banking"], outputs["namespace_subnets"]["trading"]);
    assert_eq!(outputs["payments_address"], json!("192.168.40.10"));
    assert_eq!(outputs["vm_port_group"], json!("bank-vms"));
    let sources = outputs["load_balancer_sources"].as_array().unwrap();
    assert!(!sources.is_empty() && !sources.contains(&outputs["payments_address"]), "{sources:?}");
}

#[test]
fn a_cluster_that_cannot_become_a_supervisor_is_refused_before_anything_exists() {
    let Some(bench) = bench_of("banking-incompatible", "scenarios/banking") else { return };
    let variable = "-var=compute_cluster=compute-without-ha";
    let run = bench.run(&["plan", "-json", "-input=false", variable]).unwrap();
    let errors = run.errors();
    assert_eq!(run.code, Some(1));
    assert!(errors.iter().any(|it| it.says("precondition failed") || it.says("HA")), "{errors:?}");
    assert_eq!(bench.writes(), []);
}

#[test]
fn what_may_change_changes_in_place() {
    let Some(bench) = bank("banking-updates") else { return };
    let main = std::fs::read_to_string(bench.folder().join("main.tf")).unwrap();
    let changes = [
        // Append only, and seen by every later namespace.
        (r#"["10.244.0.0/20"]"#, r#"["10.244.0.0/20", "10.245.0.0/20"]"#),
        (r#"size                = "SMALL""#, r#"size                = "MEDIUM""#),
        (r#""Accounts and payments""#, r#""Accounts, payments and cards""#),
        (r#""200Gi""#, r#""300Gi""#),
        ("cpu_limit_mhz    = 20000", "cpu_limit_mhz    = 24000"),
        (r#"role = "VIEW""#, r#"role = "EDIT""#),
        (r#"team", tag = "platform""#, r#"team", tag = "network""#),
        ("target_port = local.payments_port", "target_port = 9443"),
        ("= 8443", "= 9443"),
    ];
    let changed = changes.iter().fold(main.clone(), |text, (before, after)| {
        assert!(text.contains(before), "main.tf has no `{before}`");
        text.replace(before, after)
    });
    bench.write("main.tf", &changed).unwrap();
    let plan = planned(&bench);
    for (address, action) in &plan {
        assert_eq!(action, "update", "{address}");
    }
    for address in [
        "supervisor_cluster.bank",
        BANKING,
        "supervisor_nsx_segment.vms",
        "supervisor_namespace_network_policy.banking_from_trading",
        "supervisor_namespace_load_balancer.banking",
    ] {
        assert!(plan.contains(&update(address)), "{address} does not change: {plan:?}");
    }
    bench.applied(&[UNPROTECTED]);
    bench.unchanged(&[UNPROTECTED]);
    bench.destroyed(&[UNPROTECTED]);
}

#[test]
fn pod_cidrs_are_append_only_and_removal_is_an_error_at_plan() {
    let Some(bench) = bank("banking-append-only") else { return };
    let main = std::fs::read_to_string(bench.folder().join("main.tf")).unwrap();
    bench.write("main.tf", &main.replace("10.244.0.0/20", "10.246.0.0/20")).unwrap();
    let run = bench.run(&["plan", "-json", "-input=false", UNPROTECTED]).unwrap();
    let errors = run.errors();
    assert!(
        errors.iter().any(|it| it.names("pod_cidrs") && it.says("10.244.0.0/20")),
        "{errors:?}"
    );
}

#[test]
fn protection_turns_destroying_into_an_error_at_plan() {
    let Some(bench) = bench_of("banking-protected", "scenarios/banking") else { return };
    bench.applied(&[]);
    let before = bench.writes();
    let run = bench.run(&["plan", "-destroy", "-json", "-input=false"]).unwrap();
    let errors = run.errors();
    assert_eq!(run.code, Some(1));
    assert!(errors.iter().any(|it| it.says("deletion_protection")), "{errors:?}");
    assert_eq!(bench.writes(), before);
}

/// How an administrator opens what was closed, in words and in deed.
type Drift = (&'static str, fn(&mut Value));

const DRIFTS: [Drift; 3] = [
    ("every rule allows", |policy| {
        each_rule(policy, |rule| rule["action"] = json!("ALLOW"));
    }),
    ("every rule is disabled", |policy| {
        each_rule(policy, |rule| rule["disabled"] = json!(true));
    }),
    ("the policy moved to where others come first", |policy| {
        policy["sequence_number"] = json!(999_990);
    }),
];

fn each_rule(policy: &mut Value, change: impl Fn(&mut Value)) {
    policy["rules"].as_array_mut().into_iter().flatten().for_each(change);
}

#[test]
fn drift_of_the_isolation_is_seen_and_repaired() {
    let Some(bench) = bank("banking-drift") else { return };
    let path = format!("{POLICY_API}{}", text(&bench, BANKING, "policy_path"));
    let admin = Admin::of(&bench);
    let ours = facts(&admin.get(Half::Nsx, &path));
    for (what, change) in DRIFTS {
        let mut policy = admin.get(Half::Nsx, &path);
        change(&mut policy);
        admin.patch(Half::Nsx, &path, policy);
        assert_ne!(facts(&admin.get(Half::Nsx, &path)), ours, "{what}: nothing was changed");

        assert!(planned(&bench).contains(&update(BANKING)), "{what}: the plan does not see it");
        bench.applied(&[UNPROTECTED]);
        assert_eq!(facts(&admin.get(Half::Nsx, &path)), ours, "{what}: it is not repaired");
        bench.unchanged(&[UNPROTECTED]);
    }
}

/// What of a policy decides about traffic.
fn facts(policy: &Value) -> Value {
    let of = |it: &Value, names: &[&str]| -> Value {
        names.iter().map(|&name| (name.to_owned(), it[name].clone())).collect()
    };
    let rules = policy["rules"].as_array().cloned().unwrap_or_default();
    let rule = ["id", "action", "direction", "disabled", "sequence_number", "source_groups"];
    json!({
        "policy": of(policy, &["category", "sequence_number", "scope"]),
        "rules": rules.iter().map(|it| of(it, &rule)).collect::<Vec<_>>(),
    })
}

#[test]
fn a_foreign_rule_that_shadows_the_deny_is_named_and_left_alone() {
    let Some(bench) = bank("banking-shadowed") else { return };
    let admin = Admin::of(&bench);
    let path = format!("{POLICY_API}/infra/domains/default/security-policies/quick-fix");
    let opens = json!({
        "display_name": "quick-fix", "category": "Emergency", "sequence_number": 1, "rules": [{
            "id": "let-everybody-in", "display_name": "let-everybody-in", "action": "ALLOW",
            "source_groups": ["ANY"], "destination_groups": ["ANY"], "services": ["ANY"],
            "scope": ["ANY"], "direction": "IN_OUT", "sequence_number": 1,
        }],
    });
    admin.patch(Half::Nsx, &path, opens);
    let foreign = facts(&admin.get(Half::Nsx, &path));

    let plan = bench.plan(&[UNPROTECTED]).unwrap();
    let shown = differences(&bench.planned().unwrap());
    let warned = plan.run.diagnostics().iter().map(ToString::to_string).collect::<String>();
    assert!(
        warned.contains("let-everybody-in") || shown.contains("let-everybody-in"),
        "{warned}\n{shown}"
    );
    let run = bench.apply(&[UNPROTECTED]).unwrap();
    assert!(run.diagnostics().iter().all(|it| it.severity == Severity::Warning));
    assert_eq!(facts(&admin.get(Half::Nsx, &path)), foreign, "the foreign rule was touched");
    assert_eq!(bench.outputs().unwrap()["isolated"]["banking"], json!(false));

    admin.delete(Half::Nsx, &path);
    bench.applied(&[UNPROTECTED]);
    assert_eq!(bench.outputs().unwrap()["isolated"]["banking"], json!(true));
    bench.unchanged(&[UNPROTECTED]);
}

fn text(bench: &Bench, address: &str, attribute: &str) -> String {
    let attributes = bench.attributes(address).unwrap();
    attributes[attribute].as_str().unwrap_or_else(|| panic!("{address}.{attribute}")).to_owned()
}
