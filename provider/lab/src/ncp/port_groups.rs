//! NSX segments as vCenter sees them: port groups of the VDS.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::nsx::{self, Realization};
use crate::{Tx, inventory};

/// The port group that the VDS shows for a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PortGroup {
    /// Stays the same as long as the segment lives; a segment that is made again gets another.
    pub(crate) moid: String,
    /// The segment's display name. Two segments may have the same.
    pub(crate) name: String,
    /// The segment's UUID.
    pub(crate) uuid: String,
    /// Policy path.
    pub(crate) segment_path: String,
}

/// The port groups of all segments whose transport zone is one of the VDS's, by segment path. A new
/// segment has none until NSX has realized it.
pub(crate) fn port_groups(tx: &Tx<'_>) -> Vec<PortGroup> {
    let zones = [inventory::OVERLAY_TZ_ID, inventory::VLAN_TZ_ID].map(transport_zone);
    let segments = tx.under_text("nsx:/infra").into_iter().filter(|(path, _)| is_segment(path));
    segments
        .filter_map(|(path, text)| Some((path, serde_json::from_str::<Value>(&text).ok()?)))
        .filter(|(_, segment)| zones.iter().any(|zone| segment["transport_zone_path"] == **zone))
        .map(|(path, segment)| (path.trim_start_matches("nsx:").to_owned(), segment))
        .filter(|(path, segment)| !is_new(tx, path, segment))
        .map(|(path, segment)| port_group(tx, &path, &segment))
        .collect()
}

/// The policy path of one of the lab's transport zones.
pub(crate) fn transport_zone(id: &str) -> String {
    format!("{}/transport-zones/{id}", inventory::ENFORCEMENT_POINT)
}

fn port_group(tx: &Tx<'_>, path: &str, segment: &Value) -> PortGroup {
    let text = |field: &str| segment[field].as_str().map(ToOwned::to_owned);
    let uuid = text("unique_id").unwrap_or_else(|| tx.uuid_of(path));
    PortGroup {
        moid: format!("dvportgroup-{}", number(&uuid)),
        name: text("display_name").unwrap_or_else(|| super::names::id(path).to_owned()),
        uuid,
        segment_path: path.to_owned(),
    }
}

/// Whether it was not realized yet since it was made.
fn is_new(tx: &Tx<'_>, path: &str, segment: &Value) -> bool {
    segment["_revision"] == 0 && nsx::realization(tx, path) == Some(Realization::Pending)
}

/// Of 31 bits, so that two of some thousand port groups don't get the same one, and beyond the
/// numbers of what the lab's vCenter has from the start.
fn number(uuid: &str) -> u32 {
    let digest = Sha256::digest(uuid);
    let [first, second, third, fourth] = [digest[0], digest[1], digest[2], digest[3]];
    u32::from_be_bytes([first, second, third, fourth]) >> 1 | 1 << 20
}

/// Segments are below `/infra` or below their Tier-1.
fn is_segment(path: &str) -> bool {
    path.rsplit('/').nth(1) == Some("segments")
}
