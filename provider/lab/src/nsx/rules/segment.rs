//! Segments: gateways' addresses, transport zones, VLANs.

use ipnet::IpNet;
use serde_json::{Value, json};

use super::super::fault::Fault;
use super::super::object::{Fields, key, referrers, text};
use super::addresses::Span;
use super::network;
use crate::Tx;
use crate::inventory::{ENFORCEMENT_POINT, OVERLAY_TZ_ID};

fn subnets(object: &Fields) -> impl Iterator<Item = &Fields> {
    let list = object.get("subnets").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}

fn networks(object: &Fields) -> Vec<IpNet> {
    subnets(object).filter_map(|subnet| network(subnet, "gateway_address").ok().flatten()).collect()
}

pub(super) fn check_fields(content: &Fields) -> Result<(), Fault> {
    for subnet in subnets(content) {
        let field = "subnets.gateway_address";
        let Some(gateway) = network(subnet, "gateway_address")? else {
            return Err(Fault::invalid(field, "is required"));
        };
        let is_host = gateway.max_prefix_len() - gateway.prefix_len() < 2
            || gateway.addr() != gateway.network()
                && (gateway.addr() != gateway.broadcast() || gateway.addr().is_ipv6());
        if !is_host {
            return Err(Fault::invalid(
                field,
                &format!("must be a host of its network: {gateway}"),
            ));
        }
    }
    Ok(())
}

/// The networks, the type, and the overlay transport zone where none is named.
pub(super) fn complete(tx: &Tx<'_>, object: &mut Fields) {
    if let Some(Value::Array(subnets)) = object.get_mut("subnets") {
        for subnet in subnets.iter_mut().filter_map(Value::as_object_mut) {
            if let Ok(Some(gateway)) = network(subnet, "gateway_address") {
                subnet.insert("network".to_owned(), json!(gateway.trunc()));
            }
        }
    }
    let connected = !text(object, "connectivity_path").is_empty();
    object.insert("type".to_owned(), json!(if connected { "ROUTED" } else { "DISCONNECTED" }));
    if text(object, "transport_zone_path").is_empty() {
        let zone = format!("{ENFORCEMENT_POINT}/transport-zones/{OVERLAY_TZ_ID}");
        if tx.has(&key(&zone)) {
            object.insert("transport_zone_path".to_owned(), json!(zone));
        }
    }
}

pub(super) fn check(tx: &Tx<'_>, path: &str, object: &Fields) -> Result<(), Fault> {
    check_vlans(tx, object)?;
    let gateway = text(object, "connectivity_path");
    let own = networks(object);
    if gateway.is_empty() || own.is_empty() {
        return Ok(());
    }
    for other in referrers(tx, gateway).into_iter().filter(|other| other != path) {
        if !other.contains("/segments/") {
            continue;
        }
        let Some(Value::Object(segment)) = tx.get(&key(&other)) else { continue };
        if text(&segment, "connectivity_path") != gateway {
            continue;
        }
        for theirs in networks(&segment) {
            if let Some(mine) = own.iter().find(|mine| Span::of(**mine).overlaps(Span::of(theirs)))
            {
                return Err(Fault::overlap(&mine.trunc().to_string(), &other));
            }
        }
    }
    Ok(())
}

/// A VLAN transport zone needs VLANs, an overlay takes none.
fn check_vlans(tx: &Tx<'_>, object: &Fields) -> Result<(), Fault> {
    let Some(zone) = tx.get(&key(text(object, "transport_zone_path"))) else { return Ok(()) };
    let vlans = object.get("vlan_ids").and_then(Value::as_array).map_or(0, Vec::len);
    match (zone["tz_type"].as_str(), vlans) {
        (Some("VLAN_BACKED"), 0) => {
            Err(Fault::invalid("vlan_ids", "is required in a VLAN transport zone"))
        }
        (Some("OVERLAY_STANDARD" | "OVERLAY_BACKED"), 1..) => {
            Err(Fault::invalid("vlan_ids", "must be absent in an overlay transport zone"))
        }
        _ => Ok(()),
    }
}
