//! The provider that the README shows does what the README says.

#[path = "../examples/tiny.rs"]
#[expect(dead_code, reason = "the program has a main of its own")]
mod tiny;

use serde_json::json;
use tf_framework::{
    Server,
    testing::{Action, Called, Terraform},
};

const SOURCES: [&str; 2] = [include_str!("../examples/tiny.rs"), include_str!("tiny.rs")];

#[test]
fn the_readme_shows_the_example_and_its_test() {
    let shown: Vec<&str> = include_str!("../README.md").split("```rust,ignore\n").skip(1).collect();
    assert_eq!(shown.len(), 4);
    for shown in shown {
        let shown = shown.split("```").next().unwrap();
        let is_there = SOURCES.iter().any(|it| it.contains(shown));
        assert!(is_there, "the README shows what is not in the example:\n{shown}");
    }
}

#[tokio::test]
async fn a_note_is_written_changed_and_removed() {
    let path = std::env::temp_dir().join(format!("tiny-{}", std::process::id()));
    let note = json!({ "path": path });
    let mut terraform = Terraform::new(|| Server::new(tiny::Tiny), json!({})).await;

    terraform.apply("tiny_note.list", &note).await.nothing();
    assert_eq!(terraform.state("tiny_note.list")["text"], "Nothing yet.");
    assert_eq!(terraform.plan("tiny_note.list", &note).await.action, Action::Nothing);

    std::fs::write(&path, "Milk, bread").unwrap();
    terraform.refresh("tiny_note.list").await.nothing();
    assert_eq!(terraform.plan("tiny_note.list", &note).await.action, Action::Update);

    terraform.destroy("tiny_note.list").await.nothing();
    assert!(!path.exists());
}

#[tokio::test]
async fn its_function_counts() {
    let terraform = Terraform::new(|| Server::new(tiny::Tiny), json!({})).await;
    let count = terraform.client().call("words", &["a long list".into(), 2.into()]).await.unwrap();
    assert_eq!(count, Called::Result(2.into()));
}
