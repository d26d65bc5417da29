//! The load balancers of a provider like this one.

use namespace_network::name::DnsLabel;
use nsx::{Id, objects::LbService};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Error, Found, ListResource, Optional};

use super::Wanted;
use crate::{
    clients::{self, Clients},
    config::Owner,
    owned::told,
    resources::namespace_load_balancer::{NamespaceLoadBalancer, ORIGIN_SCOPE},
};

/// The load balancers of namespaces that resources like this one made, with the marks of whichever
/// owner. Those that NCP made for Services of Kubernetes are NCP's.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// Only those of this namespace.
    namespace: Optional<DnsLabel>,

    /// Only those that carry this owner's mark.
    owner: Optional<Owner>,
}

/// The list.
#[derive(Debug)]
pub struct LoadBalancers;

impl ListResource for LoadBalancers {
    type Resource = NamespaceLoadBalancer;
    type Config = Config;

    async fn list(
        &self,
        cx: &Context<Clients>,
        config: Config,
        found: &Found<NamespaceLoadBalancer>,
    ) -> Result<(), Error> {
        let all = clients::nsx(cx)?.list::<LbService>(&Id::root()).await;
        let all = all.map_err(|why| told("list the load balancers", &why))?;
        let wanted = Wanted { namespace: config.namespace.get()?, owner: config.owner.get()? };
        wanted.tell(found, ORIGIN_SCOPE, all.into_iter().map(|it| it.meta)).await
    }
}
