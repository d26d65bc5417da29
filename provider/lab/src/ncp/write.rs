//! How NCP writes to NSX: as its own principal, under NSX's own rules.

use super::names::Cluster;
use super::object::Object;
use super::trouble::Trouble;
use crate::{Tx, nsx};

/// The status of an answer about something that is not there.
const NOT_FOUND: u16 = 404;

/// Makes the object be as NCP wants it. What is so already is not written again, and fields that
/// NCP does not set stay as they are; an edit of somebody else to what it does set is overwritten.
pub(crate) fn write(tx: &mut Tx<'_>, cluster: &Cluster, object: &Object) -> Result<(), Trouble> {
    let mut nsx = nsx::as_principal(tx, &cluster.user());
    if nsx.get(&object.path).is_some_and(|found| object.is_in(&found)) {
        return Ok(());
    }
    nsx.patch(&object.path, &object.body)
        .map_err(|fault| refused("the write", &object.path, fault.message))
}

/// The same for each of them, in their order.
pub(crate) fn write_all<'o>(
    tx: &mut Tx<'_>,
    cluster: &Cluster,
    objects: impl IntoIterator<Item = &'o Object>,
) -> Result<(), Trouble> {
    objects.into_iter().try_for_each(|object| write(tx, cluster, object))
}

/// Deletes the object at a policy path; it may be gone already.
pub(crate) fn erase(tx: &mut Tx<'_>, cluster: &Cluster, path: &str) -> Result<(), Trouble> {
    match nsx::as_principal(tx, &cluster.user()).delete(path) {
        Err(fault) if fault.status != NOT_FOUND => {
            Err(refused("the deletion", path, fault.message))
        }
        _ => Ok(()),
    }
}

fn refused(verb: &'static str, path: &str, message: String) -> Trouble {
    Trouble::Refused { verb, path: path.to_owned(), message }
}
