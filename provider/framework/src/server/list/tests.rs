//! A shop that lists its goods.

use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tfplugin::v6::{self, list_resource::Event, provider_server::Provider as _};
use tonic::Request;

use crate::{
    Computed, Context, Defaulted, Diagnostics, Error, Found, Identified, Identity, Kinds,
    ListResource, Optional, Provider, Required, Resource, Server, Unknown, Value, WriteOnly,
    mark::default, value,
};

const GOOD: &str = "shop_good";

struct Shop;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Config {}

impl Provider for Shop {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().identified(Goods).list(Goods)
    }
}

struct Goods;

/// What is for sale.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Good {
    /// Number of the article.
    id: Computed<String>,
    /// What it is called.
    name: Required<String>,
    /// The currency of its price.
    #[schemars(transform = default("EUR"))]
    currency: Defaulted<String>,
    /// The price, in the currency.
    price: Optional<i64>,
    /// The price, in cents; it stands for `price`.
    cents: Optional<i64>,
    /// What opens the till.
    code: WriteOnly<String>,
}

/// What an article is known by.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Article {
    /// Its number.
    id: Required<String>,
}

impl Identity for Article {
    fn import_id(&self) -> Result<String, Error> {
        Ok(self.id.get()?.clone())
    }
}

impl Identified for Goods {
    type Identity = Article;

    fn identity(good: &Good) -> Result<Article, Unknown> {
        Ok(Article { id: good.id.get()?.clone().into() })
    }
}

impl Resource for Goods {
    type Data = ();
    type Model = Good;
    const NAME: &'static str = GOOD;

    async fn create(&self, _: &Context<()>, plan: Good) -> Result<Good, Error> {
        Ok(plan)
    }

    /// The second is sold out, and the third cannot be seen.
    async fn read(&self, _: &Context<()>, state: Good) -> Result<Option<Good>, Error> {
        match state.id.get()?.as_str() {
            "2" => Ok(None),
            "3" => Err(Error::new("out of sight", "it stands behind something")),
            _ => Ok(Some(state)),
        }
    }

    async fn update(&self, _: &Context<()>, _: Good, plan: Good) -> Result<Good, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<()>, _: Good) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, _: &Context<()>, id: &str) -> Result<Good, Error> {
        Ok(Good {
            id: id.to_owned().into(),
            name: format!("good {id}").into(),
            currency: "EUR".to_owned().into(),
            price: 3.into(),
            cents: 300.into(),
            code: WriteOnly::null(),
        })
    }

    fn configuration(written: &mut Good) {
        written.cents = Optional::null();
    }
}

/// What a list is narrowed by.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Filter {
    /// How many there are.
    many: Required<usize>,
}

impl ListResource for Goods {
    type Resource = Self;
    type Config = Filter;

    fn validate(filter: &Filter, found: &mut Diagnostics) {
        if filter.many.known() == Some(&0) {
            found.error_at(crate::Path::of("many"), "an empty shop", "at least one is listed");
        }
    }

    async fn list(
        &self,
        _: &Context<()>,
        filter: Filter,
        found: &Found<Self>,
    ) -> Result<(), Error> {
        for number in 1..=*filter.many.get()? {
            assert!(number < 1_000, "goes on though nobody listens");
            let article = Article { id: number.to_string().into() };
            found.add(&article, format!("good {number}")).await?;
        }
        Err(Error::new("the shop closes", "all goods were listed"))
    }
}

fn wire(json: &Json) -> v6::DynamicValue {
    v6::DynamicValue { msgpack: value::encode(&Value::from_json(json)), ..Default::default() }
}

/// Whether the states are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Objects {
    Included,
    Left,
}

async fn listed(count: usize, limit: i64, objects: Objects) -> Vec<Event> {
    let request = v6::list_resource::Request {
        type_name: GOOD.to_owned(),
        config: Some(wire(&json!({ "many": count }))),
        include_resource_object: objects == Objects::Included,
        limit,
    };
    let server = Server::new(Shop);
    let stream = server.list_resource(Request::new(request)).await.unwrap().into_inner();
    stream.map(Result::unwrap).collect().await
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|it| &*it.display_name).collect()
}

#[tokio::test]
async fn what_exists_is_told_by_its_identity_in_order_and_at_last_what_went_wrong() {
    let events = listed(3, 100, Objects::Left).await;
    assert_eq!(names(&events), ["good 1", "good 2", "good 3", ""]);
    let first = events[0].identity.as_ref().and_then(|it| it.identity_data.clone());
    assert_eq!(first, Some(wire(&json!({ "id": "1" }))));
    assert!(events[0].resource_object.is_none());
    assert_eq!(events[3].diagnostic[0].summary, "the shop closes");
    assert!(events[3].identity.is_none());
}

#[tokio::test]
async fn no_more_are_told_than_are_wanted_and_the_list_ends_without_a_word() {
    for objects in [Objects::Left, Objects::Included] {
        let events = listed(100_000, 1, objects).await;
        assert_eq!(names(&events), ["good 1"]);
    }
}

#[tokio::test]
async fn states_come_with_what_is_there_and_one_that_cannot_be_read_hides_no_other() {
    let events = listed(4, 3, Objects::Included).await;
    assert_eq!(names(&events), ["good 1", "good 3", "good 4"]);
    assert!(events[0].resource_object.is_some() && events[1].resource_object.is_none());
    let [warning] = &events[1].diagnostic[..] else { panic!("{:?}", events[1].diagnostic) };
    assert_eq!(warning.severity(), v6::diagnostic::Severity::Warning);
    assert!(warning.detail.contains("good 3"), "{}", warning.detail);
}

#[tokio::test]
async fn the_configuration_of_a_list_is_validated() {
    for (count, expected) in [(json!(1), 0), (json!(0), 1), (json!(null), 1)] {
        let request = v6::validate_list_resource_config::Request {
            type_name: GOOD.to_owned(),
            config: Some(wire(&json!({ "many": count }))),
            ..Default::default()
        };
        let server = Server::new(Shop);
        let answer = server.validate_list_resource_config(Request::new(request)).await.unwrap();
        assert_eq!(answer.into_inner().diagnostics.len(), expected, "{count}");
    }
}

#[tokio::test]
async fn what_is_listed_is_a_resource_with_an_identity() {
    let server = Server::new(Shop);
    let request = Request::new(v6::get_provider_schema::Request {});
    let schemas = server.get_provider_schema(request).await.unwrap().into_inner();
    assert!(schemas.list_resource_schemas.contains_key(GOOD));
    assert!(schemas.resource_schemas.contains_key(GOOD));
}

#[tokio::test]
async fn the_configuration_for_a_state_has_what_must_be_written_and_no_more() {
    let state = json!({ "id": "1", "name": "good 1", "currency": "EUR", "price": 3, "cents": 300, "code": null });
    let request = v6::generate_resource_config::Request {
        type_name: GOOD.to_owned(),
        state: Some(wire(&state)),
    };
    let answer = Server::new(Shop).generate_resource_config(Request::new(request)).await.unwrap();
    let config = json!({
        "id": null, "name": "good 1", "currency": null, "price": 3, "cents": null, "code": null
    });
    assert_eq!(answer.into_inner().config, Some(wire(&config)));
}
