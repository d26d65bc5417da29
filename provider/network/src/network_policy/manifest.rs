//! NetworkPolicy as it is written.
//!
//! Field names and defaults are those of the Kubernetes API reference. A field that the API does
//! not have is refused: a misspelt selector would otherwise select everything.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::port::Protocol;

/// A NetworkPolicy object. What a server adds to its metadata, and its status, is passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// `networking.k8s.io/v1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `NetworkPolicy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What it is called.
    pub metadata: Metadata,
    /// What it says.
    pub spec: PolicySpec,
}

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// Its namespace; `default` if absent or empty, as everywhere in Kubernetes.
    #[serde(default = "default_namespace", deserialize_with = "namespace")]
    pub namespace: String,
}

fn default_namespace() -> String {
    "default".to_owned()
}

fn namespace<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let given = Option::<String>::deserialize(deserializer)?;
    Ok(given.filter(|it| !it.is_empty()).unwrap_or_else(default_namespace))
}

/// Null is absent, as everywhere in Kubernetes.
fn selector<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LabelSelector, D::Error> {
    Option::<LabelSelector>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Whom a policy selects, and what it lets pass (`NetworkPolicySpec`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "what a policy says")]
pub struct PolicySpec {
    /// The pods it is for; all of its namespace if empty.
    #[serde(default, deserialize_with = "selector")]
    pub pod_selector: LabelSelector,
    /// What may come in. Absent and empty are the same: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Vec<RuleSpec>>,
    /// What may go out. Absent and empty are the same: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress: Option<Vec<RuleSpec>>,
    /// The directions it is about. Without: ingress, and egress if it has egress rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_types: Option<Vec<PolicyType>>,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PolicyType {
    /// Into the selected pods.
    Ingress,
    /// Out of them.
    Egress,
}

/// What may pass in one direction (`NetworkPolicyIngressRule`, `NetworkPolicyEgressRule`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a rule; `{}` is one that lets everything pass")]
pub struct RuleSpec {
    /// Who may send, in an ingress rule; anybody if absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Vec<PeerSpec>>,
    /// Who may receive, in an egress rule; anybody if absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Vec<PeerSpec>>,
    /// To which ports; to all if absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ports: Option<Vec<PortSpec>>,
}

/// One end of the traffic (`NetworkPolicyPeer`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a peer")]
pub struct PeerSpec {
    /// Pods: of the policy's namespace, or of those that the other selector selects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_selector: Option<LabelSelector>,
    /// Namespaces: all their pods, or those that the other selector selects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
    /// Addresses; stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_block: Option<IpBlock>,
}

/// Addresses of a network, but for those of some networks in it, all in CIDR notation (`IPBlock`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a block of addresses")]
pub struct IpBlock {
    /// The network.
    pub cidr: String,
    /// The networks left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<Vec<String>>,
}

/// Ports of a protocol (`NetworkPolicyPort`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a port; `{}` is all of TCP")]
pub struct PortSpec {
    /// TCP if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// A number, or the name that the receiving pod gives to a port; all ports if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<PortOrName>,
    /// The last port, 1-65535, where `port` is the first; needs a number there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_port: Option<i64>,
}

/// A port by number or by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PortOrName {
    /// Its number, 1-65535 where it is right.
    Number(i64),
    /// Its name.
    Name(String),
}

impl<'de> Deserialize<'de> for PortOrName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PortOrNameVisitor)
    }
}

struct PortOrNameVisitor;

impl de::Visitor<'_> for PortOrNameVisitor {
    type Value = PortOrName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of a port, or its name")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<PortOrName, E> {
        Ok(PortOrName::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<PortOrName, E> {
        // What is no port anyway is refused as such by whoever reads the policy.
        Ok(PortOrName::Number(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<PortOrName, E> {
        Ok(PortOrName::Name(name.to_owned()))
    }
}

/// Labels that must or must not be there; empty, everything matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a selector of labels")]
pub struct LabelSelector {
    /// Labels with their values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_labels: Option<BTreeMap<String, String>>,
    /// Further conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_expressions: Option<Vec<LabelSelectorRequirement>>,
}

/// One condition on labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a condition on a label")]
pub struct LabelSelectorRequirement {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: String,
    /// The values of `In` and `NotIn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}
