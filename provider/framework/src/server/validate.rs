//! `Validate…Config`: everything that is wrong with a configuration, at once.

mod write_only;

use std::sync::Arc;

use tfplugin::v6::{
    validate_data_resource_config, validate_provider_config, validate_resource_config,
};

use super::{Inner, wire};
use crate::{Error, Provider, erased};

pub(super) async fn provider<P: Provider>(
    server: Arc<Inner<P>>,
    request: validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Error> {
    let config = wire::decode(&server.schema.root, request.config.as_ref())?;
    let found = erased::configuration(server.schema, &config, P::validate);
    Ok(validate_provider_config::Response { diagnostics: found.to_wire() })
}

pub(super) async fn resource<P: Provider>(
    server: Arc<Inner<P>>,
    request: validate_resource_config::Request,
) -> Result<validate_resource_config::Response, Error> {
    let resource = server.resource(&request.type_name)?;
    let schema = &resource.schema().root;
    let config = wire::decode(schema, request.config.as_ref())?;
    let mut found = resource.validate(&config);
    let capable = request.client_capabilities.is_some_and(|it| it.write_only_attributes_allowed);
    let look = if capable { write_only::recommend } else { write_only::refuse };
    look(schema, &config, &mut found);
    Ok(validate_resource_config::Response { diagnostics: found.to_wire() })
}

pub(super) async fn data_source<P: Provider>(
    server: Arc<Inner<P>>,
    request: validate_data_resource_config::Request,
) -> Result<validate_data_resource_config::Response, Error> {
    let source = server.data_source(&request.type_name)?;
    let config = wire::decode(&source.schema().root, request.config.as_ref())?;
    let found = source.validate(&config);
    Ok(validate_data_resource_config::Response { diagnostics: found.to_wire() })
}
