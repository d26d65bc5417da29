use std::{
    net::Ipv6Addr,
    sync::Mutex,
    time::{Duration, SystemTime},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfplugin::v6::{self, provider_server::Provider as _};
use tonic::Request;

use crate::{
    Computed, Context, Defaulted, Diagnostic, Diagnostics, Ephemeral, Error, Kinds, Opened,
    Optional, Path, Provider, Required, Secret, Server, Value, mark::default, value,
};

/// What was done to doors, in its order.
type Log = Mutex<Vec<String>>;

struct House;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Config {}

impl Provider for House {
    type Config = Config;
    type Data = Log;

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<Log, Error> {
        Ok(Log::default())
    }

    fn kinds(&self) -> Kinds<Log> {
        Kinds::new().ephemeral(Doors).ephemeral(Windows)
    }
}

/// A door that stands open.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Door {
    name: Required<String>,
    address: Optional<Ipv6Addr>,
    #[schemars(transform = default(2))]
    wings: Defaulted<u8>,
    key: Computed<Secret<String>>,
}

struct Doors;

impl Doors {
    fn log(cx: &Context<Log>, what: &str) -> Result<(), Error> {
        let name = cx.private::<String>("name").unwrap_or_default();
        cx.data()?.lock().unwrap().push(format!("{what} {name}"));
        Ok(())
    }
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(12 * 3600 * 1000 + 500)
}

impl Ephemeral for Doors {
    type Data = Log;
    type Model = Door;
    const NAME: &'static str = "house_door";

    fn validate(config: &Door, found: &mut Diagnostics) {
        if config.name.known().is_some_and(|it| it == "wall") {
            found.error_at(Path::of("name"), "no door", "a wall is no door");
        }
    }

    async fn open(&self, cx: &Context<Log>, config: Door) -> Result<Opened<Door>, Error> {
        let name = config.name.get()?.clone();
        cx.remember("name", &name);
        Self::log(cx, "opened")?;
        let opened = Door { key: Secret::new("k".to_owned()).into(), ..config };
        match name.as_str() {
            "stuck" => Err(Error::new("stuck", "the door is stuck")),
            "panic" => panic!("fell out of its frame"),
            "liar" => Ok(Opened::for_good(Door { name: "honest".to_owned().into(), ..opened })),
            "unsure" => Ok(Opened::for_good(Door { key: Computed::unknown(), ..opened })),
            "swinging" => Ok(Opened::until(noon(), opened)),
            _ => Ok(Opened::for_good(opened)),
        }
    }

    async fn renew(&self, cx: &Context<Log>) -> Result<Option<SystemTime>, Error> {
        Self::log(cx, "renewed")?;
        let times = cx.private::<u8>("times").unwrap_or_default() + 1;
        cx.remember("times", &times);
        match times {
            1 => Ok(Some(noon() + Duration::from_mins(1))),
            2 => Ok(None),
            _ => Err(Error::new("worn out", "it fell shut")),
        }
    }

    async fn close(&self, cx: &Context<Log>) -> Result<(), Error> {
        Self::log(cx, "closed")?;
        cx.warn(Diagnostic::warning("it creaks", "oil it"));
        match cx.private::<String>("name").as_deref() {
            Some("stuck") => Err(Error::new("half open", "it cannot be closed")),
            _ => Ok(()),
        }
    }
}

/// A window, which needs nobody.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Window {
    name: Required<String>,
}

struct Windows;

impl Ephemeral for Windows {
    type Data = Log;
    type Model = Window;
    const NAME: &'static str = "house_window";

    async fn open(&self, _: &Context<Log>, config: Window) -> Result<Opened<Window>, Error> {
        Ok(Opened::for_good(config))
    }
}

fn door(name: &str, address: Value) -> Value {
    let nothing = Value::Null;
    [("name", name.into()), ("address", address), ("wings", nothing.clone()), ("key", nothing)]
        .into()
}

fn wire(value: &Value) -> v6::DynamicValue {
    v6::DynamicValue { msgpack: value::encode(value), json: Vec::new() }
}

fn told(diagnostics: &[v6::Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|it| it.summary.as_str()).collect()
}

async fn house() -> Server<House> {
    let server = Server::new(House);
    let config = Some(wire(&Value::Map([].into())));
    let request = v6::configure_provider::Request { config, ..Default::default() };
    server.configure_provider(Request::new(request)).await.unwrap();
    server
}

fn happened(server: &Server<House>) -> Vec<String> {
    std::mem::take(&mut server.0.data.load().as_ref().unwrap().lock().unwrap())
}

async fn open(server: &Server<House>, config: &Value) -> v6::open_ephemeral_resource::Response {
    let request = v6::open_ephemeral_resource::Request {
        type_name: Doors::NAME.to_owned(),
        config: Some(wire(config)),
        ..Default::default()
    };
    server.open_ephemeral_resource(Request::new(request)).await.unwrap().into_inner()
}

async fn renew(
    server: &Server<House>,
    private: Option<Vec<u8>>,
) -> v6::renew_ephemeral_resource::Response {
    let type_name = Doors::NAME.to_owned();
    let request = v6::renew_ephemeral_resource::Request { type_name, private };
    server.renew_ephemeral_resource(Request::new(request)).await.unwrap().into_inner()
}

async fn close(
    server: &Server<House>,
    type_name: &str,
    private: Option<Vec<u8>>,
) -> Vec<v6::Diagnostic> {
    let type_name = type_name.to_owned();
    let request = v6::close_ephemeral_resource::Request { type_name, private };
    let answer = server.close_ephemeral_resource(Request::new(request)).await.unwrap();
    answer.into_inner().diagnostics
}

#[tokio::test]
async fn what_is_opened_is_as_configured_with_what_the_provider_chose() {
    let opened = open(&house().await, &door("front", "2001:DB8:0::1".into())).await;
    assert_eq!(opened.diagnostics, []);
    let expected = [
        ("name", "front".into()),
        ("address", "2001:DB8:0::1".into()),
        ("wings", 2.into()),
        ("key", "k".into()),
    ];
    assert_eq!(value::decode(&opened.result.unwrap().msgpack).unwrap(), expected.into());
    assert!(opened.renew_at.is_none());
}

#[tokio::test]
async fn what_was_remembered_goes_from_open_to_renew_and_to_close() {
    let server = house().await;
    let opened = open(&server, &door("swinging", Value::Null)).await;
    let at = opened.renew_at.unwrap();
    assert_eq!((at.seconds, at.nanos), (12 * 3600, 500_000_000));

    let first = renew(&server, opened.private.clone()).await;
    assert_eq!(first.renew_at.unwrap().seconds, 12 * 3600 + 60);
    let second = renew(&server, first.private).await;
    assert!(second.renew_at.is_none() && second.diagnostics.is_empty());
    let third = renew(&server, second.private).await;
    assert_eq!(told(&third.diagnostics), ["worn out"]);
    assert!(third.renew_at.is_none());

    assert_eq!(told(&close(&server, Doors::NAME, opened.private).await), ["it creaks"]);
    let renewed = "renewed swinging";
    assert_eq!(
        happened(&server),
        ["opened swinging", renewed, renewed, renewed, "closed swinging"]
    );
}

#[tokio::test]
async fn a_result_that_terraform_would_refuse_is_a_named_bug_and_is_closed() {
    for (name, attribute, rule) in [
        ("liar", "`name` of house_door", "is not the configured one"),
        ("unsure", "`key` of house_door", "still unknown"),
    ] {
        let server = house().await;
        let opened = open(&server, &door(name, Value::Null)).await;
        let summaries = told(&opened.diagnostics);
        assert_eq!(summaries, ["the provider made an invalid result", "it creaks"]);
        let detail = &opened.diagnostics[0].detail;
        assert!(detail.contains(attribute) && detail.contains(rule), "{detail}");
        assert!(opened.result.is_none() && opened.private.is_none());
        assert_eq!(happened(&server), [format!("opened {name}"), format!("closed {name}")]);
    }
}

#[tokio::test]
async fn what_fails_to_open_is_closed_for_terraform_would_not() {
    let server = house().await;
    let opened = open(&server, &door("stuck", Value::Null)).await;
    assert_eq!(told(&opened.diagnostics), ["stuck", "it creaks", "half open"]);
    assert_eq!(happened(&server), ["opened stuck", "closed stuck"]);
}

#[tokio::test]
async fn what_terraform_leaves_open_is_closed_when_the_process_ends() {
    let server = house().await;
    let log = server.0.data.load_full().unwrap();
    let front = open(&server, &door("front", Value::Null)).await;
    open(&server, &door("back", Value::Null)).await;
    open(&server, &door("back", Value::Null)).await;
    close(&server, Doors::NAME, front.private).await;
    happened(&server);
    server.close().await;
    assert_eq!(*log.lock().unwrap(), ["closed back", "closed back"]);
}

#[tokio::test]
async fn a_call_that_cannot_be_is_an_error_and_no_end() {
    let server = house().await;
    let crashed = open(&server, &door("panic", Value::Null)).await;
    assert_eq!(told(&crashed.diagnostics), ["the provider crashed"]);
    let unknown = close(&server, "house_cellar", None).await;
    assert_eq!(told(&unknown), ["unknown ephemeral resource type"]);
    happened(&server);
}

#[tokio::test]
async fn what_has_nothing_to_renew_or_to_close_need_not_say_so() {
    let server = house().await;
    assert_eq!(close(&server, Windows::NAME, None).await, []);
    let type_name = Windows::NAME.to_owned();
    let request = v6::renew_ephemeral_resource::Request { type_name, private: None };
    let renewed = server.renew_ephemeral_resource(Request::new(request)).await.unwrap();
    assert!(renewed.into_inner().renew_at.is_none());
}

#[tokio::test]
async fn a_configuration_is_judged_by_its_schema_and_its_rules_without_a_server() {
    let server = Server::new(House);
    let validate = async |config: &Value| {
        let request = v6::validate_ephemeral_resource_config::Request {
            type_name: Doors::NAME.to_owned(),
            config: Some(wire(config)),
        };
        let answer = server.validate_ephemeral_resource_config(Request::new(request)).await;
        answer.unwrap().into_inner().diagnostics
    };
    assert_eq!(told(&validate(&door("wall", Value::Null)).await), ["no door"]);
    assert_eq!(told(&validate(&door("front", "nowhere".into())).await), ["invalid value"]);
    assert_eq!(validate(&door("front", Value::Unknown)).await, []);
}

#[tokio::test]
async fn schemas_and_metadata_have_the_ephemeral_resources() {
    let server = Server::new(House);
    let asked = v6::get_provider_schema::Request::default();
    let schemas = server.get_provider_schema(Request::new(asked)).await.unwrap().into_inner();
    let door = schemas.ephemeral_resource_schemas["house_door"].block.clone().unwrap();
    let key = door.attributes.iter().find(|it| it.name == "key").unwrap();
    assert!(key.sensitive && key.computed);
    let asked = v6::get_metadata::Request::default();
    let metadata = server.get_metadata(Request::new(asked)).await.unwrap().into_inner();
    let names: Vec<_> = metadata.ephemeral_resources.iter().map(|it| &it.type_name).collect();
    assert_eq!(names, ["house_door", "house_window"]);
}
