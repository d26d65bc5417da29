//! Whether an address is free for clients.

use std::net::IpAddr;

use namespace_network::address::{AddressRange, Cidr, GatewayCidr};
use nsx::{
    Id, Nsx, Query,
    objects::{IpBlock, IpPool, Segment, StaticSubnet, VirtualServer},
};
use tf_framework::{Error, Path};

/// Addresses that are somebody's, with the reason.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken(Vec<(AddressRange, String)>);

impl Taken {
    /// Refuses an address that is somebody's.
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), Error> {
        let Some((range, why)) = self.0.iter().find(|(range, _)| range.contains(address)) else {
            return Ok(());
        };
        let at = Path::of("address");
        let detail = format!(
            "`{at}` {address} is in {}, {why}; give an address that is routed to the Tier-0 and \
             nobody's",
            range.shortest()
        );
        Err(Error::new("the address is taken", detail).at(&at))
    }

    fn add(&mut self, range: impl Into<AddressRange>, why: String) {
        self.0.push((range.into(), why));
    }
}

/// What NSX knows: what NCP gives out, the networks of segments, the addresses of other load
/// balancers. `own` is the path of the load balancer that asks.
pub(crate) async fn taken(nsx: &Nsx, own: Option<&str>) -> Result<Taken, nsx::Error> {
    let root = Id::root();
    let static_subnets = Query::of("IpAddressPoolStaticSubnet").alive();
    let (blocks, pools, segments, servers, subnets) = futures_util::try_join!(
        nsx.list::<IpBlock>(&root),
        nsx.list::<IpPool>(&root),
        nsx.list::<Segment>(&root),
        nsx.list::<VirtualServer>(&root),
        nsx.search::<StaticSubnet>(&static_subnets),
    )?;
    let mut taken = Taken::default();
    pools_of_ncp(&pools, &subnets, &mut taken);
    for block in blocks.iter().filter(|it| it.meta.is_of_container_plugin()) {
        if let Some(cidr) = block.cidr.as_deref().and_then(|it| it.parse::<Cidr>().ok()) {
            taken.add(cidr, "which NCP cuts the subnets of namespaces from".to_owned());
        }
    }
    for segment in &segments {
        let name = segment.meta.display_name.as_deref().unwrap_or_default();
        let gateways =
            segment.subnets.iter().flatten().filter_map(|it| it.gateway_address.as_deref());
        for gateway in gateways.filter_map(|it| it.parse::<GatewayCidr>().ok()) {
            taken.add(gateway.network(), format!("the network of the segment `{name}`"));
        }
    }
    for server in servers.iter().filter(|it| own.is_none() || it.lb_service_path.as_deref() != own)
    {
        let path = server.meta.path.as_deref().unwrap_or_default();
        if let Some(address) = server.ip_address.as_deref().and_then(|it| it.parse::<IpAddr>().ok())
        {
            taken.add(address, format!("the address of the virtual server `{path}`"));
        }
    }
    Ok(taken)
}

/// The pools that NCP gives addresses out of: ingress and egress.
fn pools_of_ncp(pools: &[IpPool], subnets: &[StaticSubnet], taken: &mut Taken) {
    let of_ncp: Vec<&str> = pools
        .iter()
        .filter(|it| it.meta.is_of_container_plugin())
        .filter_map(|it| it.meta.path.as_deref())
        .collect();
    for subnet in subnets {
        let path = subnet.path.as_deref().unwrap_or_default();
        let Some(pool) = of_ncp
            .iter()
            .find(|pool| path.strip_prefix(**pool).is_some_and(|it| it.starts_with('/')))
        else {
            continue;
        };
        let why = || {
            let id = pool.rsplit('/').next().unwrap_or(pool);
            format!("which NCP gives out for the Supervisor (pool `{id}`)")
        };
        if let Some(cidr) = subnet.cidr.as_deref().and_then(|it| it.parse::<Cidr>().ok()) {
            taken.add(cidr, why());
        }
        for range in subnet.allocation_ranges.iter().flatten() {
            let ends = [&range.start, &range.end].map(|it| it.as_deref()?.parse::<IpAddr>().ok());
            if let [Some(first), Some(last)] = ends
                && let Ok(range) = AddressRange::new(first, last)
            {
                taken.add(range, why());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nsx::{Tag, objects::IpRange};

    use super::*;

    #[test]
    fn what_ncp_gives_out_is_no_address_for_a_load_balancer() {
        let mut pool = IpPool::named("ingress");
        pool.meta.path = Some("/infra/ip-pools/ingress".to_owned());
        let mut others = pool.clone();
        others.meta.path = Some("/infra/ip-pools/ingress-2".to_owned());
        pool.meta.tags = Some(vec![Tag::new("ncp/cluster", "domain-c8:v")]);
        let subnet = |pool: &str, first: &str, last: &str| StaticSubnet {
            path: Some(format!("/infra/ip-pools/{pool}/ip-subnets/0")),
            allocation_ranges: Some(vec![IpRange {
                start: Some(first.to_owned()),
                end: Some(last.to_owned()),
                ..IpRange::default()
            }]),
            ..StaticSubnet::default()
        };
        let subnets = [
            subnet("ingress", "192.0.2.65", "192.0.2.94"),
            subnet("ingress-2", "192.0.2.129", "192.0.2.158"),
        ];
        let mut taken = Taken::default();
        pools_of_ncp(&[pool, others], &subnets, &mut taken);
        let told = |address: &str| taken.check(address.parse().unwrap());
        let error = told("192.0.2.66").unwrap_err().to_string();
        assert!(error.contains("192.0.2.65-192.0.2.94") && error.contains("`ingress`"), "{error}");
        assert_eq!(told("192.0.2.64"), Ok(()));
        assert_eq!(told("192.0.2.130"), Ok(()));
    }
}
