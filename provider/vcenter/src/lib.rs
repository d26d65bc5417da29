//! A typed client of the vCenter REST API: what Supervisors and vSphere Namespaces need of it.
//!
//! [`Vcenter`] is one server and one user. Calls are grouped as the API groups them, and the
//! structures of a group live in the module of its name:
//!
//! ```no_run
//! use api_client::{Config, Trust};
//! use vcenter::inventory::ClusterFilter;
//! use vcenter::namespaces::{CreateSpec, Settings};
//! use vcenter::{ConfigStatus, Credentials, Vcenter, found};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::new("vcenter.example.com")?.trust(Trust::System);
//! let user = Credentials::new("administrator@vsphere.local", "…");
//! let vcenter = Vcenter::new(&config, user)?;
//!
//! let named = ClusterFilter { names: ["prod".to_owned()].into(), ..ClusterFilter::default() };
//! for cluster in vcenter.inventory().clusters(&named).await? {
//!     let supervisor = found(vcenter.clusters().get(&cluster.id).await)?;
//!     if supervisor.is_some_and(|it| it.config_status == ConfigStatus::Running) {
//!         let spec = CreateSpec::new("banking".into(), Settings::default());
//!         vcenter.namespaces().create(&cluster.id, &spec).await?;
//!     }
//! }
//! vcenter.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! Every structure is a picture of one in the vendor's contract, proven so by a test. Names on the
//! wire are the contract's, irregular as they are (`master_DNS`); names in Rust say what is meant.
//! What the server may leave out is an `Option` or an empty list; a string that the client does not
//! know is kept ([`ErrorType::Other`], and so on). Fields that are `None` are not sent.
//!
//! Sessions, retries, deadlines and cancellation are those of [`api_client`]; [`Vcenter::within`]
//! binds calls to a deadline and to a cancellation. A POST whose effect is unknown is not repeated:
//! see [`Error::outcome_unknown`].

mod client;
mod error;
mod id;
mod message;
mod session;
mod value;

pub mod access;
pub mod clusters;
pub mod compatibility;
pub mod control_plane;
pub mod inventory;
pub mod load_balancers;
pub mod namespaces;
pub mod networks;
pub mod sessions;
pub mod software;
pub mod supervisors;

pub use client::{SystemVersion, Vcenter};
pub use error::{Error, ErrorType, Refusal, found};
pub use id::{
    ClusterId, DatacenterId, EdgeClusterId, LibraryId, LoadBalancerId, NamespaceId, NetworkId,
    PolicyId, SupervisorId, SwitchId, Tier0Id, VmClassId, WorkloadNetworkId, ZoneId,
};
pub use message::{LocalizableMessage, Message, Severity};
pub use session::Credentials;
pub use value::{
    ConfigStatus, ImageRegistry, IpRange, Ipv4Cidr, KubernetesStatus, LibrarySource,
    NetworkProvider, ProxyConfiguration, ProxySource, Server, SizingHint, Stats,
};

#[cfg(test)]
mod contract;
