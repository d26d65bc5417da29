//! Load balancers: what fits where.

use std::net::IpAddr;

use serde_json::Value;

use super::super::fault::Fault;
use super::super::object::{Fields, key, referrers, text};
use crate::Tx;

pub(super) fn check_fields(content: &Fields) -> Result<(), Fault> {
    let address = text(content, "ip_address");
    if !address.is_empty() && address.parse::<IpAddr>().is_err() {
        return Err(Fault::invalid("ip_address", &format!("must be an address, not {address}")));
    }
    let list = |name: &str| content.get(name).and_then(Value::as_array).into_iter().flatten();
    for field in ["ports", "default_pool_member_ports"] {
        if let Some(port) = list(field).find(|port| !is_ports(port.as_str().unwrap_or_default())) {
            return Err(Fault::invalid(field, &format!("must be ports or ranges, not {port}")));
        }
    }
    let member = |member: &Value| {
        let (address, port) = (member["ip_address"].as_str(), member["port"].as_str());
        address.is_some_and(|address| address.parse::<IpAddr>().is_ok())
            && port.is_none_or(|port| port.is_empty() || is_ports(port))
    };
    if let Some(wrong) = list("members").find(|wrong| !member(wrong)) {
        return Err(Fault::invalid("members", &format!("need an address and a port, not {wrong}")));
    }
    Ok(())
}

/// A port, or a range of them.
fn is_ports(text: &str) -> bool {
    let port = |text: &str| text.parse::<u16>().ok().filter(|&port| port > 0);
    match text.split_once('-') {
        Some((first, last)) => {
            port(first).zip(port(last)).is_some_and(|(first, last)| first <= last)
        }
        None => port(text).is_some(),
    }
}

/// A Tier-1 takes one service.
pub(super) fn check_service(tx: &Tx<'_>, path: &str, object: &Fields) -> Result<(), Fault> {
    let gateway = text(object, "connectivity_path");
    if !gateway.starts_with("/infra/tier-1s/") {
        return Ok(());
    }
    let is_other = |other: &String| other != path && other.starts_with("/infra/lb-services/");
    match referrers(tx, gateway).into_iter().find(is_other) {
        Some(other) => Err(Fault::refused(format!(
            "The gateway path=[{gateway}] has a load balancer service already, path=[{other}]."
        ))),
        None => Ok(()),
    }
}

/// How many virtual servers a service of that size takes. The contract's numbers differ by version;
/// these are the newer ones.
fn most_virtual_servers(size: &str) -> usize {
    match size {
        "SMALL" => 20,
        "MEDIUM" => 100,
        "LARGE" => 1000,
        // XLARGE is larger, a distributed one is not sized.
        _ => usize::MAX,
    }
}

/// Servers of one service listen on different ports or addresses, and fit into it.
pub(super) fn check_virtual_server(tx: &Tx<'_>, path: &str, object: &Fields) -> Result<(), Fault> {
    let service_path = text(object, "lb_service_path");
    let Some(Value::Object(service)) = tx.get(&key(service_path)) else { return Ok(()) };
    let mut servers = referrers(tx, service_path);
    servers.retain(|other| other.starts_with("/infra/lb-virtual-servers/"));
    let most = most_virtual_servers(text(&service, "size"));
    let relaxed = service.get("relax_scale_validation") == Some(&Value::Bool(true));
    if servers.len() > most && !relaxed {
        return Err(Fault::refused(format!(
            "The service path=[{service_path}] takes {most} virtual servers."
        )));
    }
    for other in servers.iter().filter(|other| *other != path) {
        let Some(theirs) = tx.get(&key(other)) else { continue };
        let same_address = theirs["ip_address"] == object["ip_address"];
        let same_profile =
            theirs.get("application_profile_path") == object.get("application_profile_path");
        if same_address && same_profile && theirs["ports"] == object["ports"] {
            return Err(Fault::overlap(text(object, "ip_address"), other));
        }
    }
    Ok(())
}
