//! How NCP's objects go: by tag, in the order of the vendor's own clean-up tool (behaviour.md 2.4).

use std::cmp::Reverse;
use std::time::Duration;

use serde_json::Value;

use super::names::Cluster;
use super::trouble::Trouble;
use super::write::erase;
use super::{Event, network, tenants};
use crate::{Tx, event};

/// NCP gives a released address out again after this long (`ip_reallocation_time`).
const REALLOCATION: Duration = Duration::from_mins(1);

/// Deletes all of a Supervisor. Only the principal that NCP logged in as stays behind. An object
/// that somebody else's refers to stops it there; asked again it goes on.
pub(crate) fn supervisor_disabled(tx: &mut Tx<'_>, moid: &str) -> Result<(), Trouble> {
    let cluster = Cluster::of(tx, moid);
    let name = cluster.name();
    erase_all(tx, &cluster, |tags| tag(tags, "ncp/cluster") == Some(&name))?;
    tenants::forget(tx, &cluster.system());
    Ok(())
}

/// Deletes all of a namespace. Its outer addresses are free again a minute later.
pub(crate) fn namespace_deleted(tx: &mut Tx<'_>, moid: &str, name: &str) -> Result<(), Trouble> {
    let Some((_, project)) = network::namespace(tx, name) else { return Ok(()) };
    let cluster = Cluster::of(tx, moid);
    let uid = project.uid.as_str();
    erase_all(tx, &cluster, |tags| {
        ["ncp/project_uid", "ncp/vif_project_uid"].iter().any(|scope| tag(tags, scope) == Some(uid))
    })?;
    tenants::forget(tx, &project);
    Ok(())
}

/// Frees an address of an external pool a minute later.
pub(crate) fn release_later(tx: &mut Tx<'_>, cluster: &Cluster, allocation: String) {
    let event = Event::Release { cluster: cluster.moid.clone(), allocation };
    tx.schedule(REALLOCATION, &event::Event::Ncp(event));
}

/// Frees it now. NSX refuses only if its pool is gone, and then the address is, too.
pub(crate) fn release(tx: &mut Tx<'_>, moid: &str, allocation: &str) {
    let cluster = Cluster::of(tx, moid);
    let _gone = erase(tx, &cluster, allocation);
}

fn erase_all(
    tx: &mut Tx<'_>,
    cluster: &Cluster,
    wanted: impl Fn(&Value) -> bool,
) -> Result<(), Trouble> {
    let mut paths: Vec<String> = tx
        .under("nsx:/infra")
        .into_iter()
        .filter(|(_, object)| wanted(&object["tags"]))
        .filter_map(|(path, _)| path.strip_prefix("nsx:").map(ToOwned::to_owned))
        .collect();
    // Within a rank children come before their parents: their paths are longer.
    paths.sort_by_key(|path| (rank(path, cluster), Reverse(path.len())));
    let stays = |pool: &str| !paths.iter().any(|path| path == pool);
    for path in &paths {
        match path.split_once("/ip-allocations/") {
            Some((pool, _)) if stays(pool) => release_later(tx, cluster, path.clone()),
            _ => erase(tx, cluster, path)?,
        }
    }
    Ok(())
}

/// The place of an object in the order of deletion.
fn rank(path: &str, cluster: &Cluster) -> usize {
    const ORDER: [&str; 15] = [
        "/security-policies/",
        "/infra/services/",
        "/groups/",
        "/infra/lb-virtual-servers/",
        "/infra/lb-services/",
        "/infra/lb-pools/",
        "/infra/lb-persistence-profiles/",
        "/ports/",
        "/infra/segments/",
        "/infra/tier-1s/",
        "/infra/tier-0s/",
        "/infra/ip-pools/",
        "/infra/lb-app-profiles/",
        "/infra/dhcp-server-configs/",
        "/infra/ip-blocks/",
    ];
    // The clean-up tool meets a refusal here and tries again: the distributed load balancer
    // refers to its group.
    let kind = if path == cluster.all_segments() { "/infra/lb-pools/" } else { path };
    ORDER.iter().position(|part| kind.contains(part)).unwrap_or(ORDER.len())
}

/// The value of a tag.
fn tag<'t>(tags: &'t Value, scope: &str) -> Option<&'t str> {
    let tag = tags.as_array()?.iter().find(|tag| tag["scope"] == scope)?;
    tag["tag"].as_str()
}
