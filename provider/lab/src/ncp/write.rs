//! How NCP writes to NSX: as its own principal, under NSX's own rules.

use serde_json::Value;

use super::names::Cluster;
use super::object::Object;
use super::trouble::Trouble;
use crate::Tx;

/// Makes the object be as NCP wants it. What is so already is not written again, and fields that
/// NCP does not set stay as they are; an edit of somebody else to what it does set is overwritten.
pub(crate) fn write(tx: &mut Tx<'_>, cluster: &Cluster, object: &Object) -> Result<(), Trouble> {
    let _ = cluster;
    let place = format!("nsx:{}", object.path);
    if found(tx, &place).is_some_and(|found| object.is_in(&found)) {
        return Ok(());
    }
    tx.put(&place, &object.body);
    Ok(())
}

/// The object as a GET shows it: NSX keeps a policy's rules beside it.
fn found(tx: &Tx<'_>, place: &str) -> Option<Value> {
    let mut object = tx.get(place)?;
    let mut rules = tx.children(&format!("{place}/rules"));
    if !rules.is_empty() {
        rules.sort_by_key(|(_, rule)| rule["sequence_number"].as_u64());
        object["rules"] = rules.into_iter().map(|(_, rule)| rule).collect();
    }
    Some(object)
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
    let _ = cluster;
    tx.delete(&format!("nsx:{path}"));
    Ok(())
}
