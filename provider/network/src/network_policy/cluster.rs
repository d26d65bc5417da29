//! A Kubernetes cluster, as far as NetworkPolicy looks at it.

use std::{collections::BTreeMap, net::IpAddr};

use super::{Block, Labels, NetworkPolicy, Peers, SelectedPeer, Selection, Selector};
use crate::{
    firewall::{Attachment, Endpoint, Object, Tag},
    isolation::scopes,
    port::{Port, Protocol},
};

/// The label that the API server gives to every namespace: its name.
pub(super) const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Namespaces and pods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// The labels of each namespace.
    pub namespaces: BTreeMap<String, Labels>,
    /// The pods.
    pub pods: Vec<Pod>,
}

/// A pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its labels.
    pub labels: Labels,
    /// The ports that its containers declare.
    pub ports: Vec<ContainerPort>,
}

/// A port of a container (`containerPort`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPort {
    /// What it is called, if anything.
    pub name: Option<String>,
    /// Its number.
    pub port: Port,
    /// Its protocol.
    pub protocol: Protocol,
}

impl Cluster {
    /// The pods as the DFW sees them: NCP gives the port of a pod the pod's labels as tags, its
    /// segment those of the namespace, and both the cluster and the namespace.
    ///
    /// A namespace that pods are in has its name as a label (`kubernetes.io/metadata.name`, which
    /// the API server sets), whether it is listed or not.
    #[must_use]
    pub fn endpoints(&self, cluster: &str) -> Vec<Endpoint> {
        self.pods.iter().map(|pod| self.endpoint(cluster, pod)).collect()
    }

    fn endpoint(&self, cluster: &str, pod: &Pod) -> Endpoint {
        let Pod { namespace, name, addresses, labels, ports: _ } = pod;
        let base = || {
            [Tag::new(scopes::CLUSTER, cluster), Tag::new(scopes::PROJECT, namespace)].into_iter()
        };
        let segment = format!("/infra/segments/{namespace}");
        let port = Object::new(format!("{segment}/ports/{name}"), base().chain(tags(labels)));
        let labels = self.labels_of(namespace);
        let segment = Object::new(segment, base().chain(tags(&labels)));
        Endpoint {
            name: format!("{namespace}/{name}"),
            addresses: addresses.clone(),
            attachment: Some(Attachment { port, segment, machine: None }),
        }
    }

    fn labels_of(&self, namespace: &str) -> Labels {
        let mut labels = self.namespaces.get(namespace).cloned().unwrap_or_default();
        labels.insert(NAME_LABEL.to_owned(), namespace.to_owned());
        labels
    }

    /// The pods that a policy is for.
    pub(super) fn selected<'a>(
        &'a self,
        policy: &'a NetworkPolicy,
    ) -> impl Iterator<Item = &'a Pod> {
        let own = self.pods.iter().filter(|pod| pod.namespace == policy.namespace);
        own.filter(|pod| policy.pods.matches(&pod.labels))
    }

    /// The pods among the peers of a policy.
    pub(super) fn among<'a>(
        &'a self,
        peers: &'a Peers,
        policy: &'a NetworkPolicy,
    ) -> impl Iterator<Item = &'a Pod> {
        self.pods.iter().filter(move |pod| match peers {
            Peers::Any => true,
            Peers::Only(peers) => peers.iter().any(|peer| self.is_peer(pod, peer, policy)),
        })
    }

    fn is_peer(&self, pod: &Pod, peer: &SelectedPeer, policy: &NetworkPolicy) -> bool {
        match peer {
            SelectedPeer::Block(block) => is_in(pod, block),
            SelectedPeer::Pods(Selection { namespaces, pods }) => {
                let own = pod.namespace == policy.namespace;
                let matches = |it: &Selector| it.matches(&self.labels_of(&pod.namespace));
                namespaces.as_ref().map_or(own, matches) && pods.matches(&pod.labels)
            }
        }
    }
}

fn is_in(pod: &Pod, block: &Block) -> bool {
    let addresses = block.addresses();
    pod.addresses.iter().any(|address| addresses.contains(*address))
}

fn tags(labels: &Labels) -> impl Iterator<Item = Tag> {
    labels.iter().map(|(key, value)| Tag::new(key, value))
}
