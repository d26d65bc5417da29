//! A provider that does nothing right or wrong by itself: its answers are right, and a test bends one.

mod schemas;

use serde_json::{Value as Json, json};
use tfplugin::v6::{self, DynamicValue, deferred::Reason, provider_server::Provider};
use tonic::{Request, Response, Status, codegen::BoxStream};

pub(super) use schemas::{attribute, block, identity_attribute, nested};

use crate::{
    Value,
    testing::{Client, Instance, Planned, Refused, Subject, Tainted},
    value,
};

pub(super) const THING: &str = "fake_thing.one";
pub(super) const PLAIN: &str = "fake_plain.one";

type Bend<T> = Box<dyn Fn(&mut T) + Send + Sync>;

/// Its answers, each of which can be bent.
pub(super) struct Fake {
    pub(super) schemas: v6::get_provider_schema::Response,
    pub(super) identities: v6::get_resource_identity_schemas::Response,
    pub(super) read: Bend<v6::read_resource::Response>,
    pub(super) plan: Bend<v6::plan_resource_change::Response>,
    pub(super) apply: Bend<v6::apply_resource_change::Response>,
    pub(super) import: Bend<v6::import_resource_state::Response>,
    pub(super) upgrade: Bend<v6::upgrade_resource_state::Response>,
    pub(super) moved: Bend<v6::move_resource_state::Response>,
    pub(super) data: Bend<v6::read_data_source::Response>,
    pub(super) open: Bend<v6::open_ephemeral_resource::Response>,
    pub(super) call: Bend<v6::call_function::Response>,
    pub(super) listed: Vec<v6::list_resource::Event>,
    pub(super) planned_action: v6::plan_action::Response,
    pub(super) invoked: Vec<v6::invoke_action::Event>,
}

/// Leaves an answer as it is.
fn straight<T: 'static>() -> Bend<T> {
    Box::new(|_| {})
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            schemas: schemas::all(),
            identities: schemas::identities(),
            read: straight(),
            plan: straight(),
            apply: straight(),
            import: straight(),
            upgrade: straight(),
            moved: straight(),
            data: straight(),
            open: straight(),
            call: straight(),
            listed: Vec::new(),
            planned_action: v6::plan_action::Response::default(),
            invoked: vec![completed()],
        }
    }

    pub(super) async fn client(self) -> Client<Self> {
        Client::new(self).await.unwrap()
    }
}

/// A value in an answer, bent at a place such as `parts.0.key`.
pub(super) fn put(wire: &mut Option<DynamicValue>, place: &str, new: &Value) {
    let mut value = read(wire.as_ref());
    let mut at = &mut value;
    for step in place.split('.').filter(|it| !it.is_empty()) {
        at = match (at, step.parse::<usize>()) {
            (Value::List(items), Ok(index)) => {
                if items.len() <= index {
                    items.resize(index + 1, Value::Null);
                }
                &mut items[index]
            }
            (Value::Map(entries), _) => entries.entry(step.to_owned()).or_default(),
            (other, _) => panic!("nothing nests in {other:?}"),
        };
    }
    *at = new.clone();
    *wire = Some(write(&value));
}

pub(super) fn read(wire: Option<&DynamicValue>) -> Value {
    wire.map_or(Value::Null, |it| value::decode(&it.msgpack).unwrap())
}

pub(super) fn write(value: &Value) -> DynamicValue {
    DynamicValue { msgpack: value::encode(value), ..Default::default() }
}

#[expect(clippy::unnecessary_wraps, reason = "the protocol's messages want it wrapped")]
pub(super) fn identity(id: &Value) -> Option<v6::ResourceIdentityData> {
    let data = Value::from([("id", id.clone())]);
    Some(v6::ResourceIdentityData { identity_data: Some(write(&data)) })
}

#[expect(clippy::unnecessary_wraps, reason = "the protocol's messages want it wrapped")]
pub(super) fn deferral(reason: Reason) -> Option<v6::Deferred> {
    Some(v6::Deferred { reason: reason.into() })
}

pub(super) fn error(summary: &str) -> v6::Diagnostic {
    let severity = v6::diagnostic::Severity::Error.into();
    v6::Diagnostic { severity, summary: summary.to_owned(), ..Default::default() }
}

pub(super) fn completed() -> v6::invoke_action::Event {
    use v6::invoke_action::event::{Completed, Type};
    v6::invoke_action::Event { r#type: Some(Type::Completed(Completed::default())) }
}

pub(super) fn progress(message: &str) -> v6::invoke_action::Event {
    use v6::invoke_action::event::{Progress, Type};
    let message = message.to_owned();
    v6::invoke_action::Event { r#type: Some(Type::Progress(Progress { message })) }
}

/// Something of every kind.
pub(super) fn full() -> Json {
    let part = json!({ "key": "k" });
    json!({
        "name": "a", "secret": "s", "code": "c", "any": "x",
        "tags": ["t"], "labels": { "l": "1" }, "ports": [1],
        "part": part, "parts": [part], "named": { "n": part }, "loose": [part],
        "main": part, "more": [part], "some": [part],
    })
}

pub(super) fn config(client: &Client<Fake>, json: &Json) -> Value {
    client.config(Subject::Resource(THING), json)
}

/// A thing of everything, as it was applied.
pub(super) async fn made() -> Instance {
    let client = Fake::new().client().await;
    let config = config(&client, &full());
    let planned = client.plan(THING, None, &config).await.unwrap();
    client.apply(THING, &planned, None, &config).await.unwrap().instance.unwrap()
}

/// What a plan over what is there comes to: `accepted`, or the refusal.
pub(super) async fn plan(
    fake: Fake,
    there: Option<&Instance>,
    json: &Json,
) -> Result<Planned, Refused> {
    let client = fake.client().await;
    client.plan(THING, there, &config(&client, json)).await
}

pub(super) fn instance(value: Value) -> Instance {
    Instance { value, private: Vec::new(), identity: Value::Null, tainted: Tainted::No }
}

/// What is refused, in words.
pub(super) fn told<T>(answer: Result<T, Refused>) -> String {
    answer.err().map_or_else(|| "accepted".to_owned(), |refused| refused.to_string())
}

/// What the provider chooses in every kind of object.
const CHOSEN: [&str; 3] = ["id", "size", "seen"];

/// The proposed value with what the provider chooses unknown, and without what it never stores.
fn planned(value: Value) -> Value {
    match value {
        Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(name, it)| match name.as_str() {
                    "code" => (name, Value::Null),
                    it_is if CHOSEN.contains(&it_is) && it.is_null() => (name, Value::Unknown),
                    _ => (name, planned(it)),
                })
                .collect(),
        ),
        Value::List(items) => Value::List(items.into_iter().map(planned).collect()),
        value => value,
    }
}

/// The planned value with everything made.
fn settled(value: Value) -> Value {
    match value {
        Value::Unknown | Value::Refined(_) => "made".into(),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(name, it)| (name, settled(it))).collect())
        }
        Value::List(items) => Value::List(items.into_iter().map(settled).collect()),
        value => value,
    }
}

macro_rules! answers {
    ($($call:ident($request:ident, $fake:ident) -> $module:ident $body:block)*) => {
        #[tonic::async_trait]
        impl Provider for Fake {
            $(async fn $call(
                &self,
                request: Request<v6::$module::Request>,
            ) -> Result<Response<v6::$module::Response>, Status> {
                let ($request, $fake) = (request.into_inner(), self);
                let answer = $body;
                Ok(Response::new(answer))
            })*

            async fn list_resource(
                &self,
                _: Request<v6::list_resource::Request>,
            ) -> Result<Response<BoxStream<v6::list_resource::Event>>, Status> {
                let events: Vec<_> = self.listed.iter().cloned().map(Ok).collect();
                Ok(Response::new(Box::pin(tokio_stream::iter(events))))
            }

            async fn invoke_action(
                &self,
                _: Request<v6::invoke_action::Request>,
            ) -> Result<Response<BoxStream<v6::invoke_action::Event>>, Status> {
                let events: Vec<_> = self.invoked.iter().cloned().map(Ok).collect();
                Ok(Response::new(Box::pin(tokio_stream::iter(events))))
            }
        }
    };
}

answers! {
    get_provider_schema(_request, fake) -> get_provider_schema { fake.schemas.clone() }

    get_resource_identity_schemas(_request, fake) -> get_resource_identity_schemas {
        fake.identities.clone()
    }

    validate_resource_config(_request, _fake) -> validate_resource_config {
        v6::validate_resource_config::Response::default()
    }

    validate_data_resource_config(_request, _fake) -> validate_data_resource_config {
        v6::validate_data_resource_config::Response::default()
    }

    validate_ephemeral_resource_config(_request, _fake) -> validate_ephemeral_resource_config {
        v6::validate_ephemeral_resource_config::Response::default()
    }

    validate_list_resource_config(_request, _fake) -> validate_list_resource_config {
        v6::validate_list_resource_config::Response::default()
    }

    validate_action_config(_request, _fake) -> validate_action_config {
        v6::validate_action_config::Response::default()
    }

    read_resource(request, fake) -> read_resource {
        let mut answer = v6::read_resource::Response {
            new_state: request.current_state,
            private: request.private,
            new_identity: request.current_identity,
            ..Default::default()
        };
        (fake.read)(&mut answer);
        answer
    }

    plan_resource_change(request, fake) -> plan_resource_change {
        let prior = read(request.prior_state.as_ref());
        let value = planned(read(request.proposed_new_state.as_ref()));
        let is_new = prior.is_null() && request.type_name == "fake_thing";
        let new = if is_new { identity(&Value::Unknown) } else { None };
        let mut answer = v6::plan_resource_change::Response {
            planned_state: Some(write(&value)),
            planned_private: request.prior_private,
            planned_identity: request.prior_identity.or(new),
            ..Default::default()
        };
        (fake.plan)(&mut answer);
        answer
    }

    apply_resource_change(request, fake) -> apply_resource_change {
        let value = settled(read(request.planned_state.as_ref()));
        let has_identity = request.planned_identity.is_some() && !value.is_null();
        let mut answer = v6::apply_resource_change::Response {
            new_state: Some(write(&value)),
            private: request.planned_private,
            new_identity: if has_identity { identity(&"made".into()) } else { None },
            ..Default::default()
        };
        (fake.apply)(&mut answer);
        answer
    }

    import_resource_state(request, fake) -> import_resource_state {
        let value = Value::from([("name", request.id.as_str().into()), ("id", "made".into())]);
        let mut answer = v6::import_resource_state::Response {
            imported_resources: vec![v6::import_resource_state::ImportedResource {
                type_name: request.type_name,
                state: Some(write(&value)),
                ..Default::default()
            }],
            ..Default::default()
        };
        (fake.import)(&mut answer);
        answer
    }

    upgrade_resource_state(request, fake) -> upgrade_resource_state {
        let json = request.raw_state.unwrap_or_default().json;
        let upgraded_state = Some(DynamicValue { json, ..Default::default() });
        let mut answer =
            v6::upgrade_resource_state::Response { upgraded_state, ..Default::default() };
        (fake.upgrade)(&mut answer);
        answer
    }

    move_resource_state(_request, fake) -> move_resource_state {
        let value = Value::from([("name", "a".into()), ("id", "made".into())]);
        let target_state = Some(write(&value));
        let mut answer =
            v6::move_resource_state::Response { target_state, ..Default::default() };
        (fake.moved)(&mut answer);
        answer
    }

    read_data_source(request, fake) -> read_data_source {
        let mut answer =
            v6::read_data_source::Response { state: request.config, ..Default::default() };
        put(&mut answer.state, "id", &"made".into());
        (fake.data)(&mut answer);
        answer
    }

    open_ephemeral_resource(request, fake) -> open_ephemeral_resource {
        let mut answer = v6::open_ephemeral_resource::Response {
            result: request.config,
            private: Some(b"open".to_vec()),
            renew_at: Some(prost_types::Timestamp { seconds: 60, nanos: 0 }),
            ..Default::default()
        };
        put(&mut answer.result, "id", &"made".into());
        (fake.open)(&mut answer);
        answer
    }

    renew_ephemeral_resource(request, _fake) -> renew_ephemeral_resource {
        v6::renew_ephemeral_resource::Response {
            private: request.private,
            ..Default::default()
        }
    }

    close_ephemeral_resource(request, _fake) -> close_ephemeral_resource {
        let was_open = request.private.as_deref() == Some(b"open");
        let diagnostics = if was_open { Vec::new() } else { vec![error("not open")] };
        v6::close_ephemeral_resource::Response { diagnostics }
    }

    call_function(_request, fake) -> call_function {
        let mut answer = v6::call_function::Response {
            result: Some(write(&"said".into())),
            error: None,
        };
        (fake.call)(&mut answer);
        answer
    }

    plan_action(_request, fake) -> plan_action { fake.planned_action.clone() }
}
