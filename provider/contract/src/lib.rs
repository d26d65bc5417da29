//! The REST contract of vCenter and NSX, as data: operations, structures, enumerations.
//!
//! The data was read out of the vendor's own bindings (version 9.1.1). It is what the two typed
//! clients are tested against, and what the lab validates requests with.
//!
//! ```
//! use api_contract::{Kind, nsx, vcenter};
//! use serde_json::json;
//!
//! let enable = vcenter()
//!     .operation(
//!         "POST",
//!         "/api/vcenter/namespace-management/clusters/domain-c8",
//!         &[("action", "enable")],
//!     )
//!     .expect("the contract knows how a Supervisor is enabled");
//! assert_eq!(enable.id(), "com.vmware.vcenter.namespace_management.clusters.enable");
//!
//! let violations = nsx().violations("Segment", &json!({ "admin_state": "SIDEWAYS", "colour": 1 }));
//! assert_eq!(violations[0].kind, Kind::NotInEnum);
//! assert_eq!(violations[1].to_string(), "`/colour`: unknown field of `Segment`");
//! ```
//!
//! What the data cannot tell: which fields NSX requires (its bindings make all of them optional),
//! defaults, sizes of lists, and the status codes of vCenter's successes.

mod contract;
mod model;
mod operations;
mod schema;
mod types;
mod violations;

pub use contract::{Contract, Structure, nsx, vcenter};
pub use model::{Body, Errors, Field, Operation, Presence, Union};
pub use schema::Side;
pub use types::Type;
pub use violations::{Kind, Violation};
