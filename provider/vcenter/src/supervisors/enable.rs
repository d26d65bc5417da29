//! What a Supervisor is made of.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Edge, ManagementNetwork, WorkloadNetwork};
use crate::clusters::FileVolumes;
use crate::id::{LibraryId, PolicyId, ZoneId};
use crate::value::{ImageRegistry, LibrarySource, SizingHint};

/// A Supervisor to be, on one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EnableOnClusterSpec {
    /// Its name.
    pub name: String,
    /// Zone that the cluster gets; vCenter makes one if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneId>,
    /// Its control plane.
    pub control_plane: ControlPlane,
    /// What its workloads get.
    pub workloads: Workloads,
}

/// A Supervisor to be, on the clusters of zones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EnableOnZonesSpec {
    /// Its name.
    pub name: String,
    /// One zone, or three.
    pub zones: Vec<ZoneId>,
    /// Its control plane.
    pub control_plane: ControlPlane,
    /// What its workloads get.
    pub workloads: Workloads,
}

/// The machines that Kubernetes itself runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ControlPlane {
    /// Where they talk to vCenter and NSX.
    pub network: ManagementNetwork,
    /// Their size, small if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<SizingHint>,
    /// Their storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_policy: Option<PolicyId>,
    /// How many, 1 or 3; since 9.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// What users see before they log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_banner: Option<String>,
}

/// What workloads get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Workloads {
    /// Their primary network.
    pub network: WorkloadNetwork,
    /// What stands between them and the world.
    pub edge: Edge,
    /// Where images come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<Images>,
    /// What the Kubernetes API is like.
    #[serde(rename = "kube_API_server_options", skip_serializing_if = "Option::is_none")]
    pub api_server: Option<ApiServerOptions>,
    /// Where things are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<WorkloadsStorage>,
}

/// Where images come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Images {
    /// Registry that images come from if no other is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<ImageRegistry>,
    /// Repository that images come from if no other is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Library with the images of Kubernetes clusters; deprecated in 9.0.
    #[serde(rename = "kubernetes_content_library", skip_serializing_if = "Option::is_none")]
    pub kubernetes_library: Option<LibraryId>,
    /// Libraries with images; since 8.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_libraries: Option<Vec<LibrarySource>>,
}

/// What the Kubernetes API is like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ApiServerOptions {
    /// Its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<ApiServerSecurity>,
}

/// The certificate of the Kubernetes API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ApiServerSecurity {
    /// More names in it.
    pub certificate_dns_names: Vec<String>,
}

/// Where the things of workloads are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkloadsStorage {
    /// Storage of pods' own disks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage_policy: Option<PolicyId>,
    /// Storage of container images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_storage_policy: Option<PolicyId>,
    /// Where volumes that many pods share are kept.
    #[serde(rename = "cloud_native_file_volume", skip_serializing_if = "Option::is_none")]
    pub file_volumes: Option<FileVolumes>,
}
