//! Between the segment that users write and NSX's.

use namespace_network::address::GatewayCidr;
use nsx::{
    Id, Meta,
    objects::{Segment, SegmentDhcpConfig, SegmentSubnet},
};
use tf_framework::{Optional, Unknown};

use super::model::{AdminState, Dhcp, Model, Subnet};
use crate::{ownership::OWNER_SCOPE, tags};

/// The segment as NSX is to have it.
pub(super) fn to_segment(plan: &Model) -> Result<Segment, Unknown> {
    let subnets = plan.subnets.get()?.map(|subnets| subnets.iter().map(to_subnet).collect());
    let vlan_ids = plan.vlan_ids.get()?;
    let admin_state = match plan.admin_state.get()? {
        AdminState::Up => "UP",
        AdminState::Down => "DOWN",
    };
    Ok(Segment {
        meta: Meta {
            display_name: Some(plan.display_name.get()?.to_string()),
            description: plan.description.get()?.map(ToString::to_string),
            tags: Some(tags::to_wire(&plan.tags)),
            ..Meta::default()
        },
        transport_zone_path: Some(plan.transport_zone_path.get()?.to_string()),
        connectivity_path: plan.connectivity_path.get()?.map(ToString::to_string),
        subnets: subnets.transpose()?,
        vlan_ids: vlan_ids.map(|ids| ids.iter().map(ToString::to_string).collect()),
        overlay_id: plan.overlay_id.get()?.copied(),
        admin_state: Some(admin_state.into()),
        ..Segment::default()
    })
}

fn to_subnet(subnet: &Subnet) -> Result<SegmentSubnet, Unknown> {
    let ranges = subnet.dhcp_ranges.get()?;
    Ok(SegmentSubnet {
        gateway_address: Some(subnet.gateway.get()?.to_string()),
        dhcp_ranges: ranges.map(|ranges| ranges.iter().map(ToString::to_string).collect()),
        dhcp_config: subnet.dhcp.get()?.map(to_dhcp).transpose()?,
        ..SegmentSubnet::default()
    })
}

fn to_dhcp(dhcp: &Dhcp) -> Result<SegmentDhcpConfig, Unknown> {
    let server = dhcp.server_address.get()?;
    let family =
        if server.address().is_ipv4() { "SegmentDhcpV4Config" } else { "SegmentDhcpV6Config" };
    let dns = dhcp.dns_servers.get()?;
    Ok(SegmentDhcpConfig {
        resource_type: Some(family.into()),
        server_address: Some(server.to_string()),
        lease_time: Some(*dhcp.lease_time.get()?),
        dns_servers: dns.map(|servers| servers.iter().map(ToString::to_string).collect()),
        ..SegmentDhcpConfig::default()
    })
}

/// What NSX has, in the words of `before` where these mean the same.
pub(super) fn to_model(found: &Segment, id: &Id<Segment>, before: &Model) -> Model {
    let meta = &found.meta;
    let parsed = |text: Option<&String>| text.and_then(|it| it.parse().ok());
    Model {
        id: id.id().to_owned().into(),
        path: id.path().to_owned().into(),
        owner: meta.tag(OWNER_SCOPE).map(str::to_owned).into(),
        port_group: meta.display_name.clone().into(),
        port_group_id: before.port_group_id.clone(),
        display_name: parse(meta.display_name.as_deref()).into(),
        description: parse(meta.description.as_deref().filter(|it| !it.is_empty())).into(),
        transport_zone_path: parse(found.transport_zone_path.as_deref()).into(),
        connectivity_path: parse(found.connectivity_path.as_deref()).into(),
        subnets: subnets(found, &before.subnets),
        vlan_ids: list(found.vlan_ids.as_ref(), &before.vlan_ids, |it| parsed(Some(it))),
        // NSX chooses one where the configuration has none; that is no drift.
        overlay_id: if before.overlay_id.is_null() {
            Optional::null()
        } else {
            found.overlay_id.into()
        },
        admin_state: match found.admin_state.as_ref().map(ToString::to_string).as_deref() {
            Some("DOWN") => AdminState::Down,
            _ => AdminState::Up,
        }
        .into(),
        tags: tags::from_wire(meta.tags.as_ref(), &before.tags),
        timeouts: before.timeouts.clone(),
    }
}

fn parse<T: std::str::FromStr>(text: Option<&str>) -> Option<T> {
    text.and_then(|text| text.parse().ok())
}

/// The elements, as null if there are none and there were none before.
fn list<W, T>(
    found: Option<&Vec<W>>,
    before: &Optional<Vec<T>>,
    element: impl Fn(&W) -> Option<T>,
) -> Optional<Vec<T>> {
    let elements: Vec<T> = found.into_iter().flatten().filter_map(element).collect();
    if elements.is_empty() && before.is_null() { Optional::null() } else { elements.into() }
}

fn subnets(found: &Segment, before: &Optional<Vec<Subnet>>) -> Optional<Vec<Subnet>> {
    let old = before.known().map(Vec::as_slice).unwrap_or_default();
    list(found.subnets.as_ref(), before, |it| {
        let gateway: GatewayCidr = it.gateway_address.as_deref()?.parse().ok()?;
        let old = old.iter().find(|old| old.gateway.known() == Some(&gateway));
        let (no_ranges, no_dhcp) = (Optional::null(), Optional::null());
        let ranges = old.map_or(&no_ranges, |old| &old.dhcp_ranges);
        let dhcp = old.map_or(&no_dhcp, |old| &old.dhcp);
        Some(Subnet {
            gateway: gateway.into(),
            dhcp_ranges: list(it.dhcp_ranges.as_ref(), ranges, |it| it.parse().ok()),
            dhcp: it.dhcp_config.as_ref().and_then(|it| to_dhcp_model(it, dhcp)).into(),
        })
    })
}

fn to_dhcp_model(found: &SegmentDhcpConfig, before: &Optional<Dhcp>) -> Option<Dhcp> {
    let none = Optional::null();
    let servers = before.known().map_or(&none, |it| &it.dns_servers);
    Some(Dhcp {
        server_address: found.server_address.as_deref()?.parse::<GatewayCidr>().ok()?.into(),
        lease_time: found.lease_time.unwrap_or(86400).into(),
        dns_servers: list(found.dns_servers.as_ref(), servers, |it| it.parse().ok()),
    })
}
