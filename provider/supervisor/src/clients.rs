//! What resources work with: the servers, the owner, the pace.

mod admission;
mod control_plane;
mod login;
mod simulation;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lab::Lab;
use nsx::Nsx;
use tf_framework::{Context, Deferral, Diagnostics, Error, Optional, Path};
use vcenter::{
    ClusterId, LibraryId, Vcenter,
    clusters::Info,
    found,
    inventory::{Library, Network, NetworkFilter},
};

pub use admission::{Admitted, admitted};
use control_plane::Doors;
pub use control_plane::{authorities_pem, control_plane};
pub use login::Carrier;
use login::Login;

use crate::{
    config::{Config, Owner, ServerName},
    dfw::{self, RuleBase},
    environment::{Environment, NSX, Names, OWNER, VCENTER},
    owned::{Hold, Holding, Lists, told},
    ownership::Claims,
    said,
};

/// What the provider made of its configuration.
#[derive(Debug)]
pub struct Clients {
    owner: Option<Owner>,
    /// Whether only apply will know the owner.
    awaits_owner: bool,
    /// What tells the vCenter from others that use the same NSX.
    vcenter_name: String,
    vcenter: Access<Vcenter>,
    /// The control planes of Supervisors.
    doors: Access<Doors>,
    /// Those besides what vCenter lists.
    control_plane_hosts: Optional<Vec<ServerName>>,
    nsx: Access<Nsx>,
    lab: Mutex<Option<Lab>>,
    claims: Claims,
    holding: Holding,
    lists: Lists,
    pace: Pace,
    rule_base: tokio::sync::Mutex<Option<Arc<RuleBase>>>,
    supervisors: tokio::sync::Mutex<BTreeMap<ClusterId, Arc<Info>>>,
    libraries: tokio::sync::OnceCell<Vec<(LibraryId, Library)>>,
    port_groups: tokio::sync::Mutex<Option<Arc<[Network]>>>,
    /// The namespaces that vCenter had when a plan first asked; none if it did not say.
    namespaces: tokio::sync::OnceCell<Option<BTreeSet<String>>>,
    /// Namespaces that are in this run's own state.
    seen: tokio::sync::Mutex<BTreeSet<String>>,
    vcenter_user: String,
}

/// A server, if there is one.
#[derive(Clone, Debug)]
enum Access<T> {
    Ready(T),
    /// The configuration has none.
    Missing(&'static Names),
    /// Only apply will know which, for want of this.
    Unknown(Path),
}

/// How long to wait between two looks at something that takes its time.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between the first two looks.
    pub first: Duration,
    /// Between later ones, at most.
    pub most: Duration,
}

impl Pace {
    /// The pause after `pause`.
    #[must_use]
    pub fn after(self, pause: Duration) -> Duration {
        (pause * 2).min(self.most)
    }
}

/// Real servers take minutes for what the lab does in milliseconds.
const REAL: Pace = Pace { first: Duration::from_secs(1), most: Duration::from_secs(15) };
const IN_LAB: Pace = Pace { first: Duration::from_millis(5), most: Duration::from_millis(50) };

impl Clients {
    /// Connects to nothing yet: that happens on first use.
    pub async fn new(
        config: &Config,
        environment: &Environment,
        carrier: &Carrier,
        hold: Hold,
        warnings: &mut Diagnostics,
    ) -> Result<Self, Error> {
        let mut clients = Self::connected(config, environment, carrier, warnings).await?;
        let nsx = match &clients.nsx {
            Access::Ready(nsx) => Some(nsx.clone()),
            Access::Missing(_) | Access::Unknown(_) => None,
        };
        clients.holding = Holding::new(hold, nsx);
        Ok(clients)
    }

    async fn connected(
        config: &Config,
        environment: &Environment,
        carrier: &Carrier,
        warnings: &mut Diagnostics,
    ) -> Result<Self, Error> {
        let is_lab = !config.lab.is_null();
        let mut pace = if is_lab { IN_LAB } else { REAL };
        if let Some(interval) = config.poll_interval.known() {
            pace.most = interval.time();
            pace.first = pace.first.min(pace.most);
        }
        let owner = owner(config, environment)?;
        let mut clients = Self {
            owner,
            awaits_owner: config.owner.is_unknown(),
            vcenter_name: "lab".to_owned(),
            vcenter: Access::Missing(&VCENTER),
            doors: Access::Missing(&VCENTER),
            control_plane_hosts: config.control_plane_hosts.clone(),
            nsx: Access::Missing(&NSX),
            lab: Mutex::new(None),
            claims: Claims::default(),
            holding: Holding::default(),
            lists: Lists::default(),
            pace,
            rule_base: tokio::sync::Mutex::default(),
            supervisors: tokio::sync::Mutex::default(),
            libraries: tokio::sync::OnceCell::new(),
            port_groups: tokio::sync::Mutex::default(),
            namespaces: tokio::sync::OnceCell::new(),
            seen: tokio::sync::Mutex::default(),
            vcenter_user: String::new(),
        };
        if let Some(path) = simulation::unknown(&config.lab) {
            clients.vcenter = Access::Unknown(path.clone());
            clients.doors = Access::Unknown(path.clone());
            clients.nsx = Access::Unknown(path);
            return Ok(clients);
        }
        if let Some(settings) = config.lab.known() {
            clients.start_lab(settings, warnings).await?;
            return Ok(clients);
        }
        let vcenter = Login::find(
            config.vcenter.known(),
            config.vcenter.is_unknown(),
            &VCENTER,
            environment,
            warnings,
        )?;
        let nsx =
            Login::find(config.nsx.known(), config.nsx.is_unknown(), &NSX, environment, warnings)?;
        if let Access::Ready(login) = &vcenter {
            clients.vcenter_user.clone_from(&login.username);
            clients.vcenter_name =
                login.server.server().host_str().unwrap_or_default().to_lowercase();
        }
        clients.doors = vcenter.clone().open(|login| Ok(Doors::new(login, carrier)))?;
        clients.vcenter = vcenter.open(|login| login.vcenter(carrier))?;
        clients.nsx = nsx.open(|login| login.nsx(carrier, pace))?;
        Ok(clients)
    }

    /// Whose the objects are that this state creates.
    pub fn owner(&self) -> Result<&Owner, Error> {
        let at = Path::of("owner");
        self.owner.as_ref().ok_or_else(|| {
            if self.awaits_owner {
                return not_known_yet(&at);
            }
            Error::new(
                "the provider has no owner",
                format!(
                    "set `owner` in the provider block, or `{OWNER}`, to a name that no other \
                     Terraform state uses"
                ),
            )
            .at(&at)
        })
    }

    /// The owner, for a plan: none while only apply will know it, an error if there never is one.
    pub fn planned_owner(&self) -> Result<Option<&Owner>, Error> {
        if self.awaits_owner { Ok(None) } else { self.owner().map(Some) }
    }

    /// What tells the vCenter from others that use the same NSX: its host, as the provider block has
    /// it.
    #[must_use]
    pub fn vcenter_name(&self) -> &str {
        &self.vcenter_name
    }

    /// Who logs in to vCenter.
    #[must_use]
    pub fn vcenter_user(&self) -> &str {
        &self.vcenter_user
    }

    /// A namespace of that name is in this run's own state.
    pub async fn saw_namespace(&self, name: &str) {
        self.seen.lock().await.insert(name.to_owned());
    }

    /// What this run has claimed.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// What is to be held of it when the run ends.
    #[must_use]
    pub fn holding(&self) -> Holding {
        self.holding.clone()
    }

    /// What NSX had of each kind when this run first asked.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// How often to look at something that takes its time.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Whether there is an NSX at all. Supervisors with VDS networking live without.
    #[must_use]
    pub fn has_nsx(&self) -> bool {
        !matches!(self.nsx, Access::Missing(_))
    }

    /// Whether there is a vCenter.
    #[must_use]
    pub fn has_vcenter(&self) -> bool {
        !matches!(self.vcenter, Access::Missing(_))
    }

    /// Has the next one who asks read the port groups anew: one was made, renamed or deleted.
    pub async fn forget_port_groups(&self) {
        *self.port_groups.lock().await = None;
    }

    /// Has the next one who asks read the rule base anew: something in it was written.
    pub async fn forget_rule_base(&self) {
        *self.rule_base.lock().await = None;
    }

    /// Keeps what somebody has just read of a Supervisor, for those who need its facts.
    pub async fn remember_supervisor(&self, cluster: &ClusterId, info: Info) {
        self.supervisors.lock().await.insert(cluster.clone(), Arc::new(info));
    }

    /// Has the next one who asks read that Supervisor anew: it changes.
    pub async fn forget_supervisor(&self, cluster: &ClusterId) {
        self.supervisors.lock().await.remove(cluster);
    }

    /// Logs out, and ends a lab of this process.
    pub async fn close(&self) {
        let vcenter = async {
            if let Access::Ready(vcenter) = &self.vcenter {
                vcenter.close().await;
            }
        };
        let nsx = async {
            if let Access::Ready(nsx) = &self.nsx {
                nsx.close().await;
            }
        };
        futures_util::join!(vcenter, nsx);
        let lab = self.lab.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(lab) = lab {
            lab.stop().await;
        }
    }
}

/// vCenter, for as long as the call may take.
pub fn vcenter(cx: &Context<Clients>) -> Result<Vcenter, Error> {
    let vcenter = cx.data()?.vcenter.get()?;
    Ok(vcenter.within(cx.stop().clone(), Some(cx.deadline())))
}

/// NSX, for as long as the call may take.
pub fn nsx(cx: &Context<Clients>) -> Result<Nsx, Error> {
    let nsx = cx.data()?.nsx.get()?;
    Ok(nsx.within(cx.stop().clone(), Some(cx.deadline())))
}

/// The rule base: read once for all who ask, until something in it is written.
pub async fn rule_base(cx: &Context<Clients>) -> Result<Arc<RuleBase>, Error> {
    let nsx = nsx(cx)?;
    let mut shared = cx.data()?.rule_base.lock().await;
    if let Some(known) = &*shared {
        return Ok(Arc::clone(known));
    }
    // On the heap: all these answers at once are much for every future that waits for this one.
    let read =
        Box::pin(dfw::read(&nsx)).await.map_err(|why| told("read the firewall's rules", &why))?;
    Ok(Arc::clone(shared.insert(Arc::new(read))))
}

/// The Supervisor of a cluster as it was when somebody first asked in this run: for facts that do
/// not change, such as its kind of networking.
pub async fn supervisor(cx: &Context<Clients>, cluster: &ClusterId) -> Result<Arc<Info>, Error> {
    let vcenter = vcenter(cx)?;
    let mut known = cx.data()?.supervisors.lock().await;
    if let Some(info) = known.get(cluster) {
        return Ok(Arc::clone(info));
    }
    let info = vcenter.clusters().get(cluster).await;
    let info =
        info.map_err(|why| said::told(&format!("read the Supervisor of `{cluster}`"), &why))?;
    let info = Arc::new(info);
    known.insert(cluster.clone(), Arc::clone(&info));
    Ok(info)
}

/// The content libraries: vCenter tells their names one by one, and nothing here changes them.
pub async fn libraries(cx: &Context<Clients>) -> Result<&[(LibraryId, Library)], Error> {
    let vcenter = vcenter(cx)?;
    let read = async || {
        let inventory = vcenter.inventory();
        let ids = inventory.libraries().await;
        let ids = ids.map_err(|why| said::told("list the content libraries", &why))?;
        let mut all = Vec::new();
        for id in ids {
            let doing = format!("read content library `{id}`");
            let library = found(inventory.library(&id).await);
            // One that went while they were read is none.
            all.extend(library.map_err(|why| said::told(&doing, &why))?.map(|it| (id, it)));
        }
        Ok(all)
    };
    cx.data()?.libraries.get_or_try_init(read).await.map(Vec::as_slice)
}

/// The port groups of distributed switches: read once for all who ask, until one is written.
pub async fn port_groups(cx: &Context<Clients>) -> Result<Arc<[Network]>, Error> {
    let vcenter = vcenter(cx)?;
    let mut shared = cx.data()?.port_groups.lock().await;
    if let Some(known) = &*shared {
        return Ok(Arc::clone(known));
    }
    let read = vcenter.inventory().networks(&NetworkFilter::distributed()).await;
    let read = read.map_err(|why| said::told("list the port groups", &why))?;
    Ok(Arc::clone(shared.insert(read.into())))
}

/// Whether vCenter had a namespace of that name when this run first asked, which is in no state of its
/// own. A vCenter that does not answer has none: apply asks again.
pub async fn namespace_is_there(cx: &Context<Clients>, name: &str) -> bool {
    let (Ok(vcenter), Ok(clients)) = (vcenter(cx), cx.data()) else { return false };
    if !clients.lists.are_fresh() || clients.seen.lock().await.contains(name) {
        return false;
    }
    let list = async || {
        let listed = vcenter.namespaces().list().await.ok()?;
        Some(listed.into_iter().map(|it| it.details.namespace.to_string()).collect())
    };
    let there = clients.namespaces.get_or_init(list).await;
    there.as_ref().is_some_and(|it: &BTreeSet<String>| it.contains(name))
}

/// Why a wait ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The user interrupts.
    Stopped,
    /// The operation's time is up.
    OutOfTime,
}

/// Why whatever takes long is to end now, if it is.
pub fn cut(cx: &Context<Clients>) -> Option<Cut> {
    if cx.stop().is_cancelled() {
        return Some(Cut::Stopped);
    }
    (cx.deadline() <= tokio::time::Instant::now()).then_some(Cut::OutOfTime)
}

/// Waits, unless the user interrupts or the operation's time is up first.
pub async fn pause(cx: &Context<Clients>, length: Duration) -> Result<(), Cut> {
    tokio::select! {
        biased;
        () = cx.stop().cancelled() => Err(Cut::Stopped),
        () = tokio::time::sleep_until(cx.deadline()) => Err(Cut::OutOfTime),
        () = tokio::time::sleep(length) => Ok(()),
    }
}

/// Waits until nobody else of this run creates or deletes `object`; the turn ends when it is
/// dropped.
pub async fn turn(
    cx: &Context<Clients>,
    object: &str,
) -> Result<tokio::sync::OwnedMutexGuard<()>, Error> {
    tokio::select! {
        biased;
        turn = cx.data()?.claims.turn(object) => Ok(turn),
        _ = pause(cx, Duration::MAX) => Err(Error::new(
            "another resource of this run is in the way",
            format!("`{object}` is still created or deleted by it; apply again"),
        )),
    }
}

impl<T> Access<T> {
    fn get(&self) -> Result<&T, Error> {
        match self {
            Self::Ready(client) => Ok(client),
            Self::Missing(names) => Err(Error::new(
                format!("the provider has no {}", names.block),
                format!(
                    "this needs `{}` in the provider block, or `{}`, `{}` and `{}`; `lab = {{}}` \
                     brings a simulated one",
                    names.block, names.server, names.username, names.password
                ),
            )),
            Self::Unknown(path) => Err(not_known_yet(path)),
        }
    }
}

/// What is needed of the provider block hangs on something that only apply creates.
fn not_known_yet(path: &Path) -> Error {
    let detail = format!(
        "`{path}` in the provider block is only known after apply, and is needed now; apply what it \
         hangs on first, with `-target`, or write a value that is known"
    );
    Error::new("the provider's configuration is not known yet", detail)
        .deferred(Deferral::ProviderConfigUnknown)
}

fn owner(config: &Config, environment: &Environment) -> Result<Option<Owner>, Error> {
    if config.owner.is_unknown() {
        return Ok(None);
    }
    if let Some(owner) = config.owner.known() {
        return Ok(Some(owner.clone()));
    }
    let unusable = |why: &dyn std::fmt::Display| Error::new("no usable owner", why.to_string());
    if config.lab.is_null() {
        return environment.parse(OWNER).map_err(|why| unusable(&why));
    }
    "lab".parse().map(Some).map_err(|why: String| unusable(&why))
}
