use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfplugin::v6::{self, invoke_action::event::Type, provider_server::Provider as _};
use tokio::sync::Notify;
use tonic::{Request, codegen::BoxStream};

use super::*;
use crate::{
    Action, Defaulted, Diagnostic, Kinds, Optional, Path, Required, Server, Span as Time,
    mark::default, value,
};

/// What the tests and the bell tell each other.
#[derive(Default)]
struct Tower {
    go_on: Notify,
    rung: Notify,
    is_rung: AtomicBool,
}

struct Church(Arc<Tower>);

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Config {}

impl Provider for Church {
    type Config = Config;
    type Data = Arc<Tower>;

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<Arc<Tower>, Error> {
        Ok(Arc::clone(&self.0))
    }

    fn kinds(&self) -> Kinds<Arc<Tower>> {
        Kinds::new().action(Ring)
    }
}

/// Rings a bell.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Bell {
    /// Its name.
    name: Required<String>,
    /// How often.
    #[schemars(transform = default(2), range(max = 12))]
    times: Defaulted<u8>,
    /// How long it may take.
    timeout: Optional<Time>,
}

struct Ring;

impl Action for Ring {
    type Data = Arc<Tower>;
    type Model = Bell;
    const NAME: &'static str = "church_ring";
    const TIMEOUT: Duration = Duration::from_hours(1);

    fn validate(config: &Bell, found: &mut Diagnostics) {
        if config.name.known().is_some_and(|it| it == "gong") {
            found.error_at(Path::of("name"), "no bell", "a gong is no bell");
        }
    }

    async fn plan(&self, _: &Context<Arc<Tower>>, config: &Bell) -> Result<(), Error> {
        match config.name.known().map(String::as_str) {
            Some("cracked") => Err(Error::new("cracked", "it would not sound")),
            _ => Ok(()),
        }
    }

    async fn invoke(&self, cx: &Context<Arc<Tower>>, config: Bell) -> Result<(), Error> {
        let tower = cx.data()?;
        let name = config.name.get()?.as_str();
        for count in 1..=*config.times.get()? {
            cx.progress(format!("{name} \u{1b}{count}"));
        }
        match name {
            "panic" => panic!("the rope broke"),
            "error" => return Err(Error::new("silence", "the clapper is gone")),
            "late" => {
                let left = cx.deadline().saturating_duration_since(tokio::time::Instant::now());
                cx.progress(left.as_secs().div_ceil(60));
            }
            "interrupted" => {
                tower.rung.notify_one();
                cx.stop().cancelled().await;
                return Err(Error::new("interrupted", "it still swings"));
            }
            "alone" => tower.go_on.notified().await,
            _ => cx.warn(Diagnostic::warning("loud", "people wake up")),
        }
        tower.is_rung.store(true, Ordering::SeqCst);
        tower.rung.notify_one();
        Ok(())
    }
}

fn bell(name: &str) -> Value {
    [("name", name.into()), ("times", Value::Null), ("timeout", Value::Null)].into()
}

fn wire(value: &Value) -> DynamicValue {
    DynamicValue { msgpack: value::encode(value), json: Vec::new() }
}

async fn church() -> (Server<Church>, Arc<Tower>) {
    let tower = Arc::<Tower>::default();
    let server = Server::new(Church(Arc::clone(&tower)));
    let config = Some(wire(&Value::Map([].into())));
    let request = v6::configure_provider::Request { config, ..Default::default() };
    server.configure_provider(Request::new(request)).await.unwrap();
    (server, tower)
}

async fn invoke(server: &Server<Church>, action: &str, config: &Value) -> BoxStream<Event> {
    let action_type = action.to_owned();
    let request = v6::invoke_action::Request {
        action_type,
        config: Some(wire(config)),
        ..Default::default()
    };
    server.invoke_action(Request::new(request)).await.unwrap().into_inner()
}

/// Progress as it is said; the summary of what it ends with, or `done`.
async fn events(stream: BoxStream<Event>) -> Vec<String> {
    let events: Vec<_> = stream.map(|it| it.unwrap().r#type.unwrap()).collect().await;
    let words = |it| match it {
        Type::Progress(Progress { message }) => message,
        Type::Completed(Completed { diagnostics }) if diagnostics.is_empty() => "done".to_owned(),
        Type::Completed(Completed { diagnostics }) => {
            format!("({})", told(&diagnostics).join(", "))
        }
    };
    events.into_iter().map(words).collect()
}

fn told(diagnostics: &[v6::Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|it| it.summary.as_str()).collect()
}

#[tokio::test]
async fn an_action_tells_of_its_progress_and_then_of_its_end_once() {
    let (server, _) = church().await;
    let rung = events(invoke(&server, Ring::NAME, &bell("tenor")).await).await;
    assert_eq!(rung, ["tenor \u{fffd}1", "tenor \u{fffd}2", "(loud)"]);
    for (name, end) in [("error", "(silence)"), ("panic", "(the provider crashed)")] {
        let rung = events(invoke(&server, Ring::NAME, &bell(name)).await).await;
        assert_eq!((rung.len(), rung[2].as_str()), (3, end));
    }
    let unknown = events(invoke(&server, "church_burn", &bell("tenor")).await).await;
    assert_eq!(unknown, ["(unknown action)"]);
}

#[tokio::test]
async fn progress_is_there_before_the_end_is() {
    let (server, tower) = church().await;
    let mut stream = invoke(&server, Ring::NAME, &bell("alone")).await;
    let first = stream.next().await.unwrap().unwrap().r#type.unwrap();
    assert_eq!(first, Type::Progress(Progress { message: "alone \u{fffd}1".to_owned() }));
    assert!(!tower.is_rung.load(Ordering::SeqCst));
    tower.go_on.notify_one();
    assert_eq!(events(stream).await, ["alone \u{fffd}2", "done"]);
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_no_action() {
    let (server, tower) = church().await;
    drop(invoke(&server, Ring::NAME, &bell("alone")).await);
    tower.go_on.notify_one();
    tower.rung.notified().await;
    assert!(tower.is_rung.load(Ordering::SeqCst));
}

#[tokio::test]
async fn an_interrupt_reaches_the_action_and_its_end_reaches_terraform() {
    let (server, tower) = church().await;
    let stream = invoke(&server, Ring::NAME, &bell("interrupted")).await;
    tower.rung.notified().await;
    server.stop_provider(Request::new(v6::stop_provider::Request::default())).await.unwrap();
    assert_eq!(events(stream).await.last().unwrap(), "(interrupted)");
}

#[tokio::test]
async fn the_time_is_that_of_the_action_or_of_its_attribute() {
    let (server, _) = church().await;
    let rung = events(invoke(&server, Ring::NAME, &bell("late")).await).await;
    assert_eq!(rung[2], "60");
    let Value::Map(mut config) = bell("late") else { unreachable!("it is an object") };
    config.insert("timeout".to_owned(), "90m".into());
    let rung = events(invoke(&server, Ring::NAME, &Value::Map(config)).await).await;
    assert_eq!(rung[2], "90");
}

#[tokio::test]
async fn a_plan_objects_and_takes_what_is_not_known_yet() {
    let (server, _) = church().await;
    let plan = async |config: &Value| {
        let action_type = Ring::NAME.to_owned();
        let request = v6::plan_action::Request {
            action_type,
            config: Some(wire(config)),
            ..Default::default()
        };
        server.plan_action(Request::new(request)).await.unwrap().into_inner().diagnostics
    };
    assert_eq!(told(&plan(&bell("cracked")).await), ["cracked"]);
    let unknown = [("name", Value::Unknown), ("times", 1.into()), ("timeout", Value::Null)];
    assert_eq!(plan(&unknown.into()).await, []);
}

#[tokio::test]
async fn a_configuration_is_judged_by_its_schema_and_its_rules_without_a_server() {
    let server = Server::new(Church(Arc::default()));
    let validate = async |config: &Value| {
        let action_type = Ring::NAME.to_owned();
        let request =
            v6::validate_action_config::Request { action_type, config: Some(wire(config)) };
        let answer = server.validate_action_config(Request::new(request)).await.unwrap();
        answer.into_inner().diagnostics
    };
    assert_eq!(told(&validate(&bell("gong")).await), ["no bell"]);
    let often = [("name", "tenor".into()), ("times", 13.into()), ("timeout", Value::Null)];
    assert_eq!(told(&validate(&often.into()).await), ["number out of range"]);
}

#[tokio::test]
async fn schemas_and_metadata_have_the_actions() {
    let server = Server::new(Church(Arc::default()));
    let asked = v6::get_provider_schema::Request::default();
    let schemas = server.get_provider_schema(Request::new(asked)).await.unwrap().into_inner();
    let ring = schemas.action_schemas["church_ring"].schema.clone().unwrap().block.unwrap();
    let names: Vec<_> = ring.attributes.iter().map(|it| &it.name).collect();
    assert_eq!(names, ["name", "times", "timeout"]);
    let asked = v6::get_metadata::Request::default();
    let metadata = server.get_metadata(Request::new(asked)).await.unwrap().into_inner();
    assert_eq!(metadata.actions[0].type_name, "church_ring");
}
