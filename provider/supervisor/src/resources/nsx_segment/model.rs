//! The segment as users write it.

use std::net::IpAddr;

use namespace_network::address::{AddressRange, Cidr, GatewayCidr};
use nsx::{
    Id,
    objects::{Tier0, Tier1, TransportZone},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Defaulted, Diagnostics, Error, Optional, Path, Required, Timeouts,
    mark::{default, keep, replace},
};

use crate::{
    tags::{self, Tag},
    text::{Description, DisplayName, text_type},
};

/// An NSX segment. On an overlay or VLAN transport zone of a distributed switch it shows up in
/// vCenter as a port group of the same name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Identifier in NSX. It follows from owner and name.
    #[schemars(transform = keep)]
    pub id: Computed<String>,

    /// Policy path.
    #[schemars(transform = keep)]
    pub path: Computed<String>,

    /// Owner whose mark the segment carries in NSX.
    pub owner: Computed<String>,

    /// Name of the port group that the segment is in vCenter, once it is realized.
    pub port_group: Computed<String>,

    /// Managed object id of that port group, such as `dvportgroup-23`. It stays the same when the
    /// segment is renamed. Null if the provider has no vCenter, and while vCenter shows no port
    /// group of that name, or several.
    #[schemars(transform = keep)]
    pub port_group_id: Computed<String>,

    /// Name in NSX and of the port group in vCenter.
    pub display_name: Required<DisplayName>,

    /// What the segment is for.
    pub description: Optional<Description>,

    /// Policy path of the transport zone.
    #[schemars(transform = replace)]
    pub transport_zone_path: Required<TransportZonePath>,

    /// Policy path of the Tier-0 or Tier-1 gateway that routes the segment. Without one it is
    /// connected to nothing.
    pub connectivity_path: Optional<GatewayPath>,

    /// Networks on the segment: one of IPv4 and one of IPv6 at most.
    #[schemars(length(max = 2))]
    pub subnets: Optional<Vec<Subnet>>,

    /// VLANs, as numbers or ranges such as `100-200`. Only on a VLAN transport zone.
    pub vlan_ids: Optional<Vec<VlanRange>>,

    /// VNI of an overlay segment. NSX chooses one from its pool if it is left out.
    #[schemars(range(min = 0, max = 2_147_483_647), transform = replace)]
    pub overlay_id: Optional<i64>,

    /// Whether ports on the segment forward traffic.
    #[schemars(transform = default("UP"))]
    pub admin_state: Defaulted<AdminState>,

    /// Labels in NSX. Those that others put on the segment stay, and are not shown.
    #[schemars(length(max = 26))]
    pub tags: Optional<Vec<Tag>>,

    /// Times to wait.
    pub timeouts: Optional<Timeouts>,
}

/// A network on a segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Subnet {
    /// Address of the gateway, with the prefix of the network: `10.1.0.1/24`.
    pub gateway: Required<GatewayCidr>,

    /// Ranges that DHCP hands out: `10.1.0.10-10.1.0.20`. They can be added to, not taken away.
    pub dhcp_ranges: Optional<Vec<AddressRange>>,

    /// DHCP server on the segment.
    pub dhcp: Optional<Dhcp>,
}

/// A DHCP server on a segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dhcp {
    /// Address of the server, with the prefix of the network: `10.1.0.2/24`.
    pub server_address: Required<GatewayCidr>,

    /// How long an address is lent, in seconds.
    #[schemars(range(min = 60, max = 4_294_967_295_u64), transform = default(86400))]
    pub lease_time: Defaulted<i64>,

    /// DNS servers that clients are told.
    pub dns_servers: Optional<Vec<IpAddr>>,
}

/// Whether ports forward traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum AdminState {
    /// They do.
    Up,
    /// They do not.
    Down,
}

text_type! {
    /// Policy path of a transport zone.
    TransportZonePath, "policy-path", |text| {
        if !text.starts_with('/') {
            return Err(format!("policy path expected, got `{text}`; it looks like \
                /infra/sites/default/enforcement-points/default/transport-zones/…"));
        }
        Id::<TransportZone>::parse(text).map(|_| ()).map_err(|why| why.to_string())
    }
}

text_type! {
    /// Policy path of a Tier-0 or Tier-1 gateway.
    GatewayPath, "policy-path", |text| {
        let is_gateway = Id::<Tier1>::parse(text).is_ok() || Id::<Tier0>::parse(text).is_ok();
        if is_gateway {
            Ok(())
        } else {
            Err(format!("`{text}` is no path of a gateway, which looks like `/infra/tier-1s/…`"))
        }
    }
}

text_type! {
    /// One VLAN or a range of them.
    VlanRange, "vlan-range", |text| vlans(text).map(|_| ())
}

/// First and last VLAN of a range.
fn vlans(text: &str) -> Result<(u16, u16), String> {
    if text.contains(char::is_whitespace) {
        return Err(format!("`{text}` has white space in it; write `100` or `100-200`"));
    }
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let number = if digits { part.parse::<u16>().ok() } else { None };
        number.filter(|it| *it <= 4094).ok_or_else(|| {
            format!("`{text}` is no VLAN: 0-4094 expected, or a range such as `100-200`")
        })
    };
    match text.split_once('-') {
        Some((first, last)) if !first.is_empty() => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return Err(format!("start is above end: `{text}`; did you mean {last}-{first}?"));
            }
            Ok((first, last))
        }
        _ => number(text).map(|it| (it, it)),
    }
}

impl Model {
    /// Nothing, for what an import fills in.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            id: Computed::null(),
            path: Computed::null(),
            owner: Computed::null(),
            port_group: Computed::null(),
            port_group_id: Computed::null(),
            display_name: Required::null(),
            description: Optional::null(),
            transport_zone_path: Required::null(),
            connectivity_path: Optional::null(),
            subnets: Optional::null(),
            vlan_ids: Optional::null(),
            overlay_id: Optional::null(),
            admin_state: Defaulted::null(),
            tags: Optional::null(),
            timeouts: Optional::null(),
        }
    }
}

/// Rules across attributes.
pub(super) fn validate(config: &Model, found: &mut Diagnostics) {
    tags::validate(&config.tags, &Path::of("tags"), found);
    if config.vlan_ids.known().is_some() && config.connectivity_path.known().is_some() {
        let detail = "VLAN-backed segments cannot have connectivity_path; remove one of the two";
        found.error_at(Path::of("connectivity_path"), "two kinds of segment at once", detail);
    }
    vlans_differ(config, found);
    let subnets = config.subnets.known().map(Vec::as_slice).unwrap_or_default();
    let mut families = Vec::new();
    for (index, it) in subnets.iter().enumerate() {
        let path = Path::of("subnets").index(index);
        let Some(gateway) = it.gateway.known() else { continue };
        if families.contains(&gateway.address().is_ipv4()) {
            let family = if gateway.address().is_ipv4() { "IPv4" } else { "IPv6" };
            let detail = format!("at most 1 subnet of {family}; remove `{path}`");
            found.error_at(path.clone(), "too many subnets", detail);
        }
        families.push(gateway.address().is_ipv4());
        subnet(it, gateway.network(), &path, found);
    }
}

fn vlans_differ(config: &Model, found: &mut Diagnostics) {
    let ranges = config.vlan_ids.known().map(Vec::as_slice).unwrap_or_default();
    let parsed: Vec<(u16, u16)> = ranges.iter().filter_map(|it| vlans(it.as_str()).ok()).collect();
    for (index, (first, last)) in parsed.iter().enumerate() {
        let other = parsed[..index].iter().position(|(a, b)| first <= b && a <= last);
        if let Some(other) = other {
            let path = Path::of("vlan_ids").index(index);
            let (this, other) = (&ranges[index], &ranges[other]);
            let detail =
                format!("{this} is inside {other}, or meets it; each VLAN may be there once");
            found.error_at(path, "repeated VLAN", detail);
        }
    }
}

fn subnet(subnet: &Subnet, network: Cidr, path: &Path, found: &mut Diagnostics) {
    let ranges = subnet.dhcp_ranges.known().map(Vec::as_slice).unwrap_or_default();
    for (index, range) in ranges.iter().enumerate() {
        let at = path.attribute("dhcp_ranges").index(index);
        if !network.range().covers(range) {
            let detail = format!("`{at}` {range} is not inside {network}");
            found.error_at(at, "range outside its network", detail);
        } else if let Some(other) = ranges[..index].iter().position(|it| it.overlaps(range)) {
            let detail = format!("dhcp_ranges[{index}] overlaps dhcp_ranges[{other}]");
            found.error_at(at, "overlapping ranges", detail);
        }
    }
    if let Some(server) = subnet.dhcp.known().and_then(|dhcp| dhcp.server_address.known())
        && !network.contains(server.address())
    {
        let at = path.attribute("dhcp").attribute("server_address");
        let detail = format!("`{at}` {server} is not inside {network}");
        found.error_at(at, "server outside its network", detail);
    }
}

/// Clients may hold addresses of a range that was there before.
pub(super) fn ranges_only_grow(prior: &Model, planned: &Model) -> Result<(), Error> {
    let (Some(before), Some(after)) = (prior.subnets.known(), planned.subnets.known()) else {
        return Ok(());
    };
    let ranges = |it: &Subnet| it.dhcp_ranges.known().cloned().unwrap_or_default();
    for (index, old) in before.iter().enumerate() {
        let Some(new) = after.iter().find(|it| it.gateway == old.gateway) else { continue };
        if new.dhcp_ranges.is_unknown() {
            continue;
        }
        let kept = ranges(new);
        if let Some(gone) = ranges(old).iter().find(|it| !kept.contains(it)) {
            let path = Path::of("subnets").index(index).attribute("dhcp_ranges");
            let detail = format!("existing DHCP ranges cannot be removed: {gone} must stay");
            return Err(Error::new("a DHCP range would go", detail).at(&path));
        }
    }
    Ok(())
}

/// The networks of the plan share no addresses with those of others.
pub(super) fn overlaps(
    plan: &Model,
    others: impl Iterator<Item = (String, Vec<Cidr>)>,
) -> Result<(), Error> {
    let subnets = plan.subnets.known().map(Vec::as_slice).unwrap_or_default();
    for (label, networks) in others {
        for (index, own) in subnets.iter().enumerate() {
            let Some(own) = own.gateway.known().map(|it| it.network()) else { continue };
            if let Some(other) = networks.iter().find(|it| it.overlaps(own)) {
                let path = Path::of("subnets").index(index).attribute("gateway");
                let detail =
                    format!("{own} overlaps {label}, which has {other} on the same gateway");
                return Err(Error::new("overlapping networks", detail).at(&path));
            }
        }
    }
    Ok(())
}
