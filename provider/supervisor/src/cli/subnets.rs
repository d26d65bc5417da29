//! `terraform-provider-supervisor subnets`: which namespace gets which subnet.

use std::{collections::BTreeMap, fmt, str::FromStr};

use clap::Args;
use namespace_network::{
    address::{AddressRange, Cidr},
    disjoint::NamedRange,
    name::DnsLabel,
    subnets::{Layout, Plan, Planner, Pool, Wanted},
};
use serde_json::{Value, json};

use super::Said;

/// Show which namespace gets which subnet of the pod CIDRs.
///
/// The answer follows from what is given alone, in whatever order. What is allocated stays where it
/// is; a new namespace goes to the place that its name chooses, or the next one that is free.
#[derive(Debug, Args)]
pub(super) struct SubnetsArguments {
    /// Network to cut into subnets; several fill up in the order in which they are given.
    #[arg(long, value_name = "CIDR", required = true, value_delimiter = ',')]
    pod_cidr: Vec<Cidr>,
    /// Prefix of a namespace's subnet, in bits. 28 without it, or 64 for IPv6.
    #[arg(long)]
    prefix: Option<u8>,
    /// Names of the namespaces, with commas between them.
    #[arg(long, value_name = "NAMES", required = true, value_delimiter = ',')]
    names: Vec<DnsLabel>,
    /// Subnet that a namespace has already; several for one name, if it has several.
    #[arg(long, value_name = "NAME=CIDR", value_delimiter = ',')]
    allocated: Vec<Of<Cidr>>,
    /// Subnet that a namespace must have.
    #[arg(long, value_name = "NAME=CIDR", value_delimiter = ',')]
    pin: Vec<Of<Cidr>>,
    /// Prefix of a namespace that wants another one.
    #[arg(long, value_name = "NAME=PREFIX", value_delimiter = ',')]
    prefix_of: Vec<Of<u8>>,
    /// Network or range to keep clear of, with what it is: service=10.96.0.0/23.
    #[arg(long, value_name = "NAME=CIDR", value_delimiter = ',')]
    avoid: Vec<Of<Range>>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What belongs to a name.
#[derive(Clone, Debug)]
struct Of<T> {
    name: String,
    it: T,
}

/// A network, or a range from a first to a last address.
#[derive(Clone, Copy, Debug)]
struct Range(AddressRange);

impl<T: FromStr<Err: fmt::Display>> FromStr for Of<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, it) =
            text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
                format!("`{text}` has no name: NAME=VALUE is wanted, such as banking={text}")
            })?;
        let it = it.parse::<T>().map_err(|why| format!("{name}: {why}"))?;
        Ok(Self { name: name.to_owned(), it })
    }
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('-') {
            text.parse()
                .map(Self)
                .map_err(|why: namespace_network::address::InvalidRange| why.to_string())
        } else {
            text.parse::<Cidr>().map(|it| Self(it.into())).map_err(|why| why.to_string())
        }
    }
}

/// Plans.
pub(super) fn run(arguments: &SubnetsArguments) -> Result<Said, String> {
    let pool = Pool::new("pod_cidrs", arguments.pod_cidr.clone()).map_err(|why| why.to_string())?;
    let avoided = arguments.avoid.iter().map(|it| NamedRange::new(it.name.clone(), it.it.0));
    let planner = Planner::new(pool.avoiding(avoided));
    let planner = match arguments.prefix {
        Some(prefix) => planner.with_prefix(prefix),
        None => planner,
    };
    let allocated = by_name(&arguments.allocated);
    let wanted = wanted(arguments, &allocated)?;
    let plan = planner.plan(&wanted, &allocated).map_err(|why| why.to_string())?;
    let out = if arguments.json { as_json(&plan).to_string() } else { as_text(&plan) };
    let notes = arguments.pod_cidr.iter().filter(|it| !it.is_ipv4());
    let notes = notes.map(|it| format!("{it} is IPv6: a Supervisor takes pod CIDRs of IPv4 only"));
    let notes = notes.collect();
    Ok(Said { out, notes })
}

fn by_name<T: Clone>(all: &[Of<T>]) -> BTreeMap<String, Vec<T>> {
    let mut found = BTreeMap::<String, Vec<T>>::new();
    for Of { name, it } in all {
        found.entry(name.clone()).or_default().push(it.clone());
    }
    found
}

/// What each name wants: as many subnets as it has, and one if it has none.
fn wanted(
    arguments: &SubnetsArguments,
    allocated: &BTreeMap<String, Vec<Cidr>>,
) -> Result<BTreeMap<String, Wanted>, String> {
    let (mut pins, prefixes) = (by_name(&arguments.pin), by_name(&arguments.prefix_of));
    let mut wanted = BTreeMap::new();
    for name in &arguments.names {
        let name = name.as_str();
        let pins = pins.remove(name).unwrap_or_default();
        let prefix = prefixes.get(name).and_then(|it| it.last().copied());
        let count = allocated.get(name).map_or(1, Vec::len).max(1);
        wanted.insert(name.to_owned(), Wanted { prefix, count, pins });
    }
    let stray = pins.keys().chain(prefixes.keys()).find(|it| !wanted.contains_key(*it));
    match stray {
        Some(name) => Err(format!("`{name}` is pinned or sized, and not among --names")),
        None => Ok(wanted),
    }
}

/// Every subnet, as NSX uses it. One without room for a gateway and a machine has no layout.
fn layouts(plan: &Plan) -> impl Iterator<Item = (&str, Cidr, Option<Layout>)> {
    let all = plan.placements.iter();
    all.flat_map(|(name, subnets)| subnets.iter().map(|it| (name.as_str(), *it, Layout::of(*it))))
}

fn as_json(plan: &Plan) -> Value {
    let mut found = [(); 3].map(|()| BTreeMap::<&str, Vec<String>>::new());
    for (name, subnet, layout) in layouts(plan) {
        let texts = layout.map(|it| [it.gateway.address().to_string(), it.usable.to_string()]);
        let [subnets, gateways, ranges] = &mut found;
        subnets.entry(name).or_default().push(subnet.to_string());
        if let Some([gateway, range]) = texts {
            gateways.entry(name).or_default().push(gateway);
            ranges.entry(name).or_default().push(range);
        }
    }
    let [subnets, gateways, usable_ranges] = found;
    json!({
        "subnets": subnets,
        "gateways": gateways,
        "usable_ranges": usable_ranges,
        "yielded": plan.yielded,
        "released": plan.released,
        "room": plan.room,
    })
}

fn as_text(plan: &Plan) -> String {
    let width = plan.placements.keys().map(String::len).max().unwrap_or(0);
    let lines = layouts(plan).map(|(name, subnet, layout)| match layout {
        Some(layout) => format!("{name:width$}  {layout}"),
        None => format!("{name:width$}  {subnet}"),
    });
    let yielded = plan.yielded.iter().map(ToString::to_string);
    let released = plan.released.iter().map(ToString::to_string);
    let room = [String::new(), plan.room.to_string()];
    lines.chain(yielded).chain(released).chain(room).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
