//! What resources work with: the servers, the owner, the pace.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use api_client::{Authorities, Config as Server, Proxy, Secret, Settings, Transport, Trust};
use lab::{Lab, Store};
use nsx::{Nsx, Patience};
use tf_framework::{Context, Diagnostic, Diagnostics, Error, Path, Unknown};
use vcenter::{ClusterId, Vcenter, clusters::Info};

use crate::{
    cli::with_causes,
    config::{Config, Connection, LabConfig, LabProfile, Owner},
    dfw::{self, RuleBase},
    environment::{Environment, NSX, Names, OWNER, VCENTER},
    owned::told,
    ownership::Claims,
    said,
};

/// What the provider made of its configuration.
#[derive(Debug)]
pub struct Clients {
    owner: Option<Owner>,
    vcenter: Access<Vcenter>,
    nsx: Access<Nsx>,
    lab: Mutex<Option<Lab>>,
    claims: Claims,
    pace: Pace,
    rule_base: tokio::sync::Mutex<Option<Arc<RuleBase>>>,
    supervisors: tokio::sync::Mutex<BTreeMap<ClusterId, Arc<Info>>>,
}

/// What carries requests to the servers.
#[derive(Clone, Default)]
pub enum Carrier {
    /// The network.
    #[default]
    Network,
    /// Something else: a test's stand-in.
    Other(Arc<dyn Transport>),
}

impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Network => "Network",
            Self::Other(_) => "Other",
        })
    }
}

/// A server, if there is one.
#[derive(Debug)]
enum Access<T> {
    Ready(T),
    /// The configuration has none.
    Missing(&'static Names),
    /// Only apply will know which.
    Unknown(&'static str),
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

/// Where a lab keeps its state unless told otherwise.
const LAB_STATE: &str = "supervisor-lab.sqlite";

impl Clients {
    /// Connects to nothing yet: that happens on first use.
    pub async fn new(
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
            vcenter: Access::Missing(&VCENTER),
            nsx: Access::Missing(&NSX),
            lab: Mutex::new(None),
            claims: Claims::default(),
            pace,
            rule_base: tokio::sync::Mutex::default(),
            supervisors: tokio::sync::Mutex::default(),
        };
        if let Some(settings) = config.lab.known() {
            clients.start_lab(settings).await?;
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
        clients.vcenter = vcenter.open(|login| login.vcenter(carrier))?;
        clients.nsx = nsx.open(|login| login.nsx(carrier, pace))?;
        Ok(clients)
    }

    async fn start_lab(&mut self, settings: &LabConfig) -> Result<(), Error> {
        let failed = |why: &lab::Error| {
            Error::new("the lab does not start", with_causes(why)).at(&Path::of("lab"))
        };
        let path = settings.state_file.known().map_or(LAB_STATE, String::as_str);
        let store = Store::open(&PathBuf::from(path), &lab_settings(settings))
            .map_err(|why| failed(&why))?;
        let lab = Lab::start(store, lab::Options::default()).await.map_err(|why| failed(&why))?;
        let login = |url: &url::Url, username: &str, names| -> Result<Login, Error> {
            let server = Server::new(url.as_str())
                .map_err(|why| Error::new("the lab does not start", why.to_string()))?
                .trust(Trust::AllowUnverified);
            let password = Secret::from(lab.password().to_owned());
            Ok(Login { server, username: username.to_owned(), password, names })
        };
        let (vcenter, nsx) = (
            login(lab.vcenter(), lab.username(), &VCENTER)?,
            login(lab.nsx(), lab.nsx_username(), &NSX)?,
        );
        self.vcenter = Access::Ready(vcenter.vcenter(&Carrier::Network)?);
        self.nsx = Access::Ready(nsx.nsx(&Carrier::Network, self.pace)?);
        *self.lab.lock().unwrap_or_else(PoisonError::into_inner) = Some(lab);
        Ok(())
    }

    /// Whose the objects are that this state creates.
    pub fn owner(&self) -> Result<&Owner, Error> {
        self.owner.as_ref().ok_or_else(|| {
            Error::new(
                "the provider has no owner",
                format!(
                    "set `owner` in the provider block, or `{OWNER}`, to a name that no other \
                     Terraform state uses"
                ),
            )
            .at(&Path::of("owner"))
        })
    }

    /// What this run has claimed.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
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

    /// Has the next one who asks read the rule base anew: something in it was written.
    pub async fn forget_rule_base(&self) {
        *self.rule_base.lock().await = None;
    }

    /// Logs out, and ends a lab of this process.
    pub async fn close(&self) {
        if let Access::Ready(vcenter) = &self.vcenter {
            vcenter.close().await;
        }
        if let Access::Ready(nsx) = &self.nsx {
            nsx.close().await;
        }
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
    // On the heap: nine answers at once are much for every future that waits for this one.
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

/// Why a wait ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The user interrupts.
    Stopped,
    /// The operation's time is up.
    OutOfTime,
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
            Self::Unknown(block) => Err(Error::new(
                "the provider's configuration is not known yet",
                format!("`{block}` hangs on something that only apply creates; apply that first"),
            )),
        }
    }
}

fn owner(config: &Config, environment: &Environment) -> Result<Option<Owner>, Error> {
    if config.owner.is_unknown() {
        return Ok(None);
    }
    if let Some(owner) = config.owner.known() {
        return Ok(Some(owner.clone()));
    }
    let fallback = if config.lab.is_null() { environment.get(OWNER) } else { Some("lab") };
    let parsed = fallback.map(str::parse).transpose();
    parsed.map_err(|why: String| Error::new("no usable owner", format!("`{OWNER}`: {why}")))
}

fn lab_settings(config: &LabConfig) -> lab::Settings {
    let mut settings = lab::Settings::default();
    if let Some(version) = config.vcenter_version.known() {
        settings.vcenter_version.clone_from(version);
    }
    if let Some(profile) = config.isolation_profile.known() {
        settings.isolation_profile = match profile {
            LabProfile::Isolated => lab::IsolationProfile::Isolated,
            LabProfile::AllowNamespace => lab::IsolationProfile::AllowNamespace,
            LabProfile::AllowCluster => lab::IsolationProfile::AllowCluster,
            LabProfile::Open => lab::IsolationProfile::Open,
        };
    }
    settings
}

/// A server and who logs in there.
#[derive(Debug)]
struct Login {
    server: Server,
    username: String,
    password: Secret,
    names: &'static Names,
}

impl Access<Login> {
    fn open<T>(self, client: impl FnOnce(Login) -> Result<T, Error>) -> Result<Access<T>, Error> {
        Ok(match self {
            Self::Ready(login) => Access::Ready(client(login)?),
            Self::Missing(names) => Access::Missing(names),
            Self::Unknown(block) => Access::Unknown(block),
        })
    }
}

impl Login {
    /// What block and variables say together; a variable stands in for what the block leaves out.
    fn find(
        block: Option<&Connection>,
        is_unknown: bool,
        names: &'static Names,
        environment: &Environment,
        warnings: &mut Diagnostics,
    ) -> Result<Access<Self>, Error> {
        if is_unknown {
            return Ok(Access::Unknown(names.block));
        }
        let is_written = block.is_some();
        let block = block.cloned().unwrap_or_default();
        let Ok((server, username, password)) = written(&block) else {
            return Ok(Access::Unknown(names.block));
        };
        let or_variable = |value: Option<String>, variable: &str| {
            value.or_else(|| environment.get(variable).map(str::to_owned))
        };
        let Some(server) = or_variable(server, names.server) else {
            return if is_written {
                Err(missing(names, "server", names.server))
            } else {
                Ok(Access::Missing(names))
            };
        };
        let username = or_variable(username, names.username)
            .ok_or_else(|| missing(names, "username", names.username))?;
        let password = or_variable(password, names.password)
            .ok_or_else(|| missing(names, "password", names.password))?;
        let at = Path::of(names.block).attribute("server");
        let proxy = Proxy::from_variables(|name| environment.get(name).map(str::to_owned))
            .map_err(|why| Error::new("no usable proxy", format!("HTTPS_PROXY: {why}")))?;
        let server = Server::new(&server)
            .map_err(|why| Error::new("no usable server", why.to_string()).at(&at))?
            .trust(trust(&block, names, environment, warnings)?)
            .proxy(proxy);
        Ok(Access::Ready(Self { server, username, password: Secret::from(password), names }))
    }

    fn vcenter(self, carrier: &Carrier) -> Result<Vcenter, Error> {
        let Self { server, username, password, names } = self;
        let user = vcenter::Credentials::new(username, password);
        match carrier {
            Carrier::Network => Vcenter::new(&server, user).map_err(|why| unusable(names, &why)),
            Carrier::Other(other) => {
                Ok(Vcenter::over(Arc::clone(other), &server, user, Settings::default()))
            }
        }
    }

    fn nsx(self, carrier: &Carrier, pace: Pace) -> Result<Nsx, Error> {
        let Self { server, username, password, names } = self;
        let patience = Patience { base: pace.first, cap: pace.most, ..Patience::default() };
        let (user, settings) = (username.as_str(), Settings::default());
        match carrier {
            Carrier::Network => Nsx::with_settings(&server, user, password, settings, patience)
                .map_err(|why| unusable(names, &why)),
            Carrier::Other(other) => {
                Ok(Nsx::over(Arc::clone(other), &server, user, password, settings, patience))
            }
        }
    }
}

type Written = (Option<String>, Option<String>, Option<String>);

fn written(block: &Connection) -> Result<Written, Unknown> {
    let server = block.server.get()?.map(|it| it.as_str().to_owned());
    let username = block.username.get()?.map(|it| it.as_str().to_owned());
    let password = block.password.get()?.map(|it| it.expose().clone());
    Ok((server, username, password))
}

fn trust(
    block: &Connection,
    names: &Names,
    environment: &Environment,
    warnings: &mut Diagnostics,
) -> Result<Trust, Error> {
    let at = |attribute| Path::of(names.block).attribute(attribute);
    let authorities = |pem: &[u8], attribute| {
        Authorities::from_pem(pem).map(Trust::Authorities).map_err(|why| {
            Error::new("no usable certificates", with_causes(&why)).at(&at(attribute))
        })
    };
    if let Some(pin) = block.thumbprint_sha256.known() {
        let pin = pin.as_str().parse().map_err(|why: api_client::InvalidFingerprint| {
            Error::new("no usable thumbprint", why.to_string()).at(&at("thumbprint_sha256"))
        })?;
        return Ok(Trust::Pin(pin));
    }
    if let Some(pem) = block.ca_pem.known() {
        return authorities(pem.as_str().as_bytes(), "ca_pem");
    }
    let variable = |name: Option<&str>| name.and_then(|name| environment.get(name));
    if let Some(file) = block.ca_file.known().map(String::as_str).or(variable(names.ca_file)) {
        let pem = std::fs::read(file).map_err(|why| {
            Error::new("no usable certificates", format!("read `{file}`: {why}")).at(&at("ca_file"))
        })?;
        return authorities(&pem, "ca_file");
    }
    if let Some(pem) = variable(names.ca_pem) {
        return authorities(pem.as_bytes(), "ca_pem");
    }
    let said = block.allow_unverified.known().copied();
    if said.unwrap_or_else(|| environment.is_true(names.allow_unverified)) {
        warnings.push(unverified(names).at(at("allow_unverified")));
        return Ok(Trust::AllowUnverified);
    }
    Ok(Trust::System)
}

fn unverified(names: &Names) -> Diagnostic {
    Diagnostic::warning(
        format!("{} is not verified", names.block),
        "whoever is between this machine and the server can read the password; use `ca_file`, \
         `ca_pem` or `thumbprint_sha256` in place of `allow_unverified`",
    )
}

fn missing(names: &Names, attribute: &str, variable: &str) -> Error {
    let block = names.block;
    let detail = format!("{attribute} is required (argument `{block}.{attribute}` or {variable})");
    Error::new(format!("{block} has no {attribute}"), detail)
        .at(&Path::of(block).attribute(attribute))
}

fn unusable(names: &Names, why: &api_client::InvalidTrust) -> Error {
    Error::new(format!("{} cannot be reached", names.block), with_causes(why))
        .at(&Path::of(names.block))
}
