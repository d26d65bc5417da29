//! NCP: what it builds in NSX for Supervisors and namespaces.

use serde::{Deserialize, Serialize};

use crate::Tx;

/// What happens in NCP by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Event {}

pub(crate) fn due(_tx: &mut Tx<'_>, event: &Event) {
    match *event {}
}
