//! Kubernetes' policies in the firewall.

use std::fmt::Write as _;

use serde_json::Value;

use super::*;
use crate::Body;

/// Only `app=web` of the same namespace reaches the port that `app=db` calls `sql`.
fn policy(name: &str) -> Value {
    let from = json!([{ "podSelector": { "matchLabels": { "app": "web" } } }]);
    json!({
        "metadata": { "name": name },
        "spec": {
            "podSelector": { "matchLabels": { "app": "db" } },
            "ingress": [{ "from": from, "ports": [{ "port": "sql" }] }],
        },
    })
}

fn db(store: &Store, name: &str, port: u16) {
    let ports = json!([{ "name": "sql", "containerPort": port }]);
    let metadata = json!({ "name": name, "labels": { "app": "db" } });
    let spec = json!({ "containers": [{ "name": "main", "ports": ports }] });
    post(store, "banking/pods", json!({ "metadata": metadata, "spec": spec }));
}

/// The sections of policies and their groups, with what they are made of.
fn sections(store: &Store) -> String {
    let mut text = String::new();
    for (path, object) in owned(store) {
        let id = names::id(&path);
        let uid = id.strip_prefix("np_").map(|rest| &rest[..36]);
        let Some(uid) = uid else { continue };
        let short = |text: &str| text.replace(uid, "UID").replace('"', "");
        if object["resource_type"] == "Group" {
            writeln!(text, "{}", short(id)).unwrap();
            continue;
        }
        let name = object["display_name"].as_str().unwrap();
        writeln!(text, "{} {name} {}", short(id), object["sequence_number"]).unwrap();
        for rule in object["rules"].as_array().unwrap() {
            let group = |field: &str| short(names::id(rule[field][0].as_str().unwrap()));
            let ports = rule["service_entries"][0]["destination_ports"].to_string();
            let (action, direction) = (&rule["action"], &rule["direction"]);
            let what = format!("{action} {direction} {ports}");
            let (from, to) = (group("source_groups"), group("destination_groups"));
            writeln!(
                text,
                "  {} {} from {from} to {to}",
                short(&rule["id"].to_string()),
                short(&what)
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn a_policy_is_a_section_that_allows_and_one_that_drops() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    db(&store, "db-0", 5432);
    post(&store, "banking/networkpolicies", policy("db"));
    check(
        &sections(&store),
        &expect![[r"
        np_UID-ingress-0-0
        np_UID-ingress-0-sql-tcp-5432
        np_UID-scope
        np_UID_allow db-allow 2010
          ingress-0-sql-tcp-5432 ALLOW IN [5432] from np_UID-ingress-0-0 to np_UID-ingress-0-sql-tcp-5432
        np_UID_isolation db-isolation 2090
          ingress-isolation DROP IN null from ANY to ANY
    "]],
    );
}

#[test]
fn a_policy_follows_the_pods_that_call_a_port_so() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    post(&store, "banking/networkpolicies", policy("db"));
    assert!(!sections(&store).contains("ALLOW"), "{}", sections(&store));
    db(&store, "db-0", 5432);
    assert!(sections(&store).contains("[5432]"), "{}", sections(&store));
    assert_eq!(ask(&store, Method::DELETE, "banking/pods/db-0", None).status, 204);
    db(&store, "db-1", 5433);
    let after = sections(&store);
    assert!(after.contains("[5433]") && !after.contains("[5432]"), "{after}");
}

#[test]
fn a_repealed_policy_leaves_nothing() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let before = counts(&store);
    post(&store, "banking/networkpolicies", policy("db"));
    assert_eq!(ask(&store, Method::DELETE, "banking/networkpolicies/db", None).status, 204);
    assert_eq!(counts(&store), before);
}

#[test]
fn a_policy_goes_with_its_namespace() {
    let store = lab(&settings());
    enable(&store);
    let before = counts(&store);
    namespace(&store, "banking", &Value::Null);
    db(&store, "db-0", 5432);
    post(&store, "banking/networkpolicies", policy("db"));
    delete_namespace(&store, "banking");
    store.advance(std::time::Duration::from_mins(1)).unwrap();
    assert_eq!(counts(&store), before);
}

#[test]
fn a_policy_that_kubernetes_would_refuse_is_refused_with_its_field() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let mut wrong = policy("db");
    wrong["spec"]["ingress"][0]["ports"][0]["port"] = json!(0);
    let answer = ask(&store, Method::POST, "banking/networkpolicies", Some(wrong));
    let Body::Text(text) = &answer.body else { panic!("{answer:?}") };
    assert!(answer.status == 400 && text.contains("spec.ingress[0].ports[0].port"), "{text}");
}
