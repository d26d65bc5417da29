//! What a version of vCenter lacks.

use api_client::Version;
use tf_framework::{Diagnostics, Path};

use super::model::{Mode, Model};

/// Which calls enable a Supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Generation {
    /// Those by cluster: vCenter 7.
    First,
    /// Those by Supervisor: from 8.0.0.1 on.
    Second,
}

impl Generation {
    /// That of a version.
    pub(super) fn of(version: &Version) -> Self {
        if *version >= Version::new(&[8, 0, 0, 1]) { Self::Second } else { Self::First }
    }
}

/// Everything in `model` that a vCenter of that version cannot do.
pub(super) fn check(version: &Version, model: &Model, found: &mut Diagnostics) {
    let mut lacks = |wanted: &[u64], at: Path, what: &str| {
        let wanted = Version::new(wanted);
        if *version < wanted {
            let detail =
                format!("{what} is possible from vCenter {wanted} on, and this is {version}");
            found.error_at(at, "vCenter is too old", detail);
        }
    };
    if model.zones.known().is_some() {
        lacks(&[8, 0, 0, 1], Path::of("zones"), "a Supervisor on zones");
    }
    if model.control_plane_count.known().is_some_and(|count| *count != 3) {
        let what = "a control plane of another number than 3";
        lacks(&[9], Path::of("control_plane_count"), what);
    }
    let management = model.management_network.known();
    if management.is_some_and(|it| it.mode.known() == Some(&Mode::Dhcp)) {
        lacks(&[7, 0, 3], Path::of("management_network").attribute("mode"), "DHCP");
    }
    let workloads = Path::of("workload_network");
    if model.vsphere().is_some() {
        lacks(&[7, 0, 1], workloads.attribute("vsphere"), "networking with port groups");
    }
    let common = management.and_then(|it| it.ntp_servers.known());
    let own = model.workload_network.known().and_then(|it| it.ntp_servers.known());
    if own.is_some() && common.is_some() && own != common {
        let what = "a time server of workloads that is not the control plane's";
        lacks(&[7, 0, 1], workloads.attribute("ntp_servers"), what);
    }
    let Some(nsx) = model.nsx() else { return };
    let at = workloads.attribute("nsx");
    if nsx.routed_mode.known() == Some(&true) {
        lacks(&[7, 0, 2], at.attribute("routed_mode"), "`routed_mode`");
    }
    if nsx.namespace_subnet_prefix.known().is_some_and(|prefix| *prefix != 28) {
        let what = "another prefix than 28";
        lacks(&[7, 0, 2], at.attribute("namespace_subnet_prefix"), what);
    }
    if nsx.tier0_gateway.is_null() && *version >= Version::new(&[7, 0, 2]) {
        let detail =
            format!("vCenter {version} needs `{at}.tier0_gateway`, the Tier-0 gateway's path");
        found.error_at(at.attribute("tier0_gateway"), "missing attribute", detail);
    }
}
