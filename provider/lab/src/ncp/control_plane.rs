//! The control plane's VMs on their segment, and the API servers behind the load balancer.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::service::{NewService, Protocol, ServicePort, Target};
use super::site::Site;
use super::tenants;
use super::trouble::Trouble;
use super::workload::{Kind, NewWorkload, Origin};
use crate::Tx;

/// The Service in front of the API servers.
const SERVICE: &str = "kube-apiserver-lb-svc";
/// The ports it is reached at.
const PORTS: [u16; 2] = [443, 6443];
/// The port that the API servers listen on.
const API_SERVER: u16 = 6443;

/// Attaches the VMs and serves them. Answers the address of the virtual servers.
pub(crate) fn serve(tx: &mut Tx<'_>, site: &Site) -> Result<Ipv4Addr, Trouble> {
    let labels = BTreeMap::from([("component".to_owned(), "kube-apiserver".to_owned())]);
    for number in 1..=site.network.control_plane {
        let name = format!("SupervisorControlPlaneVM ({number})");
        if tenants::workload(tx, &site.project, &name).is_none() {
            let labels = labels.clone();
            let vm = NewWorkload { kind: Kind::Vm, name, labels, ports: Vec::new() };
            tenants::attach(tx, site, vm, Origin::Request)?;
        }
    }
    if let Some(service) = tenants::service(tx, &site.project, SERVICE) {
        tenants::write_service(tx, site, &service)?;
        return Ok(service.address);
    }
    let target_port = Target::Number(API_SERVER);
    let port =
        |port| ServicePort { port, target_port: target_port.clone(), protocol: Protocol::Tcp };
    let ports = PORTS.map(port).to_vec();
    let service = NewService { name: SERVICE.to_owned(), ports, selector: labels };
    tenants::serve(tx, site, service, Origin::Request).map(|service| service.address)
}
