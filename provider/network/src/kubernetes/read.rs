//! Objects to what is asked of them.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use super::{
    InvalidObject, InvalidObjects, Place,
    document::documents,
    object::{Metadata, Object, objects},
    pod::{self, Found},
};
use crate::network_policy::{Cluster, InvalidPolicies, Manifest, NetworkPolicy, Pod};

/// What a text tells of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// Its namespaces, and the pods that have a network of their own.
    pub cluster: Cluster,
    /// The pods that have the network of their nodes: no selector of a policy means them, and no
    /// rule is enforced at them, but a block of addresses may hold theirs (Kubernetes, "Network
    /// Policies: NetworkPolicy and `hostNetwork` pods").
    pub on_hosts: Vec<Pod>,
    /// Its policies.
    pub policies: Vec<WrittenPolicy>,
    /// What has no part in the network, or is not known here.
    pub passed_over: Vec<PassedOver>,
}

/// A NetworkPolicy of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenPolicy {
    /// Where it stands.
    pub place: Place,
    /// As it is written.
    pub manifest: Manifest,
    /// The namespace, if it is written: where it is not, `manifest` and `policy` have `default`.
    pub namespace: Option<String>,
    /// As it is meant.
    pub policy: NetworkPolicy,
}

/// An object that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Where it stands.
    pub place: Place,
    /// Kind and name.
    pub object: String,
    /// Why.
    pub reason: String,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, object, reason } = self;
        write!(f, "{place}, {object}: passed over: {reason}")
    }
}

/// The state of a cluster: Namespaces, Pods and `NetworkPolicies`. Other kinds are passed over, and
/// so are pods that have ended.
///
/// # Errors
///
/// If the text is no YAML or JSON, if an object is not as its kind has it, or if two are of one
/// name: each with document, line and field.
pub fn read(text: &str) -> Result<Objects, InvalidObjects> {
    let mut reader = Reader::default();
    let found = reader.objects(text)?;
    for object in &found {
        reader.take(object);
    }
    reader.finish()
}

/// Every object of a text, those of lists one by one, whatever their kinds: for readers that know
/// more kinds than [`read`] does.
///
/// # Errors
///
/// If the text is no YAML or JSON, or something in it is no object of Kubernetes: each with
/// document and line.
pub fn read_objects(text: &str) -> Result<Vec<Object>, InvalidObjects> {
    let mut reader = Reader::default();
    let found = reader.objects(text)?;
    reader.finish().map(|_| found)
}

/// `NetworkPolicies`, at least one, and nothing else.
///
/// # Errors
///
/// As [`read`], and if there is none, or something else.
pub fn read_policies(text: &str) -> Result<Vec<WrittenPolicy>, InvalidObjects> {
    let mut reader = Reader::default();
    for object in reader.objects(text)? {
        if object.kind == "NetworkPolicy" {
            reader.take(&object);
        } else {
            let reason = format!("`{}` is not wanted here, only NetworkPolicy is", object.kind);
            reader.errors.push(object.refuse("kind", reason));
        }
    }
    let Objects { policies, passed_over, .. } = reader.finish()?;
    let errors: Vec<_> = passed_over.into_iter().map(InvalidObject::from).collect();
    match (errors.is_empty(), policies.is_empty()) {
        (true, false) => Ok(policies),
        (false, _) => Err(InvalidObjects(errors)),
        (true, true) => Err(InvalidObjects(vec![InvalidObject {
            place: Place { document: 1, line: 1, item: None },
            object: None,
            field: None,
            reason: "is empty: a NetworkPolicy is needed".to_owned(),
        }])),
    }
}

impl From<PassedOver> for InvalidObject {
    fn from(PassedOver { place, object, reason }: PassedOver) -> Self {
        Self { place, object: Some(object), field: None, reason }
    }
}

#[derive(Default)]
struct Reader {
    found: Objects,
    errors: Vec<InvalidObject>,
    /// Where each object is, by kind and name.
    seen: BTreeMap<(String, String), Place>,
}

#[derive(Deserialize)]
struct Namespace {
    metadata: Metadata,
}

impl Reader {
    fn objects(&mut self, text: &str) -> Result<Vec<Object>, InvalidObjects> {
        let documents = documents(text).map_err(|error| InvalidObjects(vec![error]))?;
        let (objects, errors) = objects(documents);
        self.errors.extend(errors);
        Ok(objects)
    }

    fn finish(self) -> Result<Objects, InvalidObjects> {
        if self.errors.is_empty() { Ok(self.found) } else { Err(InvalidObjects(self.errors)) }
    }

    fn take(&mut self, object: &Object) {
        let done = match (object.api.as_str(), object.kind.as_str()) {
            ("v1", "Namespace") => self.namespace(object),
            ("v1", "Pod") => self.pod(object),
            ("networking.k8s.io/v1", "NetworkPolicy") => self.policy(object),
            (api, kind) => self.other(object, api, kind),
        };
        if let Err(errors) = done {
            self.errors.extend(errors.0);
        }
    }

    fn namespace(&mut self, object: &Object) -> Result<(), InvalidObjects> {
        let Namespace { metadata: Metadata { name, labels, .. } } = object.decode()?;
        self.note(object, &name)?;
        self.found.cluster.namespaces.insert(name, labels.unwrap_or_default());
        Ok(())
    }

    fn pod(&mut self, object: &Object) -> Result<(), InvalidObjects> {
        match pod::read(object)? {
            Found::Attached(pod) => {
                self.note(object, &format!("{}/{}", pod.namespace, pod.name))?;
                self.found.cluster.pods.push(pod);
            }
            Found::OnHost(pod) => {
                self.note(object, &format!("{}/{}", pod.namespace, pod.name))?;
                self.found.on_hosts.push(pod);
            }
            Found::Ended(phase) => self.pass_over(object, format!("it has ended ({phase})")),
        }
        Ok(())
    }

    fn policy(&mut self, object: &Object) -> Result<(), InvalidObjects> {
        let manifest: Manifest = object.decode()?;
        let policy = NetworkPolicy::try_from(&manifest).map_err(|InvalidPolicies(errors)| {
            InvalidObjects(
                errors.into_iter().map(|it| object.refuse(&it.field, it.reason)).collect(),
            )
        })?;
        self.note(object, &policy.full_name())?;
        let (place, namespace) = (object.place, object.namespace());
        self.found.policies.push(WrittenPolicy { place, manifest, namespace, policy });
        Ok(())
    }

    /// A kind that is known in another version is refused, for it would count; others do not.
    fn other(&mut self, object: &Object, api: &str, kind: &str) -> Result<(), InvalidObjects> {
        let group = api.split_once('/').map_or("", |(group, _)| group);
        let right = match (group, kind) {
            ("", "Namespace" | "Pod") => "v1",
            ("extensions" | "networking.k8s.io" | "", "NetworkPolicy") => "networking.k8s.io/v1",
            _ => {
                self.pass_over(object, format!("`{kind}` of `{api}` is not read here"));
                return Ok(());
            }
        };
        Err(object.refuse("apiVersion", format!("`{api}` has no {kind}; `{right}` has")).into())
    }

    fn pass_over(&mut self, object: &Object, reason: String) {
        self.found.passed_over.push(PassedOver {
            place: object.place,
            object: object.title(),
            reason,
        });
    }

    /// Refuses what is there already: which of the two holds, nobody could say.
    fn note(&mut self, object: &Object, name: &str) -> Result<(), InvalidObjects> {
        match self.seen.insert((object.kind.clone(), name.to_owned()), object.place) {
            None => Ok(()),
            Some(earlier) => {
                let reason = format!("is there already, in {earlier}: one of the two must go");
                Err(object.refuse("metadata.name", reason).into())
            }
        }
    }
}

impl From<InvalidObject> for InvalidObjects {
    fn from(error: InvalidObject) -> Self {
        Self(vec![error])
    }
}
