//! Supervisors that exist, by whatever a user calls them.

use tf_framework::{Context, Error};
use vcenter::{ClusterId, SupervisorId, Vcenter, found, supervisors::Filter};

use super::{
    model::Model,
    place::{first_cluster, supervisor_of},
    versions::Generation,
};
use crate::{
    clients::{self, Clients},
    said::told,
};

/// The Supervisor that `id` names: by its cluster's managed object id, by its own id, by its name
/// or its cluster's. Reading fills in the rest.
pub(super) async fn import(cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
    if let Some(bad) = id.chars().find(|c| matches!(c, '/' | '%' | '\\')) {
        let detail = format!("character not allowed in what names a Supervisor: `{bad}`");
        return Err(Error::new("not a Supervisor", detail));
    }
    let vcenter = clients::vcenter(cx)?;
    let known = candidates(&vcenter).await?;
    let fits: Vec<&Candidate> = known.iter().filter(|it| it.is_called(id)).collect();
    match fits[..] {
        [only] => describe(&vcenter, only, id).await,
        [] => Err(Error::new(
            "not a Supervisor",
            format!(
                "vCenter has no Supervisor `{id}`; there is {}",
                list(&known.iter().collect::<Vec<_>>())
            ),
        )),
        _ => Err(Error::new(
            "several Supervisors of that name",
            format!("{} Supervisors are called `{id}`: {}; give an id", fits.len(), list(&fits)),
        )),
    }
}

/// A Supervisor that exists.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The cluster it is addressed by.
    pub(crate) cluster: ClusterId,
    /// All of its clusters.
    pub(crate) clusters: Vec<ClusterId>,
    /// Its own id; none on vCenter 7.
    pub(crate) supervisor: Option<SupervisorId>,
    /// Its name.
    pub(crate) name: String,
    zones: Vec<String>,
}

impl Candidate {
    /// What it is addressed by: its cluster, or its own id if it is on zones.
    pub(crate) fn id(&self) -> String {
        match &self.supervisor {
            Some(supervisor) if !self.zones.is_empty() => supervisor.to_string(),
            _ => self.cluster.to_string(),
        }
    }

    fn is_called(&self, id: &str) -> bool {
        self.clusters.iter().any(|it| it.as_str() == id)
            || self.name == id
            || self.supervisor.as_ref().is_some_and(|it| it.as_str() == id)
    }
}

impl std::fmt::Display for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.cluster)
    }
}

fn list(candidates: &[&Candidate]) -> String {
    const SHOWN: usize = 10;
    if candidates.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = candidates.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = candidates.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    format!("{}{more}", shown.join(", "))
}

/// Every Supervisor of the vCenter.
pub(crate) async fn candidates(vcenter: &Vcenter) -> Result<Vec<Candidate>, Error> {
    let failed = |why: vcenter::Error| told("list the Supervisors", &why);
    let version = vcenter.version().await.map_err(failed)?;
    if Generation::of(version) == Generation::First {
        let listed = vcenter.clusters().list().await.map_err(failed)?;
        let candidate = |it: vcenter::clusters::Summary| Candidate {
            clusters: vec![it.cluster.clone()],
            cluster: it.cluster,
            supervisor: None,
            name: it.cluster_name,
            zones: Vec::new(),
        };
        return Ok(listed.into_iter().map(candidate).collect());
    }
    let mut all = Vec::new();
    for it in vcenter.supervisors().summaries(&Filter::default()).await.map_err(failed)? {
        let zones = found(vcenter.supervisors().topology(&it.supervisor).await).map_err(failed)?;
        let zones = zones.unwrap_or_default();
        let Some(cluster) = first_cluster(&zones) else { continue };
        // A Supervisor on one cluster has one zone, whoever asked for it.
        let names =
            zones.iter().filter(|_| zones.len() > 1).map(|it| it.zone.to_string()).collect();
        all.push(Candidate {
            cluster,
            clusters: zones.into_iter().flat_map(|it| it.clusters).collect(),
            supervisor: Some(it.supervisor),
            name: it.info.name,
            zones: names,
        });
    }
    // The same order in every run, whatever ids vCenter has drawn.
    all.sort_by(|a, b| (&a.name, &a.cluster).cmp(&(&b.name, &b.cluster)));
    Ok(all)
}

async fn describe(vcenter: &Vcenter, it: &Candidate, id: &str) -> Result<Model, Error> {
    let cluster =
        it.cluster.as_str().parse().map_err(|why: String| Error::new("not a Supervisor", why))?;
    let info = vcenter.clusters().get(&it.cluster).await;
    let info = info.map_err(|why| told(&format!("read the Supervisor `{id}`"), &why))?;
    if info.ncp.is_none() && info.workload_networks.is_none() {
        let detail = format!(
            "`{id}` has networks of kind `{}`, which this provider does not manage",
            info.network_provider
        );
        return Err(Error::new("a Supervisor of another kind", detail));
    }
    let supervisor = match &it.supervisor {
        Some(id) => Some(id.clone()),
        None => supervisor_of(vcenter, &it.cluster).await?,
    };
    let supervisor = supervisor.map(|id| id.to_string());
    let zones = it.zones.iter().filter_map(|zone| zone.parse().ok()).collect::<Vec<_>>();
    let zones = Some(zones).filter(|zones| !zones.is_empty());
    Ok(Model {
        id: it.id().into(),
        supervisor_id: supervisor.into(),
        name: it.name.clone().into(),
        cluster: Some::<super::text::ClusterMoid>(cluster).into(),
        zones: zones.into(),
        ..Model::empty()
    })
}
