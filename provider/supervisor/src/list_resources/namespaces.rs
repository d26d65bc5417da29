//! The namespaces of a vCenter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Error, Found, ListResource, Optional};

use crate::{
    clients::{self, Clients},
    resources::{cluster::ClusterMoid, identity::ByName, vsphere_namespace::VsphereNamespace},
    said::told,
};

/// The vSphere Namespaces of the vCenter, also those that users made for themselves by way of
/// Kubernetes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// Only those on this cluster: its managed object id, such as `domain-c8`.
    cluster: Optional<ClusterMoid>,
}

/// The list.
#[derive(Debug)]
pub struct Namespaces;

impl ListResource for Namespaces {
    type Resource = VsphereNamespace;
    type Config = Config;

    async fn list(
        &self,
        cx: &Context<Clients>,
        config: Config,
        found: &Found<VsphereNamespace>,
    ) -> Result<(), Error> {
        let listed = clients::vcenter(cx)?.namespaces().list().await;
        let listed = listed.map_err(|why| told("list the namespaces", &why))?;
        let cluster = config.cluster.get()?.map(ToString::to_string);
        let listed = listed.into_iter();
        let wanted =
            listed.filter(|it| cluster.as_deref().is_none_or(|of| it.cluster.as_str() == of));
        let mut names: Vec<_> = wanted.map(|it| it.details.namespace.to_string()).collect();
        names.sort();
        for name in names {
            found.add(&ByName { name: name.clone().into() }, name).await?;
        }
        Ok(())
    }
}
