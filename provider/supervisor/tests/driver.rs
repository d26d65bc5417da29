//! The smallest core that can drive the provider: validate, refresh, plan, apply, state, by the
//! rules of Terraform's own core. A lab stands in for vCenter and NSX.

mod labs;
mod query;
mod told;
mod values;

use std::{collections::BTreeMap, sync::Arc};

use lab::{Lab, Options, Settings, Store, Transport};
use serde_json::{Value as Json, json};
use terraform_provider_supervisor::{Supervisor, environment::Environment};
use tf_framework::{Server, Value, schema::Object, server::Subject};
use tfplugin::v6::{self, DynamicValue, provider_server::Provider as _};
use tonic::Request;

pub(crate) use labs::{quick, still};
pub(crate) use told::Told;
pub(crate) use values::UNKNOWN;
use values::{complete, kind, leak, proposed, read, to_json, wire};

/// A lab, a provider that is configured for it, and a state.
pub(crate) struct World {
    pub(crate) lab: Arc<Lab>,
    provider: Json,
    /// Makes the provider of a new process.
    start: Arc<dyn Fn() -> Supervisor + Send + Sync>,
    server: Server<Supervisor>,
    state: State,
}

/// By address, such as `supervisor_cluster.bank`.
pub(crate) type State = BTreeMap<String, Instance>;

/// A resource in the state.
#[derive(Clone)]
pub(crate) struct Instance {
    value: Value,
    pub(crate) private: Vec<u8>,
    tainted: Tainted,
}

impl Instance {
    /// As JSON.
    pub(crate) fn json(&self) -> Json {
        to_json(&self.value)
    }
}

/// Whether the next apply replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tainted {
    Yes,
    No,
}

/// What a plan would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Nothing,
    Create,
    Update,
    Replace,
}

/// A plan.
#[derive(Clone)]
pub(crate) struct Planned {
    pub(crate) action: Action,
    pub(crate) told: Told,
    wire: Option<DynamicValue>,
    private: Vec<u8>,
    value: Value,
}

impl Planned {
    /// The planned state, as JSON with [`UNKNOWN`]s.
    pub(crate) fn json(&self) -> Json {
        to_json(&self.value)
    }
}

impl World {
    /// A new lab and a provider with vCenter and NSX.
    pub(crate) async fn new(settings: &Settings) -> Self {
        Self::with(settings, &["vcenter", "nsx"]).await
    }

    /// A new lab and a provider that has these blocks alone.
    pub(crate) async fn with(settings: &Settings, blocks: &[&str]) -> Self {
        let store = Store::in_memory(settings).unwrap();
        let options = Options { transport: Transport::Tls, ..Options::default() };
        let lab = Lab::start(store, options).await.unwrap();
        let host = |url: &str| url.trim_start_matches("https://").trim_end_matches('/').to_owned();
        let block = |url: &str, user: &str| {
            json!({ "server": host(url), "username": user, "password": lab.password(),
                    "ca_pem": lab.ca_pem() })
        };
        let mut provider = json!({ "owner": "tests", "poll_interval": "5ms" });
        if blocks.contains(&"vcenter") {
            provider["vcenter"] = block(lab.vcenter().as_str(), lab.username());
        }
        if blocks.contains(&"nsx") {
            provider["nsx"] = block(lab.nsx().as_str(), lab.nsx_username());
        }
        Self::over(lab, provider, || Supervisor::new(Environment::default())).await
    }

    /// A lab, and processes that `start` makes and that get this configuration.
    pub(crate) async fn over(
        lab: Lab,
        provider: Json,
        start: impl Fn() -> Supervisor + Send + Sync + 'static,
    ) -> Self {
        Self::on(Arc::new(lab), provider, Arc::new(start)).await
    }

    async fn on(
        lab: Arc<Lab>,
        provider: Json,
        start: Arc<dyn Fn() -> Supervisor + Send + Sync>,
    ) -> Self {
        let (server, state) = (Server::new(start()), BTreeMap::new());
        let mut world = Self { lab, provider, start, server, state };
        world.restart().await;
        world
    }

    /// Another state of the same owner, on the same lab.
    pub(crate) async fn sibling(&self) -> Self {
        Self::on(Arc::clone(&self.lab), self.provider.clone(), Arc::clone(&self.start)).await
    }

    /// All that is kept from one run to the next.
    pub(crate) fn saved(&self) -> &State {
        &self.state
    }

    /// Goes on from what was kept of other runs.
    pub(crate) fn resume(&mut self, saved: State) {
        self.state = saved;
    }

    /// A new process of the provider: the state is all that is left of the old one.
    pub(crate) async fn restart(&mut self) {
        self.server.close().await;
        self.server = Server::new((self.start)());
        let config = self.config(Subject::Provider, &self.provider);
        let request = v6::configure_provider::Request { config, ..Default::default() };
        let answer = self.server.configure_provider(Request::new(request)).await.unwrap();
        Told::of(&answer.into_inner().diagnostics).nothing();
    }

    /// The same with another owner, as another Terraform state would have; with none if it is null.
    pub(crate) async fn restart_as(&mut self, owner: impl Into<Json>) {
        self.provider["owner"] = owner.into();
        self.restart().await;
    }

    /// The state of a resource; null if there is none.
    pub(crate) fn state(&self, address: &str) -> Json {
        self.state.get(address).map_or(Json::Null, |it| to_json(&it.value))
    }

    /// Whether the next apply replaces the resource.
    pub(crate) fn is_tainted(&self, address: &str) -> bool {
        self.state.get(address).is_some_and(|it| it.tainted == Tainted::Yes)
    }

    /// Loses a resource's state, as a killed process does.
    pub(crate) fn forget(&mut self, address: &str) {
        self.state.remove(address);
    }

    /// `terraform validate`.
    pub(crate) async fn validate(&self, address: &str, config: &Json) -> Told {
        let request = v6::validate_resource_config::Request {
            type_name: kind(address).to_owned(),
            config: self.config(Subject::Resource(kind(address)), config),
            ..Default::default()
        };
        let answer = self.server.validate_resource_config(Request::new(request)).await.unwrap();
        Told::of(&answer.into_inner().diagnostics)
    }

    /// `terraform plan` of one resource, in a process of its own and without a refresh.
    pub(crate) async fn plan(&mut self, address: &str, config: &Json) -> Planned {
        self.restart().await;
        let found = self.validate(address, config).await;
        let prior = self.state.get(address).filter(|it| it.tainted == Tainted::No);
        let planned = self.plan_over(address, config, prior, remembered(prior)).await;
        let is_replaced = self.state.contains_key(address)
            && (prior.is_none() || planned.action == Action::Replace);
        let mut planned = if is_replaced && prior.is_some() {
            let again = self.plan_over(address, config, None, planned.private.clone()).await;
            Planned { told: planned.told.and(again.told.clone()), ..again }
        } else {
            planned
        };
        if is_replaced {
            planned.action = Action::Replace;
        }
        Planned { told: found.and(planned.told.clone()), ..planned }
    }

    async fn plan_over(
        &self,
        address: &str,
        config: &Json,
        prior: Option<&Instance>,
        prior_private: Vec<u8>,
    ) -> Planned {
        let subject = Subject::Resource(kind(address));
        let null = Value::Null;
        let before = prior.map_or(&null, |it| &it.value);
        let config = self.value(subject, config);
        let proposed = self.in_schema(subject, |schema| proposed(schema, before, &config));
        let request = v6::plan_resource_change::Request {
            type_name: kind(address).to_owned(),
            prior_state: wire(before),
            proposed_new_state: wire(&proposed),
            config: wire(&config),
            prior_private,
            ..Default::default()
        };
        let answer = self.server.plan_resource_change(Request::new(request)).await.unwrap();
        let answer = answer.into_inner();
        let value = read(answer.planned_state.as_ref());
        let action = match prior {
            None => Action::Create,
            Some(_) if !answer.requires_replace.is_empty() => Action::Replace,
            Some(prior) if prior.value == value => Action::Nothing,
            Some(_) => Action::Update,
        };
        let told = Told::of(&answer.diagnostics);
        let (wire, private) = (answer.planned_state, answer.planned_private);
        Planned { action, told, wire, private, value }
    }

    /// `terraform apply` of one resource: refresh and plan; then, in another process, plan and
    /// apply.
    pub(crate) async fn apply(&mut self, address: &str, config: &Json) -> Told {
        self.apply_while(address, config, async |_| {}).await
    }

    /// The same, with something that happens while apply is at work.
    pub(crate) async fn apply_while(
        &mut self,
        address: &str,
        config: &Json,
        meanwhile: impl AsyncFnOnce(Server<Supervisor>),
    ) -> Told {
        let found = self.refresh(address).await;
        let planned = self.plan(address, config).await;
        let mut told = found.and(planned.told.clone());
        if !told.errors.is_empty() || planned.action == Action::Nothing {
            return told;
        }
        self.restart().await;
        if planned.action == Action::Replace {
            told = told.and(self.delete(address).await);
            if !told.errors.is_empty() {
                return told;
            }
        }
        let server = self.server.clone();
        let (applied, ()) = tokio::join!(self.carry_out(address, config), meanwhile(server));
        told.and(applied)
    }

    /// The second half of an apply.
    async fn carry_out(&mut self, address: &str, config: &Json) -> Told {
        let prior = self.state.get(address);
        let planned = self.plan_over(address, config, prior, remembered(prior)).await;
        if !planned.told.errors.is_empty() {
            return planned.told;
        }
        let request = v6::apply_resource_change::Request {
            type_name: kind(address).to_owned(),
            prior_state: wire(prior.map_or(&Value::Null, |it| &it.value)),
            planned_state: planned.wire,
            config: self.config(Subject::Resource(kind(address)), config),
            planned_private: planned.private,
            ..Default::default()
        };
        self.change(address, request).await
    }

    /// `terraform destroy` of one resource: refresh, plan, apply.
    pub(crate) async fn destroy(&mut self, address: &str) -> Told {
        self.destroy_while(address, async |_| {}).await
    }

    /// The same, with something that happens while it is at work.
    pub(crate) async fn destroy_while(
        &mut self,
        address: &str,
        meanwhile: impl AsyncFnOnce(Server<Supervisor>),
    ) -> Told {
        self.restart().await;
        let found = self.refresh(address).await;
        let Some(prior) = self.state.get(address) else { return found };
        let request = v6::plan_resource_change::Request {
            type_name: kind(address).to_owned(),
            prior_state: wire(&prior.value),
            proposed_new_state: wire(&Value::Null),
            config: wire(&Value::Null),
            prior_private: prior.private.clone(),
            ..Default::default()
        };
        let answer = self.server.plan_resource_change(Request::new(request)).await.unwrap();
        let told = found.and(Told::of(&answer.into_inner().diagnostics));
        if !told.errors.is_empty() {
            return told;
        }
        let server = self.server.clone();
        let (gone, ()) = tokio::join!(self.delete(address), meanwhile(server));
        told.and(gone)
    }

    /// What a taint or `-replace` does to the old one: a delete that was not planned.
    pub(crate) async fn delete(&mut self, address: &str) -> Told {
        let Some(prior) = self.state.get(address) else { return Told::default() };
        let request = v6::apply_resource_change::Request {
            type_name: kind(address).to_owned(),
            prior_state: wire(&prior.value),
            planned_state: wire(&Value::Null),
            config: wire(&Value::Null),
            planned_private: prior.private.clone(),
            ..Default::default()
        };
        self.change(address, request).await
    }

    /// What a rename without `moved` does: one process deletes the old instance and creates the
    /// new one, at the same time.
    pub(crate) async fn rename(&mut self, old: &str, new: &str, config: &Json) -> Told {
        self.restart().await;
        let mut beside = Self {
            lab: Arc::clone(&self.lab),
            provider: self.provider.clone(),
            start: Arc::clone(&self.start),
            server: self.server.clone(),
            state: State::new(),
        };
        let (gone, made) = tokio::join!(self.delete(old), beside.carry_out(new, config));
        self.state.append(&mut beside.state);
        gone.and(made)
    }

    async fn change(&mut self, address: &str, request: v6::apply_resource_change::Request) -> Told {
        let creates = read(request.prior_state.as_ref()).is_null();
        let answer = self.server.apply_resource_change(Request::new(request)).await.unwrap();
        let answer = answer.into_inner();
        let told = Told::of(&answer.diagnostics);
        let value = read(answer.new_state.as_ref());
        let failed = creates && !told.errors.is_empty();
        if value.is_null() {
            self.state.remove(address);
        } else {
            let tainted = if failed { Tainted::Yes } else { Tainted::No };
            let private = answer.private;
            self.state.insert(address.to_owned(), Instance { value, private, tainted });
        }
        told
    }

    /// `terraform refresh` of one resource.
    pub(crate) async fn refresh(&mut self, address: &str) -> Told {
        let Some(instance) = self.state.get_mut(address) else { return Told::default() };
        let request = v6::read_resource::Request {
            type_name: kind(address).to_owned(),
            current_state: wire(&instance.value),
            private: instance.private.clone(),
            ..Default::default()
        };
        let answer = self.server.read_resource(Request::new(request)).await.unwrap().into_inner();
        instance.value = read(answer.new_state.as_ref());
        instance.private = answer.private;
        if instance.value.is_null() {
            self.state.remove(address);
        }
        Told::of(&answer.diagnostics)
    }

    /// `terraform refresh` of everything in the state, all at once in one process.
    pub(crate) async fn refresh_all(&mut self) -> Told {
        let server = self.server.clone();
        let requests = self.state.iter().map(|(address, instance)| {
            let request = v6::read_resource::Request {
                type_name: kind(address).to_owned(),
                current_state: wire(&instance.value),
                private: instance.private.clone(),
                ..Default::default()
            };
            let server = server.clone();
            async move { server.read_resource(Request::new(request)).await.unwrap().into_inner() }
        });
        let answers = futures_util::future::join_all(requests).await;
        let mut told = Told::default();
        for (instance, answer) in self.state.values_mut().zip(answers) {
            instance.value = read(answer.new_state.as_ref());
            instance.private = answer.private;
            told = told.and(Told::of(&answer.diagnostics));
        }
        told
    }

    /// `terraform import`.
    pub(crate) async fn import(&mut self, address: &str, id: &str) -> Told {
        let type_name = kind(address).to_owned();
        let id = id.to_owned();
        let request = v6::import_resource_state::Request { type_name, id, ..Default::default() };
        let answer = self.server.import_resource_state(Request::new(request)).await.unwrap();
        let answer = answer.into_inner();
        let told = Told::of(&answer.diagnostics);
        let Some(imported) = answer.imported_resources.into_iter().next() else { return told };
        let value = read(imported.state.as_ref());
        let instance = Instance { value, private: imported.private, tainted: Tainted::No };
        self.state.insert(address.to_owned(), instance);
        told.and(self.refresh(address).await)
    }

    /// Reads a data source; its result is null if that fails.
    pub(crate) async fn data(&self, type_name: &str, config: &Json) -> (Json, Told) {
        let request = v6::read_data_source::Request {
            type_name: type_name.to_owned(),
            config: self.config(Subject::DataSource(leak(type_name)), config),
            ..Default::default()
        };
        let answer = self.server.read_data_source(Request::new(request)).await.unwrap();
        let answer = answer.into_inner();
        (to_json(&read(answer.state.as_ref())), Told::of(&answer.diagnostics))
    }

    /// What an interrupt of the user does, to the process that [`World::apply_while`] hands out.
    pub(crate) async fn interrupt(server: &Server<Supervisor>) {
        let request = v6::stop_provider::Request::default();
        server.stop_provider(Request::new(request)).await.unwrap();
    }

    fn config(&self, subject: Subject, config: &Json) -> Option<DynamicValue> {
        wire(&self.value(subject, config))
    }

    fn value(&self, subject: Subject, config: &Json) -> Value {
        self.in_schema(subject, |schema| complete(schema, &Value::from_json(config)))
    }

    #[track_caller]
    fn in_schema<T>(&self, subject: Subject, work: impl FnOnce(&Object) -> T) -> T {
        let found = self.server.schemas().find(|(it, _)| *it == subject);
        let (_, schema) = found.unwrap_or_else(|| panic!("the provider has no {subject:?}"));
        work(&schema.root)
    }
}

fn remembered(prior: Option<&Instance>) -> Vec<u8> {
    prior.map(|it| it.private.clone()).unwrap_or_default()
}
