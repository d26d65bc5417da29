//! What a state may not hold: after an apply, when it is read, imported, upgraded or moved.

use serde_json::json;

use super::fake::*;
use crate::{
    Value,
    testing::{Instance, Source, Target},
    value::Refinement,
};

/// What is made of an apply of something new that is bent at one place.
async fn applied(place: &'static str, new: Value) -> String {
    let fake = Fake {
        apply: Box::new(move |answer| put(&mut answer.new_state, place, &new)),
        ..Fake::new()
    };
    let client = fake.client().await;
    let config = config(&client, &full());
    let planned = client.plan(THING, None, &config).await.unwrap();
    told(client.apply(THING, &planned, None, &config).await)
}

fn part(key: &str) -> Value {
    Value::from([("key", key.into()), ("seen", "made".into())])
}

#[tokio::test]
async fn what_was_planned_comes_true() {
    for (place, new, expected) in [
        ("name", "b".into(), "name`: was \"a\", but now \"b\""),
        ("name", Value::Null, "name`: was \"a\", but now null"),
        ("note", "n".into(), "note`: was null, but now \"n\""),
        ("secret", "t".into(), "secret`: inconsistent values for sensitive attribute"),
        (
            "tags.1",
            "u".into(),
            "tags[*]`: actual set element \"u\" does not correlate with any element in plan",
        ),
        (
            "tags.0",
            "u".into(),
            "tags[*]`: planned set element \"t\" does not correlate with any element in actual",
        ),
        ("labels", Value::Map([].into()), "labels[\"l\"]`: element \"l\" has vanished"),
        ("labels.m", "1".into(), "labels[\"m\"]`: new element \"m\" has appeared"),
        ("ports.0", 2.into(), "ports[0]`: was 1, but now 2"),
        ("ports.1", 2.into(), "ports[1]`: new element 1 has appeared"),
        ("ports", Value::List(vec![]), "ports[0]`: element 0 has vanished"),
        ("part.key", "l".into(), "part.key`: was \"k\", but now \"l\""),
        ("parts", Value::List(vec![]), "parts[0]`: element 0 has vanished"),
        ("named.n.key", "l".into(), "named[\"n\"].key`: was \"k\", but now \"l\""),
        ("loose.0.key", "l".into(), "loose[*]`: planned set element"),
        ("loose.1", part("k2"), "loose`: length changed from 1 to 2"),
        ("main", Value::Null, "main`: was present, but now absent"),
        ("main.key", "l".into(), "main.key`: was \"k\", but now \"l\""),
        ("more.1", part("l"), "more`: block count changed from 1 to 2"),
        ("more.0.key", "l".into(), "more[0].key`: was \"k\", but now \"l\""),
        ("some.0.key", "l".into(), "some[*]`: planned set element"),
        (
            "any",
            another_type(),
            "any`: wrong final value type: \"bool\", where \"string\" was planned",
        ),
    ] {
        let expected = format!(
            "Provider produced inconsistent result after apply: `fake_thing.one.{expected}"
        );
        let told = applied(place, new).await;
        assert!(told.contains(&expected), "{place}: {told}\nnot {expected}");
    }
    for (place, new) in [("id", "other".into()), ("id", Value::Null), ("part.seen", "x".into())] {
        assert_eq!(applied(place, new).await, "accepted", "{place}");
    }
}

fn another_type() -> Value {
    Value::Dynamic(Box::new(crate::Dynamic::from(true)))
}

#[tokio::test]
async fn what_was_applied_is_known_typed_and_without_what_is_never_stored() {
    for (place, new, expected) in [
        (
            "id",
            Value::Unknown,
            "Provider returned invalid result object after apply: `fake_thing.one.id`: the provider still",
        ),
        ("parts.0.seen", Value::Unknown, "`fake_thing.one.parts[0].seen`: the provider still"),
        (
            "code",
            "c".into(),
            "Provider produced invalid object: `fake_thing.one.code`: a value was returned for a write-only",
        ),
        (
            "id",
            1.into(),
            "Provider produced invalid object: `fake_thing.one`: `id`: expected a string, got a number",
        ),
        (
            "",
            Value::Null,
            "Provider produced inconsistent result after apply: `fake_thing.one`: was present, but now absent",
        ),
    ] {
        let told = applied(place, new).await;
        assert!(told.contains(expected), "{place}: {told}");
    }
}

#[tokio::test]
async fn what_was_said_of_an_unknown_holds() {
    let promise = |promise: Refinement| Value::Refined(Box::new(promise));
    for (promised, made, fits) in [
        (promise(Refinement::not_null()), Value::Null, false),
        (promise(Refinement::not_null()), "x".into(), true),
        (
            promise(Refinement { prefix: Some("id-".to_owned()), ..Refinement::default() }),
            "x".into(),
            false,
        ),
        (
            promise(Refinement { prefix: Some("id-".to_owned()), ..Refinement::default() }),
            "id-x".into(),
            true,
        ),
    ] {
        let fake = Fake {
            plan: Box::new(move |answer| put(&mut answer.planned_state, "id", &promised)),
            apply: Box::new(move |answer| put(&mut answer.new_state, "id", &made)),
            ..Fake::new()
        };
        let client = fake.client().await;
        let config = config(&client, &full());
        let planned = client.plan(THING, None, &config).await.unwrap();
        let told = told(client.apply(THING, &planned, None, &config).await);
        let is_refused = told.contains("does not conform to planning placeholder");
        assert_eq!(!is_refused, fits, "{told}");
    }
}

#[tokio::test]
async fn what_was_destroyed_is_not_there() {
    let there = made().await;
    let kept = write(&there.value);
    let fake = Fake {
        apply: Box::new(move |answer| answer.new_state = Some(kept.clone())),
        ..Fake::new()
    };
    let client = fake.client().await;
    let planned = client.plan_destroy(THING, &there).await.unwrap();
    let told = told(client.apply(THING, &planned, Some(&there), &Value::Null).await);
    assert!(told.contains("Provider returned invalid result object after apply"), "{told}");
}

#[tokio::test]
async fn with_an_error_what_exists_is_kept_and_nothing_is_compared() {
    let fake = || Fake {
        apply: Box::new(|answer| {
            put(&mut answer.new_state, "name", &"half".into());
            answer.diagnostics = vec![error("fell down")];
        }),
        ..Fake::new()
    };
    let client = fake().client().await;
    let config = config(&client, &full());
    let planned = client.plan(THING, None, &config).await.unwrap();
    let half = client.apply(THING, &planned, None, &config).await.unwrap().instance.unwrap();
    assert_eq!(half.value.get("name"), &"half".into());
    assert_eq!(half.tainted, crate::testing::Tainted::Yes);

    let lost = Fake {
        apply: Box::new(|answer| {
            answer.new_state = None;
            answer.diagnostics = vec![error("fell down")];
        }),
        ..Fake::new()
    };
    let (client, there) = (lost.client().await, made().await);
    let planned = client.plan_destroy(THING, &there).await.unwrap();
    let left = client.apply(THING, &planned, Some(&there), &Value::Null).await.unwrap();
    assert_eq!(left.instance, Some(there));
}

/// What is made of a refresh that is bent at one place.
async fn refreshed(place: &'static str, new: Value) -> String {
    let fake = Fake {
        read: Box::new(move |answer| put(&mut answer.new_state, place, &new)),
        ..Fake::new()
    };
    told(fake.client().await.read(THING, &made().await).await)
}

#[tokio::test]
async fn what_is_read_is_known_typed_and_without_what_is_never_stored() {
    for (place, new, expected) in [
        ("id", Value::Unknown, "`fake_thing.one.id`: the state that was read has unknown values"),
        ("named.n.seen", Value::Unknown, "`fake_thing.one.named.n.seen`"),
        (
            "code",
            "c".into(),
            "`fake_thing.one.code`: a value was returned for a write-only attribute",
        ),
        ("name", true.into(), "`name`: expected a string, got a bool"),
    ] {
        let told = refreshed(place, new).await;
        assert!(told.starts_with("Provider produced invalid object: "), "{told}");
        assert!(told.contains(expected), "{place}: {told}");
    }
    for new in ["other".into(), Value::Null] {
        assert_eq!(refreshed("name", new).await, "accepted");
    }
    assert_eq!(refreshed("", Value::Null).await, "accepted");
}

async fn imported(bend: fn(&mut tfplugin::v6::import_resource_state::Response)) -> String {
    let fake = Fake { import: Box::new(bend), ..Fake::new() };
    told(fake.client().await.import(PLAIN, &Target::Id("a".to_owned())).await)
}

#[tokio::test]
async fn an_import_brings_one_thing() {
    let accepted = "accepted";
    assert_eq!(imported(|_| {}).await, accepted);
    for (bend, expected) in [
        (
            (|answer| answer.imported_resources.clear())
                as fn(&mut tfplugin::v6::import_resource_state::Response),
            "Import returned no resources",
        ),
        (|answer| answer.imported_resources.extend_from_within(..), "Multiple import states"),
        (|answer| answer.imported_resources[0].type_name.clear(), "Import didn't set type"),
        (|answer| answer.imported_resources[0].state = None, "Import returned null resource"),
        (
            |answer| put(&mut answer.imported_resources[0].state, "id", &Value::Unknown),
            "Provider produced invalid object",
        ),
        (
            |answer| put(&mut answer.imported_resources[0].state, "extra", &Value::Null),
            "Import returned an invalid object",
        ),
    ] {
        let told = imported(bend).await;
        assert!(told.starts_with(expected), "{told}\nnot {expected}");
    }
}

#[tokio::test]
async fn what_was_imported_exists() {
    let gone = Fake { read: Box::new(|answer| answer.new_state = None), ..Fake::new() };
    let read = gone.client().await.import(PLAIN, &Target::Id("a".to_owned())).await.unwrap();
    read.told.error("Cannot import non-existent remote object");
    assert_eq!(read.instance, None);
}

#[tokio::test]
async fn a_write_only_value_is_not_imported() {
    let fake = Fake {
        import: Box::new(|answer| {
            answer.imported_resources[0].state = Some(write(&thing_with_code()));
        }),
        ..Fake::new()
    };
    let told = told(fake.client().await.import(THING, &Target::Id("a".to_owned())).await);
    assert!(
        told.starts_with("Import returned a non-null value for a write-only attribute"),
        "{told}"
    );
}

fn thing_with_code() -> Value {
    let none = || Value::List(Vec::new());
    let mut fields: std::collections::BTreeMap<String, Value> = [
        "note", "secret", "size", "any", "tags", "labels", "ports", "part", "parts", "named",
        "loose", "main",
    ]
    .map(|it| (it.to_owned(), Value::Null))
    .into();
    fields.extend(
        [
            ("name", "a".into()),
            ("id", "made".into()),
            ("code", "c".into()),
            ("more", none()),
            ("some", none()),
        ]
        .map(|(name, it): (&str, Value)| (name.to_owned(), it)),
    );
    Value::Map(fields)
}

#[tokio::test]
async fn a_stored_state_comes_back_as_it_was() {
    let client = Fake::new().client().await;
    let there = made().await;
    let (stored, told) = client.stored(THING, &there).await.unwrap();
    told.nothing();
    assert_eq!(stored, there);
}

#[tokio::test]
async fn an_upgraded_state_is_known_typed_and_without_what_is_never_stored() {
    let upgraded = async |place: &'static str, new: Value| {
        let fake = Fake {
            upgrade: Box::new(move |answer| {
                answer.upgraded_state = Some(write(&thing_with_code()));
                put(&mut answer.upgraded_state, "code", &Value::Null);
                put(&mut answer.upgraded_state, place, &new);
            }),
            ..Fake::new()
        };
        told(fake.client().await.upgrade(THING, 0, "{}").await)
    };
    assert_eq!(upgraded("name", "b".into()).await, "accepted");
    for (place, new, expected) in [
        (
            "id",
            Value::Unknown,
            "Invalid resource state upgrade: `fake_thing.one.id`: the state has unknown values",
        ),
        ("code", "c".into(), "Invalid resource state upgrade: `fake_thing.one.code`"),
        (
            "more",
            "m".into(),
            "Invalid resource state upgrade: `fake_thing.one`: `more`: expected a list",
        ),
    ] {
        let told = upgraded(place, new).await;
        assert!(told.starts_with(expected), "{told}");
    }
    let newer = told(Fake::new().client().await.upgrade(THING, 1, "{}").await);
    assert!(newer.starts_with("Resource instance managed by newer provider version"), "{newer}");
}

#[tokio::test]
async fn what_is_moved_is_something() {
    let source = Source {
        provider: "registry.terraform.io/other/other".to_owned(),
        type_name: "other_thing".to_owned(),
        version: 0,
        state: json!({ "id": "x" }),
        private: Vec::new(),
        identity: None,
    };
    let moved = async |bend: fn(&mut tfplugin::v6::move_resource_state::Response)| {
        let fake = Fake { moved: Box::new(bend), ..Fake::new() };
        told(fake.client().await.move_state(PLAIN, &source).await)
    };
    assert_eq!(moved(|_| {}).await, "accepted");
    assert!(moved(|answer| answer.target_state = None).await.contains("a null value was moved"));
    let unknown = moved(|answer| put(&mut answer.target_state, "id", &Value::Unknown)).await;
    assert!(unknown.contains("what was moved is unknown"), "{unknown}");
    let mut unable = Fake::new();
    unable.schemas.server_capabilities = None;
    let told = told(unable.client().await.move_state(PLAIN, &source).await);
    assert!(told.starts_with("Move resource state not supported"), "{told}");
}

#[tokio::test]
async fn an_identity_is_there_fits_its_schema_is_known_and_stays() {
    let there = Instance { identity: Value::from([("id", "made".into())]), ..made().await };
    let read = async |bend: fn(&mut tfplugin::v6::read_resource::Response)| {
        let fake = Fake { read: Box::new(bend), ..Fake::new() };
        told(fake.client().await.read(THING, &there).await)
    };
    assert_eq!(read(|_| {}).await, "accepted");
    for (bend, expected) in [
        (
            (|answer| answer.new_identity = None) as fn(&mut tfplugin::v6::read_resource::Response),
            "Missing resource identity",
        ),
        (
            |answer| answer.new_identity = identity(&Value::Unknown),
            "Provider produced invalid identity",
        ),
        (
            |answer| answer.new_identity = identity(&true.into()),
            "Provider produced an identity that doesn't match the schema",
        ),
        (|answer| answer.new_identity = identity(&"other".into()), "Unexpected identity change"),
    ] {
        let told = read(bend).await;
        assert!(told.starts_with(expected), "{told}\nnot {expected}");
    }
    let changing = Fake {
        read: Box::new(|answer| answer.new_identity = identity(&"other".into())),
        ..Fake::new()
    };
    let client = changing.client().await.with_changing_identity("fake_thing");
    assert_eq!(told(client.read(THING, &there).await), "accepted");
}

#[tokio::test]
async fn what_has_no_schema_has_no_identity() {
    let fake = Fake {
        read: Box::new(|answer| answer.new_identity = identity(&"x".into())),
        ..Fake::new()
    };
    let plain = instance(Value::from([("name", "a".into()), ("id", "made".into())]));
    let told = told(fake.client().await.read(PLAIN, &plain).await);
    assert!(told.contains("its type has no schema for it"), "{told}");
}
