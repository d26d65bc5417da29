//! A state, and the commands of Terraform that work on it.

mod arrivals;

use std::{
    collections::BTreeMap,
    fmt,
    future::{Future, ready},
    sync::Arc,
};

use serde_json::Value as Json;
use tfplugin::v6::provider_server;

use super::{Action, Applied, Client, Instance, Planned, Read, Refused, Subject, Tainted, Told};
use crate::{Provider, Server, server::is_bug};

/// A process of a provider.
pub trait Process: provider_server::Provider + Clone {
    /// Terraform is done with it.
    fn end(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }
}

impl<P: Provider> Process for Server<P> {
    async fn end(&self) {
        self.finish().await;
        self.close().await;
    }
}

/// Which of two resources Terraform plans first: it plans many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the type says it")]
pub enum Order {
    OldFirst,
    NewFirst,
}

/// By address, such as `supervisor_cluster.bank`.
pub type State = BTreeMap<String, Instance>;

/// A state, a `provider` block, and the commands that Terraform has for them, one resource at a time.
///
/// Configurations are JSON; what they leave out is null, and [`UNKNOWN`](super::UNKNOWN) stands for what
/// is only known after apply. Each plan and each apply has a process of its own. Whatever Terraform
/// would refuse of the provider makes a test fail, and so does what the framework itself calls a bug.
pub struct Terraform<S> {
    start: Arc<dyn Fn() -> S + Send + Sync>,
    provider: Json,
    client: Client<S>,
    state: State,
    /// What the provider said of its configuration, in the newest process.
    configured: Told,
}

impl<S: Process> Terraform<S> {
    /// With processes that `start` makes and that get this `provider` block.
    pub async fn new(start: impl Fn() -> S + Send + Sync + 'static, provider: Json) -> Self {
        let client = accepted(Client::new(start()).await);
        Self::with(client, Arc::new(start), provider).await
    }

    /// Another state of the same provider.
    pub async fn sibling(&self) -> Self {
        let client = self.client.over((self.start)());
        Self::with(client, Arc::clone(&self.start), self.provider.clone()).await
    }

    async fn with(
        client: Client<S>,
        start: Arc<dyn Fn() -> S + Send + Sync>,
        provider: Json,
    ) -> Self {
        let (state, configured) = (State::new(), Told::default());
        let mut terraform = Self { start, provider, client, state, configured };
        terraform.configure().await;
        terraform
    }

    /// With a type of resources whose identity may change.
    #[must_use]
    pub fn with_changing_identity(self, type_name: &str) -> Self {
        Self { client: self.client.with_changing_identity(type_name), ..self }
    }

    /// As with `-allow-deferral`: what cannot be planned yet may be put off.
    #[must_use]
    pub fn allowing_deferral(self) -> Self {
        Self { client: self.client.allowing_deferral(), ..self }
    }

    /// The `provider` block of the next process.
    pub fn provider(&mut self) -> &mut Json {
        &mut self.provider
    }

    /// The newest process, and what else can be asked of it.
    pub fn client(&self) -> &Client<S> {
        &self.client
    }

    /// A new process of the provider, and what it says of its configuration: the state is all that is
    /// left of the old one.
    pub async fn restart(&mut self) -> &Told {
        self.client.server().end().await;
        self.client = self.client.over((self.start)());
        self.configure().await;
        &self.configured
    }

    async fn configure(&mut self) {
        let config = self.client.config(Subject::Provider, &self.provider);
        let mut told = accepted(self.client.validate_provider(&config).await);
        if !told.failed() {
            told = told.and(accepted(self.client.configure(&config).await));
        }
        self.configured = heard(told);
    }

    /// All that is kept from one run to the next.
    pub fn saved(&self) -> &State {
        &self.state
    }

    /// Goes on from what was kept of other runs.
    pub fn resume(&mut self, saved: State) {
        self.state = saved;
    }

    /// Loses the state of a resource, as a process that is killed does.
    pub fn forget(&mut self, address: &str) {
        self.state.remove(address);
    }

    /// The state of a resource; null if there is none.
    #[must_use]
    pub fn state(&self, address: &str) -> Json {
        self.state.get(address).map_or(Json::Null, Instance::json)
    }

    /// Whether the next apply replaces a resource.
    #[must_use]
    pub fn is_tainted(&self, address: &str) -> bool {
        self.state.get(address).is_some_and(|it| it.tainted == Tainted::Yes)
    }

    /// `terraform validate`, of one resource.
    pub async fn validate(&self, address: &str, config: &Json) -> Told {
        let config = self.client.config(Subject::Resource(address), config);
        heard(accepted(self.client.validate(address, &config).await))
    }

    /// `terraform refresh`, of one resource, in the process at hand.
    pub async fn refresh(&mut self, address: &str) -> Told {
        let Some(instance) = self.state.get(address) else { return Told::default() };
        let read = refreshed(&self.client, address, instance).await;
        self.keep_read(address, read)
    }

    /// The same of everything in the state, all at once.
    pub async fn refresh_all(&mut self) -> Told {
        let client = &self.client;
        let reads = self.state.iter().map(async |(address, instance)| {
            (address.clone(), refreshed(client, address, instance).await)
        });
        let reads = futures_util::future::join_all(reads).await;
        let mut told = Told::default();
        for (address, read) in reads {
            told = told.and(self.keep_read(&address, read));
        }
        told
    }

    fn keep_read(&mut self, address: &str, read: Read) -> Told {
        // What is put off is not in the state yet as it will be.
        if read.deferred.is_none() {
            self.keep(address, read.instance);
        }
        heard(read.told)
    }

    /// `terraform plan` of one resource, in a process of its own and without a refresh.
    pub async fn plan(&mut self, address: &str, config: &Json) -> Planned {
        self.restart().await;
        self.plan_here(address, config).await
    }

    async fn plan_here(&self, address: &str, config: &Json) -> Planned {
        let config = self.client.config(Subject::Resource(address), config);
        let there = self.state.get(address);
        let mut planned = accepted(self.client.plan(address, there, &config).await);
        planned.told = heard(self.configured.clone().and(planned.told));
        planned
    }

    /// `terraform apply` of one resource: refresh and plan; then, in another process, what was planned.
    /// At the end Terraform asks for the end of that process, too.
    pub async fn apply(&mut self, address: &str, config: &Json) -> Told {
        let told = self.apply_while(address, config, async |_| {}).await;
        self.restart().await;
        told
    }

    /// The same, killed together with the provider's process when the provider has answered: what it
    /// did is in no state.
    pub async fn apply_and_die(&mut self, address: &str, config: &Json) -> Told {
        let saved = self.state.clone();
        let told = self.apply_while(address, config, async |_| {}).await;
        self.kill().await;
        self.state = saved;
        told
    }

    /// Kills the process: nobody asks for its end, and what it would do then is not done.
    pub async fn kill(&mut self) {
        self.client = self.client.over((self.start)());
        self.configure().await;
    }

    /// The same as [`apply`](Self::apply), with something that happens while the provider creates or
    /// changes the thing, and in a process whose end nobody has asked for yet.
    pub async fn apply_while(
        &mut self,
        address: &str,
        config: &Json,
        meanwhile: impl AsyncFnOnce(S),
    ) -> Told {
        let found = self.refresh(address).await;
        let planned = self.plan(address, config).await;
        let told = found.and(planned.told.clone());
        if told.failed() || planned.action == Action::Nothing || planned.deferred.is_some() {
            return told;
        }
        told.and(self.carry_out_while(address, &planned, config, meanwhile).await)
    }

    /// `terraform apply` of a saved plan, with what is known of the configuration by now.
    pub async fn carry_out(&mut self, address: &str, planned: &Planned, config: &Json) -> Told {
        self.carry_out_while(address, planned, config, async |_| {}).await
    }

    async fn carry_out_while(
        &mut self,
        address: &str,
        planned: &Planned,
        config: &Json,
        meanwhile: impl AsyncFnOnce(S),
    ) -> Told {
        let mut told = self.restart().await.clone();
        if planned.action == Action::Replace && !told.failed() {
            told = told.and(self.delete(address).await);
        }
        if told.failed() {
            return told;
        }
        let there = self.state.get(address).cloned();
        let (now, config) = self.again(address, planned, there.as_ref(), config).await;
        told = told.and(heard(now.told.clone()));
        if now.told.failed() || now.action == Action::Nothing {
            return told;
        }
        let server = self.client.server().clone();
        let applied = self.client.apply(address, &now, there.as_ref(), &config);
        let (applied, ()) = tokio::join!(applied, meanwhile(server));
        told.and(self.keep_applied(address, accepted(applied)))
    }

    /// The plan at apply, and the configuration.
    async fn again(
        &self,
        address: &str,
        planned: &Planned,
        there: Option<&Instance>,
        config: &Json,
    ) -> (Planned, crate::Value) {
        let config = self.client.config(Subject::Resource(address), config);
        // By now it is the old one that is gone, and the new one that is planned.
        let now = self.client.replan(address, planned, there, &config).await;
        (accepted(now), config)
    }

    /// `terraform destroy` of one resource: refresh, plan, apply.
    pub async fn destroy(&mut self, address: &str) -> Told {
        self.destroy_while(address, async |_| {}).await
    }

    /// The same, with something that happens while the provider deletes the thing.
    pub async fn destroy_while(&mut self, address: &str, meanwhile: impl AsyncFnOnce(S)) -> Told {
        self.restart().await;
        let told = self.configured.clone().and(self.refresh(address).await);
        let Some(there) = self.state.get(address).cloned() else { return told };
        let planned = accepted(self.client.plan_destroy(address, &there).await);
        let told = told.and(heard(planned.told.clone()));
        if told.failed() || planned.deferred.is_some() {
            return told;
        }
        let server = self.client.server().clone();
        let null = crate::Value::Null;
        let deleted = self.client.apply(address, &planned, Some(&there), &null);
        let (deleted, ()) = tokio::join!(deleted, meanwhile(server));
        told.and(self.keep_applied(address, accepted(deleted)))
    }

    /// What a taint or `-replace` does to the old one: a delete that was not planned.
    pub async fn delete(&mut self, address: &str) -> Told {
        let Some(there) = self.state.get(address).cloned() else { return Told::default() };
        let applied = deleted(&self.client, address, &there).await;
        self.keep_applied(address, applied)
    }

    /// What the plan says of a rename without `moved`: one process reads the old instance and plans its
    /// end, and plans the new one, which comes first if `order` says so.
    pub async fn plan_rename(&mut self, old: &str, new: &str, config: &Json, order: Order) -> Told {
        self.restart().await;
        let mut told = self.refresh(old).await;
        if order == Order::NewFirst {
            told = told.and(self.plan_here(new, config).await.told);
        }
        if let Some(there) = self.state.get(old) {
            told = told.and(heard(accepted(self.client.plan_destroy(old, there).await).told));
        }
        if order == Order::OldFirst {
            told = told.and(self.plan_here(new, config).await.told);
        }
        told
    }

    /// What an apply does of a rename without `moved`, if its plan comes to that: one process deletes
    /// the old instance and creates the new one, at the same time.
    pub async fn rename(&mut self, old: &str, new: &str, config: &Json) -> Told {
        let planned = self.plan(new, config).await;
        let there = self.state.get(old).cloned();
        let mut told = self.restart().await.clone().and(planned.told.clone());
        let (Some(there), false) = (there, told.failed()) else { return told };
        let create = async {
            let (now, config) = self.again(new, &planned, None, config).await;
            if now.told.failed() {
                return Applied { told: now.told, instance: None };
            }
            accepted(self.client.apply(new, &now, None, &config).await)
        };
        let (gone, made) = tokio::join!(deleted(&self.client, old, &there), create);
        told = told.and(self.keep_applied(old, gone));
        told = told.and(self.keep_applied(new, made));
        self.restart().await;
        told
    }

    /// What was applied is in the state. An error after a create taints what is there.
    fn keep_applied(&mut self, address: &str, applied: Applied) -> Told {
        self.keep(address, applied.instance);
        heard(applied.told)
    }

    fn keep(&mut self, address: &str, instance: Option<Instance>) {
        match instance {
            Some(instance) => self.state.insert(address.to_owned(), instance),
            None => self.state.remove(address),
        };
    }
}

/// What a refresh finds: the state is read from its file first.
async fn refreshed<S: Process>(client: &Client<S>, address: &str, there: &Instance) -> Read {
    let (stored, told) = accepted(client.stored(address, there).await);
    if told.failed() {
        return Read { told, instance: Some(stored), deferred: None };
    }
    let read = accepted(client.read(address, &stored).await);
    Read { told: told.and(read.told), ..read }
}

/// What a delete leaves, which nobody planned.
async fn deleted<S: Process>(client: &Client<S>, address: &str, there: &Instance) -> Applied {
    let planned = Planned {
        action: Action::Delete,
        told: Told::default(),
        deferred: None,
        value: crate::Value::Null,
        private: there.private.clone(),
        identity: there.identity.clone(),
        replaced: Vec::new(),
    };
    accepted(client.apply(address, &planned, Some(there), &crate::Value::Null).await)
}

/// What Terraform accepts; what it refuses is a bug of the provider, and a failure of the test.
fn accepted<T>(answer: Result<T, Refused>) -> T {
    answer.unwrap_or_else(|refused| panic!("Terraform refuses this: {refused}"))
}

/// What the user is told; what the framework calls a bug of the provider is a failure of the test.
fn heard(told: Told) -> Told {
    let bug = told.errors.iter().chain(&told.warnings).find(|it| is_bug(it));
    assert!(bug.is_none(), "a bug of the provider: {}", bug.map_or("", |it| it));
    told
}

impl<S> fmt::Debug for Terraform<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terraform").field("state", &self.state.keys()).finish_non_exhaustive()
    }
}
