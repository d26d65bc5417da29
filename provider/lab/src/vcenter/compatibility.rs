//! What can become a Supervisor, and on what: the compatibility lists with their reasons.

use serde_json::{Value, json};

use super::fault::Fault;
use super::inventory::{self, Cluster, DistributedSwitch, Switched};
use super::message::Localizable;
use super::routes::Call;
use crate::Tx;
use crate::inventory::ENFORCEMENT_POINT;

/// Where a Supervisor's networks come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    Ncp,
    Vsphere,
}

// === impl Provider ===

impl Provider {
    /// The provider of a filter; NSX with NCP by default. NSXT and VSPHERE are the names of the
    /// newer generation.
    fn of(name: Option<&str>) -> Self {
        match name {
            Some("VSPHERE_NETWORK" | "VSPHERE") => Self::Vsphere,
            _ => Self::Ncp,
        }
    }
}

/// Why the cluster cannot become a Supervisor; several reasons come together (behaviour.md 1.4).
pub(crate) fn reasons(tx: &Tx<'_>, cluster: &Cluster, provider: Provider) -> Vec<Localizable> {
    let mut reasons = Vec::new();
    let mut because = |id: &str, template: &str| {
        reasons.push(Localizable::with(id, template, [cluster.moid.as_str()]));
    };
    if cluster.ha == Switched::Off {
        because("vcenter.wcp.lab.cluster.ha", "Cluster {0} does not have HA enabled.");
    }
    if !cluster.drs.is_fully_automated() {
        because(
            "vcenter.wcp.lab.cluster.drs",
            "Cluster {0} must have DRS enabled and set to fully automated to enable vSphere \
             namespaces.",
        );
    }
    let on_nsx = inventory::switch_of(tx, cluster).is_some_and(|it| it.nsx == Switched::On);
    if provider == Provider::Ncp && !on_nsx {
        because(
            "vcenter.wcp.ncp.cluster.incompatible",
            "Cluster {0} is missing compatible NSX-T VDS.",
        );
    }
    reasons
}

/// `GET /cluster-compatibility`.
pub(crate) fn clusters(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    let provider = Provider::of(call.query("network_provider"));
    inventory::clusters(tx)
        .iter()
        .map(|cluster| cluster_summary(tx, cluster, provider))
        .filter(|summary| call.passes("compatible", &summary["compatible"].to_string()))
        .collect()
}

/// `GET /cluster-compatibility/v2`: the same by zone.
pub(crate) fn zones(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let provider = Provider::of(call.query("network_provider"));
    let only_compatible = call.query("compatible") == Some("true");
    let mut summaries = Vec::new();
    for zone in inventory::zones(tx) {
        let cluster = inventory::cluster(tx, &zone.cluster)?;
        let summary = cluster_summary(tx, &cluster, provider);
        let compatible = summary["compatible"] == true;
        if compatible || !only_compatible {
            summaries.push(json!({
                "zone": zone.id, "compatible": compatible,
                "incompatibility_reasons": [],
                "cluster_summaries": [summary],
            }));
        }
    }
    let compatible = summaries.iter().any(|zone| zone["compatible"] == true);
    Ok(json!({
        "compatible": compatible, "incompatibility_reasons": [], "zone_summaries": summaries,
    }))
}

fn cluster_summary(tx: &Tx<'_>, cluster: &Cluster, provider: Provider) -> Value {
    let reasons = reasons(tx, cluster, provider);
    json!({
        "cluster": cluster.moid,
        "compatible": reasons.is_empty(),
        "incompatibility_reasons": texts(&reasons),
    })
}

/// `GET /distributed-switch-compatibility?cluster=`: switches by UUID with NSX, by `MoID` without.
pub(crate) fn switches(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let cluster = inventory::cluster(tx, call.query("cluster").unwrap_or_default())?;
    let provider = Provider::of(call.query("network_provider"));
    let networks = inventory::networks(tx);
    let of_cluster = |switch: &&DistributedSwitch| switch.moid == cluster.switch;
    Ok(inventory::switches(tx)
        .iter()
        .filter(of_cluster)
        .map(|switch| match provider {
            Provider::Ncp => {
                with_reasons(json!({ "distributed_switch": switch.uuid }), &switch_reasons(switch))
            }
            Provider::Vsphere => {
                let of_switch = |moid: &Option<String>| moid.as_ref() == Some(&switch.moid);
                let groups: Vec<&str> = networks
                    .iter()
                    .filter(|network| of_switch(&network.switch))
                    .map(|network| network.moid.as_str())
                    .collect();
                json!({
                    "distributed_switch": switch.moid,
                    "compatible": true,
                    "network_provider": "VSPHERE_NETWORK",
                    "compatible_networks": groups,
                })
            }
        })
        .filter(|summary| call.passes("compatible", &summary["compatible"].to_string()))
        .collect())
}

/// `GET /networks/nsx/distributed-switches`: every switch that NSX could use, with its name.
pub(crate) fn named_switches(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    inventory::switches(tx)
        .iter()
        .map(|switch| {
            let summary = json!({ "distributed_switch": switch.uuid, "name": switch.name });
            with_reasons(summary, &switch_reasons(switch))
        })
        .filter(|summary| call.passes("compatible", &summary["compatible"].to_string()))
        .collect()
}

fn switch_reasons(switch: &DistributedSwitch) -> Vec<Localizable> {
    match switch.nsx {
        Switched::On => Vec::new(),
        Switched::Off => vec![Localizable::with(
            "vcenter.wcp.nsx.vds.incompatible.no_edge_cluster",
            "No valid edge cluster for VDS {0}.",
            [switch.uuid.as_str()],
        )],
    }
}

/// `GET /edge-cluster-compatibility?cluster=&distributed_switch=`.
pub(crate) fn edge_clusters(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    inventory::cluster(tx, call.query("cluster").unwrap_or_default())?;
    let switch = prepared(tx, call.query("distributed_switch").unwrap_or_default());
    let all = if switch { nsx_edge_clusters(tx) } else { Vec::new() };
    Ok(all
        .iter()
        .map(|(id, name)| json!({ "edge_cluster": id, "display_name": name, "compatible": true }))
        .filter(|_| call.passes("compatible", "true"))
        .collect())
}

/// `GET /networks/nsx/edges`.
pub(crate) fn named_edge_clusters(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    nsx_edge_clusters(tx)
        .iter()
        .filter(|_| call.passes("compatible", "true"))
        .map(|(id, name)| {
            let path = format!("{ENFORCEMENT_POINT}/edge-clusters/{id}");
            json!({ "edge_cluster": id, "name": name, "path": path, "compatible": true })
        })
        .collect()
}

/// `GET /nsx-tier0-gateways?distributed_switch=`.
pub(crate) fn tier0_gateways(tx: &Tx<'_>, call: &Call<'_>) -> Value {
    let switch = prepared(tx, call.query("distributed_switch").unwrap_or_default());
    let all = if switch { nsx_tier0s(tx) } else { Vec::new() };
    all.iter()
        .map(|(id, name)| {
            json!({
                "tier0_gateway": id,
                "display_name": name,
                "path": format!("/infra/tier-0s/{id}"),
            })
        })
        .collect()
}

/// Whether NSX has prepared the switch of that UUID.
pub(crate) fn prepared(tx: &Tx<'_>, uuid: &str) -> bool {
    inventory::switches(tx).iter().any(|it| it.uuid == uuid && it.nsx == Switched::On)
}

/// Ids and names of NSX's edge clusters.
pub(crate) fn nsx_edge_clusters(tx: &Tx<'_>) -> Vec<(String, String)> {
    named(tx, &format!("nsx:{ENFORCEMENT_POINT}/edge-clusters"))
}

/// Ids and names of NSX's Tier-0s.
pub(crate) fn nsx_tier0s(tx: &Tx<'_>) -> Vec<(String, String)> {
    named(tx, "nsx:/infra/tier-0s")
}

fn named(tx: &Tx<'_>, collection: &str) -> Vec<(String, String)> {
    let name = |id: String, object: &Value| {
        let name = object["display_name"].as_str().unwrap_or(&id).to_owned();
        (id, name)
    };
    tx.children(collection).into_iter().map(|(id, object)| name(id, &object)).collect()
}

fn with_reasons(mut summary: Value, reasons: &[Localizable]) -> Value {
    summary["compatible"] = json!(reasons.is_empty());
    if !reasons.is_empty() {
        summary["incompatibility_reasons"] = texts(reasons);
    }
    summary
}

fn texts(reasons: &[Localizable]) -> Value {
    reasons.iter().map(Localizable::json).collect()
}
