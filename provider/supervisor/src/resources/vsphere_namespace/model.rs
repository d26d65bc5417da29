//! The namespace as users write it.

use namespace_network::{
    address::Cidr,
    firewall::Logging,
    isolation::{Mode, Preset},
    name::DnsLabel,
    port::{PortRange, Protocol},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Defaulted, Optional, Required, Timeouts,
    mark::{default, distinct, distinct_by, keep, replace},
};

use crate::{
    resources::lifecycle::OnTimeout,
    text::{Description, text_type},
};

/// A vSphere Namespace: a slice of a Supervisor with its own access, storage, limits and network.
///
/// With NSX networking NCP gives it a segment and a subnet out of the Supervisor's pod CIDRs.
/// `isolation` decides whether this provider closes it with rules of its own, or only watches
/// whether it is closed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Name of the namespace.
    #[schemars(transform = keep)]
    pub id: Computed<String>,

    /// Name, a DNS label that is unique in the whole vCenter.
    #[schemars(transform = replace)]
    pub name: Required<NamespaceName>,

    /// Managed object id of the Supervisor's vSphere cluster: `supervisor_cluster.x.id`.
    #[schemars(length(min = 1), transform = replace)]
    pub cluster: Required<String>,

    /// What the namespace is for.
    pub description: Optional<Description>,

    /// Who may do what in it.
    #[schemars(transform = distinct_by("subject"))]
    pub access: Optional<Vec<Access>>,

    /// Storage that it may use.
    #[schemars(transform = distinct_by("policy"))]
    pub storage: Optional<Vec<Storage>>,

    /// How much its workloads may use.
    pub resources: Optional<Resources>,

    /// Names of the VM classes that it may use.
    #[schemars(transform = distinct)]
    pub vm_classes: Optional<Vec<String>>,

    /// Ids of the content libraries whose images its VMs may use.
    #[schemars(transform = distinct)]
    pub content_libraries: Optional<Vec<LibraryId>>,

    /// Names of the Supervisor's workload networks that it may use. With VDS networking only; the
    /// primary one if it is left out. It cannot change later.
    #[schemars(transform = distinct, transform = replace)]
    pub networks: Optional<Vec<DnsLabel>>,

    /// A network of its own in place of the Supervisor's. With NSX networking only.
    pub network: Optional<Network>,

    /// Whether and how the namespace is closed.
    pub isolation: Optional<Isolation>,

    /// Refuse to destroy or replace the namespace. Set it to `false` and apply before a destroy.
    #[schemars(transform = default(true))]
    pub deletion_protection: Defaulted<bool>,

    /// What to do when waiting takes too long or the namespace ends in an error: `warn` keeps it
    /// and resumes with the next apply, `error` fails, and has the next apply replace what was to
    /// be created, unless `deletion_protection` refuses that.
    #[schemars(transform = default("warn"))]
    pub on_timeout: Defaulted<OnTimeout>,

    /// How far vCenter is with it: `CONFIGURING`, `RUNNING`, `REMOVING`, `ERROR`, or `MISSING`
    /// when its firewall group exists and the namespace does not.
    pub config_status: Computed<String>,

    /// What vCenter says about it.
    pub messages: Computed<Vec<String>>,

    /// Its subnets, as NCP made them. NCP adds one when the others are full. Empty with VDS
    /// networking.
    pub subnets: Computed<Vec<Cidr>>,

    /// Address that its workloads are seen with outside; null when routed or with VDS networking.
    pub snat_address: Computed<String>,

    /// Whether it is proven closed: whatever gets to or from a workload is let through by this
    /// configuration, by a NetworkPolicy of the namespace, or by a rule that `isolation.accept` names.
    /// Null where there is no NSX to judge by.
    pub isolated: Computed<bool>,

    /// The verdict in one word: `closed`, `open`, or `doubtful` where it depends on something that is
    /// not understood. Null where there is no NSX to judge by.
    pub verdict: Computed<String>,

    /// What makes the difference, where it is not known whether something gets through.
    pub doubts: Computed<Vec<String>>,

    /// State of the isolation rules: `intact`, `drifted` when somebody changed them (the next
    /// apply repairs that), `observed` or `none`.
    pub isolation_status: Computed<String>,

    /// What of these rules and their group in NSX is not as it should be, field by field, with who
    /// changed it last and when, where NSX says so; the next apply repairs it.
    pub differences: Computed<Vec<String>>,

    /// What opens it further than anybody asked for: the rule, and whom it lets through.
    pub isolation_openings: Computed<Vec<String>>,

    /// What is let through because it was asked for: by this configuration, by a NetworkPolicy of the
    /// namespace, or by a rule that `isolation.accept` names.
    pub openings: Computed<Vec<String>>,

    /// Policy path of the NSX group of its workloads; null without NSX.
    #[schemars(transform = keep)]
    pub group_path: Computed<String>,

    /// Policy path of the policy that drops; null in the modes that write no rule.
    pub policy_path: Computed<String>,

    /// Owner whose mark the group carries in NSX; null without NSX.
    pub owner: Computed<String>,

    /// Times to wait.
    pub timeouts: Optional<Timeouts>,
}

/// A role of a user or a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// Who, as `name@domain`.
    pub subject: Required<Subject>,

    /// Whether that is a user or a group.
    #[schemars(transform = default("USER"))]
    pub subject_type: Defaulted<SubjectType>,

    /// What they may do: everything and delete it, change what is in it, or look.
    pub role: Required<Role>,
}

/// Storage of a namespace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Storage {
    /// Id of the storage policy.
    #[schemars(length(min = 1))]
    pub policy: Required<String>,

    /// Most of it, with a unit: `500Mi`, `10Gi`, `2Ti`. All that there is, if it is left out.
    pub limit: Optional<Capacity>,
}

/// How much the workloads of a namespace may use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resources {
    /// Most CPU, in MHz.
    #[schemars(range(min = 10))]
    pub cpu_limit_mhz: Optional<i64>,

    /// Most memory, in MiB.
    #[schemars(range(min = 1))]
    pub memory_limit_mib: Optional<i64>,

    /// CPU limit of a container that names none, in MHz.
    #[schemars(range(min = 10))]
    pub cpu_limit_default_mhz: Optional<i64>,

    /// CPU request of a container that names none, in MHz.
    #[schemars(range(min = 10))]
    pub cpu_request_default_mhz: Optional<i64>,

    /// Memory limit of a container that names none, in MiB.
    #[schemars(range(min = 1))]
    pub memory_limit_default_mib: Optional<i64>,

    /// Memory request of a container that names none, in MiB.
    #[schemars(range(min = 1))]
    pub memory_request_default_mib: Optional<i64>,
}

/// A network of a namespace's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Network {
    /// Networks that its subnets are cut out of. Append only.
    pub namespace_network_cidrs: Optional<Vec<Cidr>>,

    /// Networks for the addresses of its Services and Ingresses. Append only.
    pub ingress_cidrs: Optional<Vec<Cidr>>,

    /// Networks for the addresses that its workloads are seen with outside; none when routed.
    /// Append only.
    pub egress_cidrs: Optional<Vec<Cidr>>,

    /// Prefix of its subnets, in bits. It cannot change later.
    #[schemars(range(min = 8, max = 30))]
    pub subnet_prefix: Optional<u8>,

    /// Whether workloads are seen with their own addresses outside. It cannot change later.
    pub routed_mode: Optional<bool>,

    /// Id of the Tier-0 gateway. It cannot change later.
    pub tier0_gateway: Optional<String>,

    /// Size of its load balancer. It cannot change later.
    pub load_balancer_size: Optional<LoadBalancerSize>,
}

/// Whether and how a namespace is closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Isolation {
    /// `observe` writes no rule and only reports. `baseline` drops at the very end of category
    /// Application what nobody allowed. `guardrail` drops in category Environment, before any
    /// NetworkPolicy. `none` is for Supervisors without NSX, where there is no firewall.
    #[schemars(transform = default("observe"))]
    pub mode: Defaulted<Mode>,

    /// What is let through in spite of the drop. In mode `baseline` these rules override the
    /// `NetworkPolicy` objects of the namespace; in mode `guardrail` they are what those may
    /// open. Empty means that nothing is.
    #[schemars(transform = distinct_by("name"))]
    pub allow: Optional<Vec<Allow>>,

    /// Whether the firewall logs what it drops.
    #[schemars(transform = default(false))]
    pub logging: Defaulted<bool>,

    /// Policy paths of security policies, or of rules in them, that are not this configuration's and
    /// may open the namespace all the same: the firm's DNS, backup, monitoring, or what the platform
    /// opens for itself. `*` stands for any text, as in
    /// `/infra/domains/domain-c8:*/security-policies/*-allow-node`. What they let through is listed in
    /// `openings`.
    #[schemars(transform = distinct)]
    pub accept: Optional<Vec<RulePath>>,
}

/// Traffic that is let through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Allow {
    /// Name of the entry; it becomes the name of the rule.
    pub name: Required<DnsLabel>,

    /// A ready-made entry in place of the other attributes: `dns` (to the workloads' DNS
    /// servers), `control_plane` (from the Supervisor's machines and to its API), `vks` (within
    /// the namespace, for Kubernetes clusters in it).
    pub preset: Optional<Preset>,

    /// Which way, seen from the namespace.
    pub direction: Optional<Direction>,

    /// Networks at the other end.
    pub cidrs: Optional<Vec<Cidr>>,

    /// Policy paths of NSX groups at the other end.
    pub groups: Optional<Vec<GroupPath>>,

    /// Anybody at the other end. This must be written out: an empty list means nobody.
    pub any_peer: Optional<bool>,

    /// Protocol of the ports.
    pub protocol: Optional<Protocol>,

    /// Ports of the receiver, as numbers or ranges: `443`, `8000-8080`.
    pub ports: Optional<Vec<PortRange>>,

    /// All protocols and ports. This must be written out: an empty list means nothing.
    pub any_port: Optional<bool>,
}

impl Isolation {
    /// How it is isolated; as by default where that is not known.
    pub(super) fn mode(isolation: &Optional<Self>) -> Mode {
        let mode = isolation.known().and_then(|it| it.mode.known().copied());
        mode.unwrap_or(Mode::Observe)
    }

    pub(super) fn accepted(&self) -> Vec<String> {
        let paths = self.accept.known().map(Vec::as_slice).unwrap_or_default();
        paths.iter().map(ToString::to_string).collect()
    }

    pub(super) fn logging(&self) -> Logging {
        if self.logging.known() == Some(&true) { Logging::Logged } else { Logging::Silent }
    }
}

/// Which way traffic is let through, seen from the namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into the namespace.
    In,
    /// Out of the namespace.
    Out,
}

/// A user or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum SubjectType {
    /// One person.
    User,
    /// Many.
    Group,
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// Everything, and delete the namespace.
    Owner,
    /// Change what is in it.
    Edit,
    /// Look.
    View,
}

/// Size of a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum LoadBalancerSize {
    /// For a few virtual servers.
    Small,
    /// For a hundred.
    Medium,
    /// For a thousand.
    Large,
}

text_type! {
    /// Name of a namespace.
    NamespaceName, "dns-label", |text| {
        if let Some((index, char)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii()) {
            return Err(format!(
                "non-ASCII U+{:04X} at character {}; use a-z, 0-9 and -",
                u32::from(char),
                index + 1
            ));
        }
        if text.starts_with("vmware-system") {
            return Err("names that start with `vmware-system` are vCenter's own".to_owned());
        }
        text.parse::<DnsLabel>().map(|_| ()).map_err(|why| why.to_string())
    }
}

text_type! {
    /// A user or group in a domain.
    Subject, "name@domain", |text| {
        match text.rsplit_once('@') {
            Some((name, domain)) if !name.is_empty() && !domain.is_empty() => Ok(()),
            _ => Err(format!("`{text}` is not complete: name@domain expected")),
        }
    }
}

impl Subject {
    pub(super) fn parts(&self) -> (&str, &str) {
        self.as_str().rsplit_once('@').unwrap_or((self.as_str(), ""))
    }
}

text_type! {
    /// Id of a content library.
    LibraryId, "uuid", |text| {
        let parts: Vec<usize> = text.split('-').map(str::len).collect();
        let is_hex = text.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
        if parts == [8, 4, 4, 4, 12] && is_hex {
            Ok(())
        } else {
            Err(format!("UUID expected, got `{text}`; a data source finds libraries by name"))
        }
    }
}

text_type! {
    /// An amount of storage.
    Capacity, "capacity", |text| mebibytes(text).map(|_| ())
}

impl Capacity {
    /// So many MiB as most people would write them.
    pub(super) fn text(mib: u64) -> String {
        const TERA: u64 = 1024 * 1024;
        match mib {
            0 => "0Mi".to_owned(),
            _ if mib.is_multiple_of(TERA) => format!("{}Ti", mib / TERA),
            _ if mib.is_multiple_of(1024) => format!("{}Gi", mib / 1024),
            _ => format!("{mib}Mi"),
        }
    }

    /// In MiB.
    pub(super) fn mib(&self) -> u64 {
        mebibytes(self.as_str()).unwrap_or_default()
    }
}

fn mebibytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "Mi" => 1,
        "Gi" => 1024,
        "Ti" => 1024 * 1024,
        _ => return Err(format!("`{text}`: unit: use Mi, Gi, Ti, as in `10Gi`")),
    };
    let most = || format!("`{text}` is above {} Mi", i64::MAX);
    if number.is_empty() {
        return Err(format!("`{text}` has no number; write it like `10Gi`"));
    }
    let count: u64 = number.parse().map_err(|_| most())?;
    let mib = count.checked_mul(factor).filter(|it| i64::try_from(*it).is_ok());
    mib.ok_or_else(most)
}

text_type! {
    /// Policy path of an NSX group.
    GroupPath, "policy-path", |text| {
        nsx::Id::<nsx::objects::Group>::parse(text).map(|_| ()).map_err(|why| why.to_string())
    }
}

text_type! {
    /// Policy path of a security policy or of a rule in one, with `*` for any text.
    RulePath, "policy-path", |text| {
        let shape = "/infra/domains/<domain>/security-policies/<policy>, with /rules/<rule> for one \
                     rule";
        let parts = text.strip_prefix("/infra/domains/").and_then(|it| it.split_once('/'));
        let below = parts.and_then(|(_, it)| it.strip_prefix("security-policies/"));
        let policy = below.map(|it| it.split_once("/rules/").map_or(it, |(policy, _)| policy));
        match policy {
            Some(policy) if policy.chars().any(|it| it != '*') && !policy.contains('/') => Ok(()),
            Some(policy) if policy.chars().all(|it| it == '*') => {
                Err(format!("`{text}` would accept every policy; name one"))
            }
            _ => Err(format!("`{text}` is no path of a policy or a rule: {shape}")),
        }
    }
}
