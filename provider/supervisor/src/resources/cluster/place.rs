//! Where a Supervisor is, and which one is there.

use std::{collections::BTreeSet, time::Duration};

use tf_framework::{Error, Unknown};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vcenter::{
    ClusterId, SupervisorId, Vcenter, ZoneId, found,
    inventory::ClusterFilter,
    supervisors::{Filter, Listed, Zone},
};

use super::{model::Model, versions::Generation};
use crate::said::told;

/// Where a Supervisor is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On a cluster.
    Cluster(ClusterId),
    /// On the clusters of zones.
    Zones(BTreeSet<ZoneId>),
}

/// A Supervisor that is there, and by which of its clusters it is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    /// The cluster.
    pub(super) cluster: ClusterId,
    /// The Supervisor's own id; none on vCenter 7.
    pub(super) supervisor: Option<SupervisorId>,
}

impl Place {
    /// The place that a plan names; none while it is unknown.
    pub(super) fn of(plan: &Model) -> Result<Self, Unknown> {
        if let Some(zones) = plan.zones.get()? {
            return Ok(Self::Zones(zones.iter().map(|zone| zone.as_str().into()).collect()));
        }
        Ok(Self::Cluster(plan.cluster.get()?.as_str().into()))
    }

    /// What the place is called in messages and in the written intent.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Cluster(cluster) => cluster.to_string(),
            Self::Zones(zones) => {
                let zones: Vec<&str> = zones.iter().map(ZoneId::as_str).collect();
                zones.join("+")
            }
        }
    }

    /// The Supervisor that is there, if one is.
    pub(super) async fn seat(&self, vcenter: &Vcenter) -> Result<Option<Seat>, vcenter::Error> {
        match self {
            Self::Cluster(cluster) => {
                let info = vcenter.clusters().find(cluster).await?;
                Ok(info.map(|_| Seat { cluster: cluster.clone(), supervisor: None }))
            }
            Self::Zones(zones) => seat_on_zones(vcenter, zones).await,
        }
    }
}

async fn seat_on_zones(
    vcenter: &Vcenter,
    zones: &BTreeSet<ZoneId>,
) -> Result<Option<Seat>, vcenter::Error> {
    for Listed { supervisor, .. } in vcenter.supervisors().summaries(&Filter::default()).await? {
        let topology =
            found(vcenter.supervisors().topology(&supervisor).await)?.unwrap_or_default();
        if topology.iter().any(|it| zones.contains(&it.zone)) {
            let cluster = first_cluster(&topology);
            return Ok(cluster.map(|cluster| Seat { cluster, supervisor: Some(supervisor) }));
        }
    }
    Ok(None)
}

/// The cluster by which a Supervisor on zones is addressed: the same in every run.
pub(super) fn first_cluster(topology: &[Zone]) -> Option<ClusterId> {
    topology.iter().flat_map(|zone| &zone.clusters).min().cloned()
}

/// The name of a vSphere cluster.
pub(super) async fn cluster_name(vcenter: &Vcenter, cluster: &ClusterId) -> Result<String, Error> {
    find_cluster_name(vcenter, cluster).await?.ok_or_else(|| {
        let detail = format!("vCenter has no cluster `{cluster}`");
        Error::new("no such cluster", detail).at(&tf_framework::Path::of("cluster"))
    })
}

/// The same; none if there is no such cluster.
pub(super) async fn find_cluster_name(
    vcenter: &Vcenter,
    cluster: &ClusterId,
) -> Result<Option<String>, Error> {
    let filter = ClusterFilter { clusters: [cluster.clone()].into(), ..ClusterFilter::default() };
    let clusters = vcenter.inventory().clusters(&filter).await;
    let clusters = clusters.map_err(|why| told(&format!("look up cluster `{cluster}`"), &why))?;
    Ok(clusters.into_iter().next().map(|it| it.name))
}

/// The Supervisor's own id; none on vCenter 7.
pub(super) async fn supervisor_of(
    vcenter: &Vcenter,
    cluster: &ClusterId,
) -> Result<Option<SupervisorId>, Error> {
    let version = vcenter.version().await.map_err(|why| told("ask vCenter's version", &why))?;
    if Generation::of(version) == Generation::First {
        return Ok(None);
    }
    let id = vcenter.supervisors().of_cluster(cluster).await;
    id.map_err(|why| told(&format!("look up the Supervisor of `{cluster}`"), &why))
}

/// The cluster by which a Supervisor in the state is addressed.
pub(super) fn cluster_of(state: &Model) -> Result<ClusterId, Error> {
    let cluster = state.cluster.known().ok_or_else(|| {
        let detail = "`cluster` has no value in the state; import the Supervisor anew";
        Error::new("no Supervisor is named", detail)
    })?;
    Ok(cluster.as_str().into())
}

/// A call that failed on the way or in the server may have taken effect.
pub(in crate::resources) fn is_unsure(why: &vcenter::Error) -> bool {
    let in_server = why.refusal().is_some_and(|it| it.status.is_server_error());
    let on_the_way = matches!(why, vcenter::Error::Bare { status, .. } if status.is_server_error());
    why.outcome_unknown() || in_server || on_the_way
}

/// The same client for a few seconds, also after an interrupt: what was asked for must be known.
pub(super) fn patient(vcenter: &Vcenter) -> Vcenter {
    vcenter.within(CancellationToken::new(), Some(Instant::now() + Duration::from_secs(4)))
}
