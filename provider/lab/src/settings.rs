//! What a lab is: its versions, how strict it is and how its time runs.

use serde::{Deserialize, Serialize};

/// The lab's choices. They are fixed when its state is made and kept there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// As `GET /api/appliance/system/version` answers it, such as `8.0.3.00000`.
    pub vcenter_version: String,
    /// As `GET /api/v1/node/version` answers it, such as `4.2.0.0.0.24105817`.
    pub nsx_version: String,
    /// How the lab's time relates to the real one.
    pub clock: Clock,
    /// What NCP's own firewall sections leave open between namespaces.
    pub isolation_profile: IsolationProfile,
    /// What happens to a field that vCenter does not know.
    pub strict: Strictness,
    /// What NSX makes of what a PATCH leaves out.
    pub patch: PatchMode,
    /// Whether NSX counts requests per client.
    pub limits: Limits,
    /// Where ids and UUIDs start from: two labs of one seed that get the same requests give the
    /// same ids. Secrets do not come from it.
    pub seed: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            vcenter_version: "8.0.3.00000".to_owned(),
            nsx_version: "4.2.0.0.0.24105817".to_owned(),
            clock: Clock::default(),
            isolation_profile: IsolationProfile::default(),
            strict: Strictness::default(),
            patch: PatchMode::default(),
            limits: Limits::default(),
            seed: "lab".to_owned(),
        }
    }
}

/// How the lab's time relates to the real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// `factor` milliseconds of the lab pass in a real one.
    Scaled {
        /// 6000 turns a minute into ten milliseconds.
        factor: u32,
    },
    /// Time stands still until somebody moves it ([`crate::Store::advance`]).
    Manual,
}

impl Default for Clock {
    fn default() -> Self {
        Self::Scaled { factor: 6000 }
    }
}

/// What NCP's baseline firewall sections let through. Nobody public knows which one WCP uses
/// (NCP's option `baseline_policy_type`), so a provider has to tell the truth under each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IsolationProfile {
    /// A namespace is closed in both directions, as the vendor describes it.
    #[default]
    Isolated,
    /// Pods of one namespace reach each other, and nothing reaches them from outside of it.
    AllowNamespace,
    /// Any pod of the Supervisor reaches any other.
    AllowCluster,
    /// NCP writes no baseline.
    Open,
}

/// What happens to a field of a request that vCenter does not know. NSX always refuses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strictness {
    /// It is dropped without a word, as the real vCenter does.
    #[default]
    AsVcenter,
    /// It is an error, so that a client's typing mistake shows up.
    Strict,
}

/// What NSX makes of what the body of a PATCH leaves out. The vendor's bindings say that it stays;
/// on a real NSX it is cleared for many kinds, and not by one rule, so a client has to be right
/// under each of these. The header `nsx-enable-partial-patch: true` asks for [`Self::Merge`] in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatchMode {
    /// It is cleared: the body is the object's new intent. Of firewall policies and their rules
    /// it stays.
    #[default]
    Clear,
    /// It stays, of every kind.
    Merge,
    /// Some fields are cleared and some stay, of every kind. Which ones is always the same and
    /// nothing to rely on. Rules stay.
    Mixed,
}

/// Whether NSX counts requests (100 a second and 40 at once for one client).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limits {
    /// Requests over the limit are refused.
    #[default]
    On,
    /// Everything is let through.
    Off,
}
