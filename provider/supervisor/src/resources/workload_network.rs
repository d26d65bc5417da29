//! `supervisor_workload_network`: a port group for namespaces of a Supervisor with VDS networking.

mod model;

use api_client::Version;
use namespace_network::{
    disjoint::{NamedRange, overlaps},
    name::DnsLabel,
};
use tf_framework::{
    Computed, Context, Diagnostics, Error, Identified, Path, Plan, Resource, Unknown,
};
use tokio::sync::OwnedMutexGuard;
use vcenter::{
    ClusterId, ErrorType, Vcenter, WorkloadNetworkId, found,
    networks::{CreateSpec, Info, UpdateSpec, VsphereNetwork, VsphereNetworkUpdate},
};

pub use model::Model;

use crate::{
    clients::{self, Clients},
    intent::{self, Intent, Kind, Making, Mark, NotMade},
    owned::{Marked, look},
    resources::{
        cluster::{address_ranges, is_unsure, until_running, wire_ranges},
        identity::ByCluster,
    },
    said::told,
};

/// The resource.
#[derive(Debug)]
pub struct WorkloadNetwork;

const KIND: &str = "supervisor_workload_network";
const INTENT: Kind = Kind { resource: KIND, noun: "Workload network" };

impl Resource for WorkloadNetwork {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = KIND;

    fn validate(config: &Model, found: &mut Diagnostics) {
        model::validate(config, found);
    }

    async fn plan(&self, cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
        let mut found = Diagnostics::new();
        let is_new = plan.prior.is_none() || !plan.replace.is_empty();
        if let (Some(cluster), Some(name)) =
            (plan.planned.cluster.known(), plan.planned.name.known())
        {
            let id = model::id(cluster, name);
            if plan.prior.is_none() {
                cx.data()?.claims().plan(&format!("workload network {id}"))?;
                intent::plan_new(cx, INTENT, &id, &id).await?;
            }
            plan.planned.id = id.into();
        }
        match &plan.prior {
            Some(prior) if !is_new => {
                model::refused(prior, &plan.planned, &mut found);
                let is_pending = marked(cx, prior)? == Marked::Pending;
                plan.planned.namespaces = prior.namespaces.clone();
                if is_pending {
                    plan.planned.namespaces = Computed::unknown();
                }
            }
            _ => plan.planned.namespaces = Vec::new().into(),
        }
        let moves =
            plan.prior.as_ref().is_none_or(|it| it.address_ranges != plan.planned.address_ranges);
        if moves {
            apart_from_others(cx, &plan.planned, &mut found).await;
        }
        Error::try_from(found).map_or(Ok(()), Err)
    }

    async fn plan_destroy(&self, cx: &Context<Clients>, _: &Model) -> Result<(), Error> {
        look::goes(cx, KIND)
    }

    async fn create(&self, cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        let vcenter = clients::vcenter(cx)?;
        let here = Here::of(&plan)?;
        let _turn = here.turn(cx).await?;
        let name = here.name();
        let mut making = Making::claim(cx, INTENT, &name).await?;
        until_running(cx, &vcenter, &here.cluster).await?;
        match here.look(&vcenter).await? {
            Some(_) if !making.is_begun() => {
                making.release();
                return Err(here.taken());
            }
            Some(info) => {
                here.as_asked(&info, &plan)?;
                making.write().await?;
            }
            None => {
                making.write().await?;
                let made = here.make(&vcenter, &making, &plan).await;
                if let (Err(NotMade::Refused(_) | NotMade::Foreign(_)), Some(intent)) =
                    (&made, making.new_intent())
                {
                    intent.remove().await?;
                }
                made?;
            }
        }
        Ok(Model { namespaces: Vec::new().into(), ..plan })
    }

    async fn read(&self, cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
        let here = Here::of(&state)?;
        let Some(info) = here.look(&clients::vcenter(cx)?).await? else { return Ok(None) };
        if let Some(intent) = Intent::of(cx, INTENT, &here.name(), None)? {
            intent.read(None).await?;
        }
        let network = here.on_port_group(&info)?;
        Ok(Some(model::to_model(&info, network, &state)))
    }

    async fn update(
        &self,
        cx: &Context<Clients>,
        state: Model,
        plan: Model,
    ) -> Result<Model, Error> {
        let vcenter = clients::vcenter(cx)?;
        let here = Here::of(&state)?;
        let _turn = here.turn(cx).await?;
        let namespaces = match here.look(&vcenter).await? {
            Some(info) => info.namespaces,
            None => Vec::new(),
        };
        if let Some(intent) = Intent::of(cx, INTENT, &here.name(), None)? {
            intent.mark_as_ours().await?;
        }
        here.change(&vcenter, &plan).await?;
        let namespaces: Vec<String> = namespaces.iter().map(ToString::to_string).collect();
        Ok(Model { namespaces: namespaces.into(), ..plan })
    }

    async fn delete(&self, cx: &Context<Clients>, state: Model) -> Result<(), Error> {
        let vcenter = clients::vcenter(cx)?;
        let here = Here::of(&state)?;
        let _turn = here.turn(cx).await?;
        let name = here.name();
        let intent = Intent::of(cx, INTENT, &name, None)?;
        let mark = match &intent {
            Some(intent) => intent.mark().await?,
            None => Mark::None,
        };
        if mark == Mark::Newer {
            let detail = format!(
                "`{}` has been taken over by another resource, so it was left alone; it is only \
                 forgotten here",
                here.name()
            );
            cx.warn(tf_framework::Diagnostic::warning("the network was left alone", detail));
            return Ok(());
        }
        here.remove(cx, &vcenter).await?;
        match intent {
            Some(intent) if mark == Mark::Ours => intent.remove().await,
            _ => Ok(()),
        }
    }

    async fn import(&self, cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
        let parts = id.split_once('/').filter(|(_, name)| !name.contains('/'));
        let (cluster, name) = parts.ok_or_else(|| {
            let detail =
                format!("expected <cluster>/<network>, such as `domain-c8/banking`, got `{id}`");
            Error::new("not a workload network", detail)
        })?;
        let cluster =
            cluster.parse().map_err(|why: String| Error::new("not a workload network", why))?;
        let name = name.parse().map_err(|why: namespace_network::name::InvalidLabel| {
            Error::new("not a workload network", why.to_string())
        })?;
        let model = Model::named(cluster, name);
        let here = Here::of(&model)?;
        let vcenter = clients::vcenter(cx)?;
        let Some(info) = here.look(&vcenter).await? else {
            return Err(here.missing(&vcenter).await);
        };
        if let Some(intent) = Intent::of(cx, INTENT, &here.name(), None)? {
            intent.take_along().await?;
        }
        Ok(model::to_model(&info, here.on_port_group(&info)?, &model))
    }
}

impl Identified for WorkloadNetwork {
    type Identity = ByCluster;

    fn identity(model: &Model) -> Result<ByCluster, Unknown> {
        let (cluster, name) = (model.cluster.get()?.to_string(), model.name.get()?.to_string());
        Ok(ByCluster { cluster: cluster.into(), name: name.into() })
    }
}

/// Whether the intent of a network that stays is as it should be.
fn marked(cx: &Context<Clients>, prior: &Model) -> Result<Marked, Error> {
    let clients = cx.data()?;
    match clients.planned_owner() {
        Ok(Some(owner)) if clients.has_nsx() => look::there(cx, KIND, owner, prior.id.known()),
        _ => Ok(Marked::Held),
    }
}

/// One network of one Supervisor.
#[derive(Debug)]
struct Here {
    cluster: ClusterId,
    network: WorkloadNetworkId,
}

impl Here {
    fn of(model: &Model) -> Result<Self, Unknown> {
        let (cluster, network) = (model.cluster.get()?.as_str(), model.name.get()?.as_str());
        Ok(Self { cluster: cluster.into(), network: network.into() })
    }

    fn name(&self) -> String {
        format!("{}/{}", self.cluster, self.network)
    }

    /// Waits until nobody else of this run writes the network.
    async fn turn(&self, cx: &Context<Clients>) -> Result<OwnedMutexGuard<()>, Error> {
        clients::turn(cx, &format!("workload network {}", self.name())).await
    }

    fn failed(&self, doing: &str, why: &vcenter::Error) -> Error {
        told(&format!("{doing} workload network `{}`", self.name()), why)
    }

    async fn look(&self, vcenter: &Vcenter) -> Result<Option<Info>, Error> {
        match found(vcenter.networks(&self.cluster).get(&self.network).await) {
            // vCenter's word for a cluster that is no Supervisor, or no more.
            Err(why) if why.error_type() == Some(&ErrorType::Unsupported) => Ok(None),
            other => other.map_err(|why| self.failed("read", &why)),
        }
    }

    fn taken(&self) -> Error {
        let name = self.name();
        Error::new(
            "the network exists already",
            format!(
                "nothing proves that `{name}` was made here; if it is to be managed here: \
                 terraform import {KIND}.<name> {name}"
            ),
        )
        .at(&Path::of("name"))
    }

    async fn missing(&self, vcenter: &Vcenter) -> Error {
        let all = vcenter.networks(&self.cluster).list().await.unwrap_or_default();
        let there: Vec<&str> = all.iter().map(|it| it.id.as_str()).take(20).collect();
        let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
        let detail =
            format!("`{}` has no network `{}`; there is {there}", self.cluster, self.network);
        Error::new("not a workload network", detail)
    }

    fn on_port_group<'a>(&self, info: &'a Info) -> Result<&'a VsphereNetwork, Error> {
        info.vsphere.as_ref().ok_or_else(|| {
            let detail = format!(
                "`{}` is made of `{}`, and not of a port group: NCP alone makes and changes it",
                self.name(),
                info.provider
            );
            Error::new("a network of another kind", detail)
        })
    }

    /// Asks for the network, which was absent after our intent stood; one whose outcome is unknown is
    /// looked for, and asked for once more.
    async fn make(
        &self,
        vcenter: &Vcenter,
        making: &Making<'_>,
        plan: &Model,
    ) -> Result<(), NotMade> {
        let network = VsphereNetwork {
            port_group: plan.port_group.get()?.as_str().into(),
            gateway: plan.gateway.get()?.to_string(),
            subnet_mask: plan.subnet_mask.get()?.to_string(),
            address_ranges: wire_ranges(plan.address_ranges.get()?),
            ip_assignment_mode: None,
        };
        making.still_taken().await.map_err(NotMade::Perhaps)?;
        let spec = CreateSpec::vsphere(self.network.clone(), network);
        let ask = async || vcenter.networks(&self.cluster).create(&spec).await;
        let Err(why) = ask().await else { return Ok(()) };
        if !is_unsure(&why) {
            return Err(NotMade::Refused(self.failed("make", &why)));
        }
        if self.is_ours(vcenter, making, plan).await? {
            return Ok(());
        }
        match ask().await {
            Ok(()) => Ok(()),
            Err(why) if is_unsure(&why) => Err(NotMade::Perhaps(self.failed("make", &why))),
            // The first request may have arrived by now.
            Err(why) => match self.is_ours(vcenter, making, plan).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(NotMade::Refused(self.failed("make", &why))),
                Err(not_made) => Err(not_made),
            },
        }
    }

    /// Whether a network is there that is ours: nobody else intends to make it, and it is as it was
    /// asked for. False if there is none.
    async fn is_ours(
        &self,
        vcenter: &Vcenter,
        making: &Making<'_>,
        plan: &Model,
    ) -> Result<bool, NotMade> {
        let found = self.look(vcenter).await.map_err(NotMade::Perhaps)?;
        let Some(info) = found else { return Ok(false) };
        making.prevails().await.map_err(NotMade::Perhaps)?;
        self.as_asked(&info, plan).map_err(NotMade::Perhaps)?;
        Ok(true)
    }

    /// That what is there is what is planned: what has other settings cannot be shown to be ours.
    fn as_asked(&self, info: &Info, plan: &Model) -> Result<(), Error> {
        let is = self.on_port_group(info)?;
        let is_same = is.port_group.as_str() == plan.port_group.get()?.as_str()
            && is.gateway == plan.gateway.get()?.to_string()
            && is.subnet_mask == plan.subnet_mask.get()?.to_string()
            && address_ranges(&is.address_ranges) == *plan.address_ranges.get()?;
        if is_same {
            return Ok(());
        }
        let name = self.name();
        let detail = format!(
            "an intent to make `{name}` stands in NSX, and the network that is there has other \
             settings than the configuration, so that it cannot be shown to be this one; if it is to \
             be managed here: terraform import {KIND}.<name> {name}"
        );
        Err(Error::new("a network with other settings is in the way", detail))
    }

    async fn change(&self, vcenter: &Vcenter, plan: &Model) -> Result<(), Error> {
        let changes = VsphereNetworkUpdate {
            port_group: None,
            gateway: Some(plan.gateway.get()?.to_string()),
            subnet_mask: Some(plan.subnet_mask.get()?.to_string()),
            address_ranges: Some(wire_ranges(plan.address_ranges.get()?)),
        };
        let spec = UpdateSpec::vsphere(changes);
        let changed = vcenter.networks(&self.cluster).update(&self.network, &spec).await;
        changed.map_err(|why| self.failed("change", &why))
    }

    /// Deletes the network, once nobody uses it, and waits until it is gone.
    async fn remove(&self, cx: &Context<Clients>, vcenter: &Vcenter) -> Result<(), Error> {
        const LOOKS: u32 = 20;
        let pace = cx.data()?.pace();
        let (mut pause, mut looks) = (pace.first, 0);
        loop {
            let Some(info) = self.look(vcenter).await? else { return Ok(()) };
            match vcenter.networks(&self.cluster).delete(&self.network).await {
                Ok(()) => {}
                Err(why) if why.is_not_found() => return Ok(()),
                Err(why) if is_in_use(&why) && looks < LOOKS => looks += 1,
                Err(why) => {
                    let users: Vec<&str> =
                        info.namespaces.iter().map(vcenter::NamespaceId::as_str).collect();
                    let users =
                        if users.is_empty() { "nobody".to_owned() } else { users.join(", ") };
                    let doing = format!("delete (used by {users})");
                    return Err(self.failed(&doing, &why));
                }
            }
            let waited = vcenter.http().unless_stopped(tokio::time::sleep(pause)).await;
            waited.map_err(|why| {
                let detail = format!("`{}` is still there: {why}", self.name());
                Error::new("the network is still there", detail)
            })?;
            pause = pace.after(pause);
        }
    }
}

fn is_in_use(why: &vcenter::Error) -> bool {
    matches!(why.error_type(), Some(ErrorType::ResourceInUse | ErrorType::ResourceBusy))
}

/// The planned addresses are nobody else's in the Supervisor. Without an answer the write will be
/// refused just the same.
async fn apart_from_others(cx: &Context<Clients>, planned: &Model, found: &mut Diagnostics) {
    let (Some(cluster), Some(ranges)) = (planned.cluster.known(), planned.address_ranges.known())
    else {
        return;
    };
    let Ok(vcenter) = clients::vcenter(cx) else { return };
    if let Ok(version) = vcenter.version().await
        && *version < Version::new(&[7, 0, 3])
    {
        let detail = format!("networks can be added from vCenter 7.0.3 on, and this is {version}");
        found.error_at(Path::of("name"), "vCenter is too old", detail);
    }
    let cluster = ClusterId::from(cluster.as_str());
    let Ok(info) = vcenter.clusters().get(&cluster).await else { return };
    let networks = vcenter.networks(&cluster).list().await.unwrap_or_default();
    let mut theirs = Vec::new();
    let own = planned.name.known().map(DnsLabel::as_str);
    for network in networks.iter().filter(|it| Some(it.id.as_str()) != own) {
        let ranges = network.vsphere.iter().flat_map(|it| address_ranges(&it.address_ranges));
        theirs.extend(ranges.map(|it| NamedRange::new(format!("network {}", network.id), it)));
    }
    for balancer in &info.load_balancers {
        let ranges = address_ranges(&balancer.address_ranges).into_iter();
        theirs
            .extend(ranges.map(|it| NamedRange::new(format!("load balancer {}", balancer.id), it)));
    }
    let count = theirs.len();
    let own = NamedRange::list("address_ranges", ranges.iter().copied());
    let all: Vec<NamedRange> = theirs.into_iter().chain(own).collect();
    for overlap in overlaps(all.iter().cloned()) {
        let mine = all[count..].iter().position(|it| *it == overlap.later);
        if let Some(index) = mine.filter(|_| all[..count].contains(&overlap.earlier)) {
            let at = Path::of("address_ranges").index(index);
            found.error_at(at, "overlapping addresses", overlap.to_string());
        }
    }
}
