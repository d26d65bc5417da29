//! The states that vCenter shows.

use serde::{Deserialize, Serialize};

/// Of a Supervisor and of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ConfigStatus {
    Configuring,
    Removing,
    Running,
    Error,
}

/// Of a Supervisor's Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum KubernetesStatus {
    Ready,
    Warning,
    Error,
}
