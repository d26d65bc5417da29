//! The commands of Terraform, on a provider that does everything right.

use serde_json::json;

use super::fake::*;
use crate::testing::{Action, UNKNOWN};

#[tokio::test]
async fn what_is_configured_is_made_found_unchanged_changed_and_destroyed() {
    let client = Fake::new().client().await;
    let there = made().await;
    assert_eq!(there.value.get("id"), &"made".into());
    assert!(there.value.get("code").is_null());
    let read = client.read(THING, &there).await.unwrap();
    assert_eq!(read.instance.as_ref(), Some(&there));

    let mut changed = full();
    changed["note"] = "n".into();
    let config = config(&client, &changed);
    let planned = client.plan(THING, Some(&there), &config).await.unwrap();
    assert_eq!(planned.action, Action::Update);
    let now = client.replan(THING, &planned, Some(&there), &config).await.unwrap();
    let applied = client.apply(THING, &now, Some(&there), &config).await.unwrap();
    assert_eq!(applied.instance.as_ref().unwrap().value.get("note"), &"n".into());

    let planned = client.plan_destroy(THING, &there).await.unwrap();
    let gone = client.apply(THING, &planned, Some(&there), &crate::Value::Null).await.unwrap();
    assert_eq!(gone.instance, None);
}

#[tokio::test]
async fn what_was_unknown_at_plan_is_applied_when_it_is_known() {
    let client = Fake::new().client().await;
    let unknown = config(&client, &json!({ "name": UNKNOWN, "tags": [UNKNOWN, "t"] }));
    let planned = client.plan(THING, None, &unknown).await.unwrap();
    assert_eq!(planned.json()["name"], UNKNOWN);
    // Elements of a set may turn out to be the same.
    let known = config(&client, &json!({ "name": "a", "tags": ["t"] }));
    let now = client.replan(THING, &planned, None, &known).await.unwrap();
    let applied = client.apply(THING, &now, None, &known).await.unwrap();
    assert_eq!(applied.instance.unwrap().json()["tags"], json!(["t"]));
    // A list does not shrink.
    let unknown = config(&client, &json!({ "name": "a", "ports": [1, UNKNOWN] }));
    let planned = client.plan(THING, None, &unknown).await.unwrap();
    let known = config(&client, &json!({ "name": "a", "ports": [1] }));
    let told = told(client.replan(THING, &planned, None, &known).await);
    assert!(told.contains("`fake_thing.one.ports[1]`: element 1 has vanished"), "{told}");
}
