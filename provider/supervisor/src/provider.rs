//! The provider itself.

use std::sync::Arc;

use tf_framework::{Diagnostics, Error, Kinds, Provider};

use crate::{
    clients::Clients,
    config::{self, Config},
    data_sources,
    environment::Environment,
    resources,
};

/// The provider `supervisor`.
#[derive(Debug)]
pub struct Supervisor {
    environment: Environment,
}

impl Supervisor {
    /// With these variables for what a `provider` block leaves out.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }
}

impl Provider for Supervisor {
    type Config = Config;
    type Data = Clients;

    fn validate(config: &Config, found: &mut Diagnostics) {
        config::validate(config, found);
    }

    async fn configure(
        &self,
        config: Config,
        warnings: &mut Diagnostics,
    ) -> Result<Clients, Error> {
        Clients::new(&config, &self.environment, warnings).await
    }

    async fn close(&self, data: Arc<Clients>) {
        data.close().await;
    }

    fn kinds(&self) -> Kinds<Clients> {
        data_sources::add_to(resources::add_to(Kinds::new()))
    }
}
