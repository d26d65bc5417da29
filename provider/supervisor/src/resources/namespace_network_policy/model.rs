//! The policy as users write it.

use namespace_network::{
    address::Cidr,
    name::{DnsLabel, DnsName},
    network_policy as kubernetes,
    port::Protocol,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Defaulted, Optional, Required, Timeouts, Unknown,
    mark::{distinct, keep, replace},
};

use super::selector::LabelSelector;

/// Who may talk to whom in a vSphere Namespace, in the terms of a Kubernetes `NetworkPolicy`, kept
/// as rules of the NSX distributed firewall.
///
/// The workloads that a policy selects are closed in the directions it is about, and what any
/// policy lets through is open. Traffic between two closed namespaces needs a policy at each of
/// them: one lets it out, the other lets it in.
///
/// A policy is written in attributes or as a `manifest`, the YAML of Kubernetes, with the same
/// result. In attributes, what is left out opens nothing: anybody, and any port, are written
/// `any = true`. In neither form can NSX tell what Kubernetes alone knows: ports by their names, and
/// namespaces by labels other than `kubernetes.io/metadata.name`. Ports of SCTP it does not tell
/// apart: the protocol is open as a whole or not at all. What it cannot hold is refused at validate.
///
/// The rules stand in category Application, before those of NCP where they let through, and before
/// NCP's baseline where they drop. They add up with the `NetworkPolicies` in Kubernetes, open what
/// isolation in mode `baseline` drops, and open no more than a `guardrail` permits.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Identifier: what the ids of all its objects in NSX begin with. It follows from owner,
    /// namespace and name.
    #[schemars(transform = keep)]
    pub id: Computed<String>,

    /// Policy path of the security policy that drops what nobody allows.
    #[schemars(transform = keep)]
    pub path: Computed<String>,

    /// Policy path of the group with the selected workloads.
    #[schemars(transform = keep)]
    pub group_path: Computed<String>,

    /// Owner whose mark the objects carry in NSX.
    pub owner: Computed<String>,

    /// Name by which NCP knows the Supervisor, read from NSX.
    #[schemars(transform = keep)]
    pub ncp_cluster: Computed<String>,

    /// Whether the rules in NSX are those of this policy: `intact` or `drifted`.
    pub status: Computed<String>,

    /// What in NSX is not as it should be; the next apply repairs it.
    pub differences: Computed<Vec<String>>,

    /// Name of the vSphere Namespace. Needed unless `manifest` names it, and the same if it does.
    #[schemars(transform = replace, transform = keep)]
    pub namespace: Defaulted<DnsLabel>,

    /// Identifier of the vSphere cluster of the Supervisor, such as `domain-c8`. Only needed where
    /// one NSX serves several Supervisors.
    #[schemars(length(min = 1))]
    pub cluster: Optional<String>,

    /// Name of the policy, unique in its namespace. Needed unless `manifest` names it, and the same
    /// if it does.
    #[schemars(transform = replace, transform = keep)]
    pub name: Defaulted<DnsName>,

    /// The whole policy as the manifest of one `NetworkPolicy` in YAML or JSON, in place of
    /// `pod_selector`, `policy_types`, `ingress` and `egress`. It means what it means to Kubernetes:
    /// there, a list of peers or ports that is left out or empty is anybody and any port. A manifest
    /// that means the same as the one before is no change. One that only an apply will know is
    /// checked then; where it could come to another name, give `name` and `namespace` beside it.
    pub manifest: Optional<String>,

    /// Workloads that the policy is for, by the labels of pods. Left out, it is for all workloads
    /// of the namespace, pods and VMs.
    pub pod_selector: Optional<LabelSelector>,

    /// Directions that the policy is about. Left out, it is about `Ingress`, and about `Egress` if
    /// it has egress rules.
    #[schemars(length(min = 1), transform = distinct)]
    pub policy_types: Optional<Vec<PolicyType>>,

    /// What may come in. With no rule, nothing may.
    pub ingress: Optional<Vec<IngressRule>>,

    /// What may go out. With no rule, nothing may.
    pub egress: Optional<Vec<EgressRule>>,

    /// Times to wait.
    pub timeouts: Optional<Timeouts>,
}

/// A direction, seen from the selected workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PolicyType {
    /// Into them.
    Ingress,
    /// Out of them.
    Egress,
}

/// What may come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IngressRule {
    /// Who may send; one of these is enough. For anybody write `[{ any = true }]`.
    pub from: Optional<Vec<Peer>>,

    /// Ports of the selected workloads. For all write `[{ any = true }]`.
    pub ports: Optional<Vec<Ports>>,
}

/// What may go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EgressRule {
    /// Who may receive; one of these is enough. For anybody write `[{ any = true }]`.
    pub to: Optional<Vec<Peer>>,

    /// Ports of the receivers. For all write `[{ any = true }]`.
    pub ports: Optional<Vec<Ports>>,
}

/// Who is at the other end: workloads, addresses, or anybody.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Peer {
    /// Workloads by the labels of pods: those of this namespace, or of the namespaces that
    /// `namespace_selector` selects.
    pub pod_selector: Optional<LabelSelector>,

    /// Namespaces of the same Supervisor, by the label `kubernetes.io/metadata.name`, which is
    /// their name. All of them are selected by `Exists`.
    pub namespace_selector: Optional<LabelSelector>,

    /// Addresses; stands alone.
    pub ip_block: Optional<IpBlock>,

    /// Whether anybody is meant, inside of the Supervisor or outside; stands alone.
    pub any: Optional<bool>,
}

/// Addresses of a network, but for those of some networks in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IpBlock {
    /// The network, such as `10.50.0.0/16`.
    pub cidr: Required<Cidr>,

    /// Networks in it that are left out.
    pub except: Optional<Vec<Cidr>>,
}

/// Ports of a protocol.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ports {
    /// The protocol; `TCP` if it is left out.
    pub protocol: Optional<Protocol>,

    /// The port, or the first of several. Names of ports are not possible: only Kubernetes knows
    /// which numbers they stand for.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Optional<i64>,

    /// The last port, if there are several.
    #[schemars(range(min = 1, max = 65535))]
    pub end_port: Optional<i64>,

    /// Whether all ports are meant: those of the protocol, or of all protocols if none is given.
    pub any: Optional<bool>,
}

impl Model {
    /// Nothing, for what an import fills in.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            id: Computed::null(),
            path: Computed::null(),
            group_path: Computed::null(),
            owner: Computed::null(),
            ncp_cluster: Computed::null(),
            status: Computed::null(),
            differences: Computed::null(),
            namespace: Defaulted::null(),
            cluster: Optional::null(),
            name: Defaulted::null(),
            manifest: Optional::null(),
            pod_selector: Optional::null(),
            policy_types: Optional::null(),
            ingress: Optional::null(),
            egress: Optional::null(),
            timeouts: Optional::null(),
        }
    }

    /// What the typed attributes say, as Kubernetes has it. Lists that nobody wrote are those of a policy that
    /// [`validate`](super::rules::validate) refuses.
    pub fn to_kubernetes(&self) -> Result<kubernetes::Manifest, Unknown> {
        let ingress = self.ingress.get()?.map(|rules| {
            rules.iter().map(|rule| spec(&rule.from, &rule.ports, Side::From)).collect()
        });
        let egress = self
            .egress
            .get()?
            .map(|rules| rules.iter().map(|rule| spec(&rule.to, &rule.ports, Side::To)).collect());
        let pods = self.pod_selector.get()?.map(LabelSelector::to_kubernetes).transpose()?;
        let types = self.policy_types.get()?.map(|types| {
            types.iter().map(|it| match it {
                PolicyType::Ingress => kubernetes::PolicyType::Ingress,
                PolicyType::Egress => kubernetes::PolicyType::Egress,
            })
        });
        Ok(kubernetes::Manifest {
            api_version: None,
            kind: None,
            metadata: kubernetes::Metadata {
                name: self.name.get()?.to_string(),
                namespace: self.namespace.get()?.to_string(),
            },
            spec: kubernetes::PolicySpec {
                pod_selector: pods.unwrap_or_default(),
                ingress: ingress.transpose()?,
                egress: egress.transpose()?,
                policy_types: types.map(Iterator::collect),
            },
        })
    }
}

#[derive(Clone, Copy)]
enum Side {
    From,
    To,
}

fn spec(
    peers: &Optional<Vec<Peer>>,
    ports: &Optional<Vec<Ports>>,
    side: Side,
) -> Result<kubernetes::RuleSpec, Unknown> {
    let mut some = Vec::new();
    let mut anybody = false;
    for peer in peers.get()?.into_iter().flatten() {
        match peer.any.get()? {
            Some(true) => anybody = true,
            _ => some.push(peer_spec(peer)?),
        }
    }
    let peers = (!anybody).then_some(some);
    let ports: Vec<&Ports> = ports.get()?.into_iter().flatten().collect();
    let mut all = Vec::new();
    let mut everything = false;
    for port in ports {
        everything |= port.any.get()? == Some(&true) && port.protocol.get()?.is_none();
        all.push(kubernetes::PortSpec {
            protocol: port.protocol.get()?.copied(),
            port: port.port.get()?.copied().map(kubernetes::PortOrName::Number),
            end_port: port.end_port.get()?.copied(),
        });
    }
    let ports = (!everything).then_some(all);
    let (from, to) = match side {
        Side::From => (peers, None),
        Side::To => (None, peers),
    };
    Ok(kubernetes::RuleSpec { from, to, ports })
}

fn peer_spec(peer: &Peer) -> Result<kubernetes::PeerSpec, Unknown> {
    let block = peer.ip_block.get()?.map(|block| {
        let except = block.except.get()?;
        Ok::<_, Unknown>(kubernetes::IpBlock {
            cidr: block.cidr.get()?.to_string(),
            except: except.map(|all| all.iter().map(ToString::to_string).collect()),
        })
    });
    let selector =
        |it: &Optional<LabelSelector>| it.get()?.map(LabelSelector::to_kubernetes).transpose();
    Ok(kubernetes::PeerSpec {
        pod_selector: selector(&peer.pod_selector)?,
        namespace_selector: selector(&peer.namespace_selector)?,
        ip_block: block.transpose()?,
    })
}
