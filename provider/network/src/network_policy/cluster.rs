//! A Kubernetes cluster, as far as NetworkPolicy looks at it.

use std::{collections::BTreeMap, net::IpAddr};

use super::{Labels, NetworkPolicy, Peers, SelectedPeer, Selection, Selector, label::scope_of};
use crate::{
    address::AddressSet,
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

/// A pod as one end of what a policy lets pass.
pub(super) struct Receiver<'a> {
    /// The pod.
    pub(super) pod: &'a Pod,
    /// Those of its addresses that the policy means; it may be none of them.
    pub(super) addresses: AddressSet,
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

impl<'a> Receiver<'a> {
    /// The pod at all of its addresses.
    fn of(pod: &'a Pod) -> Self {
        Self { pod, addresses: pod.addresses.iter().copied().collect() }
    }
}

impl Cluster {
    /// The pods as the DFW sees them: NCP gives the port of a pod the pod's labels as tags, its
    /// segment those of the namespace, and both the cluster and the namespace. No label is taken
    /// for a tag of NCP's own, whatever its key.
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

    /// The pods that a policy is for, at whichever address.
    pub(super) fn selected<'a>(
        &'a self,
        policy: &'a NetworkPolicy,
    ) -> impl Iterator<Item = Receiver<'a>> {
        let own = self.pods.iter().filter(|pod| pod.namespace == policy.namespace);
        own.filter(|pod| policy.pods.matches(&pod.labels)).map(Receiver::of)
    }

    /// The pods among the peers of a policy, each at the addresses at which it is one of them.
    pub(super) fn among<'a>(
        &'a self,
        peers: &'a Peers,
        policy: &'a NetworkPolicy,
    ) -> impl Iterator<Item = Receiver<'a>> {
        let pods = self.pods.iter().map(Receiver::of);
        pods.map(move |it| match peers {
            Peers::Any => it,
            Peers::Only(peers) => {
                let meant = peers.iter().map(|peer| self.meant(&it, peer, policy));
                Receiver {
                    addresses: meant.fold(AddressSet::default(), |all, it| all.or(&it)),
                    ..it
                }
            }
        })
    }

    /// The addresses at which a peer means a pod: whom a selector means has all of its own, a block
    /// has those that are in it.
    fn meant(&self, it: &Receiver<'_>, peer: &SelectedPeer, policy: &NetworkPolicy) -> AddressSet {
        let Receiver { pod, addresses } = it;
        match peer {
            SelectedPeer::Block(block) => addresses.and(&block.addresses()),
            SelectedPeer::Pods(Selection { namespaces, pods }) => {
                let own = pod.namespace == policy.namespace;
                let matches = |it: &Selector| it.matches(&self.labels_of(&pod.namespace));
                let is_meant =
                    namespaces.as_ref().map_or(own, matches) && pods.matches(&pod.labels);
                if is_meant { addresses.clone() } else { AddressSet::default() }
            }
        }
    }
}

fn tags(labels: &Labels) -> impl Iterator<Item = Tag> {
    labels.iter().map(|(key, value)| Tag::new(scope_of(key), value))
}
