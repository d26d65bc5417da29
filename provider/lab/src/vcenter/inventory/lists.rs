//! The inventory as vCenter lists it.

use serde_json::{Value, json};

use super::{
    Cluster, Datacenter, Drs, Library, NetworkKind, Switched, VmClass, clusters, datacenters,
    libraries, networks, policies, vm_classes, zones,
};
use crate::Tx;
use crate::vcenter::documents;
use crate::vcenter::fault::Fault;
use crate::vcenter::namespace::Namespace;
use crate::vcenter::routes::{Call, Reply};

/// `GET /api/vcenter/datacenter`.
pub(crate) fn list_datacenters(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    Ok(Reply::Value(
        datacenters(tx)
            .iter()
            .filter(|it| call.passes("datacenters", &it.moid) && call.passes("names", &it.name))
            .map(|it| json!({ "datacenter": it.moid, "name": it.name }))
            .collect(),
    ))
}

/// `GET /api/vcenter/datacenter/{datacenter}`.
pub(crate) fn get_datacenter(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let moid = call.path("datacenter");
    let Some(Datacenter { name, folders, .. }) =
        documents::read(tx, &format!("vcenter:/inventory/datacenters/{moid}"))
    else {
        return Err(Fault::not_found("Datacenter", moid));
    };
    Ok(Reply::Value(json!({
        "name": name,
        "vm_folder": format!("group-v{folders}"),
        "host_folder": format!("group-h{}", folders + 1),
        "datastore_folder": format!("group-s{}", folders + 2),
        "network_folder": format!("group-n{}", folders + 3),
    })))
}

/// `GET /api/vcenter/cluster`.
pub(crate) fn list_clusters(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let passes = |it: &Cluster| {
        call.passes("clusters", &it.moid)
            && call.passes("names", &it.name)
            && call.passes("datacenters", &it.datacenter)
    };
    let summary = |it: &Cluster| {
        json!({
            "cluster": it.moid,
            "name": it.name,
            "ha_enabled": it.ha == Switched::On,
            "drs_enabled": true,
        })
    };
    Ok(Reply::Value(clusters(tx).iter().filter(|it| passes(it)).map(summary).collect()))
}

/// `GET /api/vcenter/cluster/{cluster}`.
pub(crate) fn get_cluster(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let cluster = super::cluster(tx, call.path("cluster"))?;
    Ok(Reply::Value(json!({ "name": cluster.name, "resource_pool": cluster.resource_pool })))
}

/// `GET /api/vcenter/host`: as many as the clusters have, all of them well.
pub(crate) fn list_hosts(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let mut hosts = Vec::new();
    for cluster in clusters(tx) {
        let base = cluster.moid.replace("domain-c", "host-");
        for number in 1..=cluster.hosts {
            let (moid, name) = (format!("{base}{number}"), format!("esx-{base}{number}.lab.test"));
            if call.passes("hosts", &moid)
                && call.passes("names", &name)
                && call.passes("clusters", &cluster.moid)
                && call.passes("datacenters", &cluster.datacenter)
            {
                hosts.push(json!({
                    "host": moid,
                    "name": name,
                    "connection_state": "CONNECTED",
                    "power_state": "POWERED_ON",
                }));
            }
        }
    }
    Ok(Reply::Value(Value::Array(hosts)))
}

/// `GET /api/vcenter/network`.
pub(crate) fn list_networks(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let kind = |kind: NetworkKind| documents::json(&kind);
    Ok(Reply::Value(
        networks(tx)
            .iter()
            .filter(|it| {
                call.passes("networks", &it.moid)
                    && call.passes("names", &it.name)
                    && call.passes("datacenters", &it.datacenter)
                    && call.passes("types", kind(it.kind).as_str().unwrap_or_default())
            })
            .map(|it| json!({ "network": it.moid, "name": it.name, "type": kind(it.kind) }))
            .collect(),
    ))
}

/// `GET /api/vcenter/storage/policies`.
pub(crate) fn list_policies(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    Ok(Reply::Value(
        policies(tx)
            .iter()
            .filter(|it| call.passes("policies", &it.policy))
            .map(documents::json)
            .collect(),
    ))
}

/// `GET /api/content/library`: ids only.
pub(crate) fn list_libraries(tx: &mut Tx<'_>, _call: &Call<'_>) -> Result<Reply, Fault> {
    Ok(Reply::Value(libraries(tx).iter().map(|it| json!(it.id)).collect()))
}

/// `POST /api/content/library?action=find`: ids; a missing name or type matches any.
pub(crate) fn find_libraries(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let spec = call.body.get("spec").unwrap_or(&call.body);
    let passes = |field: &str, value: &str| {
        spec[field].as_str().is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    Ok(Reply::Value(
        libraries(tx)
            .iter()
            .filter(|it| passes("name", &it.name) && passes("type", &it.kind))
            .map(|it| json!(it.id))
            .collect(),
    ))
}

/// `GET /api/content/library/{libraryId}`.
pub(crate) fn get_library(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let id = call.path("libraryId");
    let library: Option<Library> =
        documents::read(tx, &format!("vcenter:/inventory/libraries/{id}"));
    let library = library.ok_or_else(|| Fault::not_found("Content library", id))?;
    Ok(Reply::Value(json!({ "id": library.id, "name": library.name, "type": library.kind })))
}

/// `GET /api/vcenter/namespace-management/virtual-machine-classes`.
pub(crate) fn list_vm_classes(tx: &mut Tx<'_>, _call: &Call<'_>) -> Result<Reply, Fault> {
    Ok(Reply::Value(vm_classes(tx).iter().map(|class| class_info(tx, class)).collect()))
}

/// `GET /api/vcenter/namespace-management/virtual-machine-classes/{vm_class}`.
pub(crate) fn get_vm_class(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let id = call.path("vm_class");
    let class: Option<VmClass> =
        documents::read(tx, &format!("vcenter:/inventory/vm-classes/{id}"));
    let class = class.ok_or_else(|| Fault::not_found("Virtual machine class", id))?;
    Ok(Reply::Value(class_info(tx, &class)))
}

fn class_info(tx: &Tx<'_>, class: &VmClass) -> Value {
    let users: Vec<String> = documents::all::<Namespace>(tx, "vcenter:/namespaces")
        .into_iter()
        .filter(|namespace| namespace.vm_classes.contains(&class.id))
        .map(|namespace| namespace.name)
        .collect();
    json!({
        "id": class.id,
        "config_status": "READY",
        "description": "",
        "cpu_count": class.cpus,
        "memory_MB": class.memory,
        "cpu_reservation": class.reservation,
        "memory_reservation": class.reservation,
        "messages": [],
        "namespaces": users,
        "vms": [],
    })
}

/// `GET /api/vcenter/consumption-domains/zones`.
pub(crate) fn list_zones(tx: &mut Tx<'_>, _call: &Call<'_>) -> Result<Reply, Fault> {
    let items: Vec<Value> = zones(tx)
        .iter()
        .map(|zone| json!({ "zone": zone.id, "info": { "description": zone.description } }))
        .collect();
    Ok(Reply::Value(json!({ "items": items })))
}

/// `GET /api/vcenter/consumption-domains/zones/cluster/{zone}/associations`.
pub(crate) fn zone_clusters(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    let id = call.path("zone");
    let zone = zones(tx).into_iter().find(|zone| zone.id == id);
    let zone = zone.ok_or_else(|| Fault::not_found("Zone", id))?;
    Ok(Reply::Value(json!([zone.cluster])))
}

impl Drs {
    /// Whether DRS moves VMs by itself, as a Supervisor needs.
    pub(crate) const fn is_fully_automated(self) -> bool {
        matches!(self, Self::FullyAutomated)
    }
}
