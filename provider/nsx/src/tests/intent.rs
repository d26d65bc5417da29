//! What is meant to be, read whole: by a tree, or by lists.

use std::sync::atomic::{AtomicUsize, Ordering};

use expect_test::expect;
use serde_json::{Value, json};

use super::server::{nsx, refusal};
use crate::{Error, Firewall};

const GROUP: &str = "/infra/domains/default/groups/g";
const POLICY: &str = "/infra/domains/default/security-policies/p";

fn child(kind: &str, object: &Value) -> Value {
    json!({ "resource_type": format!("Child{kind}"), kind: object })
}

fn rule(id: &str) -> Value {
    json!({ "id": id, "path": format!("{POLICY}/rules/{id}"), "parent_path": POLICY,
        "action": "ALLOW", "source_groups": [GROUP], "services": ["/infra/services/HTTP"] })
}

fn group() -> Value {
    json!({ "id": "g", "path": GROUP })
}

fn http() -> Value {
    json!({ "id": "HTTP", "path": "/infra/services/HTTP" })
}

/// A tree with those rules in the policy.
fn tree(rules: &[Value], policy: &Value) -> Value {
    let mut policy = policy.clone();
    policy["id"] = json!("p");
    policy["children"] = rules.iter().map(|it| child("Rule", it)).collect();
    let children = [child("Group", &group()), child("SecurityPolicy", &policy)];
    let domain = json!({ "id": "default", "path": "/infra/domains/default", "children": children });
    json!({ "children": [child("Domain", &domain), child("Service", &http())] })
}

fn list(elements: &[Value]) -> (u16, Value) {
    (200, json!({ "result_count": elements.len(), "results": elements }))
}

/// The answer to everything but the tree: the same firewall, by lists.
fn lists(line: &str) -> (u16, Value) {
    match line.trim_start_matches("GET ") {
        "/infra/settings/firewall/security" => (200, json!({ "enable_firewall": true })),
        line if line.starts_with("/infra/settings/firewall/security/exclude-list") => {
            (200, json!({ "members": [] }))
        }
        "/infra/realized-state/alarms" => list(&[]),
        "/infra/domains" => list(&[json!({ "id": "default" })]),
        "/infra/services" => list(&[http()]),
        "/infra/domains/default/groups" => list(&[group()]),
        "/infra/domains/default/security-policies?&include_rule_count=true" => {
            list(&[json!({ "id": "p", "path": POLICY, "rule_count": 2 })])
        }
        "/infra/domains/default/security-policies/p/rules" => list(&[rule("a"), rule("b")]),
        other => panic!("{other}"),
    }
}

fn is_tree(line: &str) -> bool {
    line.starts_with("GET /infra?type_filter=")
}

fn two_rules(firewall: &Firewall) {
    let [policy] = &firewall.policies[..] else { panic!("{:?}", firewall.policies) };
    assert_eq!(policy.meta.path.as_deref(), Some(POLICY));
    let ids = policy.rules.iter().flatten().map(|it| it.meta.id.as_deref().unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), ["a", "b"]);
    let (domains, groups) = (firewall.domains.len(), firewall.groups.len());
    assert_eq!((domains, groups, firewall.services.len()), (1, 1, 1));
    assert_eq!(firewall.settings.enable_firewall, Some(true));
}

#[tokio::test(start_paused = true)]
async fn a_firewall_is_one_tree_and_its_settings() {
    let (nsx, notes) = nsx(|line, _| match line {
        line if is_tree(line) => (200, tree(&[rule("a"), rule("b")], &json!({ "rule_count": 2 }))),
        line => lists(line),
    });
    two_rules(&nsx.firewall().await.unwrap());
    expect![[r#"
        [
            "GET /infra?type_filter=Domain%3BGroup%3BSecurityPolicy%3BRule%3BService",
            "GET /infra/settings/firewall/security",
            "GET /infra/settings/firewall/security/exclude-list",
            "GET /infra/settings/firewall/security/exclude-list?system_owned=true",
            "GET /infra/realized-state/alarms",
        ]
    "#]]
    .assert_debug_eq(&notes.asked());
}

#[tokio::test(start_paused = true)]
async fn where_the_tree_is_refused_lists_say_the_same() {
    for (status, body) in [
        refusal(400, 255, "no"),
        refusal(403, 289, "no"),
        refusal(404, 600, "no"),
        refusal(501, 0, "no"),
        (413, json!({ "page": "a gateway's" })),
    ] {
        let (nsx, notes) = nsx(move |line, _| match line {
            line if is_tree(line) => (status, body.clone()),
            line => lists(line),
        });
        two_rules(&nsx.firewall().await.unwrap());
        assert_eq!(notes.asked().len(), 10, "{:?}", notes.asked());
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_tree_is_too_large_lists_say_the_same() {
    let (nsx, notes) = nsx(|line, _| match line {
        line if is_tree(line) => {
            let policy = json!({ "description": "x".repeat(33 << 20) });
            (200, tree(&[rule("a"), rule("b")], &policy))
        }
        line => lists(line),
    });
    two_rules(&nsx.firewall().await.unwrap());
    assert_eq!(notes.asked().len(), 10, "it is not asked for again");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_an_error_and_no_reason_for_lists() {
    let (nsx, _) = nsx(|line, _| match line {
        line if is_tree(line) => (200, json!("no tree")),
        line => lists(line),
    });
    assert!(matches!(nsx.firewall().await.unwrap_err(), Error::Http(_)));
}

/// The error of a firewall whose tree is that one, and how often it was asked for.
async fn refused(tree: Value) -> (String, usize) {
    let (nsx, notes) = nsx(move |line, _| match line {
        line if is_tree(line) => (200, tree.clone()),
        line => lists(line),
    });
    let error = nsx.firewall().await.unwrap_err();
    assert!(error.is_incomplete(), "{error}");
    (error.to_string(), notes.asked().iter().filter(|line| is_tree(line)).count())
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_has_other_rules_than_it_says_is_no_answer() {
    let (error, times) = refused(tree(&[rule("a")], &json!({ "rule_count": 2 }))).await;
    expect![
        "/infra/domains/default/security-policies/p: 1 rules came of 2 that the policy says it has"
    ]
    .assert_eq(&error);
    assert_eq!(times, 4, "and it is read again before");
    let inside = json!({ "rules": [rule("a"), rule("b")] });
    refused(tree(&[rule("a"), rule("c")], &inside)).await;
}

#[tokio::test(start_paused = true)]
async fn rules_may_come_in_their_policy_or_in_both_forms() {
    for beside in [&[][..], &[rule("a"), rule("b")]] {
        let tree = tree(beside, &json!({ "rules": [rule("a"), rule("b")] }));
        let (nsx, _) = nsx(move |line, _| match line {
            line if is_tree(line) => (200, tree.clone()),
            line => lists(line),
        });
        two_rules(&nsx.firewall().await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn what_refers_to_something_that_was_left_out_is_no_answer() {
    for (field, to) in [
        ("source_groups", "/infra/domains/other/groups/gone"),
        ("destination_groups", "/infra/domains/default/groups/gone"),
        ("scope", "/infra/domains/default/groups/gone"),
        ("services", "/infra/services/gone"),
    ] {
        let mut odd = rule("a");
        odd[field] = json!(["ANY", to]);
        let (error, _) = refused(tree(&[odd], &json!({}))).await;
        assert_eq!(
            error,
            format!("{POLICY}: it refers to `{to}`, which was not among what was read")
        );
    }
    // What has another root was not asked for.
    let mut odd = rule("a");
    odd["source_groups"] = json!(["/global-infra/domains/default/groups/x", "10.0.0.0/8"]);
    let tree = tree(&[odd], &json!({}));
    let (nsx, _) = nsx(move |line, _| match line {
        line if is_tree(line) => (200, tree.clone()),
        line => lists(line),
    });
    nsx.firewall().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_changed_while_it_was_read_is_read_again() {
    let calls = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |line, _| match line {
        line if is_tree(line) => {
            let count = calls.fetch_add(1, Ordering::Relaxed) + 1;
            (200, tree(&[rule("a"), rule("b")][..count.min(2)], &json!({ "rule_count": 2 })))
        }
        line => lists(line),
    });
    two_rules(&nsx.firewall().await.unwrap());
    assert_eq!(notes.asked().iter().filter(|line| is_tree(line)).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn lists_that_are_not_whole_are_no_answer_either() {
    for (short, answer) in [
        ("/infra/domains", json!({ "result_count": 2, "results": [{ "id": "default" }] })),
        ("/infra/services", json!({ "results": [http()] })),
        ("/infra/domains/default/groups", json!({ "result_count": 0, "results": [] })),
        (
            "/infra/domains/default/groups",
            json!({ "result_count": 1, "results": [{ "id": "g", "path": "/infra/domains/x/groups/g" }] }),
        ),
        (
            "/infra/domains/default/security-policies?&include_rule_count=true",
            json!({ "result_count": 2, "results": [{ "id": "p" }, { "id": "p" }] }),
        ),
        (
            "/infra/domains/default/security-policies/p/rules",
            json!({ "result_count": 1, "results": [rule("a")] }),
        ),
    ] {
        let (nsx, _) = nsx(move |line, _| match line {
            line if is_tree(line) => refusal(501, 0, "no"),
            line if line == format!("GET {short}") => (200, answer.clone()),
            line => lists(line),
        });
        assert!(nsx.firewall().await.unwrap_err().is_incomplete(), "{short}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_fabric_is_one_tree_or_lists_that_say_the_same() {
    for is_refused in [false, true] {
        let (nsx, notes) = nsx(move |line, _| match line.trim_start_matches("GET ") {
            line if line.starts_with("/infra?type_filter=") && is_refused => refusal(501, 0, "no"),
            line if line.starts_with("/infra?type_filter=") => {
                let below =
                    json!({ "id": "b", "children": [child("SegmentPort", &json!({ "id": "2" }))] });
                let gateway = json!({ "id": "t1", "children": [child("Segment", &below)] });
                let above =
                    json!({ "id": "a", "children": [child("SegmentPort", &json!({ "id": "1" }))] });
                (200, json!({ "children": [child("Segment", &above), child("Tier1", &gateway)] }))
            }
            "/infra/segments" => list(&[json!({ "id": "a" })]),
            "/infra/tier-1s" => list(&[json!({ "id": "t1" })]),
            "/infra/tier-1s/t1/segments" => list(&[json!({ "id": "b" })]),
            "/infra/segments/a/ports" => list(&[json!({ "id": "1" })]),
            "/infra/tier-1s/t1/segments/b/ports" => list(&[json!({ "id": "2" })]),
            other => panic!("{other}"),
        });
        let fabric = nsx.fabric().await.unwrap();
        let paths = |metas: Vec<&crate::Meta>| -> Vec<String> {
            metas.into_iter().filter_map(|it| it.path.clone()).collect()
        };
        let ports = paths(fabric.ports.iter().map(|it| &it.meta).collect());
        assert_eq!(ports, ["/infra/segments/a/ports/1", "/infra/tier-1s/t1/segments/b/ports/2"]);
        let segments = paths(fabric.segments.iter().map(|it| &it.meta).collect());
        assert_eq!(segments, ["/infra/segments/a", "/infra/tier-1s/t1/segments/b"]);
        assert_eq!(fabric.gateways.len(), 1);
        assert_eq!(notes.asked().len(), if is_refused { 6 } else { 1 });
    }
}
