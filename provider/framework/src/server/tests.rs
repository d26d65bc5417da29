//! What a module says about itself reaches the calls that it makes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfplugin::v6::{self, provider_server::Provider as _};
use tonic::Request;

use super::Server;
use crate::{
    Computed, Context, DataSource, Diagnostics, Error, Kinds, Optional, Provider, Value, value,
};

struct Echo;

/// Nothing to configure.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Config {}

/// What a module says about itself.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Module {
    /// Its name.
    name: Optional<String>,
}

impl Provider for Echo {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().data_source(Heard).meta::<Module>()
    }
}

struct Heard;

/// What was heard.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Said {
    /// Who asked.
    module: Computed<String>,
}

impl DataSource for Heard {
    type Data = ();
    type Model = Said;
    const NAME: &'static str = "echo_heard";

    async fn read(&self, cx: &Context<()>, _: Said) -> Result<Said, Error> {
        let module = cx.meta::<Module>()?;
        let name = module.and_then(|it| it.name.known().cloned());
        Ok(Said { module: name.unwrap_or_else(|| "nobody".to_owned()).into() })
    }
}

fn wire(value: &Value) -> v6::DynamicValue {
    v6::DynamicValue { msgpack: value::encode(value), ..Default::default() }
}

#[tokio::test]
async fn a_call_knows_what_its_module_says_about_itself() {
    for (meta, expected) in [
        (None, "nobody"),
        (Some(wire(&Value::Null)), "nobody"),
        (Some(wire(&Value::from([("name", Value::from("bank"))]))), "bank"),
    ] {
        let request = v6::read_data_source::Request {
            type_name: "echo_heard".to_owned(),
            config: Some(wire(&Value::from([("module", Value::Null)]))),
            provider_meta: meta,
            ..Default::default()
        };
        let answer = Server::new(Echo).read_data_source(Request::new(request)).await.unwrap();
        let expected = wire(&Value::from([("module", Value::from(expected))]));
        assert_eq!(answer.into_inner().state, Some(expected));
    }
}

#[tokio::test]
async fn what_a_module_can_say_is_in_the_schema() {
    let request = Request::new(v6::get_provider_schema::Request {});
    let schemas = Server::new(Echo).get_provider_schema(request).await.unwrap().into_inner();
    let block = schemas.provider_meta.and_then(|it| it.block).unwrap();
    assert_eq!(block.attributes[0].name, "name");
}
