//! What stands against a Supervisor on this vCenter and this NSX, found at plan.
//!
//! Nothing here writes. Where a server cannot be asked, its checks say nothing: apply would meet
//! the same obstacles.

use namespace_network::{
    address::{AddressRange, Cidr, NetworkCidr},
    disjoint::{NamedRange, Overlap, overlaps},
};
use nsx::{Id, Nsx as NsxClient, objects::IpBlock};
use tf_framework::{Diagnostics, Path};
use vcenter::{
    ClusterId, LibraryId, LocalizableMessage, NetworkProvider, SwitchId, Vcenter,
    clusters::NcpInfo,
    inventory::{ClusterFilter, LibraryType, NetworkFilter, StoragePolicy},
};

use super::{
    model::{Model, Nsx},
    ranges::{self, Placed},
    values::cidr,
};
use crate::said;

/// Everything that keeps the cluster from becoming the planned Supervisor: all reasons at once.
pub(super) async fn compatible(vcenter: &Vcenter, plan: &Model, found: &mut Diagnostics) {
    let Some(cluster) = plan.cluster.known() else { return };
    let cluster = ClusterId::from(cluster.as_str());
    let provider = match (plan.nsx(), plan.vsphere()) {
        (Some(_), _) => NetworkProvider::Nsx,
        (None, Some(_)) => NetworkProvider::Vsphere,
        (None, None) => return,
    };
    let Ok(all) = vcenter.compatibility().clusters(&provider).await else { return };
    match all.iter().find(|it| it.cluster == cluster) {
        Some(it) if !it.compatible => {
            let detail = because(&format!("`{cluster}` cannot become a Supervisor"), &it.reasons);
            found.error_at(Path::of("cluster"), "the cluster is not compatible", detail);
        }
        Some(_) => {
            if let Some(nsx) = plan.nsx() {
                parts_compatible(vcenter, &cluster, nsx, found).await;
            }
        }
        None => exists(vcenter, &cluster, found).await,
    }
}

async fn exists(vcenter: &Vcenter, cluster: &ClusterId, found: &mut Diagnostics) {
    let filter = ClusterFilter { clusters: [cluster.clone()].into(), ..ClusterFilter::default() };
    let clusters = vcenter.inventory().clusters(&filter).await;
    if clusters.is_ok_and(|clusters| clusters.is_empty()) {
        let detail = format!(
            "vCenter has no cluster `{cluster}`; `data.supervisor_compute_cluster` finds one by name"
        );
        found.error_at(Path::of("cluster"), "no such cluster", detail);
    }
}

/// Switch and edge cluster go with the cluster.
async fn parts_compatible(
    vcenter: &Vcenter,
    cluster: &ClusterId,
    nsx: &Nsx,
    found: &mut Diagnostics,
) {
    let at = Path::of("workload_network").attribute("nsx");
    let Some(switch) = nsx.distributed_switch.known() else { return };
    let switch = SwitchId::from(switch.as_vcenter_has_it());
    let Ok(switches) = vcenter.compatibility().switches(cluster, &NetworkProvider::Nsx).await
    else {
        return;
    };
    let path = at.attribute("distributed_switch");
    match switches.iter().find(|it| it.switch == switch) {
        Some(it) if !it.compatible => {
            let detail = because(&format!("switch `{switch}` cannot carry it"), &it.reasons);
            return found.error_at(path, "the switch is not compatible", detail);
        }
        Some(_) => {}
        None => {
            let detail = format!("the hosts of `{cluster}` are on no switch `{switch}`");
            return found.error_at(path, "not a switch of this cluster", detail);
        }
    }
    let Some(edge) = nsx.edge_cluster.known() else { return };
    let Ok(edges) = vcenter.compatibility().edge_clusters(cluster, &switch).await else { return };
    let path = at.attribute("edge_cluster");
    match edges.iter().find(|it| it.edge_cluster.as_str() == edge.as_str()) {
        Some(it) if !it.compatible => {
            let detail =
                because(&format!("edge cluster `{}` cannot serve it", it.name), &it.reasons);
            found.error_at(path, "the edge cluster is not compatible", detail);
        }
        Some(_) => {}
        None => {
            let there: Vec<String> =
                edges.iter().map(|it| format!("{} ({})", it.name, it.edge_cluster)).collect();
            let detail = format!(
                "no edge cluster `{edge}` serves that switch; there is {}",
                or_none(&there)
            );
            found.error_at(path, "no such edge cluster", detail);
        }
    }
}

fn because(what: &str, reasons: &[LocalizableMessage]) -> String {
    let reasons: Vec<String> = reasons.iter().map(|it| format!("- {}", said::text(it))).collect();
    if reasons.is_empty() {
        return format!("{what}; vCenter does not say why");
    }
    format!("{what}:\n{}", reasons.join("\n"))
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Networks and storage policies that the configuration names exist.
pub(super) async fn parts_exist(vcenter: &Vcenter, config: &Model, found: &mut Diagnostics) {
    let management = config.management_network.known().and_then(|it| it.network.known());
    if let Some(network) = management {
        let at = Path::of("management_network").attribute("network");
        network_exists(vcenter, network.as_str(), &at, found).await;
    }
    if let Some(group) = config.vsphere().and_then(|it| it.port_group.known()) {
        let at = Path::of("workload_network").attribute("vsphere").attribute("port_group");
        network_exists(vcenter, group.as_str(), &at, found).await;
    }
    let Ok(policies) = vcenter.inventory().storage_policies().await else { return };
    let written = [
        ("storage_policy", config.storage_policy.known()),
        ("control_plane_storage_policy", config.control_plane_storage_policy.known()),
        ("ephemeral_storage_policy", config.ephemeral_storage_policy.known()),
        ("image_storage_policy", config.image_storage_policy.known()),
    ];
    for (name, policy) in written {
        if let Some(why) = policy.and_then(|it| no_policy(it.as_str(), &policies)) {
            found.error_at(Path::of(name), "no such storage policy", why);
        }
    }
    if let Some(library) = config.content_library.known() {
        library_serves(vcenter, &library.as_str().into(), found).await;
    }
}

/// The library exists, and there can be an image in it. Which images suit a Supervisor is nowhere
/// in the API, and a subscribed library fills itself; but a local one without items has none.
async fn library_serves(vcenter: &Vcenter, library: &LibraryId, found: &mut Diagnostics) {
    let at = Path::of("content_library");
    let Ok(known) = vcenter::found(vcenter.inventory().library(library).await) else { return };
    let Some(known) = known else {
        let detail = format!("vCenter has no content library `{library}`");
        return found.error_at(at, "no such content library", detail);
    };
    if known.kind != Some(LibraryType::Local) {
        return;
    }
    if vcenter.inventory().library_items(library).await.is_ok_and(|items| items.is_empty()) {
        let name = known.name.unwrap_or_default();
        let detail = format!(
            "no compatible image: content library `{name}` ({library}) is a local one with nothing \
             in it; import images into it, or name one that is subscribed to the vendor's releases"
        );
        found.error_at(at, "an empty content library", detail);
    }
}

async fn network_exists(vcenter: &Vcenter, id: &str, at: &Path, found: &mut Diagnostics) {
    let filter = NetworkFilter { networks: [id.into()].into(), ..NetworkFilter::default() };
    if vcenter.inventory().networks(&filter).await.is_ok_and(|networks| networks.is_empty()) {
        let detail = format!("`{at}`: vCenter has no network `{id}`");
        found.error_at(at.clone(), "no such network", detail);
    }
}

/// Why an id is none; a name is the likely mistake.
fn no_policy(id: &str, policies: &[StoragePolicy]) -> Option<String> {
    if policies.iter().any(|it| it.id.as_str() == id) {
        return None;
    }
    let named = policies.iter().filter(|it| it.name == id);
    let named: Vec<&str> = named.map(|it| it.id.as_str()).collect();
    Some(match named[..] {
        [] => format!("vCenter has no storage policy with the id `{id}`"),
        [only] => format!("`{id}` is a name, and an id is wanted: {only}"),
        _ => format!(
            "{} policies are named {id}: {}; write the id of one of them",
            named.len(),
            named.join(", ")
        ),
    })
}

/// Nobody else has the planned addresses: no other Supervisor behind the same Tier-0 gateway, and
/// no NCP of another vCenter.
pub(super) async fn apart_from_others(
    vcenter: &Vcenter,
    nsx: Option<&NsxClient>,
    plan: &Model,
    found: &mut Diagnostics,
) {
    let Some(network) = plan.nsx() else { return };
    let own = ranges::of_nsx(network, &Path::of("workload_network").attribute("nsx"));
    let tier0 = network.tier0_gateway.known().map(|it| it.id().to_owned());
    let cluster = plan.cluster.known().map_or("", |it| it.as_str());
    for (name, info) in others(vcenter, cluster).await {
        if tier0.is_some() && info.tier0.as_ref().map(ToString::to_string) != tier0 {
            continue;
        }
        let theirs = theirs(&info, &name);
        for (overlap, at) in meets(&own, &theirs) {
            found.error_at(at, "addresses of another Supervisor", overlap.to_string());
        }
    }
    let Some(nsx) = nsx else { return };
    let Ok(blocks) = nsx.list::<IpBlock>(&Id::root()).await else { return };
    let theirs: Vec<NamedRange> =
        blocks.iter().filter(|it| !is_of(it, cluster)).flat_map(block).collect();
    for (overlap, at) in meets(&own, &theirs) {
        found.warning_at(at, "addresses of an IP block in NSX", overlap.to_string());
    }
}

async fn others(vcenter: &Vcenter, cluster: &str) -> Vec<(String, NcpInfo)> {
    let mut others = Vec::new();
    let Ok(list) = vcenter.clusters().list().await else { return others };
    for it in list.into_iter().filter(|it| it.cluster.as_str() != cluster) {
        let info = vcenter.clusters().get(&it.cluster).await;
        if let Some(ncp) = info.ok().and_then(|info| info.ncp) {
            others.push((it.cluster_name, ncp));
        }
    }
    others
}

fn theirs(info: &NcpInfo, name: &str) -> Vec<NamedRange> {
    let lists = [
        ("pod_cidrs", &info.pod_cidrs),
        ("ingress_cidrs", &info.ingress_cidrs),
        ("egress_cidrs", &info.egress_cidrs),
    ];
    let named = |(list, blocks): (&str, &Vec<vcenter::Ipv4Cidr>)| {
        let called = format!("{list} of Supervisor {name}");
        let ranges = blocks.iter().filter_map(cidr).map(NetworkCidr::cidr);
        ranges.map(|range| NamedRange::new(called.clone(), range)).collect::<Vec<_>>()
    };
    lists.into_iter().flat_map(named).collect()
}

/// The block of an NCP that belongs to that cluster is the Supervisor's own.
fn is_of(block: &IpBlock, cluster: &str) -> bool {
    let ncp = block.meta.tag("ncp/cluster").and_then(|tag| tag.split(':').next());
    !cluster.is_empty() && ncp == Some(cluster)
}

fn block(block: &IpBlock) -> Vec<NamedRange> {
    let name = block.meta.display_name.as_deref().unwrap_or_default();
    let path = block.meta.path.as_deref().unwrap_or_default();
    let called = format!("IP block `{name}` ({path})");
    let cidrs = block.cidr.iter().chain(block.cidrs.iter().flatten());
    let ranges = cidrs.filter_map(|text| text.parse::<Cidr>().ok());
    ranges.map(|range| NamedRange::new(called.clone(), AddressRange::from(range))).collect()
}

/// Which of our ranges meet theirs, and where ours are written.
fn meets(own: &[Placed], theirs: &[NamedRange]) -> Vec<(Overlap, Path)> {
    let all = theirs.iter().cloned().chain(own.iter().map(|it| it.range.clone()));
    let meets = overlaps(all).into_iter().filter_map(|overlap| {
        let mine = own.iter().find(|it| it.range == overlap.later)?;
        theirs.contains(&overlap.earlier).then(|| (overlap, mine.at.clone()))
    });
    meets.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_place_of_an_id_is_answered_with_the_ids() {
        let policy = |id: &str, name: &str| StoragePolicy {
            id: id.into(),
            name: name.to_owned(),
            description: String::new(),
        };
        let all = [policy("1", "gold"), policy("2", "gold"), policy("3", "silver")];
        assert_eq!(no_policy("1", &all), None);
        let why = no_policy("gold", &all).unwrap();
        assert!(why.contains("2 policies are named gold: 1, 2"), "{why}");
        assert!(no_policy("silver", &all).unwrap().contains("an id is wanted: 3"));
        assert!(no_policy("bronze", &all).is_some());
    }

    #[test]
    fn all_reasons_are_told_with_their_arguments() {
        let reason = |template: &str| LocalizableMessage {
            id: String::new(),
            default_message: template.to_owned(),
            args: vec!["domain-c8".to_owned()],
        };
        let reasons =
            [reason("Cluster {0} does not have HA enabled."), reason("Cluster {0} is old.")];
        assert_eq!(
            because("no", &reasons),
            "no:\n- Cluster domain-c8 does not have HA enabled.\n- Cluster domain-c8 is old."
        );
    }

    #[test]
    fn only_what_meets_others_is_told() {
        let own = |name: &str, cidr: &str| {
            let range = NamedRange::new(name, cidr.parse::<Cidr>().unwrap());
            Placed { range, at: Path::of(name) }
        };
        let theirs =
            [NamedRange::new("pod_cidrs of Supervisor b", "10.0.0.0/16".parse::<Cidr>().unwrap())];
        let own = [own("ingress_cidrs[0]", "10.0.3.0/24"), own("egress_cidrs[0]", "10.1.0.0/24")];
        let told = meets(&own, &theirs);
        let told: Vec<String> = told.iter().map(|(it, at)| format!("{at}: {it}")).collect();
        assert_eq!(
            told,
            ["ingress_cidrs[0]: ingress_cidrs[0] overlaps pod_cidrs of Supervisor b 10.0.0.0/16; \
              ingress_cidrs[0] is 10.0.3.0/24"]
        );
    }
}
