//! What the tests of the conformance provider expect of its deferred resources, which takes a Terraform
//! that nobody has released.

#[path = "../examples/corner/resources/deferred.rs"]
mod deferred;

/// The resources of the conformance provider say `crate::backend`.
mod backend {
    pub(crate) struct Backend;
}

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tf_framework::{
    Deferral, Diagnostics, Error, Kinds, Optional, Provider, Server,
    testing::{Planned, Reason, Terraform},
};

use backend::Backend;
use deferred::{ByItself, BySchema, DeferredAction};

/// Whether the provider puts everything off.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {
    deferral: Optional<bool>,
}

struct Corner;

impl Provider for Corner {
    type Config = Config;
    type Data = Backend;

    async fn configure(&self, config: Config, _: &mut Diagnostics) -> Result<Backend, Error> {
        match config.deferral.known() {
            Some(true) => {
                let error = Error::new("everything is put off", "`deferral` says so");
                Err(error.deferred(Deferral::ProviderConfigUnknown))
            }
            _ => Ok(Backend),
        }
    }

    fn kinds(&self) -> Kinds<Backend> {
        let by_itself = DeferredAction::<ByItself>::new();
        Kinds::new().resource(DeferredAction::<BySchema>::new()).resource(by_itself)
    }
}

const BY_SCHEMA: &str = "framework_deferred_action.test";
const BY_ITSELF: &str = "framework_deferred_action_plan_modification.test";

async fn terraform(provider: Json) -> Terraform<Server<Corner>> {
    Terraform::new(|| Server::new(Corner), provider).await.allowing_deferral()
}

async fn planned(provider: Json, address: &str, config: Json) -> Planned {
    terraform(provider).await.plan(address, &config).await
}

#[tokio::test]
async fn a_provider_that_puts_everything_off_asks_no_resource() {
    for config in
        [json!({ "id": "test" }), json!({ "id": "test_id", "modify_plan_deferral": true })]
    {
        let planned = planned(json!({ "deferral": true }), BY_SCHEMA, config).await;
        planned.told.nothing();
        assert_eq!(planned.deferred, Some(Reason::ProviderConfigUnknown));
    }
}

#[tokio::test]
async fn a_resource_that_is_asked_anyway_has_its_say() {
    let provider = || json!({ "deferral": true });
    let wrong = planned(provider(), BY_ITSELF, json!({ "id": "test" })).await;
    wrong.told.error("invalid id value");
    for (own, expected) in
        [(false, Reason::ProviderConfigUnknown), (true, Reason::ResourceConfigUnknown)]
    {
        let config = json!({ "id": "test_id", "modify_plan_deferral": own });
        let planned = planned(provider(), BY_ITSELF, config).await;
        planned.told.nothing();
        assert_eq!(planned.deferred, Some(expected));
    }
}

#[tokio::test]
async fn what_nobody_puts_off_is_applied() {
    for address in [BY_SCHEMA, BY_ITSELF] {
        let mut terraform = terraform(json!({})).await;
        let waits = json!({ "id": "test_id", "modify_plan_deferral": true });
        let planned = terraform.plan(address, &waits).await;
        assert_eq!(planned.deferred, Some(Reason::ResourceConfigUnknown));
        terraform.apply(address, &json!({ "id": "test_id" })).await.nothing();
        assert_eq!(terraform.state(address)["id"], "test_id");
    }
}

#[tokio::test]
async fn a_read_and_an_import_are_put_off() {
    let mut terraform = terraform(json!({})).await;
    let config = json!({ "id": "test_id", "read_deferral": true });
    terraform.apply(BY_SCHEMA, &config).await.nothing();
    let there = terraform.saved()[BY_SCHEMA].clone();
    let read = terraform.client().read(BY_SCHEMA, &there).await.unwrap();
    assert_eq!(read.deferred, Some(Reason::ResourceConfigUnknown));
    assert_eq!(read.instance, Some(there));

    let import = async |terraform: &Terraform<Server<Corner>>, id: &str| {
        let id = tf_framework::testing::Target::Id(id.to_owned());
        terraform.client().import(BY_SCHEMA, &id).await.unwrap().deferred
    };
    assert_eq!(import(&terraform, "deferral-id").await, Some(Reason::ResourceConfigUnknown));
    assert_eq!(import(&terraform, "test-id").await, None);
}

#[tokio::test]
async fn an_id_that_may_be_left_out_may_be_missing_in_a_state() {
    let mut terraform = terraform(json!({})).await;
    terraform.import(BY_SCHEMA, "test-id").await.nothing();
    terraform.apply(BY_SCHEMA, &json!({})).await.nothing();
    assert_eq!(terraform.state(BY_SCHEMA)["id"], Json::Null);
    terraform.destroy(BY_SCHEMA).await.nothing();
    assert_eq!(terraform.state(BY_SCHEMA), Json::Null);
}
