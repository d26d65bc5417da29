//! vSphere Namespaces.
//!
//! A namespace is made in a Supervisor, which 7.x addresses by its cluster and 8.0.0.1 and later by
//! its own id as well; all else goes by the namespace's name alone. Making and deleting are
//! accepted at once and take a while: [`Details::config_status`] says how far it is, and a deleted
//! namespace is there until it is [not found](Error::is_not_found).

mod info;
mod spec;

use api_client::{Request, Wants};

pub use info::{Details, Info, InfoV2, NamespaceStats, Summary, SummaryDetails, SummaryV2};
pub use spec::{
    AccessEntry, CreateSpec, LibraryAccess, NamespaceNetwork, Principal, Settings, StorageSpec,
    VmService,
};
pub(crate) use spec::{InCluster, InSupervisor};

use crate::client::{Vcenter, part};
use crate::error::Error;
use crate::id::{ClusterId, NamespaceId, SupervisorId};

/// Calls about namespaces.
#[derive(Clone, Copy, Debug)]
pub struct Namespaces<'a>(&'a Vcenter);

const V1: &str = "/api/vcenter/namespaces/instances";
const V2: &str = "/api/vcenter/namespaces/instances/v2";

// === impl Vcenter ===

impl Vcenter {
    /// Namespaces.
    #[must_use]
    pub fn namespaces(&self) -> Namespaces<'_> {
        Namespaces(self)
    }
}

// === impl Namespaces ===

impl Namespaces<'_> {
    fn path(base: &str, namespace: &NamespaceId) -> String {
        format!("{base}/{}", part(namespace))
    }

    /// Makes a namespace in the Supervisor of that cluster. Sent once: if the outcome is unknown,
    /// [`Namespaces::get`] tells.
    pub async fn create(self, cluster: &ClusterId, spec: &CreateSpec) -> Result<(), Error> {
        self.0.write(Request::post(V1).json(&InCluster { cluster, spec })).await
    }

    /// Makes a namespace in that Supervisor; since 8.0.0.1. Sent once.
    pub async fn create_v2(
        self,
        supervisor: &SupervisorId,
        spec: &CreateSpec,
    ) -> Result<(), Error> {
        self.0.write(Request::post(V2).json(&InSupervisor { supervisor, spec })).await
    }

    /// A namespace, with the cluster of its Supervisor.
    pub async fn get(self, namespace: &NamespaceId) -> Result<Info, Error> {
        self.0.read(Request::get(Self::path(V1, namespace))).await
    }

    /// A namespace, with its Supervisor; since 8.0.0.1.
    pub async fn get_v2(self, namespace: &NamespaceId) -> Result<InfoV2, Error> {
        self.0.read(Request::get(Self::path(V2, namespace))).await
    }

    /// Every namespace of the vCenter, with the clusters of their Supervisors.
    pub async fn list(self) -> Result<Vec<Summary>, Error> {
        self.0.read(Request::get(V1)).await
    }

    /// Every namespace of the vCenter, with their Supervisors; since 8.0.0.1.
    pub async fn list_v2(self) -> Result<Vec<SummaryV2>, Error> {
        self.0.read(Request::get(V2)).await
    }

    /// Changes what is given; lists are replaced whole.
    pub async fn update(self, namespace: &NamespaceId, settings: &Settings) -> Result<(), Error> {
        self.0.write(Request::patch(Self::path(V1, namespace)).json(settings)).await
    }

    /// Replaces all settings: what is not given is cleared, access too.
    pub async fn set(self, namespace: &NamespaceId, settings: &Settings) -> Result<(), Error> {
        let request = Request::put(Self::path(V1, namespace)).wants(Wants::Nothing);
        self.0.write(request.json(settings)).await
    }

    /// Deletes a namespace, with all that is in it.
    pub async fn delete(self, namespace: &NamespaceId) -> Result<(), Error> {
        self.0.write(Request::delete(Self::path(V1, namespace))).await
    }
}
