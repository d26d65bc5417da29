//! `supervisor_namespace_subnets`: an allocation that lives in the state alone.
//!
//! Terraform plans namespaces independently and at once, so no two of them could agree on who has
//! which subnet. One resource holds the allocation for all.

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
    Computed, Context, Defaulted, Diagnostic, Diagnostics, Error, Optional, Path, Plan, Required,
    Resource, Unknown,
    mark::{default, keep},
};

use crate::clients::Clients;

/// Which namespace has which subnet of the pod CIDRs. Nothing is created on a server: the
/// allocation is planned, shown, and kept in the state. What is allocated never moves when names
/// or CIDRs come and go.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Always `namespace-subnets`.
    #[schemars(transform = keep)]
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

    /// Subnets that namespaces must have.
    pub pins: Optional<BTreeMap<String, Cidr>>,

    /// Networks to keep clear of: services, ingress, egress, management, other people's.
    pub reserved: Optional<Vec<Cidr>>,

    /// Subnet of each namespace.
    pub subnets: Computed<BTreeMap<String, Cidr>>,

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
}

/// The resource.
#[derive(Debug)]
pub struct NamespaceSubnets;

/// Fewer subnets left than this is worth a warning.
const SCARCE: u64 = 4;

impl Resource for NamespaceSubnets {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_namespace_subnets";

    fn validate(config: &Model, found: &mut Diagnostics) {
        let Some(names) = config.names.known() else { return };
        let known = |name: &String| names.iter().any(|it| it.as_str() == name);
        let prefixes = config.prefixes.known().into_iter().flat_map(BTreeMap::keys);
        let pins = config.pins.known().into_iter().flat_map(BTreeMap::keys);
        let strangers = prefixes.map(|it| ("prefixes", it)).chain(pins.map(|it| ("pins", it)));
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
        let allocated = plan.prior.as_ref().and_then(|prior| prior.subnets.known().cloned());
        // While a name or a network is unknown, so is every place.
        let Ok(subnets) = allocate(&plan.planned, &allocated.unwrap_or_default()) else {
            return Ok(());
        };
        let subnets = subnets?;
        fill(&mut plan.planned, &subnets);
        let left = plan.planned.subnets_left.known().copied().unwrap_or_default();
        if left < SCARCE {
            let detail = format!("{}; append a network before it is full", subnets.room);
            cx.warn(
                Diagnostic::warning("pod CIDRs are almost full", detail).at(Path::of("pod_cidrs")),
            );
        }
        Ok(())
    }

    async fn create(&self, _: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        Ok(Model { id: "namespace-subnets".to_owned().into(), ..plan })
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
}

/// The allocation that follows, or what stands against it.
fn allocate(
    model: &Model,
    allocated: &BTreeMap<String, Cidr>,
) -> Result<Result<Subnets, Error>, Unknown> {
    let (cidrs, names) = (model.pod_cidrs.get()?, model.names.get()?);
    let prefix = model.prefix.known().copied().unwrap_or(28);
    let (prefixes, pins) = (model.prefixes.get()?, model.pins.get()?);
    let reserved = model.reserved.get()?.cloned().unwrap_or_default();
    let pool = match Pool::new("pod_cidrs", cidrs.clone()) {
        Ok(pool) => pool.avoiding(NamedRange::list("reserved", reserved)),
        Err(why) => {
            let error = Error::new("pod CIDRs that make no pool", why.to_string());
            return Ok(Err(error.at(&Path::of("pod_cidrs"))));
        }
    };
    let wanted = names.iter().map(|name| {
        let name = name.as_str();
        let wanted = Wanted {
            prefix: prefixes.and_then(|it| it.get(name).copied()),
            pins: pins.and_then(|it| it.get(name).copied()).into_iter().collect(),
            ..Wanted::default()
        };
        (name.to_owned(), wanted)
    });
    let wanted: BTreeMap<String, Wanted> = wanted.collect();
    let allocated = allocated.iter().map(|(name, subnet)| (name.clone(), vec![*subnet])).collect();
    let planner = Planner::new(pool).with_prefix(prefix);
    Ok(planner.plan(&wanted, &allocated).map_err(|refused| {
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
    model.subnets = subnets.into();
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
mod tests {
    use super::*;

    fn model(cidrs: &[&str], names: &[&str]) -> Model {
        Model {
            id: Computed::unknown(),
            pod_cidrs: cidrs.iter().map(|it| it.parse().unwrap()).collect::<Vec<_>>().into(),
            prefix: 28.into(),
            names: names.iter().map(|it| it.parse().unwrap()).collect::<BTreeSet<_>>().into(),
            prefixes: Optional::null(),
            pins: Optional::null(),
            reserved: Optional::null(),
            subnets: Computed::null(),
            gateways: Computed::null(),
            subnet_masks: Computed::null(),
            usable_ranges: Computed::null(),
            subnets_left: Computed::null(),
            addresses_left: Computed::null(),
        }
    }

    fn allocated(model: &Model, before: &BTreeMap<String, Cidr>) -> BTreeMap<String, Cidr> {
        let mut model = model.clone();
        let plan = allocate(&model, before).unwrap().unwrap();
        fill(&mut model, &plan);
        model.subnets.get().unwrap().clone()
    }

    #[test]
    fn nothing_moves_when_names_and_networks_come_and_go() {
        let first =
            allocated(&model(&["10.244.0.0/26"], &["banking", "trading"]), &BTreeMap::new());
        let wider = ["10.244.0.0/26", "10.245.0.0/26"];
        let more = allocated(&model(&wider, &["audit", "banking", "ledger", "trading"]), &first);
        assert_eq!(more["banking"], first["banking"]);
        assert_eq!(more["trading"], first["trading"]);
        let fewer = allocated(&model(&wider, &["audit", "trading"]), &more);
        assert_eq!(fewer["trading"], first["trading"]);
        assert_eq!(fewer["audit"], more["audit"]);
    }

    #[test]
    fn a_subnet_comes_with_what_a_port_group_wants_to_know() {
        let mut model = model(&["10.244.0.0/28"], &["banking"]);
        let plan = allocate(&model, &BTreeMap::new()).unwrap().unwrap();
        fill(&mut model, &plan);
        assert_eq!(model.gateways.get().unwrap()["banking"].to_string(), "10.244.0.1");
        assert_eq!(model.subnet_masks.get().unwrap()["banking"], "255.255.255.240");
        let range = model.usable_ranges.get().unwrap()["banking"];
        assert_eq!(range.to_string(), "10.244.0.2-10.244.0.14");
        assert_eq!(model.subnets_left.get(), Ok(&0));
    }

    #[test]
    fn too_many_names_are_an_error_before_anything_exists() {
        let mut found = Diagnostics::new();
        NamespaceSubnets::validate(&model(&["10.244.0.0/28"], &["a", "b"]), &mut found);
        let told: Vec<_> = found.iter().map(|it| it.summary.as_str()).collect();
        assert_eq!(told, ["no room for the subnets"]);
    }

    #[test]
    fn a_pin_for_nobody_is_an_error() {
        let mut model = model(&["10.244.0.0/24"], &["a"]);
        model.pins = BTreeMap::from([("b".to_owned(), "10.244.0.0/28".parse().unwrap())]).into();
        let mut found = Diagnostics::new();
        NamespaceSubnets::validate(&model, &mut found);
        assert_eq!(found.iter().next().unwrap().path, Some(Path::of("pins").key("b")));
    }
}
