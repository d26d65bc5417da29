//! Versions of Supervisors, and their upgrades, by cluster; deprecated in 9.1, and still served.

use api_client::Request;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::{Vcenter, part};
use crate::error::Error;
use crate::id::ClusterId;
use crate::message::{LocalizableMessage, Message};

/// Calls about the software of Supervisors.
#[derive(Clone, Copy, Debug)]
pub struct Software<'a>(&'a Vcenter);

api_client::wire_enum! {
    /// How far an upgrade is.
    pub enum State {
        /// It is at work.
        Pending = "PENDING",
        /// There is none, or it is done.
        Ready = "READY",
        /// It failed, and somebody has to see to it.
        Error = "ERROR",
    }
}

/// What a Supervisor runs, and what it could.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Info {
    /// Its version, such as `v1.28.3+vmware.wcp.1-vsc0.1.9-24045921`.
    pub current_version: String,
    /// What it can be upgraded to.
    #[serde(default)]
    pub available_versions: Vec<String>,
    /// How far an upgrade is.
    pub state: State,
    /// What vCenter says about that.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// The upgrade, while there is one.
    pub upgrade_status: Option<UpgradeStatus>,
}

/// An upgrade.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct UpgradeStatus {
    /// The version that it leads to.
    pub desired_version: Option<String>,
    /// What vCenter says about it; its pre-checks too.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// How much of it is done.
    pub progress: Option<Progress>,
}

/// How much of an upgrade is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Progress {
    /// How many parts it has.
    pub total: i64,
    /// How many of them are done.
    pub completed: i64,
    /// What is at work.
    #[serde(default)]
    pub message: LocalizableMessage,
}

/// What to upgrade to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UpgradeSpec {
    /// The version.
    pub desired_version: String,
    /// Whether to go on where a pre-check warns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_precheck_warnings: Option<bool>,
}

/// A version that vCenter can make Supervisors of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Release {
    /// The version.
    pub version: String,
    /// Its name.
    pub name: String,
}

const BASE: &str = "/api/vcenter/namespace-management/software";

// === impl Vcenter ===

impl Vcenter {
    /// The software of Supervisors.
    #[must_use]
    pub fn software(&self) -> Software<'_> {
        Software(self)
    }
}

// === impl Software ===

impl Software<'_> {
    fn path(cluster: &ClusterId) -> String {
        format!("{BASE}/clusters/{}", part(cluster))
    }

    /// What the Supervisor of a cluster runs.
    pub async fn get(self, cluster: &ClusterId) -> Result<Info, Error> {
        self.0.read(Request::get(Self::path(cluster))).await
    }

    /// Upgrades the Supervisor of a cluster. Accepted at once, and takes long. Sent once.
    pub async fn upgrade(self, cluster: &ClusterId, spec: &UpgradeSpec) -> Result<(), Error> {
        let request = Request::post(Self::path(cluster)).query("action", "upgrade");
        self.0.write(request.json(spec)).await
    }

    /// The versions that vCenter has.
    pub async fn releases(self) -> Result<Vec<Release>, Error> {
        self.0.read(Request::get(format!("{BASE}/cluster-available-versions"))).await
    }
}
