//! `GenerateResourceConfig`: the configuration that would bring a state about.

use std::sync::Arc;

use tfplugin::v6::generate_resource_config::{Request, Response};

use super::{Inner, wire};
use crate::{Error, Provider, Value, plan};

pub(super) async fn generate<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
) -> Result<Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = &resource.schema().root;
    let state = wire::decode(schema, request.state.as_ref())?;
    let config = match state {
        Value::Null => Value::Null,
        state => resource.configuration(plan::configuration(schema, &state)),
    };
    Ok(Response { config: Some(wire::encode(schema, &config)), ..Default::default() })
}
