//! The load balancers of a Supervisor with VDS networking.

use api_client::{Request, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::{Vcenter, part};
use crate::error::Error;
use crate::id::{ClusterId, LoadBalancerId};
use crate::value::{IpRange, Server};

/// Calls about the load balancers of one Supervisor.
#[derive(Clone, Copy, Debug)]
pub struct LoadBalancers<'a> {
    vcenter: &'a Vcenter,
    cluster: &'a ClusterId,
}

api_client::wire_enum! {
    /// Which product it is.
    pub enum Provider {
        /// `HAProxy`; deprecated in 9.0.
        HaProxy = "HA_PROXY",
        /// NSX Advanced Load Balancer, also called Avi; since 7.0.2.
        Avi = "AVI",
    }
}

/// A load balancer that is there, for a Supervisor to use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CreateSpec {
    /// Its name, up to 63 characters.
    pub id: LoadBalancerId,
    /// Which product it is.
    pub provider: Provider,
    /// Addresses for Services; at least one with `HAProxy`, none with Avi.
    pub address_ranges: Vec<IpRange>,
    /// If it is `HAProxy`.
    #[serde(rename = "ha_proxy_config_create_spec", skip_serializing_if = "Option::is_none")]
    pub ha_proxy: Option<HaProxyCreate>,
    /// If it is Avi.
    #[serde(rename = "avi_config_create_spec", skip_serializing_if = "Option::is_none")]
    pub avi: Option<AviCreate>,
}

/// How `HAProxy`'s data plane API is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HaProxyCreate {
    /// Where it listens; port 5556 as a rule.
    pub servers: Vec<Server>,
    /// Who logs in.
    pub username: String,
    /// With this password.
    #[serde(serialize_with = "api_client::reveal")]
    #[schemars(with = "String")]
    pub password: Secret,
    /// Authorities that the server is verified with, as PEM.
    pub certificate_authority_chain: String,
}

/// How Avi's controller is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AviCreate {
    /// Where it listens.
    pub server: Server,
    /// Who logs in.
    pub username: String,
    /// With this password.
    #[serde(serialize_with = "api_client::reveal")]
    #[schemars(with = "String")]
    pub password: Secret,
    /// Authorities that the controller is verified with, as PEM.
    pub certificate_authority_chain: String,
    /// Cloud in which virtual services are made; since 8.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_name: Option<String>,
}

/// What changes in a load balancer. Product and servers cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UpdateSpec {
    /// Which product it is; it must be what it was, and goes with the product's own changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// All addresses for Services: those that there are, and more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_ranges: Option<Vec<IpRange>>,
    /// If it is `HAProxy`.
    #[serde(rename = "ha_proxy_config_update_spec", skip_serializing_if = "Option::is_none")]
    pub ha_proxy: Option<LogInUpdate>,
    /// If it is Avi.
    #[serde(rename = "avi_config_update_spec", skip_serializing_if = "Option::is_none")]
    pub avi: Option<LogInUpdate>,
}

/// What changes about how a load balancer is logged in to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LogInUpdate {
    /// Who logs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// With this password.
    #[serde(serialize_with = "api_client::reveal_some", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub password: Option<Secret>,
    /// Authorities that the server is verified with, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_authority_chain: Option<String>,
}

/// A load balancer of a Supervisor, in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Summary {
    /// Its name.
    pub id: LoadBalancerId,
    /// Which product it is.
    pub provider: Provider,
}

/// A load balancer of a Supervisor. Its password never comes back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Info {
    /// Its name.
    pub id: LoadBalancerId,
    /// Which product it is.
    pub provider: Provider,
    /// Addresses for Services.
    #[serde(default)]
    pub address_ranges: Vec<IpRange>,
    /// If it is `HAProxy`.
    #[serde(rename = "ha_proxy_info")]
    pub ha_proxy: Option<HaProxyInfo>,
    /// If it is Avi.
    #[serde(rename = "avi_info")]
    pub avi: Option<AviInfo>,
}

/// How `HAProxy`'s data plane API is reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct HaProxyInfo {
    /// Where it listens.
    pub servers: Vec<Server>,
    /// Who logs in.
    pub username: String,
    /// Authorities that the server is verified with, as PEM.
    pub certificate_authority_chain: String,
}

/// How Avi's controller is reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct AviInfo {
    /// Where it listens.
    pub server: Server,
    /// Who logs in.
    pub username: String,
    /// Authorities that the controller is verified with, as PEM.
    pub certificate_authority_chain: String,
    /// Cloud in which virtual services are made.
    pub cloud_name: Option<String>,
}

// === impl CreateSpec ===

impl CreateSpec {
    /// An `HAProxy`.
    #[must_use]
    pub fn ha_proxy(
        id: LoadBalancerId,
        address_ranges: Vec<IpRange>,
        ha_proxy: HaProxyCreate,
    ) -> Self {
        let (provider, ha_proxy) = (Provider::HaProxy, Some(ha_proxy));
        Self { id, provider, address_ranges, ha_proxy, avi: None }
    }

    /// An Avi, which has its own addresses.
    #[must_use]
    pub fn avi(id: LoadBalancerId, avi: AviCreate) -> Self {
        let (provider, address_ranges, avi) = (Provider::Avi, Vec::new(), Some(avi));
        Self { id, provider, address_ranges, ha_proxy: None, avi }
    }
}

// === impl Vcenter ===

impl Vcenter {
    /// The load balancers of the Supervisor on that cluster.
    #[must_use]
    pub fn load_balancers<'a>(&'a self, cluster: &'a ClusterId) -> LoadBalancers<'a> {
        LoadBalancers { vcenter: self, cluster }
    }
}

// === impl LoadBalancers ===

impl LoadBalancers<'_> {
    fn path(self) -> String {
        let cluster = part(self.cluster);
        format!("/api/vcenter/namespace-management/clusters/{cluster}/load-balancers")
    }

    fn path_of(self, id: &LoadBalancerId) -> String {
        format!("{}/{}", self.path(), part(id))
    }

    /// Every load balancer of the Supervisor.
    pub async fn list(self) -> Result<Vec<Summary>, Error> {
        self.vcenter.read(Request::get(self.path())).await
    }

    /// One load balancer.
    pub async fn get(self, id: &LoadBalancerId) -> Result<Info, Error> {
        self.vcenter.read(Request::get(self.path_of(id))).await
    }

    /// Changes what is given; since 7.0.3.
    pub async fn update(self, id: &LoadBalancerId, spec: &UpdateSpec) -> Result<(), Error> {
        self.vcenter.write(Request::patch(self.path_of(id)).json(spec)).await
    }
}
