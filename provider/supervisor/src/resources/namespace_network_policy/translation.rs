//! Groups and rules that mean the same, at their place among all rules.

use namespace_network::{
    firewall::{Policy, limits::NAME},
    network_policy::{
        self as kubernetes, Element, Limit, NetworkPolicy, PolicyType, Translation, Translator,
        Untranslatable,
    },
};
use tf_framework::{Diagnostics, Error, Path};

/// Domain of our groups and policies; NCP's is NCP's.
pub(crate) const DOMAIN: &str = "/infra/domains/default";

/// Place of what is let through, in category Application: before anything of NCP's, whose own
/// topmost section is at 10.
pub(crate) const ALLOW_SEQUENCE: u32 = 4;

/// Place of what is dropped: after NCP's sections for the `NetworkPolicies` of Kubernetes, with
/// which ours add up, and before NCP's baseline at 99, which may let through more than they do.
pub(crate) const ISOLATION_SEQUENCE: u32 = 98;

/// What the objects of a policy are called in NSX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    stem: String,
}

/// The parts of ids after the stem.
const SCOPE: &str = "-scope";
const ALLOW: &str = "-allow";
const ISOLATION: &str = "-isolation";

impl Ids {
    /// Those that begin with `stem`.
    pub(crate) fn new(stem: impl Into<String>) -> Self {
        Self { stem: stem.into() }
    }

    /// Those of the policy that has this isolation, by path.
    pub(crate) fn of_isolation(path: &str) -> Option<Self> {
        let id = path.strip_prefix(DOMAIN)?.strip_prefix("/security-policies/")?;
        id.strip_suffix(ISOLATION).filter(|it| !it.is_empty() && !it.contains('/')).map(Self::new)
    }

    /// Those of the policy that has this group of selected workloads, by path.
    pub(crate) fn of_scope(path: &str) -> Option<Self> {
        let id = path.strip_prefix(DOMAIN)?.strip_prefix("/groups/")?;
        id.strip_suffix(SCOPE).filter(|it| !it.is_empty() && !it.contains('/')).map(Self::new)
    }

    /// Those that begin with `id`, if it can be what ids begin with: `namespace/name` cannot.
    pub(crate) fn of_stem(id: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let begins = id.starts_with(|c: char| c.is_ascii_alphanumeric());
        (begins && id.chars().all(allowed)).then(|| Self::new(id))
    }

    pub(crate) fn stem(&self) -> &str {
        &self.stem
    }

    /// The group of the selected workloads, which stands for the whole.
    pub(crate) fn scope(&self) -> String {
        self.group(SCOPE)
    }

    pub(crate) fn allow(&self) -> String {
        format!("{DOMAIN}/security-policies/{}{ALLOW}", self.stem)
    }

    pub(crate) fn isolation(&self) -> String {
        format!("{DOMAIN}/security-policies/{}{ISOLATION}", self.stem)
    }

    /// Whether a path is that of a group of ours.
    pub(crate) fn is_group(&self, path: &str) -> bool {
        path.strip_prefix(&self.group("")).is_some_and(|rest| rest.starts_with('-'))
    }

    pub(crate) fn group(&self, suffix: &str) -> String {
        format!("{DOMAIN}/groups/{}{suffix}", self.stem)
    }
}

/// The groups and rules of a policy in the cluster that NCP calls `cluster`.
pub(crate) fn translate(
    policy: &NetworkPolicy,
    cluster: &str,
    ids: &Ids,
) -> Result<Translation, Error> {
    // What pods call their ports only Kubernetes knows.
    let translator = Translator { cluster, domain: DOMAIN, pods: None };
    let names = kubernetes::Names { stem: ids.stem.clone() };
    let translated = translator.translate(policy, &names);
    let mut translated = translated.map_err(|why| {
        let (Untranslatable::PortName { at, .. } | Untranslatable::Criteria { at, .. }) = &why;
        let error = Error::new("too much for NSX", why.to_string());
        match path_of(*at) {
            Some(at) => error.at(&at),
            None => error,
        }
    })?;
    if translated.groups.is_empty() {
        let detail =
            "`pod_selector` can select nobody; a policy for nobody opens and closes nothing";
        return Err(Error::new("a policy for nobody", detail).at(&Path::of("pod_selector")));
    }
    for it in &mut translated.policies {
        place(it, ids, &policy.full_name());
    }
    Ok(translated)
}

fn place(policy: &mut Policy, ids: &Ids, name: &str) {
    let (sequence, kind) = if policy.path == ids.allow() {
        (ALLOW_SEQUENCE, "allow")
    } else {
        (ISOLATION_SEQUENCE, "isolation")
    };
    policy.sequence = sequence;
    policy.name = display_name(name, kind);
}

/// What a part of a policy is shown as; NSX takes 255 characters, and of more the last ones of the
/// policy's name go.
pub(crate) fn display_name(policy: &str, part: &str) -> String {
    let room = NAME - " ".len() - part.len();
    let policy: String = policy.chars().take(room).collect();
    format!("{policy} {part}")
}

/// Finds what NSX would not take, whatever the Supervisor is called.
pub(crate) fn limits(policy: &NetworkPolicy, found: &mut Diagnostics) {
    match translate(policy, "domain-c0", &Ids::new("policy")) {
        Err(error) => found.extend(Diagnostics::from(error)),
        Ok(translated) => {
            for it in kubernetes::limits(policy, &translated) {
                let error = Error::new("too much for NSX", it.to_string());
                let error = match attribute(&it.limit) {
                    Some(at) => error.at(&at),
                    None => error,
                };
                found.extend(Diagnostics::from(error));
            }
        }
    }
}

/// The attribute that goes too far.
fn attribute(limit: &Limit) -> Option<Path> {
    match limit {
        Limit::Conditions { at, .. }
        | Limit::Groups { at, .. }
        | Limit::SctpPorts { at }
        | Limit::EmptyValue { at, .. }
        | Limit::TagLength { at, .. }
        | Limit::ReservedLabel { at, .. } => path_of(*at),
        Limit::Name { .. } => Some(Path::of("name")),
        Limit::Rules { .. } => None,
    }
}

/// The attribute that an element of a policy is written in.
pub(crate) fn path_of(element: Element) -> Option<Path> {
    let half = |of: PolicyType| match of {
        PolicyType::Ingress => ("ingress", "from"),
        PolicyType::Egress => ("egress", "to"),
    };
    let item = |of: PolicyType, item: usize| Path::of(half(of).0).index(item);
    match element {
        Element::PodSelector => Some(Path::of("pod_selector")),
        Element::Item(of, index) => Some(item(of, index)),
        Element::Peer(of, index, peer) => Some(item(of, index).attribute(half(of).1).index(peer)),
        Element::Port(of, index, port) => Some(item(of, index).attribute("ports").index(port)),
        Element::Isolation(_) => None,
    }
}
