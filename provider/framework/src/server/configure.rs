//! `ConfigureProvider`: what resources will work with.

use std::sync::Arc;

use tfplugin::v6::configure_provider::{Request, Response};

use super::{Inner, wire};
use crate::{Diagnostics, Error, Provider, erased, plan};

pub(super) async fn configure<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
) -> Result<Response, Error> {
    let config = wire::decode(&server.schema.root, request.config.as_ref())?;
    // Terraform discards defaults at validation, so they are filled in here.
    let config = plan::with_defaults(&server.schema.root, &config, &config);
    let mut warnings = Diagnostics::new();
    let data = server.provider.configure(erased::model(&config)?, &mut warnings).await?;
    if let Some(old) = server.data.swap(Some(Arc::new(data))) {
        server.provider.close(old).await;
    }
    Ok(Response { diagnostics: warnings.to_wire() })
}
