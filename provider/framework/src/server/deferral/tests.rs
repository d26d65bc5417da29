//! What waits for something is put off where Terraform lets it be, and says why where it does not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    Computed, Context, DataSource, Deferral, Diagnostics, Error, Kinds, Optional, Plan, Provider,
    Required, Resource, Server, mark,
    testing::{Action, Reason, Terraform, UNKNOWN},
};

/// Where to work.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {
    /// The server.
    server: Required<String>,
}

/// What is kept on the server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Model {
    #[schemars(transform = mark::replace)]
    name: Required<String>,
    size: Optional<u16>,
    id: Computed<String>,
}

struct Keeper;

impl Provider for Keeper {
    type Config = Config;
    type Data = String;

    async fn configure(&self, config: Config, _: &mut Diagnostics) -> Result<String, Error> {
        let unknown = |_| {
            Error::new("no server yet", "`server` is only known after apply")
                .deferred(Deferral::ProviderConfigUnknown)
        };
        config.server.get().cloned().map_err(unknown)
    }

    fn kinds(&self) -> Kinds<String> {
        Kinds::new().resource(There).resource(Here).data_source(There)
    }
}

/// A kind that needs the server for everything.
struct There;

impl Resource for There {
    type Data = String;
    type Model = Model;
    const NAME: &'static str = "keeper_there";

    async fn plan(&self, cx: &Context<String>, plan: &mut Plan<Model>) -> Result<(), Error> {
        cx.data()?;
        if plan.planned.size.get()? == Some(&7) {
            let error = Error::new("nothing to hang on", "something has to be there first");
            return Err(error.deferred(Deferral::AbsentPrerequisite));
        }
        Ok(())
    }

    async fn plan_destroy(&self, cx: &Context<String>, _: &Model) -> Result<(), Error> {
        cx.data().map(|_| ())
    }

    async fn create(&self, cx: &Context<String>, plan: Model) -> Result<Model, Error> {
        Ok(Model { id: cx.data()?.clone().into(), ..plan })
    }

    async fn read(&self, cx: &Context<String>, state: Model) -> Result<Option<Model>, Error> {
        cx.data()?;
        Ok(Some(state))
    }

    async fn update(&self, _: &Context<String>, _: Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<String>, _: Model) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, cx: &Context<String>, id: &str) -> Result<Model, Error> {
        let (name, server) = (id.to_owned().into(), cx.data()?.clone());
        Ok(Model { name, size: Optional::null(), id: server.into() })
    }
}

impl DataSource for There {
    type Data = String;
    type Model = Model;
    const NAME: &'static str = "keeper_there";

    async fn read(&self, cx: &Context<String>, config: Model) -> Result<Model, Error> {
        Ok(Model { id: cx.data()?.clone().into(), ..config })
    }
}

/// A kind that needs no server.
struct Here;

impl Resource for Here {
    type Data = String;
    type Model = Model;
    const NAME: &'static str = "keeper_here";

    async fn create(&self, _: &Context<String>, plan: Model) -> Result<Model, Error> {
        Ok(Model { id: "here".to_owned().into(), ..plan })
    }

    async fn read(&self, _: &Context<String>, state: Model) -> Result<Option<Model>, Error> {
        Ok(Some(state))
    }

    async fn update(&self, _: &Context<String>, _: Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<String>, _: Model) -> Result<(), Error> {
        Ok(())
    }
}

const THERE: &str = "keeper_there.one";

async fn terraform(server: &str) -> Terraform<Server<Keeper>> {
    Terraform::new(|| Server::new(Keeper), json!({ "server": server })).await
}

fn note() -> Json {
    json!({ "name": "a" })
}

/// One is there, and by now nobody knows on which server.
async fn adrift() -> Terraform<Server<Keeper>> {
    let mut terraform = terraform("s").await;
    terraform.apply(THERE, &note()).await.nothing();
    terraform.provider()["server"] = UNKNOWN.into();
    terraform.restart().await.nothing();
    terraform
}

#[tokio::test]
async fn what_needs_no_server_is_applied_while_none_is_known() {
    let mut terraform = terraform(UNKNOWN).await;
    terraform.apply("keeper_here.one", &note()).await.nothing();
    assert_eq!(terraform.state("keeper_here.one")["id"], "here");
}

#[tokio::test]
async fn what_needs_a_server_is_planned_by_its_schema_alone() {
    let mut terraform = terraform(UNKNOWN).await.allowing_deferral();
    let planned = terraform.plan(THERE, &note()).await;
    planned.told.nothing();
    assert_eq!(planned.deferred, Some(Reason::ProviderConfigUnknown));
    assert_eq!(planned.json(), json!({ "name": "a", "size": null, "id": UNKNOWN }));
    let found = terraform.look_up("keeper_there", &note()).await;
    found.told.nothing();
    assert_eq!(found.deferred, Some(Reason::ProviderConfigUnknown));
    assert_eq!(found.value.get("id"), &crate::Value::Unknown);
    terraform.import(THERE, "a").await.nothing();
    assert_eq!(terraform.state(THERE), Json::Null);
}

#[tokio::test]
async fn what_is_there_stays_in_the_state_and_nothing_is_destroyed() {
    let mut terraform = adrift().await.allowing_deferral();
    let state = terraform.state(THERE);
    terraform.refresh(THERE).await.nothing();
    terraform.destroy(THERE).await.nothing();
    assert_eq!(terraform.state(THERE), state);
    let planned = terraform.plan(THERE, &json!({ "name": "b" })).await;
    planned.told.nothing();
    assert_eq!(planned.deferred, Some(Reason::ProviderConfigUnknown));
    assert_eq!(planned.action, Action::Replace);
}

#[tokio::test]
async fn without_deferrals_whoever_waits_says_why() {
    let mut terraform = adrift().await;
    terraform.refresh(THERE).await.error("`server` is only known after apply");
    terraform.plan(THERE, &note()).await.told.error("no server yet");
    terraform.destroy(THERE).await.error("no server yet");
    terraform.data("keeper_there", &note()).await.1.error("no server yet");
    terraform.import(THERE, "a").await.error("no server yet");
}

#[tokio::test]
async fn a_resource_waits_for_its_own_configuration_and_for_what_it_hangs_on() {
    for (size, reason, error) in [
        (json!(UNKNOWN), Reason::ResourceConfigUnknown, "a value is still unknown"),
        (json!(7), Reason::AbsentPrereq, "something has to be there first"),
    ] {
        let config = json!({ "name": "a", "size": size });
        let mut patient = terraform("s").await.allowing_deferral();
        let planned = patient.plan(THERE, &config).await;
        planned.told.nothing();
        assert_eq!(planned.deferred, Some(reason));
        terraform("s").await.plan(THERE, &config).await.told.error(error);
    }
}

#[tokio::test]
async fn what_was_put_off_is_applied_when_everything_is_known() {
    let mut terraform = terraform(UNKNOWN).await.allowing_deferral();
    terraform.apply(THERE, &note()).await.nothing();
    assert_eq!(terraform.state(THERE), Json::Null);
    terraform.provider()["server"] = "s".into();
    terraform.restart().await.nothing();
    terraform.apply(THERE, &note()).await.nothing();
    assert_eq!(terraform.state(THERE)["id"], "s");
}
