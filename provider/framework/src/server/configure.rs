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
    let configured = server.provider.configure(erased::model(&config)?, &mut warnings).await;
    let (data, waits) = match configured {
        Ok(data) => (Some(Arc::new(data)), None),
        // Whoever needs more than is known yet says so, and nobody else.
        Err(error) if error.deferral().is_some() => (None, Some(Arc::new(error))),
        Err(error) => return Err(error),
    };
    server.waits.store(waits);
    if let Some(old) = server.data.swap(data) {
        server.provider.close(old).await;
    }
    Ok(Response { diagnostics: warnings.to_wire() })
}
