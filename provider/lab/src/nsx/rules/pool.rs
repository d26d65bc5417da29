//! IP blocks and pools: who gets which addresses.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::super::fault::Fault;
use super::super::kind::Place;
use super::super::object::{Fields, key, referrers, text};
use super::addresses::Span;
use super::network;
use crate::Tx;

/// Where it is kept what an object was allocated; its intent does not show it.
fn allocation_key(path: &str) -> String {
    format!("nsx-allocated:{path}")
}

/// What an IP pool's subnet or allocation was given: a CIDR or an address.
pub(crate) fn allocated(tx: &Tx<'_>, path: &str) -> Option<String> {
    tx.get(&allocation_key(path))?.as_str().map(str::to_owned)
}

/// Gives back what an object was allocated.
pub(crate) fn release(tx: &mut Tx<'_>, path: &str) {
    tx.delete(&allocation_key(path));
}

pub(super) fn check_fields(content: &Fields) -> Result<(), Fault> {
    let cidr = network(content, "cidr")?;
    if let Some(cidr) = cidr.filter(|cidr| cidr.addr() != cidr.network()) {
        return Err(Fault::invalid("cidr", &format!("has host bits: {cidr}")));
    }
    match text(content, "resource_type") {
        "IpAddressPoolBlockSubnet" => check_block_subnet(content),
        "IpAddressPoolStaticSubnet" => check_static_subnet(content, cidr),
        _ => Ok(()),
    }
}

fn check_block_subnet(content: &Fields) -> Result<(), Fault> {
    if text(content, "ip_block_path").is_empty() {
        return Err(Fault::invalid("ip_block_path", "is required"));
    }
    match content.get("size").and_then(Value::as_u64) {
        None => Err(Fault::invalid("size", "is required")),
        Some(size) if !size.is_power_of_two() => {
            Err(Fault::invalid("size", &format!("must be a power of two, not {size}")))
        }
        Some(_) => Ok(()),
    }
}

fn check_static_subnet(content: &Fields, cidr: Option<IpNet>) -> Result<(), Fault> {
    let Some(cidr) = cidr else { return Err(Fault::invalid("cidr", "is required")) };
    let ranges = ranges(content)?;
    if ranges.is_empty() {
        return Err(Fault::invalid("allocation_ranges", "is required"));
    }
    if ranges.iter().any(|range| !Span::of(cidr).holds(*range)) {
        return Err(Fault::invalid("allocation_ranges", &format!("must be inside of {cidr}")));
    }
    Ok(())
}

fn ranges(subnet: &Fields) -> Result<Vec<Span>, Fault> {
    let list = subnet.get("allocation_ranges").and_then(Value::as_array);
    let span = |range: &Value| {
        let end = |name: &str| range[name].as_str()?.parse::<IpAddr>().ok();
        let span = end("start").zip(end("end")).and_then(|(start, end)| Span::between(start, end));
        span.ok_or_else(|| Fault::invalid("allocation_ranges", &format!("is no range: {range}")))
    };
    list.into_iter().flatten().map(span).collect()
}

/// Cuts a subnet out of its block: where it asks to begin, else the first that is free. It keeps
/// what it has.
pub(super) fn carve(tx: &mut Tx<'_>, path: &str, object: &Fields) -> Result<(), Fault> {
    let block_path = text(object, "ip_block_path");
    let Some(size) = object.get("size").and_then(Value::as_u64) else { return Ok(()) };
    if block_path.is_empty() || tx.has(&allocation_key(path)) {
        return Ok(());
    }
    let Some(Value::Object(block)) = tx.get(&key(block_path)) else { return Ok(()) };
    let Some(whole) = network(&block, "cidr")?.map(Span::of) else { return Ok(()) };
    let taken: Vec<Span> = referrers(tx, block_path)
        .iter()
        .filter_map(|other| allocated(tx, other)?.parse().ok().map(Span::of))
        .collect();
    let run = match text(object, "start_ip").parse::<IpAddr>() {
        Ok(start) => wanted(start, size.into(), whole, &taken),
        Err(_) => whole.free_run(size.into(), &taken),
    };
    let run = run.ok_or_else(|| Fault::exhausted(block_path))?;
    let bits: u32 = if run.address(0).is_ipv4() { 32 } else { 128 };
    tx.put(&allocation_key(path), &json!(format!("{}/{}", run.address(0), bits - size.ilog2())));
    Ok(())
}

fn wanted(start: IpAddr, size: u128, whole: Span, taken: &[Span]) -> Option<Span> {
    let first = Span::between(start, start)?;
    let run = Span::between(start, first.address(size - 1))?;
    let free = !taken.iter().any(|other| other.overlaps(run));
    (first.first.is_multiple_of(size) && whole.holds(run) && free).then_some(run)
}

/// Takes an address out of its pool: the one asked for, else the first that is free. It keeps what
/// it has.
pub(super) fn allocate(tx: &mut Tx<'_>, place: &Place, object: &Fields) -> Result<(), Fault> {
    let path = place.path();
    if tx.has(&allocation_key(&path)) {
        return Ok(());
    }
    let pool = place.collection.trim_end_matches("/ip-allocations").to_owned();
    let one = |text: &str| text.parse().ok().and_then(|ip: IpAddr| Span::between(ip, ip));
    let taken: Vec<Span> = tx
        .children_text(&format!("nsx-allocated:{}", place.collection))
        .iter()
        .filter_map(|(_, json)| one(json.trim_matches('"')))
        .collect();
    let spans = spans(tx, &pool)?;
    let asked = text(object, "allocation_ip");
    let given = if asked.is_empty() {
        spans.iter().find_map(|span| span.free_run(1, &taken))
    } else {
        one(asked).filter(|ip| spans.iter().any(|span| span.holds(*ip)) && !taken.contains(ip))
    };
    let given = given.ok_or_else(|| Fault::exhausted(&pool))?;
    tx.put(&allocation_key(&path), &json!(given.address(0)));
    Ok(())
}

/// The addresses a pool gives out.
fn spans(tx: &Tx<'_>, pool: &str) -> Result<Vec<Span>, Fault> {
    let mut found = Vec::new();
    for (id, subnet) in tx.children(&key(&format!("{pool}/ip-subnets"))) {
        if let Value::Object(subnet) = subnet {
            found.extend(ranges(&subnet)?);
        }
        let cut = allocated(tx, &format!("{pool}/ip-subnets/{id}"));
        found.extend(cut.and_then(|cidr| cidr.parse().ok()).map(Span::of));
    }
    Ok(found)
}
