//! `supervisor_namespace_subnets`: an allocation that lives in the state alone.
//!
//! Terraform plans namespaces independently and at once, so no two of them could agree on who has
//! which subnet. One resource holds the allocation for all.

mod imported;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use namespace_network::{
    address::{AddressRange, Cidr},
    disjoint::NamedRange,
    name::DnsLabel,
    subnets::{Layout, Plan as Subnets, Planner, Pool, Wanted},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Defaulted, Diagnostic, Diagnostics, Error, Identified, Optional, Path, Plan,
    Required, Resource, Unknown, mark::default,
};

use self::imported::{Sighting, Whose};
use crate::{clients::Clients, resources::identity::ByPodCidrs, segments};

/// Which namespace has which subnet of the pod CIDRs. Nothing is created on a server: the
/// allocation is planned, shown, and kept in the state. What is allocated never moves when names
/// or CIDRs come and go.
///
/// An import reads the segments that NSX has within pod CIDRs: those of NCP belong to the namespace
/// that they are tagged with, those that this provider made to the namespace of their name. What
/// else is there, and what belongs to the Supervisor's own namespaces, becomes `reserved`, and a
/// warning says what to write.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// The pod CIDRs, separated by commas.
    pub id: Computed<String>,

    /// Networks to cut into subnets, in the order in which they fill up. Append only: a network
    /// that holds a subnet cannot go.
    #[schemars(length(min = 1))]
    pub pod_cidrs: Required<Vec<Cidr>>,

    /// Prefix of a namespace's subnet, in bits.
    #[schemars(range(min = 1, max = 126), transform = default(28))]
    pub prefix: Defaulted<u8>,

    /// The namespaces.
    pub names: Required<BTreeSet<DnsLabel>>,

    /// Prefixes of namespaces that want another one. What is allocated keeps its size.
    pub prefixes: Optional<BTreeMap<String, u8>>,

    /// How many subnets namespaces have that want more than one, pins among them. One that is
    /// given up is the last.
    pub counts: Optional<BTreeMap<String, u16>>,

    /// Subnets that namespaces must have.
    pub pins: Optional<BTreeMap<String, Cidr>>,

    /// Networks to keep clear of, by whose they are, such as `services` or `management`. What meets
    /// one of them is refused with that name.
    pub reserved: Optional<BTreeMap<String, Vec<Cidr>>>,

    /// A plan warns when there is room for fewer further subnets of the prefix than this; 0 never
    /// warns.
    #[schemars(transform = default(4))]
    pub warn_below: Defaulted<u32>,

    /// Subnet of each namespace; the first of several.
    pub subnets: Computed<BTreeMap<String, Cidr>>,

    /// All subnets of each namespace, in the order in which it got them.
    pub all_subnets: Computed<BTreeMap<String, Vec<Cidr>>>,

    /// Address of the gateway in each namespace's subnet: the first one for a host.
    pub gateways: Computed<BTreeMap<String, IpAddr>>,

    /// Mask of each namespace's subnet, such as `255.255.255.240`; null for IPv6.
    pub subnet_masks: Computed<BTreeMap<String, String>>,

    /// Addresses for machines in each namespace's subnet, from first to last.
    pub usable_ranges: Computed<BTreeMap<String, AddressRange>>,

    /// Subnets of the prefix that there is still room for.
    pub subnets_left: Computed<u64>,

    /// Addresses that are still free.
    pub addresses_left: Computed<u64>,

    /// The largest network that is still free, and so the largest subnet that there is room for;
    /// null if nothing is.
    pub largest_free: Computed<Cidr>,
}

/// The resource.
#[derive(Debug)]
pub struct NamespaceSubnets;

impl Resource for NamespaceSubnets {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_namespace_subnets";

    fn validate(config: &Model, found: &mut Diagnostics) {
        let Some(names) = config.names.known() else { return };
        let known = |name: &String| names.iter().any(|it| it.as_str() == name);
        let prefixes = config.prefixes.known().into_iter().flat_map(BTreeMap::keys);
        let pins = config.pins.known().into_iter().flat_map(BTreeMap::keys);
        let counts = config.counts.known().into_iter().flatten();
        for (name, _) in counts.clone().filter(|(_, count)| **count == 0) {
            let detail = format!("`counts` has 0 for `{name}`; a namespace has at least 1 subnet");
            found.error_at(Path::of("counts").key(name), "a namespace without a subnet", detail);
        }
        let strangers = prefixes.map(|it| ("prefixes", it)).chain(pins.map(|it| ("pins", it)));
        let strangers = strangers.chain(counts.map(|(name, _)| ("counts", name)));
        for (attribute, name) in strangers.filter(|(_, name)| !known(name)) {
            let detail =
                format!("`{attribute}` has `{name}`, which is not in `names`; add it there");
            found.error_at(Path::of(attribute).key(name), "unknown namespace", detail);
        }
        // Whatever stands against a first allocation is known without a server and a state.
        if config.subnets.is_null()
            && let Ok(Err(error)) = allocate(config, &BTreeMap::new())
        {
            found.extend(Diagnostics::from(error));
        }
    }

    async fn plan(&self, cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
        let allocated = plan.prior.as_ref().map(allocated).unwrap_or_default();
        // While a name or a network is unknown, so is every place.
        let Ok(subnets) = allocate(&plan.planned, &allocated) else {
            return Ok(());
        };
        let subnets = subnets?;
        fill(&mut plan.planned, &subnets);
        let left = plan.planned.subnets_left.known().copied().unwrap_or_default();
        let scarce = plan.planned.warn_below.known().copied().unwrap_or_default();
        if left < scarce.into() {
            let detail = format!(
                "`pod_cidrs`: {}; append a network before it is full, or lower `warn_below`",
                subnets.room
            );
            cx.warn(
                Diagnostic::warning("pod CIDRs are almost full", detail).at(Path::of("pod_cidrs")),
            );
        }
        Ok(())
    }

    async fn create(&self, _: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn read(&self, _: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
        Ok(Some(state))
    }

    async fn update(&self, _: &Context<Clients>, _: Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<Clients>, _: Model) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
        let cidrs = imported::pod_cidrs(id)?;
        let owner = cx.data()?.owner().ok();
        let mut seen = Vec::new();
        for segment in segments::all(cx).await? {
            let whose = Whose::of(&segment, owner);
            let subnets = segments::subnets_of(cx, &segment).await?;
            if subnets.is_empty() && matches!(whose, Whose::Namespace { ncp: Some(_), .. }) {
                return Err(imported::unplaced(&segment));
            }
            seen.push(Sighting { whose, subnets });
        }
        let model = imported::allocation(cidrs, seen)?;
        if let Some(warning) = imported::note(&model) {
            cx.warn(warning);
        }
        Ok(model)
    }
}

impl Identified for NamespaceSubnets {
    type Identity = ByPodCidrs;

    fn identity(model: &Model) -> Result<ByPodCidrs, Unknown> {
        let cidrs = model.pod_cidrs.get()?.iter().map(ToString::to_string);
        Ok(ByPodCidrs { pod_cidrs: cidrs.collect::<Vec<_>>().into() })
    }
}

/// What is allocated in a state; a state of before there were several has one for each name.
fn allocated(state: &Model) -> BTreeMap<String, Vec<Cidr>> {
    let one = || {
        let subnets = state.subnets.known().into_iter().flatten();
        subnets.map(|(name, subnet)| (name.clone(), vec![*subnet])).collect()
    };
    state.all_subnets.known().cloned().unwrap_or_else(one)
}

/// The allocation that follows, or what stands against it.
fn allocate(
    model: &Model,
    allocated: &BTreeMap<String, Vec<Cidr>>,
) -> Result<Result<Subnets, Error>, Unknown> {
    let (cidrs, names) = (model.pod_cidrs.get()?, model.names.get()?);
    let prefix = model.prefix.known().copied().unwrap_or(28);
    let (prefixes, pins) = (model.prefixes.get()?, model.pins.get()?);
    let counts = model.counts.get()?;
    let reserved = model.reserved.get()?.into_iter().flatten();
    let reserved = reserved.flat_map(|(whose, networks)| {
        networks.iter().map(move |it| NamedRange::new(format!("`{whose}` of `reserved`,"), *it))
    });
    let pool = match Pool::new("pod_cidrs", cidrs.clone()) {
        Ok(pool) => pool.avoiding(reserved),
        Err(why) => {
            let error = Error::new("pod CIDRs that make no pool", why.to_string());
            return Ok(Err(error.at(&Path::of("pod_cidrs"))));
        }
    };
    let wanted = names.iter().map(|name| {
        let name = name.as_str();
        let wanted = Wanted {
            prefix: prefixes.and_then(|it| it.get(name).copied()),
            count: counts.and_then(|it| it.get(name).copied()).unwrap_or(1).into(),
            pins: pins.and_then(|it| it.get(name).copied()).into_iter().collect(),
        };
        (name.to_owned(), wanted)
    });
    let wanted: BTreeMap<String, Wanted> = wanted.collect();
    let planner = Planner::new(pool).with_prefix(prefix);
    Ok(planner.plan(&wanted, allocated).map_err(|refused| {
        let reasons: Vec<String> = refused.0.iter().map(ToString::to_string).collect();
        Error::new("no room for the subnets", reasons.join("\n")).at(&Path::of("pod_cidrs"))
    }))
}

fn fill(model: &mut Model, plan: &Subnets) {
    let first = plan.placements.iter();
    let subnets: BTreeMap<String, Cidr> =
        first.filter_map(|(name, subnets)| Some((name.clone(), *subnets.first()?))).collect();
    let layouts: BTreeMap<&String, Layout> =
        subnets.iter().filter_map(|(name, it)| Some((name, Layout::of(*it)?))).collect();
    let of = |what: fn(&Layout) -> IpAddr| -> BTreeMap<String, IpAddr> {
        layouts.iter().map(|(name, it)| ((*name).clone(), what(it))).collect()
    };
    model.gateways = of(|it| it.gateway.address()).into();
    model.subnet_masks = masks(&subnets).into();
    model.usable_ranges = layouts
        .iter()
        .map(|(name, it)| ((*name).clone(), it.usable))
        .collect::<BTreeMap<_, _>>()
        .into();
    model.subnets_left = u64::try_from(plan.room.subnets).unwrap_or(u64::MAX).into();
    model.addresses_left = u64::try_from(plan.room.addresses).unwrap_or(u64::MAX).into();
    model.largest_free = plan.room.largest.into();
    model.id = model.pod_cidrs.known().map(|it| joined(it)).into();
    model.all_subnets = plan.placements.clone().into();
    model.subnets = subnets.into();
}

/// What an import calls an allocation.
fn joined(cidrs: &[Cidr]) -> String {
    cidrs.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn masks(subnets: &BTreeMap<String, Cidr>) -> BTreeMap<String, String> {
    let v4 = subnets.iter().filter(|(_, subnet)| subnet.is_ipv4());
    v4.map(|(name, subnet)| {
        let bits = u32::MAX.checked_shl(32 - u32::from(subnet.prefix())).unwrap_or(0);
        (name.clone(), std::net::Ipv4Addr::from(bits).to_string())
    })
    .collect()
}

#[cfg(test)]
mod tests;
