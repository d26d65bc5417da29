//! The `provider` block.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Diagnostics, Optional, Path, Secret, Span};

use crate::text::text_type;

/// Builds vSphere Supervisors, their namespaces and their networks, through vCenter and NSX.
///
/// Without a vCenter and an NSX at hand, `lab = {}` runs everything against a simulation of both
/// that comes with the provider.
///
/// Parts of this block may only be known after apply, such as the address of a vCenter that the
/// same run makes. What needs no server by then is planned all the same, what is new included; a
/// refresh, an import or a data source that needs one says which attribute is missing. Apply what
/// that hangs on first, with `-target`; a Terraform that runs with `-allow-deferral` puts off by
/// itself what cannot be planned yet.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// Who owns what this configuration creates: a name that no other state uses, such as
    /// `bank/network/prod`. Objects in NSX carry it, so that a create that was cut off is
    /// continued and never doubled, and nobody else's object is taken over. Falls back to
    /// `SUPERVISOR_OWNER`; with `lab` it may be left out.
    pub owner: Optional<Owner>,

    /// vCenter. Falls back to `VSPHERE_SERVER`, `VSPHERE_USER`, `VSPHERE_PASSWORD` and
    /// `VSPHERE_ALLOW_UNVERIFIED_SSL`.
    pub vcenter: Optional<Connection>,

    /// NSX Manager, or the virtual address of its cluster. Falls back to `NSXT_MANAGER_HOST`,
    /// `NSXT_USERNAME`, `NSXT_PASSWORD`, `NSXT_CA`, `NSXT_CA_FILE` and `NSXT_ALLOW_UNVERIFIED_SSL`.
    /// Not needed on Supervisors with VDS networking.
    pub nsx: Optional<Connection>,

    /// A simulated vCenter and NSX in place of real ones, for trying things out and for tests.
    pub lab: Optional<LabConfig>,

    /// Control planes of Supervisors that `supervisor_kubernetes_token` may log in to besides those that
    /// vCenter lists, such as `supervisor.example.com` or `192.168.20.65:8443`: each a host name or an
    /// address, with a port if it is not 443. vCenter's password goes there, so only this block can name
    /// one. Not needed for an address that vCenter lists.
    pub control_plane_hosts: Optional<Vec<ServerName>>,

    /// How often a long operation is looked at, such as `15s`. Short waits are looked at more
    /// often anyway.
    pub poll_interval: Optional<Span>,
}

/// A server and how to log in to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Connection {
    /// Host name or address, with a port if it is not 443.
    pub server: Optional<ServerName>,

    /// User to log in as.
    pub username: Optional<Username>,

    /// Password of the user. Best left out, and set in the environment.
    pub password: Optional<Secret<String>>,

    /// Certificates of authorities to trust besides the system's, in PEM form.
    pub ca_pem: Optional<AuthorityPem>,

    /// File with certificates of authorities to trust besides the system's, in PEM form.
    pub ca_file: Optional<String>,

    /// SHA-256 thumbprint of the server's certificate, 64 hexadecimal digits with or without
    /// colons. Only this certificate is accepted then, whoever issued it.
    pub thumbprint_sha256: Optional<Thumbprint>,

    /// Accept any certificate. Whoever is in between can read the password then: for tests only.
    pub allow_unverified: Optional<bool>,
}

/// The lab that comes with the provider.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct LabConfig {
    /// File that keeps the lab's state from one run to the next. Defaults to
    /// `supervisor-lab.sqlite` in the current directory.
    pub state_file: Optional<String>,

    /// Version of the simulated vCenter, such as `7.0.3.01000` or `8.0.3.00000`, when the state
    /// file is new.
    pub vcenter_version: Optional<String>,

    /// What NCP's own firewall sections leave open, when the state file is new: `isolated`,
    /// `allow_namespace`, `allow_cluster` or `open`.
    pub isolation_profile: Optional<LabProfile>,

    /// What NSX makes of what a PATCH leaves out, when the state file is new: `clear`, `merge` or
    /// `mixed`. Real systems clear it for most kinds of objects, and not by one rule.
    pub patch: Optional<LabPatch>,

    /// Files with ordinary objects of Kubernetes, in YAML or JSON: what there is in the lab's
    /// namespaces. Pods, VMs, Services of type `LoadBalancer` and network policies come
    /// as soon as their namespace does, labels of a Namespace with them, and what the files no longer
    /// have goes. Without this, what the lab has stays as it is; with `[]`, all of it goes.
    pub workloads: Optional<Vec<String>>,
}

/// What NCP's own firewall sections leave open in a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabProfile {
    /// Every namespace is closed in both directions.
    Isolated,
    /// Within a namespace everything is open.
    AllowNamespace,
    /// Within the Supervisor everything is open.
    AllowCluster,
    /// NCP closes nothing.
    Open,
}

/// What a lab's NSX makes of what a PATCH leaves out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum LabPatch {
    /// It is cleared, but for firewall policies and rules.
    Clear,
    /// It stays.
    Merge,
    /// Some of it is cleared, some stays.
    Mixed,
}

impl From<LabPatch> for lab::PatchMode {
    fn from(it: LabPatch) -> Self {
        match it {
            LabPatch::Clear => Self::Clear,
            LabPatch::Merge => Self::Merge,
            LabPatch::Mixed => Self::Mixed,
        }
    }
}

/// Checks across attributes. Nothing here needs a network, a file or the environment.
pub fn validate(config: &Config, found: &mut Diagnostics) {
    if !config.lab.is_null() {
        for (name, is_set) in
            [("vcenter", !config.vcenter.is_null()), ("nsx", !config.nsx.is_null())]
        {
            if is_set {
                let detail = format!("`lab` takes the place of `{name}`; leave one of them out");
                found.error_at(Path::of(name), "two worlds at once", detail);
            }
        }
    }
    for (name, connection) in [("vcenter", &config.vcenter), ("nsx", &config.nsx)] {
        if let Some(connection) = connection.known() {
            one_trust(name, connection, found);
        }
    }
}

/// A pin, authorities and no verification at all exclude each other.
fn one_trust(name: &str, connection: &Connection, found: &mut Diagnostics) {
    let ways = [
        ("ca_pem", !connection.ca_pem.is_null()),
        ("ca_file", !connection.ca_file.is_null()),
        ("thumbprint_sha256", !connection.thumbprint_sha256.is_null()),
        ("allow_unverified", connection.allow_unverified.known() == Some(&true)),
    ];
    let set: Vec<&str> = ways.iter().filter(|(_, is_set)| *is_set).map(|(way, _)| *way).collect();
    if let [first, second, ..] = set[..] {
        let detail = format!(
            "`{name}.{first}` and `{name}.{second}` say different things about which certificate \
             to trust; keep one of them"
        );
        found.error_at(Path::of(name).attribute(second), "one way to trust", detail);
    }
}

text_type! {
    /// A name that stands for one Terraform state; it becomes a tag in NSX.
    Owner, "owner", |text| {
        let length = text.chars().count();
        if length == 0 || length > 256 {
            return Err(format!("1-256 characters expected, got {length}"));
        }
        match text.chars().find(|c| c.is_control()) {
            Some(c) => Err(format!("U+{:04X} control character; use printable text", u32::from(c))),
            None if text.trim() != text => Err("white space at the ends; remove it".to_owned()),
            None => Ok(()),
        }
    }
}

text_type! {
    /// A host name or address with an optional port.
    ServerName, "host", |text| {
        if text.is_empty() {
            return Err("server is required (argument or VSPHERE_SERVER, NSXT_MANAGER_HOST); \
                        it is empty".to_owned());
        }
        // Checked first, so that a password in front of it is never shown.
        if text.contains('@') {
            return Err("host[:port] only, without a user; there are `username` and `password` \
                        for that".to_owned());
        }
        if text.contains('%') {
            return Err(format!("`{text}`: zone identifier not allowed; give an address without"));
        }
        if text.starts_with("http://") {
            return Err(format!("`{text}`: https required; a password never goes out in the clear"));
        }
        if text.contains("..") {
            return Err(format!("`{text}`: host[:port] only, without a path"));
        }
        api_client::Config::new(text).map(|_| ()).map_err(|why| format!("host[:port] only: {why}"))
    }
}

text_type! {
    /// A user name that fits HTTP's basic authentication.
    Username, "user", |text| {
        if text.is_empty() {
            return Err("user name is empty; give one, or leave the attribute out".to_owned());
        }
        match text.chars().find(|c| *c == ':' || c.is_control()) {
            Some(':') => Err(format!("user name must not contain ':', got `{text}`")),
            Some(c) => Err(format!("user name has a control character U+{:04X}", u32::from(c))),
            None => Ok(()),
        }
    }
}

text_type! {
    /// The SHA-256 of a certificate.
    Thumbprint, "sha256", |text| {
        let digits: Vec<char> = text.chars().filter(|c| *c != ':').collect();
        if let Some(at) = digits.iter().position(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("not hexadecimal at character {}", at + 1));
        }
        if digits.len() != 64 {
            return Err(format!("32 bytes expected, got {}", digits.len().div_ceil(2)));
        }
        text.parse::<api_client::Fingerprint>().map(|_| ()).map_err(|why| why.to_string())
    }
}

text_type! {
    /// Certificates in PEM form.
    AuthorityPem, "pem", |text| {
        // Checked first, so that no byte of a key is ever shown.
        if text.contains("PRIVATE KEY-----") {
            return Err("contains a PRIVATE KEY block; give certificates only".to_owned());
        }
        api_client::Authorities::from_pem(text.as_bytes()).map(|_| ()).map_err(|why| match why {
            api_client::InvalidTrust::Certificate(_) => "certificate 1: not DER".to_owned(),
            why => why.to_string(),
        })
    }
}
