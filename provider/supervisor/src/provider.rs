//! The provider itself.

use std::sync::Arc;

use api_client::Transport;
use tf_framework::{Diagnostics, Error, Kinds, Provider};

use crate::{
    actions,
    clients::{Carrier, Clients},
    config::{self, Config},
    data_sources,
    environment::Environment,
    ephemeral_resources, functions, list_resources,
    owned::Hold,
    resources,
};

/// The provider `supervisor`.
#[derive(Debug)]
pub struct Supervisor {
    environment: Environment,
    carrier: Carrier,
    hold: Hold,
}

impl Supervisor {
    /// With these variables for what a `provider` block leaves out.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment, carrier: Carrier::Network, hold: Hold::AtTheEnd }
    }

    /// The same in a process that serves any number of runs, and whose end no run asks for.
    #[must_use]
    pub fn debugged(self) -> Self {
        Self { hold: Hold::AtOnce, ..self }
    }

    /// The same over another transport in place of the network: for tests. What a configuration
    /// says about trust does not matter then.
    #[must_use]
    pub fn over(self, transport: Arc<dyn Transport>) -> Self {
        Self { carrier: Carrier::Other(transport), ..self }
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
        Clients::new(&config, &self.environment, &self.carrier, self.hold, warnings).await
    }

    async fn finish(&self, data: Arc<Clients>) {
        data.holding().hold().await;
    }

    async fn close(&self, data: Arc<Clients>) {
        data.close().await;
    }

    fn kinds(&self) -> Kinds<Clients> {
        let kinds = data_sources::add_to(resources::add_to(Kinds::new()));
        let kinds = list_resources::add_to(actions::add_to(ephemeral_resources::add_to(kinds)));
        functions::add_to(kinds)
    }
}
