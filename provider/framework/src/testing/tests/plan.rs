//! What a plan may not say.

use serde_json::json;

use super::fake::*;
use crate::{
    Path, Value,
    testing::{Action, Tainted},
};

/// What is made of a plan of something new that is bent at one place.
async fn bent(place: &'static str, new: Value) -> String {
    let plan_ = Box::new(move |answer: &mut tfplugin::v6::plan_resource_change::Response| {
        put(&mut answer.planned_state, place, &new);
    });
    told(plan(Fake { plan: plan_, ..Fake::new() }, None, &full()).await)
}

fn part(key: &str) -> Value {
    Value::from([("key", key.into()), ("seen", Value::Unknown)])
}

fn whole(key: &str) -> Value {
    Value::from([("key", key.into()), ("seen", "known".into())])
}

#[tokio::test]
async fn what_is_configured_is_planned_as_it_is() {
    for (place, new, expected) in [
        ("name", "b".into(), "name`: planned value \"b\" does not match config value \"a\""),
        ("name", Value::Null, "name`: planned value null does not match config value \"a\""),
        (
            "name",
            Value::Unknown,
            "name`: planned value (unknown) does not match config value \"a\"",
        ),
        ("note", "n".into(), "note`: planned value \"n\" for a non-computed attribute"),
        ("note", Value::Unknown, "note`: planned value (unknown) for a non-computed attribute"),
        (
            "secret",
            "t".into(),
            "secret`: planned value a secret does not match config value a secret",
        ),
        ("code", "c".into(), "code`: a value was returned for a write-only attribute"),
        ("tags.0", "u".into(), "tags`: planned value [\"u\"] does not match config value [\"t\"]"),
        (
            "labels.m",
            "1".into(),
            "labels`: planned value {\"l\":\"1\",\"m\":\"1\"} does not match config value {\"l\":\"1\"}",
        ),
        ("ports.1", 2.into(), "ports`: planned value [1,2] does not match config value [1]"),
        ("part", Value::Null, "part`: planned for absence but config wants existence"),
        ("part", Value::Unknown, "part`: planned unknown for configured value"),
        (
            "part.key",
            "l".into(),
            "part.key`: planned value \"l\" does not match config value \"k\"",
        ),
        ("parts", Value::Unknown, "parts`: planned unknown for configured value"),
        ("parts.1", part("l"), "parts`: count in plan (2) disagrees with count in config (1)"),
        (
            "parts.0.key",
            "l".into(),
            "parts[0].key`: planned value \"l\" does not match config value \"k\"",
        ),
        ("named.o", part("l"), "named`: count in plan (2) disagrees with count in config (1)"),
        (
            "named",
            [("o", part("k"))].into(),
            "named`: map key \"n\" from config is not present in plan",
        ),
        (
            "named.n.key",
            "l".into(),
            "named[\"n\"].key`: planned value \"l\" does not match config value \"k\"",
        ),
        (
            "loose",
            Value::List(vec![whole("k"), whole("l")]),
            "loose`: count in plan (2) disagrees with count in config (1)",
        ),
        ("main", Value::Null, "main`: planned for absence but config wants existence"),
        ("main", Value::Unknown, "main`: planned unknown value for non-computed block"),
        (
            "main.key",
            "l".into(),
            "main.key`: planned value \"l\" does not match config value \"k\"",
        ),
        (
            "more",
            Value::Null,
            "more`: nested blocks that are not there are an empty list of them, not null",
        ),
        (
            "more",
            Value::List(vec![]),
            "more`: block count in plan (0) disagrees with count in config (1)",
        ),
        (
            "more.0",
            Value::Unknown,
            "more[0]`: a nested block must not be unknown itself; set nested attribute values to unknown instead",
        ),
        (
            "more.0.key",
            "l".into(),
            "more[0].key`: planned value \"l\" does not match config value \"k\"",
        ),
        (
            "some",
            Value::Null,
            "some`: nested blocks that are not there are an empty list of them, not null",
        ),
        (
            "some.0",
            Value::Unknown,
            "some[*]`: a nested block must not be unknown itself; set nested attribute values to unknown instead",
        ),
    ] {
        let expected = format!("Provider produced invalid plan: `fake_thing.one.{expected}");
        let told = bent(place, new).await;
        assert!(told.contains(&expected), "{place}: {told}\nnot {expected}");
    }
}

#[tokio::test]
async fn what_the_provider_chooses_is_its_own() {
    for (place, new) in [
        ("id", "known".into()),
        ("id", Value::Null),
        ("size", "known".into()),
        ("part.seen", "known".into()),
        ("loose.0.seen", "known".into()),
        // Nothing tells which element is which.
        ("loose.0.key", "l".into()),
        ("loose.1", part("l")),
        ("some.0.key", "l".into()),
    ] {
        assert_eq!(bent(place, new).await, "accepted", "{place}");
    }
}

#[tokio::test]
async fn a_plan_is_of_the_type_of_its_schema() {
    for (place, new, expected) in [
        ("name", 1.into(), "expected a string, got a number"),
        ("part", "p".into(), "expected an object, got a string"),
        ("extra", "e".into(), "the schema has no such attribute"),
        ("", "e".into(), "expected an object, got a string"),
    ] {
        let told = bent(place, new).await;
        let is_told = told.starts_with("Provider produced invalid plan") && told.contains(expected);
        assert!(is_told, "{place}: {told}");
    }
}

#[tokio::test]
async fn something_new_is_planned_to_exist() {
    let nothing = Fake {
        plan: Box::new(|answer| answer.planned_state = Some(write(&Value::Null))),
        ..Fake::new()
    };
    let told = told(plan(nothing, None, &full()).await);
    assert!(told.contains("planned for absence but config wants existence"), "{told}");
}

#[tokio::test]
async fn a_known_value_may_stay_what_it_was() {
    let there = made().await;
    let changed = json!({ "name": "b" });
    let kept = || Fake {
        plan: Box::new(|answer| put(&mut answer.planned_state, "name", &"a".into())),
        ..Fake::new()
    };
    assert_eq!(told(plan(kept(), Some(&there), &changed).await), "accepted");
    let told = told(plan(kept(), None, &changed).await);
    assert!(told.contains("planned value \"a\" does not match config value \"b\""), "{told}");
    let other = Fake {
        plan: Box::new(|answer| put(&mut answer.planned_state, "name", &"c".into())),
        ..Fake::new()
    };
    let told = super::fake::told(plan(other, Some(&there), &changed).await);
    assert!(told.ends_with("does not match config value \"b\" nor prior value \"a\""), "{told}");
}

fn replacing(path: Path) -> Fake {
    let plan: Box<dyn Fn(&mut tfplugin::v6::plan_resource_change::Response) + Send + Sync> =
        Box::new(move |answer| answer.requires_replace = vec![path.to_wire()]);
    Fake { plan, ..Fake::new() }
}

#[tokio::test]
async fn only_what_is_there_and_changes_replaces() {
    let there = made().await;
    let mut changed = full();
    changed["name"] = "b".into();
    for (path, expected) in [
        (Path::of("name"), Action::Replace),
        (Path::of("id"), Action::Update),
        (Path::of("part").attribute("key"), Action::Update),
        (Path::of("code"), Action::Replace),
    ] {
        let planned = plan(replacing(path.clone()), Some(&there), &changed).await.unwrap();
        assert_eq!(planned.action, expected, "{path}");
    }
    for path in [
        Path::of("nothing"),
        Path::of("labels").key("nothing"),
        Path::of("parts").index(7).attribute("key"),
        Path::of("name").attribute("first"),
        Path::root(),
    ] {
        let told = told(plan(replacing(path.clone()), Some(&there), &changed).await);
        assert!(
            told.contains("requires replacement of a non-existent attribute path"),
            "{path}: {told}"
        );
    }
    // Nothing replaces what is not there yet.
    let planned = plan(replacing(Path::of("nothing")), None, &changed).await.unwrap();
    assert_eq!(planned.action, Action::Create);
}

#[tokio::test]
async fn what_is_unchanged_is_no_change_and_what_is_tainted_is_replaced() {
    let mut there = made().await;
    let planned = plan(Fake::new(), Some(&there), &full()).await.unwrap();
    assert_eq!(planned.action, Action::Nothing);
    there.tainted = Tainted::Yes;
    let planned = plan(Fake::new(), Some(&there), &full()).await.unwrap();
    assert_eq!(planned.action, Action::Replace);
    assert_eq!(planned.value.get("id"), &Value::Unknown);
}

#[tokio::test]
async fn a_destroy_is_planned_as_nothing() {
    let there = made().await;
    let client = Fake::new().client().await;
    assert_eq!(client.plan_destroy(THING, &there).await.unwrap().action, Action::Delete);
    let kept = write(&there.value);
    let plan: Box<dyn Fn(&mut tfplugin::v6::plan_resource_change::Response) + Send + Sync> =
        Box::new(move |answer| answer.planned_state = Some(kept.clone()));
    let client = Fake { plan, ..Fake::new() }.client().await;
    let told = told(client.plan_destroy(THING, &there).await);
    assert!(told.ends_with("planned a non-null destroy value"), "{told}");
}

#[tokio::test]
async fn what_was_planned_is_planned_again_at_apply() {
    let client = Fake::new().client().await;
    let config = config(&client, &full());
    let planned = client.plan(THING, None, &config).await.unwrap();
    assert_eq!(told(client.replan(THING, &planned, None, &config).await), "accepted");
    let mut known = planned.clone();
    let Value::Map(entries) = &mut known.value else { unreachable!("it is an object") };
    entries.insert("id".to_owned(), "promised".into());
    let told = told(client.replan(THING, &known, None, &config).await);
    let expected = "Provider produced inconsistent final plan: `fake_thing.one.id`: was known, but now unknown";
    assert_eq!(told, expected);
    let there = made().await;
    let told = super::fake::told(client.replan(THING, &planned, Some(&there), &config).await);
    assert!(told.contains("the action changed from Create to Nothing"), "{told}");
}
