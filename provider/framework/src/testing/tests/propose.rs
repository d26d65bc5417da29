//! What Terraform proposes, in cases that its own documentation names.

use serde_json::{Value as Json, json};

use super::fake::*;
use crate::{
    Value,
    testing::{json::to_json, propose::proposed},
};

/// What is proposed over what is there, of these attributes.
async fn check(prior: Json, configured: Json, expected: Json) {
    let client = Fake::new().client().await;
    let body = &client.schemas().resources["fake_thing"].body;
    let value = |json: &Json| {
        let mut all = json!({ "name": "a" });
        all.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        config(&client, &all)
    };
    let prior = if prior.is_null() { Value::Null } else { value(&prior) };
    let proposed = to_json(&proposed(body, &prior, &value(&configured)));
    for (name, expected) in expected.as_object().unwrap() {
        assert_eq!(&proposed[name], expected, "{name}");
    }
}

fn part(key: &str, seen: Option<&str>) -> Json {
    json!({ "key": key, "seen": seen })
}

#[tokio::test]
async fn what_was_chosen_stays_where_nothing_is_configured() {
    let prior = json!({ "id": "i", "size": "s", "note": "n" });
    check(prior.clone(), json!({}), json!({ "id": "i", "size": "s", "note": null })).await;
    check(prior, json!({ "size": "t" }), json!({ "id": "i", "size": "t" })).await;
    check(Json::Null, json!({}), json!({ "id": null, "size": null })).await;
}

#[tokio::test]
async fn what_nests_is_found_again_by_place_by_key_and_by_value() {
    let (a, b) = (part("a", Some("1")), part("b", Some("2")));
    check(
        json!({ "parts": [a, b], "named": { "x": a }, "more": [a], "part": a, "main": a }),
        json!({ "parts": [part("c", None)], "named": { "x": part("c", None), "y": part("a", None) },
                "more": [part("c", None), part("d", None)], "part": part("c", None), "main": part("c", None) }),
        json!({ "parts": [part("c", Some("1"))],
                "named": { "x": part("c", Some("1")), "y": part("a", None) },
                "more": [part("c", Some("1")), part("d", None)],
                "part": part("c", Some("1")), "main": part("c", Some("1")) }),
    )
    .await;
    check(
        json!({ "loose": [a, b], "some": [a, b] }),
        json!({ "loose": [part("b", None), part("c", None)], "some": [part("b", None)] }),
        json!({ "loose": [part("b", Some("2")), part("c", None)], "some": [part("b", Some("2"))] }),
    )
    .await;
}

#[tokio::test]
async fn of_what_is_unknown_nothing_is_proposed() {
    let unknown = crate::testing::UNKNOWN;
    check(
        json!({ "size": "s", "part": part("a", Some("1")) }),
        json!({ "size": unknown, "part": unknown, "parts": unknown, "more": unknown }),
        json!({ "size": unknown, "part": unknown, "parts": unknown, "more": unknown }),
    )
    .await;
}
