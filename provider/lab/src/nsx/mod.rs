//! The simulated NSX: the Policy API and the little of the manager API that clients of it use.
//!
//! A generic engine over a table of kinds ([`kind::KINDS`]) reads and writes objects; [`rules`] has
//! what must hold for one kind. The contract says which fields there are; what happens to them is
//! taken from public observations, and where nobody public knows, a comment says what the lab
//! assumes. Error codes that are not public are 0.
//!
//! An object is one document at `nsx:{policy path}`, as the API shows it, but for children that
//! travel in it (a policy's rules), which are documents of their own: [`read`] puts them together.

mod fault;
mod hierarchy;
mod kind;
mod members;
mod object;
mod patch;
mod populate;
mod principal;
mod read;
mod realized;
mod routes;
mod rules;
mod search;
mod session;
mod system;
#[cfg(test)]
mod tests;
mod tree;
mod write;

use serde::{Deserialize, Serialize};

pub(crate) use self::fault::Fault;
use self::kind::Place;
use self::object::Caller;
pub(crate) use self::populate::populate;
pub(crate) use self::principal::as_principal;
pub(crate) use self::read::read;
pub(crate) use self::realized::{Realization, realization};
pub(crate) use self::routes::handle;
pub(crate) use self::rules::{allocated, link_addresses};
pub(crate) use self::session::client_of;
use crate::{Response, Tx};

/// What happens in NSX by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// The object at this policy path, which was marked for deletion, is purged.
    Purge(String),
}

/// Does what became due.
pub(crate) fn due(tx: &mut Tx<'_>, event: &Event) {
    match event {
        Event::Purge(path) => {
            tx.delete(&object::grave(path));
        }
    }
}

/// The answer to a client that asks more than a hundred times in a second.
pub(crate) fn too_fast(client: &str) -> Response {
    Fault::too_fast(client).response()
}

/// The answer to a client with more than forty requests under way.
pub(crate) fn too_many(client: &str) -> Response {
    Fault::too_many(client).response()
}
