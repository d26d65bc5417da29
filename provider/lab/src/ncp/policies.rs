//! Kubernetes' `NetworkPolicies` as sections of the firewall (behaviour.md 2.5): what they allow at
//! 2010, what they drop at 2090, both in category Application of NCP's own domain and at the ports
//! of the pods that the policy selects. Which rules those are, [`namespace_network`] knows.

use namespace_network::network_policy::{
    self, Manifest, Names, NetworkPolicy, Pod, Translation, Translator,
};
use serde::{Deserialize, Serialize};

use super::names::{Cluster, Project, Tags};
use super::object::Object;
use super::site::Site;
use super::tenants::{self, place_of, put};
use super::trouble::Trouble;
use super::workload::{Origin, Workload};
use super::write::{erase, write_all};
use super::{declared, dfw, network};
use crate::{Tx, nsx};

const KIND: &str = "policies";

/// A policy of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Policy {
    pub(crate) manifest: Manifest,
    /// Ids in NSX are made of it. A policy that changes gets another one, for NSX takes an id again
    /// only when what had it is purged.
    pub(crate) uid: String,
    #[serde(default)]
    pub(crate) origin: Origin,
}

impl Policy {
    pub(crate) fn name(&self) -> &str {
        &self.manifest.metadata.name
    }
}

/// The policies of a namespace, by name.
pub(crate) fn policies(tx: &Tx<'_>, project: &Project) -> Vec<Policy> {
    tenants::all(tx, project, KIND)
}

/// One of them.
pub(crate) fn policy(tx: &Tx<'_>, project: &Project, name: &str) -> Option<Policy> {
    tx.get(&place_of(project, KIND, name)).map(tenants::read)
}

/// Puts a new policy into force.
pub(crate) fn enact(
    tx: &mut Tx<'_>,
    site: &Site,
    manifest: Manifest,
    origin: Origin,
) -> Result<Policy, Trouble> {
    if policy(tx, &site.project, &manifest.metadata.name).is_some() {
        return Err(tenants::exists("networkpolicy", &manifest.metadata.name));
    }
    let uid = tx.uuid("networkpolicy");
    let policy = Policy { manifest, uid, origin };
    let pods = pods(tx, &site.cluster);
    write_all(tx, &site.cluster, &objects(site, &policy, &pods)?)?;
    put(tx, &site.project, KIND, policy.name(), &policy);
    Ok(policy)
}

/// Takes a policy out of force: the sections first, then the groups that they name.
pub(crate) fn repeal(tx: &mut Tx<'_>, site: &Site, name: &str) -> Result<(), Trouble> {
    let policy =
        policy(tx, &site.project, name).ok_or_else(|| tenants::missing("networkpolicy", name))?;
    withdraw(tx, &site.cluster, &policy.uid)?;
    tx.delete(&place_of(&site.project, KIND, name));
    Ok(())
}

/// Writes the policies of a Supervisor anew whose rules hang on pods that changed: those that call
/// ports by name.
pub(crate) fn follow(tx: &mut Tx<'_>, cluster: &Cluster) -> Result<(), Trouble> {
    let pods = pods(tx, cluster);
    for project in network::namespaces(tx, &cluster.moid) {
        let own = policies(tx, &project);
        let Some(site) = Site::of(tx, &cluster.moid, project) else { continue };
        for mut policy in own {
            let wanted = objects(&site, &policy, &pods)?;
            if stands(tx, cluster, &policy.uid, &wanted) {
                continue;
            }
            withdraw(tx, cluster, &policy.uid)?;
            policy.uid = tx.uuid("networkpolicy");
            write_all(tx, cluster, &objects(&site, &policy, &pods)?)?;
            put(tx, &site.project, KIND, policy.name(), &policy);
        }
    }
    Ok(())
}

/// What a policy is in NSX, groups first.
fn objects(
    site: &Site,
    policy: &Policy,
    pods: &network_policy::Cluster,
) -> Result<Vec<Object>, Trouble> {
    let meant = NetworkPolicy::try_from(&policy.manifest)
        .map_err(|why| Trouble::Invalid(why.to_string()))?;
    let (name, domain) = (site.cluster.name(), site.cluster.domain());
    let translator = Translator { cluster: &name, domain: &domain, pods: Some(pods) };
    let names = Names { stem: stem(&policy.uid) };
    let translation =
        translator.translate(&meant, &names).map_err(|why| Trouble::Invalid(why.to_string()))?;
    let limits = network_policy::limits(&meant, &translation);
    if !limits.is_empty() {
        let limits: Vec<String> = limits.iter().map(ToString::to_string).collect();
        return Err(Trouble::Invalid(limits.join("; ")));
    }
    let Translation { groups, policies, .. } = translation;
    let tags = tags(site, policy);
    let groups = groups.iter().map(|(path, members)| dfw::group(path, tags.clone(), members));
    let sections = policies.iter().map(|section| {
        let kind =
            if section.sequence == network_policy::ALLOW_SEQUENCE { "allow" } else { "isolation" };
        let path = site.cluster.policy(&format!("{}_{kind}", stem(&policy.uid)));
        let name = format!("{}-{kind}", policy.name());
        dfw::section(&path, tags.clone(), section).map(|section| section.named(&name))
    });
    groups.chain(sections).collect::<Result<_, _>>().map_err(Trouble::Invalid)
}

/// NCP's ids begin so (behaviour.md 2.5); what follows for groups is the lab's.
fn stem(uid: &str) -> String {
    format!("np_{uid}")
}

fn tags(site: &Site, policy: &Policy) -> Tags {
    site.cluster.tags().of(&site.project, &[("external_id", &policy.uid)])
}

/// Whether exactly this is there.
fn stands(tx: &mut Tx<'_>, cluster: &Cluster, uid: &str, wanted: &[Object]) -> bool {
    let there = found(tx, cluster, uid);
    let nsx = nsx::as_principal(tx, &cluster.user());
    there.len() == wanted.len()
        && wanted.iter().all(|it| nsx.get(&it.path).is_some_and(|found| it.is_in(&found)))
}

fn withdraw(tx: &mut Tx<'_>, cluster: &Cluster, uid: &str) -> Result<(), Trouble> {
    found(tx, cluster, uid).iter().try_for_each(|path| erase(tx, cluster, path))
}

/// Paths of a policy's sections and groups that are there, in the order that they can go.
fn found(tx: &Tx<'_>, cluster: &Cluster, uid: &str) -> Vec<String> {
    let domain = cluster.domain();
    let stem = stem(uid);
    let of = |kind: &str| {
        let ids = tx.children_text(&format!("nsx:{domain}/{kind}")).into_iter().map(|it| it.0);
        let ours = ids.filter(|id| id.starts_with(&stem));
        ours.map(|id| format!("{domain}/{kind}/{id}")).collect::<Vec<_>>()
    };
    [of("security-policies"), of("groups")].concat()
}

/// The Supervisor's namespaces and pods, for ports that are called by name.
fn pods(tx: &Tx<'_>, cluster: &Cluster) -> network_policy::Cluster {
    let mut all = network_policy::Cluster::default();
    for project in network::namespaces(tx, &cluster.moid) {
        let workloads = tenants::workloads(tx, &project);
        all.pods.extend(workloads.into_iter().map(|it| pod(&project, it)));
        all.namespaces.insert(project.name.clone(), declared::labels(tx, &project.name));
    }
    all
}

fn pod(project: &Project, workload: Workload) -> Pod {
    Pod {
        namespace: project.name.clone(),
        addresses: vec![workload.address.into()],
        ports: workload.ports.iter().filter_map(super::workload::ContainerPort::known).collect(),
        name: workload.name,
        labels: workload.labels,
    }
}
