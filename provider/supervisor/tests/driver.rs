//! The provider against a lab, as Terraform drives it: a lab stands in for vCenter and NSX.

mod calls;
mod labs;
mod query;

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use lab::{Lab, Options, Settings, Store, Transport};
use serde_json::{Value as Json, json};
use terraform_provider_supervisor::{Supervisor, environment::Environment};
use tf_framework::{Server, testing::Terraform};

pub(crate) use labs::{quick, still};
pub(crate) use tf_framework::testing::{Action, Order, Planned, State, Told, UNKNOWN};

/// A lab, and Terraform with a provider that is configured for it.
pub(crate) struct World {
    pub(crate) lab: Arc<Lab>,
    terraform: Terraform<Server<Supervisor>>,
}

impl World {
    /// A new lab and a provider with vCenter and NSX.
    pub(crate) async fn new(settings: &Settings) -> Self {
        Self::with(settings, &["vcenter", "nsx"]).await
    }

    /// A new lab and a provider that has these blocks alone.
    pub(crate) async fn with(settings: &Settings, blocks: &[&str]) -> Self {
        let store = Store::in_memory(settings).unwrap();
        let options = Options { transport: Transport::Tls, ..Options::default() };
        let lab = Lab::start(store, options).await.unwrap();
        let host = |url: &str| url.trim_start_matches("https://").trim_end_matches('/').to_owned();
        let block = |url: &str, user: &str| {
            json!({ "server": host(url), "username": user, "password": lab.password(),
                    "ca_pem": lab.ca_pem() })
        };
        let mut provider = json!({ "owner": "tests", "poll_interval": "5ms" });
        if blocks.contains(&"vcenter") {
            provider["vcenter"] = block(lab.vcenter().as_str(), lab.username());
        }
        if blocks.contains(&"nsx") {
            provider["nsx"] = block(lab.nsx().as_str(), lab.nsx_username());
        }
        Self::over(lab, provider, || Supervisor::new(Environment::default())).await
    }

    /// A lab, and processes that `start` makes and that get this configuration.
    pub(crate) async fn over(
        lab: Lab,
        provider: Json,
        start: impl Fn() -> Supervisor + Send + Sync + 'static,
    ) -> Self {
        let terraform = Terraform::new(move || Server::new(start()), provider).await;
        let terraform = terraform.with_changing_identity("supervisor_namespace_subnets");
        Self { lab: Arc::new(lab), terraform }
    }

    /// The same of a Terraform that puts off what cannot be planned yet.
    pub(crate) fn allowing_deferral(self) -> Self {
        Self { terraform: self.terraform.allowing_deferral(), ..self }
    }

    /// Another state of the same owner, on the same lab.
    pub(crate) async fn sibling(&self) -> Self {
        Self { lab: Arc::clone(&self.lab), terraform: self.terraform.sibling().await }
    }

    /// A new process of the provider: the state is all that is left of the old one.
    pub(crate) async fn restart(&mut self) {
        self.terraform.restart().await.nothing();
    }

    /// The same with another owner, as another Terraform state would have; with none if it is null.
    pub(crate) async fn restart_as(&mut self, owner: impl Into<Json>) {
        self.terraform.provider()["owner"] = owner.into();
        self.restart().await;
    }

    /// What an interrupt of the user does, to the process that `apply_while` hands out.
    pub(crate) async fn interrupt(server: &Server<Supervisor>) {
        tf_framework::testing::stop(server).await.unwrap();
    }
}

/// What the first `import` block imports that an error prints.
pub(crate) fn import_id(told: &Told) -> Option<String> {
    let block = told.errors.iter().find_map(|it| it.split_once("import {"))?.1;
    let (_, id) = block.split_once("id = \"")?;
    Some(id.split('"').next()?.to_owned())
}

impl Deref for World {
    type Target = Terraform<Server<Supervisor>>;

    fn deref(&self) -> &Self::Target {
        &self.terraform
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.terraform
    }
}
