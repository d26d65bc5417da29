//! The calls of the protocol, as tonic has them: each goes to the file of its name.

use std::sync::Arc;

use tfplugin::v6::{self, provider_server};
use tonic::{Request, Response, Status, codegen::BoxStream};

use super::{
    Inner, Server, action, apply, configure, data, ephemeral, functions, generate, identity,
    import, list, plan, read, schema, upgrade, validate,
};
use crate::Provider;

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Server<P> {
    async fn get_metadata(
        &self,
        _: Request<v6::get_metadata::Request>,
    ) -> Result<Response<v6::get_metadata::Response>, Status> {
        Ok(Response::new(schema::metadata(&self.0)))
    }

    async fn get_provider_schema(
        &self,
        request: Request<v6::get_provider_schema::Request>,
    ) -> Result<Response<v6::get_provider_schema::Response>, Status> {
        // A mistake in a schema is found here first, and told as what it is.
        let all = |server: Arc<Inner<P>>, _| async move { Ok(schema::schemas(&server)) };
        self.call("GetProviderSchema", "", request.into_inner(), all).await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<v6::get_resource_identity_schemas::Request>,
    ) -> Result<Response<v6::get_resource_identity_schemas::Response>, Status> {
        // A mistake in an identity is found here first, and told as what it is.
        let all = |server: Arc<Inner<P>>, _| async move { Ok(identity::schemas(&server)) };
        self.call("GetResourceIdentitySchemas", "", request.into_inner(), all).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<v6::upgrade_resource_identity::Request>,
    ) -> Result<Response<v6::upgrade_resource_identity::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("UpgradeResourceIdentity", &name, request, identity::upgrade).await
    }

    async fn get_functions(
        &self,
        _: Request<v6::get_functions::Request>,
    ) -> Result<Response<v6::get_functions::Response>, Status> {
        Ok(Response::new(functions::all(&self.0)))
    }

    async fn validate_provider_config(
        &self,
        request: Request<v6::validate_provider_config::Request>,
    ) -> Result<Response<v6::validate_provider_config::Response>, Status> {
        self.call("ValidateProviderConfig", "", request.into_inner(), validate::provider).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<v6::validate_resource_config::Request>,
    ) -> Result<Response<v6::validate_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateResourceConfig", &name, request, validate::resource).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<v6::validate_data_resource_config::Request>,
    ) -> Result<Response<v6::validate_data_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateDataResourceConfig", &name, request, validate::data_source).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<v6::upgrade_resource_state::Request>,
    ) -> Result<Response<v6::upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("UpgradeResourceState", &name, request, upgrade::upgrade).await
    }

    async fn configure_provider(
        &self,
        request: Request<v6::configure_provider::Request>,
    ) -> Result<Response<v6::configure_provider::Response>, Status> {
        self.call("ConfigureProvider", "", request.into_inner(), configure::configure).await
    }

    async fn read_resource(
        &self,
        request: Request<v6::read_resource::Request>,
    ) -> Result<Response<v6::read_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ReadResource", &name, request, read::read).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<v6::plan_resource_change::Request>,
    ) -> Result<Response<v6::plan_resource_change::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("PlanResourceChange", &name, request, plan::plan).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<v6::apply_resource_change::Request>,
    ) -> Result<Response<v6::apply_resource_change::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ApplyResourceChange", &name, request, apply::apply).await
    }

    async fn import_resource_state(
        &self,
        request: Request<v6::import_resource_state::Request>,
    ) -> Result<Response<v6::import_resource_state::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ImportResourceState", &name, request, import::import).await
    }

    async fn move_resource_state(
        &self,
        request: Request<v6::move_resource_state::Request>,
    ) -> Result<Response<v6::move_resource_state::Response>, Status> {
        let request = request.into_inner();
        let name = request.target_type_name.clone();
        self.call("MoveResourceState", &name, request, import::move_state).await
    }

    async fn generate_resource_config(
        &self,
        request: Request<v6::generate_resource_config::Request>,
    ) -> Result<Response<v6::generate_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("GenerateResourceConfig", &name, request, generate::generate).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<v6::validate_list_resource_config::Request>,
    ) -> Result<Response<v6::validate_list_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateListResourceConfig", &name, request, list::validate).await
    }

    async fn list_resource(
        &self,
        request: Request<v6::list_resource::Request>,
    ) -> Result<Response<BoxStream<v6::list_resource::Event>>, Status> {
        let request = request.into_inner();
        let span = self.span("ListResource", &request.type_name);
        Ok(Response::new(list::list(Arc::clone(&self.0), request, span)))
    }

    async fn read_data_source(
        &self,
        request: Request<v6::read_data_source::Request>,
    ) -> Result<Response<v6::read_data_source::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ReadDataSource", &name, request, data::read).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<v6::validate_ephemeral_resource_config::Request>,
    ) -> Result<Response<v6::validate_ephemeral_resource_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("ValidateEphemeralResourceConfig", &name, request, ephemeral::validate).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<v6::open_ephemeral_resource::Request>,
    ) -> Result<Response<v6::open_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("OpenEphemeralResource", &name, request, ephemeral::open).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<v6::renew_ephemeral_resource::Request>,
    ) -> Result<Response<v6::renew_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("RenewEphemeralResource", &name, request, ephemeral::renew).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<v6::close_ephemeral_resource::Request>,
    ) -> Result<Response<v6::close_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        self.call("CloseEphemeralResource", &name, request, ephemeral::close).await
    }

    async fn validate_action_config(
        &self,
        request: Request<v6::validate_action_config::Request>,
    ) -> Result<Response<v6::validate_action_config::Response>, Status> {
        let request = request.into_inner();
        let name = request.action_type.clone();
        self.call("ValidateActionConfig", &name, request, action::validate).await
    }

    async fn plan_action(
        &self,
        request: Request<v6::plan_action::Request>,
    ) -> Result<Response<v6::plan_action::Response>, Status> {
        let request = request.into_inner();
        let name = request.action_type.clone();
        self.call("PlanAction", &name, request, action::plan).await
    }

    async fn invoke_action(
        &self,
        request: Request<v6::invoke_action::Request>,
    ) -> Result<Response<BoxStream<v6::invoke_action::Event>>, Status> {
        let request = request.into_inner();
        let span = self.span("InvokeAction", &request.action_type);
        Ok(Response::new(action::invoke(Arc::clone(&self.0), request, span)))
    }

    async fn call_function(
        &self,
        request: Request<v6::call_function::Request>,
    ) -> Result<Response<v6::call_function::Response>, Status> {
        let request = request.into_inner();
        let name = request.name.clone();
        self.call("CallFunction", &name, request, functions::call).await
    }

    async fn stop_provider(
        &self,
        _: Request<v6::stop_provider::Request>,
    ) -> Result<Response<v6::stop_provider::Response>, Status> {
        tracing::info!("interrupted: calls under way end with what exists so far");
        self.0.stop.swap(Arc::default()).cancel();
        Ok(Response::new(v6::stop_provider::Response::default()))
    }
}
