//! `supervisor_cluster`: a Supervisor that exists, whoever enabled it.

use namespace_network::address::Cidr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, DataSource, Defaulted, Diagnostic, Diagnostics, Error, Optional, Path,
};
use vcenter::{Ipv4Cidr, clusters::Info, inventory::ClusterFilter};

use super::by_name::{self, Kind};
use crate::{
    clients::{self, Clients},
    resources::cluster::{Candidate, Ncp, candidates, find_ncp},
    said,
};

/// A Supervisor that exists, whoever enabled it, by its cluster or by its name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Managed object id of its cluster; with several zones, the Supervisor's own id.
    pub id: Computed<String>,

    /// Managed object id of its cluster, such as `domain-c8`. This or `name`.
    pub cluster: Defaulted<String>,

    /// Its name, which is the cluster's unless another was given. This or `cluster`.
    pub name: Defaulted<String>,

    /// Name of its datacenter. Only needed where several datacenters have a Supervisor of that
    /// name.
    pub datacenter: Optional<String>,

    /// The Supervisor's own id; null on vCenter 7.
    pub supervisor_id: Computed<String>,

    /// How far vCenter is with it: `RUNNING`, `CONFIGURING`, `ERROR` or `REMOVING`.
    pub config_status: Computed<String>,

    /// How its Kubernetes is: `READY`, `WARNING` or `ERROR`.
    pub kubernetes_status: Computed<String>,

    /// What vCenter and Kubernetes say about it, each with its severity in front.
    pub messages: Computed<Vec<String>>,

    /// Address of the Kubernetes API for users, at the load balancer.
    pub api_server_endpoint: Computed<String>,

    /// Address of the Kubernetes API in the management network.
    pub management_endpoint: Computed<String>,

    /// Where its networks come from: `NSXT_CONTAINER_PLUGIN`, `VSPHERE_NETWORK` or `NSX_VPC`.
    pub network_provider: Computed<String>,

    /// Addresses of Kubernetes Services within it.
    pub service_cidr: Computed<String>,

    /// Networks that the subnets of namespaces are cut out of; empty without NSX.
    pub pod_cidrs: Computed<Vec<String>>,

    /// Addresses of Services and Ingresses that are reached from outside; empty without NSX.
    pub ingress_cidrs: Computed<Vec<String>>,

    /// Addresses that workloads are seen with outside; empty without NSX.
    pub egress_cidrs: Computed<Vec<String>>,

    /// Name under which NCP tags its objects in NSX; null without NSX.
    pub ncp_cluster: Computed<String>,
}

/// The data source.
#[derive(Debug)]
pub struct Cluster;

impl DataSource for Cluster {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_cluster";

    fn validate(config: &Model, found: &mut Diagnostics) {
        let is_unsure = config.cluster.is_unknown() || config.name.is_unknown();
        if !is_unsure && config.cluster.is_null() == config.name.is_null() {
            let detail = "exactly one of `cluster` and `name` says which Supervisor is meant";
            found.error_at(Path::of("name"), "exactly one of cluster, name", detail);
        }
    }

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let vcenter = clients::vcenter(cx)?;
        let found = find(cx, &config).await?;
        let info = vcenter.clusters().get(&found.cluster).await;
        let doing = format!("read the Supervisor `{}`", found.name);
        let info = info.map_err(|why| said::told(&doing, &why))?;
        let ncp = ncp_cluster(cx, &found, &info).await;
        Ok(describe(config, &found, &info, ncp))
    }
}

/// The only Supervisor that is meant.
async fn find(cx: &Context<Clients>, config: &Model) -> Result<Candidate, Error> {
    let vcenter = clients::vcenter(cx)?;
    let mut all = candidates(&vcenter).await?;
    let datacenters = by_name::datacenter(cx, &config.datacenter).await?;
    if !datacenters.is_empty() {
        let filter = ClusterFilter { datacenters, ..ClusterFilter::default() };
        let near = vcenter.inventory().clusters(&filter).await;
        let near = near.map_err(|why| said::told("list the clusters", &why))?;
        all.retain(|it| near.iter().any(|other| it.clusters.contains(&other.id)));
    }
    let kind = Kind {
        server: "vCenter",
        one: "Supervisor",
        many: "Supervisors",
        tell_apart: "name the `datacenter`, or the `cluster` in place of the name",
    };
    let id = |it: &Candidate| it.cluster.to_string();
    match config.cluster.known() {
        None => by_name::only(kind, config.name.get()?, all, |it| &it.name, id),
        Some(cluster) => {
            let is_its = |it: &&Candidate| it.clusters.iter().any(|it| it.as_str() == cluster);
            let found = all.iter().find(is_its).cloned();
            let kind = Kind { one: "Supervisor on a cluster", ..kind };
            let named = all.into_iter().map(|it| (id(&it), it)).collect();
            let only = |named| {
                by_name::only(kind, cluster, named, |it: &(String, _)| &it.0, |it| it.0.clone())
            };
            match found {
                Some(it) => Ok(it),
                None => only(named).map(|it| it.1).map_err(|why| why.at(&Path::of("cluster"))),
            }
        }
    }
}

async fn ncp_cluster(cx: &Context<Clients>, found: &Candidate, info: &Info) -> Option<String> {
    info.ncp.as_ref()?;
    let nsx = clients::nsx(cx).ok()?;
    let supervisor = found.supervisor.as_ref().map(vcenter::SupervisorId::as_str);
    match find_ncp(&nsx, found.cluster.as_str(), supervisor).await.ok()? {
        Ncp::Called(name) => Some(name),
        Ncp::Missing => None,
        Ncp::Several(names) => {
            let detail = format!(
                "NSX knows {}, which are all on a cluster called `{}` by their vCenters",
                names.join(", "),
                found.cluster
            );
            let warning = Diagnostic::warning("several NCPs of that name", detail);
            cx.warn(warning.at(Path::of("ncp_cluster")));
            None
        }
    }
}

fn describe(config: Model, found: &Candidate, info: &Info, ncp: Option<String>) -> Model {
    let supervisor = found.supervisor.as_ref().map(ToString::to_string);
    let own = supervisor.clone().filter(|_| found.clusters.len() > 1);
    let messages = info.messages.iter().chain(&info.kubernetes_status_messages);
    let endpoint = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (mut pods, mut ingress, mut egress) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(ncp) = &info.ncp {
        (pods, ingress, egress) =
            (cidrs(&ncp.pod_cidrs), cidrs(&ncp.ingress_cidrs), cidrs(&ncp.egress_cidrs));
    }
    Model {
        id: own.unwrap_or_else(|| found.cluster.to_string()).into(),
        cluster: config
            .cluster
            .known()
            .cloned()
            .unwrap_or_else(|| found.cluster.to_string())
            .into(),
        name: found.name.clone().into(),
        datacenter: config.datacenter,
        supervisor_id: supervisor.into(),
        config_status: info.config_status.to_string().into(),
        kubernetes_status: info.kubernetes_status.to_string().into(),
        messages: messages.map(said::message).collect::<Vec<_>>().into(),
        api_server_endpoint: endpoint(&info.api_server_cluster_endpoint).into(),
        management_endpoint: endpoint(&info.api_server_management_endpoint).into(),
        network_provider: info.network_provider.to_string().into(),
        service_cidr: info.service_cidr.to_string().into(),
        pod_cidrs: pods.into(),
        ingress_cidrs: ingress.into(),
        egress_cidrs: egress.into(),
        ncp_cluster: ncp.into(),
    }
}

/// As a configuration writes them.
fn cidrs(blocks: &[Ipv4Cidr]) -> Vec<String> {
    let text = |it: &Ipv4Cidr| {
        it.to_string().parse::<Cidr>().map_or_else(|_| it.to_string(), |it| it.to_string())
    };
    blocks.iter().map(text).collect()
}
