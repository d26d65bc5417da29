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
use crate::vcenter::routes::Call;

/// `GET /api/vcenter/datacenter`.
pub(crate) fn list_datacenters(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    datacenters(tx)
        .iter()
        .filter(|it| call.passes("datacenters", &it.moid) && call.passes("names", &it.name))
        .map(|it| json!({ "datacenter": it.moid, "name": it.name }))
        .collect()
}

/// `GET /api/vcenter/datacenter/{datacenter}`.
pub(crate) fn get_datacenter(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let moid = call.path("datacenter");
    let Some(Datacenter { name, folders, .. }) =
        documents::read(tx, &format!("vcenter:/inventory/datacenters/{moid}"))
    else {
        return Err(Fault::not_found("Datacenter", moid));
    };
    Ok(json!({
        "name": name,
        "vm_folder": format!("group-v{folders}"),
        "host_folder": format!("group-h{}", folders + 1),
        "datastore_folder": format!("group-s{}", folders + 2),
        "network_folder": format!("group-n{}", folders + 3),
    }))
}

/// `GET /api/vcenter/cluster`.
pub(crate) fn list_clusters(tx: &Tx<'_>, call: &Call<'_>) -> Value {
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
    clusters(tx).iter().filter(|it| passes(it)).map(summary).collect()
}

/// `GET /api/vcenter/cluster/{cluster}`.
pub(crate) fn get_cluster(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let cluster = super::cluster(tx, call.path("cluster"))?;
    Ok(json!({ "name": cluster.name, "resource_pool": cluster.resource_pool }))
}

/// `GET /api/vcenter/host`: as many as the clusters have, all of them well.
pub(crate) fn list_hosts(tx: &Tx<'_>, call: &Call<'_>) -> Value {
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
    Value::Array(hosts)
}

/// `GET /api/vcenter/network`.
pub(crate) fn list_networks(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    let kind = |kind: NetworkKind| documents::json(&kind);
    networks(tx)
        .iter()
        .filter(|it| {
            call.passes("networks", &it.moid)
                && call.passes("names", &it.name)
                && call.passes("datacenters", &it.datacenter)
                && call.passes("types", kind(it.kind).as_str().unwrap_or_default())
        })
        .map(|it| json!({ "network": it.moid, "name": it.name, "type": kind(it.kind) }))
        .collect()
}

/// `GET /api/vcenter/storage/policies`.
pub(crate) fn list_policies(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    policies(tx)
        .iter()
        .filter(|it| call.passes("policies", &it.policy))
        .map(documents::json)
        .collect()
}

/// `GET /api/content/library`: ids only.
pub(crate) fn list_libraries(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    libraries(tx).iter().map(|it| json!(it.id)).collect()
}

/// `POST /api/content/library?action=find`: ids; a missing name or type matches any.
pub(crate) fn find_libraries(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    let passes = |field: &str, value: &str| {
        call.body[field].as_str().is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    libraries(tx)
        .iter()
        .filter(|it| passes("name", &it.name) && passes("type", &it.kind))
        .map(|it| json!(it.id))
        .collect()
}

/// `GET /api/content/library/{libraryId}`.
pub(crate) fn get_library(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let id = call.path("libraryId");
    let library: Option<Library> =
        documents::read(tx, &format!("vcenter:/inventory/libraries/{id}"));
    let library = library.ok_or_else(|| Fault::not_found("Content library", id))?;
    Ok(json!({ "id": library.id, "name": library.name, "type": library.kind }))
}

/// `GET /api/content/library/item?library_id=…`: ids only.
pub(crate) fn list_library_items(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let id = call.query("library_id").unwrap_or_default();
    let library = libraries(tx).into_iter().find(|it| it.id == id);
    library.map(|it| json!(it.items)).ok_or_else(|| Fault::not_found("Content library", id))
}

/// `GET /api/vcenter/namespace-management/virtual-machine-classes`.
pub(crate) fn list_vm_classes(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    vm_classes(tx).iter().map(|class| class_info(tx, class)).collect()
}

/// `GET /api/vcenter/namespace-management/virtual-machine-classes/{vm_class}`.
pub(crate) fn get_vm_class(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let id = call.path("vm_class");
    let class: Option<VmClass> =
        documents::read(tx, &format!("vcenter:/inventory/vm-classes/{id}"));
    let class = class.ok_or_else(|| Fault::not_found("Virtual machine class", id))?;
    Ok(class_info(tx, &class))
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
pub(crate) fn list_zones(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    let items: Vec<Value> = zones(tx)
        .iter()
        .map(|zone| json!({ "zone": zone.id, "info": { "description": zone.description } }))
        .collect();
    json!({ "items": items })
}

/// `GET /api/vcenter/consumption-domains/zones/cluster/{zone}/associations`.
pub(crate) fn zone_clusters(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let id = call.path("zone");
    let zone = zones(tx).into_iter().find(|zone| zone.id == id);
    let zone = zone.ok_or_else(|| Fault::not_found("Zone", id))?;
    Ok(json!([zone.cluster]))
}

impl Drs {
    /// Whether DRS moves VMs by itself, as a Supervisor needs.
    pub(crate) const fn is_fully_automated(self) -> bool {
        matches!(self, Self::FullyAutomated)
    }
}
