//! The network policies of a provider like this one.

use namespace_network::{name::DnsLabel, network_policy::ORIGIN_SCOPE};
use nsx::{Id, objects::SecurityPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Error, Found, ListResource, Optional};

use super::Wanted;
use crate::{
    clients::{self, Clients},
    config::Owner,
    owned::told,
    resources::namespace_network_policy::{NamespaceNetworkPolicy, is_whole},
};

/// The network policies of namespaces that resources like this one made, with the marks of whichever
/// owner. Policies that people wrote in NSX are not among them: they say more than a NetworkPolicy can.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// Only those of this namespace.
    namespace: Optional<DnsLabel>,

    /// Only those that carry this owner's mark.
    owner: Optional<Owner>,
}

/// The list.
#[derive(Debug)]
pub struct NetworkPolicies;

impl ListResource for NetworkPolicies {
    type Resource = NamespaceNetworkPolicy;
    type Config = Config;

    async fn list(
        &self,
        cx: &Context<Clients>,
        config: Config,
        found: &Found<NamespaceNetworkPolicy>,
    ) -> Result<(), Error> {
        let all = clients::nsx(cx)?.list::<SecurityPolicy>(&Id::new("default")).await;
        let all = all.map_err(|why| told("list the security policies", &why))?;
        // A network policy is several objects; one of them stands for the whole.
        let anchors =
            all.into_iter().map(|it| it.meta).filter(|it| it.path.as_deref().is_some_and(is_whole));
        let wanted = Wanted { namespace: config.namespace.get()?, owner: config.owner.get()? };
        wanted.tell(found, ORIGIN_SCOPE, anchors).await
    }
}
