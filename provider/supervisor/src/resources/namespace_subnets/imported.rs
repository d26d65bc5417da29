//! Reading an allocation back from the segments that NSX has.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::{
    address::Cidr,
    isolation::scopes,
    name::DnsLabel,
    subnets::{DEFAULT_PREFIX, Pool},
};
use nsx::objects::Segment;
use tf_framework::{Computed, Diagnostic, Diagnostics, Error, Optional, Path};

use super::{Model, allocate, fill};
use crate::{config::Owner, ownership::OWNER_SCOPE, segments};

/// Namespaces of the Supervisor itself share a segment. Nobody can make one of such a name.
const SYSTEM: &str = "kube-system";
/// How the others of them begin.
const SYSTEM_PREFIX: &str = "vmware-system";

/// The subnets of a segment, and whose they are.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub(super) whose: Whose,
    pub(super) subnets: Vec<Cidr>,
}

/// Whose a segment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// A namespace's.
    Namespace {
        name: DnsLabel,
        /// The NCP that made it; none if it is a segment of ours.
        ncp: Option<String>,
    },
    /// Somebody else's, who is called so.
    Other(String),
}

impl Whose {
    /// By the tags of NCP and of `owner`.
    pub(super) fn of(segment: &Segment, owner: Option<&Owner>) -> Self {
        let meta = &segment.meta;
        let called = segments::name(segment);
        let (name, ncp) = match meta.tag(scopes::PROJECT) {
            Some(name) if is_system(name) => return Self::Other(name.to_owned()),
            Some(name) => (name, meta.tag(scopes::CLUSTER).map(str::to_owned)),
            None if meta.is_of_container_plugin() => return Self::Other(called.to_owned()),
            None if owner.is_some_and(|it| meta.tag(OWNER_SCOPE) == Some(it.as_str())) => {
                (called, None)
            }
            None => return Self::Other(called.to_owned()),
        };
        match name.parse() {
            Ok(name) => Self::Namespace { name, ncp },
            Err(_) => Self::Other(name.to_owned()),
        }
    }
}

fn is_system(name: &str) -> bool {
    name == SYSTEM || name.starts_with(SYSTEM_PREFIX)
}

/// The networks that an import id names.
pub(super) fn pod_cidrs(id: &str) -> Result<Vec<Cidr>, Error> {
    let bad = |why: String| {
        let detail = format!(
            "`{id}`: {why}; give the pod CIDRs in the order in which they fill up, such as \
             `10.244.0.0/20` or `10.244.0.0/20,10.244.32.0/20`"
        );
        Error::new("not pod CIDRs", detail)
    };
    let cidrs = id.split(',').map(|it| it.trim().parse::<Cidr>().map_err(|it| it.to_string()));
    let cidrs: Vec<Cidr> = cidrs.collect::<Result<_, _>>().map_err(bad)?;
    Pool::new("pod_cidrs", cidrs.clone()).map_err(|why| bad(why.to_string()))?;
    Ok(cidrs)
}

/// Whether something of it is within these networks.
pub(super) fn touches(cidrs: &[Cidr], sighting: &Sighting) -> bool {
    sighting.subnets.iter().any(|it| cidrs.iter().any(|cidr| cidr.overlaps(*it)))
}

/// The allocation that the segments within the networks come to.
pub(super) fn allocation(cidrs: Vec<Cidr>, mut seen: Vec<Sighting>) -> Result<Model, Error> {
    seen.retain(|it| touches(&cidrs, it));
    // The lowest segment of a namespace comes first: NSX does not tell which one is the oldest.
    let place = |it: &Sighting| it.subnets.iter().filter_map(|it| place(&cidrs, *it)).min();
    seen.sort_by_cached_key(place);
    let found = Found::of(&cidrs, &seen)?;
    if found.is_empty() {
        let detail = format!(
            "NSX has no segment within {}; nothing is allocated there, so create the resource",
            list(&cidrs)
        );
        return Err(Error::new("nothing to import", detail));
    }
    let model = found.model(cidrs);
    let mut filled = model.clone();
    match allocate(&model, &found.allocated)? {
        Ok(plan) => fill(&mut filled, &plan),
        Err(why) => return Err(no_allocation(why)),
    }
    Ok(filled)
}

fn no_allocation(why: Error) -> Error {
    let reasons: Vec<String> = Diagnostics::from(why).iter().map(|it| it.detail.clone()).collect();
    let detail = format!(
        "{}; import the pod CIDRs of a Supervisor, which hold a namespace's subnets as a whole, each \
         address for one namespace",
        reasons.join("\n")
    );
    Error::new("NSX has subnets that make no allocation", detail)
}

/// Where a subnet is among the networks.
fn place(cidrs: &[Cidr], subnet: Cidr) -> Option<(usize, Cidr)> {
    Some((cidrs.iter().position(|it| it.overlaps(subnet))?, subnet))
}

/// A namespace's segment that may get any subnet yet.
pub(super) fn unplaced(segment: &Segment) -> Error {
    let detail = format!(
        "{} has no subnet, or NSX has not chosen it yet; import when the namespace is `RUNNING`",
        segments::label(segment)
    );
    Error::new("a namespace without a subnet", detail)
}

/// What is to be kept where it is.
#[derive(Debug, Default)]
struct Found {
    allocated: BTreeMap<String, Vec<Cidr>>,
    reserved: BTreeMap<String, Vec<Cidr>>,
}

impl Found {
    fn of(cidrs: &[Cidr], seen: &[Sighting]) -> Result<Self, Error> {
        let mut found = Self::default();
        let mut makers: BTreeMap<&DnsLabel, &str> = BTreeMap::new();
        for sighting in seen {
            let (of, name) = match &sighting.whose {
                Whose::Namespace { name, ncp } => {
                    if let Some(ncp) = ncp
                        && let Some(other) = makers.insert(name, ncp).filter(|it| it != ncp)
                    {
                        return Err(twice(name, [other, ncp]));
                    }
                    (&mut found.allocated, name.as_str())
                }
                Whose::Other(name) => (&mut found.reserved, name.as_str()),
            };
            let within = sighting.subnets.iter().filter(|it| place(cidrs, **it).is_some());
            let subnets = of.entry(name.to_owned()).or_default();
            for subnet in within {
                if !subnets.contains(subnet) {
                    subnets.push(*subnet);
                }
            }
        }
        Ok(found)
    }

    fn is_empty(&self) -> bool {
        self.allocated.is_empty() && self.reserved.is_empty()
    }

    /// What a configuration says that comes to it.
    fn model(&self, cidrs: Vec<Cidr>) -> Model {
        let prefixes: BTreeMap<&String, u8> =
            self.allocated.iter().map(|(name, it)| (name, it[0].prefix())).collect();
        let prefix = most(prefixes.values().copied());
        let others = prefixes.into_iter().filter(|(_, it)| *it != prefix);
        let many = self.allocated.iter().filter(|(_, it)| it.len() > 1);
        let count = |it: &Vec<Cidr>| u16::try_from(it.len()).unwrap_or(u16::MAX);
        let names = self.allocated.keys().filter_map(|it| it.parse().ok());
        Model {
            id: Computed::unknown(),
            pod_cidrs: cidrs.into(),
            prefix: prefix.into(),
            names: names.collect::<BTreeSet<DnsLabel>>().into(),
            prefixes: some(others.map(|(name, it)| (name.clone(), it)).collect()),
            counts: some(many.map(|(name, it)| (name.clone(), count(it))).collect()),
            pins: Optional::null(),
            reserved: some(self.reserved.clone()),
            warn_below: 4.into(),
            subnets: Computed::unknown(),
            all_subnets: Computed::unknown(),
            gateways: Computed::unknown(),
            subnet_masks: Computed::unknown(),
            usable_ranges: Computed::unknown(),
            subnets_left: Computed::unknown(),
            addresses_left: Computed::unknown(),
            largest_free: Computed::unknown(),
        }
    }
}

/// The prefix that most have; of several the one nearest to the default.
fn most(prefixes: impl Iterator<Item = u8>) -> u8 {
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    for prefix in prefixes {
        *counts.entry(prefix).or_default() += 1;
    }
    let rank = |(prefix, count): &(u8, usize)| (*count, 128 - prefix.abs_diff(DEFAULT_PREFIX));
    counts.into_iter().max_by_key(rank).map_or(DEFAULT_PREFIX, |(prefix, _)| prefix)
}

/// What has to be written down by hand so that it stays free: the import does not make anybody's
/// configuration.
pub(super) fn note(model: &Model) -> Option<Diagnostic> {
    let reserved = model.reserved.known().filter(|it| !it.is_empty())?;
    let entries = reserved.iter().map(|(name, it)| {
        let quoted: Vec<String> = it.iter().map(|it| format!("\"{it}\"")).collect();
        format!("  \"{name}\" = [{}]", quoted.join(", "))
    });
    let detail = format!(
        "NSX has segments within the pod CIDRs that are no namespace's; they are kept clear of for as \
         long as the configuration says so:\n\nreserved = {{\n{}\n}}",
        entries.collect::<Vec<_>>().join("\n")
    );
    let warning = Diagnostic::warning("subnets that are no namespace's", detail);
    Some(warning.at(Path::of("reserved")))
}

fn twice(name: &DnsLabel, ncps: [&str; 2]) -> Error {
    let detail = format!(
        "namespace `{name}` is on the Supervisor of `{}` and on that of `{}`; give the pod CIDRs of \
         one of them",
        ncps[0], ncps[1]
    );
    Error::new("two namespaces of that name", detail)
}

fn list(cidrs: &[Cidr]) -> String {
    cidrs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn some<T>(map: BTreeMap<String, T>) -> Optional<BTreeMap<String, T>> {
    Some(map).filter(|it| !it.is_empty()).into()
}

#[cfg(test)]
mod tests;
