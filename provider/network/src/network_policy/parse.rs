//! From what is written to what is meant.

use std::fmt;

use super::{
    Block, IpBlock, Item, LabelSelector, LabelSelectorRequirement, Manifest, Metadata,
    NetworkPolicy, PeerSpec, Peers, PolicySpec, PolicyType, PortOrName, PortSpec, Ports,
    Requirement, RuleSpec, SelectedPeer, SelectedPort, Selection, Selector, Test,
    label::{check_key, check_value},
};
use crate::{
    address::{Cidr, split},
    port::{Port, PortRange},
};

/// All that is wrong with a manifest, by the rules of the Kubernetes API; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPolicies(pub Vec<InvalidPolicy>);

/// One thing that is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{policy}: `{field}`: {reason}")]
pub struct InvalidPolicy {
    /// The policy, as `namespace/name`.
    pub policy: String,
    /// The field, such as `spec.ingress[0].from[1].ipBlock.cidr`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl fmt::Display for InvalidPolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidPolicies {}

impl TryFrom<&Manifest> for NetworkPolicy {
    type Error = InvalidPolicies;

    /// Checks what the Kubernetes API server checks, all of it at once.
    fn try_from(manifest: &Manifest) -> Result<Self, InvalidPolicies> {
        let Manifest { api_version, kind, metadata: Metadata { name, namespace }, spec } = manifest;
        let mut reader = Reader { policy: format!("{namespace}/{name}"), errors: Vec::new() };
        reader.expect("apiVersion", api_version.as_deref(), "networking.k8s.io/v1");
        reader.expect("kind", kind.as_deref(), "NetworkPolicy");
        let PolicySpec { pod_selector, ingress, egress, policy_types } = spec;
        let about = |direction, default| {
            policy_types
                .as_ref()
                .filter(|it| !it.is_empty())
                .map_or(default, |types| types.contains(&direction))
        };
        let has_egress = egress.as_ref().is_some_and(|rules| !rules.is_empty());
        let pods = reader.selector("spec.podSelector", pod_selector);
        let ingress = about(PolicyType::Ingress, true)
            .then(|| reader.items("ingress", ingress.as_deref().unwrap_or_default()));
        let egress = about(PolicyType::Egress, has_egress)
            .then(|| reader.items("egress", egress.as_deref().unwrap_or_default()));
        match reader.errors.as_slice() {
            [] => {
                Ok(Self { namespace: namespace.clone(), name: name.clone(), pods, ingress, egress })
            }
            _ => Err(InvalidPolicies(reader.errors)),
        }
    }
}

struct Reader {
    policy: String,
    errors: Vec<InvalidPolicy>,
}

impl Reader {
    fn error(&mut self, field: &str, reason: impl Into<String>) {
        let (policy, field) = (self.policy.clone(), field.to_owned());
        self.errors.push(InvalidPolicy { policy, field, reason: reason.into() });
    }

    fn expect(&mut self, field: &str, given: Option<&str>, right: &str) {
        if let Some(given) = given.filter(|given| *given != right) {
            self.error(field, format!("`{given}` is not read here; `{right}` is"));
        }
    }

    fn items(&mut self, direction: &str, rules: &[RuleSpec]) -> Vec<Item> {
        let numbered = rules.iter().enumerate();
        numbered
            .map(|(i, rule)| self.item(direction, &format!("spec.{direction}[{i}]"), rule))
            .collect()
    }

    fn item(&mut self, direction: &str, field: &str, rule: &RuleSpec) -> Item {
        let RuleSpec { from, to, ports } = rule;
        let (key, peers, other, stray) = match direction {
            "ingress" => ("from", from, "to", to),
            _ => ("to", to, "from", from),
        };
        if stray.is_some() {
            self.error(
                &format!("{field}.{other}"),
                format!("an {direction} rule has `{key}`, not `{other}`"),
            );
        }
        let peers = peers.as_deref().unwrap_or_default().iter().enumerate();
        let peers: Vec<_> =
            peers.filter_map(|(i, peer)| self.peer(&format!("{field}.{key}[{i}]"), peer)).collect();
        let ports = ports.as_deref().unwrap_or_default().iter().enumerate();
        let ports: Vec<_> =
            ports.filter_map(|(i, port)| self.port(&format!("{field}.ports[{i}]"), port)).collect();
        // A list whose elements were all refused is empty, too, but then the policy is refused.
        Item {
            peers: if peers.is_empty() { Peers::Any } else { Peers::Only(peers) },
            ports: if ports.is_empty() { Ports::Any } else { Ports::Only(ports) },
        }
    }

    fn peer(&mut self, field: &str, peer: &PeerSpec) -> Option<SelectedPeer> {
        let PeerSpec { pod_selector, namespace_selector, ip_block } = peer;
        match (pod_selector, namespace_selector, ip_block) {
            (None, None, None) => {
                self.error(
                    field,
                    "is empty: one of `podSelector`, `namespaceSelector`, `ipBlock` is needed",
                );
                None
            }
            (None, None, Some(block)) => self.block(&format!("{field}.ipBlock"), block),
            (pods, namespaces, None) => {
                let mut read = |key: &str, selector: &LabelSelector| {
                    self.selector(&format!("{field}.{key}"), selector)
                };
                let namespaces = namespaces.as_ref().map(|it| read("namespaceSelector", it));
                let pods = pods.as_ref().map(|it| read("podSelector", it)).unwrap_or_default();
                Some(SelectedPeer::Pods(Selection { namespaces, pods }))
            }
            (_, _, Some(_)) => {
                self.error(field, "`ipBlock` stands alone, without a selector");
                None
            }
        }
    }

    fn block(&mut self, field: &str, block: &IpBlock) -> Option<SelectedPeer> {
        let cidr = self.cidr(&format!("{field}.cidr"), &block.cidr)?;
        let mut except = Vec::new();
        for (i, hole) in block.except.as_deref().unwrap_or_default().iter().enumerate() {
            let field = format!("{field}.except[{i}]");
            match self.cidr(&field, hole)? {
                hole if cidr.covers(hole) && hole != cidr => except.push(hole),
                hole => self.error(&field, format!("{hole} is not strictly inside {cidr}")),
            }
        }
        Some(SelectedPeer::Block(Block { cidr, except }))
    }

    /// Host bits are passed over, as Kubernetes does.
    fn cidr(&mut self, field: &str, text: &str) -> Option<Cidr> {
        match split(text) {
            Ok((address, prefix)) => Cidr::around(address, prefix),
            Err(error) => {
                self.error(field, error.to_string());
                None
            }
        }
    }

    fn port(&mut self, field: &str, port: &PortSpec) -> Option<SelectedPort> {
        let PortSpec { protocol, port, end_port } = port;
        let protocol = protocol.unwrap_or_default();
        match (port, end_port) {
            (None, None) => Some(SelectedPort::All(protocol)),
            (Some(PortOrName::Number(first)), last) => {
                let last = last.unwrap_or(*first);
                let first = self.number(&format!("{field}.port"), *first)?;
                let last = self.number(&format!("{field}.endPort"), last)?;
                match PortRange::new(first, last) {
                    Ok(range) => Some(SelectedPort::Numbers(protocol, range)),
                    Err(error) => {
                        self.error(&format!("{field}.endPort"), error.to_string());
                        None
                    }
                }
            }
            (Some(PortOrName::Name(name)), None) if is_port_name(name) => {
                Some(SelectedPort::Named(protocol, name.clone()))
            }
            (Some(PortOrName::Name(name)), None) => {
                let reason =
                    "a port's name has 1-15 characters a-z, 0-9, -, with a letter among them";
                self.error(&format!("{field}.port"), format!("`{name}`: {reason}"));
                None
            }
            (_, Some(_)) => {
                self.error(&format!("{field}.endPort"), "needs `port` as a number");
                None
            }
        }
    }

    fn number(&mut self, field: &str, number: i64) -> Option<Port> {
        let port = u16::try_from(number).ok().and_then(Port::new);
        if port.is_none() {
            self.error(field, format!("{number}: a port is 1-65535"));
        }
        port
    }

    fn selector(&mut self, field: &str, selector: &LabelSelector) -> Selector {
        let LabelSelector { match_labels, match_expressions } = selector;
        for (key, value) in match_labels.iter().flatten() {
            for wrong in [check_key(key), check_value(value)].into_iter().filter_map(Result::err) {
                self.error(&format!("{field}.matchLabels"), wrong.to_string());
            }
        }
        let equal = |(key, value): (&String, &String)| Requirement {
            key: key.clone(),
            test: Test::In([value.clone()].into()),
        };
        let mut all: Vec<_> = match_labels.iter().flatten().map(equal).collect();
        for (i, expression) in match_expressions.iter().flatten().enumerate() {
            all.extend(self.requirement(&format!("{field}.matchExpressions[{i}]"), expression));
        }
        Selector(all)
    }

    fn requirement(&mut self, field: &str, it: &LabelSelectorRequirement) -> Option<Requirement> {
        let LabelSelectorRequirement { key, operator, values } = it;
        if let Err(wrong) = check_key(key) {
            self.error(&format!("{field}.key"), wrong.to_string());
        }
        for (i, value) in values.iter().flatten().enumerate() {
            if let Err(wrong) = check_value(value) {
                self.error(&format!("{field}.values[{i}]"), wrong.to_string());
            }
        }
        let values: std::collections::BTreeSet<String> = values.iter().flatten().cloned().collect();
        let test = match (operator.as_str(), values.is_empty()) {
            ("In", false) => Ok(Test::In(values)),
            ("NotIn", false) => Ok(Test::NotIn(values)),
            ("Exists", true) => Ok(Test::Exists),
            ("DoesNotExist", true) => Ok(Test::DoesNotExist),
            ("In" | "NotIn", true) => {
                Err(("values", format!("`{operator}` needs at least 1 value")))
            }
            ("Exists" | "DoesNotExist", false) => {
                Err(("values", format!("`{operator}` takes no values")))
            }
            (other, _) => {
                Err(("operator", format!("`{other}`: one of In, NotIn, Exists, DoesNotExist")))
            }
        };
        match test {
            Ok(test) => Some(Requirement { key: key.clone(), test }),
            Err((part, reason)) => {
                self.error(&format!("{field}.{part}"), reason);
                None
            }
        }
    }
}

/// The IANA service name syntax that Kubernetes asks for (RFC 6335 5.1).
fn is_port_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=15).contains(&name.len())
        && name.chars().all(allowed)
        && name.contains(|c: char| c.is_ascii_lowercase())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

#[cfg(test)]
mod tests;
