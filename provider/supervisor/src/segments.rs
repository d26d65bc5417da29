//! What NSX says of its segments.

use std::collections::BTreeMap;

use namespace_network::address::Cidr;
use nsx::{
    Id, Query,
    objects::{IpPoolSubnet, Segment},
};
use tf_framework::{Context, Error};

use crate::{
    clients::{self, Clients},
    owned::told,
};

/// All segments that there are. The list is up to date, but has none that hangs below a Tier-1; the
/// search, which lags, finds those too.
pub async fn all(cx: &Context<Clients>) -> Result<Vec<Segment>, Error> {
    let nsx = clients::nsx(cx)?;
    let query = Query::of("Segment").alive();
    let (listed, found) = futures_util::try_join!(
        async { nsx.list::<Segment>(&Id::root()).await },
        nsx.search::<Segment>(&query),
    )
    .map_err(|why| told("list the segments", &why))?;
    let below_gateways = found.into_iter().filter(|it| !path(it).starts_with("/infra/segments/"));
    let by_path: BTreeMap<String, Segment> =
        below_gateways.chain(listed).map(|it| (path(&it).to_owned(), it)).collect();
    Ok(by_path.into_values().collect())
}

/// The policy path of a segment.
#[must_use]
pub fn path(segment: &Segment) -> &str {
    segment.meta.path.as_deref().unwrap_or_default()
}

/// What a segment is called in vCenter, and by people.
#[must_use]
pub fn name(segment: &Segment) -> &str {
    let meta = &segment.meta;
    meta.display_name.as_deref().or(meta.id.as_deref()).unwrap_or_default()
}

/// How messages call a segment.
#[must_use]
pub fn label(segment: &Segment) -> String {
    format!("segment `{}` ({})", name(segment), path(segment))
}

/// The networks that a segment says it has.
#[must_use]
pub fn networks(segment: &Segment) -> Vec<Cidr> {
    let subnets = segment.subnets.iter().flatten();
    subnets.filter_map(|it| around(it.gateway_address.as_deref()?)).collect()
}

/// The network around a gateway. One that we would not write, such as a /31, is one all the same.
fn around(gateway: &str) -> Option<Cidr> {
    let (address, prefix) = gateway.split_once('/')?;
    Cidr::around(address.parse().ok()?, prefix.parse().ok()?)
}

/// The subnets of a segment: those that it says, else those of the pools it takes addresses from.
pub async fn subnets_of(cx: &Context<Clients>, segment: &Segment) -> Result<Vec<Cidr>, Error> {
    let said = networks(segment);
    if !said.is_empty() {
        return Ok(said);
    }
    let mut subnets = Vec::new();
    for path in pools(segment) {
        let pool =
            Id::parse(path).map_err(|why| Error::new("a pool that is none", why.to_string()))?;
        let found = clients::nsx(cx)?.pool_subnets(&pool).await;
        let found = found.map_err(|why| told(&format!("read {path}"), &why))?;
        let cidrs = found.iter().filter_map(|it| match it {
            IpPoolSubnet::Block(it) => it.cidr.as_deref(),
            IpPoolSubnet::Static(it) => it.cidr.as_deref(),
            IpPoolSubnet::Other(_) => None,
        });
        subnets.extend(cidrs.filter_map(|it| it.parse::<Cidr>().ok()));
    }
    Ok(subnets)
}

/// The pools that a segment takes addresses from.
pub fn pools(segment: &Segment) -> impl Iterator<Item = &str> {
    let advanced = segment.advanced_config.iter();
    advanced.flat_map(|it| it.address_pool_paths.iter().flatten()).map(String::as_str)
}
