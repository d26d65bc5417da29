//! The provider that the README shows does what the README says.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

#[path = "../examples/tiny.rs"]
#[expect(dead_code, reason = "the program has a main of its own")]
mod tiny;

use tf_framework::{
    Server, Value,
    value::{decode, encode},
};
use tfplugin::v6::{
    DynamicValue, apply_resource_change, plan_resource_change, provider_server::Provider as _,
    read_resource,
};
use tonic::Request;

const TYPE: &str = "tiny_note";

#[test]
fn the_readme_shows_the_example() {
    let (readme, example) = (include_str!("../README.md"), include_str!("../examples/tiny.rs"));
    let shown: Vec<&str> = readme.split("```rust,ignore\n").skip(1).collect();
    assert_eq!(shown.len(), 2);
    for shown in shown {
        let shown = shown.split("```").next().unwrap();
        assert!(example.contains(shown), "the README shows what is not in the example:\n{shown}");
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the protocol's messages want it wrapped")]
fn wire(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: encode(value), ..Default::default() })
}

fn note(path: &str, text: Value, size: Value) -> Value {
    Value::from([("path", path.into()), ("text", text), ("size", size)])
}

async fn apply(server: &Server<tiny::Tiny>, prior: &Value, config: &Value) -> Value {
    let request = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: wire(prior),
        proposed_new_state: wire(config),
        config: wire(config),
        ..Default::default()
    };
    let planned = server.plan_resource_change(Request::new(request)).await.unwrap().into_inner();
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    let request = apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: wire(prior),
        planned_state: planned.planned_state,
        config: wire(config),
        ..Default::default()
    };
    let applied = server.apply_resource_change(Request::new(request)).await.unwrap().into_inner();
    assert!(applied.diagnostics.is_empty(), "{:?}", applied.diagnostics);
    decode(&applied.new_state.unwrap().msgpack).unwrap()
}

#[tokio::test]
async fn a_note_is_written_changed_and_removed() {
    let directory = std::env::temp_dir().join(format!("tiny-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("note").display().to_string();
    let server = Server::new(tiny::Tiny);
    let configure = tfplugin::v6::configure_provider::Request {
        config: wire(&Value::Map([].into())),
        ..Default::default()
    };
    server.configure_provider(Request::new(configure)).await.unwrap();

    let made = apply(&server, &Value::Null, &note(&path, Value::Null, Value::Null)).await;
    assert_eq!(made, note(&path, "Nothing yet.".into(), 12.into()));
    let changed = apply(&server, &made, &note(&path, "Milk".into(), Value::Null)).await;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "Milk");

    std::fs::write(&path, "Milk, bread").unwrap();
    let request = read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: wire(&changed),
        ..Default::default()
    };
    let read = server.read_resource(Request::new(request)).await.unwrap().into_inner();
    let read = decode(&read.new_state.unwrap().msgpack).unwrap();
    assert_eq!(read, note(&path, "Milk, bread".into(), 11.into()));

    apply(&server, &read, &Value::Null).await;
    assert!(!std::fs::exists(&path).unwrap());
    std::fs::remove_dir_all(&directory).unwrap();
}
