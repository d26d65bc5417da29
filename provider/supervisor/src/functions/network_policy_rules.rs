//! `network_policy_rules`: what the distributed firewall makes of a NetworkPolicy.

use namespace_network::{
    firewall::{Peer, Peers, Policy, Rule, Scope, Services},
    kubernetes::{WrittenPolicy, read_policies},
    network_policy::{Element, Names, PolicyType, Translation, Translator, limits},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Function, FunctionError};

/// The rules of the distributed firewall that mean the same as `NetworkPolicy` objects.
///
/// For a review, or for a test of a module: what does this manifest open, and for whom? The rules
/// are those that `supervisor_namespace_network_policy` writes, in the order in which the firewall
/// asks them: what is let through by any of the policies comes before what is dropped by one.
///
/// Ports by name are refused, for only the pods know their numbers.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct NetworkPolicyRules {
    /// The manifest, in YAML or JSON: one `NetworkPolicy`, several documents, or a `List`.
    yaml: String,
}

/// A rule.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct FirewallRule {
    /// The `NetworkPolicy` that it comes from, as `namespace/name`.
    policy: String,
    /// What of the policy it says, such as `ingress[0]`; what drops all else is called
    /// `ingress isolation` and `egress isolation`.
    name: String,
    /// What it does: `allow` or `drop`.
    action: String,
    /// At which end it is enforced: `in` at the receiver, `out` at the sender.
    direction: String,
    /// At whose ports it is enforced: the members of the policy's group, by their tags. `<cluster>`
    /// stands for what NCP calls the Supervisor.
    applied_to: Vec<String>,
    /// Who sends, as addresses and as groups by their tags; `any` is anybody.
    sources: Vec<String>,
    /// Who receives, likewise.
    destinations: Vec<String>,
    /// What is sent, such as `TCP/8443`; `any` is everything.
    services: Vec<String>,
}

/// Stands for what NCP calls the Supervisor, which no manifest says.
const CLUSTER: &str = "<cluster>";

impl Function for NetworkPolicyRules {
    type Output = Vec<FirewallRule>;
    const NAME: &'static str = "network_policy_rules";

    fn call(self) -> Result<Vec<FirewallRule>, FunctionError> {
        let refused = |why: &dyn std::fmt::Display| FunctionError::at("yaml", why.to_string());
        let translator =
            Translator { cluster: CLUSTER, domain: "/infra/domains/default", pods: None };
        let mut rules = Vec::new();
        for WrittenPolicy { policy, .. } in
            read_policies(&self.yaml).map_err(|why| refused(&why))?
        {
            let translation =
                translator.translate(&policy, &Names::of(&policy)).map_err(|why| refused(&why))?;
            if let Some(limit) = limits(&policy, &translation).first() {
                return Err(refused(limit));
            }
            rules.extend(rules_of(&policy.full_name(), &translation));
        }
        // Stable: within a policy what is let through comes first, and keeps its order.
        rules.sort_by_key(|(sequence, _)| *sequence);
        Ok(rules.into_iter().map(|(_, rule)| rule).collect())
    }
}

/// The rules with the places of their sections.
fn rules_of(policy: &str, translation: &Translation) -> Vec<(u32, FirewallRule)> {
    let mut rules = Vec::new();
    for section in &translation.policies {
        for rule in section.ordered() {
            rules.push((section.sequence, written(policy, section, rule, translation)));
        }
    }
    rules
}

fn written(policy: &str, section: &Policy, rule: &Rule, translation: &Translation) -> FirewallRule {
    FirewallRule {
        policy: policy.to_owned(),
        name: name(rule),
        action: rule.action.to_string(),
        direction: rule.direction.to_string(),
        applied_to: match &section.scope {
            Scope::Everywhere => vec!["any".to_owned()],
            Scope::Groups(groups) => groups.iter().map(|it| group(it, translation)).collect(),
        },
        sources: peers(&rule.from, translation),
        destinations: peers(&rule.to, translation),
        services: match &rule.services {
            Services::Any => vec!["any".to_owned()],
            Services::Only(services) => services.iter().map(ToString::to_string).collect(),
        },
    }
}

/// What of its policy a rule says, in the words of the policy.
fn name(rule: &Rule) -> String {
    match Element::of_rule(&rule.id) {
        Some(Element::Isolation(PolicyType::Ingress)) => "ingress isolation".to_owned(),
        Some(Element::Isolation(PolicyType::Egress)) => "egress isolation".to_owned(),
        Some(element) => element.to_string(),
        None => rule.name.clone(),
    }
}

fn peers(peers: &Peers, translation: &Translation) -> Vec<String> {
    let each = |peer: &Peer| match peer {
        Peer::Group(path) => group(path, translation),
        Peer::Addresses(range) => range.to_string(),
    };
    match peers {
        Peers::Any => vec!["any".to_owned()],
        Peers::Only(peers) => peers.iter().map(each).collect(),
        Peers::Except(peers) => peers.iter().map(|it| format!("not {}", each(it))).collect(),
    }
}

/// The members of a group, by its expression.
fn group(path: &str, translation: &Translation) -> String {
    translation.groups.get(path).map_or_else(|| path.to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(yaml: &str, expected: &Expect) {
        let rules = NetworkPolicyRules { yaml: yaml.to_owned() }.call().unwrap();
        let lines = rules.iter().map(|it| {
            let FirewallRule { policy, name, action, direction, .. } = it;
            let [from, to] = [&it.sources, &it.destinations].map(|it| it.join(", "));
            let services = it.services.join(", ");
            let line = format!("{policy} {name}: {action} {direction} {services}");
            format!("{line}\n  from {from}\n  to {to}\n  at {}\n", it.applied_to.join(", "))
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn what_is_let_through_comes_before_what_is_dropped() {
        check(
            "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: banking }
spec: { podSelector: {} }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: from-trading, namespace: banking }
spec:
  podSelector: { matchLabels: { app: ledger } }
  ingress:
  - from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: trading } } }]
    ports: [{ port: 8443 }]
",
            &expect![[r"
                banking/from-trading ingress[0]: allow in TCP/8443
                  from (Segment ncp/cluster|<cluster> and Segment ncp/project|trading)
                  to any
                  at (Segment ncp/cluster|<cluster> and Segment ncp/project|banking and SegmentPort app|ledger)
                banking/closed ingress isolation: drop in any
                  from any
                  to any
                  at (Segment ncp/cluster|<cluster> and Segment ncp/project|banking)
                banking/from-trading ingress isolation: drop in any
                  from any
                  to any
                  at (Segment ncp/cluster|<cluster> and Segment ncp/project|banking and SegmentPort app|ledger)
            "]],
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_the_field() {
        let yaml = "kind: Service\napiVersion: v1\nmetadata: { name: web }";
        let error = NetworkPolicyRules { yaml: yaml.to_owned() }.call().unwrap_err();
        assert_eq!(error.parameter, Some("yaml"));
        assert!(error.text.contains("only NetworkPolicy is"), "{error}");
    }
}
