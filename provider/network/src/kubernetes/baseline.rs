//! From the objects of a cluster to the firewall that enforces them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::Objects;
use crate::{
    firewall::{Action, Endpoint, Firewall},
    isolation::{Isolation, Members, Mode, NcpNamespace, Paths},
    network_policy::{
        Cluster, Labels, LimitExceeded, Names, Translator, Untranslatable, is_ncps, limits,
    },
};

/// What holds where no policy applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Baseline {
    /// Nothing passes, as in a vSphere Namespace: each namespace has this crate's own default deny
    /// ([`Mode::Baseline`]).
    #[default]
    Deny,
    /// Everything passes, as in plain Kubernetes ("Network Policies: Default policies").
    Allow,
}

/// What NCP calls a cluster of which only the objects are known.
const CLUSTER: &str = "cluster";

const DOMAIN: &str = "/infra/domains/default";

/// A cluster's policies as groups and rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enforced {
    /// The firewall.
    pub firewall: Firewall,
    /// What of it NSX could not hold. The verdicts are as if it could.
    pub limits: Vec<LimitExceeded>,
}

/// Policies that cannot be said in groups and rules; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntranslatablePolicies(pub Vec<Untranslatable>);

impl fmt::Display for UntranslatablePolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for UntranslatablePolicies {}

impl Objects {
    /// The firewall that means what the policies say, on this baseline.
    ///
    /// # Errors
    ///
    /// If one of them cannot be translated, with all such. What it comes to and NSX could not hold
    /// is no error, but in [`Enforced::limits`].
    pub fn firewall(&self, baseline: Baseline) -> Result<Enforced, UntranslatablePolicies> {
        let mut firewall = Firewall::with_default(Action::Allow);
        if baseline == Baseline::Deny {
            self.namespaces().into_iter().for_each(|it| deny(&mut firewall, it));
        }
        let translator = Translator { cluster: CLUSTER, domain: DOMAIN, pods: Some(&self.cluster) };
        let (mut exceeded, mut errors) = (Vec::new(), Vec::new());
        for written in &self.policies {
            match translator.translate(&written.policy, &Names::of(&written.policy)) {
                Ok(translation) => {
                    exceeded.extend(limits(&written.policy, &translation));
                    translation.add_to(&mut firewall);
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(Enforced { firewall, limits: exceeded })
        } else {
            Err(UntranslatablePolicies(errors))
        }
    }

    /// Everybody in it, as the DFW sees them: the pods of the cluster in their order, then those
    /// on hosts, which are attached to nothing of NSX's.
    #[must_use]
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let on_hosts = self.on_hosts.iter().map(|pod| Endpoint {
            name: format!("{}/{}", pod.namespace, pod.name),
            addresses: pod.addresses.clone(),
            attachment: None,
        });
        self.cluster.endpoints(CLUSTER).into_iter().chain(on_hosts).collect()
    }

    /// The namespaces that are listed, and those that pods are in.
    fn namespaces(&self) -> BTreeSet<&str> {
        let listed = self.cluster.namespaces.keys().map(String::as_str);
        listed.chain(self.cluster.pods.iter().map(|pod| pod.namespace.as_str())).collect()
    }

    /// What makes an answer less sure than it looks, in sentences: pods without an address,
    /// namespaces whose labels are not known, labels that are called like tags of NCP's.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let unlisted: BTreeMap<&str, usize> = self
            .namespaces()
            .into_iter()
            .filter(|it| !self.cluster.namespaces.contains_key(*it))
            .map(|it| (it, self.cluster.pods.iter().filter(|pod| pod.namespace == it).count()))
            .collect();
        let unlisted = unlisted.into_iter().map(|(name, pods)| {
            format!(
                "namespace {name} of {pods} pods has no Namespace object: its name is taken for its \
                 only label"
            )
        });
        let homeless = self.cluster.pods.iter().filter(|pod| pod.addresses.is_empty()).map(|pod| {
            format!(
                "pod {}/{} has no address (`status.podIP`): whether a block of addresses or a named \
                 port is about it cannot be told",
                pod.namespace, pod.name
            )
        });
        unlisted.chain(homeless).chain(self.ambiguous()).collect()
    }

    /// The labels that are called like tags of NCP's. nsx-operator writes them beside its own as if
    /// they were such; what NCP does is not public.
    fn ambiguous(&self) -> impl Iterator<Item = String> {
        let Cluster { namespaces, pods } = &self.cluster;
        let namespaces = namespaces.iter().map(|(name, it)| (format!("namespace {name}"), it));
        let pods = pods.iter().map(|it| (format!("pod {}/{}", it.namespace, it.name), &it.labels));
        namespaces.chain(pods).flat_map(|(whose, labels): (String, &Labels)| {
            let keys = labels.keys().filter(|key| is_ncps(key));
            let told = |key: &String| {
                format!(
                    "{whose} has label `{key}`, which is called like a tag of NCP's own: it is taken \
                     for a label only, and what NSX has of it may be taken for the tag"
                )
            };
            keys.map(told).collect::<Vec<_>>()
        })
    }
}

/// Closes a namespace.
fn deny(firewall: &mut Firewall, namespace: &str) {
    let paths = Paths {
        group: format!("{DOMAIN}/groups/{namespace}"),
        deny: format!("{DOMAIN}/security-policies/{namespace}-default-deny"),
        allow: format!("{DOMAIN}/security-policies/{namespace}-allow"),
    };
    let members = Members::Ncp(NcpNamespace {
        cluster: CLUSTER.to_owned(),
        name: namespace.to_owned(),
        uid: None,
    });
    firewall.groups.insert(paths.group.clone(), members.expression());
    let closed = Isolation::closed(Mode::Baseline).policies(&paths);
    firewall.policies.extend(closed.expect("an isolation without an allow has no wrong one"));
}
