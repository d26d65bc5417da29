//! What each step of an enable makes.

use std::net::Ipv4Addr;

use crate::vcenter::addresses::Range;
use crate::vcenter::status::KubernetesStatus;
use crate::vcenter::supervisor::{Addressing, Network, Step, Supervisor};
use crate::{Tx, ncp};

/// Where the lab's DHCP server on management networks begins.
const DHCP: Range = Range { address: Ipv4Addr::new(192, 168, 250, 10), count: 200 };

/// Does the work of a step; what NCP cannot do is tried again.
pub(super) fn work(tx: &mut Tx<'_>, supervisor: &mut Supervisor, step: Step) -> Result<(), String> {
    match step {
        Step::Accepted | Step::Infrastructure | Step::CoreServices => {}
        Step::ControlPlaneVms => control_plane(tx, supervisor),
        Step::NetworkObjects => {
            supervisor.endpoints.cluster = network(tx, supervisor)?;
        }
        Step::KubernetesUp => supervisor.kubernetes_status = KubernetesStatus::Ready,
    }
    Ok(())
}

/// The floating address is the first of the range; the VMs' begin with the third, as seen on a real
/// system. Before the load balancer is up its endpoint is the management one.
fn control_plane(tx: &mut Tx<'_>, supervisor: &mut Supervisor) {
    let plane = &mut supervisor.control_plane;
    let (floating, range) = match &mut plane.management.addressing {
        Addressing::StaticRange { range, .. } => (Some(range.address), *range),
        Addressing::Dhcp { floating_ip } => {
            let lease = tx.unique("management-dhcp").saturating_sub(1).saturating_mul(5);
            let offset = u32::try_from(lease).unwrap_or_default() % DHCP.count;
            let first = DHCP.nth(offset).unwrap_or(DHCP.address);
            (Some(*floating_ip.get_or_insert(first)), Range { address: first, count: 5 })
        }
    };
    supervisor.endpoints.management = floating;
    supervisor.endpoints.cluster = floating;
    supervisor.endpoints.servers = (2..2 + plane.count).filter_map(|n| range.nth(n)).collect();
}

fn network(tx: &mut Tx<'_>, supervisor: &Supervisor) -> Result<Option<Ipv4Addr>, String> {
    match &supervisor.network {
        // NCP reads the document.
        Network::Ncp(_) => {
            supervisor.save(tx);
            let endpoint = ncp::supervisor_enabled(tx, &supervisor.cluster)
                .map_err(|trouble| trouble.to_string())?;
            Ok(endpoint.map(|endpoint| endpoint.address))
        }
        // Avi takes its addresses from its own networks: the lab then keeps the management one.
        Network::Vsphere(vsphere) => {
            let first = vsphere.load_balancer.address_ranges.first();
            Ok(first.map(|range| range.address).or(supervisor.endpoints.management))
        }
    }
}
