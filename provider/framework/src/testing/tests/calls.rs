//! What data sources, functions, ephemeral resources, lists and actions may not answer.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tfplugin::v6::{deferred::Reason, list_resource::Event};

use super::fake::*;
use crate::{
    Value,
    testing::{Called, Listing, Subject},
};

async fn found(bend: fn(&mut tfplugin::v6::read_data_source::Response)) -> String {
    let client = Fake { data: Box::new(bend), ..Fake::new() }.client().await;
    let config = client.config(Subject::DataSource(PLAIN), &json!({ "name": "a" }));
    told(client.data(PLAIN, &config).await)
}

#[tokio::test]
async fn a_data_source_finds_something_and_knows_it() {
    assert_eq!(found(|_| {}).await, "accepted");
    // It need not be what was configured.
    assert_eq!(found(|answer| put(&mut answer.state, "name", &"b".into())).await, "accepted");
    assert!(found(|answer| answer.state = None).await.starts_with("Provider produced null object"));
    let unknown = found(|answer| put(&mut answer.state, "id", &Value::Unknown)).await;
    assert!(unknown.contains("`fake_plain.one.id`: what was found is not known"), "{unknown}");
    let mistyped = found(|answer| put(&mut answer.state, "id", &7.into())).await;
    assert!(mistyped.contains("`id`: expected a string, got a number"), "{mistyped}");
}

#[tokio::test]
async fn with_an_unknown_configuration_no_data_source_is_asked() {
    let client = Fake { data: Box::new(|_| panic!("it is asked")), ..Fake::new() }.client().await;
    let config =
        client.config(Subject::DataSource(PLAIN), &json!({ "name": crate::testing::UNKNOWN }));
    let found = client.data(PLAIN, &config).await.unwrap();
    assert_eq!(found.value, Value::from([("name", Value::Unknown), ("id", Value::Unknown)]));
}

#[tokio::test]
async fn a_function_is_the_same_each_time() {
    let client = Fake::new().client().await;
    assert_eq!(client.call("say", &["x".into()]).await.unwrap(), Called::Result("said".into()));
    let unknown = client.call("say", &[Value::Unknown]).await.unwrap();
    assert_eq!(unknown, Called::Result(Value::Unknown));
    let null = client.call("say", &[Value::Null]).await.unwrap();
    assert!(matches!(null, Called::Objection(why, _) if why.contains("\"text\" cannot be null")));
    assert!(told(client.call("say", &[]).await).starts_with("Wrong number"));

    let count = AtomicUsize::new(0);
    let counting = Fake {
        call: Box::new(move |answer| {
            let count = count.fetch_add(1, Ordering::Relaxed).to_string();
            answer.result = Some(write(&count.as_str().into()));
        }),
        ..Fake::new()
    };
    let told = told(counting.client().await.call("say", &["x".into()]).await);
    assert!(told.starts_with("Provider function returned an inconsistent result"), "{told}");
}

#[tokio::test]
async fn a_function_returns_something_of_its_type() {
    for (bend, expected) in [
        (
            (|answer| answer.result = None) as fn(&mut tfplugin::v6::call_function::Response),
            "Provider returned no result and no errors",
        ),
        (
            |answer| answer.result = Some(write(&true.into())),
            "Provider returned an invalid result: `say`: ``: expected a string, got a bool",
        ),
    ] {
        let client = Fake { call: Box::new(bend), ..Fake::new() }.client().await;
        let told = told(client.call("say", &["x".into()]).await);
        assert!(told.starts_with(expected), "{told}");
    }
}

async fn opened(bend: fn(&mut tfplugin::v6::open_ephemeral_resource::Response)) -> String {
    let client = Fake { open: Box::new(bend), ..Fake::new() }.client().await;
    let config = client.config(Subject::EphemeralResource(PLAIN), &json!({ "name": "a" }));
    told(client.open(PLAIN, &config).await)
}

#[tokio::test]
async fn an_ephemeral_resource_is_what_was_configured() {
    assert_eq!(opened(|_| {}).await, "accepted");
    let other = opened(|answer| put(&mut answer.result, "name", &"b".into())).await;
    let expected = "Provider produced invalid ephemeral resource instance: `fake_plain.one.name`: \
                    planned value \"b\" does not match config value \"a\"";
    assert_eq!(other, expected);
    let none = opened(|answer| answer.result = None).await;
    assert!(none.contains("planned for absence but config wants existence"), "{none}");
}

#[tokio::test]
async fn an_ephemeral_resource_is_opened_renewed_and_closed_with_what_it_remembers() {
    let client = Fake::new().client().await;
    let config = client.config(Subject::EphemeralResource(PLAIN), &json!({ "name": "a" }));
    let opened = client.open(PLAIN, &config).await.unwrap();
    assert!(opened.renew_at.is_some());
    let renewed = client.renew(PLAIN, opened.private).await.unwrap();
    assert_eq!(renewed.renew_at, None);
    client.close(PLAIN, renewed.private).await.unwrap().nothing();
    client.close(PLAIN, None).await.unwrap().error("not open");

    let unknown = client
        .config(Subject::EphemeralResource(PLAIN), &json!({ "name": crate::testing::UNKNOWN }));
    assert_eq!(client.open(PLAIN, &unknown).await.unwrap().value.get("id"), &Value::Unknown);
}

fn event(id: &str) -> Event {
    Event { identity: identity(&id.into()), display_name: id.to_owned(), ..Default::default() }
}

async fn listed(events: Vec<Event>, listing: Listing, limit: usize) -> String {
    let client = Fake { listed: events, ..Fake::new() }.client().await;
    let config = client.config(Subject::ListResource(THING), &json!({}));
    told(client.list(THING, &config, listing, limit).await)
}

#[tokio::test]
async fn what_is_listed_can_be_told_apart_and_is_no_more_than_was_asked_for() {
    let two = || vec![event("a"), event("b")];
    assert_eq!(listed(two(), Listing::Identities, 2).await, "accepted");
    let more = listed(two(), Listing::Identities, 1).await;
    assert!(more.ends_with("1 were asked for, and more came"), "{more}");
    let nameless = Event { identity: None, ..event("a") };
    let told = listed(vec![nameless.clone()], Listing::Identities, 2).await;
    assert!(told.starts_with("Missing identity data in ListResource event"), "{told}");
    let unknown = Event { identity: identity(&Value::Unknown), ..event("a") };
    let told = listed(vec![unknown], Listing::Identities, 2).await;
    assert!(told.starts_with("Provider produced invalid identity"), "{told}");

    // A word of warning is about nothing in particular.
    let severity = tfplugin::v6::diagnostic::Severity::Warning.into();
    let warning = vec![tfplugin::v6::Diagnostic { severity, ..error("beware") }];
    let warned = Event { diagnostic: warning, ..nameless };
    assert_eq!(listed(vec![warned], Listing::Identities, 2).await, "accepted");
}

#[tokio::test]
async fn objects_are_listed_if_somebody_asks_and_are_what_a_state_may_hold() {
    let there = made().await.value;
    let with = |value: &Value| {
        let resource_object = Some(write(value));
        vec![Event { resource_object, ..event("a") }]
    };
    assert_eq!(listed(with(&there), Listing::Objects, 2).await, "accepted");
    let unasked = listed(with(&there), Listing::Identities, 2).await;
    assert!(unasked.ends_with("an object that nobody asked for"), "{unasked}");
    for (place, new) in [("id", Value::Unknown), ("code", "c".into()), ("name", 7.into())] {
        let mut wire = Some(write(&there));
        put(&mut wire, place, &new);
        let told = listed(with(&read(wire.as_ref())), Listing::Objects, 2).await;
        assert!(told.starts_with("Provider produced an invalid list"), "{place}: {told}");
    }
}

#[tokio::test]
async fn an_action_ends_once_and_says_nothing_after_that() {
    let nothing = tfplugin::v6::invoke_action::Event::default();
    for (events, expected) in [
        (vec![completed()], "accepted"),
        (vec![progress("half"), completed()], "accepted"),
        (vec![progress("half")], "it never said that it is completed"),
        (vec![completed(), completed()], "it goes on after its end"),
        (vec![completed(), progress("more")], "it goes on after its end"),
        (vec![nothing], "an event of no kind"),
    ] {
        let client = Fake { invoked: events, ..Fake::new() }.client().await;
        let config = client.config(Subject::Action(PLAIN), &json!({ "name": "a" }));
        let told = told(client.invoke_action(PLAIN, &config).await);
        assert!(told.ends_with(expected), "{told}\nnot {expected}");
    }
}

#[tokio::test]
async fn an_action_waits_for_nothing_but_the_providers_configuration() {
    for (reason, expected) in [
        (Reason::ProviderConfigUnknown, "accepted"),
        (Reason::ResourceConfigUnknown, "is not put off for RESOURCE_CONFIG_UNKNOWN"),
        (Reason::AbsentPrereq, "is not put off for ABSENT_PREREQ"),
    ] {
        let planned_action = tfplugin::v6::plan_action::Response {
            deferred: deferral(reason),
            ..Default::default()
        };
        let fake = || Fake { planned_action: planned_action.clone(), ..Fake::new() };
        let client = fake().client().await.allowing_deferral();
        let config = client.config(Subject::Action(PLAIN), &json!({ "name": "a" }));
        let allowed = told(client.plan_action(PLAIN, &config).await);
        assert!(allowed.ends_with(expected), "{allowed}");
        let forbidden = told(fake().client().await.plan_action(PLAIN, &config).await);
        assert!(forbidden.starts_with("Invalid deferral"), "{forbidden}");
    }
}

#[tokio::test]
async fn what_is_put_off_has_to_be_allowed() {
    let reason = Reason::ResourceConfigUnknown;
    let fake = || Fake {
        read: Box::new(move |answer| answer.deferred = deferral(reason)),
        plan: Box::new(move |answer| {
            answer.deferred = deferral(reason);
            if !read(answer.planned_state.as_ref()).is_null() {
                // Nobody holds it against the configuration then.
                put(&mut answer.planned_state, "name", &Value::Unknown);
            }
        }),
        import: Box::new(move |answer| {
            answer.deferred = deferral(reason);
            answer.imported_resources.clear();
        }),
        data: Box::new(move |answer| {
            answer.deferred = deferral(reason);
            answer.state = None;
        }),
        open: Box::new(move |answer| answer.deferred = deferral(reason)),
        ..Fake::new()
    };
    let there = made().await;
    let (allowing, strict) = (fake().client().await.allowing_deferral(), fake().client().await);
    let thing = config(&strict, &full());
    let plain = strict.config(Subject::DataSource(PLAIN), &json!({ "name": "a" }));
    let id = crate::testing::Target::Id("a".to_owned());
    for (client, is_allowed) in [(allowing, true), (strict, false)] {
        let all = [
            told(client.read(THING, &there).await),
            told(client.plan(THING, None, &thing).await),
            told(client.plan_destroy(PLAIN, &instance(plain.clone())).await),
            told(client.import(PLAIN, &id).await),
            told(client.data(PLAIN, &plain).await),
            told(client.open(PLAIN, &plain).await),
        ];
        for told in all {
            let refused = "Provider deferred changes when Terraform did not allow deferrals";
            assert_eq!(!told.starts_with(refused), is_allowed, "{told}");
            assert_eq!(told == "accepted", is_allowed, "{told}");
        }
    }
}

#[tokio::test]
async fn what_a_provider_does_not_have_is_told_by_the_protocols_own_words() {
    let client = Fake::new().client().await;
    let told = told(client.validate_provider(&Value::Map([].into())).await);
    assert!(told.starts_with("Unsupported plugin method"), "{told}");
}
