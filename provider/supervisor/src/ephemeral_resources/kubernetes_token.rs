//! `supervisor_kubernetes_token`: who is logged in to a Supervisor's Kubernetes, or to a cluster in it.

mod result;

use api_client::{Authorities, Trust};
use namespace_network::name::DnsLabel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Diagnostics, Ephemeral, Error, Opened, Optional, Path, Required, Secret,
};
use vcenter::{ClusterId, KubernetesStatus, control_plane::Guest};

use crate::{
    cli::with_causes,
    clients::{self, Admitted, Clients},
    config::{AuthorityPem, ServerName, Thumbprint},
    said::told,
};

/// A token for the Kubernetes of a Supervisor, or of a Kubernetes cluster in one of its namespaces, as
/// `kubectl vsphere login` gets it: for the `kubernetes` provider, or for a script.
///
/// Who logs in is the provider's user of vCenter. Neither plan nor state has any of it. A token expires,
/// by default after ten hours, and cannot be ended before; a new run gets a new one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Managed object id of the Supervisor's cluster, such as `domain-c8`: vCenter is asked for the
    /// address. This or `endpoint`.
    #[schemars(length(min = 1))]
    pub cluster: Optional<String>,

    /// Address of the Supervisor's control plane, with a port if it is not 443. This or `cluster`; of a
    /// Supervisor that the same configuration makes it is `supervisor_cluster`'s `api_server_endpoint`.
    /// Only what vCenter lists as an address of a Supervisor is logged in to, at the port that it lists
    /// (443 if it lists none), or what the provider block names in `control_plane_hosts`: vCenter's password
    /// goes to no other host.
    pub endpoint: Optional<ServerName>,

    /// A Kubernetes cluster in a namespace. Without it, the token is for the Supervisor itself.
    pub kubernetes_cluster: Optional<KubernetesCluster>,

    /// Certificates of authorities to trust besides the system's, in PEM form. Without it and
    /// `thumbprint_sha256` the control plane is trusted for the same reasons as vCenter, which signs its
    /// certificate unless it was given another.
    pub ca_pem: Optional<AuthorityPem>,

    /// SHA-256 thumbprint of the control plane's certificate. Only this certificate is accepted then,
    /// whoever issued it.
    pub thumbprint_sha256: Optional<Thumbprint>,

    /// Where its Kubernetes is, such as `https://192.168.20.65:6443`.
    pub host: Computed<String>,

    /// The token.
    pub token: Computed<Secret<String>>,

    /// Certificates that its Kubernetes is verified with, in PEM form; null if those of the system do.
    pub cluster_ca_certificate: Computed<String>,

    /// User whose token it is, as the token says.
    pub user: Computed<String>,

    /// When the token expires, as the token says, such as `2026-01-01T10:00:00Z`.
    pub expires_at: Computed<String>,
}

/// A Kubernetes cluster in a namespace of the Supervisor.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct KubernetesCluster {
    /// Name of the cluster.
    pub name: Required<DnsLabel>,

    /// The vSphere Namespace that it is in.
    pub namespace: Required<DnsLabel>,
}

/// The ephemeral resource.
#[derive(Debug)]
pub struct KubernetesToken;

impl Ephemeral for KubernetesToken {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_kubernetes_token";

    fn validate(config: &Model, found: &mut Diagnostics) {
        let is_unsure = config.cluster.is_unknown() || config.endpoint.is_unknown();
        if !is_unsure && config.cluster.is_null() == config.endpoint.is_null() {
            let detail = "exactly one of `cluster` and `endpoint` says which Supervisor is meant";
            found.error_at(Path::of("endpoint"), "exactly one of cluster, endpoint", detail);
        }
        if !config.ca_pem.is_null() && !config.thumbprint_sha256.is_null() {
            let detail = "`ca_pem` and `thumbprint_sha256` say different things about which \
                          certificate to trust; keep one of them";
            found.error_at(Path::of("thumbprint_sha256"), "one way to trust", detail);
        }
    }

    async fn open(&self, cx: &Context<Clients>, config: Model) -> Result<Opened<Model>, Error> {
        let endpoint = match config.endpoint.get()? {
            Some(endpoint) => clients::admitted(cx, endpoint).await?,
            None => endpoint(cx, &config).await?,
        };
        let plane = clients::control_plane(cx, &endpoint, trust(&config)?)?;
        let (guest, endpoint) = (guest(&config)?, endpoint.as_str());
        let logged_in = plane.log_in(guest.as_ref()).await;
        let logged_in = logged_in.map_err(|why| no_token(endpoint, guest.as_ref(), &why))?;
        let own = config.ca_pem.known().map(|it| it.as_str().to_owned());
        let authority = if own.is_none() { clients::authorities_pem(cx)? } else { own };
        Ok(Opened::for_good(result::describe(config, endpoint, &logged_in, authority)))
    }
}

/// Where vCenter says that the Supervisor of the cluster is.
async fn endpoint(cx: &Context<Clients>, config: &Model) -> Result<Admitted, Error> {
    let cluster = config.cluster.get()?.map(String::as_str).unwrap_or_default();
    let cluster = ClusterId::from(cluster);
    let info = clients::vcenter(cx)?.clusters().find(&cluster).await;
    let info =
        info.map_err(|why| told(&format!("ask where the Supervisor of `{cluster}` is"), &why))?;
    let none =
        |detail: String| Error::new("no Supervisor to log in to", detail).at(&Path::of("cluster"));
    let info = info.ok_or_else(|| none(format!("cluster `{cluster}` has no Supervisor")))?;
    let is_up = info.kubernetes_status != KubernetesStatus::Error;
    let Some(endpoint) = Admitted::of(&info).filter(|_| is_up) else {
        let detail = format!(
            "the Supervisor of `{cluster}` has no Kubernetes that answers: its `config_status` is `{}`, \
             its `kubernetes_status` is `{}`",
            info.config_status, info.kubernetes_status
        );
        return Err(none(detail));
    };
    Ok(endpoint)
}

/// What is said here about whom to trust, if anything.
fn trust(config: &Model) -> Result<Option<Trust>, Error> {
    if let Some(pin) = config.thumbprint_sha256.get()? {
        let pin = pin.as_str().parse().map_err(|why: api_client::InvalidFingerprint| {
            Error::new("no usable thumbprint", why.to_string()).at(&Path::of("thumbprint_sha256"))
        })?;
        return Ok(Some(Trust::Pin(pin)));
    }
    let Some(pem) = config.ca_pem.get()? else { return Ok(None) };
    let authorities = Authorities::from_pem(pem.as_str().as_bytes()).map_err(|why| {
        Error::new("no usable certificates", with_causes(&why)).at(&Path::of("ca_pem"))
    })?;
    Ok(Some(Trust::Authorities(authorities)))
}

fn guest(config: &Model) -> Result<Option<Guest>, Error> {
    let Some(it) = config.kubernetes_cluster.get()? else { return Ok(None) };
    let (name, namespace) = (it.name.get()?.to_string(), it.namespace.get()?.to_string());
    Ok(Some(Guest { name, namespace }))
}

/// Why nobody is logged in. What a control plane says of that is not public: its status is.
fn no_token(endpoint: &str, guest: Option<&Guest>, why: &vcenter::Error) -> Error {
    let of = guest.map(|it| format!(", for cluster `{}` in `{}`", it.name, it.namespace));
    let detail = format!("log in at `{endpoint}`{}: {}", of.unwrap_or_default(), with_causes(why));
    if why.is_bad_credentials() {
        return Error::new("the Supervisor does not accept the user or the password", detail);
    }
    if why.is_cancelled() {
        return Error::new("interrupted", detail);
    }
    if why.is_untrusted() {
        let advice = "set `ca_pem` or `thumbprint_sha256` if the control plane has a certificate that \
                      is not vCenter's; nothing was sent to it";
        return Error::new("the Supervisor is not verified", format!("{detail}; {advice}"));
    }
    if guest.is_some() && why.log_in_status() == Some(404) {
        let detail = format!("{detail}; there is no such cluster, or the user may not see it");
        return Error::new("no such Kubernetes cluster", detail)
            .at(&Path::of("kubernetes_cluster"));
    }
    Error::new("no token of the Supervisor", detail)
}
