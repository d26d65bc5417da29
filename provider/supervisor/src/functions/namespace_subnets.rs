//! `namespace_subnets`: the planner, for any expression.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::{
    address::Cidr,
    name::DnsLabel,
    subnets::{DEFAULT_PREFIX, Planner, Pool, Wanted},
};
use schemars::JsonSchema;
use serde::Deserialize;
use tf_framework::{Function, FunctionError};

/// Which namespace has which subnet of the pod CIDRs.
///
/// The result depends on the set of names, not on their order. What is in `allocated` stays where it
/// is; a name alone goes to the same place again as long as that place is free. A function keeps
/// nothing from one run to the next: without `allocated`, a name that is added can move another
/// one. `supervisor_namespace_subnets` remembers.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct NamespaceSubnets {
    /// Networks to cut into subnets, in the order in which they fill up.
    #[schemars(length(min = 1))]
    pod_cidrs: Vec<Cidr>,
    /// Prefix of a namespace's subnet, in bits; 28 if null.
    #[schemars(range(min = 1, max = 126))]
    prefix: Option<u8>,
    /// The namespaces.
    names: BTreeSet<DnsLabel>,
    /// Subnets that namespaces have already; may be null. Those of other names count as free.
    allocated: Option<BTreeMap<String, Cidr>>,
}

impl Function for NamespaceSubnets {
    type Output = BTreeMap<String, Cidr>;
    const NAME: &'static str = "namespace_subnets";

    fn call(self) -> Result<BTreeMap<String, Cidr>, FunctionError> {
        let refused = |why: &dyn std::fmt::Display| FunctionError::at("pod_cidrs", why.to_string());
        let pool = Pool::new("pod_cidrs", self.pod_cidrs).map_err(|why| refused(&why))?;
        let names = self.names.iter().map(|it| (it.as_str().to_owned(), Wanted::default()));
        let allocated = self.allocated.unwrap_or_default().into_iter();
        let allocated = allocated.map(|(name, subnet)| (name, vec![subnet])).collect();
        let planner = Planner::new(pool).with_prefix(self.prefix.unwrap_or(DEFAULT_PREFIX));
        let plan = planner.plan(&names.collect(), &allocated).map_err(|why| refused(&why))?;
        let first = |(name, subnets): (String, Vec<Cidr>)| Some((name, *subnets.first()?));
        Ok(plan.placements.into_iter().filter_map(first).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(names: &[&str], allocated: &[(&str, &str)]) -> Result<Vec<String>, FunctionError> {
        let allocated =
            allocated.iter().map(|(name, it)| ((*name).to_owned(), it.parse().unwrap()));
        let function = NamespaceSubnets {
            pod_cidrs: vec!["10.244.0.0/26".parse().unwrap()],
            prefix: None,
            names: names.iter().map(|it| it.parse().unwrap()).collect(),
            allocated: Some(allocated.collect()),
        };
        Ok(function.call()?.into_iter().map(|(name, it)| format!("{name} {it}")).collect())
    }

    #[test]
    fn what_is_allocated_stays() {
        let subnets = call(&["banking", "trading"], &[("trading", "10.244.0.48/28")]).unwrap();
        assert_eq!(subnets.len(), 2);
        assert!(subnets.contains(&"trading 10.244.0.48/28".to_owned()), "{subnets:?}");
    }

    #[test]
    fn too_many_names_say_how_much_room_there_is() {
        let error = call(&["a", "b", "c", "d", "e"], &[]).unwrap_err();
        assert_eq!(error.parameter, Some("pod_cidrs"));
        assert!(error.text.contains('e'), "{error}");
    }
}
