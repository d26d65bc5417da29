//! The policy as the YAML that Kubernetes reads.

use namespace_network::{
    kubernetes::{InvalidObjects, Place, WrittenPolicy, read_policies, write_policy},
    network_policy::{Manifest, NetworkPolicy, Peers, SelectedPeer, Selection},
};
use tf_framework::{Diagnostic, Diagnostics, Error, Optional, Path, Unknown};

use super::{model::Model, rules, selector::NAMESPACE_NAME, translation};

/// The one policy in a text; or everything that is wrong with it, each with document and field.
fn read(text: &str) -> Result<WrittenPolicy, Vec<String>> {
    let all = read_policies(text)
        .map_err(|InvalidObjects(wrong)| wrong.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut all = all?;
    if let [_] = all[..] {
        return Ok(all.remove(0));
    }
    let list: Vec<String> =
        all.iter().map(|it| format!("{} in {}", it.policy.full_name(), it.place)).collect();
    Err(vec![format!(
        "holds {} policies ({}), and a resource is one of them; give each a resource of its own, \
         for instance by `for_each`",
        all.len(),
        list.join(", ")
    )])
}

/// What a manifest says of its name and namespace, where the attributes say nothing.
pub(crate) fn names(text: &str) -> Option<(String, Option<String>)> {
    read(text).ok().map(|it| (it.policy.name, it.namespace))
}

/// What a manifest means in that namespace.
pub(crate) fn policy(text: &str, namespace: &str) -> Result<NetworkPolicy, Error> {
    let written = read(text).map_err(|wrong| refused(&wrong.join("\n")))?;
    Ok(NetworkPolicy { namespace: namespace.to_owned(), ..written.policy })
}

/// Whether the manifests of two policies mean the same, whatever they look like: comments, order of
/// fields and what is a default are no difference.
pub(crate) fn mean_the_same(one: &Model, other: &Model) -> bool {
    let meaning = |it: &Model| policy(it.manifest.known()?, it.namespace.known()?.as_str()).ok();
    meaning(one).is_some_and(|it| meaning(other) == Some(it))
}

/// The typed attributes as a manifest. What would be refused in them is refused here: a list in
/// which nobody is left would be anybody in a manifest.
pub(crate) fn of_attributes(model: &Model) -> Result<Manifest, Error> {
    let mut found = Diagnostics::new();
    rules::validate(model, &mut found);
    match Error::try_from(found) {
        Ok(why) => Err(why),
        Err(_) => Ok(model.to_kubernetes()?),
    }
}

/// Puts a manifest in the place of the typed attributes.
pub(crate) fn replace_attributes(model: &mut Model) -> Result<(), Error> {
    model.manifest = write_policy(&of_attributes(model)?).into();
    model.pod_selector = Optional::null();
    model.policy_types = Optional::null();
    model.ingress = Optional::null();
    model.egress = Optional::null();
    Ok(())
}

/// Finds everything that is wrong with a manifest, and with the attributes beside it.
pub(crate) fn validate(config: &Model, text: &str, found: &mut Diagnostics) {
    match read(text) {
        Err(wrong) => found.extend(wrong.iter().flat_map(|it| Diagnostics::from(refused(it)))),
        Ok(written) => {
            agree(config, &written, found);
            namespaces(&written, found);
            let mut limits = Diagnostics::new();
            translation::limits(&written.policy, &mut limits);
            found.extend(limits.into_iter().map(|it| at_manifest(written.place, it)));
        }
    }
}

/// Finds typed attributes beside a manifest.
pub(crate) fn stands_alone(config: &Model, found: &mut Diagnostics) {
    let attributes = [
        ("pod_selector", config.pod_selector.is_null()),
        ("policy_types", config.policy_types.is_null()),
        ("ingress", config.ingress.is_null()),
        ("egress", config.egress.is_null()),
    ];
    for (attribute, _) in attributes.into_iter().filter(|(_, is_null)| !is_null) {
        let detail = format!(
            "`{attribute}` and `manifest` are two ways to write a policy; write it in one of them"
        );
        found.error_at(Path::of(attribute), "two policies in one", detail);
    }
}

/// Name and namespace may be given twice, but not differently; the namespace has to be given.
fn agree(config: &Model, written: &WrittenPolicy, found: &mut Diagnostics) {
    let mut differ = |attribute: &str, given: Option<String>, own: &str| {
        if let Some(given) = given.filter(|it| it != own) {
            let detail = format!(
                "{}: `metadata.{attribute}`: is `{own}`, and the attribute `{attribute}` is \
                 `{given}`; make them equal, or leave one of them out",
                written.place
            );
            found.extend(Diagnostics::from(refused(&detail)));
        }
    };
    differ("name", config.name.known().map(ToString::to_string), &written.policy.name);
    match &written.namespace {
        Some(own) => differ("namespace", config.namespace.known().map(ToString::to_string), own),
        None if config.namespace.is_null() => {
            let detail = format!(
                "{}: `metadata.namespace`: is needed, or the attribute `namespace`: the vSphere \
                 Namespace that the policy is in",
                written.place
            );
            found.extend(Diagnostics::from(refused(&detail)));
        }
        None => {}
    }
}

/// NSX knows the names of namespaces, by the tags of NCP, and none of their labels.
fn namespaces(written: &WrittenPolicy, found: &mut Diagnostics) {
    let NetworkPolicy { ingress, egress, .. } = &written.policy;
    for (direction, end, items) in [("ingress", "from", ingress), ("egress", "to", egress)] {
        for (rule, item) in items.iter().flatten().enumerate() {
            let Peers::Only(peers) = &item.peers else { continue };
            for (index, peer) in peers.iter().enumerate() {
                for label in unknown_labels(peer) {
                    let detail = format!(
                        "{}: `spec.{direction}[{rule}].{end}[{index}].namespaceSelector`: NSX does \
                         not know the label `{label}` of a namespace; select namespaces by \
                         `{NAMESPACE_NAME}`, which is their name",
                        written.place
                    );
                    found.extend(Diagnostics::from(refused(&detail)));
                }
            }
        }
    }
}

fn unknown_labels(peer: &SelectedPeer) -> impl Iterator<Item = &String> {
    let selector = match peer {
        SelectedPeer::Pods(Selection { namespaces, .. }) => namespaces.as_ref(),
        SelectedPeer::Block(_) => None,
    };
    let keys = selector.into_iter().flat_map(|it| &it.0).map(|it| &it.key);
    keys.filter(|key| *key != NAMESPACE_NAME)
}

fn at_manifest(place: Place, it: Diagnostic) -> Diagnostic {
    let detail = format!("`manifest`: {place}: {}", it.detail);
    Diagnostic { detail, path: Some(Path::of("manifest")), ..it }
}

fn refused(detail: &str) -> Error {
    Error::new("not a NetworkPolicy", format!("`manifest`: {detail}")).at(&Path::of("manifest"))
}

impl Model {
    /// What the policy means, in whichever of the two forms it is written.
    pub(crate) fn meaning(&self) -> Result<Result<NetworkPolicy, Error>, Unknown> {
        Ok(match self.manifest.get()? {
            Some(text) => policy(text, self.namespace.get()?.as_str()),
            None => NetworkPolicy::try_from(&self.to_kubernetes()?)
                .map_err(|why| Error::new("not a NetworkPolicy", why.to_string())),
        })
    }
}
