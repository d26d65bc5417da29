//! Pods, VMs and Services of a namespace coming and going. The documents at `ncp:/projects/{uid}`
//! are the Supervisor's Kubernetes objects; what they mean in NSX follows from them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::names::{Index, Project};
use super::service::{NewService, Service};
use super::site::Site;
use super::trouble::Trouble;
use super::workload::{MAX_TAGS, NewWorkload, Origin, Workload};
use super::write::{erase, write, write_all};
use super::{addresses, allocation, lifecycle, policies, removal};
use crate::Tx;

/// Gives the workload a port on the first segment with room, and on a new segment if none has.
/// What hangs on the workloads of the namespace is for [`follow`] to bring after.
pub(crate) fn attach(
    tx: &mut Tx<'_>,
    site: &Site,
    new: NewWorkload,
    origin: Origin,
) -> Result<Workload, Trouble> {
    if workload(tx, &site.project, &new.name).is_some() {
        return Err(exists("workload", &new.name));
    }
    let (segment, address) = place(tx, site)?;
    let NewWorkload { kind, name, labels, ports } = new;
    let vif = tx.uuid("vif");
    let workload = Workload { kind, name, labels, ports, origin, segment, address, vif };
    keep_workload(tx, site, &workload)?;
    Ok(workload)
}

/// Gives a workload other labels and ports; it stays where it is.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    site: &Site,
    old: Workload,
    new: NewWorkload,
) -> Result<(), Trouble> {
    let NewWorkload { kind, name, labels, ports } = new;
    keep_workload(tx, site, &Workload { kind, name, labels, ports, ..old })
}

fn keep_workload(tx: &mut Tx<'_>, site: &Site, workload: &Workload) -> Result<(), Trouble> {
    if workload.tags(site).len() > MAX_TAGS {
        let name = &workload.name;
        let text = format!("`{name}` has more labels than fit into the {MAX_TAGS} tags of a port");
        return Err(Trouble::Invalid(text));
    }
    write(tx, &site.cluster, &workload.port(site))?;
    put(tx, &site.project, "workloads", &workload.name, workload);
    Ok(())
}

/// Takes a workload away.
pub(crate) fn detach(tx: &mut Tx<'_>, site: &Site, name: &str) -> Result<(), Trouble> {
    let workload = workload(tx, &site.project, name).ok_or_else(|| missing("workload", name))?;
    erase(tx, &site.cluster, &workload.port_path(site))?;
    tx.delete(&place_of(&site.project, "workloads", name));
    Ok(())
}

/// Gives a Service an address and virtual servers.
pub(crate) fn serve(
    tx: &mut Tx<'_>,
    site: &Site,
    new: NewService,
    origin: Origin,
) -> Result<Service, Trouble> {
    if service(tx, &site.project, &new.name).is_some() {
        return Err(exists("service", &new.name));
    }
    let NewService { name, ports, selector } = new;
    let uid = tx.uuid("service");
    let balancer = balancer_with_room(tx, site, ports.len())?;
    let address = allocation::virtual_address(tx, site, &uid)?;
    let service = Service { name, uid, ports, selector, origin, balancer, address };
    write_service(tx, site, &service)?;
    put(tx, &site.project, "services", &service.name, &service);
    Ok(service)
}

/// Makes a Service's virtual servers and pools be as they should.
pub(crate) fn write_service(
    tx: &mut Tx<'_>,
    site: &Site,
    service: &Service,
) -> Result<(), Trouble> {
    let workloads = workloads(tx, &site.project);
    write_all(tx, &site.cluster, &service.objects(site, &workloads))
}

/// Takes a Service away; its address is free again a minute later.
pub(crate) fn withdraw(tx: &mut Tx<'_>, site: &Site, name: &str) -> Result<(), Trouble> {
    let service = service(tx, &site.project, name).ok_or_else(|| missing("service", name))?;
    for port in &service.ports {
        erase(tx, &site.cluster, &service.server_path(port))?;
        erase(tx, &site.cluster, &service.pool_path(port))?;
    }
    tx.delete(&place_of(&site.project, "services", name));
    let allocation = format!("vip_{}", service.uid);
    if let Some(path) = allocation::find(tx, site, &site.network.ingress, &allocation) {
        removal::release_later(tx, &site.cluster, path);
    }
    Ok(())
}

/// The workloads of a namespace, by name.
pub(crate) fn workloads(tx: &Tx<'_>, project: &Project) -> Vec<Workload> {
    all(tx, project, "workloads")
}

/// One of them.
pub(crate) fn workload(tx: &Tx<'_>, project: &Project, name: &str) -> Option<Workload> {
    tx.get(&place_of(project, "workloads", name)).map(read)
}

/// The Services of a namespace, by name.
pub(crate) fn services(tx: &Tx<'_>, project: &Project) -> Vec<Service> {
    all(tx, project, "services")
}

/// One of them.
pub(crate) fn service(tx: &Tx<'_>, project: &Project, name: &str) -> Option<Service> {
    tx.get(&place_of(project, "services", name)).map(read)
}

/// Forgets a namespace's workloads, Services and policies.
pub(crate) fn forget(tx: &mut Tx<'_>, project: &Project) {
    for (path, _) in tx.under_text(&format!("ncp:/projects/{}", project.uid)) {
        tx.delete(&path);
    }
}

/// Brings what hangs on the workloads of a namespace after, when they changed: the members of its
/// Services' pools (the virtual servers did not change), and the ports that policies call by name.
pub(crate) fn follow(tx: &mut Tx<'_>, site: &Site) -> Result<(), Trouble> {
    let workloads = workloads(tx, &site.project);
    for service in services(tx, &site.project) {
        for port in &service.ports {
            write(tx, &site.cluster, &service.pool(site, port, &workloads))?;
        }
    }
    policies::follow(tx, &site.cluster)
}

/// A free address and the segment it is on.
fn place(tx: &mut Tx<'_>, site: &Site) -> Result<(Index, std::net::Ipv4Addr), Trouble> {
    let taken: BTreeSet<_> =
        workloads(tx, &site.project).iter().map(|workload| workload.address).collect();
    let mut index = 0;
    loop {
        if allocation::subnet(tx, &site.project, index).is_none() {
            lifecycle::add_segment(tx, site, index)?;
        }
        let subnet = allocation::subnet_for(tx, site, index)?;
        match addresses::free_address(addresses::host_range(subnet), &taken) {
            Some(address) => return Ok((index, address)),
            None => index += 1,
        }
    }
}

/// The first load balancer that takes as many virtual servers more. When none does, NCP adds one.
fn balancer_with_room(tx: &mut Tx<'_>, site: &Site, more: usize) -> Result<Index, Trouble> {
    let capacity = match site.network.balancer_size.as_str() {
        "LARGE" => 1000,
        "MEDIUM" => 100,
        _ => 20,
    };
    if more > capacity {
        let text = format!("a load balancer takes {capacity} virtual servers, not {more}");
        return Err(Trouble::Invalid(text));
    }
    let home = site.home();
    let servers = tx.children("nsx:/infra/lb-virtual-servers");
    let mut index = 0;
    loop {
        let balancer = home.balancer(index);
        if !tx.has(&format!("nsx:{balancer}")) {
            lifecycle::add_balancer(tx, &site.at_home(), index)?;
        }
        let on_it = servers.iter().filter(|(_, server)| server["lb_service_path"] == *balancer);
        if on_it.count() + more <= capacity {
            return Ok(index);
        }
        index += 1;
    }
}

/// The objects of a kind in a namespace, by name.
pub(crate) fn all<T: DeserializeOwned>(tx: &Tx<'_>, project: &Project, kind: &str) -> Vec<T> {
    let documents = tx.children(&format!("ncp:/projects/{}/{kind}", project.uid));
    documents.into_iter().map(|(_, document)| read(document)).collect()
}

pub(crate) fn put<T: Serialize>(
    tx: &mut Tx<'_>,
    project: &Project,
    kind: &str,
    name: &str,
    it: &T,
) {
    tx.put(&place_of(project, kind, name), &json!(it));
}

pub(crate) fn place_of(project: &Project, kind: &str, name: &str) -> String {
    format!("ncp:/projects/{}/{kind}/{name}", project.uid)
}

pub(crate) fn read<T: DeserializeOwned>(document: Value) -> T {
    serde_json::from_value(document).expect("NCP's documents are written by NCP alone")
}

pub(crate) fn exists(kind: &str, name: &str) -> Trouble {
    Trouble::Invalid(format!("{kind} `{name}` exists already"))
}

pub(crate) fn missing(kind: &'static str, name: &str) -> Trouble {
    Trouble::Missing { kind, name: name.to_owned() }
}
