//! `GetProviderSchema` and `GetMetadata`: what there is.

use tfplugin::v6::{self, get_metadata, get_provider_schema};

use super::{Inner, functions};
use crate::{Provider, schema::Schema};

const CAPABILITIES: v6::ServerCapabilities = v6::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};

pub(super) fn schemas<P: Provider>(server: &Inner<P>) -> get_provider_schema::Response {
    let resources = server.kinds.resources.iter();
    let sources = server.kinds.data_sources.iter();
    let ephemerals = server.kinds.ephemerals.iter();
    let actions = server.kinds.actions.iter();
    let lists = server.kinds.lists.iter();
    get_provider_schema::Response {
        provider: Some(server.schema.to_wire()),
        provider_meta: server.kinds.meta.map(Schema::to_wire),
        resource_schemas: resources
            .map(|(name, it)| ((*name).to_owned(), it.schema().to_wire()))
            .collect(),
        data_source_schemas: sources
            .map(|(name, it)| ((*name).to_owned(), it.schema().to_wire()))
            .collect(),
        ephemeral_resource_schemas: ephemerals
            .map(|(name, it)| ((*name).to_owned(), it.schema().to_wire()))
            .collect(),
        action_schemas: actions
            .map(|(name, it)| {
                ((*name).to_owned(), v6::ActionSchema { schema: Some(it.schema().to_wire()) })
            })
            .collect(),
        list_resource_schemas: lists
            .map(|(name, it)| ((*name).to_owned(), it.schema().to_wire()))
            .collect(),
        functions: functions::all(server).functions,
        server_capabilities: Some(CAPABILITIES),
        ..Default::default()
    }
}

pub(super) fn metadata<P: Provider>(server: &Inner<P>) -> get_metadata::Response {
    let resources = server.kinds.resources.keys();
    let sources = server.kinds.data_sources.keys();
    let ephemerals = server.kinds.ephemerals.keys();
    let actions = server.kinds.actions.keys();
    let functions = server.kinds.functions.keys();
    let lists = server.kinds.lists.keys();
    get_metadata::Response {
        server_capabilities: Some(CAPABILITIES),
        resources: resources
            .map(|name| get_metadata::ResourceMetadata { type_name: (*name).to_owned() })
            .collect(),
        data_sources: sources
            .map(|name| get_metadata::DataSourceMetadata { type_name: (*name).to_owned() })
            .collect(),
        ephemeral_resources: ephemerals
            .map(|name| get_metadata::EphemeralResourceMetadata { type_name: (*name).to_owned() })
            .collect(),
        actions: actions
            .map(|name| get_metadata::ActionMetadata { type_name: (*name).to_owned() })
            .collect(),
        list_resources: lists
            .map(|name| get_metadata::ListResourceMetadata { type_name: (*name).to_owned() })
            .collect(),
        functions: functions
            .map(|name| get_metadata::FunctionMetadata { name: (*name).to_owned() })
            .collect(),
        ..Default::default()
    }
}
