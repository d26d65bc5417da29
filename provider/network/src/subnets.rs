//! Which namespace has which subnet of the pod CIDRs.
//!
//! A [`Plan`] depends on the [`Pool`], the wanted names and what is allocated, never on the order
//! of requests. A subnet that is allocated stays where it is. A new one goes to the place that its
//! name chooses by hash, so that a name alone comes back to the same place as long as that is
//! free; where two names choose one place, the later in the alphabet yields, and the plan says so.
//!
//! CIDRs fill up in the order of the pool, to which the API only appends: a further CIDR changes
//! no choice within the earlier ones.

mod hash;
mod layout;
mod plan;
mod planner;
mod pool;
mod refusal;
mod space;

pub use layout::Layout;
pub use plan::{Plan, Released, Room, Yielded};
pub use planner::{DEFAULT_PREFIX, Planner, Wanted};
pub use pool::{InvalidPool, Pool};
pub use refusal::{Refusal, Refused};
