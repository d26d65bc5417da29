//! The NSX manager.

use serde::{Deserialize, Serialize};

use crate::{Request, Response, Tx};

/// What happens in NSX by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// The object at this policy path is purged.
    Purge(String),
}

pub(crate) fn handle(_tx: &mut Tx<'_>, _request: &Request) -> Response {
    Response::empty(404)
}

pub(crate) fn due(_tx: &mut Tx<'_>, _event: &Event) {}

pub(crate) fn populate(_tx: &mut Tx<'_>) {}

/// Whom a request's limits are counted for.
pub(crate) fn client_of(_request: &Request) -> String {
    crate::inventory::NSX_USER.to_owned()
}

pub(crate) fn too_fast(_client: &str) -> Response {
    Response::empty(429)
}

pub(crate) fn too_many(_client: &str) -> Response {
    Response::empty(503)
}
