//! A library, whose books are known by their shelf and number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tfplugin::v6::{self, ResourceIdentityData, provider_server::Provider as _};
use tonic::Request;

use crate::{
    Computed, Context, Diagnostics, Error, Identified, Identity, Kinds, Optional, Provider,
    Required, Resource, Server, Unknown, Value, mark::keep, value,
};

const BOOK: &str = "library_book";

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
        Kinds::new().identified(Books)
    }
}

struct Books;

/// A book.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Book {
    /// Where it stands.
    shelf: Required<String>,
    /// Its number there.
    #[schemars(transform = keep)]
    number: Computed<i64>,
}

/// What a book is known by.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Place {
    /// Where it stands.
    shelf: Required<String>,
    /// Its number there; the first, if left out.
    number: Optional<i64>,
}

impl Identity for Place {
    const VERSION: i64 = 1;

    fn import_id(&self) -> Result<String, Error> {
        let number = self.number.get()?.copied().unwrap_or(1);
        Ok(format!("{}/{number}", self.shelf.get()?))
    }

    fn upgrade(_: i64, identity: &Json) -> Result<Value, Error> {
        let shelf = identity["place"].as_str().map_or(Value::Null, Value::from);
        Ok(Value::from([("shelf", shelf), ("number", Value::from(1))]))
    }
}

impl Identified for Books {
    type Identity = Place;

    fn identity(book: &Book) -> Result<Place, Unknown> {
        let number = *book.number.get()?;
        Ok(Place { shelf: book.shelf.get()?.clone().into(), number: number.into() })
    }
}

impl Resource for Books {
    type Data = ();
    type Model = Book;
    const NAME: &'static str = BOOK;

    async fn create(&self, _: &Context<()>, plan: Book) -> Result<Book, Error> {
        Ok(Book { number: 1.into(), ..plan })
    }

    /// A book on the shelf `moving` stands elsewhere when it is read.
    async fn read(&self, _: &Context<()>, state: Book) -> Result<Option<Book>, Error> {
        let shelf = state.shelf.get()?.replace("moving", "elsewhere");
        Ok(Some(Book { shelf: shelf.into(), ..state }))
    }

    async fn update(&self, _: &Context<()>, _: Book, plan: Book) -> Result<Book, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<()>, _: Book) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, _: &Context<()>, id: &str) -> Result<Book, Error> {
        let (shelf, number) = id.split_once('/').unwrap_or((id, ""));
        let number = number.parse::<i64>().ok();
        Ok(Book { shelf: shelf.to_owned().into(), number: number.into() })
    }
}

fn wire(json: &Json) -> v6::DynamicValue {
    v6::DynamicValue { msgpack: value::encode(&Value::from_json(json)), ..Default::default() }
}

fn identity(json: &Json) -> ResourceIdentityData {
    ResourceIdentityData { identity_data: Some(wire(json)) }
}

fn read(wire: Option<ResourceIdentityData>) -> Value {
    let data = wire.and_then(|it| it.identity_data);
    data.map_or(Value::Null, |it| value::decode(&it.msgpack).unwrap())
}

fn place(shelf: &str, number: i64) -> Json {
    json!({ "shelf": shelf, "number": number })
}

/// A refresh of the first book on that shelf.
async fn refreshed(
    shelf: &str,
    known: Option<ResourceIdentityData>,
) -> v6::read_resource::Response {
    let request = v6::read_resource::Request {
        type_name: BOOK.to_owned(),
        current_state: Some(wire(&place(shelf, 1))),
        current_identity: known,
        ..Default::default()
    };
    Server::new(Library).read_resource(Request::new(request)).await.unwrap().into_inner()
}

async fn planned(
    prior: &Json,
    proposed: &Json,
    known: Option<ResourceIdentityData>,
) -> v6::plan_resource_change::Response {
    let request = v6::plan_resource_change::Request {
        type_name: BOOK.to_owned(),
        prior_state: Some(wire(prior)),
        proposed_new_state: Some(wire(proposed)),
        config: Some(wire(&match proposed {
            Json::Null => Json::Null,
            it => json!({ "shelf": it["shelf"], "number": null }),
        })),
        prior_identity: known,
        ..Default::default()
    };
    Server::new(Library).plan_resource_change(Request::new(request)).await.unwrap().into_inner()
}

#[tokio::test]
async fn the_schema_says_what_an_import_needs() {
    let request = Request::new(v6::get_resource_identity_schemas::Request {});
    let server = Server::new(Library);
    let answer = server.get_resource_identity_schemas(request).await.unwrap().into_inner();
    let schema = &answer.identity_schemas[BOOK];
    assert_eq!(schema.version, 1);
    let told: Vec<_> = schema.identity_attributes.iter().collect();
    let told = told
        .iter()
        .map(|it| (&*it.name, &*it.r#type, it.required_for_import, it.optional_for_import));
    let expected: [(&str, &[u8], bool, bool); 2] =
        [("shelf", b"\"string\"", true, false), ("number", b"\"number\"", false, true)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn something_new_has_no_identity_until_it_is_known() {
    let new = planned(&Json::Null, &json!({ "shelf": "a", "number": null }), None).await;
    assert_eq!(new.diagnostics, []);
    assert_eq!(read(new.planned_identity), Value::Null);
}

#[tokio::test]
async fn what_is_made_is_known_by_its_identity() {
    let request = v6::apply_resource_change::Request {
        type_name: BOOK.to_owned(),
        prior_state: Some(wire(&Json::Null)),
        planned_state: Some(v6::DynamicValue {
            msgpack: value::encode(&Value::from([
                ("shelf", "a".into()),
                ("number", Value::Unknown),
            ])),
            ..Default::default()
        }),
        config: Some(wire(&json!({ "shelf": "a", "number": null }))),
        ..Default::default()
    };
    let server = Server::new(Library);
    let made = server.apply_resource_change(Request::new(request)).await.unwrap().into_inner();
    assert_eq!(read(made.new_identity), Value::from_json(&place("a", 1)));
}

#[tokio::test]
async fn a_state_from_before_there_were_identities_gets_one_when_it_is_read() {
    let answer = refreshed("a", None).await;
    assert_eq!(answer.diagnostics, []);
    assert_eq!(read(answer.new_identity), Value::from_json(&place("a", 1)));
}

#[tokio::test]
async fn what_an_import_left_out_is_filled_in_when_the_thing_is_read() {
    let known = identity(&json!({ "shelf": "a", "number": null }));
    let answer = refreshed("a", Some(known)).await;
    assert_eq!(answer.diagnostics, []);
    assert_eq!(read(answer.new_identity), Value::from_json(&place("a", 1)));
}

#[tokio::test]
async fn what_is_known_by_something_else_all_of_a_sudden_is_an_error_and_the_state_stays() {
    let answer = refreshed("moving", Some(identity(&place("moving", 1)))).await;
    let [error] = &answer.diagnostics[..] else { panic!("{:?}", answer.diagnostics) };
    assert_eq!(error.summary, "Unexpected Identity Change");
    assert!(error.detail.contains("`shelf`"), "{}", error.detail);
    assert_eq!(answer.new_state, Some(wire(&place("moving", 1))));
    assert_eq!(read(answer.new_identity), Value::from_json(&place("moving", 1)));
}

#[tokio::test]
async fn an_update_that_would_change_the_identity_is_a_bug_and_a_destroy_keeps_it() {
    let known = || Some(identity(&place("a", 1)));
    let same = planned(&place("a", 1), &place("a", 1), known()).await;
    assert_eq!(read(same.planned_identity), Value::from_json(&place("a", 1)));
    let other = planned(&place("a", 1), &place("b", 1), known()).await;
    assert_eq!(other.diagnostics[0].summary, "Unexpected Identity Change");
    let gone = planned(&place("a", 1), &Json::Null, known()).await;
    assert_eq!(read(gone.planned_identity), Value::from_json(&place("a", 1)));
}

#[tokio::test]
async fn an_identity_that_differs_from_the_planned_one_is_told_and_what_was_made_is_kept() {
    let request = v6::apply_resource_change::Request {
        type_name: BOOK.to_owned(),
        prior_state: Some(wire(&place("a", 1))),
        planned_state: Some(wire(&place("a", 2))),
        config: Some(wire(&json!({ "shelf": "a", "number": null }))),
        planned_identity: Some(identity(&place("a", 1))),
        ..Default::default()
    };
    let server = Server::new(Library);
    let made = server.apply_resource_change(Request::new(request)).await.unwrap().into_inner();
    let [warning] = &made.diagnostics[..] else { panic!("{:?}", made.diagnostics) };
    assert_eq!(warning.severity(), v6::diagnostic::Severity::Warning);
    assert!(warning.detail.contains("`number`"), "{}", warning.detail);
    assert_eq!(read(made.new_identity), Value::from_json(&place("a", 2)));
}

async fn imported(given: &Json) -> v6::import_resource_state::Response {
    let request = v6::import_resource_state::Request {
        type_name: BOOK.to_owned(),
        identity: Some(identity(given)),
        ..Default::default()
    };
    Server::new(Library).import_resource_state(Request::new(request)).await.unwrap().into_inner()
}

#[tokio::test]
async fn an_import_by_identity_fills_in_what_need_not_be_given() {
    let mut answer = imported(&json!({ "shelf": "a", "number": null })).await;
    let one = answer.imported_resources.remove(0);
    assert_eq!(one.state, Some(wire(&place("a", 1))));
    assert_eq!(read(one.identity), Value::from_json(&place("a", 1)));
}

#[tokio::test]
async fn an_identity_without_what_an_import_needs_is_refused_at_the_attribute() {
    let answer = imported(&json!({ "shelf": null, "number": 3 })).await;
    assert_eq!(answer.imported_resources, []);
    let [error] = &answer.diagnostics[..] else { panic!("{:?}", answer.diagnostics) };
    assert!(error.detail.contains("`shelf`"), "{}", error.detail);
}

async fn upgraded(version: i64, stored: &Json) -> v6::upgrade_resource_identity::Response {
    let request = v6::upgrade_resource_identity::Request {
        type_name: BOOK.to_owned(),
        version,
        raw_identity: Some(v6::RawState {
            json: stored.to_string().into_bytes(),
            ..Default::default()
        }),
    };
    let server = Server::new(Library);
    server.upgrade_resource_identity(Request::new(request)).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_stored_identity_is_brought_to_this_version_and_none_that_is_newer() {
    let same = upgraded(1, &place("a", 7)).await;
    assert_eq!(read(same.upgraded_identity), Value::from_json(&place("a", 7)));
    let old = upgraded(0, &json!({ "place": "a" })).await;
    assert_eq!(read(old.upgraded_identity), Value::from_json(&place("a", 1)));
    let newer = upgraded(2, &place("a", 1)).await;
    assert_eq!(newer.diagnostics[0].summary, "the stored identity is newer than this provider");
}
