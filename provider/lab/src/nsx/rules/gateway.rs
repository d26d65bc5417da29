//! Gateways: the sections they come with, their link to the Tier-0, address translation.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::fault::Fault;
use super::super::object::{Fields, text};
use crate::Tx;

/// The translation sections that every gateway comes with: ids, which are their types too.
const NAT_SECTIONS: [&str; 3] = ["INTERNAL", "USER", "DEFAULT"];
/// Where links between Tier-0 and Tier-1 take their addresses, unless a Tier-0 says otherwise.
const TRANSIT: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 0);

/// What a new gateway comes with: paths and bodies.
pub(crate) fn sections(path: &str) -> Vec<(String, Value)> {
    let section = |id: &str| (format!("{path}/nat/{id}"), json!({ "nat_type": id }));
    NAT_SECTIONS.into_iter().map(section).collect()
}

fn link_key(path: &str) -> String {
    format!("nsx-link:{path}")
}

/// Gives a Tier-1 that hangs on a Tier-0 its link: two addresses, the even one at the Tier-0.
pub(super) fn link(tx: &mut Tx<'_>, path: &str, object: &Fields) {
    if text(object, "tier0_path").is_empty() {
        tx.delete(&link_key(path));
    } else if !tx.has(&link_key(path)) {
        // A /16 has 32,768 links; then they begin anew, which no lab lives to see.
        let number = (tx.unique("nsx router link") - 1) % 32_768;
        tx.put(&link_key(path), &json!(number));
    }
}

/// Takes the link away with its gateway.
pub(crate) fn unlink(tx: &mut Tx<'_>, path: &str) {
    tx.delete(&link_key(path));
}

/// The addresses of a Tier-1's port towards its Tier-0, none if it hangs on none.
pub(crate) fn link_addresses(tx: &Tx<'_>, path: &str) -> Option<String> {
    let number = u32::try_from(tx.get(&link_key(path))?.as_u64()?).ok()?;
    Some(format!("{}/31", Ipv4Addr::from(u32::from(TRANSIT) + 2 * number + 1)))
}

pub(super) fn check_nat_rule(content: &Fields) -> Result<(), Fault> {
    for field in ["source_network", "destination_network", "translated_network"] {
        let given = text(content, field);
        let fine = |part: &str| {
            part.parse::<std::net::IpAddr>().is_ok()
                || part.parse::<ipnet::IpNet>().is_ok()
                || part.starts_with('/')
                || part == "ANY"
        };
        if !given.is_empty() && !given.split(',').all(|part| fine(part.trim())) {
            return Err(Fault::invalid(field, &format!("must be an address or CIDR, not {given}")));
        }
    }
    let translates = matches!(text(content, "action"), "SNAT" | "DNAT" | "REFLEXIVE");
    if translates && text(content, "translated_network").is_empty() {
        return Err(Fault::invalid("translated_network", "is required to translate"));
    }
    Ok(())
}
