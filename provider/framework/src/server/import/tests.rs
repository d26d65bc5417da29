use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfplugin::v6::{self, provider_server::Provider as _};
use tonic::Request;

use crate::{
    Computed, Context, Diagnostic, Diagnostics, Error, Kinds, Moved, Path, Provider, Required,
    Resource, Server, Value, value,
};

struct Library;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Config {}

impl Provider for Library {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().resource(Books)
    }
}

struct Books;

/// A book.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Book {
    /// Its number.
    id: Computed<String>,
    /// Its title.
    title: Required<String>,
}

impl Resource for Books {
    type Data = ();
    type Model = Book;
    const NAME: &'static str = "library_book";

    async fn create(&self, _: &Context<()>, plan: Book) -> Result<Book, Error> {
        Ok(plan)
    }

    /// A title in capitals shows that it was read.
    async fn read(&self, _: &Context<()>, state: Book) -> Result<Option<Book>, Error> {
        let title = state.title.get()?.to_uppercase();
        Ok((title != "LOST").then(|| Book { title: title.into(), ..state }))
    }

    async fn update(&self, _: &Context<()>, _: Book, plan: Book) -> Result<Book, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<()>, _: Book) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, _: &Context<()>, id: &str) -> Result<Book, Error> {
        Ok(Book { id: id.to_owned().into(), title: id.to_owned().into() })
    }

    fn moved(from: &Moved<'_>, notes: &mut Diagnostics) -> Result<Option<String>, Error> {
        let Some("archive_volume") = from.type_of("old/archive") else { return Ok(None) };
        if from.says("shelf") {
            let warning = Diagnostic::warning("not carried over", "a library has no `shelf`");
            notes.push(warning.at(Path::of("title")));
        }
        let known = from.identity().and_then(|it| it["number"].as_str());
        Ok(from.text("number").or(known).map(str::to_owned))
    }
}

async fn server() -> Server<Library> {
    let server = Server::new(Library);
    let config =
        v6::DynamicValue { msgpack: value::encode(&Value::Map([].into())), ..Default::default() };
    let request = v6::configure_provider::Request { config: Some(config), ..Default::default() };
    server.configure_provider(Request::new(request)).await.unwrap();
    server
}

/// What a provider that is not configured, as Terraform's is then, makes of a move.
async fn moved(source: &str, json: &str) -> v6::move_resource_state::Response {
    let request = v6::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/old/archive".to_owned(),
        source_type_name: source.to_owned(),
        source_state: Some(v6::RawState { json: json.as_bytes().to_vec(), ..Default::default() }),
        target_type_name: "library_book".to_owned(),
        ..Default::default()
    };
    Server::new(Library).move_resource_state(Request::new(request)).await.unwrap().into_inner()
}

async fn read(moved: v6::move_resource_state::Response) -> v6::read_resource::Response {
    let request = v6::read_resource::Request {
        type_name: "library_book".to_owned(),
        current_state: moved.target_state,
        private: moved.target_private,
        ..Default::default()
    };
    server().await.read_resource(Request::new(request)).await.unwrap().into_inner()
}

fn value(wire: Option<v6::DynamicValue>) -> Value {
    value::decode(&wire.unwrap().msgpack).unwrap()
}

#[tokio::test]
async fn what_is_moved_is_imported_when_it_is_read_first() {
    let answer = moved("archive_volume", r#"{ "number": "dune", "shelf": "" }"#).await;
    assert_eq!(answer.diagnostics, []);
    let answer = read(answer).await;
    assert_eq!(value(answer.new_state).get("title"), &Value::String("DUNE".to_owned()));
    // From here on it is like any other.
    assert_eq!(answer.private, Vec::<u8>::new());
}

/// Terraform has every state upgraded before it is read, also one that was just moved.
#[tokio::test]
async fn what_is_moved_passes_for_a_stored_state() {
    let answer = moved("archive_volume", r#"{ "number": "dune" }"#).await;
    let state = value(answer.target_state);
    assert_eq!(state.get("id"), &Value::String("dune".to_owned()));
    let json = br#"{ "id": "dune", "title": null }"#.to_vec();
    let request = v6::upgrade_resource_state::Request {
        type_name: "library_book".to_owned(),
        raw_state: Some(v6::RawState { json, ..Default::default() }),
        ..Default::default()
    };
    let answer = server().await.upgrade_resource_state(Request::new(request)).await.unwrap();
    assert_eq!(answer.into_inner().diagnostics, []);
}

#[tokio::test]
async fn what_is_moved_and_gone_leaves_the_state() {
    let answer = moved("archive_volume", r#"{ "number": "lost" }"#).await;
    assert_eq!(value(read(answer).await.new_state), Value::Null);
}

#[tokio::test]
async fn what_the_other_provider_knew_it_by_comes_along() {
    let raw = |json: &[u8]| Some(v6::RawState { json: json.to_vec(), ..Default::default() });
    let request = v6::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/old/archive".to_owned(),
        source_type_name: "archive_volume".to_owned(),
        source_state: raw(b"{}"),
        source_identity: raw(br#"{ "number": "dune" }"#),
        target_type_name: "library_book".to_owned(),
        ..Default::default()
    };
    let server = Server::new(Library);
    let answer = server.move_resource_state(Request::new(request)).await.unwrap().into_inner();
    assert_eq!(value(read(answer).await.new_state).get("title"), &Value::from("DUNE"));
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_said() {
    let answer = moved("archive_volume", r#"{ "number": "dune", "shelf": "B" }"#).await;
    assert_eq!(answer.diagnostics[0].summary, "not carried over");
    assert!(answer.target_state.is_some());
}

#[tokio::test]
async fn what_cannot_become_a_book_is_refused() {
    for (source, json) in [
        ("archive_box", r#"{ "number": "dune" }"#),
        ("archive_volume", "{}"),
        ("archive_volume", "no json"),
        ("archive_volume", ""),
        ("archive_volume", "{ \"number\": \"a\\u0007\" }"),
    ] {
        let answer = moved(source, json).await;
        assert!(!answer.diagnostics.is_empty(), "{source} {json}");
        assert_eq!(answer.target_state, None, "{source} {json}");
    }
}

#[tokio::test]
async fn a_plan_before_the_first_reading_is_refused() {
    let answer = moved("archive_volume", r#"{ "number": "dune" }"#).await;
    let config = Value::Map(
        [("id".to_owned(), Value::Null), ("title".to_owned(), Value::String("DUNE".to_owned()))]
            .into(),
    );
    let config = Some(v6::DynamicValue { msgpack: value::encode(&config), ..Default::default() });
    let request = v6::plan_resource_change::Request {
        type_name: "library_book".to_owned(),
        prior_state: answer.target_state,
        prior_private: answer.target_private,
        proposed_new_state: config.clone(),
        config,
        ..Default::default()
    };
    let answer = server().await.plan_resource_change(Request::new(request)).await.unwrap();
    assert!(answer.into_inner().diagnostics[0].detail.contains("without `-refresh=false`"));
}
