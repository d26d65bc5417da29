//! What must hold for objects of a kind, beyond the contract's fields.

mod addresses;
mod balancer;
mod firewall;
mod gateway;
mod group;
mod pool;
mod segment;

use serde_json::Value;

use super::fault::Fault;
use super::kind::Place;
use super::object::{Fields, text};
use crate::Tx;

pub(crate) use self::gateway::link_addresses;
pub(super) use self::gateway::{sections, unlink};
pub(crate) use self::pool::allocated;
pub(super) use self::pool::release;

/// Tags of one object, as NCP's manual has it.
const MOST_TAGS: usize = 30;
/// Characters of a tag's value.
const LONGEST_TAG: usize = 256;
/// Characters of an id.
const LONGEST_ID: usize = 255;

/// Checks an object by itself, before anything is written.
pub(super) fn check_fields(place: &Place, content: &Fields) -> Result<(), Fault> {
    for field in place.kind.required {
        if content.get(*field).is_none_or(Value::is_null) {
            return Err(Fault::invalid(field, "is required"));
        }
    }
    check_common(place, content)?;
    match place.kind.name {
        "Group" => group::check_fields(content),
        "SecurityPolicy" => firewall::check_policy(content),
        "Rule" => firewall::check_rule(content),
        "Segment" => segment::check_fields(content),
        "PolicyNatRule" => gateway::check_nat_rule(content),
        "LBVirtualServer" | "LBPool" => balancer::check_fields(content),
        "IpAddressBlock" | "IpAddressPoolSubnet" => pool::check_fields(content),
        _ => Ok(()),
    }
}

fn check_common(place: &Place, content: &Fields) -> Result<(), Fault> {
    let id = place.id.as_deref().unwrap_or_default();
    if id.chars().count() > LONGEST_ID {
        return Err(Fault::invalid("id", &format!("is longer than {LONGEST_ID} characters")));
    }
    let tags = content.get("tags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if tags.len() > MOST_TAGS {
        return Err(Fault::invalid("tags", &format!("are {}, of at most {MOST_TAGS}", tags.len())));
    }
    let value = |tag: &Value| tag["tag"].as_str().unwrap_or_default().chars().count();
    if tags.iter().any(|tag| value(tag) > LONGEST_TAG) {
        let why = format!("has a value of more than {LONGEST_TAG} characters");
        return Err(Fault::invalid("tags", &why));
    }
    Ok(())
}

/// Adds what NSX computes while it takes an object in.
pub(super) fn complete(
    tx: &mut Tx<'_>,
    place: &Place,
    object: &mut Fields,
    existing: Option<&Fields>,
) {
    match place.kind.name {
        "Segment" => segment::complete(tx, object),
        "Rule" => firewall::number(tx, object, existing),
        "Tier1" => gateway::link(tx, &place.path(), object),
        _ => {}
    }
}

/// Gives a pool its addresses, when all that came in the same call is written: blocks first.
pub(super) fn carve(tx: &mut Tx<'_>, place: &Place, object: &Fields) -> Result<(), Fault> {
    match place.kind.name {
        "IpAddressPoolSubnet" => pool::carve(tx, &place.path(), object),
        _ => Ok(()),
    }
}

/// Checks an object among the others, when all that came with it is written.
pub(super) fn check(
    tx: &mut Tx<'_>,
    place: &Place,
    path: &str,
    object: &Fields,
) -> Result<(), Fault> {
    match place.kind.name {
        "IpAddressAllocation" => pool::allocate(tx, place, object),
        "Segment" => segment::check(tx, path, object),
        "LBService" => balancer::check_service(tx, path, object),
        "LBVirtualServer" => balancer::check_virtual_server(tx, path, object),
        _ => Ok(()),
    }
}

/// A field that holds an address with a prefix length.
fn network(object: &Fields, field: &str) -> Result<Option<ipnet::IpNet>, Fault> {
    let given = text(object, field);
    if given.is_empty() {
        return Ok(None);
    }
    let why = format!("must be an address with a prefix length, not {given}");
    given.parse().map(Some).map_err(|_| Fault::invalid(field, &why))
}
