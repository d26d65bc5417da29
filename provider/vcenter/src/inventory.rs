//! What a vCenter has: datacenters, clusters, networks, storage policies, libraries, VM classes.
//!
//! A filter without values lists everything; one with values lists what fits all of its fields, and
//! of each field one value. Names are compared exactly. A name may occur in several datacenters.

use std::collections::BTreeSet;

use api_client::Request;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::client::{SystemVersion, Vcenter, each, part};
use crate::error::Error;
use crate::id::{
    ClusterId, DatacenterId, LibraryId, LibraryItemId, NetworkId, PolicyId, VmClassId,
};

/// Calls that read the inventory.
#[derive(Clone, Copy, Debug)]
pub struct Inventory<'a>(&'a Vcenter);

/// A datacenter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Datacenter {
    /// Its id.
    #[serde(rename = "datacenter")]
    pub id: DatacenterId,
    /// Its name.
    pub name: String,
}

/// Which clusters are wanted.
#[derive(Clone, Debug, Default)]
pub struct ClusterFilter {
    /// Of these names.
    pub names: BTreeSet<String>,
    /// In these datacenters.
    pub datacenters: BTreeSet<DatacenterId>,
    /// Of these ids.
    pub clusters: BTreeSet<ClusterId>,
}

/// A vSphere cluster.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Cluster {
    /// Its id.
    #[serde(rename = "cluster")]
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// Whether vSphere HA is on; a Supervisor wants it.
    pub ha_enabled: bool,
    /// Whether DRS is on; a Supervisor wants it, fully automated.
    pub drs_enabled: bool,
}

api_client::wire_enum! {
    /// What kind of network it is.
    pub enum NetworkType {
        /// A port group of one host's switch.
        Standard = "STANDARD_PORTGROUP",
        /// A port group of a distributed switch; segments of NSX on it are these too.
        Distributed = "DISTRIBUTED_PORTGROUP",
        /// A network of NSX on its own switch.
        Opaque = "OPAQUE_NETWORK",
    }
}

/// Which networks are wanted.
#[derive(Clone, Debug, Default)]
pub struct NetworkFilter {
    /// Of these names.
    pub names: BTreeSet<String>,
    /// In these datacenters.
    pub datacenters: BTreeSet<DatacenterId>,
    /// Of these kinds.
    pub types: BTreeSet<NetworkType>,
    /// Of these ids.
    pub networks: BTreeSet<NetworkId>,
}

impl NetworkFilter {
    /// All port groups of distributed switches: those that segments of NSX show up as among them.
    #[must_use]
    pub fn distributed() -> Self {
        Self { types: [NetworkType::Distributed].into(), ..Self::default() }
    }
}

/// A network that machines can be attached to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Network {
    /// Its id.
    #[serde(rename = "network")]
    pub id: NetworkId,
    /// Its name.
    pub name: String,
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: NetworkType,
}

/// A storage policy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct StoragePolicy {
    /// Its id.
    #[serde(rename = "policy")]
    pub id: PolicyId,
    /// Its name; unique, but no filter knows it.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

api_client::wire_enum! {
    /// Where a library's items come from.
    pub enum LibraryType {
        /// They are put into it.
        Local = "LOCAL",
        /// They follow another library.
        Subscribed = "SUBSCRIBED",
    }
}

/// A content library.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Library {
    /// Its id.
    pub id: Option<LibraryId>,
    /// Its name, which need not be unique.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where its items come from.
    #[serde(rename = "type")]
    pub kind: Option<LibraryType>,
}

/// A class of virtual machines.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct VmClass {
    /// Its name, which is its id.
    pub id: VmClassId,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Virtual processors.
    pub cpu_count: u32,
    /// In MiB.
    #[serde(rename = "memory_MB")]
    pub memory: u64,
    /// Part of the processors that is reserved, in percent.
    pub cpu_reservation: Option<u32>,
    /// Part of the memory that is reserved, in percent.
    pub memory_reservation: Option<u32>,
    /// Namespaces that may use it.
    #[serde(default)]
    pub namespaces: BTreeSet<String>,
}

// === impl Vcenter ===

impl Vcenter {
    /// What there is.
    #[must_use]
    pub fn inventory(&self) -> Inventory<'_> {
        Inventory(self)
    }
}

// === impl Inventory ===

impl Inventory<'_> {
    /// What vCenter says about itself; [`Vcenter::version`] is cheaper.
    pub async fn system(self) -> Result<SystemVersion, Error> {
        self.0.read(Request::get("/api/appliance/system/version")).await
    }

    /// Datacenters of these names; all, without names.
    pub async fn datacenters(self, names: &BTreeSet<String>) -> Result<Vec<Datacenter>, Error> {
        self.0.read(each(Request::get("/api/vcenter/datacenter"), "names", names)).await
    }

    /// vSphere clusters, whether there is a Supervisor on them or not.
    pub async fn clusters(self, filter: &ClusterFilter) -> Result<Vec<Cluster>, Error> {
        let ClusterFilter { names, datacenters, clusters } = filter;
        let mut request = each(Request::get("/api/vcenter/cluster"), "names", names);
        request = each(request, "datacenters", datacenters);
        self.0.read(each(request, "clusters", clusters)).await
    }

    /// Networks: port groups, and segments of NSX as the port groups that they appear as. vCenter
    /// refuses a list of more than 1000 (`UNABLE_TO_ALLOCATE_RESOURCE`): filter it.
    pub async fn networks(self, filter: &NetworkFilter) -> Result<Vec<Network>, Error> {
        let NetworkFilter { names, datacenters, types, networks } = filter;
        let mut request = each(Request::get("/api/vcenter/network"), "names", names);
        request = each(request, "datacenters", datacenters);
        request = each(request, "types", types);
        self.0.read(each(request, "networks", networks)).await
    }

    /// Every storage policy.
    pub async fn storage_policies(self) -> Result<Vec<StoragePolicy>, Error> {
        self.0.read(Request::get("/api/vcenter/storage/policies")).await
    }

    /// Ids of the content libraries. A name costs a [`Inventory::library`] for each.
    pub async fn libraries(self) -> Result<Vec<LibraryId>, Error> {
        self.0.read(Request::get("/api/content/library")).await
    }

    /// One content library.
    pub async fn library(self, library: &LibraryId) -> Result<Library, Error> {
        let library = part(library);
        self.0.read(Request::get(format!("/api/content/library/{library}"))).await
    }

    /// Ids of what is in a content library; of a subscribed one as far as it has been synchronized.
    pub async fn library_items(self, library: &LibraryId) -> Result<Vec<LibraryItemId>, Error> {
        let request =
            Request::get("/api/content/library/item").query("library_id", library.as_str());
        self.0.read(request).await
    }

    /// Every class of virtual machines; since 7.0.2.
    pub async fn vm_classes(self) -> Result<Vec<VmClass>, Error> {
        self.0.read(Request::get(VM_CLASSES)).await
    }

    /// One class of virtual machines; since 7.0.2.
    pub async fn vm_class(self, class: &VmClassId) -> Result<VmClass, Error> {
        self.0.read(Request::get(format!("{VM_CLASSES}/{}", part(class)))).await
    }
}

const VM_CLASSES: &str = "/api/vcenter/namespace-management/virtual-machine-classes";
