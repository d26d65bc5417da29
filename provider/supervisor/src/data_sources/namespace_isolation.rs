//! `supervisor_namespace_isolation`: whether a namespace is closed, whoever made it.

use namespace_network::isolation::{Mode, Outcome, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, DataSource, Defaulted, Error, Optional, Path, Required, mark::distinct,
};
use vcenter::{NamespaceId, found, namespaces::Info};

use crate::{
    clients::{self, Clients},
    config::Owner,
    dfw::Asked,
    resources::vsphere_namespace::{
        RulePath, Subject, found_in, members, pod_cidrs, texts, verdict,
    },
    said,
};

/// Whether a vSphere Namespace is closed, and if not, which rule opens it: for `check` blocks and
/// tests, also of a namespace that Terraform does not manage.
///
/// What is judged is the whole rule base of the distributed firewall with its switch and its exclude
/// lists. Nothing is written, and no `owner` is needed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Name of the namespace.
    pub id: Computed<String>,

    /// Name of the namespace.
    pub name: Required<String>,

    /// Managed object id of the cluster of its Supervisor, such as `domain-c8`. If given, a
    /// namespace elsewhere is an error.
    pub cluster: Defaulted<String>,

    /// Policy paths of security policies, or of rules in them, that may open it all the same; `*` stands
    /// for any text.
    #[schemars(transform = distinct)]
    pub accept: Optional<Vec<RulePath>>,

    /// Whether it is proven closed: whatever gets to or from a workload is let through by the
    /// configuration that isolates it, by a NetworkPolicy of the namespace, or by a rule that `accept`
    /// names.
    pub isolated: Computed<bool>,

    /// The same in one word: `closed`, `open`, or `doubtful` where it depends on something that is not
    /// understood.
    pub verdict: Computed<String>,

    /// What makes the difference, where it is not known whether something gets through.
    pub doubts: Computed<Vec<String>>,

    /// What opens it further than anybody asked for, or may, each with the rule; empty if it is isolated.
    pub opened_by: Computed<Vec<String>>,

    /// Rules that would close it, and why they do not; empty if it is isolated.
    pub reasons: Computed<Vec<String>>,

    /// What is let through on purpose, each with the rule.
    pub openings: Computed<Vec<String>>,

    /// How this provider isolates it: `baseline`, `guardrail` or `observe`; null if it does not.
    pub mode: Computed<String>,

    /// Owner of the state that isolates it; null if none does.
    pub owner: Computed<String>,

    /// How many segment ports belong to it. A namespace without any is judged by those that may
    /// come.
    pub members: Computed<usize>,
}

/// The data source.
#[derive(Debug)]
pub struct NamespaceIsolation;

impl DataSource for NamespaceIsolation {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_namespace_isolation";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let name = config.name.get()?.clone();
        let info = namespace(cx, &name).await?;
        let at_all = |why: String| Error::new("no such namespace", why).at(&Path::of("cluster"));
        if let Some(cluster) = config.cluster.known().filter(|it| **it != info.cluster.as_str()) {
            let is = &info.cluster;
            return Err(at_all(format!("`{name}` is on cluster `{is}`, not on `{cluster}`")));
        }
        let supervisor = clients::supervisor(cx, &info.cluster).await?;
        let subject = subject(&name, &info);
        let members = members(cx, &info.cluster, &supervisor, &subject).await?;
        let Some(members) = members else { return Ok(without_nsx(&name, &info)) };
        let rule_base = clients::rule_base(cx).await?;
        let own = cx.data()?.planned_owner().ok().flatten();
        let isolates = found_in(&rule_base, info.cluster.as_str(), &name, own);
        let owner = isolates.as_ref().map(|it| &it.owner).or(own);
        let owners: Vec<&str> = owner.map(Owner::as_str).into_iter().collect();
        let accept = config.accept.known().map(Vec::as_slice).unwrap_or_default();
        let accept: Vec<String> = accept.iter().map(ToString::to_string).collect();
        let asked =
            Asked { owners: &owners, wanted: &[], namespace: members.ncp(), accept: &accept };
        let mut verdict = verdict(cx, &rule_base, &pod_cidrs(&supervisor), &members, &asked)?;
        if let Some(found) = &isolates {
            verdict = found.confirmed(cx, &rule_base, &members, verdict).await?;
        }
        let count = members.among(&rule_base.firewall, &rule_base.endpoints).len();
        let described = described(&name, &info, &verdict);
        Ok(Model {
            mode: isolates.as_ref().map(|it| it.mode.to_string()).into(),
            owner: isolates.map(|it| it.owner.as_str().to_owned()).into(),
            members: count.into(),
            accept: config.accept,
            ..described
        })
    }
}

/// The namespace as vCenter has it, whoever made it.
pub(super) async fn namespace(cx: &Context<Clients>, name: &str) -> Result<Info, Error> {
    let vcenter = clients::vcenter(cx)?;
    let read = found(vcenter.namespaces().get(&NamespaceId::from(name)).await);
    let read = read.map_err(|why| said::told(&format!("read namespace `{name}`"), &why))?;
    read.ok_or_else(|| {
        let detail = format!("vCenter has no namespace `{name}`; its name is wanted, as `banking`");
        Error::new("no such namespace", detail).at(&Path::of("name"))
    })
}

/// It, as far as its members depend on it.
pub(super) fn subject(name: &str, info: &Info) -> Subject {
    let networks: Vec<String> = info.details.networks.iter().map(ToString::to_string).collect();
    Subject {
        name: name.to_owned(),
        networks: Some(networks).filter(|it| !it.is_empty()),
        mode: Mode::Observe,
    }
}

fn described(name: &str, info: &Info, verdict: &Verdict) -> Model {
    Model {
        id: name.to_owned().into(),
        name: name.to_owned().into(),
        cluster: info.cluster.to_string().into(),
        accept: Optional::null(),
        isolated: verdict.is_closed().into(),
        verdict: verdict.outcome.to_string().into(),
        doubts: texts(&verdict.doubts).into(),
        opened_by: texts(&verdict.open).into(),
        reasons: texts(&verdict.misses).into(),
        openings: texts(&verdict.openings).into(),
        mode: Computed::null(),
        owner: Computed::null(),
        members: 0.into(),
    }
}

/// Without a firewall everything is open.
fn without_nsx(name: &str, info: &Info) -> Model {
    let open = Verdict {
        outcome: Outcome::Open,
        open: Vec::new(),
        openings: Vec::new(),
        doubts: Vec::new(),
        misses: Vec::new(),
    };
    let why = "everything, for the provider has no `nsx`, and nothing is known of a firewall";
    Model {
        isolated: false.into(),
        opened_by: vec![why.to_owned()].into(),
        ..described(name, info, &open)
    }
}
